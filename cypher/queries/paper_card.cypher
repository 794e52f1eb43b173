// title: What a paper is about
// description: Every entity of the papers whose title contains the text, with its role.
// param title: string = DAPO -- part of the title, in any case
// column paper: title
// column role: what the entity is to the paper
// column name: of the entity
// column sentences: where the paper says so
WITH toLower($title) AS wanted
MATCH (p:Paper)-[e:PROPOSES|EVALUATES_ON|TRAINS_ON|USES|COMPARES_WITH|ADDRESSES|REPORTS]->(n:Method|Model|Benchmark|Metric|Task)
WHERE toLower(p.title) CONTAINS wanted
RETURN p.title AS paper, type(e) AS role, n.name AS name, e.sentences AS sentences
ORDER BY paper, p.id, role, name, n.id
