"""Every way in which a server can fail, against a real one; what arrives is whole."""

import json
import socket
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from hpa_core.data.download import downloading
from hpa_core.data.download.downloading import Download, download_files
from hpa_core.data.download.journal import JOURNAL, DownloadJournal, sole_download
from hpa_core.data.download.manners import Gate, Manners
from hpa_core.data.download.wanted import WantedFile
from hpa_core.errors import ConfigError, DownloadError
from tests.image_server import (
    Answer,
    Handler,
    Server,
    cut_after,
    jpeg,
    serve,
    stall_after,
    status,
)

QUICK = Manners(delay_seconds=0, backoff_seconds=0.01, timeout_seconds=0.5, retries=3)
CONTENT = jpeg(0)
Fetch = Callable[..., Download]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "jpg"


@pytest.fixture
def fetch(server: Server, folder: Path) -> Fetch:
    """Return a function that fetches files by their names, with impatient manners."""

    def run(*names: str, manners: Manners = QUICK, **options: object) -> Download:
        files = [WantedFile(name, f"{server.url}/{name}") for name in names]
        return download_files(files, folder, manners=manners, **options)

    return run


def states(folder: Path) -> dict[str, str]:
    return {name: entry["state"] for name, entry in DownloadJournal(folder).last.items()}


def parts(folder: Path) -> list[str]:
    return [path.name for path in folder.glob(".*.part")]


def test_files_arrive_whole_and_are_noted_with_their_checksum(
    fetch: Fetch, server: Server, folder: Path
) -> None:
    contents = {f"{number}.jpg": jpeg(number) for number in range(12)}
    for name, content in contents.items():
        server.answers[f"/{name}"] = [serve(content)]
    reports: list[tuple[int, int]] = []

    def progress(done: int, total: int, *, unit: str, note: str = "") -> None:
        reports.append((done, total))

    done = fetch(*contents, progress=progress)
    assert (done.wanted, done.present, done.fetched, done.failed) == (12, 12, 12, ())
    assert not done.stopped
    assert reports == [(count, 12) for count in range(13)]
    journal = DownloadJournal(folder).last
    for name, content in contents.items():
        assert (folder / name).read_bytes() == content
        assert journal[name]["sha256"] == sha256(content).hexdigest()
        assert journal[name]["bytes"] == len(content)
    assert "HPA-Workbench" in server.requests[0][1]["User-Agent"]
    assert parts(folder) == []


def test_a_second_start_asks_for_nothing_that_is_there(
    fetch: Fetch, server: Server, folder: Path
) -> None:
    server.answers["/a.jpg"] = [serve(CONTENT)]
    fetch("a.jpg")
    again = fetch("a.jpg")
    assert (again.present, again.fetched) == (1, 0)
    assert server.counts == {"/a.jpg": 1}
    (folder / "a.jpg").write_bytes(b"shorter")
    assert fetch("a.jpg").fetched == 1
    assert (folder / "a.jpg").read_bytes() == CONTENT


def test_a_file_that_came_just_before_a_kill_is_not_asked_for_again(
    fetch: Fetch, server: Server, folder: Path
) -> None:
    folder.mkdir()
    (folder / "a.jpg").write_bytes(CONTENT)
    server.answers["/a.jpg"] = [serve(jpeg(1))]
    assert fetch("a.jpg").fetched == 0
    assert server.requests == []
    assert DownloadJournal(folder).last["a.jpg"]["sha256"] == sha256(CONTENT).hexdigest()


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_an_error_that_may_pass_is_tried_again(
    code: int, fetch: Fetch, server: Server, folder: Path
) -> None:
    server.answers["/a.jpg"] = [status(code), status(code, b"busy"), serve(CONTENT)]
    assert fetch("a.jpg").present == 1
    assert server.counts["/a.jpg"] == 3


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410])
def test_an_error_that_will_not_pass_is_not_tried_again(
    code: int, fetch: Fetch, server: Server, folder: Path
) -> None:
    server.answers["/a.jpg"] = [status(code, b"<html>")]
    (failed,) = fetch("a.jpg").failed
    assert f"a.jpg the server answered {code}" in failed.reason
    assert server.counts["/a.jpg"] == 1
    assert states(folder) == {"a.jpg": "failed"}
    assert parts(folder) == []


def test_a_server_that_keeps_failing_is_given_up_after_the_retries(
    fetch: Fetch, server: Server, folder: Path
) -> None:
    server.answers["/a.jpg"] = [status(500)]
    (failed,) = fetch("a.jpg").failed
    assert failed.reason == "a.jpg the server answered 500 Internal Server Error (4 tries)"
    assert server.counts["/a.jpg"] == 4
    server.answers["/a.jpg"] = [serve(CONTENT)]
    assert fetch("a.jpg").present == 1


def test_retry_after_is_waited_for(fetch: Fetch, server: Server) -> None:
    asked: list[float] = []

    def at(answer: Answer) -> Answer:
        def noted(handler: Handler) -> None:
            asked.append(time.monotonic())
            answer(handler)

        return noted

    server.answers["/a.jpg"] = [at(status(429, Retry_After=1)), at(serve(CONTENT))]
    assert fetch("a.jpg").present == 1
    assert asked[1] - asked[0] >= 1


def test_a_retry_after_that_cannot_be_read_does_no_harm(fetch: Fetch, server: Server) -> None:
    server.answers["/a.jpg"] = [status(503, Retry_After="soon"), serve(CONTENT)]
    assert fetch("a.jpg").present == 1


def test_a_pause_holds_every_worker_and_turns_keep_their_distance() -> None:
    gate = Gate(0.02, stop=lambda: False)
    began = time.monotonic()
    gate.pause(0.2)
    turns: list[float] = []

    def take() -> None:
        for _ in range(3):
            gate.wait_turn()
            turns.append(time.monotonic() - began)

    threads = [threading.Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert min(turns) >= 0.2
    assert max(turns) >= 0.2 + 8 * 0.02


def test_no_more_requests_are_under_way_than_workers(fetch: Fetch, server: Server) -> None:
    together = threading.Barrier(3)

    def meet(handler: Handler) -> None:
        together.wait(timeout=30)
        serve(CONTENT)(handler)

    names = [f"{number}.jpg" for number in range(9)]
    server.answers |= {f"/{name}": [meet] for name in names}
    done = fetch(*names, manners=Manners(workers=3, delay_seconds=0))
    assert done.present == 9
    assert server.most_at_work == 3


def test_a_body_that_breaks_off_is_taken_up_where_it_broke(
    fetch: Fetch, server: Server, folder: Path
) -> None:
    server.answers["/a.jpg"] = [
        cut_after(1000, CONTENT, etag='"v1"'),
        serve(CONTENT, etag='"v1"'),
    ]
    assert fetch("a.jpg").present == 1
    first, second = server.headers_of("/a.jpg")
    assert "Range" not in first
    assert (second["Range"], second["If-Range"]) == ("bytes=1000-", '"v1"')
    assert (folder / "a.jpg").read_bytes() == CONTENT


def test_a_content_that_changed_between_two_tries_is_fetched_from_its_beginning(
    fetch: Fetch, server: Server, folder: Path
) -> None:
    changed = jpeg(7)
    server.answers["/a.jpg"] = [
        cut_after(1000, CONTENT, etag='"v1"'),
        serve(changed, etag='"v2"'),
    ]
    assert fetch("a.jpg").present == 1
    assert (folder / "a.jpg").read_bytes() == changed


def test_a_partial_answer_of_other_content_is_thrown_away(
    fetch: Fetch, server: Server, folder: Path
) -> None:
    changed = jpeg(7)

    def careless(handler: Handler) -> None:  # ignores If-Range
        rest = changed[1000:]
        place = f"bytes 1000-{len(changed) - 1}/{len(changed)}"
        handler.head(206, Content_Length=len(rest), Content_Range=place, ETag='"v2"')
        handler.wfile.write(rest)

    server.answers["/a.jpg"] = [cut_after(1000, CONTENT, etag='"v1"'), careless, serve(changed)]
    assert fetch("a.jpg").present == 1
    assert (folder / "a.jpg").read_bytes() == changed
    assert "Range" not in server.headers_of("/a.jpg")[2]


def test_a_range_that_the_server_cannot_satisfy_is_asked_for_whole(
    fetch: Fetch, server: Server, folder: Path
) -> None:
    server.answers["/a.jpg"] = [
        cut_after(1000, CONTENT, etag='"v1"'),
        status(416, Content_Range="bytes */900"),
        serve(CONTENT, etag='"v1"'),
    ]
    assert fetch("a.jpg").present == 1
    assert (folder / "a.jpg").read_bytes() == CONTENT


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_without_a_strong_etag_the_whole_is_asked_for_again(
    etag: str, fetch: Fetch, server: Server, folder: Path
) -> None:
    server.answers["/a.jpg"] = [cut_after(1000, CONTENT, etag=etag), serve(CONTENT, etag=etag)]
    assert fetch("a.jpg").present == 1
    assert all("Range" not in headers for headers in server.headers_of("/a.jpg"))
    assert (folder / "a.jpg").read_bytes() == CONTENT


def test_a_later_start_takes_up_what_an_earlier_one_left(
    fetch: Fetch, server: Server, folder: Path
) -> None:
    server.answers["/a.jpg"] = [cut_after(1000, CONTENT, etag='"v1"')]
    assert "the connection failed" in fetch("a.jpg", manners=Manners(retries=0)).failed[0].reason
    server.answers["/a.jpg"] = [serve(CONTENT, etag='"v1"')]
    assert fetch("a.jpg").present == 1
    assert server.headers_of("/a.jpg")[1]["Range"] == "bytes=1000-"
    assert (folder / "a.jpg").read_bytes() == CONTENT


@pytest.mark.parametrize("before", [0, 1000])
def test_a_connection_that_stalls_is_left_and_tried_again(
    before: int, fetch: Fetch, server: Server, folder: Path
) -> None:
    server.answers["/a.jpg"] = [stall_after(before, CONTENT), serve(CONTENT)]
    assert fetch("a.jpg").present == 1
    server.answers["/b.jpg"] = [stall_after(before, CONTENT)]
    (failed,) = fetch("b.jpg", manners=Manners(retries=0, timeout_seconds=0.1)).failed
    assert failed.reason == "b.jpg the connection stalled (1 tries)"


def test_a_connection_that_drips_is_left_when_the_file_takes_too_long(
    fetch: Fetch, server: Server
) -> None:
    def drip(handler: Handler) -> None:
        handler.head(200, Content_Length=len(CONTENT))
        for byte in CONTENT:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            if handler.server.released.wait(0.02):
                return

    server.answers["/a.jpg"] = [drip]
    manners = Manners(retries=0, timeout_seconds=5, attempt_seconds=0.2)
    (failed,) = fetch("a.jpg", manners=manners).failed
    assert "a.jpg was not here after" in failed.reason


def test_a_length_that_is_too_short_or_too_long_is_not_believed(
    fetch: Fetch, server: Server, folder: Path
) -> None:
    def said(length: int) -> Answer:
        def answer(handler: Handler) -> None:
            handler.head(200, Content_Length=length)
            handler.wfile.write(CONTENT)
            handler.close_connection = True

        return answer

    server.answers["/a.jpg"] = [said(500), said(len(CONTENT) + 500), serve(CONTENT)]
    assert fetch("a.jpg").present == 1
    assert server.counts["/a.jpg"] == 3
    assert (folder / "a.jpg").read_bytes() == CONTENT


def test_a_body_in_chunks_without_a_length_is_read_to_its_end(
    fetch: Fetch, server: Server, folder: Path
) -> None:
    def chunked(*, whole: bool) -> Answer:
        def answer(handler: Handler) -> None:
            handler.head(200, Transfer_Encoding="chunked")
            for start in range(0, len(CONTENT), 700):
                piece = CONTENT[start : start + 700]
                handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            handler.wfile.write(b"0\r\n\r\n" if whole else b"")
            handler.close_connection = not whole

        return answer

    server.answers["/a.jpg"] = [chunked(whole=False), chunked(whole=True)]
    assert fetch("a.jpg").present == 1
    assert server.counts["/a.jpg"] == 2
    assert (folder / "a.jpg").read_bytes() == CONTENT


@pytest.mark.parametrize("body", [b"<!doctype html><title>Not here</title>", b"", b"\x89PNG"])
def test_a_page_that_is_called_an_image_is_refused_without_a_second_try(
    body: bytes, fetch: Fetch, server: Server, folder: Path
) -> None:
    server.answers["/a.jpg"] = [status(200, body, Content_Type="image/jpeg")]
    (failed,) = fetch("a.jpg").failed
    assert "check the address" in failed.reason
    assert server.counts["/a.jpg"] == 1
    assert sorted(path.name for path in folder.iterdir()) == [".download.lock", JOURNAL]


def test_a_jpeg_without_its_end_is_tried_again(fetch: Fetch, server: Server, folder: Path) -> None:
    server.answers["/a.jpg"] = [serve(CONTENT[:-2], etag='"v1"'), serve(CONTENT, etag='"v1"')]
    assert fetch("a.jpg").present == 1
    assert "Range" not in server.headers_of("/a.jpg")[1]


def test_a_checksum_that_is_known_must_be_right(server: Server, folder: Path) -> None:
    url, right = f"{server.url}/a.jpg", sha256(CONTENT).hexdigest()
    server.answers["/a.jpg"] = [serve(jpeg(1)), serve(CONTENT)]
    done = download_files([WantedFile("a.jpg", url, right)], folder, manners=QUICK)
    assert done.present == 1
    assert server.counts["/a.jpg"] == 2
    other = WantedFile("a.jpg", url, sha256(jpeg(2)).hexdigest())
    (failed,) = download_files([other], folder, manners=QUICK).failed
    assert f"has the SHA-256 {right}; the list of checksums says {other.sha256}" in failed.reason
    assert (folder / "a.jpg").read_bytes() == CONTENT


@pytest.mark.parametrize("announced", [True, False])
def test_a_file_over_the_limit_is_not_read_to_its_end(
    announced: bool, fetch: Fetch, server: Server, folder: Path
) -> None:
    def large(handler: Handler) -> None:
        handler.head(200, **({"Content_Length": 10**12} if announced else {}))
        handler.wfile.write(CONTENT)
        while not announced and not handler.server.released.is_set():
            handler.wfile.write(bytes(65536))
        handler.close_connection = True

    server.answers["/a.jpg"] = [large]
    (failed,) = fetch("a.jpg", manners=Manners(max_bytes=10_000)).failed
    assert "10,000" in failed.reason
    assert server.counts["/a.jpg"] == 1
    assert parts(folder) == []


@pytest.mark.parametrize(
    "location", ["file:///etc/hostname", "ftp://127.0.0.1/a.jpg", "gopher://x/", "data:,x"]
)
def test_a_redirect_to_anything_but_http_is_refused(
    location: str, fetch: Fetch, server: Server, folder: Path
) -> None:
    server.answers["/a.jpg"] = [status(302, Location=location)]
    (failed,) = fetch("a.jpg").failed
    assert "leads to an address that is not fetched" in failed.reason
    assert server.counts["/a.jpg"] == 1
    assert not (folder / "a.jpg").exists()


def test_a_redirect_within_the_web_is_followed_but_not_for_ever(
    fetch: Fetch, server: Server, folder: Path
) -> None:
    server.answers["/a.jpg"] = [status(301, Location="/moved.jpg")]
    server.answers["/moved.jpg"] = [serve(CONTENT)]
    server.answers["/round.jpg"] = [status(302, Location="/round.jpg")]
    done = fetch("a.jpg", "round.jpg", manners=Manners(retries=0))
    assert (folder / "a.jpg").read_bytes() == CONTENT
    assert "too many redirects" in done.failed[0].reason


def test_a_host_that_is_not_there_is_told(folder: Path, server: Server) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/a.jpg"
    (failed,) = download_files(
        [WantedFile("a.jpg", url)], folder, manners=Manners(retries=0)
    ).failed
    assert "the connection failed" in failed.reason
    assert "Connection refused" in failed.reason
    assert "0x" not in failed.reason


def test_many_failures_in_a_row_end_the_download_instead_of_asking_for_the_rest(
    fetch: Fetch, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloading, "MOST_FAILURES_RUNNING", 5)
    names = [f"{number}.jpg" for number in range(200)]
    with pytest.raises(DownloadError, match=r"5 files in a row did not come.*404"):
        fetch(*names, manners=Manners(workers=1, delay_seconds=0.05))
    assert len(server.requests) < 20


def test_files_that_are_absent_beside_others_that_are_there_end_nothing(
    fetch: Fetch, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloading, "MOST_FAILURES_RUNNING", 5)
    names = [f"{number:02}.jpg" for number in range(40)]
    server.answers |= {f"/{name}": [serve(CONTENT)] for name in (names[0], names[-1])}
    one_by_one = Manners(workers=1, delay_seconds=0)
    assert fetch(*names, manners=one_by_one).present == 2
    assert fetch(*names, manners=one_by_one).present == 2  # now it begins with the absent ones


def test_failures_are_listed_in_the_order_asked_for_beside_what_came(
    fetch: Fetch, server: Server, folder: Path
) -> None:
    names = [f"{number}.jpg" for number in range(10)]
    for name in names[::2]:
        server.answers[f"/{name}"] = [serve(CONTENT)]
    done = fetch(*names)
    assert (done.present, done.stopped) == (5, False)
    assert [refusal.file for refusal in done.failed] == names[1::2]
    assert states(folder) == {
        name: "failed" if number % 2 else "done" for number, name in enumerate(names)
    }


def test_a_stop_leaves_what_came_and_the_next_start_brings_the_rest(
    fetch: Fetch, server: Server, folder: Path
) -> None:
    names = [f"{number}.jpg" for number in range(40)]
    server.answers |= {f"/{name}": [serve(CONTENT)] for name in names}
    done = fetch(*names, stop=lambda: len(server.requests) >= 10)
    assert done.stopped
    came = [name for name in names if (folder / name).exists()]
    assert 0 < len(came) < 40
    again = fetch(*names)
    assert (again.present, again.fetched, again.stopped) == (40, 40 - len(came), False)
    assert {server.counts[f"/{name}"] for name in came} == {1}


def test_a_stop_does_not_wait_for_a_server_that_stalls(fetch: Fetch, server: Server) -> None:
    server.answers["/a.jpg"] = [stall_after(100, CONTENT)]
    patient = Manners(timeout_seconds=600)
    done = fetch("a.jpg", manners=patient, stop=lambda: bool(server.requests))
    assert done.stopped
    assert not server.released.is_set()


def test_two_downloads_into_one_folder_are_refused(fetch: Fetch, folder: Path) -> None:
    with (
        sole_download(folder),
        pytest.raises(DownloadError, match="Another download is at work"),
    ):
        fetch("a.jpg")


def test_a_link_under_a_files_name_is_not_written_through(
    fetch: Fetch, server: Server, folder: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.jpg"
    outside.write_bytes(b"mine")
    folder.mkdir()
    (folder / "a.jpg").symlink_to(outside)
    with pytest.raises(DownloadError, match="is a link or a folder"):
        fetch("a.jpg")
    (folder / "a.jpg").unlink()
    (folder / ".a.jpg.part").symlink_to(outside)
    server.answers["/a.jpg"] = [serve(CONTENT)]
    assert fetch("a.jpg").present == 1
    assert outside.read_bytes() == b"mine"


def test_a_torn_line_of_the_journal_spoils_only_itself(
    fetch: Fetch, server: Server, folder: Path
) -> None:
    server.answers |= {f"/{name}.jpg": [serve(CONTENT)] for name in "ab"}
    fetch("a.jpg")
    with (folder / JOURNAL).open("ab") as file:
        file.write(b'\n{"file": "b.jpg", "state": "do')
    assert fetch("a.jpg", "b.jpg").fetched == 1
    lines = [line for line in (folder / JOURNAL).read_text().split("\n") if line.endswith("}")]
    assert json.loads(lines[-1])["file"] == "b.jpg"
    assert server.counts == {"/a.jpg": 1, "/b.jpg": 1}


@pytest.mark.parametrize(
    "setting",
    [{"workers": 0}, {"workers": 17}, {"delay_seconds": -1}, {"retries": -1}, {"max_bytes": 0}],
)
def test_manners_that_cannot_be_meant_are_refused(setting: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=next(iter(setting))):
        Manners(**setting)
