"""`calibration` as a user types it, against scikit-learn."""

import json

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import log_loss


def test_bins_errors_and_loss_are_scikit_learns(hpa, run_name, probs, truth) -> None:
    said = json.loads(hpa("calibration", run_name, "--json").stdout)
    expected = log_loss(truth.ravel(), probs.astype(float).ravel())
    assert said["log_loss"] == pytest.approx(expected, abs=1e-12)
    for number, row in enumerate(said["per_class"]):
        share, score = calibration_curve(
            truth[:, number], probs[:, number], n_bins=10, strategy="quantile"
        )
        assert [each["share"] for each in row["bins"]] == pytest.approx(share.tolist())
        assert [each["score"] for each in row["bins"]] == pytest.approx(score.tolist(), abs=1e-6)
        assert row["error"] == pytest.approx(np.abs(share - score).mean(), abs=1e-6)
        assert row["positives"] == truth[:, number].sum()


def test_the_temperature_of_least_loss_is_told_with_what_it_means(
    hpa, tmp_path, ids_csv, truth
) -> None:
    logits = 4 * (truth - 0.5 + np.random.default_rng(2).normal(0, 1, truth.shape))
    probs = (1 / (1 + np.exp(-logits))).astype(np.float32)
    np.save(tmp_path / "sure.npy", probs)
    source = (tmp_path / "sure.npy", "--ids", ids_csv, "--name", "sure")
    assert hpa("import", "scores", *source).returncode == 0
    found = json.loads(hpa("calibration", "sure", "--json").stdout)["temperature"]

    def loss(temperature: float) -> float:
        return log_loss(truth.ravel(), (1 / (1 + np.exp(-logits / temperature))).ravel())

    assert loss(found) < min(loss(found * 0.98), loss(found * 1.02))
    told = hpa("calibration", "sure").stdout
    assert f"temperature {found:.2f}: the scores are too sure." in told
    assert "27 Rods & rings" in told


def test_without_truth_calibration_is_refused_in_one_sentence(hpa, tmp_path, probs, ids) -> None:
    np.save(tmp_path / "scores.npy", probs)
    (tmp_path / "bare.csv").write_text("\n".join(["Id", *ids]) + "\n")
    source = (tmp_path / "scores.npy", "--ids", tmp_path / "bare.csv")
    assert hpa("import", "scores", *source, "--name", "bare").returncode == 0
    ended = hpa("calibration", "bare")
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "has no truth for 'validation'" in ended.stderr
