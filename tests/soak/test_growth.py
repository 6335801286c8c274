"""The rule by which the long soak judges: on series whose answer is known, and on a real leak."""

import subprocess
import sys

import numpy as np
import pytest

from hpa_core.workspace import Workspace
from tests.soak.growth import files_growth, memory_growth
from tests.soak.processes import processes_of, take_sample

TIMES = np.arange(0.0, 3600.0, 5.0)
NOISE = np.random.default_rng(0).normal(0, 4, len(TIMES))


def test_a_warm_up_and_then_noise_and_peaks_are_flat() -> None:
    warm = 300 - 200 * np.exp(-TIMES / 300)
    peaks = np.where(np.arange(len(TIMES)) % 20 == 0, 80, 0)
    assert not memory_growth("server", TIMES, warm + NOISE + peaks).climbs


@pytest.mark.parametrize("mib_an_hour", [30, 100])
def test_a_steady_leak_in_noise_climbs(mib_an_hour: float) -> None:
    growth = memory_growth("server", TIMES, 200 + NOISE + mib_an_hour * TIMES / 3600)
    assert growth.climbs
    assert growth.rise == pytest.approx(mib_an_hour * 2 / 3, abs=2)


def test_one_file_left_open_every_ten_minutes_climbs_and_a_busy_moment_does_not() -> None:
    busy = np.where(np.arange(len(TIMES)) % 30 < 9, 40.0, 12.0)
    assert not files_growth("server", TIMES, busy).climbs
    assert files_growth("server", TIMES, busy + TIMES // 600).climbs


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_process_of_the_workspace_is_found_with_what_it_holds(workspace: Workspace) -> None:
    held = "held = [open('/dev/null') for _ in range(50)], bytearray(2**26)"
    code = f"import sys; {held}; print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env={"HPA_WORKSPACE": str(workspace.root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout
        child.stdout.readline()
        assert [process.pid for process in processes_of(workspace)] == [child.pid]
        sample = take_sample(child.pid)
        child.kill()
    assert sample
    assert sample.files >= 53
    assert sample.mib >= 64
    assert processes_of(workspace) == []
