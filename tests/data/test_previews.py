"""Previews on disk: what is written is read, what is damaged says so."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hpa_core.data.previews import (
    Picture,
    Preview,
    contact_sheet,
    labels_of,
    read_preview,
    write_preview,
)
from hpa_core.errors import WorkspaceError
from tests.composites import exact_composite

COLOURS = ("#ff0000", "#00ff00", "#0000ff", "#ffff00")
PLAIN = [{"on": True, "lo": 0, "hi": 255, "gamma": 1, "color": colour} for colour in COLOURS]


def some_preview(size: int = 128) -> Preview:
    rng = np.random.default_rng(0)
    stored, other = ((1.0, 0.0) * 14, (0.0, 1.0) * 14)
    return Preview(
        dataset="tiny",
        dataset_hash="abc",
        sample="s",
        settings={"seed": 0, "train_split": "train", "image_size": size},
        epochs=1,
        copies=1,
        pictures=(
            Picture(sample="s", targets=stored),
            Picture(
                sample="s", targets=(0.7, 0.3) * 14, epoch=1, copy=1, partner="o", own_share=0.7
            ),
            Picture(sample="o", targets=other),
        ),
        images=rng.integers(0, 256, (3, 4, size, size), dtype=np.uint8),
    )


def test_a_preview_goes_to_a_file_and_back(tmp_path: Path) -> None:
    preview = some_preview()
    write_preview(tmp_path / "p.npz", preview)
    stored = read_preview(tmp_path / "p.npz")
    for name, value in vars(preview).items():
        np.testing.assert_array_equal(vars(stored.preview)[name], value)
    assert [picture.epoch for picture in stored.preview.variants] == [1]
    assert stored.thumbnails.shape == (3, 4, 96, 96)
    assert stored.written == (tmp_path / "p.npz").stat().st_mtime_ns
    assert list(tmp_path.iterdir()) == [tmp_path / "p.npz"]


def test_thumbnails_show_the_images_in_small(tmp_path: Path) -> None:
    write_preview(tmp_path / "p.npz", some_preview(192))
    stored = read_preview(tmp_path / "p.npz")
    blocks = stored.preview.images.reshape(3, 4, 96, 2, 96, 2).mean((3, 5))
    assert np.abs(stored.thumbnails - blocks).max() <= 0.5
    write_preview(tmp_path / "p.npz", some_preview(32))
    small = read_preview(tmp_path / "p.npz")
    np.testing.assert_array_equal(small.thumbnails, small.preview.images)


def test_what_is_missing_or_damaged_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "p.npz"
    with pytest.raises(WorkspaceError, match="There is no preview"):
        read_preview(path)
    write_preview(path, some_preview())
    whole = path.read_bytes()
    for content in (b"", whole[:1000], b"no archive"):
        path.write_bytes(content)
        with pytest.raises(WorkspaceError, match=r"is no whole preview .* make it again"):
            read_preview(path)


def test_a_contact_sheet_is_the_additive_composite_row_by_row() -> None:
    images = some_preview(16).images
    sheet = contact_sheet(images, columns=2)
    assert sheet.size == (32, 32)
    pixels = np.asarray(sheet).reshape(2, 16, 2, 16, 3).swapaxes(1, 2).reshape(4, 16, 16, 3)
    for shown, planes in zip(pixels[:3], images, strict=True):
        np.testing.assert_array_equal(shown, exact_composite(planes, PLAIN))
    assert not pixels[3].any()
    assert isinstance(sheet, Image.Image)


def test_labels_are_the_classes_that_are_true_at_all() -> None:
    assert labels_of((0.0, 0.25, 1.0)) == {1: 0.25, 2: 1.0}
