"""When two papers are the same paper."""

from __future__ import annotations

import hashlib
import re

_ARXIV_ID = re.compile(
    r"(?:(?:oai:)?arxiv(?:\.org)?:\s*|https?://(?:[a-z]+\.)?arxiv\.org/(?:abs|pdf|html)/"
    r"|(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?10\.48550/arxiv\.)?"
    r"(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?:\.pdf)?",
    re.IGNORECASE,
)


def title_key(title: str) -> str:
    """The title without case and punctuation; titles with the same key are titles of the same paper."""
    return re.sub(r"\W+", " ", title).strip().casefold() or title.strip()


def paper_id(title: str) -> str:
    """The id of a paper of which only the title is known: ``p`` and ten hexadecimal digits."""
    return "p" + hashlib.sha1(title_key(title).encode(), usedforsecurity=False).hexdigest()[:10]


def arxiv_id(text: str) -> str | None:
    """The arXiv id that ``text`` is (bare, ``arXiv:``, address, DOI), without its version; None if it is none."""
    match = _ARXIV_ID.fullmatch(text.strip())
    return match["id"] if match else None


def identify(title: str, *given: str | int | None) -> tuple[str, str | None]:
    """The id of a paper and its arXiv id, if it has one.

    Args:
        title: what the id is made from where none of ``given`` is one of arXiv.
        given: ids, addresses and DOIs that the source gives; the first that names a paper of arXiv holds.
    """
    arxiv = next((found for one in given if one is not None and (found := arxiv_id(str(one)))), None)
    return arxiv or paper_id(title), arxiv
