"""What the Ray backend promises beyond the contract, on a real head."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from hpa_core.errors import ConfigError, JobError
from hpa_core.jobs import open_backend
from hpa_core.jobs.record import read_record
from hpa_core.workspace import Workspace
from tests.jobs.conftest import Bench, process_gone, wait_until
from tests.jobs.ray_cluster import Head, ray_head

on_ray = pytest.mark.parametrize("bench", ["ray"], indirect=True)
soak = pytest.mark.skipif("HPA_SOAK" not in os.environ, reason="`make soak-cluster` runs it")
WITH_WORKER = """
import os, pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(os.environ["HPA_JOB_FOLDER"], "pids").write_text(f"{os.getpid()} {worker.pid}")
time.sleep(600)
"""


def pids(bench: Bench) -> list[int]:
    return [int(pid) for pid in bench.wait_for("pids").split()]


def hpa(workspace: Workspace, *arguments: str, **variables: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "hpa_core", *arguments],
        env={**os.environ, "HPA_WORKSPACE": str(workspace.root), **variables},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stderr


@contextmanager
def served_version(version: str) -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"version": "4", "ray_version": version}).encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@on_ray
def test_a_job_that_ignores_the_stop_is_killed_with_its_workers(bench: Bench) -> None:
    bench.grace_seconds = 0.5
    bench.backend = bench.reopen()
    job = bench.submit(WITH_WORKER)
    started = pids(bench)
    bench.backend.stop(job)
    status = bench.wait(job)
    assert (status.state, status.exit_code) == ("stopped", -9)
    assert "did not end within the grace time and was killed" in status.message
    wait_until(lambda: all(map(process_gone, started)), "the end of every process")


@on_ray
def test_a_killed_entrypoint_takes_every_process_with_it(bench: Bench) -> None:
    bench.grace_seconds = 0.5
    bench.backend = bench.reopen()
    job = bench.submit(WITH_WORKER)
    started = pids(bench)
    bench.wait(job, "running")
    os.kill(read_record(bench.workspace.job(job)).supervisor.pid, signal.SIGKILL)
    status = bench.wait(job)
    assert status.state == "failed"
    assert "Its supervisor was killed" in status.message
    wait_until(lambda: all(map(process_gone, started)), "the end of every process")


@on_ray
def test_the_token_is_in_no_job_and_no_file_of_one(bench: Bench, head: Head) -> None:
    token = head.token_file.read_text()
    job = bench.submit("import os; print(sorted(os.environ.items()))")
    bench.wait(job)
    log = bench.backend.logs(job)[0]
    assert "HPA_JOB_FOLDER" in log
    assert "RAY_" not in log
    for path in bench.workspace.job(job).iterdir():
        assert token not in path.read_text()


@on_ray
def test_a_dashboard_without_ray_sees_the_jobs_of_one_with_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bench.submit(WITH_WORKER)
    bench.wait_for("pids")
    monkeypatch.delenv("HPA_RAY_ADDRESS", raising=False)
    local = open_backend(bench.workspace)
    assert "set HPA_RAY_ADDRESS to see how it goes" in local.status(job).message
    with pytest.raises(JobError, match="set HPA_RAY_ADDRESS to stop it"):
        local.stop(job)
    os.kill(pids(bench)[0], signal.SIGKILL)
    assert bench.wait(job).state == local.status(job).state == "failed"


def test_a_token_that_is_refused_is_one_sentence(
    workspace: Workspace, head: Head, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("0" * 64)
    wrong = {"HPA_RAY_ADDRESS": head.address, "RAY_AUTH_TOKEN_PATH": str(tmp_path / "token")}
    code, said = hpa(workspace, "jobs", "submit", "--", "true", **wrong)
    assert code == 1
    assert said == (
        f"The Ray head at {head.address} refuses the token; set RAY_AUTH_MODE=token and "
        "RAY_AUTH_TOKEN_PATH to the file with the head's token.\n"
    )


def test_a_head_that_does_not_answer_is_one_sentence_and_the_job_says_so(
    workspace: Workspace, head: Head
) -> None:
    nowhere = Bench(workspace, backend=None, grace_seconds=1.0, address="http://127.0.0.1:9")  # type: ignore[arg-type]
    nowhere.backend = nowhere.reopen()
    with pytest.raises(JobError, match=r"http://127.0.0.1:9 does not answer; start it, or unset"):
        nowhere.submit("print(1)")
    status = nowhere.backend.status("job")
    assert (status.state, nowhere.backend.list()) == ("failed", [status])
    assert "does not answer" in status.message


def test_a_ray_of_another_version_is_one_sentence(workspace: Workspace, head: Head) -> None:
    with served_version("2.9.3") as address:
        other = Bench(workspace, backend=None, grace_seconds=1.0, address=address)  # type: ignore[arg-type]
        other.backend = other.reopen()
        with pytest.raises(JobError, match=r"runs Ray 2\.9\.3, this program 2\.60\.0; install"):
            other.submit("print(1)")


@pytest.mark.parametrize("address", ["127.0.0.1:8265", "ray://127.0.0.1:10001", "auto"])
def test_an_address_that_is_not_the_dashboards_is_refused(
    workspace: Workspace, head: Head, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("HPA_RAY_ADDRESS", address)
    with pytest.raises(ConfigError, match="must be the address of Ray's dashboard"):
        open_backend(workspace)


@soak
def test_a_job_whose_head_is_killed_is_lost_by_name_and_never_runs_twice(
    workspace: Workspace, head: Head
) -> None:
    """FAULTS 21; the job itself lives on for the grace time, and holds its folder so long."""
    with ray_head(head.token_file.read_text()) as doomed:
        bench = Bench(workspace, backend=None, grace_seconds=5.0, address=doomed.address)  # type: ignore[arg-type]
        bench.backend = bench.reopen()
        job, waiting = bench.submit(WITH_WORKER), bench.submit("print(1)", name="waiting")
        started = pids(bench)
        bench.wait(job, "running")
        doomed.kill()
        assert not process_gone(started[0])
        assert bench.backend.status(job).state == "running"
        assert bench.submit(WITH_WORKER) == job, "it still runs: no second one is made"
        with pytest.raises(JobError, match="is running; wait until it has ended, or stop it"):
            bench.submit("print('other work')")
        status = bench.wait(job)
        assert status.state == "failed"
        lost = f"lost with its machine or its Ray head. The Ray head at {doomed.address}"
        assert lost in status.message
        wait_until(lambda: all(map(process_gone, started)), "the end of every process")
        assert "Whether it still waits is not known" in bench.backend.status(waiting).message
    bench.address = head.address
    bench.backend = bench.reopen()
    assert "does not know it" in bench.backend.status(waiting).message
    (workspace.job(job) / "pids").unlink()
    bench.submit(WITH_WORKER)
    assert pids(bench) != started
    bench.backend.stop(job)
    assert bench.wait(job).state == "stopped"
