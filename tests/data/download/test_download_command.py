"""The download as a user runs it: killed, stopped, on a full disk, and started again."""

import json
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from hpa_core.data.download.journal import DownloadJournal
from hpa_core.data.importing import import_external
from hpa_core.workspace import Workspace
from tests.data.jpegs import PARTS, cells, false_colour
from tests.image_server import Answer, Handler, Server, jpeg, serve, stall_after, status

ROOT = Path(__file__).parents[3]
IDS = [f"7_1_A{number}_1" for number in range(30)]
NAMES = [f"{sample_id}_{colour}.jpg" for sample_id in IDS for colour in PARTS]
Command = Callable[..., list[str]]


def address(name: str) -> str:
    antibody, _, rest = name.partition("_")
    return f"/images/{antibody}/{rest}"


@pytest.fixture
def contents() -> dict[str, bytes]:
    return {name: jpeg(seed, size=20_000) for seed, name in enumerate(NAMES)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "jpg"


@pytest.fixture
def command(server: Server, tmp_path: Path, folder: Path) -> Command:
    """Return a function that makes the command line for the ids; keywords become options."""
    table = tmp_path / "list.csv"
    table.write_text("Id,Target\n" + "".join(f"{name},0\n" for name in IDS))

    def make(**options: object) -> list[str]:
        words = [sys.executable, "-m", "hpa_core", "download", str(table), "--to", str(folder)]
        every = {"base": f"{server.url}/images", "delay": 0, **options}
        return words + [word for key, value in every.items() for word in (f"--{key}", str(value))]

    return make


def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, **options)


def test_killed_again_and_again_it_brings_every_file_and_none_twice(
    server: Server, contents: dict[str, bytes], folder: Path, command: Command
) -> None:
    workers, kills = 3, 3
    served = threading.Semaphore(0)

    def counted(content: bytes, etag: str) -> Answer:
        def answer(handler: Handler) -> None:
            serve(content, etag=etag)(handler)
            served.release()

        return answer

    for number, (name, content) in enumerate(contents.items()):
        server.answers[address(name)] = [counted(content, f'"{number}"')]
    whole_before: set[str] = set()
    for _ in range(kills):
        process = subprocess.Popen([*command(workers=workers)], cwd=ROOT, stderr=subprocess.DEVNULL)
        for _ in range(25):
            served.acquire()
        process.send_signal(signal.SIGKILL)
        process.wait()
        whole = {name for name in NAMES if (folder / name).exists()}
        assert all((folder / name).read_bytes() == contents[name] for name in whole)
        assert whole_before < whole < set(NAMES)
        whole_before = whole
    asked_of_whole = {name: server.counts[address(name)] for name in whole_before}
    done = run(command(workers=workers))
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"120 of 120 files are in {folder}.\n"

    for name, content in contents.items():
        assert (folder / name).read_bytes() == content
    journal = DownloadJournal(folder).last
    for name, content in contents.items():
        assert journal[name]["sha256"] == sha256(content).hexdigest()
    assert {name: server.counts[address(name)] for name in whole_before} == asked_of_whole
    again = len(server.requests) - len(NAMES)
    assert again <= workers * kills
    assert not list(folder.glob(".*.part"))


def test_a_stop_ends_it_at_once_though_the_server_stalls_and_the_next_start_goes_on(
    server: Server, contents: dict[str, bytes], folder: Path, command: Command
) -> None:
    stalled = threading.Event()

    def stall(handler: Handler) -> None:
        stalled.set()
        stall_after(100, contents[NAMES[5]])(handler)

    server.answers |= {address(name): [serve(content)] for name, content in contents.items()}
    server.answers[address(NAMES[5])] = [stall, serve(contents[NAMES[5]])]
    process = subprocess.Popen(
        command(workers=1, timeout=600), cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    stalled.wait()
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "115 of 120 files are not there: a stop was asked for" in told
    assert "Traceback" not in told
    assert run(command()).returncode == 0
    assert set(server.counts.values()) == {1, 2}
    assert [path for path, count in server.counts.items() if count == 2] == [address(NAMES[5])]


def test_what_does_not_come_is_listed_and_the_status_says_so(
    server: Server, contents: dict[str, bytes], folder: Path, command: Command
) -> None:
    server.answers |= {address(name): [serve(content)] for name, content in contents.items()}
    server.answers[address(NAMES[3])] = [status(404)]
    done = run([*command(), "--json"])
    assert done.returncode == 1
    assert f"{NAMES[3]} the server answered 404 Not Found" in done.stderr
    assert "1 of 120 files are not there: 1 failed; start the same download again" in done.stderr
    told = json.loads(done.stdout)
    assert (told["present"], told["wanted"], told["stopped"]) == (119, 120, False)
    assert [row["file"] for row in told["failed"]] == [NAMES[3]]


def test_what_was_fetched_can_be_imported(
    server: Server, folder: Path, tmp_path: Path, workspace: Workspace, command: Command
) -> None:
    sums = tmp_path / "sums.txt"
    lines = []
    for number, sample_id in enumerate(IDS):
        for colour in ("red", "green", "blue", "yellow"):
            name = f"{sample_id}_{colour}.jpg"
            content = false_colour(cells(64, seed=number), colour)
            server.answers[address(name)] = [serve(content)]
            lines.append(f"{sha256(content).hexdigest()}  {name}\n")
    sums.write_text("".join(lines))
    assert run(command(checksums=sums)).returncode == 0
    dataset = import_external(workspace, folder, tmp_path / "list.csv", name="atlas", size=32)
    assert dataset.ids.tolist() == IDS
    assert dataset.info.refused == 0


def test_an_address_that_cannot_be_meant_is_one_line_and_status_one(
    server: Server, command: Command
) -> None:
    done = run(command(base="file:///etc"))
    assert done.returncode == 1
    assert "expected http:// or https://" in done.stderr
    assert "Traceback" not in done.stderr
    assert server.requests == []


def test_a_full_disk_is_told_and_the_download_goes_on_once_there_is_space(
    server: Server, contents: dict[str, bytes], tmp_path: Path, command: Command
) -> None:
    # 120 files of 20 kB take 2.4 MB; 1 MB is left of 4 MB until the ballast is thrown off.
    server.answers |= {address(name): [serve(content)] for name, content in contents.items()}
    folder = tmp_path / "jpg"
    folder.mkdir()
    words = " ".join(command())
    script = (
        f"mount -t tmpfs -o size=4m tmpfs {folder} || exit 99; "
        f"head -c 3145728 /dev/zero > {folder}/ballast; {words}; echo status $?; "
        f"rm {folder}/ballast; {words}; echo status $?"
    )
    unshare = shutil.which("unshare")
    if not unshare:
        pytest.skip("needs `unshare` for a disk that is full (Linux only)")
    done = run([unshare, "--user", "--map-root-user", "--mount", "sh", "-c", script])
    if done.returncode in (1, 99) and "status" not in done.stdout:
        pytest.skip(f"this system lets nobody mount a small disk: {done.stderr.strip()}")
    assert "the disk is full; free some space and try again" in done.stderr
    assert done.stdout.split("\n") == [
        "status 1",
        f"120 of 120 files are in {folder}.",
        "status 0",
        "",
    ]
    assert len(server.requests) < 120 + 10
