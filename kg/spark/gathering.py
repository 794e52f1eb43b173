"""From what the records say to the tables of the graph: what several papers say is brought together by key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial

import pyarrow as pa
from pyspark import Broadcast
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from kg.graph import NodeKey, variant_properties
from kg.graph.build import ENTITY_LABELS, result_properties
from kg.graph.facts import Evidence, Fact
from kg.resolve import Registry, Thing, family_keys, name_key
from kg.schema import EDGE_TYPES, RELATION_ENDS, EntityType
from kg.spark.facts import FACTS, SAID, SHOWN, dumped
from kg.spark.names import Found
from kg.spark.rows import Row, mapped

ENTITIES = pa.schema(
    [
        ("label", pa.string()),
        ("id", pa.string()),
        ("name", pa.string()),
        ("aliases", pa.list_(pa.string())),
        ("papers", pa.int64()),
        ("names", pa.int64()),
    ]
)
"""The entities; ``names`` is how many different names papers give one."""

COMPLETE = ("Paper", *(kind for kind in EDGE_TYPES if kind not in RELATION_ENDS and kind != "VARIANT_OF"))
"""The parts of ``kg.spark.facts.FACTS`` that need no other paper."""

_SAID = "names array<struct<name string, count bigint>>, aliases array<string>, papers bigint, joined boolean"
_STRICT = {"mode": "FAILFAST"}
_KEYS = pa.schema([("label", pa.string()), ("id", pa.string()), ("key", pa.string())])
_FAMILIES = pa.schema([*_KEYS, ("rank", pa.int64()), ("confidence", pa.float64())])
_NODE = ("from_label", "from_id")
_EDGE = (*_NODE, "to_label", "to_id")


def entities_of(facts: DataFrame) -> DataFrame:
    """The entities that facts join: label, id, name, aliases, papers, and how many names they were given.

    Of several names the most frequent holds; ties: the first. Each step is summed within a task first.
    """
    said = facts.where(f.col("part") == SAID).select(*_NODE, f.from_json("json", _SAID, _STRICT).alias("said"))
    # Papers, aliases and ``joined`` go with the first name, so that they are counted once.
    named = said.select(*_NODE, "said.*").select(
        *_NODE, "aliases", "papers", "joined", f.posexplode("names").alias("place", "given")
    )
    first = f.col("place") == 0
    by_name = named.groupBy(*_NODE, f.col("given.name").alias("name")).agg(
        f.sum("given.count").alias("count"),
        f.sum(f.when(first, f.col("papers")).otherwise(0)).alias("papers"),
        f.collect_set(f.when(first, f.col("aliases"))).alias("aliases"),
        f.bool_or("joined").alias("joined"),
    )
    by_node = by_name.groupBy(f.col("from_label").alias("label"), f.col("from_id").alias("id")).agg(
        f.min(f.struct((-f.col("count")).alias("order"), "name"))["name"].alias("name"),
        f.array_sort(f.array_distinct(f.flatten(f.flatten(f.collect_list("aliases"))))).alias("aliases"),
        f.sum("papers").alias("papers"),
        f.bool_or("joined").alias("joined"),
        f.count("name").alias("names"),
    )
    return by_node.where(f.col("joined") & f.col("label").isin(*ENTITY_LABELS)).drop("joined")


def entity_rows(entities: DataFrame) -> DataFrame:
    """The nodes of the entities, as ``FACTS``."""
    properties = f.to_json(f.struct("id", "name", "aliases", "papers"))
    none = f.lit(None).cast("string")
    return entities.select(
        f.col("label").alias("from_label"),
        f.col("id").alias("from_id"),
        none.alias("to_label"),
        none.alias("to_id"),
        properties.alias("json"),
        f.col("label").alias("part"),
    )


def several_names(entities: DataFrame) -> dict[NodeKey, str]:
    """The names of the entities that papers call differently: only where records give ids of their own."""
    return {(row["label"], row["id"]): row["name"] for row in entities.where("names > 1").toLocalIterator()}


def result_rows(facts: DataFrame, called: Mapping[NodeKey, str]) -> DataFrame:
    """The nodes of the results, as ``FACTS``; ``called`` names the entities that papers call differently."""
    rows = facts.where(f.col("part") == "Result").select(*FACTS.names)
    return mapped(rows, partial(_result_rows, called=dict(called)), FACTS)


def relation_rows(facts: DataFrame) -> DataFrame:
    """The edges between entities with the evidence of all papers, as ``FACTS``."""
    stated = facts.where(f.col("part").isin(*map(str, RELATION_ENDS)))
    gathered = stated.groupBy("part", *_EDGE).agg(f.collect_list("json").alias("evidence"))
    return mapped(gathered, _relation_rows, FACTS)


def variant_rows(facts: DataFrame, entities: DataFrame, found: Broadcast[Found]) -> DataFrame:
    """The edges from things to their families, as ``FACTS`` (see ``kg.resolve.nearest_families``)."""
    names = entities.select("label", "id", "name")
    own = mapped(names, _key_rows, _KEYS).groupBy("label", "key").agg(f.min("id").alias("family"))
    families = mapped(names, partial(_family_rows, found=found), _FAMILIES)
    near = families.join(own, ["label", "key"]).where(f.col("id") != f.col("family"))
    nearest = near.groupBy("label", "id").agg(f.min(f.struct("rank", "family", "confidence")).alias("nearest"))
    shown = facts.where(f.col("part") == SHOWN).groupBy(*_NODE).agg(f.collect_list("json").alias("shown"))
    same = (f.col("label") == f.col("from_label")) & (f.col("id") == f.col("from_id"))
    edges = nearest.join(shown, same).select("label", "id", "nearest.family", "nearest.confidence", "shown")
    return mapped(edges, _variant_rows, FACTS)


# In the workers -------------------------------------------------------------------------------------------------------


def _result_rows(rows: Iterable[Row], called: Mapping[NodeKey, str]) -> Iterator[Row]:
    for label, identifier, _, _, text, part in rows:
        value, kind, sentence, confidence, ends = json.loads(text)
        names = {edge: called.get((end, end_id), name) for edge, (end, end_id, name) in ends.items()}
        properties = result_properties(identifier, value, kind, sentence, confidence, names)
        yield label, identifier, None, None, dumped(properties), part


def _relation_rows(rows: Iterable[Row]) -> Iterator[Row]:
    for kind, *ends, evidence in rows:
        fact = Fact()
        for text in evidence:
            for paper, start, end, sentence, confidence, inferred in json.loads(text):
                fact.add(Evidence(paper, start, end, sentence), confidence, inferred)
        yield *ends, dumped(fact.properties(inferred=True)), kind


def _key_rows(rows: Iterable[Row]) -> Iterator[Row]:
    for label, identifier, name in rows:
        yield label, identifier, name_key(name, EntityType(label))


def _family_rows(rows: Iterable[Row], found: Broadcast[Found]) -> Iterator[Row]:
    registry: Registry = found.value.names.registry
    for label, identifier, name in rows:
        thing = Thing(EntityType(label), identifier, name)
        for rank, (key, confidence) in enumerate(family_keys(thing, registry)):
            yield label, identifier, key, rank, confidence


def _variant_rows(rows: Iterable[Row]) -> Iterator[Row]:
    for label, identifier, family, confidence, shown in rows:
        sentences = dict(pair for text in shown for pair in json.loads(text))
        properties = variant_properties(confidence, sentences)
        yield label, identifier, label, family, dumped(properties), "VARIANT_OF"
