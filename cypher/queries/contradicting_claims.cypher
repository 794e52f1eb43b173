// title: Contradicting claims
// description: Pairs of which papers say that each outperforms the other.
// column first: method or model
// column second: method or model
// column first_wins: sentences that say the first is better
// column second_wins: sentences that say the second is better
MATCH (m:Method|Model)-[e:OUTPERFORMS]->(n:Method|Model)-[f:OUTPERFORMS]->(o:Method|Model)
WHERE m.id = o.id AND m.id < n.id
RETURN m.name AS first, n.name AS second, e.sentences AS first_wins, f.sentences AS second_wins
ORDER BY first, second
