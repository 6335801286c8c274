"""Which cell a pixel belongs to, and how far it is from that cell's edge, neighbour and nucleus.

Axes: S pixels a side, K cells. Distances are in field units (the image is 128 wide); a share is
a distance from a centre over the outline's radius in that direction, so 1 is the outline.
"""

import numpy as np
from jaxtyping import Float, Float32, Int64

from hpa_core.data.synthetic.drawing import FIELD, Layer, layer, value_noise
from hpa_core.data.synthetic.layout import Cells
from hpa_core.data.synthetic.randomness import RandomStream

Grid = tuple[Layer, Layer]
"""x and y of every pixel."""

_FAR = 9.0
_NEAR = 1e-3
_OUTLINE = (0.5, 1.5)
_PUSH = 9.0
_WINDOW = 1.9
"""With `_OUTLINE` and `_PUSH`: at a window's border a cell's share is above `_REACH`."""
_REACH = 1.15
_FLATTEST = 0.015


def warped_grid(stream: RandomStream, size: int) -> Grid:
    """Return every pixel centre, pushed about a little so that no outline is exact."""
    straight = ((np.arange(size) + 0.5) * (FIELD / size)).astype(np.float32)
    push = [
        (value_noise(stream, size, 17.0) - 0.5) * 9.0 + (value_noise(stream, size, 6.0) - 0.5) * 2.4
        for _ in range(2)
    ]
    return push[0] + straight, push[1] + straight[:, None]


def nearest_cells(cells: Cells, grid: Grid) -> tuple[Layer, Layer, Int64[np.ndarray, "S S"]]:
    """Return each pixel's least and second least share, and the cell of the least."""
    x, y = grid
    near, second = np.full_like(x, _FAR), np.full_like(x, _FAR)
    owner = np.zeros(x.shape, np.int64)
    for cell in range(len(cells)):
        window = _window(cells, cell, len(x))
        centre, axis = _narrow(cells.centre[cell]), _narrow(cells.axis[cell])
        radius, stretch = cells.radius[cell], cells.stretch[cell]
        share, _ = _star(
            (x[window] - centre[0], y[window] - centre[1]),
            axis,
            radii=_narrow(np.array([radius * stretch, radius / stretch])),
            lobes=_narrow(cells.lobes[cell]),
        )
        closer = share < near[window]
        second[window] = np.where(closer, near[window], np.minimum(second[window], share))
        near[window] = np.where(closer, share, near[window])
        owner[window][closer] = cell
    return near, second, owner


def edge_distances(near: Layer, second: Layer) -> tuple[Layer, Layer]:
    """Turn shares into distances: a difference over the length of its gradient.

    Returns:
        The distance inward from the cell's edge, free or shared, and the distance to a shared
        edge, which is large where no second cell is near.
    """
    free = np.where(near < _REACH, (1.0 - near) / _slope(near), np.float32(-_FAR))
    between = second - near
    contact = np.where(second < _REACH, between / _slope(between), np.float32(FIELD))
    return np.minimum(free, contact + np.float32(0.5)), contact


def nucleus_distance(cells: Cells, grid: Grid, owner: Int64[np.ndarray, "S S"]) -> Layer:
    """Return the distance outward from the nucleus of the pixel's own cell; negative inside."""
    lobes = 0.3 * cells.lobes[:, :4]
    table = [cells.nucleus_centre, cells.nucleus_axis, cells.nucleus_radii, lobes]
    columns = _narrow(np.concatenate(table, axis=1)).T
    each = np.stack([column.take(owner, mode="clip") for column in columns])
    away = grid[0] - each[0], grid[1] - each[1]
    share, radius = _star(away, each[2:4], radii=each[4:6], lobes=each[6:])
    return layer((share - 1.0) * radius)


def _star(
    away: Grid,
    axis: Float[np.ndarray, "2 ..."],
    *,
    radii: Float[np.ndarray, "2 ..."],
    lobes: Float[np.ndarray, "h ..."],
) -> tuple[Layer, Layer]:
    """Return distance over radius, and the radius, of a lobed ellipse.

    The waves around the outline come from the addition theorem; no angle is ever computed.
    """
    dx, dy = away
    along = (dx * axis[0] + dy * axis[1]) / radii[0]
    across = (dy * axis[0] - dx * axis[1]) / radii[1]
    share = np.sqrt(along * along + across * across) + np.float32(_NEAR)
    cosine, sine = along / share, across / share
    wave_cosine, wave_sine = cosine, sine
    outline = np.ones_like(share)
    for harmonic in range(len(lobes) // 2):
        wave_cosine, wave_sine = (
            wave_cosine * cosine - wave_sine * sine,
            wave_sine * cosine + wave_cosine * sine,
        )
        outline += wave_cosine * lobes[2 * harmonic] + wave_sine * lobes[2 * harmonic + 1]
    share /= np.clip(outline, *_OUTLINE)
    distance = np.sqrt(dx * dx + dy * dy) + np.float32(_NEAR)
    return share, distance / share


def _window(cells: Cells, cell: int, size: int) -> tuple[slice, slice]:
    """Return the rows and columns that a cell can reach."""
    reach = _WINDOW * cells.radius[cell] * cells.stretch[cell] + _PUSH
    spans = []
    for middle in (cells.centre[cell, 1], cells.centre[cell, 0]):
        low, high = (middle - reach) * (size / FIELD), (middle + reach) * (size / FIELD)
        spans.append(slice(max(0, int(low)), max(1, min(size, int(high)))))
    return spans[0], spans[1]


def _slope(field: Layer) -> Layer:
    """Return the length of the gradient, per field unit, at least that of a very large cell."""
    padded = np.pad(field, 1, mode="edge")
    per_unit = np.float32(0.5 * len(field) / FIELD)
    across = (padded[1:-1, 2:] - padded[1:-1, :-2]) * per_unit
    down = (padded[2:, 1:-1] - padded[:-2, 1:-1]) * per_unit
    return layer(np.maximum(np.sqrt(across * across + down * down), np.float32(_FLATTEST)))


def _narrow(values: Float[np.ndarray, "..."]) -> Float32[np.ndarray, "..."]:
    return values.astype(np.float32)
