// title: Papers by year
// description: How many papers of the graph were published in each year. Papers without a date are left out.
// column year: of publication
// column papers: how many
MATCH (p:Paper)
WHERE p.published IS NOT NULL
RETURN left(p.published, 4) AS year, count(*) AS papers
ORDER BY year
