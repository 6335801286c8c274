"""The training loop, to be read from top to bottom.

    prepare -> for each epoch: steps, validation, figures, checkpoint -> end

One process, or several that share each batch and come to the same state (see `ranks`); the first
one alone writes.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from itertools import islice
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hpa_core.config import TrainConfig
from hpa_core.errors import ConfigError, TrainingError
from hpa_core.loading.order import plain_batches
from hpa_core.models.scoring import score
from hpa_core.models.weights import WeightsInfo, save_weights
from hpa_core.progress import Progress, quiet
from hpa_core.runs.folder import BEST, EPOCH, LAST, RunFolder
from hpa_core.runs.lock import run_lock
from hpa_core.runs.metrics import METRICS, append_metrics
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.runs.stopping import never
from hpa_core.training.batches import steps_ahead
from hpa_core.training.optimization import learning_rate
from hpa_core.training.preparation import Training, prepare
from hpa_core.training.ranks import is_first, joined_ranks
from hpa_core.training.reporting import Reporter, failure_reported, log
from hpa_core.training.state import check_new, save_state
from hpa_core.training.steps import Watch, check_scores, train_step
from hpa_core.training.tally import Tally
from hpa_core.training.validation import Validation, measure
from hpa_core.workspace import Workspace

GPU_WATCH_INTERVAL = 20
"""Steps between two looks at the loss on a GPU, each of which waits for it."""


class StopTraining(Exception):  # noqa: N818 - a request, not an error
    """A stop was asked for, at a point where the state can be saved."""


def train(
    workspace: Workspace,
    run: RunFolder,
    *,
    resume: bool = False,
    progress: Progress = quiet,
    stop: Callable[[], bool] = never,
) -> None:
    """Train `run` as its config says, and leave checkpoints, figures and predictions in it.

    Args:
        workspace: where the dataset lies.
        run: made by `create_training_run`.
        resume: go on from the newest checkpoint, bit for bit on a CPU; begin where there is none.
        progress: called after every step.
        stop: asked before every step; once it says yes, the state is saved and this returns.

    Raises:
        RunError: the run is being trained, or was trained and `resume` is not set.
        ConfigError: the settings cannot be met on this machine.
        DatasetError: the dataset is missing, has changed or is too small.
        PlanError: the run's resampling plan cannot be used.
        CheckpointError: weights or checkpoints cannot be used.
        TrainingError: a loss or gradient is not a finite number, or the GPU's memory is too small.
        WorkspaceError: the run folder cannot be written.
    """
    config = TrainConfig.from_dict(run.info.settings)
    first = is_first()
    with run_lock(run.path) if first else nullcontext():
        if first and not resume:
            check_new(run)
        reporter = Reporter(run, epochs=config.epochs, progress=progress, silent=not first)
        with failure_reported(reporter), joined_ranks() as ranks:
            training = prepare(workspace, run, reporter=reporter, stop=stop, ranks=ranks)
            try:
                _run_epochs(training)
            except StopTraining:
                if first:
                    save_state(run.checkpoints, training.state)
                reporter.end("stopped", f"stopped in {_position(training)}; it can be resumed")
            else:
                reporter.end("finished", _last_word(training))


def _run_epochs(training: Training) -> None:
    try:
        while not _is_over(training):
            _train_epoch(training)
            _finish_epoch(training, _validate(training))
    except torch.OutOfMemoryError:
        raise TrainingError(
            f"The GPU's memory is too small for batches of {training.config.batch_size} images of "
            f"{training.config.image_size} px; raise accumulate, or lower batch_size or image_size."
        ) from None
    except RuntimeError as error:
        # By name: to import the compiler's errors is to import the compiler, which takes seconds.
        if not type(error).__module__.startswith("torch._dynamo"):
            raise
        reason = " ".join(str(error).split())
        raise ConfigError(
            f"The network cannot be compiled here ({reason:.200}); choose compile 'none'."
        ) from None


def _is_over(training: Training) -> bool:
    state, config = training.state, training.config
    return state.epoch >= config.epochs or state.exhausted(config.patience)


def _train_epoch(training: Training) -> None:
    """Take the steps of the epoch that are not yet behind."""
    config, state, ranks = training.config, training.state, training.ranks
    watch = Watch(
        training.learnt.ids, interval=GPU_WATCH_INTERVAL if training.device.type == "cuda" else 1
    )
    state.network.train()
    began = time.monotonic()
    for positions, parts in steps_ahead(training):
        if ranks.any(training.stop()):
            watch.look()
            raise StopTraining
        health = train_step(
            state,
            config,
            parts,
            loss=training.loss,
            steps=training.steps,
            network=training.network,
            ranks=ranks,
        )
        watch.add(health, positions)
        began = _count_seconds(state.tally, began)
        if training.reporter.at(epoch=state.epoch + 1, step=state.step, steps=training.steps):
            training.reporter.say(_position(training))
    watch.look()
    _count_seconds(state.tally, began)


def _validate(training: Training) -> Validation:
    """Score the validation split with the network that predictions would use.

    Raises:
        StopTraining: the epoch's steps are behind, its validation is not.
        TrainingError: scores are not finite numbers.
    """
    config, measured, ranks = training.config, training.measured, training.ranks
    own = np.arange(len(measured.ids))[ranks.share(len(measured.ids))]
    batches = plain_batches(own, config.batch_size)
    images = _until_stopped(training, measured.source.batches(batches))
    own_logits, own_embeddings = score(training.state.evaluated, images, precision=config.precision)
    logits, embeddings = ranks.joined(own_logits), ranks.joined(own_embeddings)
    check_scores(logits, measured.ids)
    return measure(logits, embeddings, measured.targets, loss=training.loss)


def _finish_epoch(training: Training, validation: Validation) -> None:
    """Leave what the epoch brought; the checkpoint comes last and makes the rest count.

    A trainer killed before it repeats the epoch and writes the same again.
    """
    config, state, run = training.config, training.state, training.run
    figures = {**state.tally.metrics(), **validation.metrics}
    last_step = (state.epoch + 1) * training.steps - 1
    rate = learning_rate(config, step=last_step, steps=training.steps * config.epochs)
    state.epoch, state.step, state.tally = state.epoch + 1, 0, Tally.empty(training.device)
    state.rank(validation.merit(config.best_by), keep=config.keep_best)
    if not training.ranks.first:
        return
    append_metrics(run.path / METRICS, {"epoch": state.epoch, "learning_rate": rate, **figures})
    if state.best_epoch == state.epoch:
        _write_validation(training, validation)
    _write_weights(training)
    save_state(run.checkpoints, state)
    log.info("%s", _epoch_line(training, figures))


def _write_weights(training: Training) -> None:
    config, state, run = training.config, training.state, training.run
    info = WeightsInfo(
        model=config.model,
        image_size=config.image_size,
        pool=config.pool,
        epoch=state.epoch,
        run=run.id,
        dataset=config.dataset,
        synthetic=run.info.synthetic,
    )
    names = {
        BEST: state.best_epoch == state.epoch,
        EPOCH.format(epoch=state.epoch): config.keep_best > 1 and state.epoch in state.leading,
        LAST: True,
    }
    for name, wanted in names.items():
        if wanted:
            save_weights(run.checkpoints / name, state.evaluated, info)


def _write_validation(training: Training, validation: Validation) -> None:
    predictions = Predictions(
        ids=training.measured.ids,
        probs=validation.probs,
        targets=training.measured.targets,
        embeddings=validation.embeddings,
    )
    write_predictions(training.run, training.config.validation_split, predictions)


def _until_stopped(training: Training, batches: Iterable[Tensor]) -> Iterator[Tensor]:
    samples, ranks = len(training.measured.ids), training.ranks
    most = -(-samples // ranks.size)  # of one process; the shares differ by one sample at most
    ahead = iter(batches)
    for _ in range(-(-most // training.config.batch_size)):
        if ranks.any(training.stop()):
            raise StopTraining
        yield from islice(ahead, 1)


def _count_seconds(tally: Tally, began: float) -> float:
    now = time.monotonic()
    tally.seconds += now - began
    return now


def _last_word(training: Training) -> str:
    state, config = training.state, training.config
    early = f"no better epoch in {config.patience}: ended early; " * (state.epoch < config.epochs)
    name = {"f1_macro": "macro F1", "f1_macro_tuned": "tuned macro F1", "loss": "loss"}
    epoch, (merit, _) = state.leaders[0]
    return f"{early}best {name[config.best_by]} {abs(merit):.4f} in epoch {epoch}"


def _position(training: Training) -> str:
    state = training.state
    loss = f", loss {float(state.tally.loss) / state.tally.samples:.4f}" if state.step else ""
    return f"epoch {state.epoch + 1} of {training.config.epochs}{loss}"


def _epoch_line(training: Training, figures: Mapping[str, Any]) -> str:
    return (
        f"epoch {training.state.epoch} of {training.config.epochs}: "
        f"loss {figures['loss/train']:.4f}, validation {figures['loss/validation']:.4f}, "
        f"macro F1 {figures['f1_macro/validation']:.4f} "
        f"({figures['f1_macro_tuned/validation']:.4f} with thresholds tuned on the same samples), "
        f"{figures['rate/train(images/s)']:.0f} images/s"
    )
