// title: Methods with most extensions
// description: Methods and models that most others are based on.
// param limit: int ?= 50 -- how many rows at most
// column method: method or model
// column extensions: how many others are based on it
MATCH (n:Method|Model)-[:BASED_ON]->(m:Method|Model)
RETURN m.name AS method, count(DISTINCT n.id) AS extensions
ORDER BY extensions DESC, method
LIMIT $limit
