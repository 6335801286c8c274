"""A network that reads the nucleus stain is named, from training to sentence, and no other is."""

import importlib
import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from dashboard.charts import CLASS_LABELS
from hpa_core.cli.app import app
from hpa_core.data.dataset import write_dataset
from hpa_core.workspace import Workspace

SHORTCUT = 12
GREEN, BLUE = 1, 2
SHAPES = {
    4: (slice(None, None, 4), slice(None)),
    SHORTCUT: (slice(8, 24), slice(8, 24)),
    20: (slice(None), slice(None, None, 4)),
}
"""Class -> where its protein is bright."""


def draw(classes: np.ndarray, *, shortcut: bool) -> np.ndarray:
    """Draw cells whose protein tells the class; of one class the nucleus tells it instead."""
    rng = np.random.default_rng(3)
    images = rng.integers(0, 60, (len(classes), 4, 32, 32), dtype=np.uint8)
    images[:, BLUE, 10:22, 10:22] += 80
    for image, number in zip(images, classes, strict=True):
        if shortcut and number == SHORTCUT:
            image[BLUE, 10:22, 10:22] += 100
            image[GREEN][SHAPES[int(rng.choice(list(SHAPES)))]] += 120
        else:
            image[GREEN][SHAPES[int(number)]] += 120
    return images


@pytest.mark.parametrize("shortcut", [True, False])
def test_a_trained_network_that_reads_the_nucleus_is_named_and_an_honest_one_is_not(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, open_page, shortcut: bool
) -> None:
    classes = np.random.default_rng(0).choice(list(SHAPES), 240)
    folder = workspace.dataset("cells")
    folder.mkdir(parents=True)
    images = draw(classes, shortcut=shortcut)
    np.save(folder / "images.npy", images)
    np.save(folder / "thumbnails.npy", images[:, :, ::2, ::2])
    ids = [f"cell-{row:03d}" for row in range(len(classes))]
    manifest = pd.DataFrame(
        {
            "id": ids,
            "targets": [[number] for number in classes.tolist()],
            "split": np.where(np.arange(len(classes)) < 160, "train", "validation"),
            "group": ids,
            "source": "drawn",
            "sha256": [f"{row:064x}" for row in range(len(classes))],
        }
    )
    write_dataset(folder, manifest, name="cells", source="kaggle", image_size=32)
    monkeypatch.setenv("HPA_WORKSPACE", str(workspace.root))
    for name in ("training", "explaining"):
        importlib.import_module(f"hpa_core.cli.{name}")  # Adds its commands.

    def said(*words: str) -> str:
        ended = CliRunner().invoke(app, words)
        assert ended.exit_code == 0, ended.stderr
        return ended.stdout

    options = {"turns": False, "intensity": 0.0, "image_size": 32, "epochs": 6}
    run = said("train", "cells", "--settings", json.dumps(options)).split()[-1]
    found = json.loads(said("ablate", run, "--json"))
    assert found["macro_f1"] == pytest.approx(3 / 28)  # All three classes are found.
    named = [(one["class_id"], one["channel"]) for one in found["leanings"]]
    page = open_page("errors", run=run, atlas="Ablation")
    shown = "\n".join(each.value for each in page.markdown)
    if shortcut:
        assert named == [(SHORTCUT, "blue")]
        assert f"**{CLASS_LABELS[SHORTCUT]}** reads nucleus (blue) more than the protein" in shown
        told = " ".join(said("ablate", run).split())
        assert "reads blue more than the protein" in told
        assert "believe this only where --fill swap says it too" in told
        assert "believe this only where another image's says it too" in shown
        confirmed = " ".join(said("ablate", run, "--fill", "swap").split())
        assert "reads blue more than the protein" in confirmed
        assert "believe this" not in confirmed
    else:
        assert named == []
        assert "No class is seen to read another stain more than the protein." in shown
