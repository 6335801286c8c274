"""Which classes come along when samples of a class are copied.

Axes: S label sets.
"""

from collections.abc import Sequence

from hpa_core.imbalance.target_shares.stock import Stock
from hpa_core.imbalance.target_shares.wanted import ShareTarget, name_classes

OFTEN = 0.5
"""Companions on at least this part of a class's samples are named."""
MOST_NAMED = 3

Classes = tuple[int, ...]


def companions(stock: Stock, classes: Classes) -> str:
    """Name the other classes on most samples of `classes`, as the end of a sentence; may be empty.

    As in ", and all 28 also carry 9 Endosomes".
    """
    others = [(number,) for number in range(stock.members.shape[1]) if number not in classes]
    named = _on_most(stock, classes, others)[:MOST_NAMED]
    parts = [f"{_part(stock, classes, count)} also carry {names}" for count, names in named]
    return "".join(f", and {part}" for part in parts)


def overlaps(stock: Stock, clashing: Sequence[ShareTarget]) -> str:
    """Name, a sentence each, the classes to be lifted that mostly come with one to be held low."""
    held = [target.classes for target in clashing if target.highest is not None]
    sentences = []
    for target in clashing:
        apart = [classes for classes in held if not set(classes) & set(target.classes)]
        named = _on_most(stock, target.classes, apart)[:1] if target.lowest is not None else []
        for count, names in named:
            which = _part(stock, target.classes, count).capitalize()
            sentences.append(f"{which} samples of {target.group} also carry {names}. ")
    return "".join(sentences[:MOST_NAMED])


def _on_most(stock: Stock, classes: Classes, others: Sequence[Classes]) -> list[tuple[int, str]]:
    """Samples of `classes` that carry any of each of `others`, most first, where they are many."""
    carriers = stock.carried(classes) > 0
    enough = max(OFTEN * stock.samples[carriers].sum(), 1)
    counts = [int(stock.samples[carriers & (stock.carried(one) > 0)].sum()) for one in others]
    named = [
        (count, name_classes(one))
        for count, one in zip(counts, others, strict=True)
        if count >= enough
    ]
    return sorted(named, key=lambda pair: -pair[0])


def _part(stock: Stock, classes: Classes, count: int) -> str:
    samples = int(stock.samples[stock.carried(classes) > 0].sum())
    return f"all {count:,}" if count == samples else f"{count:,} of {samples:,}"
