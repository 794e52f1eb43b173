"""Records whose names hang together in every way that resolution knows, drawn at random."""

from __future__ import annotations

import random

from kg.schema import RELATION_ENDS, ROLES_OF, Entity, EntityType, Mention, Record, Relation, RelationType, Result

METHOD, MODEL, BENCHMARK, METRIC, TASK = EntityType

SURFACES: dict[EntityType, list[list[str]]] = {
    METHOD: [
        ["GRPO"],
        ["Group Relative Policy Optimization", "GRPO"],
        ["group relative policy optimisation"],
        ["SSM"],
        ["State Space Model", "SSM"],
        ["Self-Similarity Matrix", "SSM"],
        ["state-space models"],
        ["BLaST"],
        ["BLAST"],
        ["Blast"],
        ["Quick Brown Foxing", "QBF"],
        ["QBF"],
        ["quick brown foxing method"],
        ["EAGLE-3"],
        ["EAGLE"],
    ],
    MODEL: [["LLaMA-2-7B"], ["Llama 2-7B"], ["LLaMA-2"], ["LLaMA"], ["Qwen2.5-VL-7B-Instruct"], ["Qwen"], ["BLaST"]],
    BENCHMARK: [["MATH-500"], ["Math500"], ["MATH"], ["AIME 2024"], ["AIME'24"], ["AIME"], ["HomeBench", "HB"], ["HB"]],
    METRIC: [
        ["mAP"],
        ["MAP"],
        ["mean average precision", "mAP"],
        ["accuracy"],
        ["speed of inference"],
        ["inference speed"],
    ],
    TASK: [["solving PDEs"], ["PDE solving"], ["question answering", "QA"], ["QA"], ["quality assurance", "QA"]],
}


def random_record(number: int, rng: random.Random) -> Record:
    """A paper of one to five entities, with relations and a result; its ids hold within it."""
    kinds = [rng.choice(list(SURFACES)) for _ in range(rng.randint(1, 5))]
    entities, mentions, abstract, title = [], [], "", f"Paper {number}"
    for n, kind in enumerate(kinds):
        surfaces = rng.choice(SURFACES[kind])
        role = rng.choice(ROLES_OF[kind])
        entities.append(Entity(id=f"e{n}", name=surfaces[0], type=kind, role=role, confidence=0.9))
        for surface in surfaces:
            start = len(title) + 1 + len(abstract)
            end = start + len(surface)
            mentions.append(Mention(start=start, end=end, text=surface, type=kind, entity=f"e{n}", confidence=0.8))
            abstract += f"{surface} is here. "
    whole = (0, len(title) + 1 + len(abstract))
    relations = [
        Relation(subject=a.id, type=kind, object=b.id, evidence=whole, confidence=0.7)
        for kind in RelationType
        for a in entities
        for b in entities
        if a.type in RELATION_ENDS[kind][0] and b.type in RELATION_ENDS[kind][1] and a != b and rng.random() < 0.5
    ]
    ends = {
        field: next((e.id for e in entities if e.type in kinds), None)
        for field, kinds in (("subject", (METHOD, MODEL)), ("benchmark", (BENCHMARK,)), ("metric", (METRIC,)))
    }
    results = [Result(**ends, value=f"{number}%", kind="absolute", evidence=whole)] if rng.random() < 0.7 else []
    return Record(
        id=f"p{number}",
        title=title,
        abstract=abstract,
        mentions=tuple(mentions),
        entities=tuple(entities),
        relations=tuple(relations),
        results=tuple(results),
    )
