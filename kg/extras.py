"""Commands whose packages come with an extra of the installation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kg.errors import InputError


@contextmanager
def needs_extra(name: str, work: str) -> Iterator[None]:
    """Import what the extra ``name`` brings in here; where it is not installed, the error says how to install it.

    Raises:
        InputError: a package that ``work`` needs is missing.
    """
    try:
        yield
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("kg"):
            raise
        cure = f"install the extra: pip install 'paperkg[{name}]'"
        raise InputError(f"{work} needs the package {missing.name}, which is not installed", cure) from None
