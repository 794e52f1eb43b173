"""Records in XML, one after the other, from sources that nobody vouches for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.corpus.source import Source

if TYPE_CHECKING:
    from lxml.etree import _Element

_MOST_ELEMENTS = 100_000
"""Elements of one record; a record with more of them is none."""


def elements(source: Source, *tags: str) -> Iterator[tuple[int, _Element]]:
    """The elements with one of ``tags`` (``{namespace}name``), with the numbers of the lines that they begin on.

    An element is valid until the next one is asked for; none is kept. Entities of a document are not resolved, nothing
    is fetched, and the parser's limits on depth and on the length of a text hold.

    Raises:
        InputError: the input is no well-formed XML.
    """
    from lxml import etree

    parser = etree.iterparse(
        source.stream(),
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    inside: _Element | None = None
    within = 0
    try:
        for event, element in parser:
            if event == "start":
                within += 1
                if within > _MOST_ELEMENTS:
                    problem = f"a record has more than {_MOST_ELEMENTS} elements"
                    raise source.error(problem, "split the file", element.sourceline)
                if inside is None and element.tag in tags:
                    inside, within = element, 0
            elif inside is None or element is inside:
                if inside is not None:
                    yield inside.sourceline or 0, inside
                    inside = None
                within = 0
                # What lies behind is taken off the tree, which would otherwise grow with the file.
                element.clear()
                while element.getprevious() is not None and (parent := element.getparent()) is not None:
                    del parent[0]
    except etree.XMLSyntaxError as error:
        raise source.error(f"it is no well-formed XML ({error.msg})", "fetch the file again", error.lineno) from None


def text(element: _Element | None) -> str:
    """All the text in an element."""
    return "" if element is None else "".join(str(part) for part in element.itertext())
