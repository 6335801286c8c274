"""What a job worked out, kept in the run folder as one file of arrays: whole, or as if not there.

A result is a dataclass of arrays and plain values whose construction refuses what does not fit
together, so that a damaged file, or one of an older form, is worked out again and never shown.
"""

from dataclasses import fields
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zipfile import BadZipFile

import numpy as np

from hpa_core.files import explained_os_errors, write_atomic

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Result = TypeVar("Result", bound="DataclassInstance")


def write_result(path: Path, result: "DataclassInstance") -> Path:
    """Write a result, atomically; one of the same name is replaced.

    Args:
        path: ends in `.npz`; its folder is made.
        result: a dataclass instance.

    Raises:
        WorkspaceError: the run folder cannot be written.
    """
    with explained_os_errors(path):
        path.parent.mkdir(exist_ok=True)
    content = BytesIO()
    np.savez(content, allow_pickle=False, **vars(result))
    write_atomic(path, content.getvalue())
    return path


def read_result(path: Path, kind: type[Result]) -> Result | None:
    """Read a result of the dataclass `kind`; None if there is none, or none that is whole."""
    if not path.is_file():
        return None
    known = {field.name for field in fields(kind)}
    try:
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as file:
            values = {name: file[name] for name in file.files if name in known}
        plain = {name: value.item() for name, value in values.items() if not value.shape}
        return kind(**{**values, **plain})
    except (OSError, BadZipFile, ValueError, TypeError, KeyError, EOFError):
        return None
