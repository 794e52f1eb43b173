"""The whole network in torch: encoder, tagger and heads, with the loss of a batch of examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from kg.extract.candidates import RELATIONS, SLOTS, join, slot_allows
from kg.extract.tags import tags_of
from kg.train.base import BaseName
from kg.train.crf import Crf
from kg.train.data import SCHEMA_TYPES, VALUE_TAGS, Example
from kg.train.heads import Heads, Tagger
from kg.train.network import Encoder


@dataclass(frozen=True)
class Weights:
    """What each part of the loss counts."""

    entity_tags: float = 0.05
    value_tags: float = 0.05
    roles: float = 0.3
    relations: float = 1.0
    slots: float = 0.3


class Model(nn.Module):
    """Encoder → tagger → heads; texts longer than a window are cut to the first one in training.

    Args:
        encoder: weights of the encoder, from ``kg.train.pretrain``; the base encoder's by default.
        base: the base encoder.
        types: the types of spans.
        implied: how many metrics a result may imply; None for a network that finds spans and nothing else.
    """

    def __init__(
        self,
        encoder: Path | None = None,
        *,
        base: BaseName,
        types: Sequence[str] = SCHEMA_TYPES,
        implied: int | None = 8,
        hidden: int = 192,
    ) -> None:
        super().__init__()
        self.types = tuple(types)
        self.encoder = Encoder(base)
        if encoder is not None:
            self.encoder.load_state_dict(load_file(encoder))
        width = self.encoder.width
        tags = tags_of(self.types)
        self.tagger = Tagger(width, hidden, len(tags), len(VALUE_TAGS))
        self.entity_crf, self.value_crf = Crf(tags), Crf(VALUE_TAGS)
        self.heads = None if implied is None else Heads(width, implied=implied)

    def fields(self) -> tuple[Crf, Crf]:
        """The random fields over entity tags and over value tags."""
        return self.entity_crf, self.value_crf

    def words(self, batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
        """Vectors of words [batch, words, width], lexicon tags [batch, words] and lengths [batch]."""
        windows = [e.encoded.windows[0] for e in batch]
        length = max(len(w.pieces) for w in windows)
        most = max(len(w.first_piece) for w in windows)
        pieces = torch.zeros(len(batch), length, dtype=torch.long)
        features = torch.zeros(len(batch), length, 3, dtype=torch.long)
        mask = torch.zeros(len(batch), length, dtype=torch.long)
        first = torch.zeros(len(batch), most, dtype=torch.long)
        lexicon = torch.zeros(len(batch), most, dtype=torch.long)
        for row, (window, example) in enumerate(zip(windows, batch, strict=True)):
            n, w = len(window.pieces), len(window.first_piece)
            pieces[row, :n] = torch.from_numpy(window.pieces)
            features[row, :n] = torch.from_numpy(window.features)
            mask[row, :n] = 1
            first[row, :w] = torch.from_numpy(window.first_piece)
            lexicon[row, :w] = torch.tensor(example.encoded.lexicon[:w])
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.training):
            hidden = self.encoder(pieces, features, mask).float()
        vectors = hidden.gather(1, first.unsqueeze(-1).expand(-1, -1, hidden.shape[-1]))
        return vectors, lexicon, torch.tensor([len(w.first_piece) for w in windows])

    def loss(self, batch: Sequence[Example], weights: Weights) -> tuple[Tensor, dict[str, float]]:
        """The loss of a batch, and its parts."""
        vectors, lexicon, lengths = self.words(batch)
        there = (torch.arange(vectors.shape[1])[None] < lengths[:, None]).float()
        entity, value = self.tagger(vectors, lexicon, there)
        tags = [
            torch.nn.utils.rnn.pad_sequence([torch.tensor(t[:n]) for t, n in zip(column, lengths, strict=True)], True)
            for column in ([e.entity_tags for e in batch], [e.value_tags for e in batch])
        ]
        parts = {"entity_tags": self.entity_crf(entity, tags[0], lengths)}
        if self.heads is not None:
            parts["value_tags"] = self.value_crf(value, tags[1], lengths)
            parts |= head_losses(self.heads, batch, vectors, lengths)
        total = torch.stack([getattr(weights, name) * part for name, part in parts.items()]).sum()
        return total, {name: float(part.detach()) for name, part in parts.items()}


def head_losses(heads: Heads, batch: Sequence[Example], vectors: Tensor, lengths: Tensor) -> dict[str, Tensor]:
    """Losses of roles, relations and slots over the texts that fit into one window."""
    whole = [i for i, e in enumerate(batch) if len(e.encoded.words) == lengths[i]]
    flat = torch.cat([vectors[i, : lengths[i]] for i in whole])
    kept = [batch[i] for i in whole]
    joined = join([e.candidates for e in kept], [len(e.encoded.words) for e in kept])
    arrays = [torch.from_numpy(getattr(joined, name)) for name in joined.__dataclass_fields__]
    roles, relations, _, links, _, options = heads(flat, *arrays)
    parts = {"roles": nn.functional.cross_entropy(roles, torch.from_numpy(np.concatenate([e.roles for e in kept])))}
    truth = torch.from_numpy(np.concatenate([e.relations for e in kept]))
    mask = relation_mask(joined.entity_features[:, 0], joined.pairs)
    all_pairs = nn.functional.binary_cross_entropy_with_logits(relations, truth, reduction="none")
    parts["relations"] = (all_pairs * mask).sum() / mask.sum().clamp(min=1) * 4
    parts["slots"] = slot_loss(kept, joined.links, joined.entity_features[:, 0], links, options)
    return parts


def relation_mask(types: np.ndarray, pairs: np.ndarray) -> Tensor:
    """Which relations the types of a pair's object allow, [P, 4], as ones and zeros."""
    object_types = types[pairs[:, 1]]
    columns = {"EVALUATED_ON": (2,), "BASED_ON": (0, 1), "OUTPERFORMS": (0, 1), "APPLIED_TO": (4,)}
    return torch.from_numpy(np.stack([np.isin(object_types, columns[str(r)]) for r in RELATIONS], 1).astype(np.float32))


def slot_loss(
    batch: Sequence[Example], links: np.ndarray, types: np.ndarray, scores: Tensor, options: Tensor
) -> Tensor:
    """For each value and slot, minus the log of the probability of the right rows together."""
    rows_of: dict[int, list[int]] = {}
    for row, (v, _) in enumerate(links):
        rows_of.setdefault(int(v), []).append(row)
    losses, value, offset = [], 0, 0
    implied = options.shape[1] - len(SLOTS)
    for example in batch:
        for slots in example.slots:
            rows = rows_of.get(value, [])
            for slot, right in enumerate(slots):
                able = [r for r in rows if slot_allows(slot, int(types[links[r, 1]]))]
                extra = options[value, len(SLOTS) :] if slot == 2 else options[value, :0]
                logits = torch.cat([scores[able, slot], options[value, slot : slot + 1], extra])
                place = {r: i for i, r in enumerate(able)} | {-1 - i: len(able) + i for i in range(implied + 1)}
                chosen = [place[r + offset if r >= 0 else r] for r in right]
                losses.append(torch.logsumexp(logits, 0) - torch.logsumexp(logits[chosen], 0))
            value += 1
        offset += len(example.candidates.links)
    return torch.stack(losses).sum() / max(1, len(losses)) * len(SLOTS) if losses else scores.sum() * 0
