"""The figures of a training, one JSON line an epoch, appended and synced: `metrics.jsonl`.

Keys carry side and unit: `epoch`, `loss/train`, `loss/validation`, `accuracy/train`,
`accuracy/validation` (share of the N x C decisions at 0.5 that are right), `f1_macro/train`,
`f1_macro/validation`, `f1/validation` (list of 28), `f1_macro_tuned/validation` (per-class exact
thresholds, in-sample), `samples/train` and `positives/train` (what the epoch has shown: rows, and
labels of each of 28 classes), `learning_rate`, `time/epoch(s)`, `rate/train(images/s)`.
"""

import json
import os
from pathlib import Path
from typing import Any

from hpa_core.errors import RunError
from hpa_core.files import explained_os_errors, write_atomic

METRICS = "metrics.jsonl"


def append_metrics(path: Path, record: dict[str, Any]) -> None:
    """Append one epoch, durable once this returns.

    A line that an earlier crash left half-written is removed first.

    Args:
        path: the run's `metrics.jsonl`; made if it is missing.
        record: numbers, or lists of numbers; NaN and infinity are refused with ValueError.

    Raises:
        WorkspaceError: the disk is full or the file cannot be written.
    """
    line = json.dumps(record, allow_nan=False) + "\n"
    with explained_os_errors(path), path.open("a+b") as file:
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())


def read_metrics(path: Path) -> list[dict[str, Any]]:
    """Read every epoch that was written whole; none if there is no file yet.

    Raises:
        RunError: a whole line is not a JSON object.
    """
    try:
        return [json.loads(line) for line in _whole_lines(path)]
    except ValueError as error:
        raise RunError(
            f"{path} is damaged ({error}); expected one JSON object a line. "
            "Delete the lines from there on, then resume the run."
        ) from None


def truncate_metrics(path: Path, epochs: int) -> None:
    """Keep the first `epochs` epochs: what a checkpoint of that age knows of.

    Raises:
        WorkspaceError: the file cannot be written.
    """
    if path.exists():
        write_atomic(path, b"".join(_whole_lines(path)[:epochs]))


def _whole_lines(path: Path) -> list[bytes]:
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return []
    return [line for line in lines if line.endswith(b"\n")]
