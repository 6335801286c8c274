"""What a gallery sends of an image."""

import numpy as np

from dashboard.images.tiles import make_tile
from hpa_core.runs.predictions import Predictions
from hpa_core.selections.samples import predicted_samples
from tests.conftest import MakeDataset


def test_scores_of_a_tile_have_five_digits_and_no_more(make_dataset: MakeDataset) -> None:
    dataset = make_dataset(samples=3)
    probs = np.random.default_rng(0).random((3, 28)).astype(np.float32)
    samples = predicted_samples(dataset, Predictions(ids=dataset.ids, probs=probs))
    sent = make_tile(samples, 1, dataset).probs
    assert sent == [float(f"{score:.5f}") for score in probs[1].tolist()]
