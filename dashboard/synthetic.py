"""What is said of rendered cells: that images are such, or that a network learnt from such.

Real images that a network scores which learnt from rendered cells stay real images; only their
scores say nothing about the Human Protein Atlas.
"""

from typing import Literal

from dashboard import cache
from dashboard.wording import counted
from hpa_core.data.dataset import DatasetInfo
from hpa_core.runs.folder import RunFolder


def synthetic_part(
    run: RunFolder | None, dataset: DatasetInfo | None = None
) -> Literal["images", "network"] | None:
    """Tell which part of what is shown was rendered.

    Args:
        run: whose scores are shown; None where there are no scores.
        dataset: whose images are shown; None for those that the run belongs to.

    Returns:
        `images` where they are rendered, `network` where only what the run's network learnt from
        is, None where nothing is. Scores whose images are not in the workspace are taken to be
        of such images as the network learnt from.
    """
    learnt = run is not None and run.info.synthetic
    if dataset is None and run is not None:
        owner = cache.dataset_of(run)
        dataset = owner.info if owner else None
    if dataset.synthetic if dataset else learnt:
        return "images"
    return "network" if learnt else None


def synthetic_note(run: RunFolder | None, dataset: DatasetInfo | None = None) -> str:
    """Return a sentence in Markdown to end a caption with, led by a space; empty if all is real.

    Args:
        run: as `synthetic_part` takes it.
        dataset: as `synthetic_part` takes it.
    """
    return {
        "images": " **Synthetic cells**, not microscopy.",
        "network": " The images are real; the network learnt from **synthetic cells**.",
        None: "",
    }[synthetic_part(run, dataset)]


def counted_samples(dataset: DatasetInfo, count: int, kind: str = "") -> str:
    """Return a number of a dataset's samples: `1 sample`, `2 labelled synthetic samples`."""
    return counted(count, f"{kind}{'synthetic ' * dataset.synthetic}sample")
