// title: Methods that report on a benchmark
// description: Every method and model that a paper evaluates on the benchmark, with the evidence.
// param benchmark: Benchmark = MATH500 -- name or alias, in any case
// column method: method or model
// column confidence: that the papers say so, from 0 to 1
// column papers: ids of the papers, one for each sentence
// column sentences: where they say so
WITH toLower($benchmark) AS wanted
MATCH (m:Method|Model)-[e:EVALUATED_ON]->(b:Benchmark)
WHERE (toLower(b.name) = wanted OR any(alias IN b.aliases WHERE toLower(alias) = wanted))
RETURN m.name AS method, e.confidence AS confidence, e.papers AS papers, e.sentences AS sentences
ORDER BY confidence DESC, method, m.id
