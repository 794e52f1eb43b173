// title: Benchmarks evaluated together
// description: Which other benchmarks papers evaluate on that evaluate on this one.
// param benchmark: Benchmark = MATH500 -- name or alias, in any case
// param limit: int ?= 50 -- how many rows at most
// column benchmark: the other one
// column papers: how many papers evaluate on both
WITH toLower($benchmark) AS wanted
MATCH (b:Benchmark)<-[:EVALUATES_ON]-(p:Paper)-[:EVALUATES_ON]->(c:Benchmark)
WHERE (toLower(b.name) = wanted OR any(alias IN b.aliases WHERE toLower(alias) = wanted)) AND c.id <> b.id
RETURN c.name AS benchmark, count(DISTINCT p.id) AS papers
ORDER BY papers DESC, benchmark
LIMIT $limit
