// title: What builds on a method
// description: Methods and models that extend it or use it, in one step or in two.
// param method: Method = GRPO -- name or alias of a method or model, in any case
// column method: name
// column steps: the fewest steps between the two
WITH toLower($method) AS wanted
MATCH path = (n:Method|Model)-[:BASED_ON*1..2]->(m:Method|Model)
WHERE (toLower(m.name) = wanted OR any(alias IN m.aliases WHERE toLower(alias) = wanted)) AND n.id <> m.id
RETURN n.name AS method, min(length(path)) AS steps
ORDER BY steps, method
