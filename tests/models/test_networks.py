"""Every network of the registry: what goes in, what comes out."""

from functools import cache
from pathlib import Path

import pytest
import torch

from hpa_core.choices import MODELS, SMALLEST_SIZE
from hpa_core.classes import N_CLASSES
from hpa_core.errors import CheckpointError, ConfigError
from hpa_core.models.devices import compute_device
from hpa_core.models.network import Network
from hpa_core.models.registry import ARCHITECTURES, build
from hpa_core.models.scoring import score
from hpa_core.models.weights import WeightsInfo, open_network, save_weights

EVERY = pytest.mark.parametrize("name", ARCHITECTURES)


@cache
def network_of(name: str) -> Network:
    """Build a network once for all tests."""
    return build(name)


def some_images(count: int, name: str = "small") -> torch.Tensor:
    """Return images as small as the network takes them, from 64 px on."""
    size = SMALLEST_SIZE.get(name, 64)
    return torch.randint(0, 256, (count, 4, size, size), dtype=torch.uint8)


def test_the_registry_has_the_networks_that_the_config_offers() -> None:
    assert set(ARCHITECTURES) == set(MODELS)
    assert all(ARCHITECTURES[name].description == text for name, text in MODELS.items())


@EVERY
def test_a_network_yields_logits_and_the_embedding_that_its_head_reads(name: str) -> None:
    network = network_of(name).eval()
    with torch.no_grad():
        output = network(some_images(3, name))
        assert torch.equal(network.head(output.embeddings), output.logits)
    assert output.logits.shape == (3, N_CLASSES)
    assert output.embeddings.shape == (3, ARCHITECTURES[name].embedding)


@EVERY
def test_the_registry_counts_the_parameters_right(name: str) -> None:
    assert sum(p.numel() for p in network_of(name).parameters()) == ARCHITECTURES[name].parameters


@EVERY
def test_every_parameter_learns(name: str) -> None:
    network = network_of(name).train()
    network(some_images(4, name)).logits.square().sum().backward()
    idle = [n for n, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    # A bias before batch norm is subtracted again: its gradient is rounding, or exactly 0.
    assert [n for n in idle if not n.endswith(".bias")] == []
    network.zero_grad()


@pytest.mark.parametrize("name", ["small", "wide", "bninception"])
@pytest.mark.parametrize("pool", ["average", "max", "both"])
def test_a_pool_makes_the_embedding_of_the_last_maps(name: str, pool: str) -> None:
    torch.manual_seed(0)
    network, images = build(name, pool=pool).eval(), some_images(2)
    with torch.no_grad():
        maps = network.body((images - network.mean) / network.std)
        found = network(images)
    flat = maps.flatten(2)
    expected = {"average": [flat.mean(2)], "max": [flat.max(2).values]}
    expected["both"] = expected["average"] + expected["max"]
    torch.testing.assert_close(found.embeddings, torch.cat(expected[pool], dim=1))
    assert found.logits.shape == (2, N_CLASSES)


def test_the_pool_that_a_network_was_made_with_is_the_default() -> None:
    for name, pool in (("small", "both"), ("wide", "average"), ("bninception", "average")):
        assert network_of(name).pool.kind == pool == build(name, pool=pool).pool.kind


@EVERY
def test_a_networks_weights_go_to_a_file_and_back(name: str, tmp_path: Path) -> None:
    network, path = network_of(name).eval(), tmp_path / "w.safetensors"
    save_weights(path, network, WeightsInfo(model=name, image_size=64))
    opened, info = open_network(path)
    assert info == WeightsInfo(model=name, image_size=64)
    kept, loaded = network.state_dict(), opened.state_dict()
    assert list(kept) == list(loaded)
    assert all(torch.equal(value, loaded[key]) for key, value in kept.items())


def test_weights_keep_the_pool_that_they_were_learnt_with(tmp_path: Path) -> None:
    network, path = build("small", pool="max").eval(), tmp_path / "w.safetensors"
    save_weights(path, network, WeightsInfo(model="small", image_size=64, pool="max"))
    opened, _ = open_network(path)
    images = some_images(1)
    with torch.no_grad():
        assert torch.equal(opened(images).logits, network(images).logits)


def test_weights_for_another_pool_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save_weights(path, network_of("small"), WeightsInfo(model="small", image_size=32, pool="max"))
    with pytest.raises(CheckpointError, match=r"head\.1\.weight.*\(28, 256\).*\(28, 128\)"):
        open_network(path)
    save_weights(path, network_of("small"), WeightsInfo(model="small", image_size=32, pool="min"))
    with pytest.raises(CheckpointError, match="pool 'min', which is not known"):
        open_network(path)


@pytest.mark.parametrize("name", ["small", "wide"])
def test_a_fresh_network_calls_about_as_many_labels_as_there_are(name: str) -> None:
    torch.manual_seed(0)
    network = ARCHITECTURES[name].build().eval()
    images = torch.randint(0, 256, (4, 4, 64, 64), dtype=torch.uint8)
    with torch.no_grad():
        mean = network(images).logits.sigmoid().mean().item()
    assert 0.03 < mean < 0.12  # 50,782 labels / 31,072 samples / 28 classes = 0.058


def test_the_last_convolution_of_model_2_may_come_after_the_average() -> None:
    network = ARCHITECTURES["wide"].build().eval()
    images = (torch.rand(2, 4, 64, 64) * 255 - network.mean) / network.std
    with torch.no_grad():
        features = network.body(images)  # (2, 512, 4, 4)
        weight = network.head.weight[:, :, None, None]
        by_pixel = torch.nn.functional.conv2d(features, weight, network.head.bias)
        torch.testing.assert_close(by_pixel.mean((2, 3)), network.head(network.pool(features)))


def test_model_2_has_three_convolutions_then_four_branches() -> None:
    body = ARCHITECTURES["wide"].build().body
    assert [type(layer[0]).__name__ for layer in body[:3]] == ["Conv2d"] * 3
    assert len(body[3].branches) == 4


def test_the_small_network_works_at_the_smallest_size_a_config_allows() -> None:
    network = ARCHITECTURES["small"].build().eval()
    assert network(torch.zeros(1, 4, 32, 32)).logits.shape == (1, N_CLASSES)


def test_scoring_keeps_the_order_and_leaves_the_network_in_its_mode() -> None:
    network = ARCHITECTURES["small"].build().train()
    images = torch.randint(0, 256, (5, 4, 32, 32), dtype=torch.uint8)
    logits, embeddings = score(network, [images[:2], images[2:]], precision="auto")
    assert network.training
    with torch.no_grad():
        expected = network.eval()(images)
    torch.testing.assert_close(torch.from_numpy(logits), expected.logits)
    torch.testing.assert_close(torch.from_numpy(embeddings), expected.embeddings.half())


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_gpu_that_is_not_there_is_refused() -> None:
    with pytest.raises(ConfigError, match="no GPU is found"):
        compute_device("cuda")
