"""Shares of the classes from a table, and from the labels of a split."""

from pathlib import Path

import numpy as np
import pytest

from hpa_core.data.prevalence import read_prevalence, split_prevalence
from hpa_core.errors import LabelTableError
from tests.conftest import MakeDataset


def test_the_published_table_has_two_columns_of_shares(realdata: Path) -> None:
    table = realdata / "labels" / "label_dist.csv"
    train = np.array(read_prevalence(table, "train"))
    assert np.rint(train * 31072)[[0, 25, 27]].tolist() == [12885, 8228, 11]
    assert read_prevalence(table, "lb")[0] == 0.36239782
    with pytest.raises(LabelTableError, match="several columns of shares; name one of: lb, train"):
        read_prevalence(table)


def test_a_single_column_needs_no_name(tmp_path: Path) -> None:
    path = tmp_path / "shares.csv"
    path.write_text("name,share\n" + "".join(f"c{row},{row / 100}\n" for row in range(28)))
    assert read_prevalence(path)[3] == 0.03


@pytest.mark.parametrize(
    "content", ["", "share\n0.1\n", "share\n" + "2\n" * 28, "share\n" + "nan\n" * 28]
)
def test_a_table_without_28_shares_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "shares.csv"
    path.write_text(content)
    with pytest.raises(LabelTableError, match=r"shares\.csv"):
        read_prevalence(path)


def test_a_splits_shares_are_those_of_its_labels(make_dataset: MakeDataset) -> None:
    dataset = make_dataset(samples=60)
    expected = dataset.targets[dataset.rows("train")].mean(axis=0)
    assert split_prevalence(dataset, "train") == tuple(expected)
