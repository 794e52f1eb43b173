"""The program: its global options, and what becomes of errors."""

from __future__ import annotations

import gc
import logging
import sys
from typing import Annotated

import typer

from kg.cli import asking, building, files, names, page, quality, training
from kg.errors import KgError

app = typer.Typer(
    name="kg",
    help="Typed knowledge graphs of machine-learning papers: build one, ask it, take it with you.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for room in (building, asking, files, names, page, quality, training):
    room.register(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"kg {version('paperkg')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show tracebacks and log messages; may stand anywhere in the line.")
    ] = False,
) -> None:
    """Global options; ``debug`` is read in ``main``, since it may stand anywhere."""


def main() -> None:
    """Runs the command line of ``sys.argv`` and exits: 0 for success, 2 for wrong usage or input, 1 for a failure."""
    # A short command is mostly the loading of modules, which makes no garbage: look for some less often than usual.
    gc.set_threshold(100_000, 50, 50)
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    logging.basicConfig(format="kg: %(message)s", level=logging.DEBUG if debug else logging.ERROR, force=True)
    logging.getLogger("kg").setLevel(logging.DEBUG if debug else logging.WARNING)
    try:
        app([word for word in arguments if word != "--debug"], prog_name="kg")
    except Exception as error:
        if debug:
            raise
        if isinstance(error, KgError):
            print(f"kg: {error}", file=sys.stderr)
            sys.exit(error.exit_code)
        if isinstance(error, OSError):  # a full disk, a folder that may not be written
            print(f"kg: {error}", file=sys.stderr)
            sys.exit(1)
        print(
            f"kg: this should not have happened: {type(error).__name__}: {error}; "
            "run the command again with --debug and report what it prints",
            file=sys.stderr,
        )
        sys.exit(1)
