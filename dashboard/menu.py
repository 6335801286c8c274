"""The pages in the order of the menu, which is the order of the work."""

from typing import NamedTuple


class Entry(NamedTuple):
    """A page of the menu: its file in `pages/` without the ending, its title and its icon."""

    page: str
    title: str
    icon: str


MENU = (
    Entry("overview", "Overview", ":material/home:"),
    Entry("imbalance", "Imbalance", ":material/bar_chart:"),
    Entry("train", "Train", ":material/model_training:"),
    Entry("experiments", "Experiments", ":material/science:"),
    Entry("images", "Images", ":material/grid_view:"),
    Entry("thresholds", "Thresholds", ":material/tune:"),
    Entry("errors", "Errors", ":material/troubleshoot:"),
    Entry("label", "Label", ":material/edit:"),
)
