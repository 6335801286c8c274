"""An hour of use: jobs, labelling and browsing at once, and nothing that climbs.

`make soak-hour` runs it and prints what every long-lived process held. `HPA_SOAK_MINUTES` is its
length; under 20 minutes it is too short to tell a climb from warm-up.
"""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from hpa_core.config import TrainConfig
from hpa_core.data.dataset import open_dataset
from hpa_core.imbalance.plan_runs import create_planned_run
from hpa_core.jobs import JobBackend, RunSpec, open_backend
from hpa_core.jobs.bounded_log import KEPT_BYTES
from hpa_core.jobs.record import LOG
from hpa_core.jobs.trainings import start_training
from hpa_core.labeling import open_store
from hpa_core.runs.metrics import METRICS, read_metrics
from hpa_core.workspace import ENVIRONMENT_VARIABLE, Workspace
from tests.browser.conftest import ROOT, Server
from tests.jobs.conftest import wait_until
from tests.soak.growth import Growth, files_growth, memory_growth
from tests.soak.processes import Watch, processes_of
from tests.soak.visits import DATASET, Visitors, heap_mib

MINUTES = float(os.environ.get("HPA_SOAK_MINUTES", "0"))
ROUND_SECONDS = 90
DECISIONS = 25
PRINTED_MIB = 160
"""What one job prints until the end, more than twice what is kept of it."""
PRINTER = """
import sys, time
line, seconds = "x" * 1023, float(sys.argv[1])
for _ in range(160):
    for _ in range(1024):
        print(line)
    time.sleep(seconds / 160)
time.sleep(1e6)
"""

pytestmark = [
    pytest.mark.skipif(not MINUTES, reason="`make soak-hour` runs it"),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]


@pytest.fixture
def backend(workspace: Workspace) -> Iterator[JobBackend]:
    opened = open_backend(workspace)
    yield opened
    for job in opened.list():
        opened.stop(job.id)
    wait_until(lambda: all(job.ended for job in opened.list()), "the end of every job")


def test_an_hour_of_jobs_labelling_and_browsing_leaves_memory_and_files_flat(
    workspace: Workspace, backend: JobBackend, browser: Browser, tmp_path: Path
) -> None:
    build_demo(workspace)
    server = Server(workspace, tmp_path / "dashboard.log")
    try:
        with Watch(workspace) as watch:
            began = time.monotonic()
            printer, trainer = start_jobs(workspace, backend)
            visitors = Visitors(browser, server.url)
            heaps = use(workspace, backend, visitors, until=began + MINUTES * 60)
            growths = judged(watch, began) + [
                memory_growth(f"JavaScript heap: {name}", *zip(*samples, strict=True))
                for name, samples in heaps.items()
            ]
        write_samples(watch, tmp_path / "samples.csv")
        epochs = len(read_metrics(workspace.run(trainer) / METRICS))
        acts = len(open_store(workspace).history(open_dataset(workspace, DATASET).info))
        report(growths, visitors, jobs=len(backend.list()), epochs=epochs, folder=tmp_path)
        assert not visitors.problems
        assert acts == visitors.acked
        assert_bounded(workspace.job(printer) / LOG)
        assert "Traceback" not in (tmp_path / "dashboard.log").read_text()
        assert watch.zombies <= 1  # One may just be about to be waited for.
        assert_ends_in_peace(workspace, backend, server)
        assert not [growth.what for growth in growths if growth.climbs]
    finally:
        server.kill()


def build_demo(workspace: Workspace) -> None:
    environment = {**os.environ, ENVIRONMENT_VARIABLE: str(workspace.root)}
    command = [sys.executable, "-m", "hpa_core", "demo"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)


def start_jobs(workspace: Workspace, backend: JobBackend) -> tuple[str, str]:
    """Start what lasts: a job that prints, a training, and a second one that waits for its turn."""
    seconds = str(MINUTES * 60 * 0.9)
    printer = backend.submit(
        RunSpec(
            argv=(sys.executable, "-c", PRINTER, seconds),
            folder=workspace.job("printer"),
            title="prints",
            devices=0,
        )
    )
    config = TrainConfig(dataset=DATASET, image_size=32, epochs=10_000, optimizer="adamw")
    dataset = open_dataset(workspace, DATASET)
    runs = [
        create_planned_run(workspace, dataset, config, name=name) for name in ("long", "waiting")
    ]
    for run in runs:
        start_training(run, backend)
    give_way(backend, workspace, runs[0].id)
    return printer, runs[0].id


def give_way(backend: JobBackend, workspace: Workspace, job: str) -> None:
    """Let the training take only what the pages leave, so that they answer on two cores."""
    wait_until(lambda: backend.status(job).state == "running", "the training", seconds=60)
    for process in processes_of(workspace):
        command = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        if b"train\0--resume" in command:
            for thread in Path(f"/proc/{process.pid}/task").iterdir():
                os.setpriority(os.PRIO_PROCESS, int(thread.name), 19)
            # Where the kernel weighs whole sessions, a thread's own priority says nothing.
            session = Path(f"/proc/{process.pid}/autogroup")
            if session.exists():
                session.write_text("19")


def use(
    workspace: Workspace, backend: JobBackend, visitors: Visitors, *, until: float
) -> dict[str, list[tuple[float, float]]]:
    """Use the dashboard until it is time; return the heaps of the two pages that stay open."""
    watching, walking = visitors.stays(), visitors.stays()
    heaps: dict[str, list[tuple[float, float]]] = {"a training is watched": [], "all pages": []}
    number = 0
    while (began := time.monotonic()) < until:
        backend.submit(
            RunSpec(
                argv=(sys.executable, "-m", "hpa_core", "predict", DATASET, "--split", "shifted"),
                folder=workspace.job(f"predict-{number:04}"),
                title="Predict",
                devices=0,
            )
        )
        visitors.walks(walking)
        visitors.comes_and_goes()
        visitors.decides(f"Ana{number % 5}", DECISIONS)
        for page, samples in zip((watching, walking), heaps.values(), strict=True):
            samples.append((time.monotonic(), heap_mib(page)))
        number += 1
        watching.wait_for_timeout(max(0.0, 1000 * (began + ROUND_SECONDS - time.monotonic())))
    return heaps


def judged(watch: Watch, began: float) -> list[Growth]:
    """Judge every process that lives from the first third on to the end."""
    warm = began + (time.monotonic() - began) / 3
    growths = []
    for process in watch.long_lived(warm):
        samples = watch.samples[process]
        times, name = [sample.seconds for sample in samples], watch.names[process]
        growths.append(memory_growth(name, times, [sample.mib for sample in samples]))
        growths.append(files_growth(name, times, [float(sample.files) for sample in samples]))
    return growths


def assert_bounded(log: Path) -> None:
    """The log has grown past what is kept, and takes no more than that on the disk."""
    stat = log.stat()
    assert stat.st_size > 2 * KEPT_BYTES
    assert stat.st_blocks * 512 <= 2 * KEPT_BYTES + 2**20


def assert_ends_in_peace(workspace: Workspace, backend: JobBackend, server: Server) -> None:
    """Every short job has done its work; stopped, the others leave no process behind."""
    for job in backend.list():
        assert not job.ended or job.exit_code == 0, job
        backend.stop(job.id)
    wait_until(lambda: all(job.ended for job in backend.list()), "the end of every job")
    wait_until(
        lambda: {one.pid for one in processes_of(workspace)} <= {server.process.pid},
        "the end of every process but the dashboard",
    )


def write_samples(watch: Watch, path: Path) -> None:
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["process", "name", "seconds", "mib", "files", "threads"])
        for process, samples in watch.samples.items():
            for one in samples:
                fields = (f"{one.seconds:.1f}", f"{one.mib:.1f}", one.files, one.threads)
                rows.writerow([process.pid, watch.names[process], *fields])


def report(
    growths: list[Growth], visitors: Visitors, *, jobs: int, epochs: int, folder: Path
) -> None:
    lines = [
        f"{MINUTES:g} minutes: {visitors.shown} pages shown, {visitors.acked} decisions "
        f"acknowledged ({visitors.again} keys pressed again), {jobs} jobs, "
        f"{epochs} epochs; samples in {folder / 'samples.csv'}",
        *map(str, growths),
    ]
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
