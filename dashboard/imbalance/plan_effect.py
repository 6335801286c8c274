"""What an epoch of the plan shows: figures, every class before and after, the most copied."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.charts import CLASS_LABELS
from dashboard.images.gallery import draw_gallery
from dashboard.imbalance import plan_charts, plan_tables
from dashboard.imbalance.plan_draft import Draft
from dashboard.samples import labelled_samples
from dashboard.session import session
from dashboard.synthetic import synthetic_note
from dashboard.wording import counted
from hpa_core.data.dataset import Dataset
from hpa_core.imbalance.preview import PlanPreview
from hpa_core.imbalance.report_plans import compare_with_report
from hpa_core.targets import format_target

MOST_NAMED = 4
ROW_PX, HEADER_PX = 32, 38
REPORT_NOTE = (
    "The report started from 113,446 samples, of whose labels the public list has 7,768 fewer, and "
    "never says how often it copied what: its shares can be met, its own copies not be made again. "
    "Its deletion takes more labels than the 31,072 given samples have to give. More in "
    "docs/plans.md."
)


def draw_figures(seen: PlanPreview) -> None:
    """Draw the length of an epoch and the measures, after and before."""
    before, after = seen.before, seen.after
    most = int(seen.most_copies[0]) if len(seen.most_copies) else 1
    figures = [
        ("Samples an epoch", f"{after.samples:,}", f"{before.samples:,}", "Copies included."),
        ("Left out", f"{seen.dropped:,}", None, "Samples that an epoch never shows."),
        ("Copied", f"{seen.copied:,}", None, "Samples that an epoch shows more than once."),
        (
            "Most often",
            f"{most:,} times" if most > 1 else "once",
            None,
            "How often the most copied sample is shown.",
        ),
        (
            "MeanIR",
            f"{after.mean_ir:.2f}",
            f"{before.mean_ir:.2f}",
            "Mean over the classes of the largest class's count over their own.",
        ),
        (
            "SCUMBLE",
            f"{after.scumble:.3f}",
            f"{before.scumble:.3f}",
            "Rare and frequent classes on one sample, 0 to 1.",
        ),
    ]
    for start in (0, 3):
        columns = st.columns(3)
        for column, (name, value, was, meaning) in zip(
            columns, figures[start : start + 3], strict=True
        ):
            column.metric(
                name,
                value,
                delta=f"from {was}" if was else None,
                delta_color="off",
                delta_arrow="off",
                help=meaning,
            )


def draw_chart(seen: PlanPreview) -> None:
    """Draw every class before and after."""
    shares = st.toggle("Shares instead of samples", value=True, key="plan-shares")
    st.plotly_chart(plan_charts.before_and_after(seen, shares=shares), key="plan-chart")


def draw_classes(seen: PlanPreview) -> None:
    """Draw the table of classes, and name those that grew along with others."""
    st.subheader("Every class")
    if grown := _by_products(seen):
        named = ", ".join(CLASS_LABELS[number] for number in grown[:MOST_NAMED])
        more = f" and {len(grown) - MOST_NAMED} more" if len(grown) > MOST_NAMED else ""
        st.caption(f"Grew mostly as a by-product of copying rarer classes: {named}{more}.")
    st.dataframe(
        plan_tables.effect_table(seen),
        column_config=plan_tables.COLUMNS,
        hide_index=True,
        row_height=ROW_PX,
        height=ROW_PX * len(CLASS_LABELS) + HEADER_PX,
        key="plan-table",
    )


def draw_report(preset: str, seen: PlanPreview) -> None:
    """Draw how far a preset of the report comes to the report's own table."""
    st.subheader("Beside the report")
    rows = compare_with_report(preset, seen.after.shares)
    if rows:
        st.dataframe(
            pd.DataFrame(
                {
                    "share of": [_name(classes) for classes, _, _ in rows],
                    "report": [100 * wanted for _, wanted, _ in rows],
                    "here": [100 * got for _, _, got in rows],
                    "points": [100 * (got - wanted) for _, wanted, got in rows],
                }
            ),
            column_config={
                "report": st.column_config.NumberColumn(format="%.2f %%"),
                "here": st.column_config.NumberColumn(format="%.2f %%"),
                "points": st.column_config.NumberColumn(
                    format="%+.3f", help="Here less the report, in percentage points."
                ),
            },
            hide_index=True,
            key="plan-report",
        )
    else:
        st.caption("The report prints no shares for this one.")
    st.caption(REPORT_NOTE)


def draw_most_copied(dataset: Dataset, draft: Draft, seen: PlanPreview) -> None:
    """Draw the samples that are shown most often: as images where there are some, else as ids."""
    if not len(seen.most_copied):
        return
    st.subheader("Most copied")
    times = ", ".join(f"{count:,}" for count in seen.most_copies)
    st.caption(
        f"The {counted(len(seen.most_copied), 'sample')} shown most often, {times} times."
        f"{synthetic_note(None, dataset.info)}"
    )
    samples = labelled_samples(dataset, draft.split)
    if dataset.info.has_images:
        draw_gallery(dataset, samples, seen.most_copied, thresholds=session().thresholds)
        return
    labels = samples.targets[seen.most_copied]
    st.dataframe(
        pd.DataFrame(
            {
                "sample": samples.ids[seen.most_copied],
                "times": seen.most_copies,
                "labels": [format_target(np.flatnonzero(row)) for row in labels],
            }
        ),
        hide_index=True,
        key="plan-most-copied",
    )


def _by_products(seen: PlanPreview) -> list[int]:
    """Classes that grew by a hundredth or more, mostly with copies for rarer ones; most first."""
    grown = (seen.by_product_shares > 0.5) & (seen.factors > 1.01)
    return [int(number) for number in np.argsort(-seen.factors, kind="stable") if grown[number]]


def _name(classes: Sequence[int]) -> str:
    if len(classes) == 1:
        return CLASS_LABELS[classes[0]]
    return ", ".join(map(str, classes)) + " together"
