"""The table of faults names tests that exist, and every fault that the engine must survive."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENGINE = {1, 2, 3, 4, 5, 10, 12, *range(15, 25), 31, 32, 33}


def test_every_fault_of_the_engine_has_a_test_that_exists() -> None:
    rows = re.findall(r"^\| (\d+) \|(.*)$", (ROOT / "docs" / "faults.md").read_text(), re.M)
    assert {int(number) for number, _ in rows} >= ENGINE
    for number, row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row)
        assert named, f"fault {number} names no test"
        for file, name in named:
            assert f"def {name}(" in (ROOT / file).read_text(), f"{file} lacks {name}"
