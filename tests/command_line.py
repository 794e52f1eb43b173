"""What the fixtures of the command line give, and papers to build from."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str


Kg = Callable[..., Outcome]
Program = Callable[..., "subprocess.Popen[str]"]


def annotated(number: int = 1, **changes: Any) -> dict[str, Any]:
    """One annotated paper; papers of different numbers share the benchmark and the baseline."""
    name = f"Foo{number}Net"
    paper = {
        "id": f"x{number}",
        "title": f"{name}: Reasoning That Works",
        "abstract": f"We present {name}. {name} reaches {50 + number}.5% accuracy on MATH-500 and beats BarNet.",
        "entities": [
            [name, "Method", name, "proposed"],
            ["BarNet", "Method", "BarNet", "baseline"],
            ["accuracy", "Metric", "accuracy", "reported"],
            ["MATH-500", "Benchmark", "MATH500", "evaluated_on"],
        ],
        "relations": [[name, "EVALUATED_ON", "MATH500"], [name, "OUTPERFORMS", "BarNet"]],
        "results": [[name, "MATH500", "accuracy", f"{50 + number}.5%", "absolute", ""]],
    }
    return paper | changes


def write_lines(path: Path, *objects: dict[str, Any]) -> Path:
    """Writes JSON lines."""
    path.write_text("".join(json.dumps(each) + "\n" for each in objects), encoding="utf-8")
    return path
