// title: Largest gains
// description: Relative results in one unit, largest first: "%" for gains in percent, "points", "x" for ratios such as speedups.
// param unit: string ?= x -- "%", "points", "x" ...
// param limit: int ?= 50 -- how many rows at most
// column method: method or model
// column metric: in what, where the paper names it
// column number: the gain
// column baseline: against what, where the paper names it
// column paper: title
// column sentence: where the paper says so
MATCH (p:Paper)-[:HAS_RESULT]->(r:Result)-[:`OF`]->(m:Method|Model)
WHERE r.kind = 'relative' AND r.unit = $unit AND r.number IS NOT NULL
OPTIONAL MATCH (r)-[:MEASURES]->(k:Metric)
OPTIONAL MATCH (r)-[:AGAINST]->(x:Method|Model)
RETURN m.name AS method, k.name AS metric, r.number AS number, x.name AS baseline, p.title AS paper,
       r.sentence AS sentence
ORDER BY number DESC, method, paper, r.id
LIMIT $limit
