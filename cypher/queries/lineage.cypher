// title: Lineage of a method
// description: What the method or model is based on, and what that is based on, up to four steps back.
// param method: Method = GRPO -- name or alias of a method or model, in any case
// column ancestor: name
// column steps: the fewest steps between the two
WITH toLower($method) AS wanted
MATCH path = (m:Method|Model)-[:BASED_ON*1..4]->(n:Method|Model)
WHERE (toLower(m.name) = wanted OR any(alias IN m.aliases WHERE toLower(alias) = wanted)) AND n.id <> m.id
RETURN n.name AS ancestor, min(length(path)) AS steps
ORDER BY steps, ancestor
