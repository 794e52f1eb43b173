"""The network that joins two names of one thing: its examples, its training, its export."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from kg.extract.aliases import COLUMNS, Features, find_pairs
from kg.extract.entities import Place, group, names_of
from kg.schema import Record

_log = logging.getLogger(__name__)


def alias_examples(records: Iterable[Record]) -> tuple[Features, NDArray[np.float32]]:
    """Features [pairs, COLUMNS] of the pairs of names that rules leave apart, and whether each is of one thing."""
    rows, truth = [], []
    for record in records:
        entity_of = {(m.start, m.end): m.entity for m in record.mentions}
        groups = group(record.text, [Place(m.start, m.end, m.type, m.text) for m in record.mentions])
        owners = [Counter(entity_of[p.start, p.end] for p in g.places).most_common(1)[0][0] for g in groups]
        pairs, features = find_pairs(names_of(record.text, len(record.title), groups))
        rows.append(features)
        truth.append(np.array([owners[a] == owners[b] for a, b in pairs], np.float32))
    return np.concatenate(rows), np.concatenate(truth)


class _Network(nn.Module):
    """Features, scaled, through two hidden layers → probabilities."""

    def __init__(self, mean: Tensor, scale: Tensor, hidden: int = 48) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("scale", scale)
        self.layers = nn.Sequential(
            nn.Linear(COLUMNS, hidden), nn.GELU(), nn.Dropout(0.1),
            nn.Linear(hidden, hidden), nn.GELU(), nn.Dropout(0.1), nn.Linear(hidden, 1),
        )  # fmt: skip

    def logits(self, features: Tensor) -> Tensor:
        output: Tensor = self.layers((features - self.mean) / self.scale).squeeze(-1)
        return output

    def forward(self, features: Tensor) -> Tensor:
        return self.logits(features).sigmoid()


def train_aliases(records: Iterable[Record], file: Path, *, epochs: int = 12, seed: int = 1) -> None:
    """Train on annotated records and write ``file`` (ONNX)."""
    features, truth = (torch.from_numpy(a) for a in alias_examples(records))
    torch.manual_seed(seed)
    network = _Network(features.mean(0), features.std(0).clamp(min=1e-3))
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=0.02)
    batches = max(1, len(features) // 256)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=epochs * batches)
    total = 0.0
    for _ in range(epochs):
        order, total = torch.randperm(len(features)), 0.0
        for rows in order.tensor_split(batches):
            loss = nn.functional.binary_cross_entropy_with_logits(network.logits(features[rows]), truth[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) / batches
    _log.info("aliases: %d pairs, %d of one thing, loss %.4f", len(truth), int(truth.sum()), total)
    torch.onnx.export(
        network.eval(),
        (features[:2],),
        str(file),
        input_names=["features"],
        output_names=["same"],
        dynamic_axes={"features": {0: "pairs"}, "same": {0: "pairs"}},
        opset_version=17,
        dynamo=False,
    )
