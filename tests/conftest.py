"""What every test may ask for: a workspace, the real data, a small dataset with known content."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

from hpa_core.classes import N_CLASSES
from hpa_core.data.dataset import Dataset, open_dataset, write_dataset
from hpa_core.workspace import Workspace
from tests import command
from tests.command import Hpa
from tests.postgres_server import Server, postgres_server, required_programs

ROOT = Path(__file__).parents[1]
MakeDataset = Callable[..., Dataset]
MountDisk = Callable[[int], Path]

# How long an example takes says nothing on a busy machine.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _own_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo what Streamlit's AppTest leaves: a page as `__main__`, which spawned processes rerun."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace").create()


@pytest.fixture
def hpa(workspace: Workspace) -> Hpa:
    """Return the command line on this test's workspace, within this process."""
    return partial(command.hpa, workspace)


@pytest.fixture(scope="session")
def realdata() -> Path:
    folder = Path(os.environ.get("HPA_REALDATA", ROOT.parent / "shared" / "realdata"))
    if not folder.is_dir():
        pytest.skip(f"the competition's files are not in {folder}; set HPA_REALDATA")
    return folder


@pytest.fixture
def mount_disk() -> Iterator[MountDisk]:
    """Return a function that gives the root of an empty disk of so many MiB."""
    disks: list[Path] = []

    def mount(mebibytes: int) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="hpa-disk-"))  # pytest's own is closed to others
        command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(folder)]
        if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
            folder.rmdir()
            pytest.skip("only root may mount a small disk, and not in every container")
        disks.append(folder)
        return folder

    yield mount
    for folder in disks:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Return a PostgreSQL server for all tests of a worker."""
    with postgres_server(required_programs()) as server:
        yield server


@pytest.fixture
def own_postgres() -> Iterator[Server]:
    """Return a server of the test's own, which it may break."""
    with postgres_server(required_programs()) as server:
        yield server


def write_random_dataset(
    workspace: Workspace,
    name: str = "tiny",
    *,
    samples: int = 56,
    size: int = 32,
    seed: int = 0,
    source: str = "kaggle",
) -> Dataset:
    """Write a dataset of random pixels; row i has class i % 28."""
    rng = np.random.default_rng(seed)
    folder = workspace.dataset(name)
    folder.mkdir(parents=True)
    images = rng.integers(0, 256, (samples, 4, size, size), dtype=np.uint8)
    np.save(folder / "images.npy", images)
    np.save(folder / "thumbnails.npy", images[:, :, ::2, ::2])
    targets = [sorted({row % N_CLASSES, (row * 7) % N_CLASSES}) for row in range(samples)]
    ids = [f"sample-{row:04d}" for row in range(samples)]
    manifest = pd.DataFrame(
        {
            "id": ids,
            "targets": targets,
            "split": np.where(np.arange(samples) < samples // 2, "train", "validation"),
            "group": ids,
            "source": "test",
            "sha256": [f"{row:064x}" for row in range(samples)],
        }
    )
    write_dataset(folder, manifest, name=name, source=source, image_size=size)
    return open_dataset(workspace, name)


@pytest.fixture
def make_dataset(workspace: Workspace) -> MakeDataset:
    """Return a function that writes a dataset into this test's workspace."""
    return partial(write_random_dataset, workspace)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep each file on one worker, and on one of them everything that wants the Ray head.

    A head takes 12 seconds of a core and more: one worker starts it, once.
    """
    for item in items:
        backend = item.callspec.params.get("bench") if hasattr(item, "callspec") else None
        wants_head = backend == "ray" or "head" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("ray" if wants_head else str(item.path)))
