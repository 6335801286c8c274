"""Every network of the registry: what goes in, what comes out."""

import pytest
import torch

from hpa_core.choices import MODELS
from hpa_core.classes import N_CLASSES
from hpa_core.errors import ConfigError
from hpa_core.models.devices import compute_device
from hpa_core.models.registry import ARCHITECTURES
from hpa_core.models.scoring import score


def test_the_registry_has_the_networks_that_the_config_offers() -> None:
    assert set(ARCHITECTURES) == set(MODELS)
    assert all(ARCHITECTURES[name].description == text for name, text in MODELS.items())


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_network_yields_logits_and_the_embedding_that_its_head_reads(name: str) -> None:
    network = ARCHITECTURES[name].build().eval()
    images = torch.randint(0, 256, (3, 4, 64, 64), dtype=torch.uint8)
    with torch.no_grad():
        output = network(images)
        assert torch.equal(network.head(output.embeddings), output.logits)
    assert output.logits.shape == (3, N_CLASSES)
    assert output.embeddings.shape == (3, ARCHITECTURES[name].embedding)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_registry_counts_the_parameters_right(name: str) -> None:
    network = ARCHITECTURES[name].build()
    assert sum(p.numel() for p in network.parameters()) == ARCHITECTURES[name].parameters


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_parameter_learns(name: str) -> None:
    network = ARCHITECTURES[name].build()
    images = torch.randint(0, 256, (4, 4, 64, 64), dtype=torch.uint8)
    network(images).logits.square().sum().backward()
    idle = [n for n, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    # A bias before batch norm is subtracted again: its gradient is rounding, or exactly 0.
    assert [n for n in idle if not n.endswith(".bias")] == []


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
    maps = network.body[:-2]  # all but average and flatten
    images = (torch.rand(2, 4, 64, 64) * 255 - network.mean) / network.std
    with torch.no_grad():
        features = maps(images)  # (2, 512, 4, 4)
        weight = network.head.weight[:, :, None, None]
        by_pixel = torch.nn.functional.conv2d(features, weight, network.head.bias)
        torch.testing.assert_close(by_pixel.mean((2, 3)), network.head(network.body(images)))


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
