"""Jobs that nothing has done the work of since they were stopped."""

import os
from dataclasses import replace
from pathlib import Path

from hpa_core.jobs.leftovers import left_over
from hpa_core.jobs.retrying import retry_job
from tests.jobs.conftest import Bench, on_this_machine

WAITS = "from time import sleep; sleep(600)"
pytestmark = on_this_machine


def stop_one(bench: Bench, name: str, title: str, makes: Path | None = None) -> None:
    spec = bench.spec(WAITS, name=name, devices=0)
    bench.backend.submit(replace(spec, title=title, makes=makes))
    bench.backend.stop(name)
    assert bench.wait(name).state == "stopped"


def ids(bench: Bench, state: str) -> list[str]:
    return [job.id for job in left_over(bench.backend.list(), state)]


def test_the_last_of_each_title_is_left_over_until_a_newer_one_does_its_work(bench: Bench) -> None:
    stop_one(bench, "first", "one")
    stop_one(bench, "second", "one")
    stop_one(bench, "third", "other")
    assert ids(bench, "stopped") == ["third", "second"]
    failing = bench.spec("raise SystemExit(1)", name="fourth", devices=0)
    bench.backend.submit(replace(failing, title="one"))
    bench.wait("fourth")
    assert (ids(bench, "stopped"), ids(bench, "failed")) == (["third"], ["fourth"])
    bench.backend.submit(replace(bench.spec("", name="fifth", devices=0), title="one"))
    bench.wait("fifth")
    assert (ids(bench, "stopped"), ids(bench, "failed")) == (["third"], [])


def test_what_was_made_before_the_stop_leaves_it_over_and_what_was_made_after_does_not(
    bench: Bench, tmp_path: Path
) -> None:
    made = tmp_path / "made"
    made.touch()
    stop_one(bench, "job", "one", made)
    os.utime(made, ns=(0, 0))
    assert ids(bench, "stopped") == ["job"]
    later = (bench.workspace.job("job") / "job.json").stat().st_mtime_ns + 1
    os.utime(made, ns=(later, later))
    assert ids(bench, "stopped") == []


def test_a_job_that_is_started_again_still_says_what_it_makes(bench: Bench, tmp_path: Path) -> None:
    stop_one(bench, "job", "one", tmp_path / "made")
    retry_job(bench.backend, "job")
    assert bench.backend.status("job").makes == tmp_path / "made"
    bench.backend.stop("job")
    assert bench.wait("job").state == "stopped"
