// title: Contradicting results
// description: The same method on the same benchmark in the same metric and unit, with different absolute numbers from different papers; largest difference first.
// column method: method or model
// column benchmark: name
// column metric: name
// column low: the smaller value
// column high: the larger value
// column low_paper: title of the paper that reports the smaller one
// column high_paper: title of the paper that reports the larger one
MATCH (m:Method|Model)<-[:`OF`]-(r:Result)-[:`ON`]->(b:Benchmark)<-[:`ON`]-(s:Result)-[:`OF`]->(n:Method|Model)
WHERE m.id = n.id AND r.number < s.number AND r.unit = s.unit AND r.kind = 'absolute' AND s.kind = 'absolute'
MATCH (r)-[:MEASURES]->(k:Metric)<-[:MEASURES]-(s)
MATCH (p:Paper)-[:HAS_RESULT]->(r)
MATCH (q:Paper)-[:HAS_RESULT]->(s)
WHERE p.id <> q.id
RETURN m.name AS method, b.name AS benchmark, k.name AS metric, r.value AS low, s.value AS high, p.title AS low_paper,
       q.title AS high_paper
ORDER BY s.number - r.number DESC, method, benchmark, metric, r.id, s.id
