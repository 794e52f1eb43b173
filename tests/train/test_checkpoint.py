"""A long training can be stopped and goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the extra 'train'")

from kg.train.checkpoint import Checkpoint, work_folder


def test_a_state_is_read_by_its_own_training_alone(tmp_path: Path) -> None:
    file = tmp_path / "fit.part"
    Checkpoint(file, {"epochs": 3}).write(step=7)
    assert Checkpoint(file, {"epochs": 3}).read() == {"step": 7}
    assert Checkpoint(file, {"epochs": 4}).read() is None
    Checkpoint(file, {"epochs": 3}).remove()
    assert Checkpoint(file, {"epochs": 3}).read() is None


def test_a_stopped_training_leaves_its_folder_and_a_finished_one_does_not(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text("one", encoding="utf-8")
    output = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt), work_folder(output, "plan", [gold]) as folder:
        (folder / "done").touch()
        raise KeyboardInterrupt
    with work_folder(output, "plan", [gold]) as folder:
        assert (folder / "done").exists()
    assert not folder.exists()


def test_other_inputs_begin_anew(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text("one", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt), work_folder(tmp_path / "out", "plan", [gold]) as folder:
        (folder / "done").touch()
        raise KeyboardInterrupt
    gold.write_text("two", encoding="utf-8")
    with work_folder(tmp_path / "out", "plan", [gold]) as folder:
        assert not (folder / "done").exists()
