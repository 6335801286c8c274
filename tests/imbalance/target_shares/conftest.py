"""The competition's own labels."""

from pathlib import Path

import numpy as np
import pytest

from hpa_core.data.labels import read_label_table


@pytest.fixture(scope="session")
def real_targets(realdata: Path) -> np.ndarray:
    return read_label_table(realdata / "labels" / "train.csv").targets
