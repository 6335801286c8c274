"""Batches against the packed array they come from, and the order they come in."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from hpa_core.loading import source as source_module
from hpa_core.loading.order import epoch_batches, plain_batches, step_seed
from hpa_core.loading.source import Resident, Streamed, free_memory, open_source, resize

CPU = torch.device("cpu")
KINDS = [Resident, Streamed]


@pytest.fixture
def packed(tmp_path: Path) -> np.ndarray:
    rng = np.random.default_rng(0)
    np.save(tmp_path / "images.npy", rng.integers(0, 256, (20, 4, 8, 8), dtype=np.uint8))
    array: np.ndarray = np.load(tmp_path / "images.npy", mmap_mode="r")
    return array


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_with_repeats_gives_the_images_of_its_rows(
    packed: np.ndarray, kind: type[Resident] | type[Streamed]
) -> None:
    rows = np.array([3, 3, 19, 0, 3, 7])
    source = kind(packed, rows, image_size=8, device=CPU)
    batches = [np.array([5, 0]), np.array([2, 1, 4]), np.array([3])]
    given = list(source.batches(batches))
    assert [images.dtype for images in given] == [torch.uint8] * 3
    for positions, images in zip(batches, given, strict=True):
        np.testing.assert_array_equal(images, packed[rows[positions]])


@pytest.mark.parametrize("kind", KINDS)
def test_no_batches_give_no_images(
    packed: np.ndarray, kind: type[Resident] | type[Streamed]
) -> None:
    assert list(kind(packed, np.arange(3), image_size=8, device=CPU).batches([])) == []


@pytest.mark.parametrize("kind", KINDS)
def test_both_sources_resample_alike(
    packed: np.ndarray, kind: type[Resident] | type[Streamed]
) -> None:
    (images,) = kind(packed, np.arange(20), image_size=4, device=CPU).batches([np.arange(20)])
    np.testing.assert_array_equal(images, resize(torch.from_numpy(packed.copy()), 4))


@pytest.mark.parametrize("size", [16, 24, 64])
def test_resampling_is_pillows_within_one_grey_level(size: int) -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (1, 4, 48, 48), dtype=np.uint8)
    ours = resize(torch.from_numpy(pixels), size).numpy()[0].astype(int)
    for channel in range(4):
        picture = Image.fromarray(pixels[0, channel]).resize(
            (size, size), Image.Resampling.BILINEAR
        )
        assert np.abs(ours[channel] - np.asarray(picture)).max() <= 1


def test_what_does_not_fit_into_memory_is_streamed(
    packed: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened() -> object:
        return open_source(packed, np.arange(20), image_size=8, device=CPU)

    assert free_memory(CPU) > 0
    assert isinstance(opened(), Resident)
    monkeypatch.setattr(source_module, "free_memory", lambda _: 20 * 4 * 8 * 8)
    assert isinstance(opened(), Streamed)  # it would fit, but not into 0.6 of it


def test_an_epoch_takes_every_sample_once_in_an_order_of_its_own() -> None:
    first, second = (
        np.concatenate(epoch_batches(100, 32, seed=5, epoch=epoch)) for epoch in (0, 1)
    )
    assert sorted(first) == sorted(second) == list(range(100))
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(first, np.concatenate(epoch_batches(100, 32, seed=5, epoch=0)))


def test_a_single_sample_left_over_joins_the_batch_before_it() -> None:
    joined = epoch_batches(9, 4, seed=0, epoch=0)
    assert [len(batch) for batch in joined] == [4, 5]
    assert sorted(np.concatenate(joined)) == list(range(9))
    assert [len(batch) for batch in epoch_batches(1, 4, seed=0, epoch=0)] == [1]
    assert [len(batch) for batch in epoch_batches(10, 4, seed=0, epoch=0)] == [4, 4, 2]
    assert [len(batch) for batch in plain_batches(np.arange(9), 4)] == [4, 4, 1]


def test_steps_have_seeds_of_their_own_that_torch_takes() -> None:
    seeds = {step_seed(seed, step) for seed in range(3) for step in range(1000)}
    assert len(seeds) == 3000
    torch.manual_seed(max(seeds))
