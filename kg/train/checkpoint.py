"""What a long training has done so far, kept on disk so that it can be stopped and goes on from there."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import Any

import torch

_log = logging.getLogger(__name__)


@contextmanager
def work_folder(output: Path, plan: str, inputs: Iterable[Path]) -> Iterator[Path]:
    """The folder beside ``output`` where a training keeps what it has done; removed when the training ends well.

    What an earlier call left there is used if it was of the same plan and inputs, and thrown away otherwise.
    """
    folder = output.with_name(f"{output.name}.training")
    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in inputs]
    of = json.dumps({"plan": plan, "inputs": digests})
    label = folder / "of.json"
    if folder.is_dir() and not (label.is_file() and label.read_text(encoding="utf-8") == of):
        _log.info("%s: was left by another training, and is thrown away", folder)
        rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    label.write_text(of, encoding="utf-8")
    yield folder
    rmtree(folder)


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
