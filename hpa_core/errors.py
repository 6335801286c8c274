"""Errors the user can mend; everything else is our bug and keeps its traceback.

HpaError
├── WorkspaceError      a folder or file of the workspace cannot be used
├── LabelTableError     a CSV of ids and class numbers breaks its contract
├── ImageError          one image file cannot become one grey channel
├── DatasetError        a dataset is missing, stale or damaged
├── PlanError           a resampling plan is missing, stale or damaged
├── DownloadError       files cannot be fetched from where they were said to be
├── ScoresError         probabilities from outside break their contract
├── FilterError         the text of a filter cannot be read, or asks what is not known
├── RunError            a run folder is missing, locked or damaged
├── CheckpointError     weights are damaged, unsafe or of another shape
├── ConfigError         a setting has a value that cannot be meant
├── JobError            a job cannot be started, found or stopped
│   └── HeadUnreachableError     Ray's head does not answer (jobs/ray_head.py)
├── TrainingError       training cannot go on (a loss that is not a number, ...)
└── LabelingError       an act of labelling was not recorded, or labels cannot be read
    ├── ConflictError   somebody else labelled the sample meanwhile
    ├── RoleError       the person's role does not allow it
    └── LabelsUnavailableError   the database cannot be used now; the act may be sent again
"""

from typing import Any


class HpaError(Exception):
    """One sentence: the thing, what was expected, what was found, then the next action."""


class WorkspaceError(HpaError):
    """A folder or file of the workspace cannot be used."""


class LabelTableError(HpaError):
    """A table of ids and class numbers breaks its contract."""


class ImageError(HpaError):
    """One image file cannot become one grey channel.

    The sentence begins with the name of the file, where it is given, and `file` keeps it.
    """

    def __init__(self, sentence: str, *, file: str = "") -> None:
        super().__init__(f"{file} {sentence}" if file else sentence)
        self.file = file


class DatasetError(HpaError):
    """A dataset is missing, stale or damaged."""


class PlanError(HpaError):
    """A resampling plan is missing, stale or damaged."""


class DownloadError(HpaError):
    """Files cannot be fetched from where they were said to be."""


class ScoresError(HpaError):
    """Probabilities from outside break their contract."""


class FilterError(HpaError):
    """The text of a filter cannot be read, or asks what is not known.

    `position` is the place in the text, from 1; None where the whole is meant.
    """

    def __init__(self, position: int | None, sentence: str) -> None:
        where = f", position {position}" if position else ""
        super().__init__(f"Filter{where}: {sentence}.".replace("?.", "?"))
        self.position = position


class RunError(HpaError):
    """A run folder is missing, locked or damaged."""


class CheckpointError(HpaError):
    """Weights are damaged, unsafe to load or of another shape."""


class ConfigError(HpaError):
    """A setting has a value that cannot be meant."""


class JobError(HpaError):
    """A job cannot be started, found or stopped."""


class TrainingError(HpaError):
    """Training cannot go on."""


class LabelingError(HpaError):
    """An act of labelling was not recorded, or labels cannot be read."""


class ConflictError(LabelingError):
    """A sample was labelled by somebody else since it was looked at; nothing was recorded.

    `meanwhile` holds what happened since, as `labeling.events.Event`s, oldest first.
    """

    def __init__(self, sentence: str, *, meanwhile: tuple[Any, ...] = ()) -> None:
        super().__init__(sentence)
        self.meanwhile = meanwhile


class RoleError(LabelingError):
    """The person's role does not allow what was asked."""


class LabelsUnavailableError(LabelingError):
    """The label database cannot be used now; the same act may be sent again later."""
