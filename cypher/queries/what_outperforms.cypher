// title: What outperforms a method
// description: Methods and models that papers say are better than it.
// param method: Method = GRPO -- name or alias of a method or model, in any case
// column winner: what is better
// column confidence: from 0 to 1
// column papers: ids of the papers, one for each sentence
// column sentences: where they say so
WITH toLower($method) AS wanted
MATCH (n:Method|Model)-[e:OUTPERFORMS]->(m:Method|Model)
WHERE (toLower(m.name) = wanted OR any(alias IN m.aliases WHERE toLower(alias) = wanted))
RETURN n.name AS winner, e.confidence AS confidence, e.papers AS papers, e.sentences AS sentences
ORDER BY confidence DESC, winner, n.id
