// title: Who proposes it
// description: Papers that introduce the method, model, benchmark, metric or task.
// param name: string = GRPO -- name or alias of anything, in any case
// column paper: title
// column published: date, where known
// column proposed: name
// column sentences: where the paper says so
WITH toLower($name) AS wanted
MATCH (p:Paper)-[e:PROPOSES]->(n:Method|Model|Benchmark|Metric|Task)
WHERE (toLower(n.name) = wanted OR any(alias IN n.aliases WHERE toLower(alias) = wanted))
RETURN p.title AS paper, p.published AS published, n.name AS proposed, e.sentences AS sentences
ORDER BY coalesce(published, ''), paper, p.id, n.id
