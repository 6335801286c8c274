"""What a merge did: rows, duplicates and labels, before and after."""

import pandas as pd
import streamlit as st

from dashboard import cache
from dashboard.synthetic import synthetic_note
from hpa_core.classes import CLASS_NAMES
from hpa_core.data.dataset import DatasetInfo
from hpa_core.data.merging.report import REPORT, MergeReport, read_report

PARTS = ("base", "external", "merged")
COLUMNS = {"id": st.column_config.NumberColumn(width="small")} | {
    part: st.column_config.NumberColumn(format="localized") for part in PARTS
}


def merged_datasets(infos: list[DatasetInfo]) -> list[str]:
    """Return the names of datasets that were merged from two."""
    return [
        info.name for info in infos if (cache.workspace().dataset(info.name) / REPORT).is_file()
    ]


def draw_merge(name: str) -> None:
    """Show what was merged, what the rule did, and the labels of every class."""
    dataset = cache.dataset(name)
    report = read_report(dataset.folder)
    st.text(dataset.info.note)
    for column, (label, value, about) in zip(st.columns(4), _figures(report), strict=True):
        column.metric(label, f"{value:,}", help=about)
    st.dataframe(
        label_table(report), column_config=COLUMNS, hide_index=True, height=400, key="merge-labels"
    )
    made = synthetic_note(None, dataset.info)
    st.caption(f"Samples with each label, all splits of {name!r}.{made}")


def label_table(report: MergeReport) -> pd.DataFrame:
    """One row a class: positives in both datasets and in the merged one."""
    parts = {part: report.labels[part] for part in PARTS}
    return pd.DataFrame({"id": range(len(CLASS_NAMES)), "class": CLASS_NAMES, **parts})


def _figures(report: MergeReport) -> list[tuple[str, int, str]]:
    found, dropped = report.duplicates, report.dropped
    ways = ", ".join(f"{kind} {count:,}" for kind, count in found.items() if kind != "in all")
    return [
        (
            "Samples",
            report.rows["merged"],
            f"{report.rows['base']:,} of the base and {report.rows['external']:,} external ones "
            "before duplicates were settled.",
        ),
        ("Duplicates", found["in all"], f"External rows that are samples of the base: {ways}."),
        (
            "Dropped",
            dropped["base"] + dropped["external"],
            f"{dropped['base']:,} of the base, {dropped['external']:,} external ones.",
        ),
        (
            "Held out",
            report.held_out,
            "Labelled external rows that are not in train, because they are duplicates of the "
            f"base's validation or test rows. Rows of the base that moved so that no group is on "
            f"two sides: {report.moved:,}.",
        ),
    ]
