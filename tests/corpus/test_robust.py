"""What is broken, hostile, compressed or far away: one message with file and line, or the record is left out."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import sys
import threading
import tracemalloc
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyarrow as pa
import pytest

from kg.corpus import FORMATS, read_papers
from kg.corpus.source import LONGEST
from kg.errors import InputError
from kg.schema import Paper
from tests.corpus.examples import examples
from tests.corpus.test_formats import EXPECTED

GOOD = b'{"title": "Ember", "abstract": "A."}\n'
LAUGHS = (
    "<!DOCTYPE lolz [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)


def write(folder: Path, data: bytes) -> Path:
    path = folder / "input"
    path.write_bytes(data)
    return path


def skipping(path: Path | str, **options: object) -> tuple[list[Paper], list[str]]:
    errors: list[str] = []
    papers = list(read_papers([path], on_error=lambda error: errors.append(str(error)), **options))  # type: ignore[arg-type]
    return papers, errors


# Broken records ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("jsonl", b'{"title": 3}'),
        ("jsonl", b"not json"),
        ("jsonl", b'{"title": "Caf\xe9"}'),
        ("jsonl", b'{"title": "NUL \\u0000", "abstract": ""}'),
        ("csv", b'Ember,"quoted"x,,,'),
        ("csv", b"Ember,too few"),
        ("csv", b" ,no title,,,"),
        ("arxiv_snapshot", b'{"id": "1", "title": null, "versions": []}'),
        ("semantic_scholar_papers", b'{"corpusid": "x", "title": "T"}'),
        ("openalex", b'{"id": "https://openalex.org/W2", "display_name": "T", "abstract_inverted_index": {"a": 1}}'),
        ("records", b'{"id": "1", "title": "T", "abstract": "", "mentions": [{"start": 3}]}'),
        ("annotations", b'{"id": "1", "title": "T", "abstract": "", "entities": [["X", "Method", "X", "used"]]}'),
    ],
)
def test_a_broken_line_ends_the_reading_or_is_left_out(name: str, line: bytes, tmp_path: Path) -> None:
    good = examples()[name]
    path = write(tmp_path, good + line + b"\n" + (good.split(b"\n", 1)[1] if name == "csv" else good))
    number = good.count(b"\n") + 1
    with pytest.raises(InputError) as raised:
        list(read_papers([path]))
    assert str(raised.value).startswith(f"{path}:{number}: ")
    papers, errors = skipping(path)
    assert errors == [str(raised.value)]
    assert len(papers) == 2 * len(list(read_papers([write(tmp_path, good)])))


def test_a_broken_entry_of_bibtex_spoils_no_other(tmp_path: Path) -> None:
    path = write(tmp_path, b"@misc{a, title={One}}\n\n@misc{b, title={Two\n@misc{c, title={Three}}\n@misc{d, year=1}\n")
    papers, errors = skipping(path)
    assert [p.title for p in papers] == ["One", "Three"]
    assert [e.split(": ")[0] for e in errors] == [f"{path}:3", f"{path}:5"]


def test_a_broken_record_among_the_answers_of_an_api(tmp_path: Path) -> None:
    answer = {"total": 3, "data": [{"paperId": "1", "title": "One"}, {"paperId": "2"}, {"paperId": "3", "title": "Ok"}]}
    papers, errors = skipping(write(tmp_path, json.dumps(answer, indent=1).encode()))
    assert [p.title for p in papers] == ["One", "Ok"]
    assert [e.split(": ")[:2] for e in errors] == [[f"{tmp_path / 'input'}:8", "title"]]


def test_a_broken_row_of_parquet(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    path = tmp_path / "table"
    pq.write_table(pa.table({"title": ["One", None, "Two"], "year": [2024.0, None, float("nan")]}), path)
    papers, errors = skipping(path)
    assert [(p.title, p.published) for p in papers] == [("One", "2024"), ("Two", None)]
    assert errors[0].startswith(f"{path}:2: title: ")


def test_what_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    for data in (
        gzip.compress(GOOD * 9000)[:-20],
        bz2.compress(GOOD * 12_000)[:-20],
        lzma.compress(GOOD * 12_000)[:-20],
        pa.compress(GOOD * 12_000, codec="zstd", asbytes=True)[:-5],
        examples()["arxiv_atom"].replace(b"</feed>", b""),
        examples()["daily_papers_api"].rstrip()[:-1],
    ):
        path = write(tmp_path, data)
        with pytest.raises(InputError):
            list(read_papers([path]))
        papers, errors = skipping(path)
        assert len(errors) == 1 and errors[0].startswith(str(path)), errors
        assert papers or not data.startswith((b"<", b"["))


# Hostile inputs ------------------------------------------------------------------------------------------------------


def hostile() -> Iterator[tuple[str, bytes]]:
    deep = b"[" * 1_000_000
    yield "deep arrays", deep
    yield "deep objects", b'{"a":' * 500_000
    yield "deep line", b'{"title": "T", "x": ' + deep + b"\n"
    yield "deep answer", b'{"data": [{"title": "T", "x": ' + deep
    yield "huge number", b'{"title": "T", "id": ' + b"9" * 100_000 + b"}\n"
    yield "huge exponent", b'{"title": "T", "year": 1e999999}\n'
    yield "number as year", b'{"title": "T", "year": 123456789012345678901234567890}\n'
    yield (
        "far place",
        b'{"id": "https://openalex.org/W1", "display_name": "T", "abstract_inverted_index": {"a": [1e18]}}\n',
    )
    yield "twice the key", b'{"title": "T", "title": ["x"], "title": 3}\n'
    yield "half a pair", b'{"title": "\\ud800"}\n'
    yield "NUL", b"\0" * 100_000
    yield "utf-16", '{"title": "T"}\n'.encode("utf-16")
    yield "utf-32", "<feed/>".encode("utf-32")
    yield "open quote", b'title,abstract\n"' + b"a,b\n" * 40_000
    yield "many columns", b"title," + b"a," * 30_000 + b"\n" + b"," * 30_000
    yield "open brace", b"@misc{a, title=" + b"{" * 100_000
    yield "dollars", b"@misc{a, title={" + b"$\\(" * 30_000 + b"}}"
    yield "backslashes", b"@misc{a, title={" + b"\\" * 100_001 + b"}}"
    yield "names", b"@misc{a, title={T}, author={" + b"a and " * 5_000 + b"b, c, d, e, f}}"
    yield "macros", b"".join(b"@string{a%d = {x}}\n" % n for n in range(11_000))
    atom = examples()["arxiv_atom"].decode()
    head, feed = atom.split("\n", 1)
    yield "laughs", f"{head}\n{LAUGHS}{feed.replace('Ember: Faster', '&j;')}".encode()
    within = feed.replace("cs.CL", "&j;")
    yield "laughs in an attribute", f"{head}\n{LAUGHS}{within}".encode()
    entity = "<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    yield "a file", f"{head}\n{entity}{feed.replace('Ember: Faster', '&f;')}".encode()
    yield "deep elements", atom.replace("<summary>", "<summary>" + "<b>" * 100_000).encode()
    yield "many elements", atom.replace("<summary>", "<summary>" + "<b/>" * 200_000).encode()
    yield (
        "many attributes",
        atom.replace("<summary>", "<summary " + " ".join(f"a{n}=''" for n in range(50_000)) + ">").encode(),
    )
    yield "parquet of nothing", b"PAR1" + b"\xff" * 1000 + b"PAR1"
    yield "dump", examples()["daily_papers"] + b"Line\n" * 20_000


@pytest.mark.slow
@pytest.mark.parametrize(("what", "data"), list(hostile()), ids=[what for what, _ in hostile()])
def test_a_hostile_input_costs_little_and_raises_nothing_else(what: str, data: bytes, tmp_path: Path) -> None:
    path = write(tmp_path, data)
    tracemalloc.start()
    try:
        papers, _ = skipping(path)
        assert tracemalloc.get_traced_memory()[1] < 200 << 20
    finally:
        tracemalloc.stop()
    assert not any("root:" in paper.text for paper in papers)
    assert sum(len(paper.text) for paper in papers) < 2 * len(data)


@pytest.mark.slow
@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress], ids=["gzip", "bzip2"])
def test_a_bomb_is_never_held(compress: object, tmp_path: Path) -> None:
    line = b'{"title": "' + b"a" * (4 * LONGEST) + b'"}\n'
    path = write(tmp_path, compress(line + GOOD))  # type: ignore[operator]
    del line
    tracemalloc.start()
    papers, errors = skipping(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [p.title for p in papers] == ["Ember"]
    assert errors[0].startswith(f"{path}:1: the line is longer than 16 MiB; ")
    assert peak < 6 * LONGEST


# Compressed and far away ---------------------------------------------------------------------------------------------

COMPRESSED = {
    "gzip": lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:]),
    "bzip2": lambda data: bz2.compress(data[:9]) + bz2.compress(data[9:]),
    "xz": lzma.compress,
    "zstd": lambda data: b"".join(pa.compress(part, codec="zstd", asbytes=True) for part in (data[:9], data[9:])),
}


@pytest.mark.parametrize("compression", COMPRESSED)
@pytest.mark.parametrize("name", EXPECTED)
def test_every_format_comes_compressed_and_through_a_pipe(compression: str, name: str, tmp_path: Path) -> None:
    path = write(tmp_path, COMPRESSED[compression](examples()[name]))
    assert list(read_papers([path])) == EXPECTED[name]

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    pipe = Pipe(path.read_bytes())
    piped = [p.model_copy(update={"source": ("input",)}) for p in read_papers(["-"], stdin=pipe)]
    assert piped == EXPECTED[name]


def test_files_of_another_file_system() -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    for name, data in (("b.jsonl", GOOD), ("deep/a.gz", gzip.compress(examples()["arxiv_atom"])), (".hidden", b"x")):
        memory.pipe(f"/papers/{name}", data)
    try:
        everything = [(p.title, p.source) for p in read_papers(["memory://papers"])]
        assert everything == [("Ember", ("b.jsonl",)), ("Ember: Faster Decoding", ("a.gz",))]
        assert [p.title for p in read_papers(["memory://papers/*.jsonl"])] == ["Ember"]
        assert [p.title for p in read_papers(["memory://papers/b.jsonl", "memory:///papers/b.jsonl"])] == ["Ember"]
        with pytest.raises(InputError, match=r"memory://papers/c: there is no such file or folder"):
            read_papers(["memory://papers/c"])
        with pytest.raises(InputError, match=r"memory://papers/\*\.c: no file matches"):
            read_papers(["memory://papers/*.c"])
        with pytest.raises(InputError, match=r"nosuch://x: files cannot be read from there"):
            read_papers(["nosuch://x"])
    finally:
        memory.rm("/papers", recursive=True)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    served = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{served.server_port}"
    finally:
        served.shutdown()
        thread.join()
        served.server_close()


def test_files_of_a_web_server(server: str, tmp_path: Path) -> None:
    for name in ("parquet", "arxiv_atom"):
        (tmp_path / "input").write_bytes(examples()[name])
        assert list(read_papers([f"{server}/input?x=1"])) == EXPECTED[name]
    (tmp_path / "input").write_bytes(gzip.compress(GOOD * 1000))
    assert len(list(read_papers([f"{server}/input"]))) == 1000
    with pytest.raises(InputError, match=r"/nothing: it cannot be read \("):
        list(read_papers([f"{server}/nothing"]))


@pytest.mark.parametrize(("package", "extra"), [("pybtex", "bibtex"), ("fsspec", "remote")])
def test_a_missing_extra_is_named(package: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    given = write(tmp_path, examples()["bibtex"]) if extra == "bibtex" else "memory://x"
    with pytest.raises(InputError, match=rf"install the extra: pip install 'paperkg\[{extra}\]'"):
        list(read_papers([given]))


def test_no_format_is_missing_here() -> None:
    assert EXPECTED.keys() | {"records", "annotations"} == FORMATS.keys()


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(records: int) -> int:
        path = tmp_path / "many"
        abstract = "We present Ember. " * 60
        with gzip.open(path, "wt", compresslevel=1) as stream:
            for n in range(records):
                stream.write(
                    json.dumps({"id": f"25{n:06d}"[:4] + f".{n:05d}", "title": f"T {n}", "abstract": abstract}) + "\n"
                )
        tracemalloc.start()
        assert sum(1 for _ in read_papers([path])) == records
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(200_000) < 1.2 * peak(5_000)
