"""Explanations and ablations of a run: against direct recomputation, kept, and never stale."""

import importlib
import json
from collections.abc import Callable

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from hpa_core.cli.app import app
from hpa_core.data.dataset import Dataset
from hpa_core.errors import CheckpointError, DatasetError
from hpa_core.evaluation.ablation import channel_effects, leanings, mean_changes
from hpa_core.inference import ablate_channels, ablate_run, explain, open_members, predict_together
from hpa_core.inference.ablating import mean_brightness, partners
from hpa_core.models.network import Network
from hpa_core.models.registry import ARCHITECTURES
from hpa_core.models.weights import WeightsInfo, save_weights
from hpa_core.runs.ablations import Ablation, AblationSettings, ablation_path, read_ablation
from hpa_core.runs.explanations import explanation_path
from hpa_core.runs.folder import BEST, RunFolder, RunInfo, create_run
from hpa_core.runs.predictions import Predictions, read_predictions, write_predictions
from hpa_core.runs.thresholds import fixed_thresholds
from hpa_core.workspace import Workspace


@pytest.fixture
def cells(make_dataset: Callable[..., Dataset]) -> Dataset:
    return make_dataset("cells", samples=56, size=32)


def random_run(workspace: Workspace, cells: Dataset, *, seed: int = 0) -> tuple[RunFolder, Network]:
    """Return a run with a network of random weights that answers otherwise to each channel."""
    torch.manual_seed(seed)
    network = ARCHITECTURES["small"].build().eval()
    info = RunInfo(id=f"r{seed}", kind="train", dataset="cells", dataset_hash=cells.info.hash)
    run = create_run(workspace, info)
    save_weights(run.checkpoints / BEST, network, WeightsInfo(model="small", image_size=32))
    return run, network


def scored(network: Network, images: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return network(torch.from_numpy(images)).logits.sigmoid().numpy()


@pytest.mark.parametrize("fill", ["zero", "mean", "swap"])
def test_an_ablation_is_the_network_asked_again_about_changed_images(
    workspace: Workspace, cells: Dataset, fill: str
) -> None:
    run, network = random_run(workspace, cells)
    found = ablate_run(workspace, run, "validation", settings=AblationSettings(fill=fill, seed=3))
    rows = cells.rows("validation")
    images = np.array(cells.images[rows])
    np.testing.assert_allclose(found.probs, scored(network, images), atol=1e-5)
    lent = images[partners(len(rows), seed=3)]
    for channel in range(4):
        changed = images.copy()
        mean = mean_brightness(cells, rows)[channel]
        new = {"zero": 0, "mean": mean, "swap": lent[:, channel]}[fill]
        changed[:, channel] = new
        np.testing.assert_allclose(found.without[channel], scored(network, changed), atol=1e-5)
    assert found.targets.tolist() == cells.targets[rows].tolist()


def test_an_ablation_is_kept_until_weights_or_settings_change(
    workspace: Workspace, cells: Dataset
) -> None:
    run, network = random_run(workspace, cells)
    settings = AblationSettings(samples=10)
    first = ablate_run(workspace, run, "validation", settings=settings)
    written = ablation_path(run, "validation", "zero").stat().st_mtime_ns
    assert len(first.ids) == 10
    again = ablate_run(workspace, run, "validation", settings=settings)
    assert again.key == first.key
    np.testing.assert_array_equal(again.without, first.without)
    assert ablation_path(run, "validation", "zero").stat().st_mtime_ns == written
    other = WeightsInfo(model="small", image_size=32, epoch=2)
    save_weights(run.checkpoints / BEST, network, other)
    assert ablate_run(workspace, run, "validation", settings=settings).key != first.key


def test_what_is_damaged_on_disk_is_made_again(workspace: Workspace, cells: Dataset) -> None:
    run, _ = random_run(workspace, cells)
    settings = AblationSettings(samples=4)
    first = ablate_run(workspace, run, "validation", settings=settings)
    path = ablation_path(run, "validation", "zero")
    path.write_bytes(path.read_bytes()[:200])
    assert read_ablation(run, "validation", "zero") is None
    again = ablate_run(workspace, run, "validation", settings=settings)
    np.testing.assert_array_equal(again.without, first.without)
    (one,) = explain(workspace, run, ["sample-0030"])
    kept = explanation_path(run, one.method, one.key)
    kept.write_bytes(b"")
    (again_one,) = explain(workspace, run, ["sample-0030"])
    np.testing.assert_array_equal(again_one.maps, one.maps)
    assert kept.stat().st_size > 0


def test_one_image_alone_cannot_be_swapped(cells: Dataset, workspace: Workspace) -> None:
    run, _ = random_run(workspace, cells)
    settings = AblationSettings(fill="swap", samples=1)
    with pytest.raises(DatasetError, match="no other to swap with"):
        ablate_channels(run.checkpoints / BEST, cells, "validation", settings=settings)


def planted(*, loss: np.ndarray, targets: np.ndarray) -> Ablation:
    """Return an ablation whose positives score 0.9, and `loss[channel]` less without a channel."""
    probs = np.where(targets, 0.9, 0.1).astype(np.float32)
    noise = np.random.default_rng(0).normal(0, 0.01, (4, *targets.shape))
    without = np.where(targets, probs - loss[:, None, :], probs) + noise
    return Ablation(
        split="validation",
        fill="zero",
        weights="",
        content="",
        key="",
        ids=np.arange(len(targets)).astype(str),
        targets=targets,
        probs=probs,
        without=without.clip(0, 1).astype(np.float32),
    )


def test_effects_and_leanings_find_the_classes_that_were_planted() -> None:
    targets = np.zeros((280, 28), dtype=bool)
    targets[np.arange(280), np.arange(280) % 28] = True
    loss = np.zeros((4, 28))
    loss[1] = 0.8  # Every class reads the protein,
    loss[1, 3], loss[2, 3] = 0.1, 0.7  # but 3 reads the nucleus.
    ablation = planted(loss=loss, targets=targets)
    red, green, blue, _ = channel_effects(ablation, fixed_thresholds(0.5).rule, replicates=50)
    assert red.macro_f1 == 1
    assert green.macro_f1 == pytest.approx(1 / 28)
    assert green.gain.by_class[3] == 0
    assert blue.macro_f1 == pytest.approx(27 / 28)
    assert blue.change.mean[3] == pytest.approx(-0.7, abs=0.02)
    assert [(one.class_id, one.channel) for one in leanings(ablation)] == [(3, "blue")]


def test_mean_changes_are_student_intervals_over_the_positives() -> None:
    from scipy import stats  # noqa: PLC0415 - the oracle

    rng = np.random.default_rng(0)
    change, targets = rng.normal(size=(30, 3)), rng.random((30, 3)) < 0.5
    targets[:, 1] = False
    targets[:, 2] = np.arange(30) == 4
    mean, low, high = mean_changes(change, targets)
    values = change[targets[:, 0], 0]
    interval = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
    assert (low[0], high[0]) == pytest.approx(interval)
    assert mean[0] == pytest.approx(values.mean())
    assert np.isnan(mean[1])
    assert mean[2] == change[4, 2]
    assert np.isnan(low[2])


def test_an_explanation_is_made_once_and_again_after_another_training(
    workspace: Workspace, cells: Dataset
) -> None:
    run, network = random_run(workspace, cells)
    wanted = ["sample-0030", "sample-0004"]
    found = explain(workspace, run, wanted)
    assert [one.id for one in found] == wanted
    row = int(np.flatnonzero(cells.ids == wanted[0])[0])
    image = np.array(cells.images[row : row + 1])
    np.testing.assert_allclose(found[0].probs, scored(network, image)[0], atol=1e-5)
    paths = [explanation_path(run, one.method, one.key) for one in found]
    written = [path.stat().st_mtime_ns for path in paths]
    again = explain(workspace, run, wanted)
    np.testing.assert_array_equal(again[1].maps, found[1].maps)
    assert [path.stat().st_mtime_ns for path in paths] == written
    save_weights(
        run.checkpoints / BEST, network, WeightsInfo(model="small", image_size=32, run="b")
    )
    assert explain(workspace, run, wanted)[0].key != found[0].key


def test_what_cannot_be_explained_is_said(workspace: Workspace, cells: Dataset) -> None:
    run, _ = random_run(workspace, cells)
    with pytest.raises(DatasetError, match="no sample 'nobody'"):
        explain(workspace, run, ["nobody"])
    scores = create_run(workspace, RunInfo(id="outside", kind="scores", dataset="cells"))
    with pytest.raises(CheckpointError, match="made elsewhere"):
        explain(workspace, scores, ["sample-0004"])


def test_a_run_that_one_network_predicted_is_explained_and_ablated_by_that_network(
    workspace: Workspace, cells: Dataset
) -> None:
    run, _ = random_run(workspace, cells)
    [member] = open_members(workspace, [run.id])
    predicted = predict_together(workspace, [member], cells, "validation", name="predicted")
    settings = AblationSettings(fill="zero")
    own = ablate_run(workspace, run, "validation", settings=settings)
    ablation = ablate_run(workspace, predicted, "validation", settings=settings)
    np.testing.assert_array_equal(ablation.without, own.without)
    assert read_ablation(predicted, "validation", "zero") is not None
    np.testing.assert_allclose(
        ablation.probs, read_predictions(predicted, "validation").probs, atol=1e-6
    )
    [first] = explain(workspace, predicted, ["sample-0004"])
    np.testing.assert_array_equal(first.maps, explain(workspace, run, ["sample-0004"])[0].maps)


def test_the_commands_print_one_object_each(
    workspace: Workspace, cells: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HPA_WORKSPACE", str(workspace.root))
    importlib.import_module("hpa_core.cli.explaining")  # Adds its commands.
    run, network = random_run(workspace, cells)
    rows = cells.rows("validation")
    probs = scored(network, np.array(cells.images[rows])).astype(np.float32)
    write_predictions(run, "validation", Predictions(ids=cells.ids[rows], probs=probs))

    def said(*words: str) -> dict[str, object]:
        ended = CliRunner().invoke(app, [*words, "--json"])
        assert ended.exit_code == 0, ended.stderr
        return json.loads(ended.stdout)

    explained = said("explain", run.id, "--class", "5", "--first", "2", "--method", "gradcam")
    highest = cells.ids[rows][np.argsort(-probs[:, 5], kind="stable")[:2]].tolist()
    assert [image["id"] for image in explained["images"]] == highest
    ablated = said("ablate", run.id, "--samples", "20", "--thresholds", "0.04")
    assert [effect["channel"] for effect in ablated["without"]] == [
        "red",
        "green",
        "blue",
        "yellow",
    ]
    assert ablated["samples"] == 20
