// title: Methods used together
// description: Which other methods and models occur in papers that use this one.
// param method: Method = PPO -- name or alias of a method or model, in any case
// param limit: int ?= 50 -- how many rows at most
// column method: the other one
// column papers: how many papers mention both
WITH toLower($method) AS wanted
MATCH (m:Method|Model)<-[:MENTIONS]-(p:Paper)-[:MENTIONS]->(n:Method|Model)
WHERE (toLower(m.name) = wanted OR any(alias IN m.aliases WHERE toLower(alias) = wanted)) AND n.id <> m.id
RETURN n.name AS method, count(DISTINCT p.id) AS papers
ORDER BY papers DESC, method
LIMIT $limit
