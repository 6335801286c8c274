"""Every page says what was rendered: the images, or only what the network learnt from."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.synthetic import counted_samples, synthetic_note, synthetic_part
from hpa_core.data.dataset import DatasetInfo
from hpa_core.evaluation.estimates import estimate_strategies
from hpa_core.evaluation.strategies import strategy_named
from hpa_core.runs.folder import RunFolder, RunInfo, create_run
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.pages.conftest import OpenPage, picker
from tests.scored import score_dataset

IMAGES = "**Synthetic cells**, not microscopy."
NETWORK = "The images are real; the network learnt from **synthetic cells**."
Scored = Callable[..., tuple[DatasetInfo, RunFolder]]


@pytest.fixture
def scored(workspace: Workspace, make_dataset: MakeDataset, open_page: OpenPage) -> Scored:
    """Return a function that makes a dataset and scores of it, all real but for what it is told."""

    def make(*, images: bool = False, network: bool = False) -> tuple[DatasetInfo, RunFolder]:
        dataset = make_dataset(samples=140, source="synthetic" if images else "kaggle")
        return dataset.info, score_dataset(workspace, dataset, synthetic=network)

    return make


def told(page: AppTest) -> str:
    return "\n".join(item.value for kind in (page.markdown, page.caption) for item in kind)


@pytest.mark.parametrize(
    ("images", "network", "part"),
    [
        (True, True, "images"),
        (True, False, "images"),
        (False, True, "network"),
        (False, False, None),
    ],
)
def test_images_are_what_their_dataset_says_whatever_the_network_learnt_from(
    scored: Scored, images: bool, network: bool, part: str | None
) -> None:
    dataset, run = scored(images=images, network=network)
    assert synthetic_part(run) == synthetic_part(run, dataset) == part
    assert synthetic_part(None, dataset) == ("images" if images else None)
    kind = "synthetic sample" if images else "sample"
    assert [counted_samples(dataset, count) for count in (1, 2)] == [f"1 {kind}", f"2 {kind}s"]


def test_scores_without_a_dataset_are_taken_to_be_of_such_cells_as_their_network_learnt_from(
    workspace: Workspace, open_page: OpenPage
) -> None:
    for owner in ("", "gone"):
        for learnt in (True, False):
            info = RunInfo(
                id=f"of-{owner}-{learnt}", kind="scores", dataset=owner, synthetic=learnt
            )
            run = create_run(workspace, info)
            assert synthetic_note(run) == (f" {IMAGES}" if learnt else "")


@pytest.mark.parametrize(
    ("times", "link"),
    [
        (2, {"name": "overview"}),  # Of the scores, and of the wrong calls.
        (1, {"name": "images"}),
        (1, {"name": "errors"}),
        (1, {"name": "imbalance", "section": "Class passport", "class": "3"}),
        (2, {"name": "thresholds", "studio": "Strategies"}),  # Of the board, and of the section.
        (2, {"name": "thresholds", "studio": "Flips"}),
        (2, {"name": "thresholds", "studio": "Compare"}),
        (2, {"name": "thresholds", "studio": "Sweeps"}),
        (2, {"name": "thresholds", "studio": "Calibration"}),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else str(value),
)
def test_real_images_stay_real_though_their_network_learnt_from_synthetic_cells(
    scored: Scored, open_page: OpenPage, times: int, link: dict[str, str]
) -> None:
    _, run = scored(network=True)
    if link.get("studio") == "Strategies":
        list(estimate_strategies(run, "validation", [strategy_named("fixed-0.5")]))
    page = open_page(**link)
    if link.get("studio") == "Flips":
        picker(page, "Thresholds").select("fixed-0.15").run()
    assert not page.exception
    assert told(page).count(NETWORK) == times
    assert "Synthetic" not in told(page)
    assert page.sidebar.warning[0].value == (
        "The images are real; the network of run scored learnt from synthetic cells. No score of "
        "it says anything about the Human Protein Atlas."
    )


def test_synthetic_images_and_their_scores_are_marked_on_the_page_and_beside_it(
    scored: Scored, open_page: OpenPage
) -> None:
    scored(images=True, network=True)
    page = open_page("thresholds", studio="Calibration")
    assert told(page).count(IMAGES) == 2
    assert NETWORK not in told(page)
    assert page.sidebar.warning[0].value == (
        "Synthetic cells in dataset tiny and run scored: rendered, not microscopy. No score on "
        "them says anything about the Human Protein Atlas."
    )


def test_a_page_on_the_atlas_itself_says_nothing_of_synthetic_cells(
    scored: Scored, open_page: OpenPage
) -> None:
    scored()
    page = open_page("thresholds", studio="Calibration")
    assert "ynthetic" not in told(page)
    assert not page.sidebar.warning
