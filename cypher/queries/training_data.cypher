// title: What papers train on
// description: Data sets that papers train on, with how many of them also evaluate on the same one.
// param limit: int ?= 50 -- how many rows at most
// column dataset: name
// column papers: how many train on it
// column evaluated: how many papers evaluate on it
MATCH (p:Paper)-[:TRAINS_ON]->(b:Benchmark)
OPTIONAL MATCH (q:Paper)-[:EVALUATES_ON]->(b)
RETURN b.name AS dataset, count(DISTINCT p.id) AS papers, count(DISTINCT q.id) AS evaluated
ORDER BY papers DESC, dataset
LIMIT $limit
