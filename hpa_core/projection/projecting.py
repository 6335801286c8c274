"""The projection of a run's split, computed where it is not in the run already."""

import time
from hashlib import sha256

import numpy as np
from jaxtyping import Float

from hpa_core.progress import Progress, quiet
from hpa_core.projection.methods import project
from hpa_core.projection.quality import measure_quality
from hpa_core.projection.store import Method, Projection, read_projection, write_projection
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import Predictions, predictions_path, read_predictions

SMALLEST_PROB = 1e-6


def project_run(
    run: RunFolder,
    split: str,
    *,
    method: Method = "tsne",
    seed: int = 0,
    progress: Progress = quiet,
) -> Projection:
    """Project the embeddings of a split's predictions and keep the points in the run.

    Args:
        run: with predictions of the split; where they have no embeddings, the log-odds of the 28
            scores are projected.
        split: its name.
        method: `tsne` or `pca`.
        seed: of everything drawn.
        progress: told of iterations.

    Raises:
        RunError: there are no predictions of the split.
        ScoresError: there are too few samples.
        WorkspaceError: the run folder cannot be written.
    """
    key = projection_key(run, split, method, seed)
    known = read_projection(run, split, method)
    if known is not None and known.key == key:
        return known
    began = time.monotonic()
    predictions = read_predictions(run, split)
    features = features_of(predictions)
    points = project(features, method, seed=seed, progress=progress)
    quality = measure_quality(features, points)
    projection = Projection(
        split=split,
        method=method,
        features="scores" if predictions.embeddings is None else "embeddings",
        seed=seed,
        key=key,
        ids=predictions.ids,
        points=points,
        trustworthiness=quality.trustworthiness,
        neighbours_kept=quality.neighbours_kept,
        seconds=time.monotonic() - began,
    )
    write_projection(run, projection)
    return projection


def projection_key(run: RunFolder, split: str, method: Method, seed: int) -> str:
    """Return the key of a split's projection as its predictions are now."""
    path = predictions_path(run, split)
    content = path.read_bytes() if path.is_file() else b""
    return key_of(sha256(content).hexdigest(), method, seed)


def key_of(predictions_sha256: str, method: Method, seed: int) -> str:
    """Return a hash of everything that a projection depends on."""
    return sha256(repr((predictions_sha256, method, seed)).encode()).hexdigest()


def features_of(predictions: Predictions) -> Float[np.ndarray, "N F"]:
    """Return the embeddings, or the log-odds of the scores where there are none."""
    if predictions.embeddings is not None:
        return predictions.embeddings.astype(np.float32)
    probs = predictions.probs.astype(np.float64).clip(SMALLEST_PROB, 1 - SMALLEST_PROB)
    logits: np.ndarray = np.log(probs / (1 - probs)).astype(np.float32)
    return logits
