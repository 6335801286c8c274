"""From a run's config to everything the loop works with.

Axes: N samples of a part, C classes (28).
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor, nn
from torch.amp import GradScaler

from hpa_core.config import TrainConfig
from hpa_core.data.dataset import Dataset, open_dataset
from hpa_core.data.duplicates.leaks import check_leaks
from hpa_core.errors import DatasetError
from hpa_core.files import write_json
from hpa_core.imbalance.fold_runs import check_unchanged
from hpa_core.imbalance.plan_runs import read_run_plan
from hpa_core.loading.order import batch_parts, epoch_batches
from hpa_core.loading.source import Source, open_source
from hpa_core.models.devices import compiled, compute_device, number_format, place
from hpa_core.models.network import Network
from hpa_core.models.weights import build_network
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.metrics import METRICS, truncate_metrics
from hpa_core.training.losses import Loss, build_loss
from hpa_core.training.optimization import Average, build_optimizer
from hpa_core.training.ranks import Ranks, is_first
from hpa_core.training.reporting import Reporter, log
from hpa_core.training.sharing import shared
from hpa_core.training.state import (
    TrainingState,
    drop_superfluous,
    has_state,
    restore_state,
)
from hpa_core.training.tally import Tally
from hpa_core.workspace import Workspace

FIRST_WEIGHTS = "weights.json"
"""Beside the run's config: where its first weights came from."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """The rows to learn from, or to measure on.

    Attributes:
        source: their images, by position.
        ids: (N,) of str.
        targets: (N, 28).
    """

    source: Source
    ids: np.ndarray
    targets: Bool[np.ndarray, "N C"]


@dataclass(frozen=True, kw_only=True)
class Training:
    """Everything the loop works with.

    Attributes:
        learnt: the training rows; `learnt_targets` are theirs, 0 or 1, on the device.
        loss: of training and validation alike.
        steps: optimizer steps of an epoch.
        stop: whether somebody asked to stop.
        ranks: the processes of this training.
        network: the state's, as a step calls it.
    """

    run: RunFolder
    config: TrainConfig
    device: torch.device
    learnt: Part
    learnt_targets: Tensor
    measured: Part
    state: TrainingState
    loss: Loss
    steps: int
    reporter: Reporter
    stop: Callable[[], bool]
    ranks: Ranks
    network: nn.Module


def prepare(
    workspace: Workspace,
    run: RunFolder,
    *,
    reporter: Reporter,
    stop: Callable[[], bool],
    ranks: Ranks,
) -> Training:
    """Open the dataset, build the network, and go on from a checkpoint where there is one.

    Raises:
        DatasetError: the dataset is missing, has changed since the run was made, is too small, or
            has the very same image in both splits.
        PlanError: the run's plan is missing, damaged, or of another state of the dataset.
        ConfigError, CheckpointError: device, first weights or checkpoints cannot be used.
    """
    config = TrainConfig.from_dict(run.info.settings)
    device = compute_device(config.device)
    dataset = open_dataset(workspace, run.info.dataset)
    check_unchanged(run, dataset)
    if leaks := check_leaks(dataset, config.train_split, config.validation_split).sentence:
        log.warning("%s", leaks)
    with ranks.first_alone():
        state = _first_state(run, config, device)
        _go_on(run, state, writes=ranks.first)
    learnt = _part(dataset, _learnt_rows(dataset, run, config), config, device)
    measured = _part(dataset, dataset.rows(config.validation_split), config, device)
    batches = epoch_batches(len(learnt.ids), config.batch_size, seed=0, epoch=0)
    parts = [len(part) for batch in batches for part in batch_parts(batch, config.accumulate)]
    ranks.check_smallest(min(parts), what="The smallest batch, or part of one, of an epoch")
    ranks.check_smallest(len(measured.ids), what=f"Split {config.validation_split!r}")
    return Training(
        run=run,
        config=config,
        device=device,
        learnt=learnt,
        learnt_targets=torch.from_numpy(learnt.targets).float().to(device),
        measured=measured,
        state=state,
        loss=build_loss(config.loss, learnt.targets, device),
        steps=len(batches),
        reporter=reporter,
        stop=stop,
        ranks=ranks,
        network=compiled(shared(state.network, ranks), config.compile),
    )


def _learnt_rows(dataset: Dataset, run: RunFolder, config: TrainConfig) -> Int[np.ndarray, " N"]:
    """Return the rows of an epoch: those of the split, as often as the run's plan shows them."""
    rows = dataset.rows(config.train_split)
    if plan := read_run_plan(run, dataset):
        log.info(
            "plan %s shows %d samples an epoch, from %d", config.plan, plan.copies.sum(), len(rows)
        )
        rows = rows[plan.positions]
    if len(rows) < 2:
        raise DatasetError(
            f"An epoch over split {config.train_split!r} of dataset {config.dataset!r} has one "
            "sample; training needs at least two."
        )
    return rows


def _part(
    dataset: Dataset, rows: Int[np.ndarray, " N"], config: TrainConfig, device: torch.device
) -> Part:
    source = open_source(dataset.images, rows, image_size=config.image_size, device=device)
    return Part(source=source, ids=dataset.ids[rows], targets=dataset.targets[rows])


def _first_state(run: RunFolder, config: TrainConfig, device: torch.device) -> TrainingState:
    network = place(_first_network(run, config), device)
    return TrainingState(
        network=network,
        optimizer=build_optimizer(network, config),
        average=Average(network, config.ema_decay) if config.ema_decay else None,
        tally=Tally.empty(device),
        scaler=GradScaler(
            device.type, enabled=number_format(device, config.precision) == torch.float16
        ),
    )


def _first_network(run: RunFolder, config: TrainConfig) -> Network:
    torch.manual_seed(config.seed)
    if has_state(run.checkpoints):
        return build_network(config.model, "random", pool=config.pool)[0]  # A checkpoint follows.
    network, first = build_network(config.model, config.weights, pool=config.pool)
    log.info("%s starts from %s", config.model, first)
    if is_first():
        write_json(run.path / FIRST_WEIGHTS, asdict(first))
    return network


def _go_on(run: RunFolder, state: TrainingState, *, writes: bool) -> None:
    if has_state(run.checkpoints):
        for sentence in restore_state(run.checkpoints, state):
            log.warning("%s Its predecessor is used.", sentence)
        log.info("goes on after %d epochs and %d steps", state.epoch, state.step)
    # A trainer killed around its checkpoint may have left a line, or weights, too many.
    if writes:
        drop_superfluous(run.checkpoints, state)
        truncate_metrics(run.path / METRICS, state.epoch)
