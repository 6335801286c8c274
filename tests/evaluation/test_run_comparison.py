"""Two runs on their common images, against scikit-learn."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import f1_score

from hpa_core.errors import ScoresError
from hpa_core.evaluation.run_comparison import compare_runs
from hpa_core.runs.predictions import Predictions


def predicted(seed: int, ids: range, noise: float) -> Predictions:
    truth = np.random.default_rng(0).random((100, 28)) < 0.3
    rng = np.random.default_rng(seed)
    probs = np.clip(0.3 + 0.4 * truth + rng.normal(0, noise, truth.shape), 0, 1)
    rows = rng.permutation(np.array(ids))
    return Predictions(
        ids=np.array([f"s{row}" for row in rows]),
        probs=probs[rows].astype(np.float32),
        targets=truth[rows],
    )


def test_the_difference_is_over_the_common_images_whatever_their_order() -> None:
    poor, good = predicted(1, range(80), 0.3), predicted(2, range(20, 100), 0.1)
    compared = compare_runs(poor, good, replicates=50)
    assert compared.images == 60
    scores = []
    for run in (poor, good):
        common = np.isin(run.ids, [f"s{row}" for row in range(20, 80)])
        scores.append(
            f1_score(run.targets[common], run.probs[common] > 0.5, average="macro", zero_division=0)
        )
    assert (compared.first, compared.second) == pytest.approx(tuple(scores), abs=1e-12)
    assert compared.gain.difference == pytest.approx(scores[1] - scores[0], abs=1e-12)
    assert compared.gain.interval.low > 0


def test_what_cannot_be_compared_is_refused_in_one_sentence() -> None:
    first = predicted(1, range(50), 0.2)
    with pytest.raises(ScoresError, match="No image was predicted by both runs"):
        compare_runs(first, predicted(2, range(50, 100), 0.2))
    with pytest.raises(ScoresError, match="is not known"):
        compare_runs(first, replace(first, targets=None))
    changed = first.targets.copy()
    changed[3, 5] ^= True
    with pytest.raises(ScoresError, match="labels of 1 common images differ"):
        compare_runs(first, replace(first, targets=changed))
