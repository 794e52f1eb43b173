"""The charts of the overview as a PNG or SVG file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.web.reader import Reader
from kg.web.views.overview import evaluated, extended, timeline

_INK, _MUTED, _LINE = "#161b22", "#545d6b", "#d9dee5"
_COLOURS = {"Method": "#17559e", "Model": "#6f3a9f", "Benchmark": "#0a6b50"}
_SERIES = ("#17559e", "#a12c4a", "#0a6b50", "#7d5200", "#6f3a9f", "#46525f")


def write_charts(reader: Reader, path: Path) -> Path:
    """Writes the most evaluated benchmarks, the most extended methods and the methods over time as one picture.

    Args:
        reader: of the graph.
        path: the file to write; its suffix says whether PNG or SVG.

    Raises:
        InputError: another suffix, a graph without papers, or a file that cannot be written.
    """
    if path.suffix.lower() not in (".png", ".svg"):
        raise InputError(
            f"no picture can be written as {path.suffix or 'a file without a suffix'}", "name a .png or .svg"
        )
    if not reader.counts["nodes"]:
        raise InputError("the graph is empty", "build it first: kg build INPUT…")
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    style: Any = {
        "font.family": "DejaVu Sans", "font.size": 9, "text.color": _INK, "axes.labelcolor": _MUTED,
        "axes.edgecolor": _LINE,
        "xtick.color": _MUTED, "ytick.color": _INK, "svg.hashsalt": "paperkg", "svg.fonttype": "none",
    }  # fmt: skip
    periods, lines = timeline(reader, len(_SERIES))
    with matplotlib.rc_context(style):
        figure, axes = pyplot.subplots(1, 3 if lines else 2, figsize=(15 if lines else 10, 4.2), layout="constrained")
        _bars(
            axes[0], "Most evaluated benchmarks (papers)", [("Benchmark", name, n) for _, name, n in evaluated(reader)]
        )
        _bars(axes[1], "Most extended methods (based on each)", [(la, name, n) for la, _, name, n in extended(reader)])
        if lines:
            for (_, _, name, values), colour in zip(lines, _SERIES, strict=False):
                axes[2].plot(periods, values, color=colour, linewidth=1.8, marker="o", markersize=3, label=_short(name))
            axes[2].set_title("Methods over time (papers)", loc="left", fontweight="bold", fontsize=11)
            axes[2].tick_params(axis="x", rotation=45)
            axes[2].legend(frameon=False, fontsize=8)
            axes[2].spines[["top", "right"]].set_visible(False)
            axes[2].set_ylim(bottom=0)
        try:
            figure.savefig(path, dpi=160, metadata={"Date": None} if path.suffix.lower() == ".svg" else None)
        except OSError as error:
            raise InputError(f"the file cannot be written ({error.strerror})", "name another", file=path) from error
        finally:
            pyplot.close(figure)
    return path


def _bars(axes: Any, title: str, items: list[tuple[str, str, int]]) -> None:
    axes.set_title(title, loc="left", fontweight="bold", fontsize=11)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    if not items:
        axes.text(0.5, 0.5, "none in this graph", ha="center", transform=axes.transAxes, color=_MUTED)
        axes.set_xticks([])
        axes.set_yticks([])
        return
    places = range(len(items))
    drawn = axes.barh(places, [n for *_, n in items], color=[_COLOURS[label] for label, *_ in items], height=0.62)
    axes.set_yticks(places, [_short(name) for _, name, _ in items])
    axes.bar_label(drawn, padding=4, color=_INK)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)


def _short(name: str) -> str:
    """A name that fits, in which no sign means mathematics."""
    return (name if len(name) <= 28 else f"{name[:27]}…").replace("$", r"\$")
