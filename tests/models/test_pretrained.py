"""The package's networks against the package: shapes, scaling, converted weights, refusals."""

import subprocess
import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from torch import nn

from hpa_core.choices import PRETRAINED, SMALLEST_SIZE
from hpa_core.errors import CheckpointError, ConfigError
from hpa_core.models.pretrained import BACKBONES, HEADS, package_file
from hpa_core.models.registry import ARCHITECTURES, build
from hpa_core.models.weights import build_network

pytestmark = pytest.mark.skipif(
    find_spec("pretrainedmodels") is None, reason="the package pretrainedmodels is not installed"
)
EVERY = pytest.mark.parametrize("name", PRETRAINED)
SIZES = {name: max(64, SMALLEST_SIZE.get(name, 0)) for name in PRETRAINED}


@cache
def original(name: str) -> nn.Module:
    """Return the package's three-channel network with batch norm statistics of random images."""
    torch.manual_seed(1)
    network = BACKBONES[name].make(package_file(BACKBONES[name].file))
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        network.features(torch.randn(4, 3, SIZES[name], SIZES[name]) * 100)
    return network.eval()


def imagenet_file(name: str, folder: Path) -> Path:
    """Write a file with the same names and shapes as the real ImageNet weights."""
    path = folder / f"{name}.pth"
    torch.save(original(name).state_dict(), path)
    return path


def test_the_config_offers_imagenet_weights_for_these_networks() -> None:
    assert set(PRETRAINED) == set(BACKBONES)


@EVERY
def test_only_the_first_convolution_and_the_head_differ_from_the_package(name: str) -> None:
    network, architecture = original(name), ARCHITECTURES[name]
    first = network.get_submodule(BACKBONES[name].first).weight
    heads = [getattr(network, head) for head in HEADS if hasattr(network, head)]
    package = sum(p.numel() for p in network.parameters())
    last = sum(p.numel() for head in heads for p in head.parameters())
    features = architecture.embedding
    head = 2 * features + features * 28 + 28
    assert architecture.parameters == package - last + first.numel() // 3 + head


@EVERY
def test_converted_weights_see_our_channels_as_the_package_sees_its_colours(
    name: str, tmp_path: Path
) -> None:
    network, first = build_network(name, str(imagenet_file(name, tmp_path)))
    assert first.source == "imagenet"
    assert len(first.sha256) == 64
    torch.manual_seed(2)
    ours = torch.rand(2, 4, SIZES[name], SIZES[name]) * 255
    ours[:, 3] = network.mean[0, 3]  # Its own mean: adds nothing.
    settings = BACKBONES[name].imagenet
    colours = ours[:, :3] * settings["input_range"][1] / 255
    if settings["input_space"] == "BGR":
        colours = colours.flip(1)
    mean, std = (torch.tensor(settings[key]).view(1, 3, 1, 1) for key in ("mean", "std"))
    with torch.no_grad():
        maps = original(name).features((colours - mean) / std)
        expected = (maps.relu() if name == "xception" else maps).mean((2, 3))
        found = network.eval()(ours).embeddings
    scale = expected.abs().max()
    torch.testing.assert_close(found / scale, expected / scale, rtol=1e-3, atol=1e-4)


@EVERY
def test_the_yellow_channel_starts_as_the_mean_of_the_others(name: str, tmp_path: Path) -> None:
    network, _ = build_network(name, str(imagenet_file(name, tmp_path)))
    kernel = network.body.net.get_submodule(BACKBONES[name].first).weight
    torch.testing.assert_close(kernel[:, 3], kernel[:, :3].mean(1))


def test_batch_norm_stored_as_one_row_and_without_a_counter_is_read_too(tmp_path: Path) -> None:
    weights = original("bninception").state_dict()
    rows = {
        name: value[None] if "_bn." in name and value.ndim == 1 else value
        for name, value in weights.items()
        if not name.endswith("num_batches_tracked")
    }
    torch.save(rows, tmp_path / "old.pth")
    old, _ = build_network("bninception", str(tmp_path / "old.pth"))
    new, _ = build_network("bninception", str(imagenet_file("bninception", tmp_path)))
    expected = new.body.state_dict()
    for key, value in old.body.state_dict().items():
        counter = key.endswith("num_batches_tracked")
        assert torch.equal(value, torch.tensor(0) if counter else expected[key])


def test_imagenet_weights_of_another_width_are_refused_with_both_shapes(tmp_path: Path) -> None:
    weights = dict(original("bninception").state_dict())
    weights["inception_3a_1x1.weight"] = torch.zeros(8, 192, 1, 1)
    torch.save(weights, tmp_path / "odd.pth")
    with pytest.raises(CheckpointError, match=r"inception_3a_1x1.*\(8, 192.*\(64, 192"):
        build_network("bninception", str(tmp_path / "odd.pth"))


def test_imagenet_weights_of_four_channels_are_refused(tmp_path: Path) -> None:
    weights = dict(original("bninception").state_dict())
    weights["conv1_7x7_s2.weight"] = torch.zeros(64, 4, 7, 7)
    torch.save(weights, tmp_path / "odd.pth")
    with pytest.raises(CheckpointError, match=r"\(64, 4, 7, 7\), expected 3 in the second"):
        build_network("bninception", str(tmp_path / "odd.pth"))


@pytest.mark.parametrize("name", ["small", "xception"])
def test_imagenet_weights_for_another_network_are_refused(name: str, tmp_path: Path) -> None:
    path = imagenet_file("bninception", tmp_path)
    with pytest.raises(CheckpointError, match="holds ImageNet weights of 'bninception'"):
        build_network(name, str(path))


@EVERY
def test_where_the_imagenet_weights_cannot_be_fetched_the_user_is_told_what_to_do(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # nobody listens there
    # urllib keeps the first opener that a process makes, with the proxy of that moment.
    monkeypatch.setattr("urllib.request._opener", None)
    with pytest.raises(
        ConfigError, match=r"cannot be fetched .* put the file at .*-[0-9a-f]+\.pth"
    ):
        build_network(name, "imagenet")


def test_another_file_in_the_place_of_the_imagenet_weights_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    cached = tmp_path / "hub" / "checkpoints" / "bn_inception-52deb4733.pth"
    cached.parent.mkdir(parents=True)
    imagenet_file("bninception", tmp_path).rename(cached)
    with pytest.raises(CheckpointError, match="is not the file that its name says"):
        build_network("bninception", "imagenet")


def test_inception_v4_works_at_the_smallest_size_that_the_config_allows() -> None:
    network, size = build("inceptionv4").eval(), SMALLEST_SIZE["inceptionv4"]
    with torch.no_grad():
        assert network(torch.zeros(1, 4, size, size)).logits.shape == (1, 28)
        with pytest.raises(RuntimeError):
            network(torch.zeros(1, 4, size - 1, size - 1))


def test_neither_the_package_nor_torchvision_is_imported() -> None:
    program = (
        "import sys; from hpa_core.models.registry import build;"
        f"[build(name) for name in {PRETRAINED}];"
        "sys.exit(bool({'torchvision', 'pretrainedmodels'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0


@EVERY
def test_the_functions_of_a_packages_file_are_found_by_the_module_that_they_name(name: str) -> None:
    """As torch.compile looks for them: it imports a function's module by name."""
    source = package_file(BACKBONES[name].file)
    assert import_module(source.__name__) is source
