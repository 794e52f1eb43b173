"""The heads in torch: tags of words, roles of entities, relations of pairs, links of values."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from kg.extract.candidates import ENTITY_FEATURES, PAIR_FEATURES, RELATIONS, ROLES, SLOTS, TYPES
from kg.extract.lexicon import LEXICON_TAGS
from kg.schema import ROLES_OF


class _Mix(nn.Module):
    """A convolution over five neighbouring words with a residual: cheaper on a processor than a recurrent layer."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.convolution = nn.Conv1d(width, width, 5, padding=2)
        self.dropout = nn.Dropout(dropout)

    def forward(self, words: Tensor) -> Tensor:
        mixed = self.convolution(self.norm(words).transpose(1, 2)).transpose(1, 2)
        return words + self.dropout(nn.functional.gelu(mixed))


class Tagger(nn.Module):
    """Vectors of words with their lexicon tags → emissions of entity tags and of value tags."""

    def __init__(self, width: int, hidden: int, entity_tags: int, value_tags: int, dropout: float = 0.2) -> None:
        super().__init__()
        self.lexicon = nn.Embedding(len(LEXICON_TAGS), width)
        nn.init.zeros_(self.lexicon.weight)
        self.narrow = nn.Linear(width, hidden)
        self.mix = nn.Sequential(_Mix(hidden, dropout), _Mix(hidden, dropout))
        self.dropout = nn.Dropout(dropout)
        self.entity = nn.Linear(width + hidden, entity_tags)
        self.value = nn.Linear(width + hidden, value_tags)

    def forward(self, words: Tensor, lexicon: Tensor, there: Tensor) -> tuple[Tensor, Tensor]:
        """``words`` [batch, words, width], ``lexicon``, ``there`` [batch, words] → emissions [batch, words, tags]."""
        inputs = self.dropout(words + self.lexicon(lexicon))
        mixed = self.narrow(inputs) * there.unsqueeze(-1)
        for layer in self.mix:
            mixed = layer(mixed) * there.unsqueeze(-1)
        joined = torch.cat([inputs, self.dropout(mixed)], dim=-1)
        return self.entity(joined), self.value(joined)


def _take(table: Tensor, rows: Tensor) -> Tensor:
    return table[rows.clamp(min=0)]


class _PairScorer(nn.Module):
    """Pairs of spans in their context → logits of the two things that they stand for; the closest pairs are pooled."""

    def __init__(self, width: int, outputs: int, dropout: float) -> None:
        super().__init__()
        self.left, self.right = nn.Linear(width, width), nn.Linear(width, width)
        self.left_factor, self.right_factor = nn.Linear(width, width), nn.Linear(width, width)
        self.between = nn.Linear(width, width)
        self.features = nn.ModuleList(nn.Embedding(size, width) for size in PAIR_FEATURES)
        self.hidden = nn.Sequential(nn.GELU(), nn.Dropout(dropout), nn.Linear(width, width), nn.GELU())
        self.output = nn.Linear(width, outputs)

    def forward(
        self, spans: Tensor, vectors: Tensor, sums: Tensor, rows: Tensor, features: Tensor, left: Tensor, right: Tensor
    ) -> tuple[Tensor, Tensor]:
        """``rows`` [P, K, 2] span numbers, ``left``/``right`` [P, width] of the things.

        Returns logits [P, outputs] and, for each, which of the K pairs of spans gave it.
        """
        a, b = rows[..., 0], rows[..., 1]
        low = torch.minimum(_take(spans[:, 1], a), _take(spans[:, 1], b))
        high = torch.maximum(_take(spans[:, 0], a), _take(spans[:, 0], b))
        high = torch.maximum(high, low)
        context = (sums[high] - sums[low]) / (high - low).clamp(min=1).unsqueeze(-1)
        one, two = _take(vectors, a), _take(vectors, b)
        state = (
            self.left(one) + self.right(two) + self.left_factor(one) * self.right_factor(two) + self.between(context)
        )
        for number, table in enumerate(self.features):
            state = state + table(features[..., number])
        state = state + (left + right).unsqueeze(1)
        logits = self.output(self.hidden(state)).masked_fill((a < 0).unsqueeze(-1), -1e4)
        return logits.amax(dim=1), logits.argmax(dim=1)


class Heads(nn.Module):
    """Roles, relations and links over the words of a batch laid end to end (see ``kg.extract.candidates``)."""

    def __init__(self, inputs: int, width: int = 192, implied: int = 8, dropout: float = 0.2) -> None:
        super().__init__()
        self.project = nn.Sequential(nn.Dropout(dropout), nn.Linear(inputs, width), nn.GELU())
        self.span = nn.Linear(3 * width, width)
        self.entity = nn.Linear(2 * width, width)
        self.features = nn.ModuleList(nn.Embedding(size, width) for size in ENTITY_FEATURES)
        self.role = nn.Sequential(
            nn.GELU(), nn.Dropout(dropout), nn.Linear(width, width), nn.GELU(), nn.Linear(width, len(ROLES))
        )
        self.role_vector = nn.Linear(len(ROLES), width)
        self.subject, self.object = nn.Linear(width, width), nn.Linear(width, width)
        self.relation = _PairScorer(width, len(RELATIONS), dropout)
        self.value, self.linked = nn.Linear(width, width), nn.Linear(width, width)
        self.link = _PairScorer(width, len(SLOTS), dropout)
        self.null = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, len(SLOTS) + implied))
        roles = torch.tensor([[role in ROLES_OF[kind] for role in ROLES] for kind in TYPES])
        self.register_buffer("role_mask", torch.where(roles, 0.0, -1e4), persistent=False)

    def forward(
        self,
        words: Tensor,
        spans: Tensor,
        values: Tensor,
        entity_spans: Tensor,
        entity_features: Tensor,
        pairs: Tensor,
        pair_spans: Tensor,
        pair_features: Tensor,
        links: Tensor,
        link_spans: Tensor,
        link_features: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
        """``words`` [W, inputs] → the fields of ``kg.extract.network.Scores``."""
        z = self.project(words)
        sums = torch.cat([torch.zeros_like(z[:1]), z.cumsum(dim=0)])
        start, end = spans[:, 0], spans[:, 1]
        mean = (sums[end] - sums[start]) / (end - start).unsqueeze(-1)
        vectors = self.span(torch.cat([z[start], z[end - 1], mean], dim=-1))
        there = (entity_spans >= 0).unsqueeze(-1)
        own = _take(vectors, entity_spans)
        average = (own * there).sum(dim=1) / there.sum(dim=1)
        entities = self.entity(torch.cat([average, own.masked_fill(~there, -1e4).amax(dim=1)], dim=-1))
        for number, table in enumerate(self.features):
            entities = entities + table(entity_features[:, number])
        roles = self.role(entities) + self.role_mask[entity_features[:, 0]]
        entities = entities + self.role_vector(roles.softmax(dim=-1))
        subjects, objects = self.subject(entities), self.object(entities)
        relations, relation_rows = self.relation(
            spans, vectors, sums, pair_spans, pair_features, subjects[pairs[:, 0]], objects[pairs[:, 1]]
        )
        numbers = vectors[values]
        linked, link_rows = self.link(
            spans, vectors, sums, link_spans, link_features,
            self.value(numbers)[links[:, 0]], self.linked(entities)[links[:, 1]],
        )  # fmt: skip
        return roles, relations, relation_rows, linked, link_rows, self.null(numbers)
