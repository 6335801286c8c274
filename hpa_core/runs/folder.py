"""The run folder: everything one training, or one import of scores, left behind.

runs/<id>/
    config.json             what was asked (RunInfo and the settings)
    status.json             how far it is: state, epoch, message, heartbeat   (see status)
    metrics.jsonl           one line an epoch                                 (see metrics)
    log.txt                 what the process printed
    job.json                how the process was started                       (see hpa_core.jobs)
    checkpoints/            weights and the state to go on from
    plan.json               how often an epoch shows each row, if a plan says  (see training)
    predictions/<split>.npz                                                   (see predictions)
    thresholds/<name>.json                                                    (see thresholds)
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from hpa_core.errors import RunError
from hpa_core.files import explained_os_errors, read_json, write_atomic, write_json
from hpa_core.workspace import Workspace

CONFIG = "config.json"
STATES = "state-*.safetensors"
"""What a training can go on from, among its checkpoints."""
BEST, LAST = "best.safetensors", "last.safetensors"
"""The weights among them: of the best epoch, and of the last one."""
EPOCH, EPOCHS = "epoch-{epoch:05}.safetensors", "epoch-*.safetensors"
"""And of each of the best epochs, where `TrainConfig.keep_best` keeps several."""


@dataclass(frozen=True, kw_only=True)
class RunInfo:
    """What `config.json` says.

    Attributes:
        kind: `train`, `scores` (probabilities from outside), `predictions` (by networks of
            other runs) or `demo` (the shipped checkpoint).
        dataset: the dataset it belongs to; empty for scores that belong to none.
        dataset_hash: `Dataset.content_hash` of its splits at that time; empty as above.
        synthetic: whether its numbers come from rendered cells.
        settings: the whole configuration of a training (`TrainConfig` as a dictionary).
    """

    id: str
    kind: str
    dataset: str = ""
    dataset_hash: str = ""
    synthetic: bool = False
    created: str = ""
    note: str = ""
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RunFolder:
    """One run on disk."""

    path: Path
    info: RunInfo

    @property
    def id(self) -> str:
        return self.info.id

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def best_weights(self) -> Path:
        return self.checkpoints / BEST

    @property
    def has_network(self) -> bool:
        return self.best_weights.is_file()

    @property
    def predictions(self) -> Path:
        return self.path / "predictions"

    @property
    def thresholds(self) -> Path:
        return self.path / "thresholds"

    @property
    def log(self) -> Path:
        return self.path / "log.txt"


def new_run_id(name: str) -> str:
    """Return a run id that sorts by time: `20261123-101530-name-4f2a`."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{name}-{uuid4().hex[:4]}"


def create_run(
    workspace: Workspace, info: RunInfo, *, files: Mapping[str, bytes] | None = None
) -> RunFolder:
    """Make the folder of a new run, with `files` in it from the start.

    Raises:
        RunError: a run of that id exists.
        WorkspaceError: the folder cannot be written.
    """
    path = workspace.run(info.id)
    with explained_os_errors(path):
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            raise RunError(f"A run {info.id!r} exists already; choose another name.") from None
        for folder in ("checkpoints", "predictions", "thresholds"):
            (path / folder).mkdir()
    for name, content in (files or {}).items():
        write_atomic(path / name, content)
    stamped = {
        **asdict(info),
        "created": info.created or datetime.now(UTC).isoformat(timespec="seconds"),
    }
    write_json(path / CONFIG, stamped)
    return RunFolder(path, RunInfo(**stamped))


def open_run(workspace: Workspace, run_id: str) -> RunFolder:
    """Open the run `run_id`.

    Raises:
        RunError: there is none, or its config cannot be read.
    """
    path = workspace.run(run_id)
    if not (path / CONFIG).is_file():
        raise RunError(f"There is no run {run_id!r} in {workspace.runs}.")
    return RunFolder(path, _read_info(path))


def list_runs(workspace: Workspace) -> list[RunFolder]:
    """Open every run, newest first."""
    folders = [path.parent for path in workspace.runs.glob(f"*/{CONFIG}")]
    runs = [RunFolder(folder, _read_info(folder)) for folder in folders]
    return sorted(runs, key=lambda run: (run.info.created, run.id), reverse=True)


def _read_info(path: Path) -> RunInfo:
    values = read_json(path / CONFIG)
    known = {item.name for item in fields(RunInfo)}
    try:
        return RunInfo(**{key: value for key, value in values.items() if key in known})
    except (TypeError, AttributeError):
        raise RunError(f"{path / CONFIG} lacks fields of a run; the folder is damaged.") from None
