// title: Two methods side by side
// description: Absolute results of two methods or models on the same benchmark in the same metric and unit.
// param method: Method = GRPO -- name or alias of a method or model, in any case
// param other: Method = DAPO -- name or alias of the one to compare with
// column benchmark: name
// column metric: name
// column value: of the first
// column other_value: of the second
// column paper: title of the paper that reports the first
// column other_paper: title of the paper that reports the second
WITH toLower($method) AS wanted, toLower($other) AS rival
MATCH (m:Method|Model)<-[:`OF`]-(r:Result)-[:`ON`]->(b:Benchmark)<-[:`ON`]-(s:Result)-[:`OF`]->(n:Method|Model)
WHERE (toLower(m.name) = wanted OR any(alias IN m.aliases WHERE toLower(alias) = wanted))
  AND (toLower(n.name) = rival OR any(alias IN n.aliases WHERE toLower(alias) = rival))
  AND r.kind = 'absolute' AND s.kind = 'absolute' AND r.unit = s.unit
MATCH (r)-[:MEASURES]->(k:Metric)<-[:MEASURES]-(s)
MATCH (p:Paper)-[:HAS_RESULT]->(r)
MATCH (q:Paper)-[:HAS_RESULT]->(s)
RETURN b.name AS benchmark, k.name AS metric, r.value AS value, s.value AS other_value, p.title AS paper,
       q.title AS other_paper
ORDER BY benchmark, metric, r.id, s.id
