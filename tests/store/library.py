"""Records by hand that give every named query at least one row with its example parameters."""

from __future__ import annotations

from kg.graph import Graph, build_graph
from kg.schema import Record, RelationType, Role
from tests.graph.samples import BENCHMARK, METHOD, METRIC, MODEL, TASK, dapo_record, grpo_record, make_record

_AGAIN = "In our hands GRPO reaches 79.0% accuracy on math 500, and PPO outperforms GRPO."
_MODEL = "Qwen2.5-7B trained with GRPO solves 51.2% accuracy of AIME24, a 3x speedup over PPO."


def _replication() -> Record:
    return make_record(
        "p3",
        "A replication of policy optimisation",
        f"We use Qwen2.5-7B for mathematical reasoning. {_AGAIN} We train on NuminaMath.",
        [
            (["Qwen2.5-7B"], MODEL, "Qwen2.5-7B", Role.USED),
            (["GRPO"], METHOD, "GRPO", Role.USED),
            (["PPO"], METHOD, "PPO", Role.USED),
            (["math 500"], BENCHMARK, "MATH500", Role.EVALUATED_ON),
            (["NuminaMath"], BENCHMARK, "NuminaMath", Role.TRAINED_ON),
            (["accuracy"], METRIC, "accuracy", Role.REPORTED),
            (["mathematical reasoning"], TASK, "mathematical reasoning", Role.ADDRESSED),
        ],
        [
            ("PPO", RelationType.OUTPERFORMS, "GRPO", _AGAIN),
            ("GRPO", RelationType.EVALUATED_ON, "MATH500", _AGAIN),
        ],
        [("GRPO", "MATH500", "accuracy", "79.0%", "absolute", None, _AGAIN)],
        source=("c.txt",),
        published="2025-06-01",
        authors=("C. Author",),
    )


def _benchmark() -> Record:
    return make_record(
        "p4",
        "NuminaMath and AIME24",
        f"We introduce NuminaMath and Dr. GRPO, which builds on DAPO. {_MODEL}",
        [
            (["NuminaMath"], BENCHMARK, "NuminaMath", Role.PROPOSED),
            (["AIME24"], BENCHMARK, "AIME24", Role.EVALUATED_ON),
            (["Dr. GRPO"], METHOD, "Dr. GRPO", Role.PROPOSED),
            (["DAPO"], METHOD, "DAPO", Role.USED),
            (["Qwen2.5-7B"], MODEL, "Qwen2.5-7B", Role.USED),
            (["PPO"], METHOD, "PPO", Role.BASELINE),
            (["accuracy"], METRIC, "accuracy", Role.REPORTED),
            (["speedup"], METRIC, "speedup", Role.REPORTED),
        ],
        [
            ("Dr. GRPO", RelationType.BASED_ON, "DAPO", "Dr. GRPO, which builds on DAPO."),
            ("Qwen2.5-7B", RelationType.EVALUATED_ON, "AIME24", _MODEL),
        ],
        [
            ("Qwen2.5-7B", "AIME24", "accuracy", "51.2%", "absolute", None, _MODEL),
            ("Qwen2.5-7B", None, "speedup", "3x", "relative", "PPO", _MODEL),
        ],
        source=("c.txt",),
    )


def _both() -> Record:
    return make_record(
        "p5",
        "Two benchmarks",
        "We evaluate on MATH500 and on NuminaMath and AIME24.",
        [
            (["MATH500"], BENCHMARK, "MATH500", Role.EVALUATED_ON),
            (["NuminaMath"], BENCHMARK, "NuminaMath", Role.EVALUATED_ON),
            (["AIME24"], BENCHMARK, "AIME24", Role.EVALUATED_ON),
        ],
        published="2025-07-01",
    )


def library_graph() -> Graph:
    """Five papers on one subject that agree and disagree."""
    return build_graph([grpo_record(), dapo_record(), _replication(), _benchmark(), _both()])
