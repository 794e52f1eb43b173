// title: Papers that mention something
// description: Papers that name the thing in any role, latest first.
// param name: string = GRPO -- name or alias of anything, in any case
// param limit: int ?= 50 -- how many rows at most
// column paper: title
// column published: date, where known
// column name: the thing
// column sentences: every sentence that names it
WITH toLower($name) AS wanted
MATCH (p:Paper)-[e:MENTIONS]->(n:Method|Model|Benchmark|Metric|Task)
WHERE (toLower(n.name) = wanted OR any(alias IN n.aliases WHERE toLower(alias) = wanted))
RETURN p.title AS paper, p.published AS published, n.name AS name, e.sentences AS sentences
ORDER BY coalesce(published, '') DESC, paper, p.id, n.id
LIMIT $limit
