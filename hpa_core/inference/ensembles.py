"""Predictions by several checkpoints, or of images that the run does not know: a run of their own.

Axes: M members, N samples, C classes (28).
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float16, Float32, Int

from hpa_core.data.dataset import Dataset
from hpa_core.errors import RunError
from hpa_core.inference.members import Member, unseen
from hpa_core.inference.predicting import score_rows, truth
from hpa_core.inference.turned import Views
from hpa_core.progress import Progress, quiet
from hpa_core.runs.folder import RunFolder, RunInfo, open_run
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.runs.scores import publish_scores
from hpa_core.runs.thresholds import list_thresholds, save_thresholds
from hpa_core.workspace import Workspace

KIND = "predictions"


def predict_together(  # noqa: PLR0913 - keyword-only options
    workspace: Workspace,
    members: Sequence[Member],
    dataset: Dataset,
    split: str,
    *,
    name: str,
    views: Views = Views(),  # noqa: B008 - frozen
    progress: Progress = quiet,
) -> RunFolder:
    """Predict a split by the mean of its members' probabilities, and keep it in the run `name`.

    Each sample is scored by the members that have not learnt from it (`unseen`). A run that these
    members have made before with the same views gets one more split; a single member's threshold
    sets come along, as they were chosen on its own scores.

    Args:
        workspace: where the run will lie.
        members: one or more.
        dataset: with images; any.
        split: its name, a fold, or `all`.
        name: id of the run.
        views: test-time augmentation, of every member.
        progress: told of samples, over all members.

    Raises:
        RunError: there is another run of that name.
        DatasetError: no such split, no images, or samples that every member has learnt from.
        CheckpointError: weights are missing, damaged, unsafe or do not fit.
        WorkspaceError: `name` cannot be a folder's, or the workspace cannot be written.
    """
    info = _info(members, dataset, name=name, views=views)
    known = _known(workspace, info)
    rows = dataset.rows(split)
    probs, embeddings = _joined(members, dataset, rows, views=views, progress=progress)
    predictions = Predictions(
        ids=dataset.ids[rows], probs=probs, targets=truth(dataset, rows), embeddings=embeddings
    )
    if known:
        write_predictions(known, split, predictions)
        return known
    made = publish_scores(workspace, info, split, predictions)
    if len(members) == 1:
        for chosen in list_thresholds(members[0].run):
            save_thresholds(made, chosen)
    return made


def _joined(
    members: Sequence[Member],
    dataset: Dataset,
    rows: Int[np.ndarray, " N"],
    *,
    views: Views,
    progress: Progress,
) -> tuple[Float32[np.ndarray, "N C"], Float16[np.ndarray, "N E"] | None]:
    """Return mean probabilities; embeddings of a single member, as those of several do not mix."""
    scored = unseen(members, dataset, rows)
    total, done = int(scored.sum()), 0
    sums: np.ndarray | None = None
    embeddings = None
    for member, own in zip(members, scored, strict=True):
        if not own.any():
            continue
        told = _counted_from(progress, before=done, total=total)
        probs, embeddings = score_rows(
            member.weights, dataset, rows[own], views=views, progress=told
        )
        sums = np.zeros((len(rows), probs.shape[1])) if sums is None else sums
        sums[own] += probs
        done += int(own.sum())
    if sums is None:
        raise ValueError("every row has a member")
    mean = (sums / scored.sum(axis=0)[:, None]).astype(np.float32)
    return mean, embeddings if len(members) == 1 else None


def _counted_from(progress: Progress, *, before: int, total: int) -> Progress:
    whole = total

    def told(done: int, total: int, *, unit: str, note: str = "") -> None:
        del total
        progress(before + done, whole, unit=unit, note=note)

    return told


def _info(members: Sequence[Member], dataset: Dataset, *, name: str, views: Views) -> RunInfo:
    """Return what the run says of itself; the split it learnt from, where all members share one."""
    learnt = {member.learnt_from for member in members}
    only = learnt.pop() if len(learnt) == 1 else None
    shared = {"train_split": only[1]} if only and only[0] == dataset.info.name else {}
    together = f"mean of {len(members)} checkpoints" if len(members) > 1 else "one checkpoint"
    parts = [f"{together}: {', '.join(map(str, members))}", str(views)]
    return RunInfo(
        id=name,
        kind=KIND,
        dataset=dataset.info.name,
        dataset_hash=dataset.content_hash(*shared.values()),
        synthetic=dataset.info.synthetic or any(member.run.info.synthetic for member in members),
        note="; ".join(filter(None, parts)),
        settings={
            "members": [str(member) for member in members],
            "views": views.name,
            "views_by": views.by,
            **shared,
        },
    )


def _known(workspace: Workspace, info: RunInfo) -> RunFolder | None:
    """Return the run of that name, if it is of the same making."""
    if not workspace.run(info.id).exists():
        return None
    run = open_run(workspace, info.id)
    made = (run.info.kind, run.info.dataset, run.info.dataset_hash, run.info.settings)
    if made != (info.kind, info.dataset, info.dataset_hash, info.settings):
        raise RunError(
            f"A run {info.id!r} exists already, made otherwise ({run.info.note or run.info.kind}); "
            "choose another name."
        )
    return run
