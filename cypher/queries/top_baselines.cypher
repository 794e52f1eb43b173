// title: Baselines by number of papers
// description: Which methods and models most papers compare with.
// param limit: int ?= 50 -- how many rows at most
// column baseline: method or model
// column papers: how many compare with it
MATCH (p:Paper)-[:COMPARES_WITH]->(m:Method|Model)
RETURN m.name AS baseline, count(DISTINCT p.id) AS papers
ORDER BY papers DESC, baseline
LIMIT $limit
