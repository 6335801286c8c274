"""How a training stands, told from its job, its own status and the processes that live."""

from dataclasses import replace

import pytest

from hpa_core.jobs.backend import JobStatus
from hpa_core.jobs.trainings import Training, list_trainings, observe_training, start_training
from hpa_core.runs.folder import RunFolder, RunInfo, create_run
from hpa_core.runs.process import ProcessIdentity
from hpa_core.runs.status import RunStatus, write_status
from tests.jobs.conftest import Bench, on_this_machine

ALIVE = vars(ProcessIdentity.current())


@pytest.fixture
def run(bench: Bench) -> RunFolder:
    return create_run(bench.workspace, RunInfo(id="a-run", kind="train", dataset="tiny"))


def training(*, status: str | None = None, job: str | None = None) -> Training:
    return Training(
        run=RunFolder(None, RunInfo(id="a-run", kind="train")),
        status=RunStatus(state=status, message="the trainer's") if status else None,
        job=JobStatus(
            id="a-run",
            state=job,
            title="",
            exit_code=None,
            message="the job's",
            submitted="",
            folder=None,
        )
        if job
        else None,
    )


@pytest.mark.parametrize(
    ("status", "job", "state", "teller"),
    [
        (None, None, "new", ""),
        (None, "queued", "queued", "the job's"),
        ("stopped", "queued", "queued", "the job's"),
        ("running", "running", "running", "the job's"),
        ("running", "stopping", "stopping", "the job's"),
        # It went on in a terminal after the job had ended.
        ("running", "failed", "running", "the trainer's"),
        ("finished", "stopped", "finished", "the trainer's"),
        # The trainer's last word is older than the end of its job.
        ("failed", "failed", "failed", "the job's"),
        ("stopped", "failed", "failed", "the job's"),
        # Never a job.
        ("running", None, "running", "the trainer's"),
        ("failed", None, "failed", "the trainer's"),
    ],
)
def test_the_state_is_told_by_whoever_knows_it_last(
    status: str | None, job: str | None, state: str, teller: str
) -> None:
    observed = training(status=status, job=job)
    assert (observed.state, observed.message) == (state, teller)
    assert observed.active == (state in ("queued", "running", "stopping"))


@on_this_machine
def test_a_trainer_killed_in_its_terminal_has_failed(bench: Bench, run: RunFolder) -> None:
    gone = RunStatus(state="running", epoch=2, epochs=5, **{**ALIVE, "start_ticks": 1})
    write_status(run.path, gone)
    observed = observe_training(run, bench.backend)
    assert observed.state == "failed"
    assert "was killed in epoch 2 of 5" in observed.message


@on_this_machine
def test_trainings_are_listed_newest_first_and_nothing_else_is(
    bench: Bench, run: RunFolder
) -> None:
    info = replace(run.info, id="b-run", created="2999-01-01T00:00:00+00:00")
    create_run(bench.workspace, info)
    create_run(bench.workspace, replace(info, id="outside", kind="scores"))
    bench.wait(bench.submit("print(1)", name="import"))
    listed = list_trainings(bench.workspace, bench.backend)
    assert [item.run.id for item in listed] == ["b-run", "a-run"]


@on_this_machine
def test_a_training_by_two_processes_is_one_job(bench: Bench, run: RunFolder) -> None:
    start_training(run, bench.backend, processes=2)
    status = bench.wait(run.id)
    assert status.state == "failed"
    assert "dataset" in status.message, "the trainer's own sentence: the run has no settings"


def test_starting_twice_makes_one_job_in_the_folder_of_the_run(
    bench: Bench, run: RunFolder
) -> None:
    assert start_training(run, bench.backend) == run.id
    assert start_training(run, bench.backend) == run.id
    assert [job.folder for job in bench.backend.list()] == [run.path]
    status = bench.wait(run.id)
    assert status.state == "failed"
    assert "dataset" in status.message, "the trainer's own sentence: the run has no settings"
