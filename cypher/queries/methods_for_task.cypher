// title: Methods for a task
// description: Methods and models that papers apply to the task, with the evidence.
// param task: Task = mathematical reasoning -- name or alias, in any case
// column method: method or model
// column confidence: from 0 to 1
// column papers: ids of the papers, one for each sentence
// column sentences: where they say so
WITH toLower($task) AS wanted
MATCH (m:Method|Model)-[e:APPLIED_TO]->(t:Task)
WHERE (toLower(t.name) = wanted OR any(alias IN t.aliases WHERE toLower(alias) = wanted))
RETURN m.name AS method, e.confidence AS confidence, e.papers AS papers, e.sentences AS sentences
ORDER BY confidence DESC, method, m.id
