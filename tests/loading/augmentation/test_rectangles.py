"""Rectangles: where they lie, which pixels they take."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from hpa_core.config import TrainConfig
from hpa_core.loading.augmentation import Draws, augment, draw_augmentation
from hpa_core.loading.augmentation.rectangles import LARGEST, inside, rectangles

UNIT = st.floats(0, 1, exclude_max=True)


@given(area=st.floats(0, LARGEST), uniform=st.tuples(UNIT, UNIT, UNIT), size=st.integers(1, 80))
def test_a_rectangle_lies_in_the_image_and_has_its_area_in_pixels(
    area: float, uniform: tuple[float, float, float], size: int
) -> None:
    (box,) = rectangles(np.array([area]), np.array([uniform]))
    top, bottom, left, right = box
    assert 0 <= top <= bottom <= 1 + 1e-9
    assert 0 <= left <= right <= 1 + 1e-9
    np.testing.assert_allclose((bottom - top) * (right - left), area, atol=1e-9)
    marked = inside(torch.from_numpy(box[None]).float(), size)[0, 0].numpy()
    rows, columns = marked.any(1).sum(), marked.any(0).sum()
    assert marked.sum() == rows * columns, "the marked pixels are not a rectangle"
    if rows and columns:  # A count of pixel centres differs from a length by less than one pixel.
        assert abs(rows - (bottom - top) * size) < 1 + 1e-4
        assert abs(columns - (right - left) * size) < 1 + 1e-4
    else:
        assert min(bottom - top, right - left) * size < 1 + 1e-4


def test_a_rectangle_takes_the_pixels_whose_centres_it_holds() -> None:
    marked = inside(torch.tensor([[0.25, 0.75, 0.0, 0.5]]), 4)[0, 0]
    expected = [[0, 0, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0]]
    assert marked.int().tolist() == expected


def test_what_is_cut_out_is_black_in_all_channels_and_the_rest_stays() -> None:
    images = torch.full((1, 4, 4, 4), 7, dtype=torch.uint8)
    changed = augment(images, Draws(holes=np.array([[0.25, 0.75, 0.0, 0.5]])))
    assert (changed[:, :, 1:3, :2] == 0).all()
    assert changed.sum() == 7 * 4 * (16 - 4)


def test_cut_out_areas_go_up_to_the_share_that_was_asked_for() -> None:
    config = TrainConfig(dataset="d", cutout=0.25)
    holes = draw_augmentation(2000, config, epoch=0).holes
    assert holes is not None
    areas = (holes[:, 1] - holes[:, 0]) * (holes[:, 3] - holes[:, 2])
    assert 0 <= areas.min() < 0.01
    assert 0.24 < areas.max() <= 0.25 + 1e-12
