"""Which checkpoint of which run predicts, and which samples it has learnt from.

Axes: N rows of a dataset.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Bool, Int

from hpa_core.choices import CHECKPOINTS
from hpa_core.data.dataset import Dataset
from hpa_core.errors import CheckpointError, ConfigError, DatasetError
from hpa_core.imbalance.fold_runs import check_unchanged
from hpa_core.models.weights import kept_weights
from hpa_core.runs.folder import RunFolder, open_run
from hpa_core.workspace import Workspace

Checkpoint = Literal["best", "last"]
TOP = "top"
"""All of the best epochs that a run has kept (`TrainConfig.keep_best`), as one member each."""


def checkpoint_path(run: RunFolder, checkpoint: str = "best") -> Path:
    """Return a run's weights file: `best`, `last`, or an epoch's that it has kept, `epoch-00003`.

    Raises:
        CheckpointError: the run has scores and no network, or it has no such checkpoint yet.
    """
    path = run.checkpoints / f"{checkpoint}.safetensors"
    if path.is_file():
        return path
    if run.info.kind in ("scores", "predictions"):
        raise CheckpointError(f"Run {run.id!r} has scores and no network of its own.")
    raise CheckpointError(
        f"Run {run.id!r} has no checkpoint {checkpoint!r} yet; train it for an epoch first."
    )


@dataclass(frozen=True)
class Member:
    """One checkpoint of one run, named as `checkpoint_path` takes it."""

    run: RunFolder
    checkpoint: str = "best"

    @property
    def weights(self) -> Path:
        """The weights file.

        Raises:
            CheckpointError: as `checkpoint_path`.
        """
        return checkpoint_path(self.run, self.checkpoint)

    @property
    def learnt_from(self) -> tuple[str, str] | None:
        """Dataset and split that it learnt from; None where from neither of the workspace."""
        if self.run.info.kind != "train":
            return None
        return self.run.info.dataset, str(self.run.info.settings.get("train_split", "train"))

    def __str__(self) -> str:
        """Name it as the command line does."""
        return f"{self.run.id}:{self.checkpoint}"


def open_members(
    workspace: Workspace, names: Sequence[str], *, checkpoint: str = "best"
) -> list[Member]:
    """Open members by name: `RUN`, or `RUN:best`, `RUN:last`, `RUN:top` for each one it has kept.

    Raises:
        RunError: there is no such run.
        CheckpointError: it has no such checkpoint.
        ConfigError: a name cannot be meant, or stands there twice.
    """
    members = [one for name in names for one in _open_members(workspace, name, checkpoint)]
    if len({str(member) for member in members}) < len(members):
        raise ConfigError("The same checkpoint is named twice; an ensemble takes each one once.")
    return members


def unseen(
    members: Sequence[Member], dataset: Dataset, rows: Int[np.ndarray, " N"]
) -> Bool[np.ndarray, "M N"]:
    """Return which member scores which row: those that have not learnt from it.

    So the runs of all folds score each sample by the one that it was held back from, and new
    samples by all. Members that have learnt from the same split score everything, as one run would.

    Raises:
        DatasetError: a row is left without a member, or folds have changed since.
    """
    if len({member.learnt_from for member in members}) == 1:
        return np.ones((len(members), len(rows)), dtype=bool)
    scored = np.stack([~np.isin(rows, _learnt_rows(member, dataset)) for member in members])
    if missing := int((~scored.any(axis=0)).sum()):
        raise DatasetError(
            f"{missing:,} of {len(rows):,} samples are among those that every one of these runs "
            "has learnt from; predict another split, or add the run that they were held back from."
        )
    return scored


def _open_members(workspace: Workspace, name: str, checkpoint: str) -> list[Member]:
    run_id, colon, word = name.partition(":")
    if (chosen := word if colon else checkpoint) not in CHECKPOINTS:
        raise ConfigError(f"A checkpoint is one of {', '.join(CHECKPOINTS)}; found {chosen!r}.")
    run = open_run(workspace, run_id)
    if chosen == TOP:
        return [Member(run, path.stem) for path in _kept(run)]
    member = Member(run, chosen)
    _ = member.weights
    return [member]


def _kept(run: RunFolder) -> list[Path]:
    kept = list(kept_weights(run.checkpoints).values())
    if not kept:
        raise CheckpointError(
            f"Run {run.id!r} has not kept several of its best epochs; train with keep_best of 2 or "
            "more, or choose the checkpoint 'best'."
        )
    return kept


def _learnt_rows(member: Member, dataset: Dataset) -> Int[np.ndarray, " n"]:
    learnt = member.learnt_from
    if learnt is None or learnt[0] != dataset.info.name:
        return np.empty(0, dtype=int)
    check_unchanged(member.run, dataset)
    return dataset.rows(learnt[1])
