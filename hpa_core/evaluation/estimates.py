"""What every strategy is expected to give on one split of a run, as it lies in the run folder.

Axes: C classes. `estimates/<split>-<fallback>.json` is written anew after each strategy, so that a
reader sees them come and a stop loses only the one under way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from hpa_core.errors import ConfigError, RunError, ScoresError
from hpa_core.evaluation.gains import ClassGains
from hpa_core.evaluation.honesty import Honest, cross_fitted
from hpa_core.evaluation.options import Constraint, Options
from hpa_core.evaluation.strategies import Strategy
from hpa_core.files import checked_name, explained_os_errors, read_json, write_json
from hpa_core.intervals import Interval
from hpa_core.progress import Progress, quiet
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import predictions_hash, read_predictions
from hpa_core.runs.thresholds import Fallback

FOLDER = "estimates"


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One strategy's thresholds and what to expect of them.

    Attributes:
        options: what the strategy was told.
        created: when, ISO 8601 in UTC.
    """

    honest: Honest
    options: Options
    created: str


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """Strategies side by side, all on the same scores.

    Attributes:
        data_hash: SHA-256 of the predictions file.
        positives: of each class, (C,).
        found: by the strategy's name, in the order they were estimated.
    """

    run: str
    split: str
    fallback: Fallback
    data_hash: str
    samples: int
    positives: tuple[int, ...]
    found: dict[str, Estimate] = field(default_factory=dict)


def estimate_strategies(  # noqa: PLR0913 - of what, which ways, how they call, which chances
    run: RunFolder,
    split: str,
    strategies: Sequence[Strategy],
    *,
    options: Options | None = None,
    fallback: Fallback = "none",
    seed: int = 0,
    progress: Progress = quiet,
) -> Iterator[Estimates]:
    """Estimate strategies one by one; each is in the run folder when the result is yielded.

    What was estimated before on the same scores is kept, unless it is asked for anew.

    Raises:
        RunError: there are no predictions of the split.
        ScoresError: their truth is not known.
        ConfigError: the options lack what a strategy needs.
    """
    predictions = read_predictions(run, split)
    if predictions.targets is None:
        raise ScoresError(f"Run {run.id!r} has no truth for {split!r}: nothing can be estimated.")
    told = options or Options()
    for strategy in strategies:
        strategy.check(told)
    estimates = read_estimates(run, split, fallback) or Estimates(
        run=run.id,
        split=split,
        fallback=fallback,
        data_hash=predictions_hash(run, split),
        samples=len(predictions.ids),
        positives=tuple(predictions.targets.sum(axis=0).tolist()),
    )
    for number, strategy in enumerate(strategies):
        honest = cross_fitted(
            predictions.probs,
            predictions.targets,
            strategy=strategy,
            options=told,
            fallback=fallback,
            seed=seed,
            progress=_part(progress, number, len(strategies), strategy.name),
        )
        created = datetime.now(UTC).isoformat(timespec="seconds")
        one = Estimate(honest=honest, options=told, created=created)
        estimates = replace(estimates, found={**estimates.found, strategy.name: one})
        write_estimates(run, estimates)
        yield estimates


def estimates_path(run: RunFolder, split: str, fallback: Fallback) -> Path:
    """Return where the estimates lie or would lie."""
    return run.path / FOLDER / f"{checked_name(split, what='split')}-{fallback}.json"


def read_estimates(run: RunFolder, split: str, fallback: Fallback) -> Estimates | None:
    """Read what was estimated; None if nothing was, or on predictions that were replaced since.

    Raises:
        RunError: the file lacks parts of an estimate.
        WorkspaceError: it is not JSON.
    """
    path = estimates_path(run, split, fallback)
    if not path.is_file():
        return None
    try:
        estimates = _estimates(read_json(path))
    except (TypeError, KeyError, AttributeError, ConfigError):
        raise RunError(
            f"{path} lacks parts of an estimate; delete it, and estimate anew."
        ) from None
    return estimates if estimates.data_hash == predictions_hash(run, split) else None


def write_estimates(run: RunFolder, estimates: Estimates) -> Path:
    """Write the estimates into the run folder, replacing those on the same split and fallback.

    Raises:
        WorkspaceError: the run folder cannot be written.
    """
    path = estimates_path(run, estimates.split, estimates.fallback)
    with explained_os_errors(path):
        path.parent.mkdir(exist_ok=True)
    write_json(path, {**asdict(estimates), "found": _plain(estimates.found)})
    return path


def plain_estimate(estimate: Estimate) -> dict[str, Any]:
    """Return an estimate as JSON takes it."""
    plain: dict[str, Any] = _listed(asdict(estimate))
    plain["honest"]["gains"]["noise"] = estimate.honest.gains.noise.tolist()
    return plain


def _plain(found: dict[str, Estimate]) -> dict[str, Any]:
    return {name: plain_estimate(estimate) for name, estimate in found.items()}


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    return value.tolist() if isinstance(value, np.ndarray) else value


def _part(progress: Progress, number: int, parts: int, name: str) -> Progress:
    """Tell `progress` of one of several parts of equal length."""

    def tell(done: int, total: int, *, unit: str, note: str = "") -> None:
        progress(number * total + done, parts * total, unit=unit, note=note or name)

    return tell


def _estimates(values: dict[str, Any]) -> Estimates:
    found = {name: _estimate(item) for name, item in values["found"].items()}
    return Estimates(**{**values, "positives": tuple(values["positives"]), "found": found})


def _estimate(values: dict[str, Any]) -> Estimate:
    told, options = values["honest"], values["options"]
    gains = {name: np.array(told["gains"][name]) for name in ("value", "low", "high")}
    return Estimate(
        honest=Honest(
            thresholds=np.array(told["thresholds"]),
            in_sample=told["in_sample"],
            expected=told["expected"],
            interval=Interval(*told["interval"]),
            expected_f1=np.array(told["expected_f1"]),
            gains=ClassGains(**gains),
        ),
        options=Options(
            prevalence=None if options["prevalence"] is None else tuple(options["prevalence"]),
            constraints=tuple(Constraint(**each) for each in options["constraints"]),
            seed=options["seed"],
        ),
        created=values["created"],
    )
