"""The share of wrong labels, from samples asked at random alone."""

import pytest

from hpa_core.labeling import LabelStore, Queue, next_samples
from hpa_core.labeling.current import current_labels
from hpa_core.labeling.quality.noise import NoiseShare, noise_share
from tests.conftest import MakeDataset
from tests.labeling.conftest import Give


def test_only_samples_asked_at_random_tell_the_share_of_wrong_labels(
    store: LabelStore, give: Give, make_dataset: MakeDataset
) -> None:
    dataset = make_dataset()
    ids = dataset.ids.tolist()
    nothing = noise_share(current_labels(store, dataset), store.history(dataset.info))
    assert nothing == NoiseShare(asked=0, changed=0, low=None, high=None)
    for reason, rows in (("random", range(1, 11)), ("suspicious", range(20, 30))):
        queue = Queue(order=[ids[row] for row in rows], reason=reason)
        next_samples(store, queue, by="Ana", dataset=dataset.info, count=10)
        for row in rows:
            wrong = reason == "suspicious" or row <= 3
            labels = (11, 13) if wrong else tuple(dataset.manifest["targets"][row].tolist())
            give(ids[row], labels, dataset=dataset.info, kind="label" if wrong else "accept")
    share = noise_share(current_labels(store, dataset), store.history(dataset.info))
    assert (share.asked, share.changed) == (10, 3)
    # Wilson's interval of 3 in 10, from its formula.
    assert (share.low, share.high) == (
        pytest.approx(0.1078, abs=1e-4),
        pytest.approx(0.6032, abs=1e-4),
    )
