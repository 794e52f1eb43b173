"""A neighbourhood as one HTML file that needs neither a server nor the internet."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

from kg.errors import InputError
from kg.web.drawing import elements, layout, stylesheets
from kg.web.facts import evidence
from kg.web.neighbourhood import LABELS, State, shown, write_edge
from kg.web.parts import Quote, sentence_spans
from kg.web.reader import PaperText, Reader

_SENTENCES = 5
"""Sentences of an edge that the file holds."""


def write_view(reader: Reader, entity: str, path: Path, neighbours: int) -> Path:
    """Writes the neighbourhood of an entity or a paper as one HTML file, with the sentences behind its edges.

    Args:
        reader: of the graph.
        entity: a name or an alias, in any case.
        path: the file to write.
        neighbours: how many neighbours, those that most papers state first.

    Raises:
        InputError: the graph has no such name, or the file cannot be written.
    """
    found = reader.names.find(entity, 1)
    if not found or entity.casefold() not in (found[0].name.casefold(), (found[0].alias or "").casefold()):
        near = [match.name for match in (reader.names.find(entity, 3) or reader.names.nearest(entity, 3))]
        cure = f"did you mean {' or '.join(near)}?" if near else "search for it: kg serve"
        raise InputError(f"the graph has no name {entity!r}", cure)
    node = found[0]
    state = State((node.label, node.id))
    view = shown(reader, state, neighbours)
    said = {}
    for kind, source, target in view.edges:
        confidence, quotes = evidence(reader, kind, source, target)
        texts = reader.texts(quote.paper for quote in quotes[:_SENTENCES])
        said[write_edge(kind, source, target)] = {
            "title": f"{view.names[source][0]} {kind.lower().replace('_', ' ')} {view.names[target][0]}",
            "confidence": confidence,
            "quotes": [_quote(quote, texts[quote.paper]) for quote in quotes[:_SENTENCES] if quote.paper in texts],
            "more": max(0, len(quotes) - _SENTENCES),
        }
    data = {
        "elements": elements(view, state.centre, None), "evidence": said, "layout": layout("fcose", view),
        "sheets": stylesheets(),
    }  # fmt: skip
    try:
        path.write_text(_page(node.name, node.label, data, view.hidden.get(state.centre, 0)), encoding="utf-8")
    except OSError as error:
        raise InputError(f"the file cannot be written ({error.strerror})", "name another", file=path) from error
    return path


def _quote(quote: Quote, paper: PaperText) -> dict[str, Any]:
    parts = [[said, mark.label if mark else ""] for said, mark in sentence_spans(paper, quote.sentence)]
    return {"parts": parts, "paper": paper.title}


def _page(name: str, label: str, data: dict[str, Any], hidden: int) -> str:
    folder = Path(__file__).with_name("assets")
    values = {
        "NAME": html.escape(name), "LABEL": label, "COLOUR": label.lower(),
        "HIDDEN": f"{hidden:,} more neighbours are not in this file." if hidden else "",
        "LEGEND": "".join(f'<li class="{each.lower()}">{each}</li>' for each in LABELS),
        "STYLE": (folder / "page.css").read_text(encoding="utf-8"),
        "DATA": json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),  # no text can end the script
        "LIBRARIES": "".join(f"<script>{_script(file)}</script>\n" for file in (*_libraries(), folder / "labels.js")),
    }  # fmt: skip
    text = (Path(__file__).with_name("single_file.html")).read_text(encoding="utf-8")
    first, *parts = text.split("{{")
    return first + "".join(values[key] + rest for key, rest in (part.split("}}", 1) for part in parts))


def _libraries() -> list[Path]:
    """The scripts that Dash itself loads to draw a Cytoscape component."""
    import dash
    import dash_cytoscape

    deps = Path(dash.__file__).with_name("deps")
    wanted = [sorted(deps.glob(f"{name}@*.min.js"))[-1] for name in ("react", "react-dom", "prop-types")]
    return [*wanted, Path(dash_cytoscape.__file__).with_name("dash_cytoscape_extra.min.js")]


def _script(file: Path) -> str:
    return file.read_text(encoding="utf-8").replace("</script", "<\\/script")
