"""Groups in the order in which somebody should look at them."""

from collections.abc import Sequence
from math import isnan

from hpa_core.data.duplicates.known import Duplicates, Group


def most_suspicious(known: Duplicates, groups: Sequence[Group]) -> list[Group]:
    """Sort groups: those on two sides first, then differing labels, then the most similar."""
    splits = known.dataset.manifest["split"].to_numpy(dtype=str)

    def key(group: Group) -> tuple[bool, bool, float, int]:
        sides = len(set(splits[list(group.rows)]))
        similarity = 1.0 if group.weakest is None else group.weakest
        return sides < 2, group.agree, -similarity, group.rows[0]

    return sorted(groups, key=key)


def open_groups(known: Duplicates) -> list[Group]:
    """Return the groups with a pair that nobody has judged yet and that could be judged."""
    pairs = known.pairs
    waiting = set(pairs.index[(pairs["kind"] != "exact") & (pairs["verdict"] == "")])
    return [group for group in known.groups if waiting.intersection(group.pairs)]


def rejected_pairs(known: Duplicates) -> list[Group]:
    """Return each rejected pair as a group of two, so that it can be looked at again."""
    rejected = known.pairs[known.pairs["verdict"] == "rejected"]
    ends = zip(rejected["first"], rejected["second"], rejected["similarity"], strict=True)
    targets = known.dataset.targets
    return [
        Group(
            rows=tuple(sorted((first, second))),
            pairs=(index,),
            weakest=None if isnan(similarity) else similarity,
            agree=bool((targets[first] == targets[second]).all()),
        )
        for index, (first, second, similarity) in zip(rejected.index, ends, strict=True)
    ]
