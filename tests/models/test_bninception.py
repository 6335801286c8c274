"""Model 1 against the package's own network: shapes, parameters, converted weights."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from torch import nn

from hpa_core.errors import CheckpointError, ConfigError
from hpa_core.models.bninception import body_weights, package_file
from hpa_core.models.registry import ARCHITECTURES
from hpa_core.models.weights import build_network

pytestmark = pytest.mark.skipif(
    find_spec("pretrainedmodels") is None, reason="the package pretrainedmodels is not installed"
)


@pytest.fixture(scope="module")
def original() -> nn.Module:
    """Return the package's three-channel network with batch norm statistics of its own."""
    torch.manual_seed(1)
    network: nn.Module = package_file().BNInception(num_classes=1000)
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if name.endswith(("running_mean", "running_var")):
                value.uniform_(0.5, 1.5)
    return network.eval()


@pytest.fixture
def imagenet(original: nn.Module, tmp_path: Path) -> Path:
    """Return a file with the same names and shapes as the real ImageNet weights."""
    path = tmp_path / "bn_inception.pth"
    torch.save(original.state_dict(), path)
    return path


def test_only_the_first_convolution_and_the_head_differ_from_the_package(
    original: nn.Module,
) -> None:
    package = sum(p.numel() for p in original.parameters())
    last, one_channel = 1024 * 1000 + 1000, 64 * 7 * 7
    head = 2 * 1024 + 1024 * 28 + 28
    ours = sum(p.numel() for p in ARCHITECTURES["bninception"].build().parameters())
    assert ours == package - last + one_channel + head


def test_converted_weights_see_our_channels_as_the_package_sees_blue_green_red(
    original: nn.Module, imagenet: Path
) -> None:
    network, first = build_network("bninception", str(imagenet))
    assert first.source == "imagenet"
    assert len(first.sha256) == 64
    red, green, blue = torch.rand(3, 2, 64, 64) * 255
    yellow = torch.full((2, 64, 64), (104 + 117 + 128) / 3)  # its own mean: adds nothing
    package_input = torch.stack([blue - 104, green - 117, red - 128], dim=1)
    with torch.no_grad():
        expected = original.features(package_input).mean((2, 3))
        ours = network.eval()(torch.stack([red, green, blue, yellow], dim=1)).embeddings
    torch.testing.assert_close(ours, expected, rtol=1e-4, atol=1e-4)


def test_the_yellow_channel_starts_as_the_mean_of_the_others(imagenet: Path) -> None:
    network, _ = build_network("bninception", str(imagenet))
    kernel = network.body.net.conv1_7x7_s2.weight
    torch.testing.assert_close(kernel[:, 3], kernel[:, :3].mean(1))


def test_batch_norm_stored_as_one_row_is_read_too(original: nn.Module) -> None:
    weights = original.state_dict()
    rows = {
        name: value[None] if "_bn." in name and value.ndim == 1 else value
        for name, value in weights.items()
        if not name.endswith("num_batches_tracked")
    }
    converted, expected = body_weights(rows), body_weights(weights)
    assert converted.keys() == expected.keys()
    assert all(torch.equal(converted[name], expected[name]) for name in expected)


def test_imagenet_weights_of_another_width_are_refused_with_both_shapes(
    original: nn.Module, tmp_path: Path
) -> None:
    weights = original.state_dict()
    weights["inception_3a_1x1.weight"] = torch.zeros(8, 192, 1, 1)
    torch.save(weights, tmp_path / "odd.pth")
    with pytest.raises(CheckpointError, match=r"inception_3a_1x1.*\(8, 192.*\(64, 192"):
        build_network("bninception", str(tmp_path / "odd.pth"))


def test_imagenet_weights_for_another_network_are_refused(imagenet: Path) -> None:
    with pytest.raises(CheckpointError, match="weights of BN-Inception"):
        build_network("small", str(imagenet))


def test_where_the_imagenet_weights_cannot_be_fetched_the_user_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # nobody listens there
    with pytest.raises(ConfigError, match=r"cannot be fetched .* put the file at .*52deb4733\.pth"):
        build_network("bninception", "imagenet")


def test_another_file_in_the_place_of_the_imagenet_weights_is_refused(
    imagenet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    cached = tmp_path / "hub" / "checkpoints" / "bn_inception-52deb4733.pth"
    cached.parent.mkdir(parents=True)
    imagenet.rename(cached)
    with pytest.raises(CheckpointError, match="is not the file that its name says"):
        build_network("bninception", "imagenet")


def test_neither_the_package_nor_torchvision_is_imported() -> None:
    program = (
        "import sys; from hpa_core.models.registry import ARCHITECTURES;"
        "ARCHITECTURES['bninception'].build();"
        "sys.exit(bool({'torchvision', 'pretrainedmodels'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0
