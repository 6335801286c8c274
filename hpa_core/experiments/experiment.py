"""An experiment on disk: which runs belong to which variant and seed.

    workspace/experiments/<name>.json

The runs are ordinary ones; the file names them and nothing else, so what they say is read from
their own folders.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hpa_core.config import TrainConfig
from hpa_core.data.dataset import Dataset
from hpa_core.errors import ConfigError, RunError
from hpa_core.experiments.kinds import Kind, kind_named
from hpa_core.files import checked_name, explained_os_errors, read_json, write_json
from hpa_core.imbalance.plan_files import list_plans, write_plan
from hpa_core.imbalance.plan_runs import create_planned_run
from hpa_core.imbalance.planning import make_plan
from hpa_core.imbalance.presets import PLAN_PRESETS
from hpa_core.jobs import JobBackend
from hpa_core.jobs.trainings import start_training
from hpa_core.runs.folder import open_run
from hpa_core.workspace import Workspace

MOST_SEEDS = 20
WHOLE = {"patience": 0}
"""An early stop would choose the last epoch on the images that it is scored on."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """One run of an experiment."""

    run: str
    variant: str
    seed: int


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """One question asked of one dataset.

    Attributes:
        kind: of the question (see `kinds`).
        members: the runs, variants within seeds.
    """

    name: str
    kind: str
    dataset: str
    created: str
    members: tuple[Member, ...]


def create_experiment(  # noqa: PLR0913 - what is asked, of what, under which name
    workspace: Workspace,
    dataset: Dataset,
    kind: Kind,
    *,
    base: TrainConfig,
    seeds: Sequence[int],
    name: str,
) -> Experiment:
    """Make the runs of an experiment; nothing is trained yet (see `start_experiment`).

    A resampling plan that a variant names is made from its preset where the dataset has none of
    that name.

    Args:
        workspace: where.
        dataset: what is trained on.
        kind: the question.
        base: settings of every run, but for what the kind and the seed change.
        seeds: one run a variant and seed.
        name: of the experiment; unique in the workspace.

    Raises:
        ConfigError: the seeds cannot be meant, or settings do not fit together.
        RunError: an experiment of that name exists.
        DatasetError, PlanError, WorkspaceError: as for a single run.
    """
    path = _path(workspace, name)
    if path.exists():
        raise RunError(f"An experiment {name!r} exists already; choose another name.")
    if not 0 < len(seeds) <= MOST_SEEDS or len(set(seeds)) < len(seeds):
        raise ConfigError(
            f"An experiment takes 1 to {MOST_SEEDS} different seeds; found {list(seeds)}."
        )
    configs = [
        (variant, seed, _config(base, {**kind.common, **changes, **WHOLE, "seed": seed}))
        for seed in seeds
        for variant, changes in kind.variants.items()
    ]
    _make_plans(dataset, [config for _, _, config in configs])
    members = tuple(
        Member(
            run=create_planned_run(workspace, dataset, config, name=_run_name(name, variant)).id,
            variant=variant,
            seed=seed,
        )
        for variant, seed, config in configs
    )
    made = Experiment(
        name=name,
        kind=kind.name,
        dataset=dataset.info.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        members=members,
    )
    with explained_os_errors(path):
        path.parent.mkdir(exist_ok=True)
    write_json(path, asdict(made))
    return made


def start_experiment(workspace: Workspace, experiment: Experiment, backend: JobBackend) -> None:
    """Queue every run that has not finished, in order; one that waits or runs stays as it is."""
    for member in experiment.members:
        start_training(open_run(workspace, member.run), backend)


def read_experiment(workspace: Workspace, name: str) -> Experiment:
    """Read an experiment.

    Raises:
        RunError: there is none of that name, or its file is damaged.
    """
    path = _path(workspace, name)
    if not path.is_file():
        names = ", ".join(item.name for item in list_experiments(workspace)) or "none yet"
        raise RunError(f"There is no experiment {name!r}; there is: {names}.")
    return _read(path)


def list_experiments(workspace: Workspace) -> list[Experiment]:
    """Every experiment of the workspace, newest first."""
    found = [_read(path) for path in _folder(workspace).glob("[!.]*.json")]
    return sorted(found, key=lambda item: (item.created, item.name), reverse=True)


def _config(base: TrainConfig, changes: dict[str, Any]) -> TrainConfig:
    return TrainConfig.from_dict({**base.to_dict(), **changes})


def _make_plans(dataset: Dataset, configs: Sequence[TrainConfig]) -> None:
    known = {saved.name for saved in list_plans(dataset)}
    for name, split in dict.fromkeys((config.plan, config.train_split) for config in configs):
        if name and name not in known:
            steps = PLAN_PRESETS[name](dataset.targets[dataset.rows(split)])
            write_plan(dataset, make_plan(dataset, steps, split=split, name=name))


def _run_name(experiment: str, variant: str) -> str:
    return f"{experiment}-{variant.replace(' ', '-')}"


def _read(path: Path) -> Experiment:
    values = read_json(path)
    try:
        members = tuple(Member(**member) for member in values.pop("members"))
        experiment = Experiment(**values, members=members)
    except (TypeError, KeyError, AttributeError):
        raise RunError(f"{path} is not an experiment; delete it.") from None
    kind_named(experiment.kind)
    return experiment


def _folder(workspace: Workspace) -> Path:
    return workspace.root / "experiments"


def _path(workspace: Workspace, name: str) -> Path:
    return _folder(workspace) / f"{checked_name(name, what='experiment')}.json"
