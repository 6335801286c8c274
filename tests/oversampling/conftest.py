"""A small run with embeddings whose rare classes are known."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from hpa_core.classes import N_CLASSES
from hpa_core.oversampling.comparing import Trial
from hpa_core.oversampling.settings import Settings
from hpa_core.runs.folder import RunFolder, RunInfo, create_run
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.workspace import Workspace

MakeRun = Callable[..., RunFolder]


def planted(
    *, gap: float, samples: int = 120, rare: int = 12, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return features and labels: a frequent class that is easy, and a rare one.

    The rare class lies `gap` standard deviations off along the first feature; 0 makes it noise.
    """
    rng = np.random.default_rng(seed)
    targets = np.zeros((samples, 2), dtype=bool)
    targets[:, 0] = rng.random(samples) < 0.5
    targets[:rare, 1] = True
    features = rng.normal(size=(samples, 3))
    features[:, 0] += gap * targets[:, 1]
    features[:, 1] += 2 * targets[:, 0]
    return features, targets


def trial(
    *,
    gap: float = 2.0,
    samples: int = 120,
    rare: int = 12,
    groups: np.ndarray | None = None,
    **settings: object,
) -> Trial:
    features, targets = planted(gap=gap, samples=samples, rare=rare)
    asked = Settings(**{"folds": 2, "repeats": 2, "seed": 1, **settings})  # type: ignore[arg-type]
    return Trial(features=features, targets=targets, settings=asked, groups=groups)


def write_run(
    workspace: Workspace,
    *,
    split: str = "validation",
    embeddings: bool = True,
    truth: bool = True,
    **info: object,
) -> RunFolder:
    """Write the run `embedded`: 90 samples; classes 0 and 8 occur."""
    features, planted_targets = planted(gap=2, samples=90)
    targets = np.zeros((90, N_CLASSES), dtype=bool)
    targets[:, [0, 8]] = planted_targets
    noise = np.random.default_rng(1).uniform(-0.2, 0.2, targets.shape)
    run = create_run(workspace, RunInfo(id="embedded", kind="train", **info))  # type: ignore[arg-type]
    predictions = Predictions(
        ids=np.array([f"sample-{row:04d}" for row in range(90)]),
        probs=(np.where(targets, 0.7, 0.2) + noise).astype(np.float32),
        targets=targets if truth else None,
        embeddings=features.astype(np.float16) if embeddings else None,
    )
    write_predictions(run, split, predictions)
    return run


@pytest.fixture
def make_run(workspace: Workspace) -> MakeRun:
    """Return `write_run` for the test's workspace."""
    return partial(write_run, workspace)
