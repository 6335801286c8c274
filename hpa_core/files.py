"""Writing files so that a reader sees the old content or the new, never half of either."""

import errno
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hpa_core.errors import HpaError, WorkspaceError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_REASONS = {
    errno.ENOSPC: "the disk is full; free some space and try again",
    errno.EDQUOT: "your share of the disk is used up; free some space and try again",
    errno.EFBIG: "files may not grow as large here; raise `ulimit -f`, or choose another disk",
    errno.EIO: "the disk reports an error; choose another one with HPA_WORKSPACE",
    errno.EROFS: "the file system is read-only; choose another workspace with HPA_WORKSPACE",
    errno.EACCES: "permission was denied; check who owns the folder",
}


@contextmanager
def explained_os_errors(path: Path) -> Iterator[None]:
    """Turn a full or failing disk, a read-only folder or a denied permission into one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno not in _REASONS:
            raise
        raise WorkspaceError(f"{path} cannot be written: {_REASONS[error.errno]}.") from error


def write_atomic(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Replace `path` by `content`, durable once this returns.

    Args:
        path: the file to make or replace; its folder exists.
        content: all of the new content.
        durable: wait until it would outlast a power failure. False for what is soon replaced
            (progress, heartbeats): readers still see the old content or the new.

    Raises:
        WorkspaceError: the disk is full or the folder cannot be written; `path` is as before.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with explained_os_errors(path):
        try:
            with partial.open("wb") as file:
                file.write(content)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        if durable:
            sync_folder(path.parent)


def check_output(path: Path, *, what: str) -> None:
    """Refuse a file that cannot be written, before the work that it shall hold.

    Raises:
        WorkspaceError: it is a folder, or its folder does not exist.
    """
    if path.is_dir():
        raise WorkspaceError(
            f"The {what} cannot be written to {path}, which is a folder; name a file in it."
        )
    if not path.parent.is_dir():
        raise WorkspaceError(
            f"The {what} cannot be written to {path}: expected a file in a folder that exists; "
            "make the folder first."
        )


def delete_file(path: Path, *, missing: HpaError) -> None:
    """Delete a file that somebody named.

    Raises:
        HpaError: `missing`, if there is none.
        WorkspaceError: it cannot be deleted.
    """
    with explained_os_errors(path):
        try:
            path.unlink()
        except FileNotFoundError:
            raise missing from None


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable; a no-op where folders cannot be synced (Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second name, or copy it where the file system cannot; a missing one is none.

    Raises:
        WorkspaceError: the disk is full or the folder cannot be written.
    """
    if not source.exists():
        return
    with explained_os_errors(target):
        target.unlink(missing_ok=True)  # what a killed copy left may be half of it
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)


def write_json(path: Path, value: Any, *, durable: bool = True) -> None:
    """Write `value` as indented JSON, atomically; NaN and infinity are refused."""
    content = (json.dumps(value, indent=1, allow_nan=False) + "\n").encode()
    write_atomic(path, content, durable=durable)


def read_json(path: Path) -> Any:
    """Read one JSON file.

    Raises:
        WorkspaceError: the file is missing or is not JSON.
    """
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise WorkspaceError(f"{path} is missing; the folder is not complete.") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"{path} is not valid JSON ({error}); restore or delete it.") from None


def checked_name(name: str, *, what: str) -> str:
    """Return `name` if it is safe as one folder or file name, on every system.

    Raises:
        WorkspaceError: anything but letters, digits, dot, dash and underscore, or over 100 long.
    """
    if not _NAME.fullmatch(name):
        raise WorkspaceError(
            f"{name[:80]!r} cannot be the name of a {what}: expected 1 to 100 letters (a to z, "
            "A to Z), digits, '.', '-' or '_', starting with a letter or a digit."
        )
    return name
