// title: Benchmarks of a task
// description: On which benchmarks papers evaluate that work on the task.
// param task: Task = mathematical reasoning -- name or alias, in any case
// param limit: int ?= 50 -- how many rows at most
// column benchmark: name
// column papers: how many papers that address the task evaluate on it
WITH toLower($task) AS wanted
MATCH (t:Task)<-[:ADDRESSES]-(p:Paper)-[:EVALUATES_ON]->(b:Benchmark)
WHERE (toLower(t.name) = wanted OR any(alias IN t.aliases WHERE toLower(alias) = wanted))
RETURN b.name AS benchmark, count(DISTINCT p.id) AS papers
ORDER BY papers DESC, benchmark
LIMIT $limit
