"""Building a dataset where nobody sees it, then showing it whole.

A dataset grows in `datasets/.<name>.partial/` and is renamed when it is done. Its `import.json`
says what it is made from, so that the same import goes on where it was ended, another one starts
afresh, and a finished import that is asked for again is known.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from jaxtyping import Bool

from hpa_core.data.dataset import INFO, Dataset, open_dataset
from hpa_core.errors import ConfigError, DatasetError
from hpa_core.files import explained_os_errors, read_json, sync_folder, write_json
from hpa_core.workspace import Workspace

IMPORT = "import.json"
FORMAT = 1
"""Raised whenever the same input would be packed to other bytes."""

Recipe = dict[str, Any]


def import_recipe(
    kind: str, ids: np.ndarray, targets: Bool[np.ndarray, "N C"], *, size: int | None = None
) -> Recipe:
    """Return what an import is made from; equal recipes and files make equal datasets."""
    digest = sha256("\n".join(ids).encode())
    digest.update(np.packbits(targets, axis=1).tobytes())
    return {"format": FORMAT, "kind": kind, "size": size, "table": digest.hexdigest()}


@contextmanager
def sole_import(workspace: Workspace, name: str) -> Iterator[None]:
    """Keep any other process from importing under the same name; the kernel frees it on death.

    Raises:
        DatasetError: another import of that name is running.
        WorkspaceError: the name is not safe, or the workspace cannot be written.
    """
    path = workspace.dataset(name).with_name(f".{name}.lock")
    with explained_os_errors(path):
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise DatasetError(
                f"Dataset {name!r} is being imported by another process; wait for it to end."
            ) from None
    try:
        yield
    finally:
        lock.release()


def finished_dataset(workspace: Workspace, name: str, recipe: Recipe) -> Dataset | None:
    """Open the dataset if this recipe was carried out under that name; None if the name is free.

    Raises:
        DatasetError: the name is taken by other content.
    """
    folder = workspace.dataset(name)
    if not folder.exists():
        return None
    if not (folder / INFO).is_file() or not (folder / IMPORT).is_file():
        raise _taken(name, folder)
    if read_json(folder / IMPORT) != recipe:
        raise _taken(name, folder)
    return open_dataset(workspace, name)


@contextmanager
def partial_folder(workspace: Workspace, name: str, recipe: Recipe) -> Iterator[Path]:
    """Yield the folder to build in, with what an ended import of the same recipe left there.

    It stays when the work is killed or the disk is full, to go on later, and is removed when the
    input is at fault.
    """
    folder = workspace.dataset(name).with_name(f".{name}.partial")
    with explained_os_errors(folder):
        if folder.exists() and not _carries_on(folder, recipe):
            shutil.rmtree(folder)
        folder.mkdir(exist_ok=True)
    write_json(folder / IMPORT, recipe)
    try:
        yield folder
    except (DatasetError, ConfigError):
        shutil.rmtree(folder)
        raise


def publish(workspace: Workspace, name: str, partial: Path) -> Dataset:
    """Make a finished dataset visible under its name."""
    folder = workspace.dataset(name)
    with explained_os_errors(folder):
        sync_folder(partial)
        partial.rename(folder)
        sync_folder(folder.parent)
    return open_dataset(workspace, name)


def _carries_on(folder: Path, recipe: Recipe) -> bool:
    path = folder / IMPORT
    return path.is_file() and read_json(path) == recipe


def _taken(name: str, folder: Path) -> DatasetError:
    return DatasetError(
        f"A dataset {name!r} exists already, with other content; choose another name or delete "
        f"{folder}."
    )
