// title: Papers that claim to beat a method
// description: Which papers say that something outperforms the method or model, and what.
// param method: Method = GRPO -- name or alias of a method or model, in any case
// column paper: title
// column winner: what outperforms it
// column confidence: from 0 to 1
// column sentences: all sentences that say so, of all papers
WITH toLower($method) AS wanted
MATCH (n:Method|Model)-[e:OUTPERFORMS]->(m:Method|Model)
WHERE (toLower(m.name) = wanted OR any(alias IN m.aliases WHERE toLower(alias) = wanted))
UNWIND e.papers AS stating
MATCH (p:Paper)
WHERE p.id = stating
RETURN DISTINCT p.title AS paper, n.name AS winner, e.confidence AS confidence, e.sentences AS sentences
ORDER BY paper, winner
