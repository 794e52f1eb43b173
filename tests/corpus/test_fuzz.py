"""Readers given anything give papers or say what is wrong, soon and in little memory; tests/fuzz goes on for hours."""

from __future__ import annotations

import gzip
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.corpus import FORMATS, read_papers
from kg.errors import InputError
from tests.corpus.examples import examples

_SPLICES = (
    b"",
    b"\0",
    b"\xff\xfe",
    b"\n",
    b'"',
    b"{",
    b"}",
    b"[" * 50,
    b"<",
    b"&x;",
    b"\\",
    b"9" * 400,
    b"null",
    b"\xed\xa0\x80",
)

QUICK = settings(
    max_examples=40,
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def check(data: bytes) -> None:
    """Reads it, stopping at errors and skipping them; nothing but the project's own error comes out."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input"
        path.write_bytes(data)
        errors: list[InputError] = []
        try:
            strict = len(list(read_papers([path])))
        except InputError as error:
            strict = -1
            assert str(error)
        lax = sum(bool(paper.title.strip()) for paper in read_papers([path], on_error=errors.append))
        assert (strict == lax) if strict >= 0 else errors


@st.composite
def mutated(draw: st.DrawFn, name: str) -> bytes:
    data = bytearray(examples()[name])
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        data[start:end] = draw(st.one_of(st.sampled_from(_SPLICES), st.binary(max_size=20), st.just(bytes(data[:end]))))
    return bytes(data)


@pytest.mark.parametrize("name", FORMATS)
def test_a_spoiled_file_is_read_or_refused(name: str) -> None:
    QUICK(given(mutated(name))(check))()


@QUICK
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    check(data)


@QUICK
@given(st.sampled_from(sorted(FORMATS)), st.binary(max_size=20), st.integers(0, 60))
def test_spoiled_compressed_data_is_read_or_refused(name: str, noise: bytes, at: int) -> None:
    data = gzip.compress(examples()[name])
    check(data[: len(data) - at] + noise)
