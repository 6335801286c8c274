"""Learning rates, averages and tallies against formulas and scikit-learn."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score
from torch import nn
from torch.amp import GradScaler

from hpa_core.config import TrainConfig
from hpa_core.loading.augmentation import Draws
from hpa_core.loading.augmentation.mixing import Mixing
from hpa_core.models.network import Network
from hpa_core.models.pooling import Pool
from hpa_core.models.registry import ARCHITECTURES, build
from hpa_core.training.losses import bce_loss
from hpa_core.training.optimization import Average, build_optimizer, learning_rate
from hpa_core.training.ranks import Ranks
from hpa_core.training.state import TrainingState
from hpa_core.training.steps import Batch, train_step
from hpa_core.training.tally import Tally
from hpa_core.training.validation import Validation, measure

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
    state = fresh_state(network)
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
    train_step(state, CONFIG, [batch], loss=loss, steps=1, network=network, ranks=Ranks())
    assert [row.nonzero().flatten().tolist() for row in seen[0]] == [[4, 5], [5, 6]]
    assert seen[0].sum(1).tolist() == [1.0, 1.0]
    assert state.tally.samples == 2
    assert state.tally.counts[1].nonzero().flatten().tolist() == [4, 5]


def test_parts_of_a_batch_teach_what_the_whole_batch_teaches() -> None:
    """Without batch norm, which looks at a part at a time."""
    images, targets = drawn(7)
    networks = [plain_network(), plain_network()]
    for network, cuts in zip(networks, ([(0, 7)], [(0, 3), (3, 5), (5, 7)]), strict=True):
        state = fresh_state(network)
        parts = [
            Batch(
                images=images[start:end],
                targets=targets[start:end],
                draws=Draws(),
                samples=end - start,
                whole=end - start,
                share=(end - start) / 7,
            )
            for start, end in cuts
        ]
        health = train_step(
            state, CONFIG, parts, loss=bce_loss, steps=1, network=network, ranks=Ranks()
        )
        assert state.tally.samples == 7
        assert float(state.tally.loss) / 7 == pytest.approx(float(health[0]), rel=1e-6)
    for one, other in zip(*(item.parameters() for item in networks), strict=True):
        torch.testing.assert_close(one, other)


def test_an_fp16_step_that_runs_over_is_left_out_and_the_scale_halved() -> None:
    images, targets = drawn(4)
    network = plain_network()
    config = replace(CONFIG, precision="fp16")
    state = fresh_state(network, scale=2.0**30)
    before = network.head.weight.detach().clone()
    whole = Batch(images=images, targets=targets, draws=Draws(), samples=4, whole=4)

    def step() -> list[float]:
        return train_step(
            state, config, [whole], loss=bce_loss, steps=9, network=network, ranks=Ranks()
        ).tolist()

    loss, norm = step()
    assert (loss > 0, norm) == (True, 0.0), "nothing that would stop the training"
    assert torch.equal(network.head.weight, before)
    assert state.scaler.get_scale() == 2.0**29
    state.scaler = GradScaler("cpu", init_scale=8.0)
    assert step()[1] > 0
    assert not torch.equal(network.head.weight, before)
    state.scaler = GradScaler("cpu", init_scale=1.0)
    with torch.no_grad():
        network.head.weight.fill_(float("inf"))
    assert not np.isfinite(step()[1]), "at the lowest scale it is the gradients that are lost"


def test_what_is_best_follows_the_criterion_and_then_the_loss() -> None:
    def epoch(f1: float, tuned: float, loss: float) -> Validation:
        return Validation(
            probs=np.zeros((0, 28), np.float32),
            embeddings=np.zeros((0, 1), np.float16),
            metrics={},
            macro_f1=f1,
            tuned_f1=tuned,
            loss=loss,
        )

    epochs = [
        epoch(0.0, 0.3, 0.9),
        epoch(0.0, 0.5, 0.8),
        epoch(0.2, 0.4, 0.7),
        epoch(0.2, 0.4, 0.9),
    ]
    rankings = {"f1_macro": [3, 4, 2, 1], "f1_macro_tuned": [2, 3, 4, 1], "loss": [3, 2, 1, 4]}
    for (criterion, ranking), keep in product(rankings.items(), (1, 3, 9)):
        state, best = fresh_state(plain_network()), ranking[0]
        for number, validation in enumerate(epochs, 1):
            state.epoch = number
            state.rank(validation.merit(criterion), keep=keep)
            assert (state.best_epoch == number) == (number <= best)
        assert [epoch for epoch, _ in state.leaders] == ranking[:keep]
        assert state.exhausted(4 - best)
        assert not state.exhausted(5 - best)
        assert not state.exhausted(0)


def drawn(samples: int) -> tuple[torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(0)
    images = torch.from_numpy(rng.integers(0, 256, (samples, 4, 32, 32), np.uint8))
    return images, torch.from_numpy(rng.random((samples, 28)) < 0.2).float()


def plain_network() -> Network:
    torch.manual_seed(0)
    return Network(
        body=nn.Conv2d(4, 8, 3, stride=2),
        pool=Pool("average"),
        head=nn.Linear(8, 28),
        mean=[20.0] * 4,
        std=[30.0] * 4,
    )


def fresh_state(network: Network, *, scale: float = 0.0) -> TrainingState:
    return TrainingState(
        network=network,
        optimizer=build_optimizer(network, CONFIG),
        average=None,
        tally=Tally.empty(CPU),
        scaler=GradScaler("cpu", init_scale=scale or 1.0, enabled=bool(scale)),
    )
