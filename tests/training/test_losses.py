"""Every loss against its formula, by hand, by scikit-learn, by its set function or by autograd."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, log_loss

from hpa_core.choices import LOSSES as LOSS_NAMES
from hpa_core.choices import UNCALIBRATED
from hpa_core.training.losses import (
    LOSSES,
    MAX_WEIGHT,
    WEIGHTED,
    Loss,
    asymmetric_loss,
    bce_loss,
    build_loss,
    focal_loss,
    positive_weights,
    soft_f1_loss,
    weighted_bce_loss,
)
from hpa_core.training.lovasz import lovasz_loss

CPU = torch.device("cpu")
Scored = tuple[torch.Tensor, torch.Tensor]
ROWS = np.random.default_rng(1).random((60, 28)) < 0.1


def every_loss() -> list[Loss]:
    return [build_loss(name, ROWS, CPU) for name in LOSS_NAMES]


def drawn(*, soft: bool, samples: int = 40) -> Scored:
    """Return logits and targets in double precision."""
    rng = np.random.default_rng(0)
    chances = rng.random((samples, 28))
    targets = chances**3 if soft else chances < 0.2
    return torch.from_numpy(rng.normal(-1, 2, (samples, 28))), torch.from_numpy(targets).double()


@pytest.fixture(params=[False, True], ids=["hard", "soft"])
def scored(request: pytest.FixtureRequest) -> Scored:
    return drawn(soft=request.param)


def arrays(scored: Scored) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities and targets."""
    return 1 / (1 + np.exp(-scored[0].numpy())), scored[1].numpy()


def test_the_losses_are_those_that_the_config_offers() -> None:
    assert {*LOSSES, WEIGHTED} == set(LOSS_NAMES)
    assert {"bce", *UNCALIBRATED} == set(LOSS_NAMES)


def test_binary_cross_entropy_is_scikit_learns_log_loss() -> None:
    scored = drawn(soft=False)
    probs, targets = arrays(scored)
    assert float(bce_loss(*scored)) == pytest.approx(log_loss(targets.ravel(), probs.ravel()))


def test_focal_loss_is_its_formula(scored: Scored) -> None:
    p, t = arrays(scored)
    expected = -(t * (1 - p) ** 2 * np.log(p) + (1 - t) * p**2 * np.log(1 - p)).mean()
    assert float(focal_loss(*scored)) == pytest.approx(expected)


def test_asymmetric_loss_is_its_formula(scored: Scored) -> None:
    p, t = arrays(scored)
    m = np.maximum(p - 0.05, 0)
    expected = -(t * np.log(p) + (1 - t) * m**4 * np.log(1 - m)).mean()
    assert float(asymmetric_loss(*scored)) == pytest.approx(expected)
    expected = -(t * (1 - p) * np.log(p) + (1 - t) * m**2 * np.log(1 - m)).mean()
    found = asymmetric_loss(*scored, gamma_positive=1.0, gamma_negative=2.0)
    assert float(found) == pytest.approx(expected)


@pytest.mark.parametrize(
    "plain",
    [
        partial(focal_loss, gamma=0.0),
        partial(asymmetric_loss, gamma_negative=0.0, clip=0.0),
        partial(weighted_bce_loss, weights=torch.ones(28)),
    ],
    ids=["focal", "asymmetric", "weighted"],
)
def test_without_their_turn_losses_are_cross_entropy(plain: Loss, scored: Scored) -> None:
    torch.testing.assert_close(plain(*scored), bce_loss(*scored))


def test_what_is_surely_absent_has_no_part_in_the_asymmetric_loss() -> None:
    logits = torch.tensor([[-4.0, -2.0]], requires_grad=True)  # p = 0.018 and 0.12
    asymmetric_loss(logits, torch.zeros(1, 2)).backward()
    assert logits.grad is not None
    assert logits.grad[0, 0] == 0
    assert logits.grad[0, 1] > 0


def test_weighted_cross_entropy_weighs_positives_alone(scored: Scored) -> None:
    p, t = arrays(scored)
    weights = positive_weights(ROWS)
    expected = -(weights * t * np.log(p) + (1 - t) * np.log(1 - p)).mean()
    found = build_loss(WEIGHTED, ROWS, CPU)(*scored)
    assert float(found) == pytest.approx(expected, rel=1e-6)


def test_weights_make_positives_and_negatives_of_a_class_equal_up_to_the_limit() -> None:
    targets = np.zeros((1000, 4), dtype=bool)
    for number, positives in enumerate((500, 100, 1, 0)):
        targets[:positives, number] = True
    assert positive_weights(targets).tolist() == [1.0, 9.0, MAX_WEIGHT, MAX_WEIGHT]


def test_soft_f1_of_sure_decisions_is_scikit_learns_macro_f1() -> None:
    logits, targets = drawn(soft=False, samples=4000)
    sure = torch.where(logits > 0, 50.0, -50.0).double()
    expected = f1_score(targets.numpy(), logits.numpy() > 0, average="macro")
    # The ones that are added move it by less than 1 in (positives + calls) of the rarest class.
    assert 1 - float(soft_f1_loss(sure, targets)) == pytest.approx(expected, abs=2e-3)


def test_soft_f1_is_its_formula(scored: Scored) -> None:
    p, t = arrays(scored)
    f1 = [(2 * (p[:, c] @ t[:, c]) + 1) / (p[:, c].sum() + t[:, c].sum() + 1) for c in range(28)]
    assert float(soft_f1_loss(*scored)) == pytest.approx(1 - np.mean(f1))


def jaccard_loss(wrong: set[int], weights: Sequence[float], positive: set[int]) -> float:
    """Return the weighted Jaccard loss of a set of mistakes, from sets."""
    union = sum(weights[i] for i in positive | wrong)
    return sum(weights[i] for i in wrong) / union if union else 0.0


def extension(errors: Sequence[float], loss_of: Callable[[set[int]], float]) -> float:
    """Return the Lovász extension as the integral of the set function over its level sets."""
    levels = sorted({0.0, *(error for error in errors if error > 0)})
    return sum(
        (above - below) * loss_of({i for i, error in enumerate(errors) if error >= above})
        for below, above in pairwise(levels)
    )


def literal_lovasz(logits: Sequence[float], targets: Sequence[float]) -> float:
    """Return the symmetric Lovász hinge of one image, element by element."""
    count = len(logits)
    errors = [1 - z for z in logits] + [1 + z for z in logits]
    weights = [*targets, *(1 - t for t in targets)]
    labels, others = set(range(count)), set(range(count, 2 * count))
    return (
        sum(
            extension(errors, lambda wrong, side=side: jaccard_loss(wrong, weights, side))
            for side in (labels, others)
        )
        / 2
    )


LOGITS = st.floats(-3, 3, allow_subnormal=False)


@given(
    st.lists(
        st.tuples(LOGITS, st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.01, 0.99))),
        min_size=1,
        max_size=6,
    )
)
def test_lovasz_is_the_extension_of_its_set_function(image: list[tuple[float, float]]) -> None:
    logits, targets = (list(column) for column in zip(*image, strict=True))
    found = lovasz_loss(
        torch.tensor([logits], dtype=torch.float64), torch.tensor([targets], dtype=torch.float64)
    )
    assert float(found) == pytest.approx(literal_lovasz(logits, targets), abs=1e-9)


def test_lovasz_of_hard_targets_is_the_published_algorithm() -> None:
    logits, targets = drawn(soft=False)
    expected = []
    for z, t in zip(logits.numpy(), targets.numpy(), strict=True):
        for margin, truth in ((z, t), (-z, 1 - t)):
            errors = 1 - margin * (2 * truth - 1)
            order = np.argsort(-errors)
            missed = truth.sum() - truth[order].cumsum()
            jaccard = 1 - missed / (truth.sum() + (1 - truth[order]).cumsum())
            expected.append(np.maximum(errors[order], 0) @ np.diff(jaccard, prepend=0))
    assert float(lovasz_loss(logits, targets)) == pytest.approx(np.mean(expected))


def test_lovasz_of_one_step_beyond_the_margin_is_the_jaccard_loss() -> None:
    logits, targets = torch.tensor([[1.0, 1.0, -1.0, -1.0]]), torch.tensor([[1.0, 0.0, 1.0, 0.0]])
    # Hinge errors are 2 for the two mistakes, 0 else: twice the Jaccard loss, 2 of 3 either way.
    assert float(lovasz_loss(logits, targets)) == pytest.approx(2 * 2 / 3)


@pytest.mark.parametrize("loss", every_loss(), ids=list(LOSS_NAMES))
def test_gradients_are_those_of_finite_differences(loss: Loss, scored: Scored) -> None:
    logits, targets = (item[:4] for item in scored)
    assert torch.autograd.gradcheck(lambda z: loss(z, targets), logits.requires_grad_())


@pytest.mark.parametrize("loss", every_loss(), ids=list(LOSS_NAMES))
def test_a_loss_stays_finite_for_a_network_that_is_very_sure(loss: Loss) -> None:
    logits = torch.tensor([[200.0, -200.0] * 14], requires_grad=True)
    for targets in (torch.tensor([[0.0, 1.0] * 14]), torch.zeros(1, 28), torch.full((1, 28), 0.3)):
        value = loss(logits, targets)
        (gradient,) = torch.autograd.grad(value, logits)
        assert value.isfinite()
        assert gradient.isfinite().all()


@pytest.mark.parametrize("loss", every_loss(), ids=list(LOSS_NAMES))
def test_better_answers_cost_less(loss: Loss) -> None:
    targets = drawn(soft=False)[1].float()
    values = [float(loss(sure * (2 * targets - 1), targets)) for sure in (-3.0, -0.5, 0.5, 3.0)]
    assert values == sorted(values, reverse=True)
    assert values[0] > values[-1]
