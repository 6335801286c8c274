"""The point map's numeric modules, under Node."""

import json
import subprocess
from base64 import b64encode
from pathlib import Path

import numpy as np
import pytest

from dashboard.components.assets import module_source
from dashboard.components.point_map import NOT_SHOWN, NUMERIC_MODULES

FOLDER = Path(__file__).parents[3] / "dashboard" / "components" / "point_map"


@pytest.fixture
def evaluate(node: str, tmp_path: Path):
    def run(expression: str):
        script = tmp_path / "run.mjs"
        source = module_source(FOLDER, *NUMERIC_MODULES, "element.js", "glimpse.js")
        script.write_text(f"{source}\nconsole.log(JSON.stringify({expression}));")
        done = subprocess.run([node, str(script)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_data_under_the_pointer_stay_there_while_the_plane_is_zoomed(evaluate):
    before, after, back, farthest = evaluate(
        """(() => {
          const view = new Viewport(800, 600);
          view.pan(35, -20);
          const before = view.toData([620, 110]);
          view.zoomAt([620, 110], 3.7);
          const after = view.toData([620, 110]);
          const back = view.toScreen(after);
          view.zoomAt([0, 0], 1e9);
          return [before, after, back, view.zoom];
        })()"""
    )
    assert after == pytest.approx(before)
    assert back == pytest.approx([620, 110])
    assert farthest == 400


def test_the_whole_plane_is_seen_at_first_and_upwards_is_up(evaluate):
    low, high = evaluate(
        "(() => { const view = new Viewport(800, 600);"
        " return [view.toScreen([-1, -1]), view.toScreen([1, 1])]; })()"
    )
    assert 0 < low[0] < high[0] < 800
    assert 0 < high[1] < low[1] < 600


def test_an_outline_is_thinned_along_its_line_and_two_corners_enclose_nothing(evaluate):
    long = evaluate("thinned(Array.from({ length: 1000 }, (_, index) => [index, 0]))")
    assert len(long) == 48
    assert (long[0][0], long[-1][0]) == (0, 999)
    assert max(np.diff([corner[0] for corner in long])) <= 22
    assert evaluate("thinned([[0, 0], [1, 1]])") is None


def test_the_nearest_point_is_one_that_is_shown_and_within_reach(evaluate):
    points = "new Float32Array([0, 0, 0.1, 0, 1, 1])"
    asked = ("[1, 1, 1], [0.09, 0], 0.5", "[1, 0, 1], [0.09, 0], 0.5", "[1, 1, 1], [0.5, 0.5], 0.1")
    assert [evaluate(f"nearest({points}, {words})") for words in asked] == [1, 0, -1]


def test_layers_draw_low_levels_first_and_leave_out_what_is_hidden(evaluate):
    levels = np.array([2, 0, NOT_SHOWN, 1, 0, 2], dtype=np.uint8)
    text = json.dumps(b64encode(levels.tobytes()).decode())
    colours = json.dumps(["#010203", "#a0b0c0", "#ffffff"])

    def drawn(hidden: str):
        return evaluate(
            f"(() => {{ const made = layered(decodeLevels({text}), {colours}, new Set({hidden}));"
            " return [[...made.order], [...made.shown]]; })()"
        )

    assert drawn("[]") == [[1, 4, 3, 0, 5], [1, 1, 0, 1, 1, 1]]
    assert drawn("[0]") == [[3, 0, 5], [1, 0, 0, 1, 0, 1]]
    painted = evaluate(f"[...pointColours(decodeLevels({text}), {colours}, 1)]")
    assert painted[:4] == [255, 255, 255, 255]
    assert painted[4:8] == [1, 2, 3, 255]
    assert painted[8:12] == [0, 0, 0, 0]


def test_each_point_has_the_shape_of_its_level_and_is_a_disc_where_levels_have_none(evaluate):
    levels = np.array([2, 0, NOT_SHOWN, 1], dtype=np.uint8)
    text = json.dumps(b64encode(levels.tobytes()).decode())
    assert evaluate(f"[...pointShapes(decodeLevels({text}), [0, 1, 3])]") == [3, 0, 0, 1]
    assert evaluate(f"[...pointShapes(decodeLevels({text}), [])]") == [0, 0, 0, 0]


def test_a_glimpse_adds_yellow_to_red_and_green_and_never_overflows(evaluate):
    planes = "new Uint8Array([200, 1, 100, 2, 50, 3, 100, 4])"  # Two pixels of each channel.
    one = evaluate(f"[...composed({planes}.filter((_, at) => at % 2 === 0), 1)]")
    other = evaluate(f"[...composed({planes}.filter((_, at) => at % 2 === 1), 1)]")
    assert one == [255, 200, 50, 255]
    assert other == [5, 6, 3, 255]
