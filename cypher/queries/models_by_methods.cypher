// title: Models by number of methods tested on them
// description: For each model, how many methods come from papers that use the model.
// param limit: int ?= 50 -- how many rows at most
// column model: name
// column methods: how many methods are proposed in papers that use it
MATCH (x:Model)<-[:USES]-(p:Paper)-[:PROPOSES]->(m:Method)
RETURN x.name AS model, count(DISTINCT m.id) AS methods
ORDER BY methods DESC, model
LIMIT $limit
