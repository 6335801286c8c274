"""The programs of this folder that kill and hinder trainers in processes of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path


def told_by(program: str, *arguments: object) -> list[str]:
    """Run a program of this folder and return the list that it prints."""
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name(program), *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": "."},
        timeout=500,
    )
    assert done.returncode == 0, done.stderr
    told: list[str] = json.loads(done.stdout)
    return told
