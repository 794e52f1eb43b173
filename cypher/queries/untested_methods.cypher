// title: Methods without a benchmark
// description: Methods and models that a paper introduces and that no paper is said to evaluate on any benchmark.
// column method: method or model
// column paper: title of the paper that introduces it
MATCH (p:Paper)-[:PROPOSES]->(m:Method|Model)
WHERE NOT EXISTS { MATCH (m)-[:EVALUATED_ON]->(:Benchmark) }
RETURN m.name AS method, p.title AS paper
ORDER BY method, paper
