"""Parts of a view in which nothing happens, as one component instead of one for each of their elements.

Dash keeps every component in its store and tells each of every change. A page of evidence has many hundreds of
elements, of which nearly all only stand there, so that a click took longer the more there was to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc
from dash.development.base_component import Component

_HTML = "dash_html_components"
_NAMED = ("heading", "more")
"""Identifiers that addresses and scripts use, and no callback."""


class Markup(Component):
    """Elements that no callback reads or writes; ``assets/markup.js`` makes them, of texts only texts.

    Args:
        body: texts, and elements as lists: the tag, its properties, what is in it. The tag of a link to another view
            is ``Link``.
    """

    _namespace = "paperkg"
    _type = "Markup"
    _prop_names = ["body"]  # noqa: RUF012  (as Dash declares them)
    _valid_wildcard_attributes: list[str] = []  # noqa: RUF012


def plain(body: Any) -> Any:
    """Components as they are, but for the parts in which nothing happens, which become ``Markup``.

    Args:
        body: a component, a text, or a list of these; its components are changed in place.
    """
    if not isinstance(body, list | tuple):
        return Markup(body=[_written(body)]) if _still(body) else _inside(body)
    found: list[Any] = []
    run: list[Any] = []
    for part in body:
        if _still(part):
            run.append(_written(part))
            continue
        if run:
            found.append(Markup(body=run))
            run = []
        found.append(_inside(part))
    return [*found, Markup(body=run)] if run else found


def _inside(part: Component) -> Component:
    if part._namespace == _HTML and getattr(part, "children", None) is not None:
        part.children = plain(part.children)
    return part


def _still(part: Any) -> bool:
    if not isinstance(part, Component):
        return True
    if not (part._namespace == _HTML or isinstance(part, dcc.Link)):
        return False
    identifier = getattr(part, "id", None)
    return identifier in (None, *_NAMED) and all(map(_still, _children(part)))


def _children(part: Component) -> Sequence[Any]:
    children = getattr(part, "children", None)
    return children if isinstance(children, list | tuple) else [] if children is None else [children]


def _written(part: Any) -> Any:
    if not isinstance(part, Component):
        return part
    properties = {name: value for name, value in part.to_plotly_json()["props"].items() if name != "children"}
    tag = part._type if isinstance(part, dcc.Link) else part._type.lower()
    return [tag, properties, *map(_written, _children(part))]
