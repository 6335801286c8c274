"""Each command imports what it needs, and nothing of the others."""

import json
import subprocess
import sys

import pytest
from typer.main import get_command

from hpa_core.cli.app import COMMANDS, WITH_LABELS, add_commands, app

LOADED = (
    "import json, sys; from hpa_core.cli.app import add_commands; add_commands(sys.argv[1]);"
    "print(json.dumps([name for name in sys.modules if name.startswith('hpa_core.cli.')]))"
)


def test_the_table_of_commands_names_every_command_and_the_modules_that_add_it() -> None:
    add_commands()
    found = {}
    for name, command in get_command(app).commands.items():
        parts = getattr(command, "commands", {name: command}).values()
        modules = {part.callback.__module__.rpartition(".")[2] for part in parts}
        found[name] = modules
    assert found == {name: set(modules) for name, modules in COMMANDS.items()}


@pytest.mark.parametrize("command", ["train", "predict"])
def test_a_command_does_not_wait_for_the_imports_of_others(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, command], capture_output=True, text=True, check=True
    )
    loaded = {name.removeprefix("hpa_core.cli.") for name in json.loads(done.stdout)}
    others = {name for modules in COMMANDS.values() for name in modules} - set(COMMANDS[command])
    assert not loaded & others
    assert not loaded & set(WITH_LABELS)
