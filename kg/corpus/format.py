"""What a format of papers is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kg.corpus.source import Head, Source
from kg.schema import Paper


@dataclass(frozen=True)
class Format:
    """A format that papers are read from.

    Attributes:
        name: the key in ``kg.corpus.FORMATS``.
        description: what it is called in messages.
        recognises: whether an input that begins like this is of the format; it must not raise.
        read: the papers of an input, in its order; ``Record`` where the format carries annotations. It reports a broken
            record to ``Source.broken`` and goes on; it raises ``InputError``, and nothing else, where it cannot.
        late: read after all inputs of other formats, which may have put on the source's shelf what belongs to it.
    """

    name: str
    description: str
    recognises: Callable[[Head], bool]
    read: Callable[[Source], Iterator[Paper]]
    late: bool = False
