// title: All results of a method
// description: Every number that papers report for the method or model.
// param method: Method = GRPO -- name or alias of a method or model, in any case
// column benchmark: on what, where the paper names it
// column metric: in what, where the paper names it
// column value: as the paper writes it
// column kind: absolute, or relative to something
// column baseline: to what, where the paper names it
// column paper: title
// column sentence: where the paper says so
WITH toLower($method) AS wanted
MATCH (p:Paper)-[:HAS_RESULT]->(r:Result)-[:`OF`]->(m:Method|Model)
WHERE (toLower(m.name) = wanted OR any(alias IN m.aliases WHERE toLower(alias) = wanted))
OPTIONAL MATCH (r)-[:`ON`]->(b:Benchmark)
OPTIONAL MATCH (r)-[:MEASURES]->(k:Metric)
OPTIONAL MATCH (r)-[:AGAINST]->(x:Method|Model)
RETURN b.name AS benchmark, k.name AS metric, r.value AS value, r.kind AS kind, x.name AS baseline, p.title AS paper,
       r.sentence AS sentence
ORDER BY paper, r.name, r.id
