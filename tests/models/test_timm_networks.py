"""Networks of timm: what is said where it cannot be imported, and how they fit where it can."""

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from hpa_core.config import TrainConfig
from hpa_core.errors import CheckpointError, ConfigError
from hpa_core.models.registry import build
from hpa_core.models.weights import WeightsInfo, build_network, open_network, save_weights


def timm_works() -> bool:
    """Whether timm can be imported here; a failed import may leave half of torchvision behind."""
    if find_spec("timm") is None:
        return False
    try:
        build("timm:resnet18")
    except ConfigError:
        return False
    return True


@pytest.fixture
def timm() -> None:
    if not timm_works():
        pytest.skip("timm cannot be imported here; see requirements-timm.txt")


def test_without_timm_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(
        ConfigError, match=r"'timm:resnet18' needs timm, .* -r requirements-timm\.txt"
    ):
        build("timm:resnet18")


def test_beside_a_torchvision_for_another_torch_the_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What importing timm comes to beside PyPI's torchvision and a CPU-only torch.
    broken = "raise RuntimeError('operator torchvision::nms does not exist')"
    (tmp_path / "timm.py").write_text(broken)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "timm", raising=False)
    with pytest.raises(
        ConfigError, match=r"torchvision::nms .* the torchvision build that belongs to this torch"
    ):
        build("timm:resnet18")


def test_a_file_for_a_network_that_is_not_known_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save_weights(path, torch.nn.Linear(2, 2), WeightsInfo(model="vgg", image_size=32))
    with pytest.raises(CheckpointError, match="'vgg', which is not known"):
        open_network(path)


@pytest.mark.parametrize("name", ["timm:", "resnet18"])
def test_a_name_without_its_beginning_or_end_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=r"model must be one of small, .*timm:<name>"):
        TrainConfig(dataset="d", model=name)
    assert TrainConfig(dataset="d", model="timm:resnet18").model == "timm:resnet18"


@pytest.mark.usefixtures("timm")
def test_a_network_of_timm_learns_and_is_kept(tmp_path: Path) -> None:
    network = build("timm:resnet18", pool="both")
    output = network(torch.randint(0, 256, (2, 4, 64, 64), dtype=torch.uint8))
    assert (output.logits.shape, output.embeddings.shape) == ((2, 28), (2, 1024))
    output.logits.sum().backward()
    path = tmp_path / "w.safetensors"
    save_weights(path, network, WeightsInfo(model="timm:resnet18", image_size=64, pool="both"))
    opened, _ = open_network(path)
    image = torch.rand(1, 4, 64, 64) * 255
    torch.testing.assert_close(opened(image).logits, network.eval()(image).logits)


@pytest.mark.usefixtures("timm")
def test_timms_own_weights_get_a_fourth_channel(tmp_path: Path) -> None:
    import timm  # noqa: PLC0415 - an extra

    original = timm.create_model("resnet18", pretrained=False)
    torch.save(original.state_dict(), tmp_path / "resnet18.pth")
    network, first = build_network("timm:resnet18", str(tmp_path / "resnet18.pth"))
    assert first.source == "imagenet"
    kernel = network.body.net.conv1.weight
    torch.testing.assert_close(kernel[:, :3], original.conv1.weight)
    torch.testing.assert_close(kernel[:, 3], original.conv1.weight.mean(1))


@pytest.mark.usefixtures("timm")
def test_what_ends_in_no_maps_or_does_not_exist_is_refused() -> None:
    with pytest.raises(ConfigError, match="no network 'resnet1800'"):
        build("timm:resnet1800")
    transformer = build("timm:vit_tiny_patch16_224")
    with pytest.raises(ConfigError, match=r"not in maps .* choose a convolutional network"):
        transformer(torch.zeros(1, 4, 224, 224))
