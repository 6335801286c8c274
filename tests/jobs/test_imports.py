"""What stands beside every job stays small."""

import json
import subprocess
import sys

import pytest

HEAVY = {"torch", "numpy", "pandas", "streamlit", "rich", "typer", "ray", "requests"}


@pytest.mark.parametrize(("module", "allowed"), [("supervise", set()), ("entrypoint", {"rich"})])
def test_the_supervisor_imports_nothing_heavy(module: str, allowed: set[str]) -> None:
    code = f"""
import json, sys
import hpa_core.jobs.{module}
print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""
    loaded = json.loads(subprocess.check_output([sys.executable, "-c", code]))
    assert not (HEAVY - allowed) & set(loaded)
