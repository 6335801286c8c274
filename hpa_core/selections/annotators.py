"""Who has labelled which samples, for the condition `annotator:`.

Axes: N samples.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from hpa_core.labeling.events import Place
from hpa_core.labeling.state import SampleState
from hpa_core.selections.samples import Samples


def with_annotators(samples: Samples, opinions: Mapping[Place, SampleState]) -> Samples:
    """Return the samples with what each person has labelled, by decisions that stand.

    Whoever has labelled none of them, but others of the dataset, is known all the same.

    Args:
        samples: of one dataset.
        opinions: its tracks, shared and blind (`LabelStore.opinions`).
    """
    masks: dict[str, np.ndarray] = {}
    for (sample_id, _), state in opinions.items():
        if not state.annotator:
            continue
        mask = masks.setdefault(state.annotator, np.zeros(len(samples.ids), dtype=bool))
        at = samples.identities.place_of.get(sample_id)
        if at is not None:
            mask[at] = True
    return replace(samples, annotators=masks)
