"""Every command that docs/benchmarks.md names is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_every_benchmark_that_is_named_exists() -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text()
    named = set(re.findall(r"benchmarks[/.](\w+?)(?:\.py)?[ `]", text))
    there = {path.stem for path in (ROOT / "benchmarks").glob("*.py")}
    assert len(named) > 20
    assert named <= there


def test_without_a_gpu_its_benchmark_is_one_sentence_and_leaves_no_log(tmp_path: Path) -> None:
    if Path("/dev/nvidia0").exists():
        pytest.skip("this machine has a GPU")
    log = tmp_path / "gpu.log"
    command = [sys.executable, "-m", "benchmarks.gpu", "--log", log]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("No CUDA GPU is found here")
    assert len(done.stderr.splitlines()) == 1
    assert not log.exists()
