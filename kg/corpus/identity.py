"""When two papers are the same paper."""

from __future__ import annotations

import hashlib
import re

_ARXIV_ID = re.compile(
    r"(?:arxiv:\s*|https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/)?"
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
    """The arXiv id that ``text`` is (bare, ``arXiv:`` or an address), without its version; None if it is none."""
    match = _ARXIV_ID.fullmatch(text.strip())
    return match["id"] if match else None
