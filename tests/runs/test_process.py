"""Process identities against real processes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hpa_core.runs.process import ProcessIdentity


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        yield process
        process.kill()


def test_a_running_process_is_alive_and_the_same_at_every_look(
    sleeper: subprocess.Popen[bytes],
) -> None:
    identity = ProcessIdentity.of(sleeper.pid)
    assert identity.pid == sleeper.pid
    assert identity.alive()
    assert ProcessIdentity.of(sleeper.pid) == identity


def test_a_process_identifies_itself_as_others_do() -> None:
    code = (
        "from hpa_core.runs.process import ProcessIdentity as P; p = P.current();"
        "print(p.pid, p.start_ticks, p.boot_id, flush=True); input()"
    )
    argv = [sys.executable, "-c", code]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        pid, ticks, boot = child.stdout.readline().split()
        assert ProcessIdentity.of(child.pid) == ProcessIdentity(int(pid), int(ticks), boot)
        child.communicate("\n")


def test_an_ended_process_is_not_alive_even_before_its_parent_has_noticed(
    sleeper: subprocess.Popen[bytes],
) -> None:
    identity = ProcessIdentity.of(sleeper.pid)
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)  # a zombie now, not reaped
    assert not identity.alive()
    assert ProcessIdentity.of(sleeper.pid) is None
    sleeper.wait()
    assert not identity.alive()


@pytest.mark.parametrize("change", [{"start_ticks": 1}, {"boot_id": "another boot"}])
def test_the_same_number_with_another_start_or_boot_is_another_process(
    change: dict[str, object],
) -> None:
    assert ProcessIdentity.current().alive()
    assert not replace(ProcessIdentity.current(), **change).alive()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_program_whose_name_looks_like_fields_is_read_rightly(tmp_path: Path) -> None:
    program = tmp_path / "a) Z 1 2 (b"
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([program, "600"]) as process:
        identity = ProcessIdentity.of(process.pid)
        assert identity.alive()
        assert identity.start_ticks >= ProcessIdentity.current().start_ticks
        process.kill()
