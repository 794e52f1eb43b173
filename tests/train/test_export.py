"""Heads as they ship: in half precision; needs the extra `train`."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra 'train'")

import torch

from kg.extract.candidates import Candidates, Span, find_candidates
from kg.extract.network import Heads as Shipped
from kg.train.export import export_heads
from kg.train.heads import Heads

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_half_the_size_says_nearly_the_same(tmp_path: Path) -> None:
    torch.manual_seed(1)
    heads = Heads(64, width=48, implied=3).eval()
    export_heads(heads, 64, tmp_path / "heads.onnx")
    weights = sum(parameter.numel() for parameter in heads.parameters())
    assert (tmp_path / "heads.onnx").stat().st_size < 3 * weights
    spans = [(Span(0, 2), 0), (Span(3, 4), 1), (Span(5, 6), 2)]
    candidates = find_candidates(spans, [0, 1, 2], [Span(7, 8), Span(9, 10)], [0] * 12)
    words = np.random.default_rng(1).normal(size=(12, 64)).astype(np.float32)
    shipped = Shipped(tmp_path / "heads.onnx").score(words, candidates)
    with torch.no_grad():
        exact = heads(
            torch.from_numpy(words), *(torch.from_numpy(getattr(candidates, f.name)) for f in fields(Candidates))
        )
    for ours, theirs in zip((getattr(shipped, f.name) for f in fields(shipped)), exact, strict=True):
        assert np.allclose(ours, theirs.numpy(), atol=0.02)
