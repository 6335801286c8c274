"""A bench for job backends: real processes, states awaited with a generous deadline.

The contract tests know the `JobBackend` protocol alone; another backend joins them by its name in
`BACKENDS` and a branch in `Bench.reopen`. A job takes Ray 3 seconds, so those that would tell
nothing new there are marked `on_this_machine`.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hpa_core.jobs import JobBackend, JobStatus, RunSpec
from hpa_core.jobs.local import LocalBackend
from hpa_core.workspace import Workspace
from tests.jobs.ray_cluster import Head, ray_head

BACKENDS = ("local", "ray")
on_this_machine = pytest.mark.parametrize("bench", ["local"], indirect=True)
DEADLINE_SECONDS = 60.0
LivingProcesses = Callable[[], list[int]]


def wait_until(
    reached: Callable[[], bool], what: str, *, seconds: float = DEADLINE_SECONDS
) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.02)


@dataclass
class Bench:
    """One backend, one workspace, and the ways in which tests talk to them."""

    workspace: Workspace
    backend: JobBackend
    grace_seconds: float
    address: str = ""

    def reopen(self) -> JobBackend:
        """Return a second client, as after a restart of the dashboard."""
        if self.address:
            from hpa_core.jobs.cluster import RayBackend  # noqa: PLC0415 - see `head`

            return RayBackend(self.workspace, self.address, grace_seconds=self.grace_seconds)
        return LocalBackend(self.workspace, grace_seconds=self.grace_seconds)

    def spec(self, code: str, *arguments: str, name: str = "job", devices: int = 1) -> RunSpec:
        return RunSpec(
            argv=(sys.executable, "-c", code, *arguments),
            folder=self.workspace.job(name),
            title=name,
            devices=devices,
        )

    def submit(self, code: str, *arguments: str, name: str = "job", devices: int = 1) -> str:
        return self.backend.submit(self.spec(code, *arguments, name=name, devices=devices))

    def wait(self, job_id: str, *states: str) -> JobStatus:
        """Wait for one of `states`; without any, for the end."""
        wanted = states or ("finished", "stopped", "failed")
        wait_until(lambda: self.backend.status(job_id).state in wanted, f"{job_id} in {wanted}")
        return self.backend.status(job_id)

    def wait_for(self, name: str, *, job: str = "job") -> str:
        """Wait for a file that a job writes into its folder; return its content."""
        path = self.workspace.job(job) / name
        wait_until(lambda: path.exists() and path.read_text() != "", str(path))
        return path.read_text()


def process_gone(pid: int) -> bool:
    """Whether no process `pid` runs; one that waits for its parent to notice has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return stat.rpartition(")")[2].split()[0] in "ZX"


@pytest.fixture(scope="session")
def head() -> Iterator[Head]:
    if sys.platform != "linux":
        pytest.skip("the processes of a Ray head can be found and ended on Linux only")
    with ray_head() as head, pytest.MonkeyPatch.context() as environment:
        # Ray reads them once, when it is first imported, and so for the whole session.
        for name, value in head.token_variables.items():
            environment.setenv(name, value)
        yield head


@pytest.fixture(params=BACKENDS)
def bench(request: pytest.FixtureRequest, workspace: Workspace) -> Iterator[Bench]:
    bench = Bench(workspace, backend=None, grace_seconds=20.0)  # type: ignore[arg-type]
    if request.param == "ray":
        bench.address = request.getfixturevalue("head").address
    bench.backend = bench.reopen()
    yield bench
    for job in bench.backend.list():
        bench.backend.stop(job.id)
    wait_until(lambda: all(job.ended for job in bench.backend.list()), "the end of every job")


@pytest.fixture
def marked_processes() -> Iterator[LivingProcesses]:
    """Return a function that lists the living processes of this test, however they detached."""
    if sys.platform != "linux":
        pytest.skip("the environment of every process can be read on Linux only")
    mark = f"HPA_TEST_MARK={os.getpid()}-{time.monotonic_ns()}"
    key, value = mark.split("=")
    os.environ[key] = value

    def living() -> list[int]:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                marked = mark.encode() in (folder / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if marked and not process_gone(int(folder.name)):
                found.append(int(folder.name))
        return found

    yield living
    del os.environ[key]
