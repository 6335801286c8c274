"""Learning rates, averages and tallies against formulas and scikit-learn."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score
from torch import nn

from hpa_core.config import TrainConfig
from hpa_core.loading.augmentation import Draws
from hpa_core.loading.augmentation.mixing import Mixing
from hpa_core.models.network import Network
from hpa_core.models.registry import ARCHITECTURES, build
from hpa_core.training.losses import bce_loss
from hpa_core.training.optimization import Average, build_optimizer, learning_rate
from hpa_core.training.ranks import Ranks
from hpa_core.training.state import TrainingState
from hpa_core.training.steps import Batch, train_step
from hpa_core.training.tally import Tally
from hpa_core.training.validation import measure

CONFIG = TrainConfig(dataset="d", epochs=10, learning_rate=0.1)
CPU = torch.device("cpu")


@pytest.fixture
def scored() -> tuple[torch.Tensor, torch.Tensor]:
    """Return logits and targets of 40 samples."""
    rng = np.random.default_rng(0)
    logits = torch.from_numpy(rng.normal(-1, 2, (40, 28)).astype(np.float32))
    return logits, torch.from_numpy(rng.random((40, 28)) < 0.2).float()


def rates(config: TrainConfig, steps: int = 100) -> list[float]:
    return [learning_rate(config, step=step, steps=steps) for step in range(steps)]


def test_a_constant_rate_stays() -> None:
    assert set(rates(CONFIG)) == {0.1}


def test_a_cosine_falls_from_the_highest_rate_towards_zero() -> None:
    course = rates(replace(CONFIG, schedule="cosine"))
    assert course[0] == 0.1
    assert course[50] == pytest.approx(0.05)
    assert course == sorted(course, reverse=True)
    assert 0 < course[-1] < 0.0001


def test_steps_divide_the_rate_by_ten_twice() -> None:
    course = rates(replace(CONFIG, schedule="steps"), steps=90)
    np.testing.assert_allclose(course, [0.1] * 30 + [0.01] * 30 + [0.001] * 30)


def test_a_warm_up_rises_in_equal_parts_to_the_highest_rate() -> None:
    course = rates(replace(CONFIG, schedule="cosine", warmup_epochs=1.0))
    np.testing.assert_allclose(np.diff(course[:11]), np.diff(course[:2])[0])
    assert course[10] == max(course) == 0.1


def test_only_weights_of_two_axes_or_more_decay() -> None:
    network = nn.Sequential(nn.Conv2d(4, 8, 3), nn.BatchNorm2d(8), nn.Linear(8, 2))
    optimizer = build_optimizer(network, replace(CONFIG, weight_decay=0.5))
    decays = {id(p): g["weight_decay"] for g in optimizer.param_groups for p in g["params"]}
    assert len(decays) == len(list(network.parameters()))
    for parameter in network.parameters():
        assert decays[id(parameter)] == (0.5 if parameter.ndim > 1 else 0.0)


def test_an_average_follows_its_formula() -> None:
    network: Network = ARCHITECTURES["small"].build()
    weight = network.head[1].bias
    average = Average(network, 0.9)
    expected = weight.detach().clone()
    for step in range(200):
        with torch.no_grad():
            weight += 1
        average.update(network, step=step)
        decay = min(0.9, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * weight.detach()
    torch.testing.assert_close(average.network.head[1].bias, expected)


def test_a_tally_over_batches_is_scikit_learns_score_over_all(
    scored: tuple[torch.Tensor, torch.Tensor],
) -> None:
    logits, targets = scored
    tally = Tally.empty(CPU)
    for part in (slice(0, 16), slice(16, 32), slice(32, 40)):
        tally.add(bce_loss(logits[part], targets[part]), logits[part], targets[part])
    figures = tally.metrics()
    calls = logits.numpy() > 0
    expected = f1_score(targets.numpy() == 1, calls, average="macro", zero_division=0)
    assert figures["f1_macro/train"] == pytest.approx(expected, abs=1e-12)
    assert figures["accuracy/train"] == pytest.approx((calls == targets.numpy()).mean(), abs=1e-12)
    assert figures["loss/train"] == pytest.approx(float(bce_loss(logits, targets)), rel=1e-5)


def test_validation_figures_are_scikit_learns(scored: tuple[torch.Tensor, torch.Tensor]) -> None:
    logits, targets = (item.numpy() for item in scored)
    embeddings = np.zeros((40, 3), dtype=np.float16)
    found = measure(logits, embeddings, targets == 1, loss=bce_loss)
    per_class = f1_score(targets, logits > 0, average=None, zero_division=0)
    np.testing.assert_allclose(found.metrics["f1/validation"], per_class, atol=1e-12)
    assert found.macro_f1 == found.metrics["f1_macro/validation"]
    assert found.macro_f1 == pytest.approx(per_class.mean(), abs=1e-12)
    assert found.metrics["f1_macro_tuned/validation"] >= found.macro_f1
    np.testing.assert_allclose(found.probs, 1 / (1 + np.exp(-logits)), rtol=1e-5)


def test_a_step_learns_from_mixed_labels_and_counts_each_samples_own() -> None:
    network = build("small")
    state = TrainingState(
        network=network,
        optimizer=build_optimizer(network, CONFIG),
        average=None,
        tally=Tally.empty(CPU),
    )
    seen: list[torch.Tensor] = []

    def loss(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        seen.append(targets)
        return bce_loss(logits, targets)

    targets = torch.zeros(3, 28)
    targets[torch.arange(3), torch.tensor([4, 5, 6])] = 1
    mixing = Mixing(
        partners=np.array([1, 2, 2]), shares=np.array([0.75, 0.5, 1.0]), pastes=np.zeros((3, 4))
    )
    batch = Batch(
        images=torch.zeros(3, 4, 32, 32, dtype=torch.uint8),
        targets=targets,
        draws=Draws(mixing=mixing),
        samples=2,  # The third is there to be mixed in.
        whole=2,
    )
    train_step(state, CONFIG, batch, loss=loss, steps=1, network=network, ranks=Ranks())
    assert [row.nonzero().flatten().tolist() for row in seen[0]] == [[4, 5], [5, 6]]
    assert seen[0].sum(1).tolist() == [1.0, 1.0]
    assert state.tally.samples == 2
    assert state.tally.counts[1].nonzero().flatten().tolist() == [4, 5]
