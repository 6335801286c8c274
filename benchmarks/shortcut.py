"""Is a network that reads a shortcut unmasked, and is an honest one left alone?

    python -m benchmarks.shortcut --workspace WORKSPACE [--classes 2 7] [--epochs 3]

The demo must be in the workspace; a run a class, and one more, are left there.
For each class the demo's cells are copied and the nucleus stain made brighter in the images that
carry it, as where one antibody was imaged on another day. A network, the demo's by default, learns
on from each copy, and once from the cells as they are. Then `python -m hpa_core ablate` is asked
about the validation split under all three fills: does it name that class and the nucleus, and whom
else?
"""

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.commands import ROOT, command
from hpa_core.classes import CHANNELS, CLASS_NAMES
from hpa_core.data.dataset import IMAGES, Dataset, open_dataset, write_dataset
from hpa_core.runs.ablations import FILLS
from hpa_core.workspace import Workspace

SHIPPED = ROOT / "checkpoints" / "demo.safetensors"
BLUE = CHANNELS.index("blue")
BRIGHTER = 1.6


def main() -> None:
    """Print one line a network and fill."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--classes", type=int, nargs="+", default=[2, 7])
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--weights", default=str(SHIPPED), help="First weights: random or a file.")
    parser.add_argument("--size", type=int, default=64, help="Pixels a side that networks read.")
    asked = parser.parse_args()
    workspace = Workspace(asked.workspace)
    demo = open_dataset(workspace, "demo")
    print(f"{len(demo.ids)} rendered cells, {asked.epochs} epochs at {asked.size} px")
    for number in [None, *asked.classes]:
        name = "demo" if number is None else plant(workspace, demo, number)
        run = command(
            workspace,
            "train",
            name,
            f"--epochs={asked.epochs}",
            f"--image-size={asked.size}",
            f"--weights={asked.weights}",
        ).split()[-1]
        for fill in FILLS:
            found = command(workspace, "ablate", run, f"--fill={fill}", "--json")
            report(number, fill, json.loads(found))
        if number is not None:
            shutil.rmtree(workspace.dataset(name))


def plant(workspace: Workspace, demo: Dataset, number: int) -> str:
    """Write the demo again with a brighter nucleus wherever the class is; returns its name."""
    name = f"shortcut-{number}"
    folder = workspace.dataset(name)
    shutil.copytree(demo.folder, folder)
    images = np.load(folder / IMAGES, mmap_mode="r+")
    for row in np.flatnonzero(demo.targets[:, number]):
        images[row, BLUE] = np.minimum(images[row, BLUE] * BRIGHTER, 255)
    images.flush()
    info = demo.info
    write_dataset(folder, demo.manifest, name=name, source=info.source, image_size=info.image_size)
    return name


def report(number: int | None, fill: str, found: dict[str, Any]) -> None:
    """Print what became of the planted class, and every class that is named beside it."""
    named = [(one["class_id"], one["channel"]) for one in found["leanings"]]
    others = ", ".join(f"{CLASS_NAMES[one]} by {stain}" for one, stain in named if one != number)
    who = "as they are"
    if number is not None:
        change = [each["mean_score_change_of_positives"]["change"] for each in found["without"]]
        told = "NAMED" if (number, "blue") in named else "not named"
        who = (
            f"{CLASS_NAMES[number]}: {told} (loses {-change[BLUE][number]:.2f} without the "
            f"nucleus, {-change[CHANNELS.index('green')][number]:.2f} without the protein)"
        )
    print(f"{fill:5} macro F1 {found['macro_f1']:.3f}  {who}; others named: {others or 'none'}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
