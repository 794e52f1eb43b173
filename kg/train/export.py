"""A trained network → the files of a pipeline: int8 ONNX graphs."""

from __future__ import annotations

import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface

from kg.extract.candidates import Candidates, Span, find_candidates
from kg.extract.network import Scores
from kg.train.heads import Heads
from kg.train.model import Model


class _Attention(torch.autograd.Function):
    """Attention of several heads over ``query``, ``key``, ``value`` [batch, length, width]; one step of onnxruntime."""

    @staticmethod
    def forward(ctx: object, query: Tensor, key: Tensor, value: Tensor, heads: int) -> Tensor:  # type: ignore[override]
        parts = (part.unflatten(2, (heads, -1)).transpose(1, 2) for part in (query, key, value))
        return scaled_dot_product_attention(*parts).transpose(1, 2).flatten(2)

    @staticmethod
    def symbolic(graph: Any, query: Any, key: Any, value: Any, heads: int) -> Any:
        fused = graph.op("com.microsoft::MultiHeadAttention", query, key, value, num_heads_i=heads)
        return fused.setType(query.type())


def _attend(
    module: Any, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, **_: object
) -> tuple[Tensor, None]:
    """Attention as transformers calls it: [batch, heads, length, width of a head] → [batch, length, heads, ..]."""
    heads = int(module.num_attention_heads)
    joined = (part.transpose(1, 2).flatten(2) for part in (query, key, value))
    attended: Tensor = _Attention.apply(*joined, heads)  # type: ignore[no-untyped-call]
    return attended.unflatten(2, (heads, -1)), None


AttentionInterface.register("kg_fused", _attend)


class _Words(nn.Module):
    """One window of one text, without padding."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.encoder, self.tagger = model.encoder, model.tagger

    def forward(self, pieces: Tensor, features: Tensor, first_piece: Tensor, lexicon: Tensor) -> tuple[Tensor, ...]:
        hidden = self.encoder(pieces[None], features[None], None)
        vectors = hidden[:, first_piece]
        there = torch.ones_like(lexicon[None], dtype=torch.float32)
        entity, value = self.tagger(vectors, lexicon[None], there)
        return vectors[0], entity[0], value[0]


def export(model: Model, folder: Path, *, int8: bool = True) -> None:
    """Write ``encoder.onnx`` and, if the model has heads, ``heads.onnx`` into ``folder``."""
    model.eval()
    model.encoder.bert.set_attn_implementation("kg_fused")
    folder.mkdir(parents=True, exist_ok=True)
    words = 12
    inputs = (
        torch.tensor([101, *range(2000, 2000 + words), 102]),
        torch.zeros(words + 2, 3, dtype=torch.long),
        torch.arange(1, words + 1),
        torch.zeros(words, dtype=torch.long),
    )
    with tempfile.TemporaryDirectory() as temporary:
        plain = Path(temporary) / "encoder.onnx"
        torch.onnx.export(
            _Words(model).eval(),
            inputs,
            str(plain),
            input_names=["pieces", "features", "first_piece", "lexicon"],
            output_names=["vectors", "entity", "value"],
            dynamic_axes={
                "pieces": {0: "length"},
                "features": {0: "length"},
                "first_piece": {0: "words"},
                "lexicon": {0: "words"},
                "vectors": {0: "words"},
                "entity": {0: "words"},
                "value": {0: "words"},
            },
            opset_version=17,
            dynamo=False,
            custom_opsets={"com.microsoft": 1},
            autograd_inlining=False,
        )
        model.encoder.bert.set_attn_implementation("sdpa")
        if int8:
            quantize_dynamic(
                plain,
                folder / "encoder.onnx",
                weight_type=QuantType.QInt8,
                per_channel=True,
                op_types_to_quantize=["MatMul", "Gather"],
                extra_options={"MatMulConstBOnly": True},
            )
        else:
            onnx.save(onnx.load(plain), folder / "encoder.onnx")
    if model.heads is not None:
        export_heads(model.heads, model.encoder.width, folder / "heads.onnx")


def export_heads(heads: Heads, width: int, file: Path) -> None:
    """Write heads over word vectors of ``width`` to ``file``."""
    words = 12
    spans = [(Span(0, 2), 0), (Span(3, 4), 1), (Span(5, 6), 2)]
    candidates = find_candidates(spans, [0, 1, 2], [Span(7, 8), Span(9, 10)], [0] * words)
    names = [f.name for f in fields(Candidates)]
    arrays = [torch.from_numpy(getattr(candidates, name)) for name in names]
    outputs = [f"{f.name}_scored" for f in fields(Scores)]
    torch.onnx.export(
        heads.eval(),
        (torch.from_numpy(np.zeros((words, width), np.float32)), *arrays),
        str(file),
        input_names=["words", *names],
        output_names=outputs,
        dynamic_axes={name: {0: name} for name in ["words", *names, *outputs]},
        opset_version=17,
        dynamo=False,
    )
    onnx.save(halved(onnx.load(file)), file)


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph with its larger tables in half precision: half the size, widened again when it is loaded."""
    graph = model.graph
    tables = [t for t in graph.initializer if t.data_type == onnx.TensorProto.FLOAT and np.prod(t.dims) >= 1024]
    for number, table in enumerate(tables):
        name = f"{table.name}_half"
        half = onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(table).astype(np.float16), name)
        widen = onnx.helper.make_node("Cast", [name], [table.name], to=onnx.TensorProto.FLOAT)
        graph.initializer.remove(table)
        graph.initializer.append(half)
        graph.node.insert(number, widen)
    return model
