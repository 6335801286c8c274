"""Weights files: what is written comes back, and nothing else is believed or run."""

import json
import os
import pickle
import struct
import zipfile
from pathlib import Path

import pytest
import safetensors.torch
import torch

from hpa_core.errors import CheckpointError, WorkspaceError
from hpa_core.models.registry import ARCHITECTURES
from hpa_core.models.tensorfile import LONGEST_HEADER, read_tensors, write_tensors
from hpa_core.models.weights import WeightsInfo, build_network, open_network, save_weights

TENSORS = {
    "weight": torch.arange(12.0).reshape(3, 4),
    "half": torch.ones(5, dtype=torch.bfloat16),
    "count": torch.tensor(7),
    "none": torch.zeros(0, 3),
}


def test_tensors_and_metadata_come_back(tmp_path: Path) -> None:
    write_tensors(tmp_path / "a.safetensors", TENSORS, {"model": "small"})
    file = read_tensors(tmp_path / "a.safetensors", checksum=True)
    assert file.metadata == {"model": "small"}
    assert file.tensors.keys() == TENSORS.keys()
    assert all(torch.equal(file.tensors[name], value) for name, value in TENSORS.items())


def test_every_flipped_bit_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    write_tensors(path, TENSORS, {"model": "small"})
    whole = path.read_bytes()
    for place in range(len(whole)):
        content = bytearray(whole)
        content[place] ^= 1 << (place % 8)
        path.write_bytes(content)
        try:
            file = read_tensors(path, checksum=True)
        except CheckpointError:
            continue
        # White space of the header may change without meaning anything.
        assert file.metadata == {"model": "small"}
        assert all(torch.equal(file.tensors[name], value) for name, value in TENSORS.items())


def test_every_truncation_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    write_tensors(path, TENSORS, {"model": "small"})
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(CheckpointError):
            read_tensors(path)


class Canary:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize("legacy", [True, False])
def test_a_pickle_with_code_is_refused_and_the_code_not_run(tmp_path: Path, legacy: bool) -> None:
    canary, path = tmp_path / "canary", tmp_path / "evil.pth"
    evil = {"weight": torch.zeros(2), "payload": Canary(canary)}
    torch.save(evil, path, _use_new_zipfile_serialization=not legacy)
    with pytest.raises(CheckpointError, match="more than tensors"):
        read_tensors(path)
    assert not canary.exists()
    with path.open("wb") as file:
        pickle.dump(Canary(canary), file, protocol=2)
    with pytest.raises(CheckpointError):
        read_tensors(path)
    assert not canary.exists()


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pth"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb/data.pkl", bytes(50_000_000))
    with pytest.raises(CheckpointError, match="unpacks to 50000000 bytes"):
        read_tensors(path)


def test_a_header_of_200_mb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.safetensors"
    with path.open("wb") as file:
        file.write(struct.pack("<Q", 200_000_000) + b"{")
        file.truncate(200_000_008)  # sparse: takes no room on the disk
    with pytest.raises(CheckpointError, match=f"more than the {LONGEST_HEADER}"):
        read_tensors(path)


def test_a_header_longer_than_the_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lie.safetensors"
    path.write_bytes(struct.pack("<Q", 2**63) + b"{}")
    with pytest.raises(CheckpointError, match="more than the"):
        read_tensors(path)


def test_two_tensors_of_one_name_are_refused(tmp_path: Path) -> None:
    entry = '"w": {"dtype": "F32", "shape": [1], "data_offsets": [%d, %d]}'
    header = ("{" + entry % (0, 4) + ", " + entry % (4, 8) + "}").encode()
    path = tmp_path / "twice.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(8))
    with pytest.raises(CheckpointError, match="twice"):
        read_tensors(path)


@pytest.mark.parametrize("header", [b"[]", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_header_that_is_no_object_is_refused(tmp_path: Path, header: bytes) -> None:
    path = tmp_path / "odd.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    with pytest.raises(CheckpointError, match="header"):
        read_tensors(path)


@pytest.mark.parametrize("value", [[1, 2], {"a": 1}, {}, {1: torch.zeros(1)}, torch.zeros(1)])
def test_a_file_without_named_tensors_is_refused(tmp_path: Path, value: object) -> None:
    torch.save(value, tmp_path / "odd.pt")
    with pytest.raises(CheckpointError, match="tensor"):
        read_tensors(tmp_path / "odd.pt")


def test_a_file_that_is_no_checkpoint_or_is_missing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.pth").write_text("hello")
    for name in ("text.pth", "missing.pth", "missing.safetensors"):
        with pytest.raises(CheckpointError, match=name):
            read_tensors(tmp_path / name)


def test_weights_of_another_shape_are_refused_with_the_tensor_and_both_shapes(
    tmp_path: Path,
) -> None:
    tensors = ARCHITECTURES["small"].build().state_dict()
    tensors["head.1.bias"] = torch.zeros(27)
    safetensors.torch.save_file(tensors, tmp_path / "a.safetensors")
    with pytest.raises(CheckpointError, match=r"'head.1.bias' has the shape \(27,\).*\(28,\)"):
        build_network("small", str(tmp_path / "a.safetensors"))


def test_weights_with_a_tensor_too_few_or_too_many_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    tensors = ARCHITECTURES["small"].build().state_dict()
    safetensors.torch.save_file({**tensors, "extra": torch.zeros(1)}, path)
    with pytest.raises(CheckpointError, match="'extra'"):
        build_network("small", str(path))
    del tensors["head.1.bias"]
    safetensors.torch.save_file(tensors, path)
    with pytest.raises(CheckpointError, match=r"lacks the tensor 'head\.1\.bias'"):
        build_network("small", str(path))


def test_a_saved_network_opens_as_the_one_that_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "small.safetensors"
    network = ARCHITECTURES["small"].build().eval()
    save_weights(path, network, WeightsInfo(model="small", image_size=64, epoch=3))
    opened, info = open_network(path)
    assert (info.model, info.image_size, info.epoch) == ("small", 64, 3)
    images = torch.randint(0, 256, (2, 4, 64, 64), dtype=torch.uint8)
    with torch.no_grad():
        assert torch.equal(opened(images).logits, network(images).logits)


def test_saved_weights_start_another_training(tmp_path: Path) -> None:
    path = tmp_path / "small.safetensors"
    network = ARCHITECTURES["small"].build()
    save_weights(path, network, WeightsInfo(model="small", image_size=64))
    started, first = build_network("small", str(path))
    assert (first.source, first.file) == ("file", str(path))
    assert all(map(torch.equal, started.state_dict().values(), network.state_dict().values()))


@pytest.mark.parametrize("metadata", [{}, {"hpa_weights": "[]"}, {"hpa_weights": '{"model": 1}'}])
def test_weights_that_do_not_say_their_network_are_not_opened(
    tmp_path: Path, metadata: dict[str, str]
) -> None:
    write_tensors(tmp_path / "a.safetensors", TENSORS, metadata)
    with pytest.raises(CheckpointError, match="does not say which network"):
        open_network(tmp_path / "a.safetensors")


def test_weights_of_an_unknown_network_are_not_opened(tmp_path: Path) -> None:
    info = {"hpa_weights": json.dumps({"model": "vgg", "image_size": 64})}
    write_tensors(tmp_path / "a.safetensors", TENSORS, info)
    with pytest.raises(CheckpointError, match="'vgg'"):
        open_network(tmp_path / "a.safetensors")


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_save_that_fails_leaves_the_file_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "a.safetensors"
    write_tensors(path, TENSORS, {"turn": "1"})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        target = os if call == "fsync" else Path
        patched.setattr(target, call, full)
        with pytest.raises(WorkspaceError, match="disk is full"):
            write_tensors(path, TENSORS, {"turn": "2"})
    assert read_tensors(path, checksum=True).metadata == {"turn": "1"}
    assert [item.name for item in tmp_path.iterdir()] == ["a.safetensors"]
