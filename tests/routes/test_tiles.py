"""The tiles route, asked over real HTTP, against the arrays on disk."""

import numpy as np
import pytest
import streamlit as st

from dashboard.routes import tiles


def unpacked(body: bytes) -> np.ndarray:
    count, size = np.frombuffer(body[:8], "<u4")
    return np.frombuffer(body[8:], np.uint8).reshape(count, 4, size, size)


@pytest.mark.parametrize("kind", ["thumbnails", "images"])
def test_the_body_is_the_rows_in_the_order_asked_for(get, make_dataset, kind) -> None:
    dataset = make_dataset(size=32)
    answer = get(f"/hpa/tiles/tiny/{dataset.info.hash}/{kind}?rows=7,0,7")
    assert answer.status == 200
    wanted = np.load(dataset.folder / f"{kind}.npy")[[7, 0, 7]]
    np.testing.assert_array_equal(unpacked(answer.body), wanted)


def test_an_answer_may_be_kept_for_ever_and_is_not_compressed(get, make_dataset) -> None:
    dataset = make_dataset()
    answer = get(f"/hpa/tiles/tiny/{dataset.info.hash}/thumbnails?rows=1")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "identity"
    assert int(answer.headers["content-length"]) == len(answer.body) == 8 + 4 * 16 * 16


@pytest.mark.parametrize(
    ("rows", "status", "sentence"),
    [
        ("", 400, "commas between"),
        ("1,,2", 400, "commas between"),
        ("-1", 400, "commas between"),
        ("1;2", 400, "commas between"),
        ("%C2%B2", 400, "commas between"),
        ("9" * 5000, 400, "commas between"),
        ("56", 404, "no row 56"),
        (",".join(["0"] * 257), 413, "At most 256"),
    ],
)
def test_rows_that_cannot_be_meant_are_refused_in_one_sentence(
    get, make_dataset, rows, status, sentence
) -> None:
    dataset = make_dataset()
    address = f"/hpa/tiles/tiny/{dataset.info.hash}/thumbnails"
    answer = get(f"{address}?rows={rows}")
    assert answer.status == status
    assert sentence in answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    assert "cache-control" not in answer.headers


def test_an_answer_larger_than_the_limit_is_refused(get, make_dataset, monkeypatch) -> None:
    dataset = make_dataset(size=32)
    monkeypatch.setattr(tiles, "MAX_BYTES", 3 * 4 * 32 * 32)
    address = f"/hpa/tiles/tiny/{dataset.info.hash}/images?rows="
    assert get(address + "1,2,3").status == 200
    assert get(address + "1,2,3,4").status == 413


def test_a_dataset_that_was_imported_anew_is_not_served_under_its_old_hash(
    get, make_dataset
) -> None:
    make_dataset()
    answer = get(f"/hpa/tiles/tiny/{'0' * 64}/thumbnails?rows=1")
    assert answer.status == 404
    assert "has changed" in answer.text


@pytest.mark.parametrize("name", ["none", "..", "%2e%2e", "..%2f..%2fetc", "a%00b", "%5c%5chost"])
def test_a_name_that_is_no_dataset_is_never_opened(get, make_dataset, name) -> None:
    dataset = make_dataset()
    answer = get(f"/hpa/tiles/{name}/{dataset.info.hash}/thumbnails?rows=1")
    assert answer.status == 404


def test_a_kind_that_does_not_exist_and_a_dataset_of_labels_alone_say_so(get, make_dataset) -> None:
    dataset = make_dataset()
    answer = get(f"/hpa/tiles/tiny/{dataset.info.hash}/manifest.parquet?rows=1")
    assert answer.status == 404
    assert "thumbnails and images" in answer.text


def test_a_dataset_of_labels_alone_says_so(get, make_dataset) -> None:
    dataset = make_dataset()
    path = dataset.folder / "dataset.json"
    path.write_text(path.read_text().replace('"image_size": 32', '"image_size": 0'))
    st.cache_resource.clear()
    answer = get(f"/hpa/tiles/tiny/{dataset.info.hash}/thumbnails?rows=1")
    assert answer.status == 404
    assert "labels only" in answer.text
