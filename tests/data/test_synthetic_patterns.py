"""What a rendered image must show: every class's pattern, and the cells that some of them need."""

import numpy as np
import pytest

from hpa_core.classes import CLASS_NAMES, N_CLASSES
from hpa_core.data.synthetic.layout import Phase
from hpa_core.data.synthetic.patterns import BRIDGE, JUNCTIONS, SPINDLE
from hpa_core.data.synthetic.rendering import Sample, render, set_scene, take_picture

GREEN = 1


def brightest_change(sample: Sample, number: int) -> float:
    """Return by how many grey levels class `number` lights up the 25 pixels it changes most."""
    scene = set_scene(sample, size=128)
    others = tuple(other for other in sample.classes if other != number)
    shown, hidden = (
        take_picture(sample, scene, classes)[GREEN].astype(int)
        for classes in (sample.classes, others)
    )
    return float(np.sort((shown - hidden).ravel())[-25:].mean())


@pytest.mark.parametrize("number", range(N_CLASSES), ids=CLASS_NAMES)
def test_every_class_can_be_seen_in_the_green_channel(number: int) -> None:
    changes = [
        brightest_change(Sample(id=f"seen-{number}-{each}", classes=(number,)), number)
        for each in range(3)
    ]
    assert min(changes) > 30, changes


@pytest.mark.parametrize("number", range(N_CLASSES), ids=CLASS_NAMES)
def test_a_class_leaves_the_other_three_stains_as_they_were(number: int) -> None:
    sample = Sample(id=f"stains-{number}", classes=(number, (number + 9) % N_CLASSES))
    scene = set_scene(sample, size=64)
    shown, hidden = (take_picture(sample, scene, classes) for classes in (sample.classes, ()))
    bleed_from_green = np.abs(shown[0].astype(int) - hidden[0]).max()
    assert bleed_from_green == 0
    assert (shown[GREEN] != hidden[GREEN]).any()


@pytest.mark.parametrize("each", range(8))
def test_a_cytokinetic_bridge_spans_two_daughter_cells(each: int) -> None:
    sample = Sample(id=f"bridge-{each}", classes=(BRIDGE,))
    scene = set_scene(sample, size=128)
    daughters = scene.cells.of(Phase.DAUGHTER)
    assert len(daughters) == 2
    first, second = scene.cells.centre[daughters]
    middle = ((first + second) / 2).astype(int)
    green = render(sample)[GREEN].astype(int)
    around = green[middle[1] - 2 : middle[1] + 3, middle[0] - 2 : middle[0] + 3]
    assert around.max() > 3 * np.median(green[green > 0]) + 20


@pytest.mark.parametrize("each", range(8))
def test_cell_junctions_have_cells_that_touch(each: int) -> None:
    scene = set_scene(Sample(id=f"junction-{each}", classes=(JUNCTIONS,)), size=128)
    inside = scene.body > 0.5
    beside = (scene.owner[:, 1:] != scene.owner[:, :-1]) & inside[:, 1:] & inside[:, :-1]
    above = (scene.owner[1:] != scene.owner[:-1]) & inside[1:] & inside[:-1]
    assert beside.sum() + above.sum() >= 8


@pytest.mark.parametrize("each", range(4))
def test_a_mitotic_spindle_has_a_cell_in_metaphase(each: int) -> None:
    scene = set_scene(Sample(id=f"spindle-{each}", classes=(SPINDLE,)), size=128)
    (cell,) = scene.cells.of(Phase.MITOTIC)
    assert (scene.cells.centre[cell] > 20).all()
    assert (scene.cells.centre[cell] < 108).all()


def test_divisions_without_a_label_occur_and_stay_rare() -> None:
    phases = [
        set_scene(Sample(id=f"bystander-{each}", classes=(0,)), size=32).cells.phase
        for each in range(150)
    ]
    dividing = sum(bool((phase != Phase.INTERPHASE).any()) for phase in phases)
    assert 4 <= dividing <= 40


def test_site_b_is_dimmer_hazier_and_brighter_between_cells() -> None:
    classes = (0, 25)
    means = {
        site: np.mean(
            [
                [np.percentile(image[GREEN], 5), np.percentile(image[GREEN], 99)]
                for image in (
                    render(Sample(id=f"site-{each}", classes=classes, site=site))
                    for each in range(12)
                )
            ],
            axis=0,
        )
        for site in "AB"
    }
    assert means["B"][0] > means["A"][0] + 3
    assert means["B"][1] < means["A"][1]


@pytest.mark.parametrize("size", [32, 96, 128, 200])
def test_an_image_has_four_channels_of_bytes_at_any_size(size: int) -> None:
    image = render(Sample(id="size", classes=tuple(range(0, N_CLASSES, 3))), size=size)
    assert image.shape == (4, size, size)
    assert image.dtype == np.uint8
    assert (image.reshape(4, -1).max(axis=1) > 60).all()


def test_a_scene_is_the_same_at_every_size() -> None:
    sample = Sample(id="scale", classes=(25,))
    small, large = render(sample, size=64), render(sample, size=128)
    halved = large.reshape(4, 64, 2, 64, 2).mean(axis=(2, 4))
    for channel in range(4):
        correlation = np.corrcoef(small[channel].ravel(), halved[channel].ravel())[0, 1]
        assert correlation > 0.85
