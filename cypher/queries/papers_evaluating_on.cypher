// title: Papers that evaluate on a benchmark
// description: Papers with an evaluation on the benchmark, latest first.
// param benchmark: Benchmark = MATH500 -- name or alias, in any case
// param limit: int ?= 50 -- how many rows at most
// column paper: title
// column published: date, where known
// column sentences: where the paper says so
WITH toLower($benchmark) AS wanted
MATCH (p:Paper)-[e:EVALUATES_ON]->(b:Benchmark)
WHERE (toLower(b.name) = wanted OR any(alias IN b.aliases WHERE toLower(alias) = wanted))
RETURN p.title AS paper, p.published AS published, e.sentences AS sentences
ORDER BY coalesce(published, '') DESC, paper, p.id
LIMIT $limit
