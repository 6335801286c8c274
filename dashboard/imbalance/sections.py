"""The sections of the Imbalance page, in the order of its menu."""

from collections.abc import Callable

from dashboard.imbalance.augmentation import draw_augmentation
from dashboard.imbalance.duplicates import draw_duplicates
from dashboard.imbalance.feature_space import draw_feature_space
from dashboard.imbalance.measures import draw_measures
from dashboard.imbalance.passport.section import draw_passport
from dashboard.imbalance.plan import draw_plan
from dashboard.imbalance.splits import draw_splits
from hpa_core.data.dataset import Dataset

SECTIONS: dict[str, Callable[[Dataset], None]] = {
    "Measures": draw_measures,
    "Plan": draw_plan,
    "Splits": draw_splits,
    "Duplicates": draw_duplicates,
    "Feature space": draw_feature_space,
    "Augmentation": draw_augmentation,
    "Class passport": draw_passport,
}
