"""Why shares cannot be met, on the competition's own labels."""

import numpy as np
import pytest

from hpa_core.errors import ConfigError
from hpa_core.imbalance.target_shares import ShareRequest, ShareTarget, solve_shares

ENDOSOMES, LYSOSOMES, CYTOSOL = 9, 10, 25


def reason(targets: np.ndarray, request: ShareRequest) -> str:
    with pytest.raises(ConfigError) as refused:
        solve_shares(targets, request, rng=np.random.default_rng(0))
    return str(refused.value)


def wish(number: int, kind: str, share: float) -> ShareTarget:
    return ShareTarget(classes=(number,), kind=kind, share=share)


def test_copying_never_removes_a_class(real_targets: np.ndarray) -> None:
    sentence = reason(real_targets, ShareRequest(targets=(wish(CYTOSOL, "at most", 0.0),), cap=100))
    without = real_targets[~real_targets[:, CYTOSOL]].sum()
    carrying = real_targets[real_targets[:, CYTOSOL]].sum()
    lowest = 100 * 8228 / (carrying + 100 * without)
    assert sentence.startswith("25 Cytosol cannot fall below ")
    assert float(sentence.split("below ")[1].split(" %")[0]) == pytest.approx(lowest, abs=0.001)
    assert "its 8,228 samples must stay" in sentence
    assert "22,844 samples without it" in sentence


def test_lysosomes_bring_their_endosomes_along(real_targets: np.ndarray) -> None:
    sentence = reason(real_targets, ShareRequest(targets=(wish(LYSOSOMES, "at least", 0.6),)))
    assert "its 28 samples may be copied" in sentence
    assert "all 28 also carry 9 Endosomes" in sentence


def test_a_conflict_names_the_targets_that_clash_and_no_other(real_targets: np.ndarray) -> None:
    clashing = [wish(LYSOSOMES, "at least", 0.05), wish(ENDOSOMES, "at most", 0.01)]
    harmless = [wish(3, "at least", 0.05), wish(CYTOSOL, "at most", 0.15)]
    sentence = reason(real_targets, ShareRequest(targets=(harmless[0], *clashing, harmless[1])))
    assert sentence.startswith("These 2 shares cannot be met together: 10 Lysosomes at least 5 %; ")
    assert "9 Endosomes at most 1 %." in sentence
    assert "All 28 samples of 10 Lysosomes also carry 9 Endosomes." in sentence
    assert "Golgi" not in sentence
    assert "25 Cytosol" not in sentence
    # Every lysosome is an endosome: the share of the one bounds the other's.
    reached = float(sentence.split("reaches at most ")[1].split(" %")[0])
    assert 0.99 <= reached <= 1.0


def test_a_cap_that_is_too_small_is_told_with_one_that_is_enough(real_targets: np.ndarray) -> None:
    four = ShareTarget(classes=(0, 2, 21, 25), kind="at most", share=0.4)
    sentence = reason(real_targets, ShareRequest(targets=(four,), cap=2))
    enough = int(sentence.split("A cap of ")[1].split(" ")[0])
    met = solve_shares(
        real_targets, ShareRequest(targets=(four,), cap=enough), rng=np.random.default_rng(0)
    )
    assert met.achieved[0] <= 0.4
    assert met.copies.max() == enough
    assert "A cap of" in reason(real_targets, ShareRequest(targets=(four,), cap=enough - 1))


def test_targets_that_take_all_labels_and_more_are_a_conflict() -> None:
    table = np.eye(3, dtype=bool)
    wanted = tuple(wish(number, "at least", 0.4) for number in range(3))
    sentence = reason(table, ShareRequest(targets=wanted))
    assert sentence.startswith("These 3 shares cannot be met together")
    assert "With the others met, 0 Nucleoplasm reaches at most 20 %." in sentence


def test_a_class_without_samples_is_told_as_such() -> None:
    table = np.eye(3, dtype=bool)[:2]
    sentence = reason(table, ShareRequest(targets=(wish(2, "at least", 0.1),)))
    assert sentence.startswith("2 Nucleoli has no sample that is shown")
    assert sentence.endswith("Leave it out.")


def test_permissions_are_part_of_the_reason() -> None:
    table = np.array([[True, False], [True, True]])
    none = reason(table, ShareRequest(targets=(wish(1, "at least", 0.5),), cap=1))
    assert "none of its 1 samples may be copied any more" in none
    alone = np.array([[True, False], [True, False], [True, True]])
    kept = reason(alone, ShareRequest(targets=(wish(0, "at most", 0.4),), cap=1, drop=(0,)))
    assert kept.startswith("0 Nucleoplasm cannot fall below 50 % of all labels, 40 % is wanted")
    assert "1 of its 3 samples must stay, and no sample without it may be copied" in kept


def test_fractions_of_copies_are_not_enough() -> None:
    table = np.eye(2, dtype=bool)
    half = ShareTarget(classes=(0,), kind="about", share=0.45, tolerance=0.001)
    sentence = reason(table, ShareRequest(targets=(half,), cap=4))
    assert "no whole numbers" in sentence


def test_no_labels_have_no_shares() -> None:
    table = np.zeros((2, 3), dtype=bool)
    assert "No sample with a label" in reason(table, ShareRequest(targets=(wish(0, "at most", 1),)))


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"classes": ()}, "at least one class"),
        ({"classes": (28,)}, "0 to 27"),
        ({"classes": (True,)}, "0 to 27"),
        ({"classes": "10"}, "0 to 27"),
        ({"kind": "exactly"}, "at least, at most, about"),
        ({"share": 1.1}, "share must be a number from 0 to 1"),
        ({"share": float("nan")}, "share must be a number from 0 to 1"),
        ({"share": "0.4"}, "share must be a number from 0 to 1"),
        ({"tolerance": -0.1}, "tolerance must be a number from 0 to 1"),
    ],
)
def test_a_wish_that_cannot_be_meant_is_refused(values: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        ShareTarget(**{"classes": (0,), "kind": "about", "share": 0.1, **values})


@pytest.mark.parametrize("cap", [0, -1, 1001, 2.5, True])
def test_a_cap_that_cannot_be_meant_is_refused(cap: int) -> None:
    with pytest.raises(ConfigError, match="cap must be a whole number between 1 and 1000"):
        ShareRequest(targets=(wish(0, "at most", 0.5),), cap=cap)
