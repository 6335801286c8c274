"""What the Errors page can show, in the order of its menu."""

from dashboard.errors.ablation import draw_ablation, open_ablation
from dashboard.errors.classes import draw_classes, open_class
from dashboard.errors.confusion import draw_confusion, open_confusion
from dashboard.errors.embedding_map import draw_map, open_points
from dashboard.errors.groups import draw_groups, open_group
from dashboard.errors.heat_maps import draw_heat_maps, open_heat_map
from dashboard.errors.label_sets import draw_label_sets, open_label_set
from dashboard.errors.mistakes import draw_mistakes, open_mistake
from dashboard.errors.opening import Section
from dashboard.errors.spectrum import draw_spectrum, open_spectrum
from dashboard.errors.suspicious import draw_suspicious, open_suspicious

SECTIONS: dict[str, Section] = {
    "Classes": Section(draw_classes, open_class),
    "Confusion": Section(draw_confusion, open_confusion),
    "Mistakes": Section(draw_mistakes, open_mistake),
    "Spectrum": Section(draw_spectrum, open_spectrum),
    "Label sets": Section(draw_label_sets, open_label_set),
    "Groups": Section(draw_groups, open_group),
    "Suspicious labels": Section(draw_suspicious, open_suspicious),
    "Heat maps": Section(draw_heat_maps, open_heat_map),
    "Channel ablation": Section(draw_ablation, open_ablation),
    "Embedding map": Section(draw_map, open_points),
}
