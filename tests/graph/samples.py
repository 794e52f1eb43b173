"""Records made by hand, and records made at random, for the tests of the graph and of the stores."""

from __future__ import annotations

import random

from kg.schema import RELATION_ENDS, ROLES_OF, Entity, EntityType, Mention, Record, Relation, RelationType, Result, Role

METHOD, MODEL, BENCHMARK, METRIC, TASK = EntityType


def make_record(
    identifier: str,
    title: str,
    abstract: str,
    entities: list[tuple[list[str], EntityType, str, Role]],
    relations: list[tuple[str, RelationType, str, str]] = [],  # noqa: B006
    results: list[tuple[str | None, str | None, str | None, str, str, str | None, str]] = [],  # noqa: B006
    **paper: object,
) -> Record:
    """A record from names: entities are (surfaces, type, name, role); relations and results end with their sentence."""
    text = f"{title}\n{abstract}"
    kind_of = {name: kind for _, kind, name, _ in entities}

    def ref(name: str | None) -> str | None:
        return None if name is None else f"{kind_of[name]}:{name}".lower().replace(" ", "-")

    def span(sentence: str) -> tuple[int, int]:
        start = text.index(sentence)
        return start, start + len(sentence)

    mentions = []
    for surfaces, kind, name, _ in entities:
        for surface in surfaces:
            start = text.find(surface)
            while start >= 0:
                mentions.append(
                    Mention(
                        start=start, end=start + len(surface), text=surface, type=kind, entity=ref(name), confidence=0.9
                    )
                )
                start = text.find(surface, start + len(surface))
    return Record(
        id=identifier,
        title=title,
        abstract=abstract,
        mentions=mentions,
        entities=[
            Entity(id=ref(name), name=name, type=kind, role=role, confidence=0.8)
            for _, kind, name, role in entities
        ],
        relations=[
            Relation(subject=ref(s), type=kind, object=ref(o), confidence=0.7, evidence=span(sentence))
            for s, kind, o, sentence in relations
        ],
        results=[
            Result(
                subject=ref(s), benchmark=ref(b), metric=ref(m), value=v, kind=k, baseline=ref(base), confidence=0.6,
                evidence=span(sentence),
            )
            for s, b, m, v, k, base, sentence in results
        ],
        **paper,
    )  # fmt: skip


_REPORT = "On MATH500, GRPO reaches 83.6% accuracy, 4.2 points above PPO."


def grpo_record() -> Record:
    return make_record(
        "p1",
        "GRPO: Group Relative Policy Optimization",
        f"We propose GRPO, which extends PPO (Schulman et al. 2017) for mathematical reasoning. {_REPORT} "
        "It trains 2.3x faster.",
        [
            (["GRPO", "Group Relative Policy Optimization"], METHOD, "GRPO", Role.PROPOSED),
            (["PPO"], METHOD, "PPO", Role.BASELINE),
            (["MATH500"], BENCHMARK, "MATH500", Role.EVALUATED_ON),
            (["accuracy"], METRIC, "accuracy", Role.REPORTED),
            (["mathematical reasoning"], TASK, "mathematical reasoning", Role.ADDRESSED),
            ([], METRIC, "speedup", Role.REPORTED),
        ],
        [
            ("GRPO", RelationType.BASED_ON, "PPO", "We propose GRPO, which extends PPO (Schulman et al. 2017)"),
            ("GRPO", RelationType.EVALUATED_ON, "MATH500", _REPORT),
            ("GRPO", RelationType.OUTPERFORMS, "PPO", _REPORT),
            ("GRPO", RelationType.APPLIED_TO, "mathematical reasoning", "We propose GRPO"),
        ],
        [
            ("GRPO", "MATH500", "accuracy", "83.6%", "absolute", None, _REPORT),
            ("GRPO", "MATH500", "accuracy", "4.2 points", "relative", "PPO", _REPORT),
            ("GRPO", None, "speedup", "2.3x", "relative", None, "It trains 2.3x faster."),
        ],
        source=("a.txt",),
        arxiv_id="2402.03300",
        published="2024-02-05",
        authors=("A. Author", "B. Author"),
    )


_LATER = "DAPO outperforms GRPO on MATH-500 with an accuracy of 88.1%."


def dapo_record() -> Record:
    return make_record(
        "p2",
        "DAPO at scale",
        f"{_LATER} DAPO is built on GRPO.",
        [
            (["DAPO"], METHOD, "DAPO", Role.PROPOSED),
            (["GRPO"], METHOD, "GRPO", Role.BASELINE),
            (["MATH-500"], BENCHMARK, "MATH500", Role.EVALUATED_ON),
            (["accuracy"], METRIC, "accuracy", Role.REPORTED),
        ],
        [
            ("DAPO", RelationType.OUTPERFORMS, "GRPO", _LATER),
            ("DAPO", RelationType.BASED_ON, "GRPO", "DAPO is built on GRPO."),
            ("DAPO", RelationType.EVALUATED_ON, "MATH500", _LATER),
        ],
        [("DAPO", "MATH500", "accuracy", "88.1%", "absolute", None, _LATER)],
        source=("b.txt",),
        published="2025-03-18",
    )


def random_records(seed: int, papers: int = 12, things: int = 14) -> list[Record]:
    """Legal records over a small set of shared entities, with disagreeing names and repeated papers."""
    rng = random.Random(seed)
    pool = [(f"e{i}", rng.choice(list(EntityType))) for i in range(things)]
    records = []
    for number in range(papers):
        words = [f"word{rng.randrange(30)}" for _ in range(40)]
        title, abstract = (
            " ".join(words[:5]),
            " ".join(words[5:20]).capitalize() + ". " + " ".join(words[20:]).capitalize(),
        )
        text = f"{title}\n{abstract}"
        chosen = rng.sample(pool, rng.randrange(1, 8))
        entities = [
            Entity(
                id=i,
                name=rng.choice([i.upper(), f"{i} name"]),
                type=t,
                role=rng.choice(ROLES_OF[t]),
                confidence=rng.random(),
            )
            for i, t in chosen
        ]

        def span(text: str = text) -> tuple[int, int]:
            start = rng.randrange(len(text) - 12)
            return start, start + rng.randrange(2, 12)

        mentions = []
        for entity in entities:
            for _ in range(rng.randrange(3)):
                start, end = span()
                mentions.append(
                    Mention(
                        start=start,
                        end=end,
                        text=text[start:end],
                        type=entity.type,
                        entity=entity.id,
                        confidence=rng.random(),
                    )
                )
        relations, results = [], []
        for kind, (subjects, objects) in RELATION_ENDS.items():
            for s in (i for i, t in chosen if t in subjects):
                for o in (i for i, t in chosen if t in objects):
                    if rng.random() < 0.5:
                        relations.append(
                            Relation(
                                subject=s,
                                type=kind,
                                object=o,
                                confidence=rng.random(),
                                evidence=span(),
                                inferred=rng.random() < 0.5,
                            )
                        )
        by_type = {t: [i for i, u in chosen if u == t] for t in EntityType}
        for _ in range(rng.randrange(3)):
            results.append(
                Result(
                    subject=rng.choice([None, *by_type[METHOD], *by_type[MODEL]]),
                    benchmark=rng.choice([None, *by_type[BENCHMARK]]),
                    metric=rng.choice([None, *by_type[METRIC]]),
                    baseline=rng.choice([None, *by_type[METHOD]]),
                    value=rng.choice(["83.6%", "2.3x", "+4 points"]),
                    kind=rng.choice(["absolute", "relative"]),
                    confidence=rng.random(),
                    evidence=span(),
                )
            )
        records.append(
            Record(
                id=f"p{number % max(1, papers - 2)}", title=title, abstract=abstract, source=(f"f{number % 3}.txt",),
                mentions=mentions, entities=entities, relations=relations, results=results,
            )
        )  # fmt: skip
    return records
