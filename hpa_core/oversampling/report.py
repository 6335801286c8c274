"""What a comparison found, as it lies in the run folder: `oversampling/<split>.json`."""

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from hpa_core.errors import ConfigError, RunError
from hpa_core.evaluation.paired import Difference, Estimate
from hpa_core.files import checked_name, explained_os_errors, read_json, write_json
from hpa_core.oversampling.settings import Settings, Thresholds
from hpa_core.runs.folder import RunFolder

FOLDER = "oversampling"
FeatureKind = Literal["embeddings", "scores"]


@dataclass(frozen=True, kw_only=True)
class VariantScore:
    """How one variant scored with one kind of thresholds.

    Attributes:
        macro: macro F1 of all held-out calls, mean of the repeats.
        f1: of each class, (C,).
        rows_made: mean number of rows added to a fold's fitting rows.
    """

    variant: str
    thresholds: Thresholds
    macro: Estimate
    f1: tuple[float, ...]
    rows_made: float


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One variant against another, with one kind of thresholds.

    Attributes:
        classes: the difference of each class, (C,); intervals hold for all classes at once.
    """

    variant: str
    against: str
    thresholds: Thresholds
    macro: Difference
    classes: tuple[Difference, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """One comparison: on which data, how it was done, what it found.

    Attributes:
        data_hash: SHA-256 of the predictions file.
        features: what the heads were fitted on: the run's embeddings, or its scores' log-odds.
        width: number of features.
        seen: whether the network learnt from these very samples, which flatters every head.
        groups: number of groups that were kept whole; as many as samples where none are known.
        positives: of each class, (C,).
        minority: classes that rows are made for, judged on the whole split.
        seconds: how long it took.
    """

    run: str
    split: str
    dataset: str
    synthetic: bool
    data_hash: str
    features: FeatureKind
    width: int
    seen: bool
    samples: int
    groups: int
    positives: tuple[int, ...]
    minority: tuple[int, ...]
    settings: Settings
    scores: tuple[VariantScore, ...]
    comparisons: tuple[Comparison, ...]
    created: str
    seconds: float

    def comparison(self, variant: str, against: str, thresholds: str) -> Comparison:
        """Return one comparison.

        Raises:
            KeyError: it was not made.
        """
        wanted = (variant, against, thresholds)
        for item in self.comparisons:
            if (item.variant, item.against, item.thresholds) == wanted:
                return item
        raise KeyError(wanted)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, with each difference's verdict said."""
        values = asdict(self)
        for item, plain in zip(self.comparisons, values["comparisons"], strict=True):
            plain["macro"]["verdict"] = item.macro.verdict
            for one, row in zip(item.classes, plain["classes"], strict=True):
                row["verdict"] = one.verdict
        return values


def report_path(run: RunFolder, split: str) -> Path:
    """Return where the report on `split` lies or would lie."""
    return run.path / FOLDER / f"{checked_name(split, what='split')}.json"


def write_report(run: RunFolder, report: Report) -> Path:
    """Write a report into its run; one on the same split is replaced.

    Raises:
        WorkspaceError: the run folder cannot be written.
    """
    path = report_path(run, report.split)
    with explained_os_errors(path):
        path.parent.mkdir(exist_ok=True)
    write_json(path, report.to_dict())
    return path


def read_report(run: RunFolder, split: str) -> Report | None:
    """Read the report on `split`; None if there is none.

    Raises:
        RunError: the file lacks parts of a report.
        WorkspaceError: it is not JSON.
    """
    path = report_path(run, split)
    if not path.is_file():
        return None
    try:
        return _report(read_json(path))
    except (TypeError, KeyError, AttributeError, ConfigError):
        raise RunError(f"{path} lacks parts of a report; compare again to replace it.") from None


def _report(values: dict[str, Any]) -> Report:
    parts = {
        "settings": Settings(**values["settings"]),
        "scores": tuple(
            VariantScore(**{**item, "macro": Estimate(**item["macro"]), "f1": tuple(item["f1"])})
            for item in values["scores"]
        ),
        "comparisons": tuple(
            Comparison(
                **{
                    **item,
                    "macro": _difference(item["macro"]),
                    "classes": tuple(_difference(row) for row in item["classes"]),
                }
            )
            for item in values["comparisons"]
        ),
        "positives": tuple(values["positives"]),
        "minority": tuple(values["minority"]),
    }
    known = {field.name for field in fields(Report)}
    return Report(**{key: value for key, value in {**values, **parts}.items() if key in known})


def _difference(values: dict[str, Any]) -> Difference:
    return Difference(value=values["value"], low=values["low"], high=values["high"])
