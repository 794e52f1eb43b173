"""The loss of a linear-chain conditional random field in torch (Lafferty et al., 2001)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from kg.extract.tags import IMPOSSIBLE, allowed


class Crf(nn.Module):
    """Transitions between tags, [from, to], the border of the text last; impossible ones are fixed."""

    def __init__(self, tags: Sequence[str]) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.zeros(len(tags) + 1, len(tags) + 1))
        self.register_buffer("possible", torch.tensor(allowed(tags)), persistent=False)

    def transitions(self) -> Tensor:
        """Scores of transitions, [tags + 1, tags + 1]."""
        return self.weights.masked_fill(~self.possible, IMPOSSIBLE)  # type: ignore[operator]

    def forward(self, emissions: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        """Mean negative log-likelihood a text. ``emissions`` [batch, words, tags], ``tags`` [batch, words]."""
        emissions = emissions.float()
        scores = self.transitions()
        inner, first, last = scores[:-1, :-1], scores[-1, :-1], scores[:-1, -1]
        batch = torch.arange(len(emissions))
        inside = torch.arange(emissions.shape[1])[None] < lengths[:, None]
        path = (emissions.gather(2, tags.unsqueeze(-1)).squeeze(-1) * inside).sum(1) + first[tags[:, 0]]
        path = path + (inner[tags[:, :-1], tags[:, 1:]] * inside[:, 1:]).sum(1) + last[tags[batch, lengths - 1]]
        weights = inner.exp()
        alpha = first + emissions[:, 0]
        for i in range(1, emissions.shape[1]):
            top = alpha.detach().amax(dim=1, keepdim=True)
            ahead = torch.log((alpha - top).exp() @ weights + 1e-30) + top + emissions[:, i]
            alpha = torch.where(inside[:, i : i + 1], ahead, alpha)
        return (torch.logsumexp(alpha + last, dim=1) - path).mean()
