"""What a long training has done so far, kept on disk so that it can be stopped and goes on from there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch


class Checkpoint:
    """A file of the state of one training.

    Args:
        file: where the state is kept.
        of: what the training is of (its plan, its data); a state that was kept of something else is not read.
    """

    def __init__(self, file: Path, of: Mapping[str, Any]) -> None:
        self.file, self.of = file, dict(of)

    def read(self) -> dict[str, Any] | None:
        """The state that was written last; None if there is none of this training."""
        if not self.file.is_file():
            return None
        kept: dict[str, Any] = torch.load(self.file, weights_only=False)
        return kept["state"] if kept["of"] == self.of else None

    def write(self, **state: Any) -> None:
        """Keep ``state`` instead of the one before, at once or not at all."""
        new = self.file.with_name(f"{self.file.name}.new")
        torch.save({"of": self.of, "state": state}, new)
        new.replace(self.file)

    def remove(self) -> None:
        """Keep nothing: the training has ended."""
        self.file.unlink(missing_ok=True)
