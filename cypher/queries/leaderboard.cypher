// title: Leaderboard of a benchmark and a metric
// description: Absolute results on a benchmark in one metric, largest number first. Papers do not say whether more is better: for errors and costs read it from below.
// param benchmark: Benchmark = MATH500 -- name or alias, in any case
// param metric: Metric = accuracy -- name or alias, in any case
// param limit: int ?= 50 -- how many rows at most
// column method: the method or model measured
// column number: the value as a number
// column value: the value as the paper writes it
// column paper: title
// column sentence: where the paper says so
WITH toLower($benchmark) AS wanted, toLower($metric) AS measure
MATCH (b:Benchmark)<-[:`ON`]-(r:Result)-[:MEASURES]->(k:Metric)
WHERE (toLower(b.name) = wanted OR any(alias IN b.aliases WHERE toLower(alias) = wanted))
  AND (toLower(k.name) = measure OR any(alias IN k.aliases WHERE toLower(alias) = measure))
  AND r.kind = 'absolute' AND r.number IS NOT NULL
MATCH (p:Paper)-[:HAS_RESULT]->(r)-[:`OF`]->(m:Method|Model)
RETURN m.name AS method, r.number AS number, r.value AS value, p.title AS paper, r.sentence AS sentence
ORDER BY number DESC, method, paper, r.id
LIMIT $limit
