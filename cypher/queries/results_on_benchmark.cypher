// title: All results on a benchmark
// description: Every number that papers report on the benchmark, absolute and relative.
// param benchmark: Benchmark = MATH500 -- name or alias, in any case
// column method: what was measured, where the paper names it
// column metric: in what, where the paper names it
// column value: as the paper writes it
// column kind: absolute, or relative to something
// column baseline: to what, where the paper names it
// column paper: title
// column sentence: where the paper says so
WITH toLower($benchmark) AS wanted
MATCH (p:Paper)-[:HAS_RESULT]->(r:Result)-[:`ON`]->(b:Benchmark)
WHERE (toLower(b.name) = wanted OR any(alias IN b.aliases WHERE toLower(alias) = wanted))
OPTIONAL MATCH (r)-[:`OF`]->(m:Method|Model)
OPTIONAL MATCH (r)-[:MEASURES]->(k:Metric)
OPTIONAL MATCH (r)-[:AGAINST]->(x:Method|Model)
RETURN m.name AS method, k.name AS metric, r.value AS value, r.kind AS kind, x.name AS baseline, p.title AS paper,
       r.sentence AS sentence
ORDER BY paper, r.name, r.id
