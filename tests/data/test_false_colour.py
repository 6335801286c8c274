"""One grey channel from one false-colour JPEG, against decoding all of it and averaging areas."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hpa_core.data.channels import MAX_SIDE
from hpa_core.data.false_colour import EXTERNAL, read_false_colour, read_side
from hpa_core.data.images import content_hash, read_quartet
from hpa_core.errors import ImageError
from tests.data.jpegs import PARTS, cells, false_colour

REAL = [
    "10580_1610_C1_1_blue",
    "10580_1610_C1_1_green",
    "10580_1610_C1_1_red",
    "10580_1610_C1_1_yellow",
    "10814_50_A1_1_blue",
    "10814_50_A1_1_green",
    "10814_50_A1_1_red",
    "10814_50_A1_1_yellow",
    "10814_51_A1_1_blue",
    "10814_51_A1_1_red",
]


def colours_of(path: Path) -> np.ndarray:
    """Every pixel of a file, float (H, W, 3)."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), dtype=float)


def grey_of(path: Path, channel: str) -> np.ndarray:
    parts = np.array(PARTS[channel], dtype=float)
    return colours_of(path) @ (parts / parts.sum())


def area_average(pixels: np.ndarray, side: int) -> np.ndarray:
    """The mean over each new pixel's area, from the running integral in both directions."""
    for axis in (0, 1):
        integral = np.insert(np.cumsum(pixels, axis=axis), 0, 0, axis=axis)
        old = pixels.shape[axis]
        edges = np.linspace(0, old, side + 1)
        whole = np.minimum(edges.astype(int), old - 1)
        part = np.expand_dims(edges - whole, 1 - axis)
        at_edges = np.take(integral, whole, axis) + part * np.take(pixels, whole, axis)
        pixels = np.diff(at_edges, axis=axis) * side / old
    return pixels


def refusal_of(path: Path, channel: str = "green") -> str:
    with pytest.raises(ImageError) as caught:
        read_false_colour(path, channel, 32)
    assert caught.value.file == path.name
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", REAL)
def test_a_real_file_becomes_the_area_average_of_its_own_colour(realdata: Path, name: str) -> None:
    path, channel = realdata / "external" / f"{name}.jpg", name.rpartition("_")[2]
    read = read_false_colour(path, channel, 512)
    expected = area_average(grey_of(path, channel), 512)
    assert read.pixels.shape == (512, 512)
    assert read.file_side in {1728, 2048}
    assert np.corrcoef(read.pixels.ravel(), expected.ravel())[0, 1] > 0.998
    assert np.sqrt(((read.pixels - expected) ** 2).mean()) < 1
    assert abs(read.pixels.mean() - expected.mean()) < 0.25


def test_without_a_side_a_real_file_keeps_its_pixels(realdata: Path) -> None:
    path = realdata / "external" / "10814_50_A1_1_green.jpg"
    assert (read_false_colour(path, "green").pixels == colours_of(path)[..., 1]).all()


@pytest.mark.parametrize("name", REAL)
def test_the_light_of_a_real_file_bleeds_little_into_other_colours(
    realdata: Path, name: str
) -> None:
    channel = name.rpartition("_")[2]
    energies = (colours_of(realdata / "external" / f"{name}.jpg") ** 2).sum(axis=(0, 1))
    own = energies @ np.array(PARTS[channel]) / energies.sum()
    least = {"red": 0.98, "green": 0.87, "blue": 0.99, "yellow": 0.97}
    assert own > least[channel]


@pytest.mark.parametrize("name", REAL)
def test_a_real_file_under_another_stains_name_is_refused(realdata: Path, name: str) -> None:
    path = realdata / "external" / f"{name}.jpg"
    for other in {*PARTS} - {name.rpartition("_")[2]}:
        assert "shows its light in" in refusal_of(path, other)


def test_red_and_green_of_a_real_yellow_file_show_the_same(realdata: Path) -> None:
    for path in (realdata / "external").glob("*_yellow.jpg"):
        red, green, _ = np.moveaxis(colours_of(path), -1, 0)
        assert np.corrcoef(red.ravel(), green.ravel())[0, 1] > 0.99


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    file_side=st.integers(128, 256),
    share=st.floats(0.1, 1),
    channel=st.sampled_from([*PARTS]),
)
def test_scaling_keeps_the_mean_intensity(
    tmp_path_factory: pytest.TempPathFactory, seed: int, file_side: int, share: float, channel: str
) -> None:
    side = int(share * file_side)
    path = tmp_path_factory.mktemp("jpeg") / "x.jpg"
    grey = cells(file_side, seed)
    # Little compressed: what is asked here is what the scaling does.
    path.write_bytes(false_colour(grey, channel, quality=95, subsampling=0))
    scaled = read_false_colour(path, channel, side).pixels
    assert scaled.shape == (side, side)
    assert abs(scaled.mean() - grey.mean()) < 1.5


def test_a_larger_side_than_the_files_leaves_it_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(false_colour(cells(64), "red"))
    assert read_false_colour(path, "red", 512).pixels.shape == (64, 64)


@pytest.mark.parametrize("options", [{"progressive": True}, {"subsampling": 0, "quality": 95}])
def test_other_ways_of_coding_are_read_as_well(tmp_path: Path, options: dict[str, object]) -> None:
    path = tmp_path / "x.jpg"
    grey = cells(64)
    path.write_bytes(false_colour(grey, "green", **options))
    assert np.abs(read_false_colour(path, "green").pixels - grey.astype(float)).mean() < 4


def test_a_grey_image_saved_in_colour_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    Image.fromarray(cells(64)).convert("RGB").save(path)
    for channel in PARTS:
        assert "in red 33 %, green 33 %, blue 33 %; expected" in refusal_of(path, channel)


def test_the_colour_of_an_image_too_dim_to_tell_is_not_asked(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(false_colour(cells(64) // 16, "red"))
    assert read_false_colour(path, "green").pixels.max() < 32
    path.write_bytes(false_colour(np.zeros((64, 64)), "green"))
    assert not read_false_colour(path, "green").pixels.any()


@pytest.mark.parametrize(("mode", "kind"), [("L", "8-bit grey"), ("CMYK", "8-bit CMYK")])
def test_a_file_of_another_kind_is_refused_by_its_kind(
    mode: str, kind: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.jpg"
    Image.new(mode, (64, 64)).save(path)
    assert refusal_of(path) == f"x.jpg is {kind}; expected false colour, 8-bit RGB."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"<!doctype html><title>404</title>", "is not a JPEG"),
        (b"\x89PNG\r\n\x1a\n", "is not a JPEG"),
        (b"\xff\xd8\xff", "is cut off within its header"),
        (b"\xff\xd8\xff\xe0\0\1JFIF", "has a damaged header"),
        (b"\xff\xd8\xff\xda\0\2", "has pixels before their size"),
    ],
)
def test_a_file_that_is_no_jpeg_is_refused(content: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(content)
    assert sentence in refusal_of(path)


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_off_anywhere_is_refused(share: float, tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    content = false_colour(cells(96), "green")
    path.write_bytes(content[: int(share * len(content))])
    assert "is cut off" in refusal_of(path)


def test_bytes_after_the_end_mark_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(false_colour(cells(64), "green") + b"<!-- -->")
    assert "has 8 bytes after its end mark" in refusal_of(path)


def test_a_damaged_header_is_refused_without_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    whole = false_colour(cells(32), "green")
    sentences = []
    for position in range(2, 650):
        damaged = bytearray(whole)
        damaged[position] ^= 0xFF
        path.write_bytes(damaged)
        try:
            read_false_colour(path, "green", 16)
        except ImageError as error:
            sentences.append(str(error))
    assert len(sentences) > 100
    assert all(text.startswith("x.jpg ") and "BytesIO" not in text for text in sentences)


def test_an_image_that_is_not_square_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    Image.new("RGB", (64, 48), (0, 200, 0)).save(path)
    assert "is 64 x 48 px; expected a square image" in refusal_of(path)


def test_a_header_of_sixty_thousand_pixels_is_refused_before_anything_is_decoded(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.jpg"
    content = bytearray(false_colour(cells(64), "green"))
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = (60_000).to_bytes(2, "big") * 2
    path.write_bytes(content)
    assert f"claims 60000 x 60000 px; at most {MAX_SIDE}" in refusal_of(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "cannot be read (No such file or directory)" in refusal_of(tmp_path / "absent.jpg")


def test_the_side_is_read_without_decoding(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(false_colour(cells(48), "green")[:-200])
    assert read_side(path) == 48


def test_the_content_hash_tells_pixels_apart_and_ignores_notes(tmp_path: Path) -> None:
    def hashed(seed: int, **options: object) -> str:
        path = tmp_path / "x.jpg"
        path.write_bytes(false_colour(cells(64, seed), "green", **options))
        return content_hash([read_false_colour(path, "green").checksums])

    plain = hashed(0)
    assert hashed(0, comment="copied", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0") == plain
    assert hashed(1) != plain


def test_a_quartet_of_unequal_sizes_is_refused_naming_the_odd_file(tmp_path: Path) -> None:
    for side, channel in zip((64, 64, 96, 64), PARTS, strict=True):
        (tmp_path / f"a_{channel}.jpg").write_bytes(false_colour(cells(side), channel))
    with pytest.raises(ImageError, match=r"a_blue.jpg is 96 px a side, the red channel 64 px"):
        list(read_quartet(tmp_path, "a", side=32, scale=True, layout=EXTERNAL))


def test_a_quartet_smaller_than_the_side_wanted_is_refused(tmp_path: Path) -> None:
    for channel in PARTS:
        (tmp_path / f"a_{channel}.jpg").write_bytes(false_colour(cells(64), channel))
    with pytest.raises(ImageError, match=r"is 64 px a side, the dataset's images 128 px"):
        list(read_quartet(tmp_path, "a", side=128, scale=True, layout=EXTERNAL))
