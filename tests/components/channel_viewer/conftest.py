"""Runs the viewer's pure modules under Node."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard.components.assets import module_source

VIEWER = Path(__file__).parents[3] / "dashboard" / "components" / "channel_viewer"
PURE = ("composite.js", "contrast.js", "mixer_state.js", "element.js", "class_chips.js")
PURE = (*PURE, "stage_view.js", "mixer_link.js", "png_text.js", "wishes.js")
Javascript = Callable[..., Any]


@pytest.fixture(scope="session")
def javascript(node: str, tmp_path_factory: pytest.TempPathFactory) -> Javascript:
    """Return a function that gives the value of an expression in `core` and `input`."""
    core = tmp_path_factory.mktemp("viewer") / "core.mjs"
    core.write_text(module_source(VIEWER, *PURE))

    def evaluate(expression: str, given: Any = None) -> Any:
        script = (
            f"import * as core from {json.dumps(core.as_uri())};"
            "import { readFileSync } from 'node:fs';"
            "const input = JSON.parse(readFileSync(0, 'utf8'));"
            f"process.stdout.write(JSON.stringify({expression}));"
        )
        command = [node, "--input-type=module", "--eval", script]
        done = subprocess.run(
            command, input=json.dumps(given), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return evaluate
