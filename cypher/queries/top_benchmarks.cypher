// title: Benchmarks by number of papers
// description: On which benchmarks most papers evaluate.
// param limit: int ?= 50 -- how many rows at most
// column benchmark: name
// column papers: how many evaluate on it
MATCH (p:Paper)-[:EVALUATES_ON]->(b:Benchmark)
RETURN b.name AS benchmark, count(DISTINCT p.id) AS papers
ORDER BY papers DESC, benchmark
LIMIT $limit
