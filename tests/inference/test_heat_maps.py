"""Heat maps against networks whose every map can be worked out by hand."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from hpa_core.classes import N_CLASSES
from hpa_core.inference.heat_maps import class_maps, occlusion_maps, place_offset, scores_without
from hpa_core.models.network import Network
from hpa_core.models.pooling import Pool
from hpa_core.models.registry import ARCHITECTURES

SIZE = 8


def by_hand(pool: str) -> Network:
    """Return a network whose last maps are the four channels themselves."""
    head = nn.Linear(4, N_CLASSES)
    network = Network(body=nn.Identity(), pool=Pool(pool), head=head, mean=[0.0] * 4, std=[1.0] * 4)
    return network.eval()


@pytest.fixture
def images() -> Tensor:
    rng = np.random.default_rng(0)
    return torch.from_numpy(rng.integers(0, 256, (2, 4, SIZE, SIZE), dtype=np.uint8))


def weights_of(network: Network) -> Tensor:
    layer = network.head
    assert isinstance(layer, nn.Linear)
    return layer.weight.detach()


@pytest.mark.parametrize("method", ["hirescam", "gradcam"])
def test_under_an_average_each_place_adds_its_share_of_the_weighted_channels(
    images: Tensor, method: str
) -> None:
    network = by_hand("average")
    found = class_maps(network, images, method)
    expected = torch.einsum("ck,bkhw->bchw", weights_of(network), images.float()) / SIZE**2
    if method == "gradcam":
        expected = expected.clamp(min=0)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def test_under_a_maximum_hirescam_shows_the_brightest_places_alone(images: Tensor) -> None:
    network = by_hand("max")
    image = torch.zeros_like(images[:1])
    for channel in range(4):
        image[0, channel, channel, 2 * channel] = 50 * (channel + 1)
    found = class_maps(network, image, "hirescam")[0]
    expected = torch.zeros(N_CLASSES, SIZE, SIZE)
    for channel in range(4):
        brightness = 50 * (channel + 1)
        expected[:, channel, 2 * channel] = weights_of(network)[:, channel] * brightness
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("name", ["small", "wide", "bninception"])
def test_hirescam_adds_up_to_the_log_odds_but_for_a_constant(name: str) -> None:
    torch.manual_seed(0)
    network = ARCHITECTURES[name].build().eval()
    rng = np.random.default_rng(1)
    some = torch.from_numpy(rng.integers(0, 256, (3, 4, 64, 64), dtype=np.uint8))
    with torch.no_grad():
        logits = network(some).logits
    constant = logits - class_maps(network, some, "hirescam").sum((2, 3))
    torch.testing.assert_close(constant, constant[:1].expand_as(constant), atol=2e-3, rtol=1e-3)
    assert class_maps(network, some, "gradcam").shape[:2] == (3, N_CLASSES)


def test_an_occlusion_map_is_what_the_protein_under_its_windows_was_worth() -> None:
    network = by_hand("average")
    rng = np.random.default_rng(2)
    image = torch.from_numpy(rng.integers(0, 256, (4, 32, 32), dtype=np.uint8))
    found = occlusion_maps(network, image)  # 16 places of two pixels; windows of four.
    green = image[1].double()
    window = torch.tensor(
        [
            [float(green[2 * row : 2 * row + 4, 2 * column : 2 * column + 4].sum())
             for column in range(15)]
            for row in range(15)
        ]
    )  # fmt: skip
    worth = window / 32**2
    corner, inner = worth[0, 0], worth[4:6, 7:9].mean()
    for number, weight in enumerate(weights_of(network)[:, 1].tolist()):
        assert found[number, 0, 0].item() == pytest.approx(weight * corner.item(), abs=1e-4)
        assert found[number, 5, 8].item() == pytest.approx(weight * inner.item(), abs=1e-4)


def test_places_are_centred_where_the_strided_convolutions_look() -> None:
    torch.manual_seed(0)
    even = place_offset(by_hand("average"), SIZE)
    torch.testing.assert_close(even, torch.zeros(2), atol=1e-5, rtol=0)
    strided = by_hand("average")
    strided.body = nn.Sequential(
        nn.Conv2d(4, 4, 3, stride=2, padding=1), nn.Conv2d(4, 4, 1, stride=2)
    )
    with torch.no_grad():
        for layer in strided.body:
            layer.weight.fill_(1.0)  # A place sees nine pixels around the first of its share.
    found = place_offset(strided, 16)
    torch.testing.assert_close(found, torch.full((2,), 0.5 / 4 - 0.5), atol=1e-5, rtol=0)


def test_scores_without_a_channel_are_those_of_the_image_blacked_out(images: Tensor) -> None:
    network = by_hand("average")
    probs, without = scores_without(network, images[0])
    with torch.no_grad():
        torch.testing.assert_close(probs, network(images[:1]).logits[0].sigmoid())
        for channel in range(4):
            black = images[:1].clone()
            black[:, channel] = 0
            torch.testing.assert_close(without[channel], network(black).logits[0].sigmoid())
