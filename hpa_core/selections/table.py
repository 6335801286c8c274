"""A selection as a table for a spreadsheet: who, from where, truth, calls, scores.

Axes: N samples, n selected, C classes.
"""

import csv
from dataclasses import dataclass
from io import StringIO

import numpy as np
from jaxtyping import Int

from hpa_core.data.label_export import neutralised, target_texts
from hpa_core.selections.samples import Samples


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where scores and calls come from.

    Attributes:
        split: what the scores were made for; a sample's own may be another one today.
        thresholds: the set that the calls follow, by its name, or the number or file it came from.
    """

    run: str
    split: str
    thresholds: str


def selection_columns(samples: Samples, rows: Int[np.ndarray, " n"]) -> dict[str, list[str]]:
    """Return `Id`, `Split`, `Source`, `Target` and, where there is a run, `Predicted`."""
    columns = {
        "Id": samples.ids[rows].tolist(),
        "Split": samples.splits[rows].tolist(),
        "Source": samples.sources[rows].tolist(),
        "Target": target_texts(samples.targets[rows]),
    }
    if samples.calls is not None:
        columns["Predicted"] = target_texts(samples.calls[rows])
    return columns


def selection_csv(
    samples: Samples, rows: Int[np.ndarray, " n"], origin: Origin | None = None
) -> bytes:
    """Write the selected samples as CSV; no cell can begin a formula.

    Args:
        samples: what was chosen from.
        rows: the places of those selected.
        origin: where their scores come from; None without scores, which then have no columns.
    """
    columns = selection_columns(samples, rows)
    if origin is not None:
        columns |= _score_columns(samples, rows, origin)
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for cells in zip(*columns.values(), strict=True):
        writer.writerow(map(neutralised, cells))
    return text.getvalue().encode()


def _score_columns(
    samples: Samples, rows: Int[np.ndarray, " n"], origin: Origin
) -> dict[str, list[str]]:
    """Return `Run`, `ScoreSplit` and `Thresholds`, the same in every row, and `score_0` onward."""
    if samples.probs is None:
        raise ValueError("an origin of scores needs scores")
    named = {"Run": origin.run, "ScoreSplit": origin.split, "Thresholds": origin.thresholds}
    constant = {column: [value] * len(rows) for column, value in named.items()}
    scores = samples.probs[rows].T.astype(str)  # The fewest digits that mean the same number.
    return constant | {f"score_{number}": row.tolist() for number, row in enumerate(scores)}
