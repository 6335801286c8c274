"""Mixup and CutMix: who is mixed with whom, how much, and what the targets become."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, kstest

from hpa_core.config import TrainConfig
from hpa_core.errors import ConfigError
from hpa_core.loading.augmentation import Draws, augment, draw_augmentation, mix_targets
from hpa_core.loading.augmentation.mixing import Mixing
from hpa_core.loading.order import epoch_batches

BOTH = TrainConfig(dataset="d", turns=False, mixup=0.5, cutmix=0.5)


def mixing_of(samples: int, config: TrainConfig = BOTH, *, epoch: int = 0) -> Mixing:
    mixing = draw_augmentation(samples, config, epoch=epoch).mixing
    assert mixing is not None
    return mixing


def test_mixup_blends_pixels_and_targets_by_one_share() -> None:
    images = torch.stack([torch.full((4, 2, 2), value) for value in (100, 200)]).to(torch.uint8)
    targets = torch.tensor([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]])
    mixing = Mixing(
        partners=np.array([1, 0]), shares=np.array([0.75, 1.0]), pastes=np.zeros((2, 4))
    )
    changed = augment(images, Draws(mixing=mixing))
    assert changed[:, 0, 0, 0].tolist() == [125, 200]
    mixed = mix_targets(targets, Draws(mixing=mixing), image_size=2)
    assert mixed.tolist() == [[0.75, 1.0, 0.25], [0.0, 1.0, 1.0]]


def test_cutmix_pastes_a_rectangle_and_weighs_targets_by_its_pixels() -> None:
    images = torch.stack([torch.full((4, 4, 4), value) for value in (0, 80)]).to(torch.uint8)
    pastes = np.array([[0.25, 0.75, 0.0, 0.5], [0, 0, 0, 0]])
    draws = Draws(mixing=Mixing(partners=np.array([1, 0]), shares=np.ones(2), pastes=pastes))
    changed = augment(images, draws)
    assert (changed[0, :, 1:3, :2] == 80).all()
    assert changed[0].sum() == 80 * 4 * 4
    mixed = mix_targets(torch.eye(2), draws, image_size=4)
    assert mixed.tolist() == [[0.75, 0.25], [0.0, 1.0]]


@given(samples=st.integers(2, 40), epoch=st.integers(0, 5), alpha=st.sampled_from([0.1, 1.0, 4.0]))
def test_every_sample_keeps_at_least_half_and_targets_sum_to_the_weighted_sums(
    samples: int, epoch: int, alpha: float
) -> None:
    size = 16
    mixing = mixing_of(samples, replace(BOTH, mix_alpha=alpha), epoch=epoch)
    rng = np.random.default_rng(epoch)
    targets = torch.from_numpy(rng.random((samples, 28)) < 0.1).float()
    mixed = mixing.mix_targets(targets, size)
    # An image that is 1 where it is its own and 0 where it is its partner's tells the share.
    own = torch.stack(
        [
            mixing.at(np.array([i, mixing.partners[i]]))
            .mix_images(torch.tensor([1.0, 0.0])[:, None, None, None].expand(2, 4, size, size))[0]
            .mean()
            for i in range(samples)
        ]
    )
    assert own.min() >= 0.5 - 2 / size  # A rectangle of half the image, on whole pixels.
    sums = targets.sum(1)
    expected = own * sums + (1 - own) * sums[torch.from_numpy(mixing.partners)]
    torch.testing.assert_close(mixed.sum(1), expected)
    assert ((mixed >= 0) & (mixed <= 1)).all()


@given(samples=st.integers(2, 41), epoch=st.integers(0, 5), batch_size=st.integers(2, 12))
def test_partners_are_pairs_of_the_epoch_that_lie_in_one_batch_of_even_size(
    samples: int, epoch: int, batch_size: int
) -> None:
    mixing = mixing_of(samples, epoch=epoch)
    alone = mixing.partners == np.arange(samples)
    assert not alone.any()
    back = mixing.partners[mixing.partners] == np.arange(samples)
    assert (~back).sum() == samples % 2
    for batch in epoch_batches(samples, batch_size, seed=0, epoch=epoch):
        read = mixing.needed(batch)
        assert len(read) - len(batch) <= 2 * (batch_size % 2)
        assert len(set(read.tolist())) == len(read)


def test_the_shares_of_mixed_samples_are_those_that_were_asked_for() -> None:
    mixing = mixing_of(20_000, replace(BOTH, mixup=0.2, cutmix=0.3))
    blended, pasted = mixing.shares < 1, mixing.pastes[:, 0] < mixing.pastes[:, 1]
    assert not (blended & pasted).any()
    assert blended.mean() == pytest.approx(0.2, abs=0.015)
    assert pasted.mean() == pytest.approx(0.3, abs=0.015)
    assert ((mixing.partners != np.arange(20_000)) == (blended | pasted)).all()


@pytest.mark.parametrize("alpha", [0.3, 1.0, 3.0])
def test_shares_follow_the_beta_distribution_of_the_papers_folded_at_a_half(alpha: float) -> None:
    shares = mixing_of(4000, replace(BOTH, mixup=1.0, cutmix=0.0, mix_alpha=alpha)).shares
    folded = beta(alpha, alpha)
    assert kstest(shares, lambda x: 2 * folded.cdf(x) - 1).pvalue > 1e-3


def test_a_partner_that_is_not_there_leaves_a_sample_as_it_is() -> None:
    mixing = mixing_of(10)
    alone = mixing.at(np.array([3]))
    image = torch.rand(1, 4, 8, 8)
    torch.testing.assert_close(alone.mix_images(image), image)


def test_shares_beyond_all_samples_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"mixup and cutmix .* must not exceed 1 together"):
        TrainConfig(dataset="d", mixup=0.6, cutmix=0.6)
