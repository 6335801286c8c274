"""Leaks behind a run's scores: images it is measured on and may have learnt from."""

from hpa_core.data.dataset import open_dataset
from hpa_core.data.duplicates.known import Duplicates, known_duplicates
from hpa_core.data.duplicates.leaks import Leaks, find_leaks
from hpa_core.data.folds import fold_split
from hpa_core.errors import DatasetError
from hpa_core.runs.folder import RunFolder
from hpa_core.workspace import Workspace

TRAIN_SPLIT, VALIDATION_SPLIT = "train_split", "validation_split"


def learnt_split(run: RunFolder, split: str) -> str | None:
    """Return the split that a run scored on `split` learnt from; None where from other images.

    Scores from outside do not say what their network learnt from: of a fold it is taken to be the
    other folds, else the split `train`. The shipped checkpoint has learnt from other cells than
    the demo's; the members of joint predictions score only what they have not learnt from, unless
    all of them have learnt from one split.
    """
    joint = run.info.kind == "predictions" and TRAIN_SPLIT not in run.info.settings
    if run.info.kind == "demo" or joint:
        return None
    fold = fold_split(split)
    guess = str(fold.complement) if fold else "train"
    return str(run.info.settings.get(TRAIN_SPLIT, guess))


def has_learnt(run: RunFolder, split: str) -> bool:
    """Return whether images of a split that a run is scored on are among those it learnt from.

    Told by the splits' names: they are the same, or one of the two is `all`. What other splits
    share, and what is copied, `run_leaks` tells.
    """
    learnt = learnt_split(run, split)
    return learnt is not None and (learnt == split or "all" in (learnt, split))


def run_leaks(known: Duplicates, run: RunFolder, split: str) -> Leaks | None:
    """Tell what leaks from the split that a run learnt from into a split it is scored on.

    Args:
        known: the duplicates of the run's dataset.
        run: any run.
        split: the scored one.

    Returns:
        None where nothing can be told: the dataset has changed since, or lacks one of the splits.
    """
    learnt, dataset = learnt_split(run, split), known.dataset
    settings = run.info.settings
    named = [settings[key] for key in (TRAIN_SPLIT, VALIDATION_SPLIT) if key in settings]
    try:
        if learnt is None or dataset.content_hash(*named) != run.info.dataset_hash:
            return None
        return find_leaks(known, learnt, split)
    except DatasetError:
        return None


def score_leaks(workspace: Workspace, run: RunFolder, split: str) -> Leaks | None:
    """Do as `run_leaks` with the run's dataset; None also where that is gone."""
    try:
        dataset = open_dataset(workspace, run.info.dataset) if run.info.dataset else None
    except DatasetError:
        return None
    return run_leaks(known_duplicates(dataset), run, split) if dataset else None
