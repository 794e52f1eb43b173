// title: Papers of an author
// description: Papers with this author and what they propose. Only sources that name authors can answer.
// param author: string = A. Author -- as the source writes it, in any case
// column paper: title
// column published: date, where known
// column proposes: a method, model or benchmark that it introduces
WITH toLower($author) AS wanted
MATCH (p:Paper)
WHERE any(author IN p.authors WHERE toLower(author) = wanted)
OPTIONAL MATCH (p)-[:PROPOSES]->(n:Method|Model|Benchmark)
RETURN p.title AS paper, p.published AS published, n.name AS proposes
ORDER BY coalesce(published, '') DESC, paper, p.id, coalesce(proposes, '')
