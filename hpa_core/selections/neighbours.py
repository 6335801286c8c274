"""The nearest neighbours that have a say in which labels are suspicious, kept in the run.

Axes: N labelled samples of a split, k neighbours, E length of an embedding.

One rule for pages, queues and commands: the samples with a label are asked about, and only they are
anybody's neighbours; a sample without one has nothing to say. So what is kept fits as long as the
predictions are the same and the same samples have a label, whatever the labels are.
"""

import time

import numpy as np
from jaxtyping import Float

from hpa_core.evaluation.neighbours import nearest_rows
from hpa_core.evaluation.suspicious.ranking import NEIGHBOURS
from hpa_core.progress import Progress, quiet
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.neighbours import (
    Neighbours,
    neighbours_key,
    read_neighbours,
    write_neighbours,
)
from hpa_core.runs.predictions import Predictions, predictions_hash, read_predictions
from hpa_core.selections.samples import Samples
from hpa_core.targets import rows_of


def find_neighbours(
    run: RunFolder, split: str, samples: Samples, *, progress: Progress = quiet
) -> Neighbours | None:
    """Return the neighbours of the labelled samples, found only where the run does not keep them.

    Args:
        run: with predictions of the split.
        split: its name.
        samples: of those predictions.
        progress: told of samples.

    Returns:
        None where the run has no embeddings, or fewer than two of the samples have a label.

    Raises:
        RunError: there are no predictions of the split.
        ScoresError: an embedding is not finite.
        WorkspaceError: the run folder cannot be written.
    """
    began = time.monotonic()
    predictions = read_predictions(run, split)
    digest = predictions_hash(run, split)
    if (known := kept_neighbours(run, split, samples, digest)) is not None:
        return known
    embeddings = labelled_embeddings(predictions, samples)
    if embeddings is None:
        return None
    found = Neighbours(
        split=split,
        key=neighbours_key(digest, NEIGHBOURS),
        ids=samples.ids[samples.labelled],
        nearest=nearest_rows(embeddings, NEIGHBOURS, progress=progress).astype(np.int32),
        seconds=time.monotonic() - began,
    )
    write_neighbours(run, found)
    return found


def kept_neighbours(
    run: RunFolder, split: str, samples: Samples, predictions_sha256: str
) -> Neighbours | None:
    """Return what the run keeps, if it is of these predictions and of the samples with a label."""
    known = read_neighbours(run, split)
    key = neighbours_key(predictions_sha256, NEIGHBOURS)
    return known if known and known.fit(key, samples.ids[samples.labelled]) else None


def labelled_embeddings(
    predictions: Predictions, samples: Samples
) -> Float[np.ndarray, "N E"] | None:
    """Return the embeddings of the samples with a label; None without any two."""
    ids = samples.ids[samples.labelled]
    if predictions.embeddings is None or len(ids) < 2:
        return None
    embeddings: np.ndarray = predictions.embeddings[rows_of(predictions.ids, ids)]
    return embeddings
