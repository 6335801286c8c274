"""What every page and section costs the server at 113,446 samples: when opened, and at a rerun.

    python -m benchmarks.reruns [--samples 113446] [--repeats 20] [--clock processor] [--only label]

Bar: 150 ms a rerun. A rerun is the whole script of the page, sidebar and all, as any click of a
visitor starts it. Opening is the first time: what is worked out then is kept. Scores and
embeddings are random and images are holes in a sparse file: none changes what a rerun does. The
map is a PCA one; no neighbours are kept, so at so many samples a page offers to find them.
"""

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from dashboard.errors.sections import SECTIONS as ERRORS
from dashboard.imbalance.sections import SECTIONS as IMBALANCE
from dashboard.labeling.sections import SECTIONS as LABEL
from dashboard.thresholds.sections import SECTIONS as THRESHOLDS
from hpa_core.data.dataset import THUMBNAIL_SIZE, write_dataset
from hpa_core.labeling import open_store
from hpa_core.projection.projecting import project_run
from hpa_core.runs.folder import RunInfo, create_run
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.workspace import ENVIRONMENT_VARIABLE, Workspace

ROOT = Path(__file__).parents[1]
CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}
PERSON = {"annotator": "Ada"}
PAGES: dict[str, list[dict[str, str]]] = {
    "overview": [{}],
    "imbalance": [{"section": name} for name in IMBALANCE],
    "train": [{}],
    "experiments": [{}],
    "images": [{}, {"filter": "missed:Golgi score(Cytosol)>0.3"}],
    "thresholds": [{"studio": name} for name in THRESHOLDS],
    "errors": [{"atlas": name} for name in ERRORS],
    "label": [{"labelling": name} for name in LABEL],
}


def main() -> None:
    """Print one line a page and section."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=113_446)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--clock", choices=list(CLOCKS), default="wall")
    parser.add_argument("--only", nargs="+", choices=list(PAGES), default=list(PAGES))
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder)).create()
        make_data(workspace, asked.samples)
        os.environ[ENVIRONMENT_VARIABLE] = str(workspace.root)
        print(f"{asked.samples:,} samples, {asked.repeats} reruns each, {asked.clock} clock, ms")
        print(f"{'':44}{'opened':>10}{'p50':>8}{'p95':>8}")
        for page in asked.only:
            for link in PAGES[page]:
                measure(page, link, repeats=asked.repeats, clock=CLOCKS[asked.clock])


def measure(page: str, link: dict[str, str], *, repeats: int, clock: Callable[[], float]) -> None:
    """Open one page by its link, run it again and again, and print one line."""
    test = AppTest.from_file(str(ROOT / "dashboard" / "navigation.py"), default_timeout=600)
    for key, value in (link | PERSON if page == "label" else link).items():
        test.query_params[key] = value
    test.switch_page(f"../pages/{page}.py")

    def timed() -> float:
        began = clock()
        test.run()
        return 1000 * (clock() - began)

    opened = timed()
    again = [timed() for _ in range(repeats)]
    if test.exception:
        raise RuntimeError(f"{page} {link}: {test.exception[0].message}")
    middle, high = np.percentile(again, [50, 95])
    name = " ".join([page, *link.values()])
    print(f"{name:44}{opened:10.0f}{middle:8.0f}{high:8.0f}", flush=True)


def make_data(workspace: Workspace, samples: int) -> None:
    """Write a dataset of no pixels, a run of random scores, its map, and who labels."""
    rng = np.random.default_rng(0)
    folder = workspace.dataset("large")
    folder.mkdir(parents=True)
    for name, size in (("thumbnails", THUMBNAIL_SIZE), ("images", 128)):
        path = folder / f"{name}.npy"
        np.lib.format.open_memmap(path, "w+", np.uint8, (samples, 4, size, size))
    targets = rng.random((samples, 28)) < np.geomspace(0.3, 0.001, 28)
    ids = np.array([f"{value // 9}_{value % 9}_A{value % 12}_1" for value in range(samples)])
    manifest = pd.DataFrame(
        {
            "id": ids,
            "targets": [np.flatnonzero(row).tolist() for row in targets],
            "split": "validation",
            "group": ids,
            "source": np.where(rng.random(samples) < 0.5, "here", "there"),
            "sha256": ids,
        }
    )
    write_dataset(folder, manifest, name="large", source="kaggle", image_size=128)
    run = create_run(workspace, RunInfo(id="random", kind="scores", dataset="large"))
    probs = np.clip(targets * 0.5 + rng.random(targets.shape) * 0.6, 0, 1).astype(np.float32)
    embeddings = rng.normal(size=(samples, 256)).astype(np.float16)
    predictions = Predictions(ids=ids, probs=probs, targets=targets, embeddings=embeddings)
    write_predictions(run, "validation", predictions)
    project_run(run, "validation", method="pca")
    with open_store(workspace) as store:
        store.give_role(PERSON["annotator"], "admin", by=PERSON["annotator"])


if __name__ == "__main__":
    main()
