"""One writer a run."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpa_core.errors import RunError
from hpa_core.runs.lock import run_lock

HOLDER = """
import sys
from pathlib import Path
from hpa_core.runs.lock import run_lock
with run_lock(Path(sys.argv[1])):
    print("held", flush=True)
    input()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    argv = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "held\n"
        yield child
        child.kill()


def test_a_second_start_is_refused_by_name(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    expected = f"Run '{tmp_path.name}' is being trained by another"
    with pytest.raises(RunError, match=expected), run_lock(tmp_path):
        pytest.fail("both hold it")


def test_the_lock_of_a_killed_trainer_is_free(
    holder: subprocess.Popen[str], tmp_path: Path
) -> None:
    holder.kill()
    holder.wait()
    with run_lock(tmp_path):
        pass


def test_a_run_may_be_locked_again_after_it_was_let_go(tmp_path: Path) -> None:
    for _ in range(3):
        with run_lock(tmp_path):
            pass


def test_the_lock_is_let_go_when_training_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), run_lock(tmp_path):
        raise ZeroDivisionError
    with run_lock(tmp_path):
        pass
