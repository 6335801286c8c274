"""The scores route, asked over real HTTP, against the arrays that were written."""

from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPResponse

import numpy as np
import pytest
import streamlit as st

from dashboard.thresholds.score_file import BAND_GRID, MOST_PARTS, part_file, score_file_address
from hpa_core.evaluation.bands import f1_bands
from hpa_core.runs.folder import RunInfo, create_run
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.workspace import ENVIRONMENT_VARIABLE, Workspace

Ask = Callable[..., tuple[HTTPResponse, bytes]]
HEADER_BYTES = 24


@pytest.fixture
def ask(port: int, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """Return a function that asks for a path exactly as it is written."""
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(workspace.root))
    st.cache_resource.clear()

    def get(path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", path, headers={"Accept-Encoding": "gzip", **headers})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response, body

    yield get
    st.cache_resource.clear()


@pytest.fixture
def predictions(workspace: Workspace) -> Predictions:
    rng = np.random.default_rng(0)
    made = Predictions(
        ids=np.array([f"id-{row}" for row in range(9)]),
        probs=rng.random((9, 28), dtype=np.float32),
        targets=rng.random((9, 28)) < 0.3,
    )
    run = create_run(workspace, RunInfo(id="some", kind="scores"))
    write_predictions(run, "validation", made)
    bare = Predictions(ids=made.ids, probs=made.probs)
    write_predictions(run, "test", bare)
    return made


def test_the_bytes_hold_scores_class_by_class_the_truth_and_the_bands(
    ask: Ask, predictions: Predictions
) -> None:
    response, body = ask("/hpa/scores/some/validation")
    assert response.status == 200
    assert np.frombuffer(body, "<u4", 6).tolist() == [0x53415048, 2, 9, 28, 1, len(BAND_GRID)]
    sent = np.frombuffer(body, "<f4", 9 * 28, HEADER_BYTES).reshape(28, 9)
    assert np.array_equal(sent.T, predictions.probs)
    bits = np.frombuffer(body, "<u4", 9, HEADER_BYTES + 4 * 9 * 28)
    truth = [[bool(int(row) >> c & 1) for c in range(28)] for row in bits]
    assert truth == predictions.targets.tolist()
    bands = np.frombuffer(body, "<f4", offset=HEADER_BYTES + 4 * 9 * 29).reshape(57, -1)
    low, high = f1_bands(predictions.probs, predictions.targets, BAND_GRID)
    np.testing.assert_array_equal(bands, np.float32([BAND_GRID, *low, *high]))


def test_scores_without_truth_say_so_and_end_after_the_scores(
    ask: Ask, predictions: Predictions
) -> None:
    _, body = ask("/hpa/scores/some/test")
    assert np.frombuffer(body, "<u4", 6)[4:].tolist() == [0, 0]
    assert len(body) == HEADER_BYTES + 4 * 9 * 28


def test_the_address_with_the_version_may_be_kept_for_good_and_no_other(
    ask: Ask, predictions: Predictions
) -> None:
    response, _ = ask(f"/{score_file_address('some', 'validation')}")
    assert "immutable" in response.headers["Cache-Control"]
    for path in ("/hpa/scores/some/validation", "/hpa/scores/some/validation?version=old"):
        response, _ = ask(path)
        assert "no-cache" in response.headers["Cache-Control"]


def test_what_the_browser_has_is_not_sent_again(ask: Ask, predictions: Predictions) -> None:
    first, _ = ask("/hpa/scores/some/validation")
    again, body = ask("/hpa/scores/some/validation", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status, body) == (304, b"")


def test_a_part_holds_its_samples_alone_and_its_own_bands(
    ask: Ask, predictions: Predictions
) -> None:
    rows = np.array([1, 4, 5])
    address = score_file_address("some", "validation", rows)
    assert ask(f"/{address}")[0].status == 404
    part_file("some", "validation", rows)
    response, body = ask(f"/{address}")
    assert "immutable" in response.headers["Cache-Control"]
    sent = np.frombuffer(body, "<f4", 3 * 28, HEADER_BYTES).reshape(28, 3)
    assert np.array_equal(sent.T, predictions.probs[rows])
    bands = np.frombuffer(body, "<f4", offset=HEADER_BYTES + 4 * 3 * 29).reshape(57, -1)
    low, high = f1_bands(predictions.probs[rows], predictions.targets[rows], BAND_GRID)
    np.testing.assert_array_equal(bands, np.float32([BAND_GRID, *low, *high]))
    for row in range(MOST_PARTS):
        part_file("some", "validation", np.array([row]))
    assert ask(f"/{address}")[0].status == 404


def test_new_predictions_have_a_new_address(
    ask: Ask, predictions: Predictions, workspace: Workspace
) -> None:
    before = score_file_address("some", "validation")
    run = create_run(workspace, RunInfo(id="next", kind="scores"))
    write_predictions(run, "validation", predictions)
    assert score_file_address("next", "validation").split("?")[1] == before.split("?")[1]
    other = Predictions(ids=predictions.ids, probs=predictions.probs / 2)
    write_predictions(run, "validation", other)
    assert score_file_address("next", "validation").split("?")[1] != before.split("?")[1]


@pytest.mark.parametrize(
    "path",
    [
        "/hpa/scores/none/validation",
        "/hpa/scores/some/nosplit",
        "/hpa/scores/..%2F..%2Fetc/validation",
        "/hpa/scores/some/..%5C..%5Cconfig",
        "/hpa/scores/%2E%2E/validation",
        "/hpa/scores/some/%00",
        "/hpa/scores/some/.hidden",
    ],
)
def test_what_is_not_there_is_404_without_a_traceback(
    ask: Ask, predictions: Predictions, path: str
) -> None:
    response, body = ask(path)
    assert response.status == 404
    assert b"Traceback" not in body
    assert len(body.decode().strip().splitlines()) == 1
