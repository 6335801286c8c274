"""The members of one group, each told by the other member it is most surely a copy of."""

from dataclasses import dataclass

from hpa_core.data.duplicates.known import Duplicates, Group
from hpa_core.data.duplicates.orientation import INVERSE, composed


@dataclass(frozen=True, kw_only=True)
class Member:
    """One image of a group.

    Attributes:
        row: of the dataset.
        like: the row of an earlier member that it is a copy of; None for the first.
        similarity: to that one; None where it is not known.
        orientation: how the image must be laid to look like that one.
        to_first: how it must be laid to look like the first.
    """

    row: int
    like: int | None = None
    similarity: float | None = None
    orientation: int = 0
    to_first: int = 0


def group_members(known: Duplicates, group: Group) -> list[Member]:
    """Return a group's members: its first image, then always the surest copy of those before."""
    columns = ["first", "second", "similarity", "orientation"]
    pairs = known.pairs.loc[list(group.pairs), columns]
    pairs = pairs.sort_values(["similarity", "first", "second"], ascending=[False, True, True])
    links = list(pairs.fillna({"similarity": -1.0}).itertuples(index=False, name=None))
    found = {group.rows[0]: Member(row=group.rows[0])}
    while link := next((one for one in links if (one[0] in found) != (one[1] in found)), None):
        first, second, similarity, orientation = link
        forward = first in found
        like, row = (first, second) if forward else (second, first)
        turn = orientation if forward else INVERSE[orientation]
        found[row] = Member(
            row=row,
            like=like,
            similarity=None if similarity < 0 else similarity,
            orientation=turn,
            to_first=composed(turn, found[like].to_first),
        )
    return list(found.values())
