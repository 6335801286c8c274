"""What every job backend promises."""

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from hpa_core.errors import JobError, WorkspaceError
from hpa_core.jobs import RunSpec
from tests.jobs.conftest import Bench, on_this_machine

# Tells when it runs, then waits; on SIGTERM it does what a trainer does: saves, and ends well.
TRAINER = """
import os, pathlib, signal, sys, time
folder = pathlib.Path(os.environ["HPA_JOB_FOLDER"])
def save(*_):
    (folder / "saved").write_text("yes")
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
(folder / "pid").write_text(str(os.getpid()))
while True:
    time.sleep(0.05)
"""
WAITS_FOR_FILE = """
import os, pathlib, sys, time
folder = pathlib.Path(os.environ["HPA_JOB_FOLDER"])
with open(sys.argv[1], "a") as order:
    order.write(folder.name + "\\n")
while not pathlib.Path(sys.argv[2]).exists():
    time.sleep(0.02)
"""
COUNTS_STARTS = """
import os, pathlib
folder = pathlib.Path(os.environ["HPA_JOB_FOLDER"])
with open(folder / "starts", "a") as file:
    file.write("x")
"""


def test_a_job_runs_to_its_end_and_its_output_is_its_log(bench: Bench) -> None:
    job = bench.submit("import sys; print('to stdout'); print('to stderr', file=sys.stderr)")
    status = bench.wait(job)
    assert (status.state, status.exit_code, status.message) == ("finished", 0, "")
    assert sorted(bench.backend.logs(job)[0].splitlines()) == ["to stderr", "to stdout"]


def test_an_argument_is_never_read_by_a_shell(bench: Bench) -> None:
    hostile = "$(touch x); `id` | * 'a b' \"c\" \\ ü"
    job = bench.submit("import sys; print(sys.argv[1])", hostile)
    bench.wait(job)
    assert bench.backend.logs(job)[0] == hostile + "\n"


@on_this_machine
def test_a_job_is_told_its_folder_and_its_workspace(bench: Bench) -> None:
    job = bench.submit(
        "import os; print(os.environ['HPA_JOB_FOLDER'], os.environ['HPA_WORKSPACE'])"
    )
    bench.wait(job)
    assert bench.backend.logs(job)[0].split() == [
        str(bench.workspace.job(job)),
        str(bench.workspace.root),
    ]


def test_the_secrets_and_settings_of_the_dashboard_stay_with_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREAMLIT_SERVER_PORT", "1")
    monkeypatch.setenv("HPA_DATABASE_URL", "postgresql://user:secret@host/labels")
    job = bench.submit("import os; print(sorted(os.environ))")
    bench.wait(job)
    log = bench.backend.logs(job)[0]
    assert "PATH" in log
    assert "STREAMLIT" not in log
    assert "HPA_DATABASE_URL" not in log


def test_a_failure_is_told_by_its_exit_code_and_its_last_line(bench: Bench) -> None:
    job = bench.submit("import sys; sys.exit('The dataset has no images; import them.')")
    status = bench.wait(job)
    assert (status.state, status.exit_code) == ("failed", 1)
    assert status.message == "The dataset has no images; import them."


@on_this_machine
def test_a_silent_failure_is_told_by_its_exit_code(bench: Bench) -> None:
    status = bench.wait(bench.submit("raise SystemExit(7)"))
    assert (status.state, status.exit_code) == ("failed", 7)
    assert status.message == "ended with exit status 7 and printed nothing"


def test_a_job_killed_from_outside_has_failed_and_says_by_what(bench: Bench) -> None:
    job = bench.submit(TRAINER)
    os.kill(int(bench.wait_for("pid")), signal.SIGKILL)
    status = bench.wait(job)
    assert (status.state, status.exit_code) == ("failed", -9)
    assert status.message == "killed (SIGKILL); perhaps out of memory"


def test_jobs_run_one_at_a_time_in_the_order_of_their_arrival(bench: Bench, tmp_path: Path) -> None:
    order, gate = tmp_path / "order", tmp_path / "gate"
    names = [f"job-{number}" for number in (3, 1, 4, 0, 2)]
    for name in names:
        bench.submit(WAITS_FOR_FILE, str(order), str(gate), name=name)
    bench.wait(names[0], "running")
    assert [bench.backend.status(name).state for name in names[1:]] == ["queued"] * 4
    gate.touch()
    for name in names:
        bench.wait(name, "finished")
    assert order.read_text().split() == names


def test_a_job_that_wants_no_device_does_not_wait_for_one(bench: Bench) -> None:
    bench.submit(TRAINER, name="long")
    bench.wait("long", "running")
    bench.submit("print('done')", name="short", devices=0)
    assert bench.wait("short").state == "finished"
    assert bench.backend.status("long").state == "running"


def test_a_stopped_job_may_save_before_it_ends(bench: Bench) -> None:
    job = bench.submit(TRAINER)
    bench.wait_for("pid")
    bench.backend.stop(job)
    status = bench.wait(job)
    assert (status.state, status.exit_code, status.message) == ("stopped", 0, "stopped as asked")
    assert bench.wait_for("saved") == "yes"


def test_a_waiting_job_that_is_stopped_leaves_the_queue_and_never_runs(bench: Bench) -> None:
    bench.submit(TRAINER, name="first")
    bench.submit(COUNTS_STARTS, name="second")
    bench.submit(COUNTS_STARTS, name="third")
    bench.backend.stop("second")
    assert bench.wait("second").state == "stopped"
    bench.backend.stop("first")
    assert bench.wait("third").state == "finished"
    assert not (bench.workspace.job("second") / "starts").exists()


@pytest.mark.parametrize(
    ("bench", "moment"),
    [*(("local", moment) for moment in range(5)), ("ray", 0), ("ray", 1)],
    indirect=["bench"],
)
def test_a_stop_right_after_the_start_is_not_lost(bench: Bench, moment: int) -> None:
    job = bench.submit("import time; time.sleep(600)")
    if moment:
        bench.wait(job, "running")
    bench.backend.stop(job)
    assert bench.wait(job).state == "stopped"


@on_this_machine
def test_stopping_an_ended_job_changes_nothing(bench: Bench) -> None:
    job = bench.submit("print('done')")
    before = bench.wait(job)
    bench.backend.stop(job)
    assert bench.backend.status(job) == before


def test_submitting_the_same_work_twice_makes_one_job(bench: Bench) -> None:
    spec = bench.spec(COUNTS_STARTS + "import time; time.sleep(600)")
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: bench.reopen().submit(spec), range(8)))
    assert ids == {"job"}
    assert bench.wait_for("starts") == "x"
    assert [job.id for job in bench.backend.list()] == ["job"]


def test_other_work_in_the_folder_of_a_running_job_is_refused(bench: Bench) -> None:
    bench.wait(bench.submit(TRAINER), "running")
    with pytest.raises(JobError, match="'job' is running; wait until it has ended, or stop it"):
        bench.submit(COUNTS_STARTS)


def test_an_ended_job_may_be_submitted_again_and_its_log_goes_on(bench: Bench) -> None:
    for expected in ("x", "xx", "xxx"):
        job = bench.submit(COUNTS_STARTS + "print('started')")
        assert bench.wait(job).state == "finished"
        assert bench.wait_for("starts") == expected
    assert bench.backend.logs(job)[0] == "started\n" * 3


@on_this_machine
def test_the_log_is_read_piece_by_piece_without_gap_or_overlap(
    bench: Bench, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    code = f"""
import os, pathlib, time
os.write(1, "first Zürich ".encode())
os.write(1, "é".encode()[:1])
while not pathlib.Path({str(gate)!r}).exists():
    time.sleep(0.02)
os.write(1, "é".encode()[1:] + b" last")
"""
    job = bench.submit(code)
    pieces, offset = "", 0
    while pieces != "first Zürich ":
        text, offset = bench.backend.logs(job, offset)
        pieces += text
        assert "first Zürich ".startswith(pieces)
    assert bench.backend.logs(job, offset) == ("", offset), "half a character is not shown"
    gate.touch()
    bench.wait(job)
    text, end = bench.backend.logs(job, offset)
    assert text == "é last"
    assert bench.backend.logs(job, end) == ("", end)
    assert bench.backend.logs(job, -4) == ("last", end)


def test_a_restarted_client_finds_every_job_again(bench: Bench) -> None:
    bench.submit(TRAINER, name="long")
    bench.wait("long", "running")
    bench.submit("print(1)", name="waiting")
    bench.submit("print(2)", name="brief", devices=0)
    bench.wait("brief")
    again = bench.reopen()
    assert {job.id: job.state for job in again.list()} == {
        "brief": "finished",
        "waiting": "queued",
        "long": "running",
    }
    assert [job.id for job in again.list()] == ["brief", "waiting", "long"], "newest first"
    again.stop("long")
    assert bench.wait("waiting").state == "finished"


def test_an_unknown_job_is_refused_by_name(bench: Bench) -> None:
    for ask in (bench.backend.status, bench.backend.stop, bench.backend.logs):
        with pytest.raises(JobError, match="no job 'nothing'"):
            ask("nothing")


def test_a_job_id_cannot_leave_the_workspace(bench: Bench) -> None:
    for hostile in ("../outside", "/etc", "a\0b", ""):
        with pytest.raises(WorkspaceError):
            bench.backend.status(hostile)


def test_a_folder_outside_the_workspace_is_refused(bench: Bench, tmp_path: Path) -> None:
    for folder in (tmp_path / "job", bench.workspace.root, bench.workspace.job("a") / "b"):
        with pytest.raises((JobError, WorkspaceError)):
            bench.backend.submit(replace(bench.spec("print(1)"), folder=folder))
    assert bench.backend.list() == []


def test_a_program_that_does_not_exist_is_a_failed_job(bench: Bench) -> None:
    spec = RunSpec(
        argv=("/no/such/program",), folder=bench.workspace.job("job"), title="x", devices=0
    )
    status = bench.wait(bench.backend.submit(spec))
    assert status.state == "failed"
    assert "/no/such/program" in status.message


def test_a_shell_line_is_no_argument_list() -> None:
    with pytest.raises(ValueError, match="sequence of arguments"):
        RunSpec(argv=f"{sys.executable} -c pass", folder=None, title="x")  # type: ignore[arg-type]
