// title: Tasks by number of papers
// description: Which tasks most papers work on.
// param limit: int ?= 50 -- how many rows at most
// column task: name
// column papers: how many address it
MATCH (p:Paper)-[:ADDRESSES]->(t:Task)
RETURN t.name AS task, count(DISTINCT p.id) AS papers
ORDER BY papers DESC, task
LIMIT $limit
