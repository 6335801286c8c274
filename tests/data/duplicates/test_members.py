"""A group's members, each laid like the first; groups in the order to look at them."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from hpa_core.data.duplicates.gathering import import_list, review_samples, search_duplicates
from hpa_core.data.duplicates.known import Duplicates, known_duplicates
from hpa_core.data.duplicates.members import group_members
from hpa_core.data.duplicates.orientation import ORIENTATIONS, composed, laid
from hpa_core.data.duplicates.ranking import most_suspicious, open_groups, rejected_pairs
from hpa_core.workspace import Workspace
from tests.data.duplicates.conftest import CopiedDataset
from tests.planted import write_images

TURNS = range(len(ORIENTATIONS))


@pytest.mark.parametrize(("first", "then"), list(product(TURNS, TURNS)))
def test_two_turns_are_one(first: int, then: int) -> None:
    image = np.arange(9).reshape(3, 3)
    assert np.array_equal(laid(laid(image, first), then), laid(image, composed(first, then)))


def test_every_member_is_laid_like_the_first(workspace: Workspace) -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (4, 32, 32), dtype=np.uint8)
    images = np.stack([laid(image, turn) for turn in (0, 5, 3, 6, 4)])
    dataset = write_images(workspace, images, [f"s{row}" for row in range(5)], name="turned")
    search_duplicates(dataset)
    known = known_duplicates(dataset)
    (group,) = known.groups
    members = group_members(known, group)
    assert members[0].row == 0
    assert sorted(member.row for member in members) == [0, 1, 2, 3, 4]
    for member in members:
        assert np.array_equal(laid(images[member.row], member.to_first), images[0])
        if member.like is not None:
            turned = laid(images[member.row], member.orientation)
            assert np.array_equal(turned, images[member.like])
    assert members[0].like is None
    assert all(member.similarity == pytest.approx(1) for member in members[1:])


def listed(known: Duplicates, tmp_path: Path, *lines: str) -> Duplicates:
    path = tmp_path / "list.txt"
    path.write_text("\n".join(lines))
    import_list(known.dataset, path)
    return known_duplicates(known.dataset)


def test_two_sides_come_first_then_differing_labels_then_the_most_similar(
    copied: CopiedDataset, tmp_path: Path
) -> None:
    # Row 5 is validation and has the labels of row 1; rows 3 and 4 differ; row 10 copies row 6.
    known = known_duplicates(copied(hashes={5: 1}, copies={10: 6}))
    known = listed(known, tmp_path, "s3,s4", "s6,s10", "s12,s16")
    ranked = most_suspicious(known, known.groups)
    assert [group.rows for group in ranked] == [(1, 5), (3, 4), (6, 10), (12, 16)]
    assert [group.rows for group in open_groups(known)] == [(3, 4), (6, 10), (12, 16)]


def test_a_rejected_pair_can_be_looked_at_again(copied: CopiedDataset, tmp_path: Path) -> None:
    known = listed(known_duplicates(copied()), tmp_path, "s8,s3", "s6,s10")
    review_samples(known, ["s8", "s3"], "rejected")
    review_samples(known, ["s6", "s10"], "accepted")
    known = known_duplicates(known.dataset)
    assert open_groups(known) == []
    (pair,) = rejected_pairs(known)
    assert pair.rows == (3, 8)
    assert not pair.agree
    assert [member.row for member in group_members(known, pair)] == [3, 8]
