"""Which rows a frame repaints, under Node."""

import json
import subprocess
from pathlib import Path

import pytest

from dashboard.components.assets import module_source

BOARD = Path(__file__).parents[3] / "dashboard" / "components" / "threshold_board"
ROWS = 28
PLAY = """
const frames = [];
let stale = new Set();
const rows = Array.from({ length: %d }, (_, index) => ({
  stale: () => stale.has(index),
  paint: () => { stale.delete(index); frames.at(-1).painted.push(index); },
}));
const turns = new Turns(rows);
for (const { changed, moved, moving } of %s) {
  changed.forEach((index) => stale.add(index));
  frames.push({ painted: [] });
  frames.at(-1).waiting = turns.paint(moved === null ? null : rows[moved], moving);
}
console.log(JSON.stringify(frames));
"""


@pytest.fixture
def frames(node: str, tmp_path: Path):
    def play(*moves: tuple[list[int], int | None, bool]) -> list[dict]:
        names = ("changed", "moved", "moving")
        asked = json.dumps([dict(zip(names, move, strict=True)) for move in moves])
        script = tmp_path / "play.mjs"
        script.write_text(module_source(BOARD, "turns.js") + PLAY % (ROWS, asked))
        done = subprocess.run([node, str(script)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return play


def test_the_moved_row_is_written_at_once(frames):
    everything = list(range(ROWS))
    for frame in frames((everything, 27, True), (everything, 27, True)):
        assert frame["painted"][0] == 27


def test_a_frame_writes_few_rows_and_those_that_wait_come_next(frames):
    moves = [(list(range(ROWS)), None, True)] + [([], None, False)] * 5
    played = frames(*moves)
    written = [row for frame in played for row in frame["painted"]]
    assert sorted(written) == list(range(ROWS))
    assert [len(frame["painted"]) for frame in played] == [2, 8, 8, 8, 2, 0]
    assert [frame["waiting"] for frame in played] == [True] * 4 + [False] * 2


def test_no_row_starves_while_all_change_in_every_frame(frames):
    played = frames(*[(list(range(ROWS)), 0, True)] * ROWS)
    written = [row for frame in played for row in frame["painted"]]
    assert set(written) == set(range(ROWS))
    assert all(frame["waiting"] for frame in played)


def test_nothing_is_written_where_nothing_changed(frames):
    assert frames(([], None, False)) == [{"painted": [], "waiting": False}]
