"""Label tables that are written: they read back, and no cell becomes a formula."""

import csv
from pathlib import Path

import numpy as np
import pytest

from hpa_core.data.label_export import neutralised, write_label_table
from hpa_core.data.labels import read_label_table


def test_a_written_table_reads_back_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    targets = rng.random((50, 28)) < 0.1
    ids = np.array([f"sample-{row}" for row in range(50)])
    write_label_table(tmp_path / "labels.csv", ids, targets)
    table = read_label_table(tmp_path / "labels.csv", allow_unlabelled=True)
    assert table.ids.tolist() == ids.tolist()
    assert (table.targets == targets).all()


def test_class_numbers_are_written_in_ascending_order(tmp_path: Path) -> None:
    targets = np.zeros((1, 28), dtype=bool)
    targets[0, [25, 3, 0]] = True
    write_label_table(tmp_path / "labels.csv", np.array(["a"]), targets)
    assert (tmp_path / "labels.csv").read_bytes() == b"Id,Target\na,0 3 25\n"


@pytest.mark.parametrize(
    "note", ["=cmd|'/c calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\n=1"]
)
def test_a_note_that_would_be_a_formula_is_written_as_text(note: str, tmp_path: Path) -> None:
    targets = np.ones((1, 28), dtype=bool)
    path = tmp_path / "labels.csv"
    write_label_table(path, np.array(["a"]), targets, notes={"Note": [note]})
    with path.open(newline="") as file:
        assert [row["Note"] for row in csv.DictReader(file)] == [f"'{note}"]


def test_a_harmless_note_is_written_as_it_is() -> None:
    assert neutralised("two nuclei, 3 = 1 + 2") == "two nuclei, 3 = 1 + 2"
