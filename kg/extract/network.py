"""The trained network in onnxruntime: vectors and emissions of words, logits of candidates.

Each text runs by itself on one thread, and several texts at once: int8 scales are then those of the text alone, so the
same text gives the same bits whatever is read beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from kg.extract.candidates import Candidates
from kg.extract.encode import Encoded, Window

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Reading:
    """What the encoder says of a text: ``vectors`` [W, width], ``entity`` and ``value`` emissions [W, tags]."""

    vectors: Floats
    entity: Floats
    value: Floats


@dataclass(frozen=True)
class Scores:
    """What the heads say of candidates (logits) and which of the closest pairs of mentions said it.

    ``roles`` [E, 8]; ``relations`` [P, 4] with ``relation_rows`` [P, 4]; ``links`` [L, 4] with ``link_rows`` [L, 4];
    ``options`` [V, 4 + implied] the logits of no entity for each slot, then those of implied metrics.
    """

    roles: Floats
    relations: Floats
    relation_rows: NDArray[np.int64]
    links: Floats
    link_rows: NDArray[np.int64]
    options: Floats

    def role_chances(self) -> Floats:
        """Probabilities [E, 8] of the roles of each entity, of which it has one."""
        return softmax(self.roles)

    def relation_chances(self) -> Floats:
        """Probabilities [P, 4] of the relations of each pair, of which it may have several."""
        return 1 / (1 + np.exp(-self.relations))  # type: ignore[return-value]


def softmax(logits: Floats) -> Floats:
    """Probabilities of alternatives, which stand in the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)  # type: ignore[no-any-return]


def _session(file: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        str(file),
        options,
        providers=["CPUExecutionProvider"],
        # A sum and a norm after it are quicker apart: on a processor the fused step takes seven times as long.
        disabled_optimizers=["SkipLayerNormFusion"],
    )


class Encoder:
    """The encoder with its tagger, read from ``encoder.onnx``; ``threads`` texts are read at once."""

    def __init__(self, file: Path, threads: int) -> None:
        self.session = _session(file)
        self.threads = threads

    def read(self, texts: Iterable[Encoded]) -> Iterator[Reading]:
        """Read texts in order, as many at once as there are threads."""
        if self.threads == 1:
            yield from map(self.read_one, texts)
            return
        source = iter(texts)
        with ThreadPoolExecutor(self.threads) as pool:
            waiting: list[Future[Reading]] = [pool.submit(self.read_one, t) for t in islice(source, 4 * self.threads)]
            while waiting:
                yield waiting.pop(0).result()
                waiting += [pool.submit(self.read_one, t) for t in islice(source, 1)]

    def read_one(self, text: Encoded) -> Reading:
        """Read one text; windows of a long one are joined in the middle of what they share."""
        parts = [self._window(window, text.lexicon) for window in text.windows]
        if len(parts) == 1:
            return parts[0]
        if not parts:
            empty = np.zeros((0, 1), np.float32)
            return Reading(empty, empty, empty)
        starts = [w.first_word for w in text.windows]
        ends = [w.first_word + len(w.first_piece) for w in text.windows]
        cuts = [0, *[(s + e) // 2 for s, e in zip(starts[1:], ends[:-1], strict=True)], ends[-1]]
        return Reading(
            *(
                np.concatenate(
                    [
                        getattr(p, f.name)[a - s : b - s]
                        for p, s, a, b in zip(parts, starts, cuts, cuts[1:], strict=False)
                    ]
                )
                for f in fields(Reading)
            )
        )

    def _window(self, window: Window, lexicon: Sequence[int]) -> Reading:
        tags = np.array(lexicon[window.first_word : window.first_word + len(window.first_piece)], np.int64)
        inputs = {
            "pieces": window.pieces,
            "features": window.features,
            "first_piece": window.first_piece,
            "lexicon": tags,
        }
        return Reading(*self.session.run(["vectors", "entity", "value"], inputs))


class Heads:
    """The heads that score candidates, read from ``heads.onnx``."""

    def __init__(self, file: Path) -> None:
        self.session = _session(file)
        # Heads that were trained before there were known names take fewer features.
        self.features = next(i.shape[1] for i in self.session.get_inputs() if i.name == "entity_features")

    def score(self, vectors: Floats, candidates: Candidates) -> Scores:
        """Score the candidates of one text, whose words have ``vectors`` [W, width]."""
        inputs: dict[str, NDArray[np.int64] | Floats] = {"words": vectors}
        inputs |= {f.name: getattr(candidates, f.name) for f in fields(Candidates)}
        inputs["entity_features"] = candidates.entity_features[:, : self.features]
        return Scores(*self.session.run(None, inputs))


class AliasNetwork:
    """The network that tells whether two names are of one thing, read from ``aliases.onnx``."""

    def __init__(self, file: Path) -> None:
        self.session = _session(file)

    def score(self, features: Floats) -> Floats:
        """Probabilities [P] for the features [P, ``kg.extract.aliases.COLUMNS``] of pairs of names."""
        if not len(features):
            return np.zeros(0, np.float32)
        (chances,) = self.session.run(["same"], {"features": features})
        return np.asarray(chances, np.float32)
