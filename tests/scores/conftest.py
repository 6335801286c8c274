"""A small score file in every kind, its table of ids, and the command line."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hpa_core.classes import N_CLASSES

SAMPLES = 40


@pytest.fixture
def probs() -> np.ndarray:
    return np.random.default_rng(0).random((SAMPLES, N_CLASSES), dtype=np.float32)


@pytest.fixture
def truth() -> np.ndarray:
    targets = np.random.default_rng(1).random((SAMPLES, N_CLASSES)) < 0.2
    targets[np.arange(SAMPLES), np.arange(SAMPLES) % N_CLASSES] = True
    return targets


@pytest.fixture
def ids() -> list[str]:
    return [f"sample-{row:02d}" for row in range(SAMPLES)]


@pytest.fixture
def ids_csv(tmp_path: Path, ids: list[str], truth: np.ndarray) -> Path:
    path = tmp_path / "ids.csv"
    targets = [" ".join(map(str, np.flatnonzero(row)[::-1])) for row in truth]
    pd.DataFrame({"Id": ids, "Target": targets}).to_csv(path, index=False)
    return path


@pytest.fixture
def frame(probs: np.ndarray, ids: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(probs, columns=[str(class_id) for class_id in range(N_CLASSES)])
    table.insert(0, "Id", ids)
    return table


@pytest.fixture
def run_name(hpa, tmp_path: Path, probs: np.ndarray, ids_csv: Path) -> str:
    np.save(tmp_path / "scores.npy", probs)
    ended = hpa("import", "scores", tmp_path / "scores.npy", "--ids", ids_csv, "--name", "mine")
    assert ended.returncode == 0, ended.stderr
    return "mine"
