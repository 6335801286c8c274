"""Probabilities from outside become a run of their own, so that no model is needed to use them.

Axes: N samples, C classes (28). Scores are kept as 32-bit numbers, like those of our own models.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from jaxtyping import Bool, Float, Float32

from hpa_core.errors import LabelTableError, RunError, ScoresError
from hpa_core.files import checked_name, explained_os_errors, sync_folder
from hpa_core.runs.folder import RunFolder, RunInfo, create_run, open_run
from hpa_core.runs.predictions import Predictions, predicted_splits, write_predictions
from hpa_core.runs.score_files import ScoreTable, read_score_file
from hpa_core.targets import format_target, read_id_table, rows_of
from hpa_core.workspace import Workspace


@dataclass(frozen=True, kw_only=True, eq=False)
class Owner:
    """The dataset that scores belong to, and what it says of its samples.

    Attributes:
        name: of the dataset.
        hash: `DatasetInfo.hash` of it.
        ids: its samples, (M,) of str.
        targets: their labels, (M, C); a row without any is unlabelled.
    """

    name: str
    hash: str
    ids: np.ndarray
    targets: Bool[np.ndarray, "M C"]


def import_scores(  # noqa: PLR0913 - the form's fields, all named by the caller
    workspace: Workspace,
    file: Path,
    ids_csv: Path,
    *,
    name: str,
    owner: Owner | None = None,
    split: str = "validation",
) -> RunFolder:
    """Bring in probabilities as the run `name`; it appears whole or not at all.

    Where that run's scores are from outside too, they are joined to it as one more split: a
    model's scores of validation and test belong together.

    Args:
        workspace: where the run will lie.
        file: npy, npz (one array, or one named `probs`), csv or parquet (`Id` and 28 columns).
        ids_csv: a table with the column `Id`, in row order of `file`; where that names its own
            ids, its rows are brought into this order. A column `Target` is the truth.
        name: id of the run.
        owner: the dataset that the samples belong to, if any. Its labels are the truth of all that
            it knows; a column `Target` must agree with them, and may be left out.
        split: the split that the samples are.

    Raises:
        ScoresError: the scores are not N x 28 probabilities, or do not fit the ids.
        LabelTableError: the ids or targets break their contract, or the owner's labels are others.
        RunError: there is a run of that name that these scores cannot join.
        WorkspaceError: `name` or `split` cannot be a file name, or the disk refuses.
    """
    checked_name(split, what="split")
    known = _known(workspace, name, split=split, dataset=owner.name if owner else "")
    ids, targets = read_id_table(ids_csv)
    if owner:
        targets = _truth(ids_csv, ids, targets, owner)
    table = read_score_file(file, samples=len(ids))
    scores = _in_order(file, table, ids)
    check_probabilities(file, scores)
    predictions = Predictions(ids=np.array(ids, dtype=str), probs=narrowed(scores), targets=targets)
    if known:
        write_predictions(known, split, predictions)
        return known
    info = RunInfo(
        id=name,
        kind="scores",
        dataset=owner.name if owner else "",
        dataset_hash=owner.hash if owner else "",
        note=f"from {file.name}",
    )
    return publish_scores(workspace, info, split, predictions)


def check_probabilities(file: Path, scores: Float[np.ndarray, "N C"]) -> None:
    """Refuse NaN, infinities and anything outside [0, 1].

    Raises:
        ScoresError: naming the first bad row and class.
    """
    bad = np.argwhere(~((scores >= 0) & (scores <= 1)))
    if not len(bad):
        return
    row, class_id = bad[0]
    value = scores[row, class_id]
    advice = (
        "These look like logits: apply a sigmoid first."
        if np.isfinite(value)
        else "Find out what the model computed there."
    )
    raise ScoresError(
        f"{file.name}: probabilities lie between 0 and 1, but row {row + 1}, class {class_id} "
        f"holds {value:g} ({len(bad)} such of {scores.size}). {advice}"
    )


def narrowed(scores: Float[np.ndarray, "N C"]) -> Float32[np.ndarray, "N C"]:
    """Turn scores into 32-bit numbers, never upwards.

    Rounding to nearest would lift a 0.15 from a CSV above the threshold 0.15, which it only
    equals; rounded down, it stays no call.
    """
    narrow = scores.astype(np.float32) + np.float32(0)  # Turns -0.0 into 0.0.
    return np.where(narrow > scores, np.nextafter(narrow, np.float32(0)), narrow)


def _truth(
    table: Path, ids: list[str], told: Bool[np.ndarray, "N C"] | None, owner: Owner
) -> Bool[np.ndarray, "N C"] | None:
    """Return the truth that the table tells or, where it tells none, that the owner knows of all.

    Raises:
        LabelTableError: the two differ.
    """
    rows = rows_of(owner.ids, np.array(ids))
    labels = np.zeros((len(ids), owner.targets.shape[1]), dtype=bool)
    labels[rows >= 0] = owner.targets[rows[rows >= 0]]
    labelled = labels.any(axis=1)
    if told is None:
        return labels if labelled.all() else None
    differing = np.flatnonzero(labelled & (labels != told).any(axis=1))
    if len(differing):
        first = differing[0]
        raise LabelTableError(
            f"{table.name} has other labels than dataset {owner.name!r} for {len(differing)} of "
            f"{len(ids)} samples, such as {ids[first]}: {_words(told[first])} instead of "
            f"{_words(labels[first])}. Leave out the column Target, or name no dataset."
        )
    return told


def _words(labels: Bool[np.ndarray, " C"]) -> str:
    return format_target(np.flatnonzero(labels).tolist()) or "none"


def _in_order(file: Path, table: ScoreTable, ids: list[str]) -> Float[np.ndarray, "N C"]:
    """Bring the rows into the order of `ids`, where the file says whose they are."""
    if table.ids is None or table.ids == ids:
        return table.scores
    rows = {sample_id: row for row, sample_id in enumerate(table.ids)}
    if len(rows) < len(table.ids):
        raise ScoresError(f"{file.name} names a sample twice; keep one row for each id.")
    missing = next((sample_id for sample_id in ids if sample_id not in rows), None)
    if missing is not None or len(rows) != len(ids):
        raise ScoresError(
            f"{file.name} and the table of ids name different samples "
            f"({len(rows)} and {len(ids)}; {missing!r} is not in the scores); give the table that "
            "belongs to these scores."
        )
    return table.scores[[rows[sample_id] for sample_id in ids]]


def publish_scores(
    workspace: Workspace, info: RunInfo, split: str, predictions: Predictions
) -> RunFolder:
    """Write the run beside the others, then move it among them in one step.

    Raises:
        RunError: there is a run of that name.
        WorkspaceError: its name cannot be a folder's, or the disk refuses.
    """
    final = workspace.run(info.id)
    with (
        explained_os_errors(final),
        TemporaryDirectory(dir=workspace.create().root, prefix=".import-") as staging,
    ):
        run = create_run(Workspace(Path(staging)), info)
        write_predictions(run, split, predictions)
        _refuse_existing(workspace, info.id)
        run.path.rename(final)
        sync_folder(workspace.runs)
    return RunFolder(final, run.info)


def _known(workspace: Workspace, name: str, *, split: str, dataset: str) -> RunFolder | None:
    """Return the run that the scores join; None where there is no run of that name."""
    if not workspace.run(name).exists():
        return None
    run = open_run(workspace, name)
    if run.info.kind != "scores":
        _refuse_existing(workspace, name)
    if split in (splits := predicted_splits(run)):
        raise RunError(
            f"A run {name!r} exists already, with scores of {', '.join(splits)}; choose another "
            "name, or another split."
        )
    if dataset and dataset != run.info.dataset:
        raise RunError(
            f"Run {name!r} belongs to dataset {run.info.dataset or '(none)'}, not to {dataset}; "
            "choose another name."
        )
    return run


def _refuse_existing(workspace: Workspace, name: str) -> None:
    if workspace.run(name).exists():
        raise RunError(f"A run {name!r} exists already; choose another name.")
