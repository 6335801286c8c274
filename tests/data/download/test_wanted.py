"""Names and addresses of files, from ids and a template; what cannot be meant is refused."""

from hashlib import sha256
from pathlib import Path

import pytest

from hpa_core.data.download.wanted import (
    checked_template,
    read_checksums,
    wanted_files,
    with_checksums,
)
from hpa_core.errors import DownloadError, LabelTableError
from hpa_core.targets import read_id_table


def test_a_bare_address_is_continued_by_the_atlass_layout() -> None:
    files = wanted_files(["10580_1610_C1_1"], "https://example.org/images/", ["red", "yellow"])
    assert [file.url for file in files] == [
        "https://example.org/images/10580/1610_C1_1_red.jpg",
        "https://example.org/images/10580/1610_C1_1_yellow.jpg",
    ]
    assert [file.name for file in files] == [
        "10580_1610_C1_1_red.jpg",
        "10580_1610_C1_1_yellow.jpg",
    ]


def test_a_template_may_name_the_whole_id() -> None:
    (file,) = wanted_files(["any-id"], "http://host:81/{colour}/{id}.jpeg?v=18", ["blue"])
    assert file.url == "http://host:81/blue/any-id.jpeg?v=18"
    assert file.name == "any-id_blue.jpg"


def test_every_real_id_has_an_address_of_its_own(realdata: Path) -> None:
    ids, _ = read_id_table(realdata / "labels" / "HPAv18RBGY_wodpl.csv")
    files = wanted_files(ids, "https://example.org")
    assert len({file.url for file in files}) == len({file.name for file in files}) == 4 * 74_606
    cropped = next(file for file in files if "_cr" in file.name)
    assert cropped.url.startswith("https://example.org/11651/1732_F3_13_cr580610dc203b9_")


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("file:///etc", "expected http:// or https://"),
        ("ftp://host/{id}_{colour}", "expected http:// or https://"),
        ("images/{id}_{colour}.jpg", "expected http:// or https://"),
        ("https://{id}.org/{colour}", "a host without fields"),
        ("https://host/{id.__class__}/{colour}", "unknown field {id.__class__}"),
        ("https://host/{plate}/{colour}", "unknown field {plate}"),
        ("https://host/{id}.jpg", "gives several files one place"),
        ("https://host/{antibody}_{colour}.jpg", "gives several files one place"),
        ("https://host/{id:>9}_{colour}", "has a format"),
        ("https://host/{id_{colour}", "cannot be read"),
        ("https://host/{}/{colour}", "unknown field {}"),
        ("", "expected http:// or https://"),
    ],
)
def test_a_template_that_cannot_be_meant_is_refused(template: str, sentence: str) -> None:
    with pytest.raises(DownloadError) as caught:
        checked_template(template)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("name", ["../x_1_A1_1", "/etc/passwd", "a\0b", "-x", ".x", "a/b"])
def test_an_id_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(LabelTableError, match="cannot be an id"):
        wanted_files([name], "https://host")


def test_ids_without_an_antibody_and_unknown_colours_are_refused() -> None:
    with pytest.raises(DownloadError, match="'plain' has no antibody"):
        wanted_files(["plain"], "https://host")
    for colours in (["violet"], []):
        with pytest.raises(DownloadError, match="expected some of red, green, blue, yellow"):
            wanted_files(["a_b"], "https://host", colours)


def test_checksums_are_read_as_sha256sum_prints_them(tmp_path: Path) -> None:
    digest = sha256(b"x").hexdigest()
    path = tmp_path / "sums.txt"
    path.write_text(f"{digest}  a_1_red.jpg\n{digest.upper()} *a_1_blue.jpg\n")
    files = wanted_files(["a_1"], "https://host", ["red", "blue"])
    assert [file.sha256 for file in with_checksums(files, read_checksums(path))] == [digest] * 2
    with pytest.raises(DownloadError, match=r"do not name a_2_red\.jpg"):
        with_checksums(wanted_files(["a_2"], "https://host", ["red"]), read_checksums(path))


@pytest.mark.parametrize("content", [b"abc  x.jpg\n", b"\xff\xfe", None])
def test_a_list_of_checksums_that_is_none_is_refused(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "sums.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DownloadError, match=r"sums\.txt"):
        read_checksums(path)
