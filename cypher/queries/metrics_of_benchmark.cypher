// title: Metrics of a benchmark
// description: In which metrics results on the benchmark are reported.
// param benchmark: Benchmark = MATH500 -- name or alias, in any case
// column metric: name
// column results: how many
// column least: the smallest absolute number
// column most: the largest absolute number
WITH toLower($benchmark) AS wanted
MATCH (b:Benchmark)<-[:`ON`]-(r:Result)-[:MEASURES]->(k:Metric)
WHERE (toLower(b.name) = wanted OR any(alias IN b.aliases WHERE toLower(alias) = wanted)) AND r.kind = 'absolute'
RETURN k.name AS metric, count(r.id) AS results, min(r.number) AS least, max(r.number) AS most
ORDER BY results DESC, metric
