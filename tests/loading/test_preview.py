"""A preview shows what training feeds the network: the loop's own steps are the oracle."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from hpa_core.config import TrainConfig
from hpa_core.data.dataset import Dataset, write_dataset
from hpa_core.data.previews import Preview
from hpa_core.errors import DatasetError, PlanError
from hpa_core.imbalance.plan import Plan
from hpa_core.imbalance.plan_files import write_plan
from hpa_core.loading.augmentation import draw_augmentation
from hpa_core.loading.order import epoch_batches
from hpa_core.loading.preview import render_preview
from hpa_core.loading.source import Resident
from hpa_core.training.steps import Batch
from hpa_core.workspace import Workspace
from tests.command import Hpa
from tests.conftest import MakeDataset

CONFIG = TrainConfig(
    dataset="tiny",
    image_size=32,
    batch_size=5,
    intensity=0.3,
    affine=0.1,
    offset=0.1,
    noise=0.1,
    cutout=0.2,
    mixup=0.5,
    cutmix=0.5,
)
SAMPLE, PLACE = "sample-0003", 3
ROOT = Path(__file__).parents[2]


def as_trained(
    dataset: Dataset, rows: np.ndarray, place: int, *, epoch: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return pixels and targets that an epoch of training makes of the position `place`."""
    source = Resident(dataset.images, rows, image_size=32, device=torch.device("cpu"))
    draws = draw_augmentation(len(rows), CONFIG, epoch=epoch)
    batches = epoch_batches(len(rows), CONFIG.batch_size, seed=CONFIG.seed, epoch=epoch)
    (positions,) = (batch for batch in batches if place in batch)
    read = draws.needed(positions)
    (images,) = source.batches([read])
    targets = torch.from_numpy(dataset.targets[rows[read]]).float()
    samples = len(positions)
    batch = Batch(
        images=images, targets=targets, draws=draws.at(read), samples=samples, whole=samples
    )
    at = int(np.flatnonzero(positions == place)[0])
    return batch.augmented()[at].numpy(), batch.mixed_targets()[at].numpy()


def assert_shows(preview: Preview, variant: int, pixels: np.ndarray, targets: np.ndarray) -> None:
    shown = preview.images[1 + variant]  # The first is the sample as it is stored.
    np.testing.assert_array_equal(shown, pixels.round().clip(0, 255))
    np.testing.assert_array_equal(np.float32(preview.variants[variant].targets), targets)


def test_variants_are_what_each_epoch_of_a_training_shows(make_dataset: MakeDataset) -> None:
    dataset = make_dataset()
    preview = render_preview(dataset, CONFIG, SAMPLE, epochs=4)
    assert [(picture.epoch, picture.copy) for picture in preview.variants] == [
        (1, 1),
        (2, 1),
        (3, 1),
        (4, 1),
    ]
    for epoch in range(4):
        trained = as_trained(dataset, dataset.rows("train"), PLACE, epoch=epoch)
        assert_shows(preview, epoch, *trained)


def test_the_original_and_the_partners_are_shown_as_they_are_stored(
    make_dataset: MakeDataset,
) -> None:
    dataset = make_dataset()
    preview = render_preview(dataset, CONFIG, SAMPLE, epochs=3)
    partners = {picture.partner for picture in preview.variants}
    stored = [picture for picture in preview.pictures if not picture.epoch]
    assert {picture.sample for picture in stored} == {SAMPLE, *partners}
    for at, picture in enumerate(preview.pictures):
        if not picture.epoch:
            (row,) = np.flatnonzero(dataset.ids == picture.sample)
            np.testing.assert_array_equal(preview.images[at], dataset.images[row])
            assert picture.targets == tuple(dataset.targets[row].astype(float))


def test_shares_weigh_the_labels_of_sample_and_partner(make_dataset: MakeDataset) -> None:
    dataset = make_dataset()
    preview = render_preview(dataset, CONFIG, SAMPLE, epochs=8)
    truth = dict(zip(dataset.ids, dataset.targets.astype(float), strict=True))
    for picture in preview.variants:
        own = picture.own_share
        expected = own * truth[SAMPLE] + (1 - own) * truth[picture.partner]
        np.testing.assert_allclose(picture.targets, expected, atol=1e-6)
    assert {picture.pasted for picture in preview.variants} == {True, False}


def test_copies_of_one_sample_differ_as_a_plan_would_show_them(make_dataset: MakeDataset) -> None:
    dataset = make_dataset()
    rows = dataset.rows("train")
    copies = np.where(np.arange(len(rows)) == PLACE, 3, 1)
    preview = render_preview(dataset, CONFIG, SAMPLE, epochs=2, copies=3)
    assert (preview.copies, len(preview.variants)) == (3, 6)
    assert len({preview.images[at].tobytes() for at in range(1, 7)}) == 6
    shown_rows = rows[np.repeat(np.arange(len(rows)), copies)]
    for variant, picture in enumerate(preview.variants):
        place = PLACE + picture.copy - 1
        assert_shows(
            preview, variant, *as_trained(dataset, shown_rows, place, epoch=picture.epoch - 1)
        )

    plan = Plan(
        name="three",
        dataset="tiny",
        dataset_hash=dataset.info.hash,
        split="train",
        seed=0,
        steps=(),
        copies=copies,
    )
    write_plan(dataset, plan)
    planned = render_preview(dataset, replace(CONFIG, plan="three"), SAMPLE, epochs=2)
    np.testing.assert_array_equal(planned.images, preview.images)
    write_plan(dataset, replace(plan, name="none", copies=np.where(copies == 3, 0, 1)))
    with pytest.raises(PlanError, match="leaves the sample 'sample-0003' out"):
        render_preview(dataset, replace(CONFIG, plan="none"), SAMPLE, epochs=1)


def test_a_sample_that_is_not_learnt_from_is_refused(make_dataset: MakeDataset) -> None:
    dataset = make_dataset()
    for sample in ("sample-0040", "nothing"):  # The first is one of validation.
        with pytest.raises(DatasetError, match=f"Split 'train' .* has no sample '{sample}'"):
            render_preview(dataset, CONFIG, sample, epochs=1)


def test_the_command_renders_pictures_and_tells_their_labels(
    make_dataset: MakeDataset, workspace: Workspace, hpa: Hpa, tmp_path: Path
) -> None:
    dataset = make_dataset()
    folder = workspace.dataset("labels")
    folder.mkdir()
    write_dataset(folder, dataset.manifest, name="labels", source="labels")

    settings = json.dumps({"image_size": 32, "cutmix": 1.0})
    done = hpa(
        *("augment", "tiny", "--id", SAMPLE, "--settings", settings, "--epochs", "3", "--json"),
        *("--out", str(tmp_path / "sheet.png")),
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["id"], told["image_size"], len(told["variants"])) == (SAMPLE, 32, 3)
    assert all(variant["pasted"] for variant in told["variants"])
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (5 * 32, 2 * 32)  # as stored, 3 variants, 3 partners
    refused = hpa("augment", "labels", "--id", SAMPLE)
    assert refused.returncode == 1
    assert refused.stderr.strip() == "Dataset 'labels' holds labels only; import its images."
