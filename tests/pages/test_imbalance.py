"""The Imbalance page shows what the label table says."""

from tests.conftest import MakeDataset
from tests.pages.conftest import OpenPage


def test_the_class_table_counts_every_class_and_split(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    dataset = make_dataset(samples=56)
    page = open_page("imbalance", dataset="tiny")
    assert not page.exception
    table = page.dataframe[0].value
    assert table["count"].tolist() == dataset.targets.sum(axis=0).tolist()
    assert table["validation"].tolist() == dataset.targets[28:].sum(axis=0).tolist()
