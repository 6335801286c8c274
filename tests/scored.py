"""A run whose every call is known: class `row % 28` is found, or missed, or called falsely."""

import numpy as np

from hpa_core.data.dataset import Dataset
from hpa_core.runs.folder import RunFolder, RunInfo, create_run
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.workspace import Workspace

HIGH, LOW = 0.9, 0.1


def score_dataset(
    workspace: Workspace,
    dataset: Dataset,
    *,
    split: str = "validation",
    name: str = "scored",
    synthetic: bool = False,
    mislabelled: int = 0,
) -> RunFolder:
    """Write scores that call the truth, but for two planted faults.

    The first sample of the split misses all its classes with 0.2; the second is called class 27
    falsely with 0.6. At a threshold of 0.5 every other sample is right, but the last `mislabelled`,
    whose scores are each those of the sample before it.
    """
    rows = dataset.rows(split)
    probs = np.where(dataset.targets[rows], HIGH, LOW).astype(np.float32)
    probs[0] = np.where(dataset.targets[rows[0]], 0.2, LOW)
    probs[1, 27] = 0.6
    probs[len(rows) - mislabelled :] = np.roll(probs, 1, axis=0)[len(rows) - mislabelled :]
    info = RunInfo(
        id=name,
        kind="scores",
        dataset=dataset.info.name,
        dataset_hash=dataset.info.hash,
        synthetic=synthetic,
    )
    run = create_run(workspace, info)
    predictions = Predictions(ids=dataset.ids[rows], probs=probs, targets=dataset.targets[rows])
    write_predictions(run, split, predictions)
    return run
