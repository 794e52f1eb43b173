// title: Evidence for a relation
// description: Every sentence that relates the first thing to the second.
// param method: Method = GRPO -- name or alias of a method or model, in any case
// param object: string = PPO -- name or alias of a method, model, benchmark or task
// column relation: its type
// column confidence: from 0 to 1
// column papers: ids of the papers, one for each sentence
// column sentences: where they say so
WITH toLower($method) AS wanted, toLower($object) AS related
MATCH (m:Method|Model)-[e:EVALUATED_ON|BASED_ON|OUTPERFORMS|APPLIED_TO]->(o:Method|Model|Benchmark|Task)
WHERE (toLower(m.name) = wanted OR any(alias IN m.aliases WHERE toLower(alias) = wanted))
  AND (toLower(o.name) = related OR any(alias IN o.aliases WHERE toLower(alias) = related))
RETURN type(e) AS relation, e.confidence AS confidence, e.papers AS papers, e.sentences AS sentences
ORDER BY relation, m.id, o.id
