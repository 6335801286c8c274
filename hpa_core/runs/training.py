"""A run folder for a training that has not begun: written by the page or the command line.

Knows neither torch nor datasets: the caller passes what it knows of the dataset.
"""

from hpa_core.config import TrainConfig
from hpa_core.files import checked_name
from hpa_core.runs.folder import RunFolder, RunInfo, create_run, new_run_id
from hpa_core.workspace import Workspace

PLAN = "plan.json"
"""The run's own copy of the plan it learns from, where it has one."""


def create_training_run(  # noqa: PLR0913 - the keyword-only facts of one run
    workspace: Workspace,
    config: TrainConfig,
    *,
    name: str,
    dataset_hash: str,
    synthetic: bool,
    plan: bytes | None = None,
) -> RunFolder:
    """Make the folder of a training run; `python -m hpa_core train --run ID` then trains it.

    Args:
        workspace: where.
        config: the settings, stored in the run.
        name: a word for people; the run id is the time, this name and four random digits.
        dataset_hash: `Dataset.content_hash` of the splits; training refuses a dataset that has
            changed since.
        synthetic: `DatasetInfo.synthetic`.
        plan: what `plan.json` holds; given exactly where the settings name a plan.

    Raises:
        WorkspaceError: the name cannot be a folder's, or the workspace cannot be written.
    """
    if bool(config.plan) != bool(plan):
        raise ValueError("a plan's content goes with its name in the settings")
    info = RunInfo(
        id=new_run_id(checked_name(name, what="run")),
        kind="train",
        dataset=config.dataset,
        dataset_hash=dataset_hash,
        synthetic=synthetic,
        settings=config.to_dict(),
    )
    return create_run(workspace, info, files={PLAN: plan} if plan else None)
