"""The encoder in torch: a base encoder with the shape of each word added to its pieces."""

from __future__ import annotations

from torch import Tensor, nn
from transformers import BertConfig, BertModel

from kg.extract.words import GLUES, SHAPES
from kg.train.base import BaseName, base_folder

FEATURES = {"shape": len(SHAPES), "glue": GLUES, "title": 2}
"""Features of a piece, taken from its word, and how many values each has."""


class Encoder(nn.Module):
    """Wordpieces with features of their words → one vector a piece.

    The features enter as embeddings that start at zero, so training begins from the base encoder as it is. No dropout
    inside attention: it forces torch off its fused kernel and makes a step on two cores twice as slow.
    """

    def __init__(self, base: BaseName, dropout: float = 0.1) -> None:
        super().__init__()
        options = {"attention_probs_dropout_prob": 0.0, "hidden_dropout_prob": dropout, "attn_implementation": "sdpa"}
        self.bert = BertModel.from_pretrained(base_folder(base), add_pooling_layer=False, **options)
        self.width: int = self.bert.config.hidden_size
        self.features = nn.ModuleDict({name: nn.Embedding(size, self.width) for name, size in FEATURES.items()})
        for table in self.features.values():
            nn.init.zeros_(table.weight)  # type: ignore[arg-type]

    @property
    def config(self) -> BertConfig:
        """The configuration of the transformer."""
        return self.bert.config

    def forward(self, pieces: Tensor, features: Tensor, mask: Tensor) -> Tensor:
        """``pieces`` and ``mask`` [batch, length], ``features`` [batch, length, 3] → [batch, length, width]."""
        inputs: Tensor = self.bert.embeddings.word_embeddings(pieces)
        for number, table in enumerate(self.features.values()):
            inputs = inputs + table(features[..., number])
        output: Tensor = self.bert(inputs_embeds=inputs, attention_mask=mask).last_hidden_state
        return output
