"""One split's scores and truth as the bytes that the threshold board loads.

Axes: N samples, C classes, K thresholds of the bands. `components/threshold_board/score_file.js`
states the format and reads it. The address carries a hash of the content, so a browser keeps what
it has for good.
"""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

import numpy as np
import streamlit as st
from jaxtyping import Bool, Int, UInt32

from dashboard import cache
from hpa_core.errors import RunError
from hpa_core.evaluation.bands import f1_bands
from hpa_core.runs.predictions import Predictions

MAGIC, VERSION = b"HPAS", 2
MOST_CLASSES = 31
"""A sample's truth is the bits of one 32-bit integer."""
BAND_GRID = np.linspace(0, 1, 241) ** 2
"""Where the bands are known: closer together near 0, where the thresholds of rare classes lie."""


MOST_PARTS = 8
"""Parts of splits that are kept for the boards that are about to ask for them."""


@dataclass(frozen=True)
class ScoreFile:
    """The bytes, and the hash that names them."""

    content: bytes
    digest: str


def score_file(run_id: str, split: str) -> ScoreFile:
    """Return the score file of one split of a run, made once for each version of the predictions.

    Raises:
        HpaError: there is no such run or split, or the name cannot be one.
    """
    return _score_file(run_id, split, cache.predictions_version(run_id, split))


def part_file(run_id: str, split: str, rows: Int[np.ndarray, " n"]) -> ScoreFile:
    """Return the score file of some of a split's samples; the last few made are kept for the board.

    Args:
        run_id: of the run.
        split: with predictions.
        rows: places among the predictions.
    """
    digest, parts = _part_digest(run_id, split, rows), _parts()
    file = parts.pop(digest, None)
    if file is None:
        part = cache.predictions(run_id, split).part(rows)
        file = ScoreFile(encode_scores(part), digest)
    parts[digest] = file
    for oldest in list(parts)[:-MOST_PARTS]:
        parts.pop(oldest, None)
    return file


def kept_part(digest: str) -> ScoreFile:
    """Return a score file that `part_file` made.

    Raises:
        RunError: it is not kept any more.
    """
    if (file := _parts().get(digest)) is None:
        raise RunError("The scores of what the filter found are gone; reload the page.")
    return file


def score_file_address(run_id: str, split: str, rows: Int[np.ndarray, " n"] | None = None) -> str:
    """Return the address of the score file, relative to the dashboard's root.

    Args:
        run_id: of the run.
        split: with predictions.
        rows: the samples of a part; all if None.
    """
    path = f"hpa/scores/{quote(run_id)}/{quote(split)}"
    if rows is None:
        return f"{path}?version={score_file(run_id, split).digest}"
    return f"{path}?part={_part_digest(run_id, split, rows)}"


def _part_digest(run_id: str, split: str, rows: Int[np.ndarray, " n"]) -> str:
    whole = score_file(run_id, split).digest
    return sha256(whole.encode() + rows.astype("<i8").tobytes()).hexdigest()[:20]


def encode_scores(predictions: Predictions) -> bytes:
    """Write header, scores class by class, and where the truth is known it and the bands of F1."""
    samples, classes = predictions.probs.shape
    targets = predictions.targets
    steps = 0 if targets is None else len(BAND_GRID)
    header = np.array([VERSION, samples, classes, targets is not None, steps], dtype="<u4")
    scores = predictions.probs.T + np.float32(0)  # Turns -0.0, whose bits sort last, into 0.0.
    parts = [MAGIC, header.tobytes(), scores.astype("<f4").tobytes()]
    if targets is not None:
        parts.append(truth_bits(targets).astype("<u4").tobytes())
        bands = f1_bands(predictions.probs, targets, BAND_GRID)
        parts += [values.astype("<f4").tobytes() for values in (BAND_GRID, *bands)]
    return b"".join(parts)


def truth_bits(targets: Bool[np.ndarray, "N C"]) -> UInt32[np.ndarray, " N"]:
    """Pack each sample's truth into one integer, bit c = class c.

    >>> truth_bits(np.array([[True, False, True], [False, False, False]])).tolist()
    [5, 0]
    """
    if targets.shape[1] > MOST_CLASSES:
        raise ValueError(f"at most {MOST_CLASSES} classes fit, not {targets.shape[1]}")
    weights = np.uint32(1) << np.arange(targets.shape[1], dtype=np.uint32)
    return np.asarray((targets * weights).sum(axis=1, dtype=np.uint32))


@st.cache_resource(show_spinner=False)
def _parts() -> dict[str, ScoreFile]:
    """The parts last made for any visitor, by digest."""
    return {}


@lru_cache(maxsize=2)
def _score_file(run_id: str, split: str, version: int) -> ScoreFile:
    content = encode_scores(cache.predictions(run_id, split))
    return ScoreFile(content, sha256(content).hexdigest()[:20])
