"""The C library's allocator, told to keep what it has."""

from __future__ import annotations

import ctypes

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4


def keep_memory() -> None:
    """Make glibc reuse freed memory instead of giving it back to the system; elsewhere, do nothing.

    A training step on a processor allocates and frees hundreds of megabytes. Giving them back costs a page fault for
    each 4 KiB at the next step: up to four fifths of the time of a step were spent so.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    mallopt(_MMAP_MAX, 0)
    mallopt(_TRIM_THRESHOLD, 2**31 - 1)
    mallopt(_TOP_PAD, 2**29)
