"""The whole loop through the pad: correct suspicious labels by keys, publish, train again, compare.

    python -m benchmarks.label_loop --folder DIR --step data
    python -m benchmarks.label_loop --folder DIR --step label      the pad in Chromium
    python -m benchmarks.label_loop --folder DIR --step train      goes on where it was
    python -m benchmarks.label_loop --folder DIR --step compare

The cells are the demo's, so this says nothing of real proteins. In the split `train` a share of the
label sets (20 %) is made wrong by the demo's own rule, and what is right stays known. The shipped
network, which has learnt from none of these images, ranks their labels; a person who sees the truth
answers the first images of that queue, right or wrong, by keys. Then the shipped network goes on
learning three times with the same seed: from the wrong labels, from the corrected ones, and from
the true ones, which is the most that any correcting could bring. All are judged by the true labels
of the validation split, which nobody corrected and no training has seen.
"""

import argparse
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import expect, sync_playwright

from benchmarks.commands import command
from benchmarks.gallery import served
from hpa_core.cli.demo import SHIPPED, WEIGHTS, build_demo
from hpa_core.data.dataset import (
    IMAGES,
    THUMBNAILS,
    Dataset,
    open_dataset,
    write_dataset,
)
from hpa_core.data.synthetic.labels import Sample, labels_in_force
from hpa_core.files import link_or_copy
from hpa_core.labeling import open_store
from hpa_core.runs.folder import RunInfo, create_run, list_runs, open_run
from hpa_core.runs.predictions import predicted_splits, read_predictions, write_predictions
from hpa_core.workspace import Workspace
from tests.browser.pad import SAVED, decide_labels, open_pad, painted

WRONG, CORRECTED, TRUE = "wrong", "corrected", "true"
RANKING = "shipped"
PERSON = "Rita"


def main() -> None:
    """Do one step, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--folder", type=Path, required=True, help="The workspace; made if missing."
    )
    parser.add_argument("--step", choices=[*STEPS, "all"], default="all")
    parser.add_argument("--samples", type=int, default=2000, help="Three fifths are learnt from.")
    parser.add_argument("--noise", type=float, default=0.2, help="Share of wrong label sets.")
    parser.add_argument("--images", type=int, default=300, help="That the person answers.")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    workspace = Workspace(asked.folder).create()
    for step in STEPS if asked.step == "all" else [asked.step]:
        STEPS[step](workspace, asked)


def make_data(workspace: Workspace, asked: argparse.Namespace) -> None:
    """Make the demo, its copies with wrong and with true labels, and the ranking run."""
    build_demo(workspace, samples=asked.samples)
    demo = open_dataset(workspace, "demo")
    clean = demo.manifest["clean_targets"].tolist()
    in_train = (demo.manifest["split"] == "train").tolist()
    planted = [
        labels_in_force(Sample(id=name, classes=tuple(classes), site="A"), noise=asked.noise)
        if learnt
        else tuple(given)
        for name, classes, given, learnt in zip(
            demo.ids.tolist(), clean, demo.manifest["targets"], in_train, strict=True
        )
    ]
    for name, targets in ((WRONG, planted), (TRUE, clean)):
        relabelled(workspace, demo, name, targets)
    data = open_dataset(workspace, WRONG)
    info = RunInfo(id=RANKING, kind="scores", dataset=WRONG, dataset_hash=data.info.hash)
    run = create_run(workspace, info)
    write_predictions(run, "train", read_predictions(open_run(workspace, "demo"), "train"))
    wrong = wrong_rows(workspace)
    print(
        f"data       {len(data.rows('train'))} cells in train, {len(wrong)} with a wrong label set"
    )


def relabelled(
    workspace: Workspace, dataset: Dataset, name: str, targets: Sequence[Sequence[int]]
) -> None:
    """Write a dataset of the same images with other labels."""
    folder = workspace.dataset(name)
    folder.mkdir(parents=True)
    for file in (IMAGES, THUMBNAILS):
        link_or_copy(dataset.folder / file, folder / file)
    manifest = dataset.manifest.assign(targets=[list(labels) for labels in targets])
    info = dataset.info
    write_dataset(folder, manifest, name=name, source=info.source, image_size=info.image_size)


def wrong_rows(workspace: Workspace, name: str = WRONG) -> set[int]:
    """Return the rows of `train` whose labels in a dataset are not what is there."""
    data, true = open_dataset(workspace, name), open_dataset(workspace, TRUE)
    unlike = (data.targets != true.targets).any(axis=1)
    return {*np.flatnonzero(unlike & np.isin(np.arange(len(unlike)), data.rows("train"))).tolist()}


def label(workspace: Workspace, asked: argparse.Namespace) -> None:
    """Answer the first images of the suspicious queue by keys, and publish."""
    data, true = open_dataset(workspace, WRONG), open_dataset(workspace, TRUE)
    truth = dict(zip(true.ids.tolist(), true.targets, strict=True))
    with open_store(workspace) as store:
        store.give_role(PERSON, "admin", by=PERSON)
        decided = len(store.states(data.info))
    log = workspace.root / "dashboard.log"
    with served(workspace, log) as address, sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        page = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"]).new_page()
        link = {"run": RANKING, "split": "train", "label-need": "suspicious"}
        pad = open_pad(page, address, PERSON, dataset=WRONG, **link)
        for _ in range(decided, asked.images):
            decide_labels(page, pad, np.flatnonzero(truth[painted(pad)]).tolist())
        expect(pad.locator(".save-status")).to_have_text(SAVED)
    command(workspace, "labels", "publish", WRONG, "--as", CORRECTED, "--by", PERSON)
    before, after = wrong_rows(workspace), wrong_rows(workspace, CORRECTED)
    print(
        f"label      {asked.images} images of {len(data.rows('train'))} answered by keys: "
        f"{len(before - after)} of {len(before)} wrong label sets corrected"
    )


def train(workspace: Workspace, asked: argparse.Namespace) -> None:
    """Let the shipped network learn from each of the three label sets; what is there stays."""
    for name in (WRONG, CORRECTED, TRUE):
        if (run := run_of(workspace, name, asked.seed)) is None:
            weights = ("--weights", SHIPPED / WEIGHTS, "--learning-rate", asked.learning_rate)
            course = ("--epochs", asked.epochs, "--seed", asked.seed)
            command(workspace, "train", name, *weights, *course, "--name", f"seed-{asked.seed}")
        elif "validation" not in predicted_splits(open_run(workspace, run)):
            command(workspace, "train", "--resume", run)
        print(f"train      {name}: {run_of(workspace, name, asked.seed)}", flush=True)


def run_of(workspace: Workspace, name: str, seed: int) -> str | None:
    """Return the training on a dataset with a seed, if there is one."""
    ids = [run.id for run in list_runs(workspace) if run.info.dataset == name]
    return next((each for each in ids if f"-seed-{seed}-" in each), None)


def compare(workspace: Workspace, asked: argparse.Namespace) -> None:
    """Say what the corrections brought, and what all of them would have."""
    runs = {name: run_of(workspace, name, asked.seed) for name in (WRONG, CORRECTED, TRUE)}
    for name in (CORRECTED, TRUE):
        pair = ("labels", "compare", runs[WRONG], runs[name], "--truth", TRUE, "--json")
        found: dict[str, Any] = json.loads(command(workspace, *pair))
        low, high = found["interval"]
        print(
            f"seed {asked.seed}     {WRONG} -> {name}: macro F1 at 0.5 on {found['images']} "
            f"validation cells {found['before']:.4f} -> {found['after']:.4f}, "
            f"{found['difference']:+.4f} (95 %: {low:+.4f} to {high:+.4f})"
        )


STEPS = {"data": make_data, "label": label, "train": train, "compare": compare}


if __name__ == "__main__":
    main()
