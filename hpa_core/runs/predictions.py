"""Predictions of one run on one split: ids, probabilities, truth where known, embeddings.

Axes: N samples, C classes (28), E embedding features. One `.npz` a split, uncompressed, no pickles.
"""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from jaxtyping import Bool, Float16, Float32, Int

from hpa_core.classes import N_CLASSES
from hpa_core.errors import RunError
from hpa_core.files import checked_name, write_atomic
from hpa_core.runs.folder import RunFolder, RunInfo
from hpa_core.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """What a run says of one split, in the split's row order.

    Attributes:
        ids: sample ids, (N,) of str.
        probs: (N, 28) in [0, 1].
        targets: the truth when the predictions were made, (N, 28), or None where unknown.
        embeddings: (N, E) features before the head, or None.
    """

    ids: np.ndarray
    probs: Float32[np.ndarray, "N C"]
    targets: Bool[np.ndarray, "N C"] | None = None
    embeddings: Float16[np.ndarray, "N E"] | None = None

    def __post_init__(self) -> None:
        if self.probs.shape != (len(self.ids), N_CLASSES):
            raise ValueError(f"probs {self.probs.shape} do not fit {len(self.ids)} ids")
        if self.targets is not None and self.targets.shape != self.probs.shape:
            raise ValueError(f"targets {self.targets.shape} do not fit probs {self.probs.shape}")

    def part(self, rows: Int[np.ndarray, " n"]) -> "Predictions":
        """Return what is said of some of the samples, in the order of `rows`."""
        return Predictions(
            ids=self.ids[rows],
            probs=self.probs[rows],
            targets=None if self.targets is None else self.targets[rows],
            embeddings=None if self.embeddings is None else self.embeddings[rows],
        )


def predictions_path(run: RunFolder, split: str) -> Path:
    """Return where the predictions of `split` lie or would lie."""
    return run.predictions / f"{checked_name(split, what='split')}.npz"


def awaited_predictions_path(workspace: Workspace, run_id: str, split: str) -> Path:
    """Return where the predictions of `split` will lie, in a run that need not exist yet."""
    return predictions_path(RunFolder(workspace.run(run_id), RunInfo(id=run_id, kind="")), split)


def write_predictions(run: RunFolder, split: str, predictions: Predictions) -> Path:
    """Write the predictions of one split, atomically."""
    arrays = {name: value for name, value in vars(predictions).items() if value is not None}
    buffer = BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    path = predictions_path(run, split)
    write_atomic(path, buffer.getvalue())
    return path


def read_predictions(run: RunFolder, split: str) -> Predictions:
    """Read the predictions of one split.

    Raises:
        RunError: there are none, or the file is damaged.
    """
    path = predictions_path(run, split)
    try:
        with np.load(path, allow_pickle=False) as file:
            return Predictions(**{name: file[name] for name in file.files})
    except FileNotFoundError:
        raise RunError(
            f"Run {run.id!r} has no predictions of {split!r}; it has: "
            f"{', '.join(predicted_splits(run)) or 'none yet'}."
        ) from None
    except (BadZipFile, ValueError, TypeError, KeyError, EOFError) as error:
        raise RunError(f"{path} is damaged ({error}); predict the split again.") from None


def predictions_hash(run: RunFolder, split: str) -> str:
    """Return the SHA-256 of the predictions file, which threshold sets and estimates are of."""
    return sha256(predictions_path(run, split).read_bytes()).hexdigest()


def predicted_splits(run: RunFolder) -> list[str]:
    """The splits that have predictions."""
    return sorted(path.stem for path in run.predictions.glob("*.npz"))
