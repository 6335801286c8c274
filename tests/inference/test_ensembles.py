"""Several checkpoints, several views, images that no run knows: each against plain NumPy."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from hpa_core.classes import CHANNELS
from hpa_core.data.dataset import Dataset, open_dataset
from hpa_core.data.folds import write_folds
from hpa_core.data.unlabelled import import_unlabelled
from hpa_core.errors import CheckpointError, ConfigError, DatasetError, RunError
from hpa_core.imbalance.leaks import learnt_split
from hpa_core.inference import Views, open_members, predict, predict_together
from hpa_core.inference.turned import TurnedNetwork
from hpa_core.models.registry import build
from hpa_core.runs.folder import BEST, EPOCH, LAST, RunFolder, open_run
from hpa_core.runs.predictions import read_predictions
from hpa_core.runs.thresholds import ThresholdSet, list_thresholds, save_thresholds
from hpa_core.workspace import Workspace
from tests import command
from tests.inference.conftest import MakeUntrained


@pytest.mark.parametrize("by", ["mean", "max"])
def test_the_views_of_an_image_are_its_flips_and_turns(by: str) -> None:
    torch.manual_seed(0)
    network = build("small").eval()
    image = np.random.default_rng(0).integers(0, 256, (2, 4, 32, 32), dtype=np.uint8)
    flipped = [image, image[..., ::-1], image[..., ::-1, :], image[..., ::-1, ::-1]]
    eight = [np.rot90(view, k, (2, 3)) for view in flipped[:2] for k in range(4)]
    for name, views in (("flips", flipped), ("turns", eight)):
        with torch.inference_mode():
            probs = [network(torch.from_numpy(view.copy())).logits.sigmoid() for view in views]
            found = TurnedNetwork(network, Views(name, by))(torch.from_numpy(image))
        joined = np.stack(probs).mean(0) if by == "mean" else np.stack(probs).max(0)
        np.testing.assert_allclose(found.logits.sigmoid(), joined, atol=1e-6)


def test_a_mean_of_checkpoints_is_a_run_of_its_own(
    workspace: Workspace, cells: Dataset, untrained: MakeUntrained
) -> None:
    first, second = untrained(0), untrained(1)
    names = [first.id, f"{first.id}:last", second.id]
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int, *, unit: str, note: str = "") -> None:
        seen.append((done, total))

    run = predict_together(
        workspace,
        open_members(workspace, names),
        cells,
        "validation",
        name="three",
        progress=progress,
    )
    files = [first.checkpoints / BEST, first.checkpoints / LAST, second.checkpoints / BEST]
    alone = [predict(file, cells, "validation").probs for file in files]
    found = read_predictions(open_run(workspace, "three"), "validation")
    np.testing.assert_allclose(found.probs, np.mean(alone, axis=0), atol=1e-6)
    np.testing.assert_array_equal(found.targets, cells.targets[cells.rows("validation")])
    assert found.embeddings is None
    assert seen[-1] == (105, 105)
    assert run.info.settings["members"] == [f"{first.id}:best", names[1], f"{second.id}:best"]
    assert learnt_split(run, "validation") == "train", "all have learnt from it: leaks are told"
    members = open_members(workspace, names)
    predict_together(workspace, members, cells, "train", name="three")
    assert len(read_predictions(run, "train").ids) == 35
    with pytest.raises(RunError, match="exists already, made otherwise"):
        predict_together(workspace, members[:2], cells, "train", name="three")


def test_the_best_epochs_that_a_run_has_kept_predict_together(
    workspace: Workspace, cells: Dataset, untrained: MakeUntrained
) -> None:
    run, other = untrained(0), untrained(1)
    with pytest.raises(CheckpointError, match="has not kept several of its best epochs; train wit"):
        open_members(workspace, [run.id], checkpoint="top")
    files = [run.checkpoints / EPOCH.format(epoch=epoch) for epoch in (3, 12)]
    for path, weights in zip(files, (BEST, LAST), strict=True):
        (run.checkpoints / weights).rename(path)
    hpa(workspace, "predict", run.id, f"{other.id}:best", "--checkpoint", "top", "--name", "top")
    made = open_run(workspace, "top")
    members = [f"{run.id}:epoch-00003", f"{run.id}:epoch-00012", f"{other.id}:best"]
    assert made.info.settings["members"] == members
    files.append(other.checkpoints / BEST)
    alone = [predict(file, cells, "validation").probs for file in files]
    found = read_predictions(made, "validation")
    np.testing.assert_allclose(found.probs, np.mean(alone, axis=0), atol=1e-6)
    said = json.loads(hpa(workspace, "predict", run.id, "--checkpoint", "top", "--json"))
    assert said["run"] != run.id, "a mean of epochs is no single network's predictions"


def test_the_runs_of_all_folds_score_each_sample_by_the_one_it_was_held_back_from(
    workspace: Workspace, cells: Dataset, untrained: MakeUntrained
) -> None:
    fold = np.arange(70) % 3
    write_folds(cells.folder, "cv", cells.ids, fold)
    runs = [
        untrained(number, train_split=f"cv.not-{number}", validation_split=f"cv.fold-{number}")
        for number in range(3)
    ]
    members = open_members(workspace, [run.id for run in runs])
    run = predict_together(workspace, members, cells, "all", name="out-of-fold")
    found = read_predictions(run, "all").probs
    for number, held_back in enumerate(runs):
        alone = predict(held_back.checkpoints / BEST, cells, f"cv.fold-{number}").probs
        np.testing.assert_allclose(found[fold == number], alone, atol=1e-6)
    assert learnt_split(run, "all") is None
    with pytest.raises(DatasetError, match=r"23 of 70 samples .* every one of these runs"):
        predict_together(workspace, members[:2], cells, "all", name="two-of-three")
    assert not workspace.run("two-of-three").exists()


def test_what_no_ensemble_can_be_made_of_is_refused(
    workspace: Workspace, untrained: MakeUntrained
) -> None:
    run = untrained()
    with pytest.raises(ConfigError, match="named twice"):
        open_members(workspace, [run.id, f"{run.id}:best"])
    with pytest.raises(ConfigError, match="A checkpoint is one of best, last, top; found 'first'"):
        open_members(workspace, [f"{run.id}:first"])
    (run.checkpoints / LAST).unlink()
    with pytest.raises(CheckpointError, match="no checkpoint 'last' yet"):
        open_members(workspace, [run.id], checkpoint="last")


def write_images(folder: Path, cells: Dataset) -> np.ndarray:
    """Write three of the samples as PNGs, and one that lacks a channel; return the rows."""
    folder.mkdir()
    rows = np.array([40, 50, 60])
    for row in (*rows, 65):
        for channel, plane in zip(CHANNELS, cells.images[row], strict=True):
            if row != 65 or channel != "blue":
                Image.fromarray(plane).save(folder / f"{cells.ids[row]}_{channel}.png")
    return rows


def test_a_folder_of_new_images_is_predicted_by_a_job_and_takes_the_thresholds_along(
    workspace: Workspace, cells: Dataset, untrained: MakeUntrained, tmp_path: Path
) -> None:
    run = untrained()
    rows = write_images(tmp_path / "new", cells)
    save_thresholds(run, ThresholdSet(name="mine", thresholds=(0.25,) * 28, run=run.id))
    command = ("predict", run.id, "--images", str(tmp_path / "new"), "--name", "new", "--json")
    job = json.loads(hpa(workspace, "jobs", "submit", "--json", "--", *command))["id"]
    said = json.loads(hpa(workspace, "jobs", "logs", "--follow", job).splitlines()[-1])
    assert said == {"run": "new", "split": "test", "samples": 3}
    made = open_run(workspace, "new")
    found = read_predictions(made, "test")
    whole = predict(run.checkpoints / BEST, cells, "all")
    np.testing.assert_array_equal(found.ids, cells.ids[rows])
    np.testing.assert_allclose(found.probs, whole.probs[rows], atol=1e-6)
    assert found.targets is None, "nobody knows the truth"
    assert found.embeddings is not None
    assert [item.name for item in list_thresholds(made)] == ["mine"]
    dataset = open_dataset(workspace, "new")
    np.testing.assert_array_equal(dataset.images, cells.images[rows])
    assert [item["id"] for item in dataset.refused] == [cells.ids[65]]


def test_a_folder_without_four_channels_is_one_sentence(
    workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "photo.png").touch()
    with pytest.raises(DatasetError, match="holds no image of four channels; expected <id>_"):
        import_unlabelled(workspace, tmp_path, name="new")
    with pytest.raises(DatasetError, match="cannot be read"):
        import_unlabelled(workspace, tmp_path / "nowhere", name="new")


def hpa(workspace: Workspace, *arguments: str) -> str:
    done = command.hpa(workspace, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_single_run_predicts_its_own_split_into_itself_and_views_into_another(
    workspace: Workspace, cells: Dataset, untrained: MakeUntrained
) -> None:
    run: RunFolder = untrained()
    together = predict_together(
        workspace,
        open_members(workspace, [run.id]),
        cells,
        "validation",
        name="turned",
        views=Views("turns", "max"),
    )
    assert together.info.note.endswith("; max of 8 views")
    plain = predict(run.checkpoints / BEST, cells, "validation")
    turned = read_predictions(together, "validation")
    assert (turned.probs >= plain.probs - 1e-6).all(), "the image itself is one of the views"
    assert turned.embeddings is not None
