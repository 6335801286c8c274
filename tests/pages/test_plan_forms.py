"""Tables that a visitor edits become the settings of steps, and finished rows alone count."""

import numpy as np
import pandas as pd
import pytest

from dashboard.charts import CLASS_LABELS
from dashboard.imbalance.plan_forms import starting_values
from dashboard.imbalance.plan_share_form import table_to_wishes, wishes_to_table
from hpa_core.imbalance.steps import STEPS, TargetShares, step_from_dict


def test_wishes_survive_the_table() -> None:
    wishes = (
        {"classes": [0, 2, 21, 25], "kind": "at most", "share": 0.4},
        {"classes": [8], "kind": "about", "share": 0.00777, "tolerance": 0.00005},
    )
    plain = TargetShares(targets=wishes).to_dict()["targets"]
    assert table_to_wishes(wishes_to_table(plain)) == plain


def test_a_row_that_is_not_finished_does_not_count() -> None:
    columns = list(wishes_to_table([]).columns)
    rows = [
        [None, "about", 1.0, 0.1],
        [[], "about", 1.0, 0.1],
        [[CLASS_LABELS[3]], None, 1.0, 0.1],
        [[CLASS_LABELS[3]], "about", np.nan, 0.1],
        [[CLASS_LABELS[3]], "about", 2.5, np.nan],
    ]
    assert table_to_wishes(pd.DataFrame(rows, columns=columns)) == [
        {"classes": [3], "kind": "about", "share": 0.025, "tolerance": 0.001}
    ]


@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.parametrize(
    "counts", [np.arange(28), np.zeros(28, dtype=int), np.eye(28, dtype=int)[5]]
)
def test_a_step_begins_with_values_that_can_be_meant(kind: str, counts: np.ndarray) -> None:
    values = starting_values(kind, counts)
    assert step_from_dict(values).to_dict() == values
