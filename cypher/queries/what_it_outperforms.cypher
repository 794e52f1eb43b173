// title: What a method outperforms
// description: Methods and models that papers say it is better than.
// param method: Method = DAPO -- name or alias of a method or model, in any case
// column loser: what it is better than
// column confidence: from 0 to 1
// column papers: ids of the papers, one for each sentence
// column sentences: where they say so
WITH toLower($method) AS wanted
MATCH (m:Method|Model)-[e:OUTPERFORMS]->(n:Method|Model)
WHERE (toLower(m.name) = wanted OR any(alias IN m.aliases WHERE toLower(alias) = wanted))
RETURN n.name AS loser, e.confidence AS confidence, e.papers AS papers, e.sentences AS sentences
ORDER BY confidence DESC, loser, n.id
