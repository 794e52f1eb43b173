// Words of names and of every surface met: CALL db.index.fulltext.queryNodes('kg_names', 'math').
// There is no plain index of names: it would refuse values of more than 8 kB.
CREATE FULLTEXT INDEX kg_names IF NOT EXISTS
FOR (n:Paper|Method|Model|Benchmark|Metric|Task) ON EACH [n.name, n.aliases];
