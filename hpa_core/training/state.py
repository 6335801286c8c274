"""The state of a training, and its checkpoints: enough to go on bit for bit.

    checkpoints/
        state-e00003-s0000000.safetensors 3 epochs behind it, 0 steps into the next; two are kept
        best.safetensors                  weights alone, of the best epoch
        epoch-00003.safetensors           the same of each of the best ones, where several are kept
        last.safetensors                  weights alone, of the last epoch

Order, augmentation, dropout and learning rate are functions of the seed and the step, so there is
no generator's state to keep. A state is one file with a checksum, renamed into place when it is
whole; one that is damaged is put aside and its predecessor taken.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.amp import GradScaler
from torch.optim import Optimizer

from hpa_core.errors import CheckpointError, RunError
from hpa_core.models.network import Network
from hpa_core.models.tensorfile import load_tensors, read_tensors, write_tensors
from hpa_core.models.weights import kept_weights
from hpa_core.runs.folder import STATES, RunFolder
from hpa_core.training.optimization import Average
from hpa_core.training.tally import Tally

STATE = "state-e{epoch:05}-s{step:07}.safetensors"
KEPT = 2
Merit = tuple[float, float]
"""What an epoch is worth, the higher the better (`Validation.merit`)."""


@dataclass(kw_only=True)
class TrainingState:
    """Everything that changes while training.

    Attributes:
        average: the moving average of the weights, or None.
        epoch: epochs that are wholly behind, validation included.
        step: steps done in the epoch after these.
        scaler: of the loss; does nothing but in fp16.
        leaders: the best epochs so far, counted from 1, and their merits; the best one first.
    """

    network: Network
    optimizer: Optimizer
    average: Average | None
    tally: Tally
    scaler: GradScaler
    epoch: int = 0
    step: int = 0
    leaders: tuple[tuple[int, Merit], ...] = ()

    def rank(self, merit: Merit, *, keep: int) -> None:
        """Note the merit of the epoch that is just behind; the best `keep` stay the leaders.

        Of equal epochs the earlier one leads.
        """
        ranked = sorted([*self.leaders, (self.epoch, merit)], key=lambda one: one[1], reverse=True)
        self.leaders = tuple(ranked[:keep])

    @property
    def leading(self) -> set[int]:
        """The best epochs so far."""
        return {epoch for epoch, _ in self.leaders}

    @property
    def best_epoch(self) -> int:
        """The best epoch so far; 0 before the first."""
        return self.leaders[0][0] if self.leaders else 0

    def exhausted(self, patience: int) -> bool:
        """Return whether `patience` epochs, if that is not 0, have brought no better one."""
        return 0 < patience <= self.epoch - self.best_epoch

    @property
    def evaluated(self) -> Network:
        """The network to validate and to predict with."""
        if self.average is None:
            return self.network
        return self.average.network


def save_state(folder: Path, state: TrainingState) -> Path:
    """Write a checkpoint to go on from, and only then drop what it makes superfluous.

    So a trainer killed in between leaves something too much, which the next start drops, and never
    lacks anything.

    Raises:
        WorkspaceError: the disk is full or the folder cannot be written; the others are as before.
    """
    path = folder / STATE.format(epoch=state.epoch, step=state.step)
    position = {
        "epoch": state.epoch,
        "step": state.step,
        "leaders": state.leaders,
        "scaler": state.scaler.state_dict(),
        "samples": state.tally.samples,
        "seconds": state.tally.seconds,
    }
    write_tensors(path, _tensors(state), {"hpa_state": json.dumps(position)})
    drop_superfluous(folder, state)
    return path


def drop_superfluous(folder: Path, state: TrainingState) -> None:
    """Remove checkpoints before the last two, and weights of epochs that lead no more."""
    for path in _newest_first(folder)[KEPT:]:
        path.unlink()
    for epoch, path in kept_weights(folder).items():
        if epoch not in state.leading:
            path.unlink()


def restore_state(folder: Path, state: TrainingState) -> list[str]:
    """Load the newest checkpoint that is whole into `state`.

    Returns:
        One sentence for each damaged checkpoint that was passed over.

    Raises:
        CheckpointError: there are checkpoints and none can be used, or one does not fit.
    """
    damaged: list[str] = []
    for path in _newest_first(folder):
        try:
            file = read_tensors(path, checksum=True)
        except CheckpointError as error:
            damaged.append(str(error))
            # Renamed, so that it is neither tried again nor counted as one of those to keep.
            path.rename(path.with_suffix(".damaged"))
            continue
        position = json.loads(file.metadata["hpa_state"])
        if missing := {"leaders", "scaler"} - position.keys():
            raise CheckpointError(
                f"{path} was written by an earlier version of this program (it lacks "
                f"{', '.join(sorted(missing))}); start a new run from last.safetensors beside it."
            )
        _load(state, file.tensors, position, path)
        return damaged
    if damaged:
        raise CheckpointError(
            f"No checkpoint in {folder} can be used: {' '.join(damaged)} Start a new run."
        )
    return damaged


def has_state(folder: Path) -> bool:
    """Return whether a training left anything to go on from."""
    return bool(_newest_first(folder))


def check_new(run: RunFolder) -> None:
    """Refuse to train over a run.

    Raises:
        RunError: it was trained before.
    """
    if has_state(run.checkpoints):
        raise RunError(f"Run {run.id!r} was trained before; resume it, or start a new run.")


def _newest_first(folder: Path) -> list[Path]:
    return sorted(folder.glob(STATES), reverse=True)


def _tensors(state: TrainingState) -> dict[str, Tensor]:
    parts: dict[str, Mapping[str, Tensor]] = {
        "network": state.network.state_dict(),
        "average": state.average.network.state_dict() if state.average else {},
        "optimizer": _optimizer_tensors(state.optimizer),
        "tally": {
            "loss": state.tally.loss,
            "counts": state.tally.counts,
            "right": state.tally.right,
        },
    }
    return {f"{part}/{name}": v for part, values in parts.items() for name, v in values.items()}


def _optimizer_tensors(optimizer: Optimizer) -> dict[str, Tensor]:
    """Flatten to `<parameter number>/<name>`; the groups' settings come from the config."""
    states = optimizer.state_dict()["state"]
    return {
        f"{number}/{name}": value
        for number, values in states.items()
        for name, value in values.items()
        if isinstance(value, Tensor)
    }


def _load(
    state: TrainingState, tensors: Mapping[str, Tensor], position: Mapping[str, Any], path: Path
) -> None:
    parts: dict[str, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        part, _, rest = name.partition("/")
        parts.setdefault(part, {})[rest] = value
    load_tensors(state.network, parts["network"], path)
    if state.average:
        load_tensors(state.average.network, parts.get("average", {}), path)
    _load_optimizer(state.optimizer, parts.get("optimizer", {}))
    device = state.tally.loss.device
    state.tally = Tally(
        **{name: value.to(device) for name, value in parts["tally"].items()},
        samples=int(position["samples"]),
        seconds=float(position["seconds"]),
    )
    state.epoch, state.step = int(position["epoch"]), int(position["step"])
    state.leaders = tuple((int(epoch), tuple(merit)) for epoch, merit in position["leaders"])
    state.scaler.load_state_dict(position["scaler"])


def _load_optimizer(optimizer: Optimizer, tensors: Mapping[str, Tensor]) -> None:
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    states: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        number, _, name = key.partition("/")
        like = parameters[int(number)]
        # Sums over another memory layout are rounded elsewhere, so the parameter's is restored.
        fits = value.shape == like.shape
        restored = torch.empty_like(like).copy_(value) if fits else value
        states.setdefault(int(number), {})[name] = restored
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": states, "param_groups": groups})
