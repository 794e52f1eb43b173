"""Every error that the project raises on purpose; each message says what is wrong, where, and what to do."""

from __future__ import annotations

from pathlib import Path


class KgError(Exception):
    """The work itself failed; the command line exits with 1."""

    exit_code = 1


class StoppedError(KgError):
    """The work was asked to stop before its end."""


class InputError(KgError):
    """Wrong usage or bad input; the command line exits with 2.

    ``str(error)`` reads ``FILE:LINE: what is wrong; what to do``.
    """

    exit_code = 2

    def __init__(self, problem: str, cure: str, *, file: str | Path | None = None, line: int | None = None) -> None:
        where = "" if file is None else f"{file}: " if line is None else f"{file}:{line}: "
        super().__init__(f"{where}{problem}; {cure}")
        self.file, self.line = file, line

    @classmethod
    def told(cls, message: str) -> InputError:
        """The error that another process told by its message."""
        error = cls.__new__(cls)
        Exception.__init__(error, message)
        error.file = error.line = None
        return error
