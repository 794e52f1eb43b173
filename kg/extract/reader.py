"""The component ``kg_encoder``: words, lexicon tags and the encoder's reading of each document."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from itertools import tee
from pathlib import Path
from shutil import copy

from spacy.language import Language
from spacy.tokens import Doc

from kg.errors import KgError
from kg.extract.document import text_of, title_end
from kg.extract.encode import Encoded, Vocabulary
from kg.extract.lexicon import Lexicon
from kg.extract.network import Encoder
from kg.extract.words import split_words

FILES = ("encoder.onnx", "tokenizer.json", "lexicon.json")


@Language.factory("kg_encoder", default_config={"threads": 0})
def make_encoder(nlp: Language, name: str, threads: int) -> EncoderPipe:
    """Make the component; ``threads`` is how many texts are read at once, 0 for one a processor."""
    return EncoderPipe(name, threads)


class EncoderPipe:
    """Fills ``doc._.analysis.encoded`` and ``.reading``; the one pass of the network over a text."""

    def __init__(self, name: str, threads: int) -> None:
        self.name = name
        self.threads = threads or len(os.sched_getaffinity(0))
        self._folder: Path | None = None

    def use_threads(self, threads: int) -> None:
        """Read ``threads`` texts at once from now on."""
        self.threads = self.encoder.threads = threads

    def _load(self, folder: Path) -> None:
        missing = [f for f in FILES if not (folder / f).is_file()]
        if missing:
            raise KgError(f"{folder}: the pipeline lacks {', '.join(missing)}; install it again or train it anew")
        self._folder = folder
        self.encoder = Encoder(folder / "encoder.onnx", self.threads)
        self.vocabulary = Vocabulary.read(folder / "tokenizer.json")
        self.lexicon = Lexicon.from_json(json.loads((folder / "lexicon.json").read_text(encoding="utf-8")))

    def __call__(self, doc: Doc) -> Doc:
        """Read one document."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 0) -> Iterator[Doc]:
        """Read documents as they come, several at once."""
        docs, texts = tee(stream)
        for doc, reading in zip(docs, self.encoder.read(map(self._encode, texts)), strict=True):
            doc._.analysis.reading = reading
            yield doc

    def _encode(self, doc: Doc) -> Encoded:
        words = doc._.analysis.words or split_words(text_of(doc))
        encoded = self.vocabulary.encode(words, title_end(doc), self.lexicon.tag)
        doc._.analysis.encoded = encoded
        return encoded

    def to_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> None:
        """Copy the component's files into ``path``."""
        path.mkdir(parents=True, exist_ok=True)
        if self._folder is not None:
            for file in FILES:
                copy(self._folder / file, path / file)

    def from_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> EncoderPipe:
        """Load the component's files from ``path``."""
        self._load(Path(path))
        return self
