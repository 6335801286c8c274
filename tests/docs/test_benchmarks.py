"""Every command that docs/benchmarks.md names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_benchmark_that_is_named_exists() -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text()
    named = set(re.findall(r"benchmarks[/.](\w+?)(?:\.py)?[ `]", text))
    there = {path.stem for path in (ROOT / "benchmarks").glob("*.py")}
    assert len(named) > 20
    assert named <= there
