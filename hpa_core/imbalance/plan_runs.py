"""Training runs that learn from a plan: the run folder keeps its own copy, `plan.json`.

What is done to the dataset's plan later changes nothing for the run, and it resumes exactly.
"""

from hpa_core.config import TrainConfig
from hpa_core.data.dataset import Dataset
from hpa_core.data.duplicates.leaks import check_leaks
from hpa_core.imbalance.fold_runs import check_folds
from hpa_core.imbalance.plan import Plan
from hpa_core.imbalance.plan_files import check_plan, plan_to_json, read_plan, read_plan_file
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.training import PLAN, create_training_run
from hpa_core.workspace import Workspace


def create_planned_run(
    workspace: Workspace, dataset: Dataset, config: TrainConfig, *, name: str
) -> RunFolder:
    """Make the folder of a training run on `dataset`, with the plan that its settings name.

    Raises:
        DatasetError: the settings name splits or folds that are missing, that share samples, or
            that the very same image is in.
        PlanError: the plan is missing, stale, damaged, or of another split than `train_split`.
        WorkspaceError: a name cannot be a file's, or the workspace cannot be written.
    """
    splits, plan = (config.train_split, config.validation_split), None
    check_folds(dataset, config)
    check_leaks(dataset, *splits)
    if config.plan:
        plan = plan_to_json(read_plan(dataset, config.plan, split=config.train_split))
    return create_training_run(
        workspace,
        config,
        name=name,
        dataset_hash=dataset.content_hash(*splits),
        synthetic=dataset.info.synthetic,
        plan=plan,
    )


def read_run_plan(run: RunFolder, dataset: Dataset) -> Plan | None:
    """Read the plan a run learns from; None where every row of its split is shown once.

    Raises:
        PlanError: the run's copy is missing or damaged, or is of other labels or another split.
    """
    config = TrainConfig.from_dict(run.info.settings)
    if not config.plan:
        return None
    plan = read_plan_file(run.path / PLAN)
    check_plan(dataset, plan, split=config.train_split)
    return plan
