"""The labels in force as files for other programs, and what changed against the dataset.

Ids and class numbers keep contracts that no formula meets; notes and names are free text and are
neutralised where a spreadsheet may open the file (CSV). JSON and Parquet keep them as they are.
"""

import csv
import json
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from jaxtyping import Int

from hpa_core.classes import CLASS_NAMES
from hpa_core.data.label_export import neutralised, write_label_table
from hpa_core.data.manifest import target_lists
from hpa_core.errors import ConfigError
from hpa_core.files import write_atomic
from hpa_core.labeling.current import CurrentLabels

FORMATS: dict[str, str] = {
    "kaggle": "CSV with Id,Target, as the competition's train.csv",
    "notes": "the same CSV with who decided, when and the note",
    "parquet": "a table with labels as lists, decision, annotator, version",
    "coco": "COCO's JSON with labels of whole images (category id = class number)",
    "diff": "CSV of the samples whose labels changed: before, after, added, removed, by whom",
}
Which = Literal["all", "decided", "changed"]
WHICH: tuple[Which, ...] = get_args(Which)


def export_labels(
    current: CurrentLabels, path: Path, *, form: str = "kaggle", which: str = "all"
) -> int:
    """Write labels in force, atomically. Samples without any label are left out.

    Args:
        current: the labels.
        path: the file to make or replace.
        form: one of `FORMATS`.
        which: `all` samples, those that somebody has `decided`, or those that `changed`.

    Returns:
        How many samples were written.

    Raises:
        ConfigError: there is no such format or selection.
        WorkspaceError: the disk is full or the folder cannot be written.
    """
    if form not in _WRITERS or which not in WHICH:
        raise ConfigError(
            f"Labels are exported as {', '.join(_WRITERS)}, of {', '.join(WHICH)}; found "
            f"{form[:40]!r} of {which[:40]!r}."
        )
    rows = current.changed if form == "diff" else _rows(current, which)
    _WRITERS[form](current, rows, path)
    return len(rows)


def changes(current: CurrentLabels) -> list[dict[str, Any]]:
    """Return what changed, a row a sample: `id, before, after, added, removed, annotator, ...`."""
    before, after = current.dataset.targets, current.targets
    return [
        {
            "id": str(current.dataset.ids[row]),
            "before": np.flatnonzero(before[row]).tolist(),
            "after": np.flatnonzero(after[row]).tolist(),
            "added": np.flatnonzero(after[row] & ~before[row]).tolist(),
            "removed": np.flatnonzero(before[row] & ~after[row]).tolist(),
            "decision": current.states[row].decision,
            "annotator": current.states[row].annotator,
            "at": current.states[row].at,
            "note": current.states[row].note,
            "event": current.states[row].event,
        }
        for row in current.changed.tolist()
    ]


def _rows(current: CurrentLabels, which: str) -> Int[np.ndarray, " n"]:
    wanted = np.arange(len(current.states)) if which == "all" else getattr(current, which)
    rows: np.ndarray = wanted[current.targets[wanted].any(axis=1)]
    return rows


def _write_kaggle(current: CurrentLabels, rows: Int[np.ndarray, " n"], path: Path) -> None:
    write_label_table(path, current.dataset.ids[rows], current.targets[rows])


def _write_notes(current: CurrentLabels, rows: Int[np.ndarray, " n"], path: Path) -> None:
    states = [current.states[row] for row in rows]
    notes = {
        "Decision": [state.decision for state in states],
        "Annotator": [state.annotator for state in states],
        "At": [state.at for state in states],
        "Note": [state.note for state in states],
    }
    write_label_table(path, current.dataset.ids[rows], current.targets[rows], notes=notes)


def _write_parquet(current: CurrentLabels, rows: Int[np.ndarray, " n"], path: Path) -> None:
    states = [current.states[row] for row in rows]
    table = pd.DataFrame(
        {
            "id": current.dataset.ids[rows],
            "targets": target_lists(current.targets[rows]),
            "dataset_targets": target_lists(current.dataset.targets[rows]),
            **{
                name: [getattr(state, name) for state in states]
                for name in ("decision", "annotator", "at", "note", "version")
            },
        }
    )
    table.attrs = {"dataset": current.dataset.info.name, "hash": current.dataset.info.hash}
    content = BytesIO()
    table.to_parquet(content, index=False)
    write_atomic(path, content.getvalue())


def _write_coco(current: CurrentLabels, rows: Int[np.ndarray, " n"], path: Path) -> None:
    size, ids = current.dataset.info.image_size, current.dataset.ids
    places, classes = np.nonzero(current.targets[rows])
    value = {
        "info": {
            "description": f"Labels of {current.dataset.info.name}",
            "version": current.dataset.info.hash,
        },
        "categories": [{"id": number, "name": name} for number, name in enumerate(CLASS_NAMES)],
        "images": [
            # The stain of the protein stands for the four files of a sample.
            {"id": int(row), "file_name": f"{ids[row]}_green.png", "width": size, "height": size}
            for row in rows
        ],
        "annotations": [
            {"id": number, "image_id": int(rows[place]), "category_id": int(label)}
            for number, (place, label) in enumerate(zip(places, classes, strict=True), start=1)
        ],
    }
    write_atomic(path, (json.dumps(value, indent=1) + "\n").encode())


def _write_diff(current: CurrentLabels, _: Int[np.ndarray, " n"], path: Path) -> None:
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["Id", "Before", "After", "Added", "Removed", "Annotator", "At", "Note"])
    for row in changes(current):
        sets = [" ".join(map(str, row[name])) for name in ("before", "after", "added", "removed")]
        free = [neutralised(row[name]) for name in ("annotator", "at", "note")]
        writer.writerow([row["id"], *sets, *free])
    write_atomic(path, text.getvalue().encode())


_WRITERS: dict[str, Callable[[CurrentLabels, Int[np.ndarray, " n"], Path], None]] = {
    "kaggle": _write_kaggle,
    "notes": _write_notes,
    "parquet": _write_parquet,
    "coco": _write_coco,
    "diff": _write_diff,
}
