"""Which entities of an index are variants of which: kept by name keys, so that a change looks at few of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from kg.derive.index import Index, node_key, node_text
from kg.graph import NodeKey
from kg.resolve import Registry, Thing, family_keys, name_key
from kg.schema import EntityType

Families = dict[NodeKey, tuple[NodeKey, float]]
"""The family of each variant, with how sure that is."""


def fill(index: Index, names: Mapping[NodeKey, str], families: Mapping[Thing, Iterable[tuple[str, float]]]) -> None:
    """Puts the entities of a whole graph into an index.

    Args:
        index: the index.
        names: the name of each node of an entity.
        families: what ``kg.resolve.family_keys`` gives for each of them.
    """
    _add(index, names)
    for thing, keys in families.items():
        _add_keys(index, (str(thing.type), thing.id), keys)


def rename(index: Index, registry: Registry, names: Mapping[NodeKey, str | None]) -> tuple[set[NodeKey], set[NodeKey]]:
    """Brings the nodes of an index up to date.

    Args:
        index: the index.
        registry: what is known of the field.
        names: the names that nodes have now, None for those that are gone.

    Returns:
        The nodes that were there under another name, and those whose family may be another now.
    """
    texts = {node_text(node): name for node, name in names.items()}
    before = {node: (called, key) for node, called, key in index.rows("SELECT * FROM node WHERE node IN :given", texts)}
    changed = {node for node, name in texts.items() if name != before.get(node, (None, ""))[0]}
    keys = {before[node][1] for node in changed if node in before}
    for table in ("node", "family"):
        index.write(f"DELETE FROM {table} WHERE node = ?", ((node,) for node in changed))  # noqa: S608
    new = {node: name for text in sorted(changed) if (name := names[node := node_key(text)]) is not None}
    _add(index, new)
    for node, name in new.items():
        thing = Thing(EntityType(node[0]), node[1], name)
        _add_keys(index, node, family_keys(thing, registry))
        keys.add(_key(node[0], name))
    followers = index.column("SELECT node FROM family WHERE key IN :given", keys)
    renamed = {node_key(node) for node in changed if node in before and texts[node] is not None}
    return renamed, {node_key(node) for node in followers | changed}


def families(index: Index, nodes: Collection[NodeKey]) -> Families:
    """The nearest family of each node that has one (see ``kg.resolve.nearest_families``)."""
    found: Families = {}
    rows = index.rows(
        "SELECT f.node, f.confidence, (SELECT min(n.node) FROM node n WHERE n.key = f.key) "
        "FROM :given JOIN family f ON f.node = value ORDER BY f.node, f.rank",
        [node_text(node) for node in nodes],
    )
    for node, confidence, family in rows:
        if family is not None and family != node:
            found.setdefault(node_key(node), (node_key(family), confidence))
    return found


def called(index: Index, nodes: Collection[NodeKey]) -> dict[NodeKey, str]:
    """The names of nodes."""
    rows = index.rows("SELECT node, called FROM node WHERE node IN :given", [node_text(node) for node in nodes])
    return {node_key(node): name for node, name in rows}


def _add(index: Index, names: Mapping[NodeKey, str]) -> None:
    rows = ((node_text(node), name, _key(node[0], name)) for node, name in names.items())
    index.write("INSERT INTO node VALUES (?, ?, ?)", rows)


def _add_keys(index: Index, node: NodeKey, keys: Iterable[tuple[str, float]]) -> None:
    rows = ((node_text(node), rank, f"{node[0]}\t{key}", sure) for rank, (key, sure) in enumerate(keys))
    index.write("INSERT INTO family VALUES (?, ?, ?, ?)", rows)


def _key(label: str, name: str) -> str:
    return f"{label}\t{name_key(name, EntityType(label))}"
