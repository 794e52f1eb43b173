from __future__ import annotations

import importlib.util
import json
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

from kg.resolve import Decisions, Merge, Registry, RegistryEntry, Resolver, Split, Thing, find_variants, load_registry
from kg.resolve.clusters import Rule
from kg.schema import Entity, EntityType, Mention, Record, Relation, RelationType, Result, Role

METHOD, MODEL, BENCHMARK, METRIC, TASK = EntityType


def paper(number, *entities, relations=(), results=()):
    """A record whose entities are (type, surfaces) or (type, surfaces, role); their ids are e0, e1, ..."""
    made, mentions = [], []
    for n, (type, surfaces, *role) in enumerate(entities):
        made.append(Entity(id=f"e{n}", name=surfaces[0], type=type, role=role[0] if role else Role.MENTIONED))
        mentions += [Mention(start=0, end=1, text=s, type=type, entity=f"e{n}") for s in surfaces]
    return Record(
        id=f"p{number}",
        title=f"T{number}",
        abstract="",
        entities=tuple(made),
        mentions=tuple(mentions),
        relations=tuple(relations),
        results=tuple(results),
    )


def resolve(*papers, registry=None, decisions=None):
    resolver = Resolver(registry or Registry(), decisions).fit(papers)
    return [[e.id for e in resolver.apply(p).entities] for p in papers], resolver


def test_spellings_over_papers_are_one_thing_and_the_most_frequent_names_it():
    ids, resolver = resolve(
        paper(1, (BENCHMARK, ["MATH-500"])),
        paper(2, (BENCHMARK, ["MATH500"])),
        paper(3, (BENCHMARK, ["Math 500", "MATH500"])),
    )
    assert ids == [["benchmark:math500"]] * 3
    assert [thing.name for thing in resolver.things()] == ["MATH500"]


def test_a_word_that_is_always_capitalized_keeps_its_last_letter():
    def called(*surfaces):
        _, resolver = resolve(*(paper(n, (EntityType.METHOD, [surface])) for n, surface in enumerate(surfaces)))
        return {thing.name for thing in resolver.things()}

    assert called("Kubernetes", "Kubernetes", "Kubernetes") == {"Kubernetes"}
    assert called("Autoencoders", "autoencoders", "Autoencoders") == {"Autoencoder"}
    assert called("Autoencoders", "Autoencoders", "Autoencoder") == {"Autoencoder"}
    assert called("Graphings") == {"Graphing"}


@pytest.mark.parametrize(
    ("surfaces", "name"),
    [
        (["LLM Reasoning", "LLM Reasoning", "LLM reasoning"], "LLM reasoning"),
        (["Generative Inference"] * 5 + ["generative inference"], "Generative Inference"),
        (["Monte Carlo Tree Search", "Monte Carlo tree search"], "Monte Carlo tree search"),
        (["Best-of-N", "Best-of-N", "best-of-n"], "Best-of-N"),
        (["robotics"], "robotics"),
        (["inference FLOPs"], "inference FLOPs"),
        (["evaluation metrics"], "evaluation metric"),
    ],
)
def test_a_thing_is_called_as_running_text_does(surfaces, name):
    _, resolver = resolve(*(paper(n, (EntityType.TASK, [surface])) for n, surface in enumerate(surfaces)))
    assert [thing.name for thing in resolver.things()] == [name]


def test_the_end_of_a_shared_name_stands_for_the_whole():
    def sizes(number, family):
        names = [Entity(id=f"e{size}", name=f"{family} {size}", type=MODEL, role=Role.USED) for size in ("7B", "13B")]
        said = [(f"{family} 7B", "e7B"), ("13B", "e13B")]
        found = tuple(Mention(start=0, end=1, text=text, type=MODEL, entity=id) for text, id in said)
        return paper(number).model_copy(update={"entities": tuple(names), "mentions": found})

    ids, resolver = resolve(sizes(1, "Vicuna"), sizes(2, "LLaMA"))
    assert ids[0][1] != ids[1][1]
    assert {thing.name for thing in resolver.things()} == {"Vicuna 7B", "Vicuna 13B", "LLaMA 7B", "LLaMA 13B"}


@pytest.mark.parametrize(("papers", "name"), [(5, "MACAT"), (15, "multi-agent collaboration")])
def test_a_common_term_is_not_called_by_the_abbreviation_of_one_paper(papers, name):
    own = paper(0, (EntityType.METHOD, ["multi-agent collaboration", "MACAT"]))
    others = [paper(n, (EntityType.METHOD, ["multi-agent collaboration"])) for n in range(1, papers)]
    ids, resolver = resolve(own, *others)
    assert len({id for row in ids for id in row}) == 1
    assert [thing.name for thing in resolver.things()] == [name]


def test_types_never_mix():
    ids, _ = resolve(paper(1, (METHOD, ["Mamba"])), paper(2, (MODEL, ["Mamba"])))
    assert ids == [["method:mamba"], ["model:mamba"]]


def test_a_long_form_alone_joins_the_abbreviation_that_another_paper_defines():
    ids, _ = resolve(
        paper(1, (METHOD, ["Group Relative Policy Optimization", "GRPO"])),
        paper(2, (METHOD, ["group relative policy optimisation"])),
        paper(3, (METHOD, ["GRPO"])),
    )
    assert ids == [["method:grpo"]] * 3


def test_an_abbreviation_with_several_long_forms_stays_apart():
    ids, resolver = resolve(
        paper(1, (METHOD, ["State Space Model", "SSM"])),
        paper(2, (METHOD, ["Self-Similarity Matrix", "SSM"])),
        paper(3, (METHOD, ["SSM"])),
        paper(4, (METHOD, ["state-space models"])),
    )
    assert ids[0] == ids[3] and len({ids[0][0], ids[1][0], ids[2][0]}) == 3
    assert {t.name for t in resolver.things()} == {"SSM", "Self-Similarity Matrix", "state-space model"}
    (ambiguity,) = resolver.ambiguous()
    assert (ambiguity.abbreviation, ambiguity.alone) == ("SSM", ids[2][0])
    assert dict(ambiguity.meant) == {ids[0][0]: 1, ids[1][0]: 1}


def test_the_dominant_long_form_takes_the_bare_abbreviation():
    senses = [paper(n, (METHOD, ["State Space Model", "SSM"])) for n in range(4)]
    ids, _ = resolve(*senses, paper(8, (METHOD, ["Self-Similarity Matrix", "SSM"])), paper(9, (METHOD, ["SSM"])))
    assert ids[5] == ids[0] == ["method:ssm"]
    assert ids[4] == ["method:self-similarity-matrix"]


def test_an_abbreviation_of_the_registry_yields_to_what_the_papers_mean():
    registry = Registry([RegistryEntry(name="experience replay", type=METHOD, aliases=("ER",))])
    ids, _ = resolve(
        *(paper(n, (METHOD, ["entity retrieval", "ER"])) for n in range(6)),
        paper(7, (METHOD, ["ER"])),
        paper(8, (METHOD, ["Experience Replay"])),
        registry=registry,
    )
    assert ids[6] == ids[0] == ["method:er"]
    assert ids[7] == ["method:experience-replay"]


def test_the_registry_names_what_only_its_abbreviation_mentions():
    registry = Registry([RegistryEntry(name="experience replay", type=METHOD, aliases=("ER",))])
    ids, _ = resolve(paper(1, (METHOD, ["ER"])), registry=registry)
    assert ids == [["method:experience-replay"]]


def test_long_forms_with_most_words_in_common_are_one():
    ids, _ = resolve(
        paper(1, (METHOD, ["structured state space models", "SSM"])),
        paper(2, (METHOD, ["state-space model", "SSM"])),
        paper(3, (METHOD, ["state space models"])),
    )
    assert ids == [["method:ssm"]] * 3


def test_two_long_forms_that_one_paper_gives_are_one_thing_called_by_the_abbreviation():
    ids, _ = resolve(paper(1, (METHOD, ["Bayesian subspace search", "random gradient probing", "BSZO"])))
    assert ids == [["method:bszo"]]


def test_another_word_in_the_long_form_is_another_thing():
    ids, _ = resolve(
        paper(1, (METHOD, ["Group Relative Policy Optimization", "GRPO"])),
        paper(2, (METHOD, ["Group Relative Preference Optimization", "GRPO"])),
        registry=load_registry(),
    )
    assert ids == [["method:grpo"], ["method:group-relative-preference-optimization"]]


def test_numbers_keep_a_shorthand_from_joining_its_family():
    ids, _ = resolve(paper(1, (MODEL, ["Gemini 2.5", "Gemini"])), paper(2, (MODEL, ["Gemini"])))
    assert ids == [["model:gemini-2.5"], ["model:gemini"]]


def test_case_marked_names_stay_apart_and_ids_stay_unique():
    ids, resolver = resolve(paper(1, (METHOD, ["BLaST"])), paper(2, (METHOD, ["BLAST"])), paper(3, (METHOD, ["Blast"])))
    assert ids[1] == ids[2] == ["method:blast"] and ids[0] != ids[1]
    assert len({t.id for t in resolver.things()}) == 2


def test_an_id_stays_short_however_long_the_name():
    long = "Chain of " + "very " * 2_000
    ids, _ = resolve(paper(1, (METHOD, [long + "long thoughts"])), paper(2, (METHOD, [long + "deep thoughts"])))
    (one,), (other,) = ids
    assert one != other and len(one) == len(other) == 500
    assert one.startswith("method:chain-of-very-very-")
    assert ids == resolve(paper(1, (METHOD, [long + "long thoughts"])), paper(2, (METHOD, [long + "deep thoughts"])))[0]


AMBIGUOUS = [
    # (type, long form, abbreviation) and the id of each; then what the abbreviation alone stands for, by type
    (
        [
            (METRIC, "mean average precision", "MAP", "metric:map"),
            (METHOD, "maximum a posteriori", "MAP", "method:maximum-a-posteriori"),
            (METRIC, "mean average precision", "mAP", "metric:map-534dbb"),
        ],
        {
            (METRIC, "MAP"): "metric:map",
            (METRIC, "mAP"): "metric:map-534dbb",
            (METHOD, "MAP"): "method:maximum-a-posteriori",
        },
    ),
    (
        [
            (METHOD, "experience replay", "ER", "method:experience-replay"),
            (METHOD, "effective resistance", "ER", "method:effective-resistance"),
            (TASK, "emotion recognition", "ER", "task:emotion-recognition"),
            (TASK, "entity resolution", "ER", "task:entity-resolution"),
        ],
        {(METHOD, "ER"): "method:er", (TASK, "ER"): "task:er"},
    ),
    (
        [
            (METHOD, "state space model", "SSM", "method:ssm"),
            (METHOD, "self-similarity matrix", "SSM", "method:self-similarity-matrix"),
            (METHOD, "supply-side mechanism", "SSM", "method:supply-side-mechanism"),
        ],
        {(METHOD, "SSM"): "method:ssm"},
    ),
    (
        [
            (METHOD, "chain-of-thought", "CoT", "method:cot"),
            (METHOD, "chain of trees", "CoT", "method:chain-of-tree"),
            (METHOD, "conditional optimal transport", "COT", "method:conditional-optimal-transport"),
        ],
        {(METHOD, "CoT"): "method:cot"},
    ),
    (
        [
            (METHOD, "block sparse transformers", "BLaST", "method:blast-a2136e"),
            (METHOD, "basic local alignment search tool", "BLAST", "method:blast"),
        ],
        {(METHOD, "BLaST"): "method:blast-a2136e", (METHOD, "BLAST"): "method:blast"},
    ),
    (
        [
            (METHOD, "diffusion transformer operator", "DiTTO", "method:ditto-a0d900"),
            (METHOD, "data integration by text-to-text operators", "DITTO", "method:ditto"),
        ],
        {(METHOD, "DiTTO"): "method:ditto-a0d900", (METHOD, "DITTO"): "method:ditto"},
    ),
]


@pytest.mark.parametrize(("defined", "alone"), AMBIGUOUS, ids=[senses[0][2] for senses, _ in AMBIGUOUS])
def test_one_abbreviation_of_several_things(defined, alone):
    papers = [paper(n, (type, [long, short])) for n, (type, long, short, _) in enumerate(defined)]
    papers += [paper(50 + n, (type, [short])) for n, (type, short) in enumerate(alone)]
    ids, _ = resolve(*papers, registry=load_registry())
    assert [i for (i,) in ids] == [*(id for *_, id in defined), *alone.values()]


def test_a_name_that_no_letters_explain_is_not_a_general_word_of_its_paper():
    general = [paper(n, (METHOD, ["federated learning"])) for n in range(3)]
    ids, _ = resolve(
        *general,
        paper(7, (METHOD, ["FTA-FTL", "federated learning"])),
        paper(8, (METHOD, ["FTA-FTL"])),
        registry=load_registry(),
    )
    assert ids[3] == ids[4] == ["method:fta-ftl"] and ids[0] == ["method:federated-learning"]


def test_a_special_case_with_the_abbreviation_of_the_general_one_stays_apart():
    general = [paper(n, (METHOD, ["retrieval-augmented generation", "RAG"])) for n in range(3)]
    special = (METHOD, ["agentic retrieval-augmented generation", "RAG"])
    alone = paper(8, (METHOD, ["agentic retrieval-augmented generation"]))
    for registry in (Registry(), load_registry()):
        ids, _ = resolve(*general, paper(7, special), alone, registry=registry)
        assert ids[0] == ["method:rag"] and ids[3] == ids[4] == ["method:agentic-retrieval-augmented-generation"]


def test_what_is_nearly_a_known_name_in_one_paper_stays_apart():
    known = [paper(n, (METHOD, ["attention mechanism"])) for n in range(3)]
    ids, _ = resolve(
        *known,
        paper(7, (METHOD, ["attention mechanism", "attention heads"])),
        paper(8, (METHOD, ["attention heads"])),
        registry=load_registry(),
    )
    assert ids[4] == ["method:attention-head"]


def test_versions_with_the_shipped_registry():
    ids, _ = resolve(
        paper(1, (MODEL, ["LLaMA-2 7B"])),
        paper(2, (MODEL, ["Llama 2-7B"])),
        paper(3, (MODEL, ["LLaMA-3 8B"])),
        registry=load_registry(),
    )
    assert ids == [["model:llama-2-7b"], ["model:llama-2-7b"], ["model:llama-3-8b"]]


def test_two_registered_things_are_never_one_even_if_a_paper_says_so():
    ids, _ = resolve(
        *(paper(n, (METRIC, ["latency", "throughput"])) for n in range(5)),
        paper(6, (METRIC, ["latency"])),
        paper(7, (METRIC, ["throughput"])),
        registry=load_registry(),
    )
    assert ids[5] != ids[6]


def test_order_does_not_matter():
    papers = [
        paper(1, (METHOD, ["State Space Model", "SSM"]), (METHOD, ["Mamba"])),
        paper(2, (METHOD, ["Self-Similarity Matrix", "SSM"])),
        paper(3, (METHOD, ["SSM"]), (MODEL, ["LLaMA-2 7B", "LLaMA"])),
        paper(4, (METHOD, ["structured state-space models"]), (TASK, ["solving PDEs"])),
        paper(5, (TASK, ["PDE solving"]), (TASK, ["compressing the cache"])),
        paper(6, (TASK, ["cache compression"]), (METHOD, ["GRPO"]), (METHOD, ["BLaST"])),
        paper(7, (METHOD, ["Blast", "BLAST"]), (METHOD, ["state space models", "SSMs", "S4"])),
    ]
    expected = None
    for seed in range(12):
        order = papers[:]
        random.Random(seed).shuffle(order)
        resolver = Resolver(load_registry()).fit(order)
        result = sorted(resolver.apply(p).model_dump_json() for p in order)
        assert expected is None or result == expected
        expected = result


def test_what_fit_did_not_see_stands_for_itself_or_for_the_registry():
    resolver = Resolver(load_registry()).fit([])
    entities = resolver.apply(paper(1, (METHOD, ["unheard-of trick", "UHT"]), (BENCHMARK, ["GSM-8K"]))).entities
    assert [(e.id, e.name) for e in entities] == [("method:uht", "UHT"), ("benchmark:gsm8k", "GSM8K")]


def test_entities_that_become_one_are_joined_with_all_that_refers_to_them():
    first = paper(
        1,
        (MODEL, ["Vicuna"], Role.USED),
        (MODEL, ["vicuna"], Role.PROPOSED),
        (BENCHMARK, ["MATH500"], Role.EVALUATED_ON),
        relations=[
            Relation(subject="e0", type=RelationType.EVALUATED_ON, object="e2", evidence=(0, 2)),
            Relation(subject="e1", type=RelationType.EVALUATED_ON, object="e2", evidence=(0, 2)),
            Relation(subject="e0", type=RelationType.BASED_ON, object="e1", evidence=(0, 2)),
        ],
        results=[Result(subject="e1", benchmark="e2", value="5%", kind="absolute", evidence=(0, 2))],
    )
    resolved = Resolver(Registry()).fit([first]).apply(first)
    assert [(e.id, e.role) for e in resolved.entities] == [
        ("model:vicuna", Role.PROPOSED),
        ("benchmark:math500", Role.EVALUATED_ON),
    ]
    assert {m.entity for m in resolved.mentions} == {"model:vicuna", "benchmark:math500"}
    assert [(r.subject, r.object) for r in resolved.relations] == [("model:vicuna", "benchmark:math500")]
    assert (resolved.results[0].subject, resolved.results[0].benchmark) == ("model:vicuna", "benchmark:math500")
    assert resolved.results[0].metric is None


def test_an_entity_without_mention_is_resolved_by_its_name():
    implied = Record(
        id="p",
        title="t",
        abstract="",
        entities=(Entity(id="x", name="speed-up", type=METRIC, role=Role.REPORTED),),
        results=(Result(metric="x", value="2x", kind="relative", evidence=(0, 1)),),
    )
    resolved = Resolver(load_registry()).fit([implied]).apply(implied)
    assert resolved.entities[0].name == "speedup" and resolved.results[0].metric == "metric:speedup"


def test_decisions_come_before_every_rule():
    papers = [
        paper(1, (METHOD, ["Alpha"])),
        paper(2, (METHOD, ["Beta"])),
        paper(3, (METHOD, ["Group Relative Policy Optimization", "GRPO"])),
        paper(4, (METHOD, ["GRPO"])),
    ]
    decisions = Decisions(
        merges=(Merge(METHOD, "Beta", "Alpha"),), splits=(Split(METHOD, "GRPO", "Group Relative Policy Optimization"),)
    )
    ids, resolver = resolve(*papers, registry=load_registry(), decisions=decisions)
    assert ids[0] == ids[1] == ["method:alpha"]
    assert ids[3] == ["method:grpo"] != ids[2]
    merged = next(t for t in resolver.things() if t.id == "method:alpha")
    assert {(a.surface, a.rule) for a in resolver.aliases(merged)} == {
        ("Alpha", Rule.SPELLING),
        ("Beta", Rule.DECISION),
    }


def test_a_merge_into_a_name_that_no_paper_uses_gives_that_name():
    decisions = Decisions(merges=(Merge(METHOD, "Beta", "Nice Name"),))
    ids, _ = resolve(paper(1, (METHOD, ["Beta"])), paper(2, (METHOD, ["betas"])), decisions=decisions)
    assert ids == [["method:nice-name"]] * 2


def test_a_chain_of_merges_ends_in_one_thing_whatever_the_order():
    merges = (Merge(METHOD, "A1", "B1"), Merge(METHOD, "B1", "C1"), Merge(METHOD, "C1", "A1"))
    papers = [paper(n, (METHOD, [name])) for n, name in enumerate(["A1", "B1", "C1"])]
    for order in (merges, merges[::-1]):
        ids, _ = resolve(*papers, decisions=Decisions(merges=order))
        assert len({i for group in ids for i in group}) == 1


def test_aliases_say_where_each_merge_comes_from():
    _, resolver = resolve(
        paper(1, (METHOD, ["Quick Brown Foxing", "QBF"])), paper(2, (METHOD, ["QBF"])), registry=load_registry()
    )
    (thing,) = resolver.things()
    assert {(a.surface, a.papers, a.rule) for a in resolver.aliases(thing)} == {
        ("QBF", 2, Rule.ABBREVIATION),
        ("Quick Brown Foxing", 1, Rule.SPELLING),
    }
    assert all(0 < a.confidence <= 1 for a in resolver.aliases(thing))


def test_families_join_the_nearest_thing_that_a_paper_mentions():
    names = ["LLaMA-2-7B", "LLaMA-2", "LLaMA", "LLaMA-3-8B", "Qwen2.5-VL-7B-Instruct", "Qwen"]
    things = [Thing(MODEL, f"model:{n.lower()}", n) for n in names]
    things += [Thing(BENCHMARK, f"benchmark:{n.lower()}", n) for n in ("AIME 2024", "AIME", "ImageNet-32", "ImageNet")]
    things += [Thing(METHOD, f"method:{n.lower()}", n) for n in ("EAGLE-3", "EAGLE", "TD3", "TD", "MATH-500")]
    found = {(v.variant.split(":")[1], v.family.split(":")[1]) for v in find_variants(things, load_registry())}
    assert found == {
        ("llama-2-7b", "llama-2"),
        ("llama-2", "llama"),
        ("llama-3-8b", "llama"),
        ("qwen2.5-vl-7b-instruct", "qwen"),
        ("aime 2024", "aime"),
        ("imagenet-32", "imagenet"),
        ("eagle-3", "eagle"),
    }


def test_a_circle_of_families_ends():
    registry = Registry(
        [RegistryEntry(name="A", type=MODEL, family="B"), RegistryEntry(name="B", type=MODEL, family="A")]
    )
    assert find_variants([Thing(MODEL, "model:a", "A")], registry) == []


@pytest.mark.slow
def test_resolution_of_annotated_papers(shared):
    """B-cubed as measured by the score that the annotations come with; entity ids and names are the paper's own."""
    bench = Path(__file__).parents[2] / "bench" / "resolution.py"
    sys.modules.pop("resolution", None)
    loaded = {}
    for name, path in (("resolution", bench), ("score", shared / "score" / "score.py")):
        spec = importlib.util.spec_from_file_location(name, path)
        loaded[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded[name])
    gold = shared / "gold" / "dev.jsonl"
    annotated = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    records = [loaded["resolution"].local(r) for r in loaded["resolution"].read_papers([gold])]
    resolver = Resolver(load_registry()).fit(records)
    table, _ = loaded["score"].score(annotated, [resolver.apply(r).model_dump(mode="json") for r in records])
    assert table["resolution"]["f1"] >= 93
    ids = Counter(t.id for t in resolver.things())
    assert set(ids.values()) == {1}
