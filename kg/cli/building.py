"""Commands that read papers: ``kg build`` and ``kg extract``."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.cluster import Cluster, Conf, Engine, EngineOption, Load, Master, Output, Work
from kg.cli.options import DEFAULT_GRAPH, Graph
from kg.cli.output import note
from kg.cli.progress import progress
from kg.cli.stopping import stop_on_signals
from kg.progress import Timed

Inputs = Annotated[
    list[str] | None,
    typer.Argument(metavar="INPUT…", help="Files, folders, patterns, or - for standard input.", show_default=False),
]
Sample = Annotated[bool, typer.Option("--sample", help="Read the sample papers that ship with the program.")]
Pipeline = Annotated[
    str | None, typer.Option("--pipeline", metavar="NAME", help="The extraction pipeline, by name or folder.")
]

Registry = Annotated[
    Path | None,
    typer.Option(
        "--registry", metavar="FILE", help="Names of your own (YAML); see kg registry check.", show_default=False
    ),
]
Resolve = Annotated[
    bool, typer.Option("--resolve", help="Give the entities of extraction records new ids and names, as for papers.")
]
Processes = Annotated[
    int, typer.Option("--processes", min=0, help="Over how many processes the reading is spread; 0: one a processor.")
]
Timings = Annotated[bool, typer.Option("--timings", help="Say at the end how long each stage took.")]
Columns = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="FIELD=NAME,…",
        help="How tables and JSON call a paper's fields: title=headline,abstract=text.",
    ),
]


class OnError(StrEnum):
    """What becomes of a build that meets a broken record."""

    STOP = "stop"
    SKIP = "skip"


Skipping = Annotated[
    OnError, typer.Option("--on-error", help="Whether a broken record ends the work or is told and left out.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command(short_help="Add papers to the graph.")(build)
    app.command(short_help="Add a few papers to a graph that is there.")(add)
    app.command(short_help="Take a paper out of the graph.")(remove)
    app.command(short_help="Write what the papers say as JSON lines.")(extract)


def build(
    inputs: Inputs = None,
    graph: Graph = DEFAULT_GRAPH,
    sample: Sample = False,
    resolve: Resolve = False,
    pipeline: Pipeline = None,
    registry: Registry = None,
    columns: Columns = None,
    on_error: Skipping = OnError.STOP,
    processes: Processes = 0,
    timings: Timings = False,
    engine: EngineOption = Engine.LOCAL,
    master: Master = None,
    output: Output = None,
    to: Load = None,
    work: Work = None,
    conf: Conf = None,
) -> None:
    """Example: kg build --sample

    Reads papers and adds what they say to the graph. INPUT is files, folders or addresses (https://, s3://) of JSON,
    CSV, Parquet, arXiv, OAI-PMH, Daily Papers, Semantic Scholar, OpenAlex, BibTeX, extraction records or annotated
    papers, told by their content, plain or compressed; docs/inputs.md has an example of each.

    Building is repeatable: papers that the graph has are not read again. A build that was stopped goes on where it was
    when it is run again. A file given with --registry is kept with the graph, until another is given.

    With --engine spark the graph goes into files or a server instead of the graph's file.
    """
    from kg.errors import StoppedError
    from kg.knowledge_graph import KnowledgeGraph

    timed = Timed(progress())
    cluster = Cluster(master, output, to, work, conf or [])
    if engine is Engine.SPARK:
        built = cluster.build(
            _all(inputs, sample),
            resolve=resolve,
            pipeline=pipeline,
            registry=registry,
            columns=_columns(columns),
            skip_broken=on_error is OnError.SKIP,
            progress=timed,
        )
        note(f"{output or to}: {built}")
        _tell(timed, timings)
        return
    cluster.refuse()
    with stop_on_signals() as stop, KnowledgeGraph(graph, progress=timed) as it:
        try:
            report = it.build(
                _all(inputs, sample),
                resolve=resolve,
                pipeline=pipeline,
                registry=registry,
                columns=_columns(columns),
                skip_broken=on_error is OnError.SKIP,
                processes=processes or _processors(),
                stop=stop,
            )
            note(f"{graph}: {report}")
        except StoppedError as stopped:
            note(f"{graph}: {stopped}")
        _tell(timed, timings)
    stop.exit_if_stopped()


def add(
    inputs: Inputs = None,
    graph: Graph = DEFAULT_GRAPH,
    resolve: Resolve = False,
    pipeline: Pipeline = None,
    columns: Columns = None,
    on_error: Skipping = OnError.STOP,
    timings: Timings = False,
) -> None:
    """Example: kg add paper.jsonl

    Adds papers to a graph that was built before, by changing only what hangs together with them. The graph is the one
    that kg build makes of all papers at once.
    """
    from kg.knowledge_graph import KnowledgeGraph

    timed = Timed(progress())
    with KnowledgeGraph(graph, progress=timed) as it:
        report = it.add(
            _all(inputs, False),
            resolve=resolve,
            pipeline=pipeline,
            columns=_columns(columns),
            skip_broken=on_error is OnError.SKIP,
        )
    note(f"{graph}: {report}")
    _tell(timed, timings)


def remove(
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="Its id, arXiv id or exact title.", show_default=False)],
    graph: Graph = DEFAULT_GRAPH,
) -> None:
    """Example: kg remove 2402.03300

    Takes a paper out of the graph with exactly what only that paper states.
    """
    from kg.knowledge_graph import KnowledgeGraph

    with KnowledgeGraph(graph, progress=progress()) as it:
        note(f"removed {it.remove(paper)}")


def extract(
    inputs: Inputs = None,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="OUT.jsonl", help="Where to write; - for standard output.")
    ] = "-",
    sample: Sample = False,
    pipeline: Pipeline = None,
    registry: Registry = None,
    columns: Columns = None,
    on_error: Skipping = OnError.STOP,
    processes: Processes = 0,
) -> None:
    """Example: kg extract --sample -o records.jsonl

    Writes an extraction record for each paper: mentions, entities, relations and results with offsets and confidence.
    `kg build` makes a graph of such a file. Work that was stopped goes on where it was when it is run again.
    """
    from kg.build_report import Broken
    from kg.errors import StoppedError
    from kg.extraction import extract_to

    broken = Broken()
    with stop_on_signals() as stop:
        try:
            extract_to(
                _all(inputs, sample),
                output,
                pipeline=pipeline,
                registry=registry,
                columns=_columns(columns),
                on_error=broken if on_error is OnError.SKIP else None,
                processes=processes or _processors(),
                progress=progress(),
                stop=stop,
            )
        except StoppedError as stopped:
            note(f"{output}: {stopped}")
    if broken.records:
        note(f"{broken.records} broken records skipped")
    stop.exit_if_stopped()


def _processors() -> int:
    return len(os.sched_getaffinity(0))


def _columns(given: str | None) -> dict[str, str]:
    from kg.errors import InputError

    pairs = [pair.partition("=") for pair in given.split(",")] if given else []
    if not all(field and name for field, _, name in pairs):
        raise InputError(f"--columns is {given!r}", "write it as FIELD=NAME,…: title=headline,abstract=text")
    return {field.strip(): name for field, _, name in pairs}


def _tell(timed: Timed, wanted: bool) -> None:
    for stage in timed.stages if wanted else ():
        note(str(stage))


def _all(inputs: list[str] | None, sample: bool) -> list[str | Path]:
    from kg.resources import resource

    return [*(inputs or []), *(sorted(resource("sample").glob("*.txt")) if sample else [])]
