"""Named tensors in a file: written with a checksum, read without running anything.

Our own files are safetensors whose metadata hold a SHA-256 over every name, type, shape, byte and
other metadata. Files from outside may also be PyTorch's, read with `weights_only=True`.

References:
    The safetensors format: 8 bytes of header length, a JSON header, the tensors' bytes.
"""

import json
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile, is_zipfile

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from hpa_core.errors import CheckpointError
from hpa_core.files import write_atomic

DIGEST = "sha256"
LONGEST_HEADER = 16 * 2**20
"""Bytes; the header of 10,000 tensors has about 1 MB."""


@dataclass(frozen=True, kw_only=True)
class TensorFile:
    """What a file held.

    Attributes:
        metadata: text by name; empty for PyTorch's files.
        sha256: of the whole file.
    """

    path: Path
    tensors: dict[str, Tensor]
    metadata: dict[str, str]
    sha256: str


def write_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Write tensors and metadata as safetensors with a checksum, atomically and durably.

    Raises:
        WorkspaceError: the disk is full or the folder cannot be written; `path` is as before.
    """
    kept = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    stamped = {**metadata, DIGEST: _digest(kept, metadata)}
    write_atomic(path, safetensors.torch.save(kept, stamped))


def read_tensors(path: Path, *, checksum: bool = False) -> TensorFile:
    """Read tensors from `.safetensors`, or else from a PyTorch file without code in it.

    Args:
        path: the file; its suffix tells its kind.
        checksum: refuse a file without our checksum; one that has it is always checked.

    Raises:
        CheckpointError: the file is missing, damaged, unsafe to load or holds other things.
    """
    if not path.is_file():
        raise CheckpointError(f"There is no weights file {path}.")
    if path.suffix == ".safetensors":
        metadata = _checked_metadata(path)
        content = path.read_bytes()
        tensors = _from_safetensors(path, content)
    else:
        content, metadata = path.read_bytes(), {}
        tensors = _from_torch(path, content)
    expected = metadata.pop(DIGEST, None)
    if (checksum or expected) and expected != _digest(tensors, metadata):
        raise CheckpointError(f"{path} is damaged: its checksum does not fit; use another copy.")
    return TensorFile(
        path=path, tensors=tensors, metadata=metadata, sha256=sha256(content).hexdigest()
    )


def load_tensors(module: nn.Module, tensors: Mapping[str, Tensor], path: Path) -> None:
    """Copy tensors into a module, all of them or none.

    Raises:
        CheckpointError: naming the first tensor that is missing, unknown or of another shape.
    """
    own = module.state_dict()
    for name, value in own.items():
        if name not in tensors:
            raise CheckpointError(f"{path} lacks the tensor {name!r} {tuple(value.shape)}.")
        if tensors[name].shape != value.shape:
            raise CheckpointError(
                f"{path}: the tensor {name!r} has the shape {tuple(tensors[name].shape)}, "
                f"the network expects {tuple(value.shape)}; choose weights of the same network."
            )
    if unknown := sorted(set(tensors) - set(own)):
        raise CheckpointError(f"{path} has a tensor {unknown[0]!r} that the network does not know.")
    module.load_state_dict(dict(tensors))


def _checked_metadata(path: Path) -> dict[str, str]:
    """Read the header alone, refusing what the parser would swallow; return the metadata."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > LONGEST_HEADER:
            raise CheckpointError(
                f"{path} has a header of {length} bytes, more than the {LONGEST_HEADER} that any "
                "network needs; it is not loaded."
            )
        content = file.read(length)
    try:
        header = json.loads(content, object_pairs_hook=_without_duplicates)
        return {str(name): str(text) for name, text in header.get("__metadata__", {}).items()}
    except (ValueError, AttributeError, RecursionError) as error:
        raise CheckpointError(
            f"{path} has no whole header ({error}); use another copy of the file."
        ) from None


def _from_safetensors(path: Path, content: bytes) -> dict[str, Tensor]:
    try:
        return safetensors.torch.load(content)
    except (SafetensorError, KeyError, ValueError, RuntimeError) as error:
        raise CheckpointError(f"{path} is no whole safetensors file ({error}).") from None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a name stands there twice")
    return values


def _from_torch(path: Path, content: bytes) -> dict[str, Tensor]:
    _refuse_zip_bomb(path, content)
    try:
        loaded = torch.load(BytesIO(content), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        reason = str(error).splitlines()[0] if str(error) else "not a pickle of tensors"
        raise CheckpointError(
            f"{path} holds more than tensors, or is damaged; it is not loaded ({reason}). "
            "Ask its author for a safetensors file."
        ) from None
    except (RuntimeError, EOFError, ValueError, KeyError, IndexError, TypeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CheckpointError(f"{path} is no whole PyTorch file ({reason}).") from None
    return _state_dict(path, loaded)


def _refuse_zip_bomb(path: Path, content: bytes) -> None:
    """PyTorch stores its records as they are, so a compressed one was made by something else."""
    if not is_zipfile(BytesIO(content)):
        return
    try:
        with ZipFile(BytesIO(content)) as archive:
            compressed = any(item.compress_type != ZIP_STORED for item in archive.infolist())
            claimed = sum(item.file_size for item in archive.infolist())
    except BadZipFile as error:
        raise CheckpointError(f"{path} is no whole PyTorch file ({error}).") from None
    if compressed or claimed > len(content):
        raise CheckpointError(
            f"{path} unpacks to {claimed} bytes from {len(content)}; PyTorch never compresses "
            "weights, so it is not loaded."
        )


def _state_dict(path: Path, loaded: object) -> dict[str, Tensor]:
    if isinstance(loaded, Mapping) and isinstance(loaded.get("state_dict"), Mapping):
        loaded = loaded["state_dict"]
    if not isinstance(loaded, Mapping) or not loaded:
        raise CheckpointError(f"{path} holds no named tensors; expected the weights of a network.")
    for name, value in loaded.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise CheckpointError(f"{path}: {name!r} is no tensor; expected named tensors alone.")
    return dict(loaded)


def _digest(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> str:
    digest = sha256(json.dumps(sorted(metadata.items())).encode())
    for name, value in sorted(tensors.items()):
        digest.update(f"\n{name} {value.dtype} {tuple(value.shape)}\n".encode())
        digest.update(value.contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()
