"""Heads trained anew over the finished encoder: on the very word vectors that the pipeline will give them.

While encoder and heads learn together, the heads follow vectors that still move. A second training of the heads alone,
over the quantized encoder as it ships, takes minutes and measures better.
"""

from __future__ import annotations

import copy
import logging
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from kg.extract.network import Encoder
from kg.train.data import Example
from kg.train.heads import Heads
from kg.train.model import Weights, head_losses

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class HeadsPlan:
    """How to train the heads alone."""

    epochs: int = 8
    batch: int = 16
    rate: float = 1.5e-3
    dropout: float = 0.2
    average: float = 0.99
    seed: int = 1


def fit_heads(encoder: Path, examples: Sequence[Example], width: int, implied: int, plan: HeadsPlan) -> Heads:
    """Train heads over the vectors [words, ``width``] of ``encoder`` (ONNX); returns the average of their weights."""
    whole = [e for e in examples if len(e.encoded.windows) == 1 and len(e.roles)]
    vectors = [torch.from_numpy(r.vectors.copy()).half() for r in Encoder(encoder, 2).read(e.encoded for e in whole)]
    torch.manual_seed(plan.seed)
    rng = random.Random(plan.seed)  # noqa: S311
    heads = Heads(width, implied=implied, dropout=plan.dropout)
    optimizer = torch.optim.AdamW(heads.parameters(), lr=plan.rate, weight_decay=0.02)
    steps = (len(whole) + plan.batch - 1) // plan.batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, plan.rate, total_steps=plan.epochs * steps, pct_start=0.1)
    average = copy.deepcopy(heads).eval()
    weights, order = asdict(Weights()), list(range(len(whole)))
    for epoch in range(plan.epochs):
        rng.shuffle(order)
        total = 0.0
        for first in range(0, len(order), plan.batch):
            rows = order[first : first + plan.batch]
            lengths = torch.tensor([len(vectors[i]) for i in rows])
            padded = torch.nn.utils.rnn.pad_sequence([vectors[i].float() for i in rows], batch_first=True)
            heads.train()
            parts = head_losses(heads, [whole[i] for i in rows], padded, lengths)
            loss: Tensor = torch.stack([weights[name] * part for name, part in parts.items()]).sum()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(heads.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) / steps
            with torch.no_grad():
                torch._foreach_lerp_(list(average.parameters()), list(heads.parameters()), 1 - plan.average)
        _log.info("heads alone: epoch %d of %d, loss %.3f", epoch + 1, plan.epochs, total)
    return average
