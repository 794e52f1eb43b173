// title: Benchmarks that a method reports on
// description: Every benchmark that the method or model is evaluated on, with the evidence.
// param method: Method = GRPO -- name or alias of a method or model, in any case
// column benchmark: name
// column confidence: that the papers say so, from 0 to 1
// column papers: ids of the papers, one for each sentence
// column sentences: where they say so
WITH toLower($method) AS wanted
MATCH (m:Method|Model)-[e:EVALUATED_ON]->(b:Benchmark)
WHERE (toLower(m.name) = wanted OR any(alias IN m.aliases WHERE toLower(alias) = wanted))
RETURN b.name AS benchmark, e.confidence AS confidence, e.papers AS papers, e.sentences AS sentences
ORDER BY confidence DESC, benchmark, b.id
