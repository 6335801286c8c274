"""A selection as a table for a spreadsheet: who, from where, truth, calls.

Axes: N samples, n selected, C classes.
"""

import csv
from io import StringIO

import numpy as np
from jaxtyping import Int

from hpa_core.data.label_export import neutralised, target_texts
from hpa_core.selections.samples import Samples


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


def selection_csv(samples: Samples, rows: Int[np.ndarray, " n"]) -> bytes:
    """Write the selected samples as CSV; no cell can begin a formula."""
    columns = selection_columns(samples, rows)
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for cells in zip(*columns.values(), strict=True):
        writer.writerow(map(neutralised, cells))
    return text.getvalue().encode()
