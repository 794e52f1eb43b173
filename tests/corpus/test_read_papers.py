from __future__ import annotations

import gzip
import io
import os
import threading
from pathlib import Path

import pytest

from kg.corpus import paper_id, read_papers, title_key
from kg.errors import InputError


def dump(folder: Path, name: str, *titles: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    body = "\n\n".join(f"{title}\n\nAbout {title}." for title in titles)
    path.write_text(f"Get trending papers in your email inbox!\n\nSubscribe\n\n{body}\n")
    return path


def titles(*inputs: str | Path, stdin: bytes = b"") -> list[str]:
    return [paper.title for paper in read_papers(inputs, stdin=io.BytesIO(stdin))]


def test_a_folder_is_read_with_all_below_in_order_and_without_hidden_files(tmp_path: Path) -> None:
    dump(tmp_path, "b", "Bee")
    dump(tmp_path, "a/deep/z", "Zed")
    dump(tmp_path, ".hidden", "Hidden")
    dump(tmp_path, ".folder/c", "Hidden Too")
    assert titles(tmp_path) == ["Zed", "Bee"]


def test_a_file_of_no_known_format_is_skipped_in_a_folder_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dump(tmp_path, "b", "Bee")
    readme = tmp_path / "README"
    readme.write_text("About these papers\n")
    assert titles(tmp_path) == ["Bee"]
    assert f"skipped {readme}" in caplog.text
    with pytest.raises(InputError, match="README:1: it has no known format; give "):
        titles(readme)


def test_a_folder_with_nothing_to_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the folder holds no file"):
        titles(tmp_path)
    (tmp_path / "README").write_text("nothing\n")
    with pytest.raises(InputError, match="none of the 1 files in the folder has a known format"):
        titles(tmp_path)


def test_patterns_and_a_file_named_twice(tmp_path: Path) -> None:
    dump(tmp_path, "b", "Bee")
    dump(tmp_path, "a", "Ay")
    odd = dump(tmp_path, "what[1].txt", "Odd")
    assert titles(f"{tmp_path}/?") == ["Ay", "Bee"]
    assert titles(f"{tmp_path}/**") == ["Ay", "Bee", "Odd"]
    assert titles(tmp_path / "b", tmp_path, odd) == ["Bee", "Ay", "Odd"]


def test_standard_input(tmp_path: Path) -> None:
    path = dump(tmp_path, "b", "Bee")
    for data in (path.read_bytes(), gzip.compress(path.read_bytes())):
        (paper,) = read_papers(["-"], stdin=io.BytesIO(data))
        assert (paper.title, paper.source) == ("Bee", ("stdin",))
    with pytest.raises(InputError, match="standard input:1: the file is empty; "):
        titles("-")


def test_a_pipe_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    data = dump(tmp_path, "b", "Bee").read_bytes()
    writer = threading.Thread(target=pipe.write_bytes, args=(data,))
    writer.start()
    assert titles(pipe) == ["Bee"]
    writer.join()


def test_missing_inputs_are_reported_before_anything_is_read(tmp_path: Path) -> None:
    path = dump(tmp_path, "b", "Bee")
    for missing, problem in (
        (tmp_path / "nothing", "there is no such file or folder"),
        (f"{tmp_path}/*.no", "no file matches this pattern"),
    ):
        with pytest.raises(InputError) as raised:
            read_papers([path, missing])
        assert str(raised.value).startswith(f"{missing}: {problem}; ")
    with pytest.raises(InputError, match="no input is given"):
        read_papers([])


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", ":1: the file is empty; "),
        (b" \n\r\n", ":1: the file is empty; "),
        (b"new\n\nSome Title\n\nSome abstract.\n", ":1: it has no known format; "),
        (b"\x89PNG\r\n", ":1: byte 0x89 is not UTF-8; "),
        (b"Get trending papers in your email inbox!\n\nT\n\nCaf\xe9.\n", ":5: byte 0xe9 is not UTF-8; "),
        (gzip.compress(b'{"title": "T", "abstract": "A"}\n' * 9000)[:-20], ": the compressed data is broken"),
    ],
)
def test_what_cannot_be_read_is_one_message_with_file_and_line(tmp_path: Path, data: bytes, problem: str) -> None:
    path = tmp_path / "bad"
    path.write_bytes(data)
    with pytest.raises(InputError) as raised:
        titles(path)
    assert str(raised.value).startswith(f"{path}{problem}")


def test_the_id_of_a_title_ignores_case_and_punctuation() -> None:
    assert paper_id("A  Title: of (Sorts)") == paper_id("a title of sorts ")
    assert paper_id("A Title") == "p46a939301c"
    assert title_key(" $$ ") == "$$"
    assert paper_id("$$") != paper_id("!!")
