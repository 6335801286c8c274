"""Runs the label pad's logic under Node."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from dashboard.components import label_pad
from dashboard.components.assets import module_source
from hpa_core.classes import CLASS_NAMES

Javascript = Callable[..., Any]
GIVEN = """
import * as core from %s;
import { readFileSync } from 'node:fs';
const { input, names } = JSON.parse(readFileSync(0, 'utf8'));
class Store {
  constructor(room = Infinity) { Object.defineProperty(this, 'room', { value: room }); }
  getItem(name) { return this[name] ?? null; }
  setItem(name, text) {
    if (Object.keys(this).length >= this.room) throw new DOMException('', 'QuotaExceededError');
    this[name] = text;
  }
  removeItem(name) { delete this[name]; }
}
let number = 0;
const newKey = () => `key-${number += 1}`;
const task = (id, fields = {}) => ({ id, row: 0, track: '', version: 0, labels: [0], note: '',
                                     kind: '', probs: null, ...fields });
const settle = () => new Promise((resume) => setTimeout(resume, 5));
const result = await (async () => { %s })();
process.stdout.write(JSON.stringify(result ?? null));
"""


@pytest.fixture(scope="session")
def javascript(node: str, tmp_path_factory: pytest.TempPathFactory) -> Javascript:
    """Return a function that runs a body with `core`, `input` and the pieces of `GIVEN`."""
    core = tmp_path_factory.mktemp("label_pad") / "core.mjs"
    core.write_text(module_source(label_pad.FOLDER, *label_pad.LOGIC_MODULES))

    def run(body: str, given: Any = None) -> Any:
        script = GIVEN % (json.dumps(core.as_uri()), body)
        done = subprocess.run(
            [node, "--input-type=module", "--eval", script],
            input=json.dumps({"input": given, "names": CLASS_NAMES}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
