"""Where the cells of one image lie: who divides, who touches whom, where each nucleus sits.

Axes: K cells; the last axis of 2 is x, y. Lengths are in field units.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from jaxtyping import Float64, Int64

from hpa_core.data.synthetic.drawing import FIELD
from hpa_core.data.synthetic.randomness import RandomStream
from hpa_core.data.synthetic.sites import CellLine

N_LOBES = 4
"""Harmonics 2, 3, 4 and 5 of an outline."""

_ATTEMPTS = 70
_OUTSIDE = 6.0
_MITOTIC_RADIUS = 15.0
_DAUGHTER_RADIUS = 13.5
_DAUGHTER_GAP = 2.35
_PLATE = (2.3, 8.0)


class Phase(IntEnum):
    """What a cell is doing."""

    INTERPHASE = 0
    MITOTIC = 1
    DAUGHTER = 2


@dataclass(frozen=True, kw_only=True)
class Cells:
    """The K cells of one image. In a mitotic cell the nucleus is the metaphase plate."""

    centre: Float64[np.ndarray, "K 2"]
    radius: Float64[np.ndarray, " K"]
    axis: Float64[np.ndarray, "K 2"]
    stretch: Float64[np.ndarray, " K"]
    lobes: Float64[np.ndarray, "K 8"]
    nucleus_centre: Float64[np.ndarray, "K 2"]
    nucleus_radii: Float64[np.ndarray, "K 2"]
    nucleus_axis: Float64[np.ndarray, "K 2"]
    organizing_center: Float64[np.ndarray, "K 2"]
    phase: Int64[np.ndarray, " K"]

    def __len__(self) -> int:
        return len(self.radius)

    def of(self, phase: Phase) -> Int64[np.ndarray, " k"]:
        """Return the numbers of the cells in one phase."""
        return np.flatnonzero(self.phase == phase)


@dataclass(frozen=True)
class Seat:
    """A cell that has a place, but no shape yet."""

    x: float
    y: float
    radius: float
    phase: Phase = Phase.INTERPHASE


def place_cells(
    stream: RandomStream, line: CellLine, *, touching: bool, dividing: bool, mitotic: bool
) -> Cells:
    """Lay out the cells of one image.

    Args:
        stream: draws everything.
        line: the cells' line.
        touching: two whole cells share an edge well inside the image.
        dividing: two daughter cells lie side by side; they are the first two cells.
        mitotic: one cell is in metaphase, well inside the image.
    """
    seats: list[Seat] = []
    if dividing:
        seats += _daughters(stream)
    if mitotic:
        seats += [_free_seat(stream, seats, line, _MITOTIC_RADIUS, Phase.MITOTIC)]
    if touching:
        seats += _neighbours(stream, seats, line)
    wanted = stream.integer(*line.count)
    places = stream.uniform(-_OUTSIDE, FIELD + _OUTSIDE, _ATTEMPTS, 2).tolist()
    for (x, y), radius in zip(places, stream.uniform(*line.radius, _ATTEMPTS), strict=True):
        seat = Seat(x, y, float(radius))
        if len(seats) < wanted and _fits(seat, seats, line.packing):
            seats.append(seat)
    return _shape(stream, line, seats)


def _daughters(stream: RandomStream) -> list[Seat]:
    x, y = stream.uniform(0.38 * FIELD, 0.62 * FIELD, 2).tolist()
    along_x, along_y = stream.directions(1)[0].tolist()
    half = 0.5 * _DAUGHTER_GAP * _DAUGHTER_RADIUS
    return [
        Seat(x + side * half * along_x, y + side * half * along_y, _DAUGHTER_RADIUS, Phase.DAUGHTER)
        for side in (-1.0, 1.0)
    ]


def _neighbours(stream: RandomStream, seats: list[Seat], line: CellLine) -> list[Seat]:
    """Return a cell with room around it and another close enough to share an edge with it."""
    first = _free_seat(stream, seats, line, stream.number(*line.radius), Phase.INTERPHASE)
    radius = stream.number(*line.radius)
    apart = 0.72 * (first.radius + radius)
    options = [
        Seat(first.x + apart * x, first.y + apart * y, radius)
        for x, y in stream.directions(24).tolist()
    ]
    return [first, max(options, key=lambda seat: min(_margin(seat), _room(seat, seats)))]


def _free_seat(
    stream: RandomStream, seats: list[Seat], line: CellLine, radius: float, phase: Phase
) -> Seat:
    """Return the roomiest of some places well inside the image."""
    places = stream.uniform(0.22 * FIELD, 0.78 * FIELD, 24, 2).tolist()
    options = [Seat(x, y, radius, phase) for x, y in places]
    return max(options, key=lambda seat: min(_room(seat, seats), 1.2))


def _margin(seat: Seat) -> float:
    return min(seat.x, seat.y, FIELD - seat.x, FIELD - seat.y) / seat.radius


def _room(seat: Seat, seats: list[Seat]) -> float:
    """Return the least distance to another seat, over the sum of the radii."""
    return min((_apart(seat, other) for other in seats), default=9.0)


def _apart(one: Seat, other: Seat) -> float:
    x, y = one.x - other.x, one.y - other.y
    return float(np.sqrt(x * x + y * y)) / (one.radius + other.radius)


def _fits(seat: Seat, seats: list[Seat], packing: float) -> bool:
    """Whether a cell has its place; dividing cells round up and keep others off."""
    return all(
        _apart(seat, other) > (packing if other.phase is Phase.INTERPHASE else 1.05)
        for other in seats
    )


def _shape(stream: RandomStream, line: CellLine, seats: list[Seat]) -> Cells:
    """Give every seat an outline, a nucleus and an organizing centre."""
    count = len(seats)
    centre = np.array([(seat.x, seat.y) for seat in seats])
    radius = np.array([seat.radius for seat in seats])
    phase = np.array([seat.phase for seat in seats], dtype=np.int64)
    resting = phase == Phase.INTERPHASE
    decay = np.repeat(1.0 / np.arange(1, N_LOBES + 1), 2)
    lobes = stream.normal(count, 2 * N_LOBES) * (0.75 * line.lobes) * decay
    axis, nucleus_axis = stream.directions(count), stream.directions(count)
    toward = stream.directions(count)
    nucleus = radius * stream.uniform(*line.nucleus, count)
    ratio = np.sqrt(stream.uniform(1.0, 1.7, count))
    nucleus_radii = np.stack([nucleus * ratio, nucleus / ratio], axis=1)
    nucleus_centre = centre + stream.directions(count) * (0.14 * radius)[:, None]
    organizer = nucleus_centre + toward * (nucleus * stream.uniform(1.15, 1.35, count))[:, None]
    elongated = line.stretch[1] > 1.3
    nucleus_axis = np.where(elongated, axis, nucleus_axis)
    cells = Cells(
        centre=centre,
        radius=radius,
        axis=axis,
        stretch=np.where(resting, stream.uniform(*line.stretch, count), 1.0),
        lobes=np.where(resting[:, None], lobes, 0.15 * lobes),
        nucleus_centre=np.where(resting[:, None], nucleus_centre, centre),
        nucleus_radii=nucleus_radii,
        nucleus_axis=nucleus_axis,
        organizing_center=organizer,
        phase=phase,
    )
    return _with_division(cells)


def _with_division(cells: Cells) -> Cells:
    """Set what division fixes: the plate across the spindle, nuclei that face each other."""
    for cell in cells.of(Phase.MITOTIC):
        cells.nucleus_radii[cell] = _PLATE
        cells.nucleus_axis[cell] = cells.axis[cell]
        cells.organizing_center[cell] = cells.centre[cell] + cells.axis[cell] * 8.0
    daughters = cells.of(Phase.DAUGHTER)
    if len(daughters) == 2:
        first, second = daughters
        apart = cells.centre[second] - cells.centre[first]
        along = apart / np.sqrt(apart[0] * apart[0] + apart[1] * apart[1])
        for cell, outward in ((first, -along), (second, along)):
            cells.axis[cell] = cells.nucleus_axis[cell] = along
            cells.nucleus_radii[cell] = (4.2, 6.4)
            cells.nucleus_centre[cell] = cells.centre[cell] + outward * 2.5
            cells.organizing_center[cell] = cells.centre[cell] + outward * 9.0
    return cells
