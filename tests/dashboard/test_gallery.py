"""What a gallery sends of an image."""

import numpy as np

from dashboard.images.gallery import make_tile
from hpa_core.runs.predictions import Predictions
from hpa_core.selections.samples import outside_samples


def test_scores_of_a_tile_have_five_digits_and_no_more() -> None:
    probs = np.random.default_rng(0).random((3, 28)).astype(np.float32)
    samples = outside_samples(Predictions(ids=np.array(["a", "b", "c"]), probs=probs), "test")
    sent = make_tile(samples, 1).probs
    assert sent == [float(f"{score:.5f}") for score in probs[1].tolist()]
