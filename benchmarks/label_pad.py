"""How fast the label pad is: from a decision to the next image painted, and until it is saved.

    python -m benchmarks.label_pad                            512 px, 60 decisions
    python -m benchmarks.label_pad --size 2048 --decisions 30

Images are random bytes, so nothing compresses; scores are random. A decision follows the last one,
painted and saved, after `--pause` milliseconds: a person needs longer, so the next images have less
time to come here. It counts as painted in the frame in which the pad has drawn the next image, and
as saved when the server has acknowledged it, which is after a commit to the disk. Then grids of 48
are answered one after the other. Prints medians and 95th percentiles.
"""

import argparse
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from playwright.sync_api import Page, sync_playwright

from benchmarks.gallery import report, served
from hpa_core.data.dataset import THUMBNAIL_SIZE, write_dataset
from hpa_core.runs.folder import RunInfo, create_run
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.workspace import Workspace

SAMPLES = 480
DECIDE = """([key, pause]) => new Promise(done => {
    const pad = document.querySelector('[data-testid="stBidiComponentIsolated"]').shadowRoot;
    const one = pad.querySelector('.one');
    const before = one.dataset.painted;
    const start = performance.now();
    const status = pad.querySelector('.save-status');
    let painted = null;
    const look = () => {
        if (painted === null && one.dataset.painted !== before) painted = performance.now() - start;
        const saved = status.dataset.state === 'saved';
        if (painted === null || !saved) return requestAnimationFrame(look);
        const times = [painted, performance.now() - start];
        setTimeout(() => done(times), pause);
    };
    window.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true }));
    requestAnimationFrame(look);
})"""
ANSWER = """() => new Promise(done => {
    const pad = document.querySelector('[data-testid="stBidiComponentIsolated"]').shadowRoot;
    const first = () => pad.querySelector('.question .tile-id')?.textContent;
    const before = first();
    const start = performance.now();
    const look = () => {
        const canvases = [...pad.querySelectorAll('.question .tile canvas')];
        const painted = first() !== before && canvases.every(canvas => canvas.width > 1);
        if (!painted) return requestAnimationFrame(look);
        requestAnimationFrame(() => done(performance.now() - start));
    };
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    requestAnimationFrame(look);
})"""


def main() -> None:
    """Make the data, measure, take the data away."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--decisions", type=int, default=60)
    parser.add_argument("--pause", type=int, default=300)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="hpa-label-pad-"))
    try:
        workspace = Workspace(folder).create()
        make_data(workspace, asked.size)
        print(f"{SAMPLES} images of {asked.size} px, {os.cpu_count()} cores")
        with served(workspace, folder / "log.txt") as address, sync_playwright() as playwright:
            path = os.environ.get("CHROMIUM") or shutil.which("chromium")
            chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            page = chromium.new_page(viewport={"width": 1280, "height": 900})
            measure_decisions(page, address, asked.decisions, asked.pause)
            measure_grids(page, address)
            chromium.close()
    finally:
        shutil.rmtree(folder)


def make_data(workspace: Workspace, size: int) -> None:
    """Write a dataset and a run of random scores; each image is one of a few, really on disk."""
    rng = np.random.default_rng(0)
    folder = workspace.dataset("large")
    folder.mkdir(parents=True)
    for name, side in (("images", size), ("thumbnails", THUMBNAIL_SIZE)):
        shape = (SAMPLES, 4, side, side)
        array = np.lib.format.open_memmap(folder / f"{name}.npy", "w+", np.uint8, shape)
        few = rng.integers(0, 256, (8, *shape[1:]), dtype=np.uint8)
        for start in range(0, SAMPLES, len(few)):
            array[start : start + len(few)] = few
    targets = rng.random((SAMPLES, 28)) < 0.06
    targets[:, 0] |= ~targets.any(axis=1)
    ids = [f"{value:032x}" for value in rng.permutation(SAMPLES)]
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
    write_dataset(folder, manifest, name="large", source="kaggle", image_size=size)
    run = create_run(workspace, RunInfo(id="random", kind="scores", dataset="large"))
    probs = np.clip(targets * 0.5 + rng.random(targets.shape) * 0.6, 0, 1).astype(np.float32)
    write_predictions(run, "validation", Predictions(ids=np.array(ids), probs=probs))


def measure_decisions(page: Page, address: str, decisions: int, pause: int) -> None:
    """Images decided one after the other; the first few warm up."""
    page.goto(f"{address}/label?dataset=large&annotator=Ana")
    page.locator(".one[data-painted]").wait_for()
    page.wait_for_timeout(2000)
    times = np.array([page.evaluate(DECIDE, ["Enter", pause]) for _ in range(decisions)])[5:]
    report("decision to next image painted", times[:, 0])
    report("decision to acknowledged, on the disk", times[:, 1])


def measure_grids(page: Page, address: str) -> None:
    """Grids of 48 answered one after the other."""
    page.goto(f"{address}/label?dataset=large&annotator=Bo&labelling=Grid")
    page.locator(".question .tile").nth(47).wait_for()
    page.wait_for_timeout(2000)
    times = []
    for _ in range(5):
        times.append(page.evaluate(ANSWER))
        page.wait_for_timeout(500)
    report("answer for 48 to the next 48 painted", times)


if __name__ == "__main__":
    main()
