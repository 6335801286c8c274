"""Rendering a whole dataset: on every core, with progress, taken up again where it stopped."""

import multiprocessing
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout

from hpa_core.data.dataset import (
    IMAGES,
    INFO,
    THUMBNAIL_SIZE,
    THUMBNAILS,
    Dataset,
    open_dataset,
    write_dataset,
)
from hpa_core.data.synthetic.blocks import Block, render_block
from hpa_core.data.synthetic.labels import SHIFTED, LabelledSample, plan_samples
from hpa_core.data.synthetic.randomness import RECIPE
from hpa_core.data.synthetic.rendering import Sample
from hpa_core.errors import DatasetError, WorkspaceError
from hpa_core.files import explained_os_errors, read_json, sync_folder, write_json
from hpa_core.progress import Progress, quiet
from hpa_core.workspace import Workspace

BLOCK_SAMPLES = 50
NOTE = "Rendered cells, not microscopy: no figure from them is one on HPA."
Hashes = dict[str, list[str]]
"""First row of a block -> its images' hashes."""

_STATE = "rendered.json"


def write_demo(  # noqa: PLR0913 - what a caller may want to change, all by name
    workspace: Workspace,
    *,
    name: str = "demo",
    samples: int = 2000,
    size: int = 128,
    progress: Progress = quiet,
    workers: int | None = None,
) -> Dataset:
    """Render the demo: three fifths to train on, three tenths to validate on, a tenth at site B.

    Raises:
        DatasetError: a dataset of that name exists, or another process is rendering it.
    """
    validation, shifted = samples * 3 // 10, samples // 10
    splits = {"train": samples - validation - shifted, "validation": validation, SHIFTED: shifted}
    return write_synthetic(
        workspace, name, splits=splits, size=size, progress=progress, workers=workers
    )


def write_synthetic(  # noqa: PLR0913 - as above
    workspace: Workspace,
    name: str,
    *,
    splits: Mapping[str, int],
    size: int = 128,
    progress: Progress = quiet,
    workers: int | None = None,
) -> Dataset:
    """Render a dataset of synthetic cells.

    The work lies in `datasets/.<name>.partial` until it is whole; a second call goes on with it.

    Args:
        workspace: where.
        name: of the dataset; part of every sample's seed.
        splits: samples per split.
        size: pixels a side.
        progress: told of every block.
        workers: processes; None = one a core. 1 renders in this process.

    Raises:
        DatasetError: a dataset of that name exists, or another process is rendering it.
        WorkspaceError: the disk is full or the workspace cannot be written.
    """
    folder = workspace.dataset(name)
    partial = folder.with_name(f".{name}.partial")
    with explained_os_errors(partial):
        workspace.datasets.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder.with_name(f".{name}.lock"), timeout=0):
            if (folder / INFO).exists():
                raise DatasetError(f"A dataset {name!r} exists already; choose another name.")
            planned = plan_samples(name, splits)
            plan = {"recipe": RECIPE, "splits": dict(splits), "size": size, "block": BLOCK_SAMPLES}
            known = _take_up(partial, plan)
            blocks = _blocks(partial, [item.sample for item in planned], size=size, known=known)
            count = workers or os.cpu_count() or 1
            hashes = _render_all(partial, blocks, plan, workers=count, tell=progress)
            _close(partial, blocks[0], planned, hashes, name)
            with explained_os_errors(folder):
                partial.rename(folder)
                sync_folder(folder.parent)
    except Timeout:
        raise DatasetError(
            f"Dataset {name!r} is being rendered by another process; wait until it is done."
        ) from None
    return open_dataset(workspace, name)


def _blocks(partial: Path, samples: Sequence[Sample], *, size: int, known: Hashes) -> list[Block]:
    return [
        Block(
            images=partial / IMAGES,
            thumbnails=partial / THUMBNAILS,
            rows=len(samples),
            first=first,
            samples=tuple(samples[first : first + BLOCK_SAMPLES]),
            size=size,
            thumbnail=THUMBNAIL_SIZE,
            known=tuple(known.get(str(first), ())),
        )
        for first in range(0, len(samples), BLOCK_SAMPLES)
    ]


def _take_up(partial: Path, plan: Mapping[str, Any]) -> Hashes:
    """Make the folder, or return what an interrupted call with the same plan had rendered."""
    try:
        state = read_json(partial / _STATE)
    except WorkspaceError:
        state = {}
    if state.get("plan") == plan:
        hashes: Hashes = state["hashes"]
        return hashes
    shutil.rmtree(partial, ignore_errors=True)
    with explained_os_errors(partial):
        partial.mkdir()
    return {}


def _render_all(
    partial: Path, blocks: Sequence[Block], plan: Mapping[str, Any], *, workers: int, tell: Progress
) -> list[str]:
    """Render every block and return the images' hashes in row order."""
    for rows in (blocks[0].image_rows, blocks[0].thumbnail_rows):
        rows.prepare()
    hashes: Hashes = {}
    done, total = 0, blocks[0].rows
    tell(done, total, unit="samples")
    for block, found in _rendered(blocks, workers):
        hashes[str(block.first)] = list(found)
        # Not durable: what a power failure takes away is rendered again.
        write_json(partial / _STATE, {"plan": plan, "hashes": hashes}, durable=False)
        done += len(found)
        tell(done, total, unit="samples")
    return [each for block in blocks for each in hashes[str(block.first)]]


def _rendered(blocks: Sequence[Block], workers: int) -> Iterator[tuple[Block, tuple[str, ...]]]:
    """Yield each block with its hashes as it is done, in any order."""
    if workers == 1 or len(blocks) == 1:
        yield from ((block, render_block(block)) for block in blocks)
        return
    # Spawned, not forked: the caller may have threads, and Windows and macOS spawn anyway.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(blocks)), mp_context=context) as pool:
        waiting = {pool.submit(render_block, block): block for block in blocks}
        try:
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        except BrokenProcessPool:
            raise DatasetError(
                "A process that renders cells was killed, perhaps out of memory; run the same "
                "command again to go on."
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


def _close(
    partial: Path, block: Block, planned: Sequence[LabelledSample], hashes: Sequence[str], name: str
) -> None:
    """Turn rendered files into a dataset, all but its name."""
    for rows in (block.image_rows, block.thumbnail_rows):
        rows.finish(len(planned), ())
    ids = [item.sample.id for item in planned]
    manifest = pd.DataFrame(
        {
            "id": ids,
            "targets": [list(item.targets) for item in planned],
            "split": [item.split for item in planned],
            "group": ids,
            "source": [f"synthetic site {item.sample.site}" for item in planned],
            "sha256": list(hashes),
            "clean_targets": [list(item.sample.classes) for item in planned],
        }
    )
    write_dataset(
        partial, manifest, name=name, source="synthetic", image_size=block.size, note=NOTE
    )
    (partial / _STATE).unlink(missing_ok=True)
