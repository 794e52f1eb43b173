// title: Papers on a task
// description: Papers that address the task, latest first.
// param task: Task = mathematical reasoning -- name or alias, in any case
// param limit: int ?= 50 -- how many rows at most
// column paper: title
// column published: date, where known
// column sentence: where the paper names the task
WITH toLower($task) AS wanted
MATCH (p:Paper)-[e:ADDRESSES]->(t:Task)
WHERE (toLower(t.name) = wanted OR any(alias IN t.aliases WHERE toLower(alias) = wanted))
RETURN p.title AS paper, p.published AS published, e.sentences AS sentence
ORDER BY coalesce(published, '') DESC, paper, p.id
LIMIT $limit
