"""The pages in the order of the menu, which is the order of the work."""

from typing import NamedTuple


class Entry(NamedTuple):
    """A page of the menu.

    Attributes:
        page: its file in `pages/` without the ending.
        filtered: whether it deals with the samples that the filter in force finds.
    """

    page: str
    title: str
    icon: str
    filtered: bool = False


MENU = (
    Entry("overview", "Overview", ":material/home:"),
    Entry("imbalance", "Imbalance", ":material/bar_chart:", filtered=True),
    Entry("train", "Train", ":material/model_training:"),
    Entry("experiments", "Experiments", ":material/science:"),
    Entry("images", "Images", ":material/grid_view:", filtered=True),
    Entry("thresholds", "Thresholds", ":material/tune:", filtered=True),
    Entry("errors", "Errors", ":material/troubleshoot:", filtered=True),
    Entry("label", "Label", ":material/edit:", filtered=True),
)
