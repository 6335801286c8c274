"""Finding a sample's four files: what is missing, misnamed, outside or left over is named."""

from pathlib import Path

import numpy as np
import pytest

from hpa_core.data.quartets import QuartetListing, find_quartets
from hpa_core.errors import DatasetError


def listed(folder: Path, *ids: str) -> QuartetListing:
    return find_quartets(folder, np.array(ids))


def reason_of(listing: QuartetListing) -> str:
    (refusal,) = listing.refusals
    return refusal.reason


def test_complete_samples_are_found_in_the_order_asked_for(write_quartets) -> None:
    folder = write_quartets(["a", "b", "c"])
    listing = listed(folder, "c", "absent", "a")
    assert listing.rows.tolist() == [0, 2]
    assert listing.refusals[0].id == "absent"
    assert listing.refusals[0].reason == "none of its four files is in the folder"


def test_a_missing_channel_is_named(write_quartets) -> None:
    folder = write_quartets(["a", "b"])
    (folder / "a_blue.png").unlink()
    listing = listed(folder, "a", "b")
    assert listing.rows.tolist() == [1]
    assert listing.refusals[0].file == "a_blue.png"
    assert reason_of(listing) == "a_blue.png is missing"


def test_another_case_is_not_the_same_name(write_quartets) -> None:
    folder = write_quartets(["a", "b"])
    (folder / "a_blue.png").rename(folder / "a_BLUE.png")
    listing = listed(folder, "a", "b")
    assert reason_of(listing) == (
        "a_blue.png is missing; a_BLUE.png is there, and upper and lower case must match"
    )


def test_a_file_of_no_sample_is_listed_and_does_no_harm(write_quartets) -> None:
    folder = write_quartets(["a", "b"])
    (folder / "notes.txt").write_text("x")
    listing = listed(folder, "a")
    assert listing.rows.tolist() == [0]
    assert listing.unused == (
        *(f"b_{channel}.png" for channel in ("blue", "green", "red", "yellow")),
        "notes.txt",
    )


def test_a_link_that_leaves_the_folder_is_refused(write_quartets, tmp_path: Path) -> None:
    folder = write_quartets(["a", "b"])
    (folder / "a_red.png").rename(tmp_path / "elsewhere.png")
    (folder / "a_red.png").symlink_to(tmp_path / "elsewhere.png")
    listing = listed(folder, "a", "b")
    assert listing.rows.tolist() == [1]
    assert reason_of(listing) == "a_red.png is a link that leaves the folder; copy the file into it"


def test_a_folder_of_links_that_leave_it_says_so(write_quartets, tmp_path: Path) -> None:
    folder = write_quartets(["a"])
    (tmp_path / "links").mkdir()
    for path in folder.iterdir():
        (tmp_path / "links" / path.name).symlink_to(path)
    with pytest.raises(DatasetError, match=r"only links that leave it, such as a_blue\.png: copy"):
        listed(tmp_path / "links", "a")


def test_a_link_within_the_folder_and_a_link_to_it_are_followed(
    write_quartets, tmp_path: Path
) -> None:
    folder = write_quartets(["a"])
    (folder / "a_red.png").rename(folder / "kept.png")
    (folder / "a_red.png").symlink_to("kept.png")
    (tmp_path / "link").symlink_to(folder)
    assert listed(tmp_path / "link", "a").rows.tolist() == [0]


def test_a_dangling_link_and_a_folder_are_no_files(write_quartets) -> None:
    folder = write_quartets(["a", "b", "c"])
    (folder / "a_red.png").unlink()
    (folder / "a_red.png").symlink_to("absent.png")
    (folder / "b_red.png").unlink()
    (folder / "b_red.png").mkdir()
    assert listed(folder, "a", "b", "c").rows.tolist() == [2]


def test_a_folder_above_the_images_is_refused_naming_what_it_holds(
    write_quartets, tmp_path: Path
) -> None:
    write_quartets(["a"], folder="train")
    with pytest.raises(DatasetError, match=r"expected a_red.png. It holds the folders train"):
        listed(tmp_path, "a")


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cannot be read"):
        listed(tmp_path / "absent", "a")


def test_the_real_odd_samples_lack_three_channels_each(realdata: Path) -> None:
    ids = sorted(file.name.rpartition("_")[0] for file in (realdata / "odd").glob("0*.png"))
    listing = listed(realdata / "odd", *ids)
    assert len(ids) == 5
    assert listing.rows.size == 0
    for refusal in listing.refusals:
        present = {file.name for file in (realdata / "odd").glob(f"{refusal.id}_*")}
        assert refusal.reason.endswith("are missing")
        assert not any(name in refusal.reason for name in present)
    assert listing.unused == ("sixteen_bit_green.png",)
