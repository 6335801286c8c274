"""One grey channel from one PNG: what is read equals Pillow's reading, what is refused says why."""

import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hpa_core.data.channels import MAX_SIDE, grey_pixels
from hpa_core.data.images import (
    channel_files,
    content_hash,
    eight_bit,
    read_channel,
    read_quartet,
    read_side,
)
from hpa_core.errors import ImageError

MakePng = Callable[..., bytes]


def noise(side: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (side, side), dtype=np.uint8)


def refusal_of(path: Path) -> str:
    with pytest.raises(ImageError) as caught:
        read_channel(path)
    assert caught.value.file == path.name
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_every_real_channel_equals_what_pillow_reads(realdata: Path) -> None:
    files = sorted((realdata / "quartets").glob("*.png"))
    assert len(files) == 240
    for file in files:
        channel = read_channel(file)
        with Image.open(file) as image:
            assert (channel.pixels == np.asarray(image)).all()
        assert not channel.sixteen_bit


def test_the_real_sixteen_bit_file_is_scaled_by_the_stated_rule(realdata: Path) -> None:
    path = realdata / "odd" / "sixteen_bit_green.png"
    channel = read_channel(path)
    with Image.open(path) as image:
        exact = np.asarray(image, dtype=np.float64) / 257
    assert channel.sixteen_bit
    assert channel.pixels.shape == (2048, 2048)
    assert np.abs(channel.pixels - exact).max() <= 0.5


def test_all_sixteen_bit_values_round_to_the_nearest_and_keep_the_ends() -> None:
    values = np.arange(65536, dtype=np.uint16)
    scaled = eight_bit(values[None])[0]
    assert (scaled == np.rint(values / 257)).all()
    assert scaled[0] == 0
    assert scaled[-1] == 255


def test_an_interlaced_file_is_read(tmp_path: Path, png: MakePng) -> None:
    # Adam7 of a 4 x 4 image: passes 1, 4, 6 and 7 have pixels there, and 5 has one row.
    passes = [(1, 1), (1, 1), (2, 1), (2, 2), (4, 2)]
    rows, value = b"", 0
    for width, height in passes:
        for _ in range(height):
            rows += b"\0" + bytes(range(value, value + width))
            value += width
    path = tmp_path / "x.png"
    path.write_bytes(png(width=4, height=4, interlaced=1, data=rows))
    with Image.open(path) as image:
        expected = np.asarray(image)
    assert sorted(expected.ravel().tolist()) == list(range(16))
    assert (read_channel(path).pixels == expected).all()


@pytest.mark.parametrize("missing", [1, 4, 12, 13, 40, 200])
def test_a_file_cut_off_anywhere_is_refused(missing: int, tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    Image.fromarray(noise(32)).save(path)
    path.write_bytes(path.read_bytes()[:-missing])
    assert "is cut off" in refusal_of(path)


def test_a_flipped_bit_anywhere_after_the_signature_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    Image.fromarray(noise(16)).save(path)
    whole = path.read_bytes()
    for position in range(8, len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= 1
        path.write_bytes(damaged)
        refusal_of(path)


def test_pixels_that_do_not_unpack_are_refused_though_every_checksum_is_right(
    tmp_path: Path, png: MakePng
) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(png(width=8, height=8, data=bytes(20)))
    assert "has damaged pixels" in refusal_of(path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"Id,Target\n", "is not a PNG"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "is not a PNG"),
        (b"\x89PNG\r\n\x1a\n", "is not a PNG"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "is cut off within its header"),
    ],
)
def test_a_file_that_is_no_png_is_refused(content: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(content)
    assert sentence in refusal_of(path)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("RGB", "8-bit RGB"),
        ("RGBA", "8-bit RGBA"),
        ("LA", "8-bit grey with alpha"),
        ("P", "1-bit palette"),
        ("1", "1-bit grey"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_its_kind(
    mode: str, kind: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.png"
    Image.new(mode, (16, 16)).save(path)
    assert f"x.png is {kind}; expected one channel" in refusal_of(path)


def test_another_format_under_the_name_of_a_png_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    Image.fromarray(noise(16)).save(path, format="JPEG")
    assert "is not a PNG" in refusal_of(path)


def test_an_image_that_is_not_square_is_refused(tmp_path: Path, png: MakePng) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(png(width=8, height=9))
    assert "is 8 x 9 px; expected a square image" in refusal_of(path)


def test_a_header_of_sixty_thousand_pixels_is_refused_before_anything_is_unpacked(
    tmp_path: Path, png: MakePng
) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(png(width=60_000, height=60_000, data=b""))
    assert f"claims 60000 x 60000 px; at most {MAX_SIDE}" in refusal_of(path)


def test_a_compressed_text_that_would_fill_the_memory_is_never_unpacked(
    tmp_path: Path, png: MakePng
) -> None:
    bomb = b"Comment\0\0" + zlib.compress(bytes(256 * 1024**2), 9)
    path = tmp_path / "x.png"
    path.write_bytes(png(before=[(b"zTXt", bomb)]))
    with pytest.raises(ValueError, match="too large"):
        Image.open(path)  # Pillow's own guard shows that the bomb is one
    assert (read_channel(path).pixels == 0).all()


def test_pixels_that_unpack_to_more_than_the_header_says_are_cut_there(
    tmp_path: Path, png: MakePng
) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(png(data=bytes(64 * 1024**2)))
    assert read_channel(path).pixels.shape == (8, 8)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "cannot be read (No such file or directory)" in refusal_of(tmp_path / "absent.png")
    (tmp_path / "folder.png").mkdir()
    assert "cannot be read" in refusal_of(tmp_path / "folder.png")


def test_the_side_is_read_from_the_header_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    Image.fromarray(noise(48)).save(path)
    path.write_bytes(path.read_bytes()[:33])
    assert read_side(path) == 48


def test_a_quartet_of_unequal_sizes_is_refused_naming_the_odd_file(tmp_path: Path) -> None:
    for file, side in zip(channel_files("a"), (16, 16, 8, 16), strict=True):
        Image.fromarray(noise(side)).save(tmp_path / file)
    with pytest.raises(ImageError, match=r"a_blue.png is 8 px a side, the red channel 16 px"):
        list(read_quartet(tmp_path, "a"))


@pytest.mark.parametrize(("side", "scale"), [(32, True), (8, False)])
def test_a_quartet_that_cannot_become_the_size_is_refused(
    side: int, scale: bool, tmp_path: Path
) -> None:
    for file in channel_files("a"):
        Image.fromarray(noise(16)).save(tmp_path / file)
    with pytest.raises(ImageError, match=rf"is 16 px a side, the dataset's images {side} px"):
        list(read_quartet(tmp_path, "a", side=side, scale=scale))


def test_an_image_that_pillow_keeps_in_pieces_has_the_same_pixels() -> None:
    pixels = np.zeros((4352, 4352), dtype=np.uint8)
    pixels[::7, ::5] = 200
    assert (grey_pixels(Image.fromarray(pixels)) == pixels).all()


def test_the_content_hash_tells_pixels_apart_and_ignores_texts(
    tmp_path: Path, png: MakePng
) -> None:
    def hashed(**options: object) -> str:
        path = tmp_path / "x.png"
        path.write_bytes(png(**options))
        return content_hash([read_channel(path).checksums])

    black = hashed()
    assert hashed(before=[(b"tEXt", b"Comment\0copied")]) == black
    assert hashed(data=bytes(71) + b"\1") != black
    assert hashed(width=4, height=4) != black
