"""What the local backend promises beyond the contract: nothing orphaned, nobody dead believed."""

import os
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from hpa_core.errors import JobError
from hpa_core.jobs.local import LocalBackend
from hpa_core.jobs.record import read_record, write_record
from hpa_core.progress import PROGRESS, read_progress
from hpa_core.runs.process import ProcessIdentity
from hpa_core.runs.status import RunStatus, write_status
from tests.jobs.conftest import Bench, LivingProcesses, on_this_machine, wait_until

pytestmark = on_this_machine

SLEEPS = "import time; time.sleep(600)"
IGNORES_SIGTERM = f"""
import os, pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
workers = [subprocess.Popen([sys.executable, "-c", {SLEEPS!r}]) for _ in range(2)]
pathlib.Path(os.environ["HPA_JOB_FOLDER"], "pid").write_text(str(os.getpid()))
time.sleep(600)
"""
LEAVES_WORKERS = f"""
import subprocess, sys
workers = [subprocess.Popen([sys.executable, "-c", {SLEEPS!r}]) for _ in range(3)]
import os; os._exit(0)
"""


def folder_of(bench: Bench, job: str = "job") -> Path:
    return bench.workspace.job(job)


def test_a_job_that_ignores_the_stop_is_killed_with_its_workers(
    bench: Bench, marked_processes: LivingProcesses
) -> None:
    bench.backend = LocalBackend(bench.workspace, grace_seconds=0.5)
    job = bench.submit(IGNORES_SIGTERM)
    bench.wait_for("pid")
    bench.backend.stop(job)
    status = bench.wait(job)
    assert (status.state, status.exit_code) == ("stopped", -9)
    assert "did not end within the grace time and was killed" in status.message
    wait_until(lambda: marked_processes() == [], "the end of every process")


def test_workers_that_a_finished_job_leaves_behind_are_ended(
    bench: Bench, marked_processes: LivingProcesses
) -> None:
    job = bench.submit(LEAVES_WORKERS)
    assert bench.wait(job).state == "finished"
    wait_until(lambda: marked_processes() == [], "the end of every process")


def test_a_killed_supervisor_is_named_and_takes_every_process_with_it(
    bench: Bench, marked_processes: LivingProcesses
) -> None:
    bench.backend = LocalBackend(bench.workspace, grace_seconds=0.5)
    job = bench.submit(IGNORES_SIGTERM)
    bench.wait_for("pid")
    supervisor = read_record(folder_of(bench)).supervisor
    os.kill(supervisor.pid, signal.SIGKILL)
    status = bench.wait(job)
    assert status.state == "failed"
    assert f"its supervisor (process {supervisor.pid}) was killed" in status.message
    wait_until(lambda: marked_processes() == [], "the end of every process")


def test_the_device_stays_taken_while_a_trainer_outlives_its_supervisor(bench: Bench) -> None:
    bench.submit(IGNORES_SIGTERM)
    bench.wait_for("pid")
    bench.submit("print('next')", name="next")
    record = read_record(folder_of(bench))
    os.kill(record.supervisor.pid, signal.SIGKILL)
    stopping = bench.wait("job", "stopping")
    assert f"(process {record.supervisor.pid}) is gone" in stopping.message
    assert bench.backend.status("next").state == "queued"
    with pytest.raises(JobError, match="is stopping; wait"):
        bench.submit(IGNORES_SIGTERM)
    bench.backend.stop("job")
    assert bench.wait("job").state == "failed"
    assert bench.wait("next").state == "finished"


def test_a_supervisor_killed_in_the_queue_gives_its_place_away(bench: Bench) -> None:
    bench.submit(SLEEPS, name="first")
    bench.submit(SLEEPS, name="second")
    bench.submit("print('third')", name="third")
    os.kill(read_record(folder_of(bench, "second")).supervisor.pid, signal.SIGKILL)
    assert bench.wait("second").state == "failed"
    bench.backend.stop("first")
    assert bench.wait("third").state == "finished"


def test_a_job_outlives_the_client_that_submitted_it(bench: Bench) -> None:
    client = f"""
import os, signal, sys
from pathlib import Path
from hpa_core.jobs import RunSpec, open_backend
from hpa_core.workspace import Workspace
workspace = Workspace(Path({str(bench.workspace.root)!r}))
argv = (sys.executable, "-c", {SLEEPS!r})
spec = RunSpec(argv=argv, folder=workspace.job("job"), title="x")
open_backend(workspace).submit(spec)
os.killpg(0, signal.SIGKILL)
"""
    argv = [sys.executable, "-c", client]
    ended = subprocess.run(argv, check=False, start_new_session=True, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert bench.wait("job", "running").state == "running"
    bench.backend.stop("job")
    assert bench.wait("job").state == "stopped"


def test_a_client_has_no_child_to_look_after(bench: Bench) -> None:
    # A fresh process: this one may have children of other tests.
    client = f"""
import os, sys
from pathlib import Path
from hpa_core.jobs import RunSpec, open_backend
from hpa_core.workspace import Workspace
workspace = Workspace(Path({str(bench.workspace.root)!r}))
argv = (sys.executable, "-c", "print(1)")
open_backend(workspace).submit(RunSpec(argv=argv, folder=workspace.job("job"), title="x"))
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("no child")
"""
    ended = subprocess.run([sys.executable, "-c", client], capture_output=True, timeout=60)
    assert ended.stdout == b"no child\n"
    bench.wait("job")


def test_a_reused_process_number_is_not_the_job(bench: Bench) -> None:
    job = bench.submit(SLEEPS)
    bench.wait(job, "running")
    record = read_record(folder_of(bench))
    stranger = replace(ProcessIdentity.current(), start_ticks=1)
    other_boot = replace(ProcessIdentity.current(), boot_id="another boot")
    for keeper, child in ((stranger, stranger), (other_boot, other_boot), (stranger, None)):
        write_record(folder_of(bench), replace(record, supervisor=keeper, child=child))
        assert bench.backend.status(job).state == "failed"
        bench.backend.stop(job)  # would end this very test, were the number believed
    write_record(folder_of(bench), record)


def test_a_job_whose_submitter_died_before_the_start_has_failed(bench: Bench) -> None:
    job = bench.submit("print(1)")
    bench.wait(job)
    dead = replace(ProcessIdentity.current(), start_ticks=1)
    record = replace(
        read_record(folder_of(bench)), state="queued", submitter=dead, supervisor=None, child=None
    )
    write_record(folder_of(bench), record)
    status = bench.backend.status(job)
    assert status.state == "failed"
    assert "ended before it could start" in status.message


def test_the_trainer_has_the_word_on_how_it_goes_and_how_it_ended(bench: Bench) -> None:
    told = RunStatus(state="running", epoch=2, epochs=9, message="epoch 2 of 9")
    code = f"""
import os, pathlib, time
from hpa_core.progress import PROGRESS, read_progress
from hpa_core.runs.process import ProcessIdentity
from hpa_core.runs.status import RunStatus, write_status
folder = pathlib.Path(os.environ["HPA_JOB_FOLDER"])
told = {asdict(told)!r} | vars(ProcessIdentity.current())
write_status(folder, RunStatus(**told))
while not (folder / "gate").exists():
    time.sleep(0.02)
write_status(folder, RunStatus(**told | dict(state="failed", message="The loss is not a number.")))
raise SystemExit(1)
"""
    job = bench.submit(code)
    wait_until(lambda: bench.backend.status(job).message == "epoch 2 of 9", "the epoch")
    (folder_of(bench) / "gate").touch()
    status = bench.wait(job)
    assert (status.state, status.message) == ("failed", "The loss is not a number.")


def test_the_status_of_an_earlier_start_is_not_taken_for_this_one(bench: Bench) -> None:
    folder_of(bench).mkdir()
    earlier = replace(ProcessIdentity.current(), start_ticks=1)
    old = RunStatus(state="failed", message="The loss is not a number.", **vars(earlier))
    write_status(folder_of(bench), old)
    status = bench.wait(bench.submit("print('well')"))
    assert (status.state, status.message) == ("finished", "")


def test_the_progress_of_an_earlier_start_is_not_taken_for_this_one(bench: Bench) -> None:
    folder_of(bench).mkdir()
    (folder_of(bench) / PROGRESS).write_text('{"done": 9, "total": 9, "unit": "steps"}')
    bench.wait(bench.submit("print('silent')"))
    assert read_progress(folder_of(bench)) is None


def test_a_damaged_record_is_listed_as_failed_and_hides_no_other(bench: Bench) -> None:
    bench.wait(bench.submit("print(1)", name="good"))
    for name, content in (("torn", '{"argv": ['), ("empty", "{}"), ("list", "[]")):
        folder = folder_of(bench, name)
        folder.mkdir()
        (folder / "job.json").write_text(content)
    listed = {job.id: job for job in bench.backend.list()}
    assert {name: job.state for name, job in listed.items()} == {
        "good": "finished",
        "torn": "failed",
        "empty": "failed",
        "list": "failed",
    }
    assert "job.json" in listed["torn"].message
    for name in ("torn", "empty", "list"):
        (folder_of(bench, name) / "job.json").unlink()


def test_a_supervisor_that_cannot_start_leaves_a_failed_job(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    job = bench.backend.submit(bench.spec("print(1)"))
    status = bench.backend.status(job)
    assert status.state == "failed"
    assert "its supervisor could not start" in status.message


def test_a_run_folder_holds_its_job_too(bench: Bench) -> None:
    spec = replace(bench.spec("print(1)"), folder=bench.workspace.run("a-run"))
    assert bench.backend.submit(spec) == "a-run"
    assert bench.wait("a-run").folder == bench.workspace.run("a-run")
