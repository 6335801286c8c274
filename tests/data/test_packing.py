"""The packed store: equal to the files, whatever killed the packing on its way."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hpa_core.data.downscaling import downscaled
from hpa_core.data.packing import JOURNAL, Packing, pack_quartets
from hpa_core.errors import ConfigError, DatasetError

PACK = """
import sys
from pathlib import Path
import numpy as np
from hpa_core.data.packing import pack_quartets
source, target, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
pack_quartets(source, np.array([f"s{i}" for i in range(count)]), target)
"""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "packed"
    folder.mkdir()
    return folder


def pixels_of(folder: Path, sample_id: str) -> np.ndarray:
    channels = []
    for channel in ("red", "green", "blue", "yellow"):
        with Image.open(folder / f"{sample_id}_{channel}.png") as image:
            channels.append(np.asarray(image))
    return np.stack(channels)


def digests(folder: Path) -> dict[str, str]:
    names = ("images.npy", "thumbnails.npy")
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def ids_of(count: int) -> np.ndarray:
    return np.array([f"s{row}" for row in range(count)])


def reasons(packing: Packing) -> dict[int, str]:
    return {row: record.reason for row, record in enumerate(packing.records) if record.refused}


def test_every_packed_channel_equals_its_file(write_quartets, target: Path) -> None:
    source = write_quartets(ids_of(5), size=24)
    packing = pack_quartets(source, ids_of(5), target)
    images = np.load(target / "images.npy")
    assert images.shape == (5, 4, 24, 24)
    for row, sample_id in enumerate(ids_of(5)):
        assert (images[row] == pixels_of(source, sample_id)).all()
    assert packing.rows.tolist() == [0, 1, 2, 3, 4]
    assert packing.side == 24


def test_a_thumbnail_of_a_whole_factor_is_the_mean_of_blocks(write_quartets, target: Path) -> None:
    source = write_quartets(ids_of(2), size=192)
    pack_quartets(source, ids_of(2), target)
    thumbnails = np.load(target / "thumbnails.npy")
    blocks = np.load(target / "images.npy").reshape(2, 4, 96, 2, 96, 2).mean(axis=(3, 5))
    assert thumbnails.shape == (2, 4, 96, 96)
    assert np.abs(thumbnails - blocks).max() <= 0.5


def test_images_are_scaled_down_to_the_size_asked_for(write_quartets, target: Path) -> None:
    source = write_quartets(ids_of(2), size=64)
    pack_quartets(source, ids_of(2), target, size=16)
    images = np.load(target / "images.npy")
    blocks = pixels_of(source, "s1").reshape(4, 16, 4, 16, 4).mean(axis=(2, 4))
    assert np.abs(images[1] - blocks).max() <= 0.5


def test_scaling_by_any_factor_keeps_the_mean_and_stays_in_range() -> None:
    bright = np.zeros((100, 100), dtype=np.uint8)
    bright[40:60, 40:60] = 255
    for side in (99, 70, 37):
        small = np.asarray(downscaled(Image.fromarray(bright), side), dtype=float)
        assert small.shape == (side, side)
        assert small.mean() == pytest.approx(bright.mean(), abs=1)
        assert small[: side // 4].max() == 0  # nothing rings into the dark


def test_refused_samples_leave_no_gap_and_the_last_take_their_places(
    write_quartets, target: Path
) -> None:
    source = write_quartets(ids_of(8))
    (source / "s1_red.png").write_bytes(b"")
    (source / "s3_blue.png").write_bytes(b"no image")
    packing = pack_quartets(source, ids_of(8), target)
    images, thumbnails = np.load(target / "images.npy"), np.load(target / "thumbnails.npy")
    assert packing.rows.tolist() == [0, 6, 2, 7, 4, 5]
    for row, sample in enumerate(packing.rows):
        assert (images[row] == pixels_of(source, f"s{sample}")).all()
        assert (thumbnails[row] == images[row]).all()
    assert reasons(packing).keys() == {1, 3}
    assert packing.records[3].file == "s3_blue.png"


def test_without_a_size_the_size_of_most_images_is_taken(write_quartets, target: Path) -> None:
    source = write_quartets(["s0"], size=16)
    write_quartets(["s1", "s2", "s3"], size=32)
    packing = pack_quartets(source, ids_of(4), target)
    assert packing.side == 32
    assert "is 16 px a side, the dataset's images 32 px" in reasons(packing)[0]


def test_with_a_size_larger_images_are_scaled_and_smaller_ones_refused(
    write_quartets, target: Path
) -> None:
    source = write_quartets(["s0"], size=16)
    write_quartets(["s1"], size=32)
    write_quartets(["s2"], size=64)
    packing = pack_quartets(source, ids_of(3), target, size=32)
    assert sorted(packing.rows.tolist()) == [1, 2]
    assert reasons(packing).keys() == {0}


def test_a_size_that_cannot_be_meant_is_refused(write_quartets, target: Path) -> None:
    source = write_quartets(ids_of(1))
    with pytest.raises(ConfigError, match="Images cannot have 0 px a side"):
        pack_quartets(source, ids_of(1), target, size=0)


def test_images_none_of_which_can_be_read_are_refused(write_quartets, target: Path) -> None:
    source = write_quartets(ids_of(2))
    for file in source.iterdir():
        file.write_bytes(b"")
    with pytest.raises(DatasetError, match=r"s0_red.png is empty"):
        pack_quartets(source, ids_of(2), target)
    with pytest.raises(DatasetError, match="Not one of 2 samples"):
        pack_quartets(source, ids_of(2), target, size=32)


def test_progress_ends_at_the_number_of_samples(write_quartets, target: Path) -> None:
    source = write_quartets(ids_of(9))
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int, *, unit: str, note: str = "") -> None:
        assert unit == "samples"
        seen.append((done, total))

    pack_quartets(source, ids_of(9), target, progress=progress)
    assert seen[-1] == (9, 9)
    assert seen == sorted(seen)


# Of 512 px, a shard has 16 samples: several shards, each some tens of milliseconds long.
SAMPLES, SIDE = 64, 512


@pytest.fixture
def many(write_quartets) -> Path:
    """64 samples of 512 px from two real PNG quartets of noise, and two that are refused."""
    source = write_quartets(["a", "b"], size=SIDE)
    for row in range(SAMPLES):
        for channel in ("red", "green", "blue", "yellow"):
            shutil.copyfile(
                source / f"{'ab'[row % 2]}_{channel}.png", source / f"s{row}_{channel}.png"
            )
    (source / "s17_green.png").write_bytes(b"")
    (source / "s40_yellow.png").write_bytes((source / "s40_red.png").read_bytes()[:-9])
    return source


def start(source: Path, target: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", PACK, source, target, str(SAMPLES)])


@pytest.mark.parametrize("lines", [0, 2])
def test_a_packing_that_is_killed_goes_on_and_ends_with_the_same_bytes(
    many: Path, target: Path, tmp_path: Path, lines: int
) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    pack_quartets(many, ids_of(SAMPLES), whole)

    process = start(many, target)
    journal = target / JOURNAL
    deadline = time.monotonic() + 60
    while not (target / "images.npy").exists() or (
        lines and (not journal.exists() or journal.read_bytes().count(b"\n") < lines)
    ):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    done = journal.read_bytes() if journal.exists() else b""

    packing = pack_quartets(many, ids_of(SAMPLES), target)
    assert journal.read_bytes().startswith(done)  # a finished shard is believed, not done again
    shards = [line for line in journal.read_bytes().split(b"\n") if line.endswith(b"}")]
    assert len(shards) == len(set(shards)) == SAMPLES // 16
    assert digests(target) == digests(whole)
    assert reasons(packing).keys() == {17, 40}


def test_a_finished_packing_is_taken_up_without_packing_anything_again(
    many: Path, target: Path
) -> None:
    first = pack_quartets(many, ids_of(SAMPLES), target)
    before, journal = digests(target), (target / JOURNAL).read_bytes()
    second = pack_quartets(many, ids_of(SAMPLES), target)
    assert digests(target) == before
    # The end of the file was cut when the gaps were closed: only those shards are done again.
    assert (target / JOURNAL).read_bytes().startswith(journal)
    assert (target / JOURNAL).read_bytes().count(b"\n") == SAMPLES // 16 + 1
    assert second.records == first.records


@pytest.mark.parametrize("name", ["images.npy", "thumbnails.npy"])
def test_a_shard_whose_pixels_a_crash_spoiled_is_packed_again(
    name: str, many: Path, target: Path
) -> None:
    pack_quartets(many, ids_of(SAMPLES), target)
    before = digests(target)
    with (target / name).open("r+b") as file:
        file.seek(128 + 4 * 96**2 * 3)
        file.write(bytes(4096))
    assert digests(target) != before
    pack_quartets(many, ids_of(SAMPLES), target)
    assert digests(target) == before


def test_a_torn_line_of_the_journal_costs_its_own_shard_only(many: Path, target: Path) -> None:
    pack_quartets(many, ids_of(SAMPLES), target)
    before, journal = digests(target), (target / JOURNAL).read_bytes()
    (target / JOURNAL).write_bytes(journal[:-100])
    pack_quartets(many, ids_of(SAMPLES), target)
    pack_quartets(many, ids_of(SAMPLES), target)
    assert digests(target) == before


def test_a_file_that_changes_between_kill_and_restart_is_packed_as_it_is_now(
    many: Path, target: Path
) -> None:
    pack_quartets(many, ids_of(SAMPLES), target)
    shutil.copyfile(many / "b_red.png", many / "s2_red.png")
    os.utime(many / "s2_red.png", ns=(1, 1))
    pack_quartets(many, ids_of(SAMPLES), target)
    images = np.load(target / "images.npy", mmap_mode="r")
    assert (images[2] == pixels_of(many, "s2")).all()


def test_a_refused_file_that_is_mended_before_the_restart_is_packed(
    many: Path, target: Path
) -> None:
    pack_quartets(many, ids_of(SAMPLES), target)
    shutil.copyfile(many / "b_green.png", many / "s17_green.png")
    packing = pack_quartets(many, ids_of(SAMPLES), target)
    images = np.load(target / "images.npy", mmap_mode="r")
    assert reasons(packing).keys() == {40}
    assert (images[17] == pixels_of(many, "s17")).all()
