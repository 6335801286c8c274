"""The Imbalance page shows what the label table says."""

from pathlib import Path

import numpy as np
import pytest

from hpa_core.data.importing import import_labels
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.pages.conftest import OpenPage, said


def test_the_class_table_counts_every_class_and_its_samples_without_another(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    dataset = make_dataset(samples=56)
    page = open_page("imbalance", dataset="tiny")
    assert not page.exception
    table = page.dataframe[0].value
    alone = dataset.targets[dataset.targets.sum(axis=1) == 1]
    assert table["count"].tolist() == dataset.targets.sum(axis=0).tolist()
    assert table["alone"].tolist() == alone.sum(axis=0).tolist()


REPORT_COUNTS = [
    int(count)
    for count in "12885 1254 3621 1561 1858 2513 1008 2822 53 45 28 1093 688 537 1066 21 530 210 "
    "902 1482 172 3777 802 2965 322 8228 328 11".split()
]
"""The report's table (R-1): positives of class 0 to 27 among the 31,072 samples."""

REPORT_SHARES = [
    float(share)
    for share in "25.37 2.46 7.13 3.07 3.65 4.94 1.98 5.55 0.10 0.09 0.06 2.15 1.35 1.05 2.10 0.04 "
    "1.04 0.41 1.78 2.92 0.34 7.44 1.58 5.84 0.63 16.20 0.65 0.02".split()
]
"""The same in percent of all labels; the report truncates or rounds the last digit."""


def test_the_page_shows_the_reports_own_table_and_what_the_field_knows_of_it(
    workspace: Workspace, open_page: OpenPage, realdata: Path
) -> None:
    import_labels(workspace, realdata / "labels" / "train.csv", name="hpa")
    page = open_page("imbalance", dataset="hpa")
    assert not page.exception
    table, sets = page.dataframe[0].value, page.dataframe[1].value
    assert table["count"].tolist() == REPORT_COUNTS
    assert np.abs(table["share"] - REPORT_SHARES).max() <= 0.01
    assert np.flatnonzero(table["rare"]).tolist() == [8, 9, 10, 15, 27]
    assert table["SCUMBLE"][[15, 27]].round(2).tolist() == [0.88, 0.85]
    assert "31,072 samples and 50,782 labels" in page.caption[0].value
    assert {metric.label: metric.value for metric in page.metric} == {
        "Labels per sample": "1.63",
        "Label sets": "577",
        "Largest ratio": "1,171",
        "MeanIR": "113.64",
        "CVIR": "2.244",
        "SCUMBLE": "0.120",
    }
    assert len(sets) == 577
    assert sets.iloc[1].tolist()[:2] == ["Nucleoplasm + Cytosol", 1998]
    told = said(page)
    assert "28 samples of 10 Lysosomes, each with 9 Endosomes (chance would give 0.041)" in told
    assert (
        "**Never alone**: 10 Lysosomes (28), 15 Microtubule ends (21), 17 Mitotic spindle" in told
    )
    assert "577 different ones; 94 of them have one sample each" in told
    assert "first 18 Microtubule organizing center with 19 Centrosome (43)" in told


@pytest.mark.parametrize("split", ["train", "validation"])
def test_a_split_is_measured_by_itself(
    make_dataset: MakeDataset, open_page: OpenPage, split: str
) -> None:
    dataset = make_dataset(samples=56)
    page = open_page("imbalance", dataset="tiny")
    page.segmented_control(key="imbalance-split").set_value(split).run()
    assert not page.exception
    targets = dataset.targets[dataset.rows(split)]
    table = page.dataframe[0].value
    assert table["count"].tolist() == targets.sum(axis=0).tolist()
    assert table["alone"].tolist() == targets[targets.sum(axis=1) == 1].sum(axis=0).tolist()
