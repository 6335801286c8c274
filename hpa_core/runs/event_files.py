"""The figures of a run as TensorBoard's event files: `metrics.jsonl` stays the truth.

Tags are the keys of the metrics; a figure with one number a class becomes 28 tags, each with the
class in its name. Steps are epochs; times are those at which an epoch ended, by its length.

Needs the extra of `requirements-tensorboard.txt`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree
from typing import Any

from hpa_core.classes import CLASS_NAMES, N_CLASSES
from hpa_core.errors import ConfigError
from hpa_core.files import explained_os_errors
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.metrics import METRICS, read_metrics


class EventWriter:
    """Writes a run's epochs into a folder of TensorBoard's, each once."""

    def __init__(self, run: RunFolder, writer: Any) -> None:
        self._run, self._writer = run, writer
        self._written = 0

    def write_new(self) -> int:
        """Write the epochs that are new since the last call; return how many."""
        records = read_metrics(self._run.path / METRICS)
        ended = datetime.fromisoformat(self._run.info.created).timestamp()
        for number, record in enumerate(records):
            ended += record.get("time/epoch(s)", 0.0)
            if number >= self._written:
                for tag, value in _scalars(record):
                    self._writer.add_scalar(tag, value, record["epoch"], wall_time=ended)
        self._writer.flush()
        new = len(records) - self._written
        self._written = len(records)
        return new


@contextmanager
def event_writer(run: RunFolder, folder: Path) -> Iterator[EventWriter]:
    """Open a writer into `folder/<run id>`, in place of what an earlier one left there.

    Raises:
        ConfigError: TensorBoard is not installed.
        WorkspaceError: the folder cannot be written.
    """
    if find_spec("tensorboard") is None:
        raise ConfigError(
            "TensorBoard is not installed; run `pip install -r requirements-tensorboard.txt`."
        )
    from tensorboard.summary import Writer  # noqa: PLC0415 - an extra

    target = folder / run.id
    with explained_os_errors(target):
        if target.is_dir():
            rmtree(target)
        target.mkdir(parents=True)
        writer = Writer(str(target))
        try:
            yield EventWriter(run, writer)
        finally:
            writer.close()


def _scalars(record: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for tag, value in record.items():
        if isinstance(value, list) and len(value) == N_CLASSES:
            named = enumerate(zip(CLASS_NAMES, value, strict=True))
            yield from ((f"{tag}/{number:02} {name}", each) for number, (name, each) in named)
        elif isinstance(value, int | float) and tag != "epoch":
            yield tag, value
