"""What may come in through the browser: the first look at an uploaded table, before it is read."""

import os
from typing import BinaryIO

from hpa_core.data.refusals import shortened
from hpa_core.errors import LabelTableError

UPLOAD_LIMIT_BYTES = 200 * 1024**2
ARCHIVES = {b"PK": "a ZIP archive", b"\x1f\x8b": "a gzip archive", b"7z\xbc\xaf": "a 7z archive"}


def check_uploaded_csv(
    filename: str, file: BinaryIO, *, limit_bytes: int = UPLOAD_LIMIT_BYTES
) -> None:
    """Refuse a file that cannot be a label table by its name, its size or its first bytes.

    The position in `file` is put back, so that it can be read next.

    Raises:
        LabelTableError: it is no `.csv`, is over the limit, is an archive or is not text.
    """
    shown = shortened(filename)
    if not filename.lower().endswith(".csv"):
        raise LabelTableError(f"{shown!r} is not a CSV; upload a file whose name ends in .csv.")
    position = file.tell()
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(4096)
    file.seek(position)
    if size > limit_bytes:
        raise LabelTableError(
            f"{shown!r} has {size / 1024**2:.0f} MiB; an upload has at most "
            f"{limit_bytes / 1024**2:.0f} MiB, so use `python -m hpa_core import labels`."
        )
    for start, kind in ARCHIVES.items():
        if head.startswith(start):
            raise LabelTableError(f"{shown!r} is {kind}, not a CSV; unpack it and upload the CSV.")
    if not head or b"\0" in head:
        raise LabelTableError(f"{shown!r} is {'not text' if head else 'empty'}; expected a CSV.")
