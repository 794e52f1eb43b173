// title: A method over time
// description: How many papers mention, use and propose the method or model, by year. Papers without a date are left out.
// param method: Method = GRPO -- name or alias of a method or model, in any case
// column year: of publication
// column mentioned: papers that mention it
// column used: papers that use it
// column compared: papers that compare with it
WITH toLower($method) AS wanted
MATCH (p:Paper)-[:MENTIONS]->(m:Method|Model)
WHERE (toLower(m.name) = wanted OR any(alias IN m.aliases WHERE toLower(alias) = wanted)) AND p.published IS NOT NULL
OPTIONAL MATCH (p)-[u:USES]->(m)
OPTIONAL MATCH (p)-[c:COMPARES_WITH]->(m)
RETURN left(p.published, 4) AS year, count(p.id) AS mentioned, count(u.confidence) AS used, count(c.confidence) AS compared
ORDER BY year
