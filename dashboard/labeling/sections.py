"""The sections of the Label page: label one by one, a grid, review, out and back."""

from collections.abc import Callable

from dashboard.labeling.out import draw_out
from dashboard.labeling.pads import draw_grid, draw_pad
from dashboard.labeling.person import Person
from dashboard.labeling.review import draw_review
from hpa_core.data.dataset import Dataset

SECTIONS: dict[str, Callable[[Dataset, Person], None]] = {
    "One by one": draw_pad,
    "Grid": draw_grid,
    "Review": draw_review,
    "Out and back": draw_out,
}
