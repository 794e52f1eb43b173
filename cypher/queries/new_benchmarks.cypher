// title: New benchmarks and their use
// description: Benchmarks that a paper of the graph introduces, with how many other papers evaluate on them.
// param limit: int ?= 50 -- how many rows at most
// column benchmark: name
// column paper: title of the paper that introduces it
// column used: how many other papers evaluate on it
MATCH (p:Paper)-[:PROPOSES]->(b:Benchmark)
OPTIONAL MATCH (q:Paper)-[:EVALUATES_ON]->(b)
WHERE q.id <> p.id
RETURN b.name AS benchmark, p.title AS paper, count(DISTINCT q.id) AS used
ORDER BY used DESC, benchmark, paper
LIMIT $limit
