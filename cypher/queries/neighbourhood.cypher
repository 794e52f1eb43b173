// title: The neighbourhood of a node
// description: Every relation that an entity of this name has to others, in both directions.
// param name: string = GRPO -- name or alias of anything, in any case
// param limit: int ?= 50 -- how many rows at most
// column subject: where the relation starts
// column relation: its type
// column object: where it ends
// column confidence: from 0 to 1
// column sentences: where papers say so
WITH toLower($name) AS wanted
MATCH (s:Method|Model)-[e:EVALUATED_ON|BASED_ON|OUTPERFORMS|APPLIED_TO]->(o:Method|Model|Benchmark|Task)
WHERE (toLower(s.name) = wanted OR any(alias IN s.aliases WHERE toLower(alias) = wanted))
   OR (toLower(o.name) = wanted OR any(alias IN o.aliases WHERE toLower(alias) = wanted))
RETURN s.name AS subject, type(e) AS relation, o.name AS object, e.confidence AS confidence, e.sentences AS sentences
ORDER BY subject, relation, object, s.id, o.id
LIMIT $limit
