"""How the embedding map does at 113,446 points, beside a chart of Streamlit's.

    python -m benchmarks.point_map [--samples 113446] [--repeats 20]

Points and scores are random; none has an image. Printed: what goes to the browser once and with
every change of colour, and how long one rerun of the page takes on the server (medians), for our
panel; for a plotly Scattergl how large its figure is, how long it takes to write, and what comes
back of a lasso around a fifth of the points. Then, in Chromium: from a step of the wheel until the
frame after it is painted. Without a GPU, Chromium computes WebGL in software, which is slower.
"""

import argparse
import json
import os
import shutil
import time
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.io import to_json

from hpa_core.projection.projecting import project_run
from hpa_core.runs.folder import RunInfo, create_run
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.workspace import Workspace

LINK = "errors?run=map&split=validation&atlas=Embedding%20map&map-method=PCA"
WHEEL = """
(overlay) => new Promise((resolve) => {
  const began = performance.now();
  const box = overlay.getBoundingClientRect();
  const at = { clientX: box.x + box.width / 3, clientY: box.y + box.height / 3, deltaY: -20 };
  overlay.dispatchEvent(new WheelEvent("wheel", { ...at, bubbles: true, cancelable: true }));
  requestAnimationFrame(() => requestAnimationFrame(() => {
    overlay.previousElementSibling.getContext("webgl2")?.finish();
    resolve(performance.now() - began);
  }));
})
"""


def main() -> None:
    """Print one line a measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=113_446)
    parser.add_argument("--repeats", type=int, default=20)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder)).create()
        points = _made(workspace, asked.samples)
        _plotly(points)
        _ours(workspace, len(points), asked.repeats)
        _chromium(workspace, asked.repeats)


def _made(workspace: Workspace, samples: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    run = create_run(workspace, RunInfo(id="map", kind="scores"))
    probs = rng.random((samples, 28), dtype=np.float32)
    ids = np.array([f"image-{row:06d}" for row in range(samples)])
    targets = rng.random((samples, 28)) < 0.06
    predictions = Predictions(ids=ids, probs=probs, targets=targets)
    write_predictions(run, "validation", predictions)
    return project_run(run, "validation", method="pca").points


def _plotly(points: np.ndarray) -> None:
    level = np.random.default_rng(1).integers(0, 4, len(points))
    began = time.perf_counter()
    figure = go.Figure()
    for each in range(4):
        numbers = np.flatnonzero(level == each)
        figure.add_scattergl(
            x=points[numbers, 0], y=points[numbers, 1], mode="markers", customdata=numbers
        )
    text = to_json(figure, validate=False)
    seconds = time.perf_counter() - began
    chosen: list[dict[str, Any]] = [
        {"curve_number": 0, "point_index": row, "x": float(x), "y": float(y), "customdata": row}
        for row, (x, y) in enumerate(points[: len(points) // 5].tolist())
    ]
    back = len(json.dumps(chosen))
    print(f"plotly: {len(text) / 1e6:.2f} MB with every change, written in {1000 * seconds:.0f} ms")
    print(f"plotly: a lasso around a fifth returns {back / 1e6:.2f} MB, and again in every rerun")


def _ours(workspace: Workspace, samples: int, repeats: int) -> None:
    from streamlit.testing.v1 import AppTest  # noqa: PLC0415 - slow to import

    root = Path(__file__).parents[1]
    os.environ["HPA_WORKSPACE"] = str(workspace.root)
    page = AppTest.from_file(str(root / "dashboard" / "navigation.py"), default_timeout=120)
    for key, value in _query().items():
        page.query_params[key] = value
    page.switch_page("../pages/errors.py")
    page.run()
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        page.run()
        seconds.append(time.perf_counter() - began)
    once, each = 12 * samples + 4, -(-samples // 3) * 4
    print(f"ours: {once / 1e6:.2f} MB once, {each / 1e6:.2f} MB with every change of colour")
    print(f"ours: a rerun of the page takes {1000 * median(seconds):.0f} ms on the server")


def _query() -> dict[str, str]:
    words = LINK.partition("?")[2].replace("%20", " ").split("&")
    return dict(word.split("=") for word in words)


def _chromium(workspace: Workspace, repeats: int) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only wanted here

    from tests.browser.conftest import Server  # noqa: PLC0415 - the tests' own server

    server = Server(workspace, workspace.root / "dashboard.log")
    try:
        with sync_playwright() as playwright:
            path = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{server.url}/{LINK}")
            page.locator(".map[data-drawn]").wait_for(timeout=120_000)
            drawer = page.evaluate(
                "() => { const gl = document.createElement('canvas').getContext('webgl2');"
                " return gl ? gl.getParameter(gl.RENDERER) : 'a plain canvas'; }"
            )
            overlay = page.locator(".map .overlay")
            frames = [overlay.evaluate(WHEEL) for _ in range(repeats)]
            browser.close()
    finally:
        server.kill()
    worst = quantiles(frames, n=20)[-1]
    print(f"Chromium ({drawer}): wheel to painted {median(frames):.0f} ms, p95 {worst:.0f} ms")


if __name__ == "__main__":
    main()
