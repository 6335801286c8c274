"""A log that grows for ever and keeps its offsets, yet takes a bounded part of the disk.

What is old is given back to the file system as a hole, so no byte changes its place: whoever reads
the log from an offset goes on without knowing. Where a file system knows no holes, or the system is
not Linux, nothing is given back.
"""

import ctypes
import os
import sys
from pathlib import Path
from typing import BinaryIO

KEPT_BYTES = 32 * 2**20
"""Of the end of a log; up to twice as much is on the disk."""
_BLOCK = 4096
_PUNCH_HOLE_KEEP_SIZE = 0x01 | 0x02


def forget_beginning(log: Path, *, kept_bytes: int = KEPT_BYTES) -> None:
    """Give back all but the last `kept_bytes` of a log that takes twice as much."""
    try:
        stat = log.stat()
    except FileNotFoundError:
        return
    end = (stat.st_size - kept_bytes) // _BLOCK * _BLOCK
    if sys.platform != "linux" or end <= 0 or stat.st_blocks * 512 <= 2 * kept_bytes:
        return
    with log.open("r+b") as file:
        start, length = ctypes.c_int64(0), ctypes.c_int64(end)
        # It may refuse, as on an old NFS: then the log only takes more room.
        ctypes.CDLL(None).fallocate64(file.fileno(), _PUNCH_HOLE_KEEP_SIZE, start, length)


def first_kept(file: BinaryIO, start: int) -> int:
    """Return the first offset from `start` on that was not given back; `start` at the end."""
    if not hasattr(os, "SEEK_DATA"):
        return start
    try:
        return os.lseek(file.fileno(), start, os.SEEK_DATA)
    except OSError:
        return start
