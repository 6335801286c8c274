"""PNG quartets made for real: any size, depth and colour, and every kind of damage."""

import struct
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

CHANNELS = ("red", "green", "blue", "yellow")
WriteQuartets = Callable[..., Path]


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.fixture
def png() -> Callable[..., bytes]:
    """Return a function that makes the bytes of a PNG, chunk by chunk, sound or not."""

    def make(
        *,
        width: int = 8,
        height: int = 8,
        bits: int = 8,
        colour: int = 0,
        interlaced: int = 0,
        data: bytes | None = None,
        before: Iterable[tuple[bytes, bytes]] = (),
    ) -> bytes:
        header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlaced)
        rows = bytes(height * (1 + width * bits // 8)) if data is None else data
        chunks = [(b"IHDR", header), *before, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
        return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)

    return make


@pytest.fixture
def write_quartets(tmp_path: Path) -> WriteQuartets:
    """Return a function that writes random quartets and `labels.csv`; sample i has class i % 28."""

    def write(ids: Iterable[str], *, size: int = 32, seed: int = 0, folder: str = "png") -> Path:
        root = tmp_path / folder
        root.mkdir(exist_ok=True)
        rng = np.random.default_rng(seed)
        ids = list(ids)
        for sample_id in ids:
            for channel in CHANNELS:
                pixels = rng.integers(0, 256, (size, size), dtype=np.uint8)
                Image.fromarray(pixels).save(root / f"{sample_id}_{channel}.png")
        rows = "".join(f"{sample_id},{row % 28}\n" for row, sample_id in enumerate(ids))
        (tmp_path / "labels.csv").write_text(f"Id,Target\n{rows}")
        return root

    return write
