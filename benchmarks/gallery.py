"""How fast the Images page is: tiles over HTTP, a page turned in Chromium, a rerun, a mixer change.

    python -m benchmarks.gallery                    31,072 samples, the competition's own size
    python -m benchmarks.gallery --samples 113446   with the external data

Thumbnails are four bits of noise, which gzip brings to about half as it does real cells; they are
really on disk (1.1 or 4.2 GB in the temporary folder). Scores are random. Prints the median and the
95th percentile of every measure. A page turned is timed from the key until the frame after its
tiles are painted: the next one, which the viewer has fetched while the last was looked at, and one
far away, which it has not. The memory is the page's JavaScript heap after a collection.
"""

import argparse
import gzip
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from urllib.request import urlopen

import numpy as np
import pandas as pd
from playwright.sync_api import Page, sync_playwright
from streamlit.testing.v1 import AppTest

from dashboard.components.assets import module_source
from hpa_core.data.dataset import THUMBNAIL_SIZE, Dataset, open_dataset, write_dataset
from hpa_core.runs.folder import RunInfo, create_run
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.workspace import ENVIRONMENT_VARIABLE, Workspace
from tests.browser.conftest import ROOT, Server

TILES = 48
LOOK_MS = 700
"""How long a page is looked at."""
PAINTED = (
    (THUMBNAIL_SIZE, TILES, 1, None),
    (512, 1, 1, None),
    (2048, 1, 0.4, None),
    (2048, 1, 1, 900),
    (2048, 1, 0.5, None),
    (2048, 1, 1, None),
)
"""Pixels a side, images, the share of its side that the screen has room for, and how many pixels of
it the stage shows: fitted, 1:1 in a stage of 900 pixels, and on a screen of 2048 pixels while a
control moves (halved) and when it rests."""
PAINTING = ("composite.js", "contrast.js", "mixer_state.js", "element.js", "stage_view.js")
PAINTING = (*PAINTING, "shown_image.js", "gl_painter.js")
VIEWER = ROOT / "dashboard" / "components" / "channel_viewer"
TURN = """key => new Promise(done => {
    const viewer = document.querySelector('[data-testid="stBidiComponentIsolated"]').shadowRoot;
    const first = () => viewer.querySelector('.tile-id')?.textContent;
    const before = first();
    const start = performance.now();
    const look = () => {
        const canvases = viewer.querySelectorAll('.tile canvas');
        const painted = [...canvases].every(canvas => canvas.width > 1);
        if (first() === before || !painted) return requestAnimationFrame(look);
        requestAnimationFrame(() => done(performance.now() - start));
    };
    if (key.length === 1) {
        const press = { key, bubbles: true, composed: true };
        document.dispatchEvent(new KeyboardEvent('keydown', press));
    } else {
        const number = viewer.querySelector('.pager input');
        number.value = key.slice(5);
        number.dispatchEvent(new Event('change'));
    }
    look();
})"""
PAINT = """async ({ source, painter, size, tiles, share, seen }) => {
    const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
    localStorage.setItem('hpa-painter', painter);
    const { makePainter, plainMixer, withChannel, ShownImage } = await import(url);
    const { paint, name } = makePainter();
    localStorage.removeItem('hpa-painter');
    if (name !== painter) return [NaN];
    const planes = Uint8Array.from({ length: 4 * size * size }, (_, at) => (at * 7919) & 255);
    const shown = () => new ShownImage({ size, planes }).level(share);
    const images = Array.from({ length: tiles }, shown);
    const screen = document.createElement('canvas').getContext('2d');
    const contexts = Array.from({ length: tiles }, () => {
        const canvas = document.createElement('canvas');
        canvas.width = canvas.height = images[0].size;
        return canvas.getContext('2d');
    });
    const part = seen && { left: 300, top: 300, width: seen, height: seen };
    const times = [];
    for (let round = 0; round < 40; round += 1) {
        const start = performance.now();
        const mixer = withChannel(plainMixer(), 1, { hi: 255 - round, gamma: 0.8 });
        paint(images, images.map(() => mixer), contexts, part);
        // The canvases are put together on the screen's own, and read: nothing is left to do.
        for (const { canvas } of contexts) screen.drawImage(canvas, 0, 0, 1, 1);
        screen.getImageData(0, 0, 1, 1);
        times.push(performance.now() - start);
    }
    return times.slice(10);
}"""


def main() -> None:
    """Make the data, measure, take the data away."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=31_072)
    samples = parser.parse_args().samples
    folder = Path(tempfile.mkdtemp(prefix="hpa-gallery-"))
    try:
        workspace = Workspace(folder).create()
        dataset = make_data(workspace, samples)
        print(f"{samples:,} samples, {os.cpu_count()} cores")
        measure_rerun(workspace)
        with served(workspace, folder / "log.txt") as address:
            measure_route(address, dataset)
            measure_browser(address)
    finally:
        shutil.rmtree(folder)


def make_data(workspace: Workspace, samples: int) -> Dataset:
    """Write a dataset and a run of random scores; full images are holes in a sparse file."""
    rng = np.random.default_rng(0)
    folder = workspace.dataset("large")
    folder.mkdir(parents=True)
    shape = (samples, 4, THUMBNAIL_SIZE, THUMBNAIL_SIZE)
    thumbnails = np.lib.format.open_memmap(folder / "thumbnails.npy", "w+", np.uint8, shape)
    noise = rng.integers(0, 16, (512, *shape[1:]), dtype=np.uint8)
    for start in range(0, samples, len(noise)):
        thumbnails[start : start + len(noise)] = noise[: samples - start]
    np.lib.format.open_memmap(folder / "images.npy", "w+", np.uint8, (samples, 4, 128, 128))
    targets = rng.random((samples, 28)) < 0.06
    ids = [f"{value:032x}" for value in rng.permutation(samples)]
    manifest = pd.DataFrame(
        {
            "id": ids,
            "targets": [np.flatnonzero(row).tolist() for row in targets],
            "split": "validation",
            "group": ids,
            "source": "generated",
            "sha256": ids,
        }
    )
    info = write_dataset(folder, manifest, name="large", source="kaggle", image_size=128)
    run = create_run(workspace, RunInfo(id="random", kind="scores", dataset="large"))
    probs = np.clip(targets * 0.5 + rng.random(targets.shape) * 0.6, 0, 1).astype(np.float32)
    write_predictions(run, "validation", Predictions(ids=np.array(ids), probs=probs))
    return open_dataset(workspace, info.name)


@contextmanager
def served(workspace: Workspace, log: Path) -> Iterator[str]:
    """Run the dashboard for a while; gives its address."""
    server = Server(workspace, log)
    try:
        yield server.url
    finally:
        server.kill()


def measure_rerun(workspace: Workspace) -> None:
    """A rerun of the whole page's script, sidebar and all, with different filters."""
    os.environ[ENVIRONMENT_VARIABLE] = str(workspace.root)
    page = AppTest.from_file(str(ROOT / "dashboard" / "navigation.py"), default_timeout=120)
    page.switch_page("../pages/images.py").run()
    for text in ("", "wrong", "missed:Golgi score(Cytosol)>0.3 labels>=2", "id~ab"):
        page.session_state["hpa"].filter = text
        page.run()
        report(f"rerun of the page, filter {text!r}", [timed(page.run) for _ in range(20)])
    page.selectbox(key="sort").set_value("mistake").run()
    report("rerun of the page, sorted by mistake", [timed(page.run) for _ in range(20)])


def measure_route(address: str, dataset: Dataset) -> None:
    """48 random thumbnails over HTTP, and what compressing them would cost."""
    rng = np.random.default_rng(1)
    base = f"{address}/hpa/tiles/large/{dataset.info.hash}/thumbnails?rows="

    def ask() -> bytes:
        rows = rng.choice(dataset.info.samples, TILES, replace=False)
        with urlopen(base + ",".join(map(str, rows))) as answer:  # noqa: S310
            body: bytes = answer.read()
        return body

    body = ask()
    report(
        f"{TILES} thumbnails over HTTP, raw, {len(body) / 1e6:.2f} MB",
        [timed(ask) for _ in range(50)],
    )
    for level in (1, 6, 9):
        packed = gzip.compress(body, level)
        share = f"gzip level {level} of them, to {len(packed) / len(body):.0%}"
        report(share, [timed(lambda level=level: gzip.compress(body, level)) for _ in range(5)])


def measure_browser(address: str) -> None:
    """A page turned by key until all its tiles are painted; a mixer change alone."""
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{address}/images")
        page.locator(".viewer .tile").nth(TILES - 1).wait_for()
        page.wait_for_timeout(2000)
        heap = heap_mib(page)
        report(f"next page by key, {TILES} tiles painted", turned(page, ["]"] * 40, LOOK_MS))
        report("the same, the key held down", turned(page, ["]"] * 20, 0))
        print(f"JavaScript heap {heap:.1f} MiB, after 60 pages {heap_mib(page):.1f} MiB")
        rng = np.random.default_rng(2)
        far = [f"page {number}" for number in rng.permutation(600)[:30] + 1]
        report(f"a page far away, {TILES} tiles painted", turned(page, far, LOOK_MS))
        for painter in ("webgl", "canvas"):
            for size, tiles, share, seen in PAINTED:
                times = painted(page, painter, size=size, tiles=tiles, share=share, seen=seen)
                shown = "" if share == 1 else f" shown at {share:.0%}"
                shown += f", {seen} of them seen" if seen else ""
                report(f"mixer change, {tiles} x {size} px{shown}, {painter}", times)
        chromium.close()


def turned(page: Page, keys: Sequence[str], pause_ms: int) -> list[float]:
    """Milliseconds of each turn; somebody looks at a page for `pause_ms` before the next one."""
    times = []
    for key in keys:
        page.wait_for_timeout(pause_ms)
        times.append(page.evaluate(TURN, key))
    return times


def heap_mib(page: Page) -> float:
    """The page's JavaScript heap after a collection."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]
    return used / 2**20


def painted(page: Page, painter: str, **asked: float | None) -> list[float]:
    """Milliseconds of each change of the mixer until its pixels are on all canvases."""
    source = module_source(VIEWER, *PAINTING)
    given = {"source": source, "painter": painter, **asked}
    times: list[float] = page.evaluate(PAINT, given)
    return times


def timed(call: Callable[[], object]) -> float:
    """Milliseconds that `call` takes."""
    start = perf_counter()
    call()
    return 1000 * (perf_counter() - start)


def report(what: str, times: Sequence[float]) -> None:
    """Print one line."""
    middle, high = np.percentile(times, [50, 95])
    print(f"{what:48s} p50 {middle:7.1f} ms   p95 {high:7.1f} ms", flush=True)


if __name__ == "__main__":
    main()
