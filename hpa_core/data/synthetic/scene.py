"""The maps of one image that patterns are painted on.

Axes: S pixels a side, K cells. Distances are in field units (the image is 128 wide).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64

from hpa_core.data.synthetic.drawing import (
    FIELD,
    Gait,
    Layer,
    discs,
    falloff,
    layer,
    pixels,
    soft_step,
    walk,
)
from hpa_core.data.synthetic.layout import Cells, Phase
from hpa_core.data.synthetic.outlines import (
    edge_distances,
    nearest_cells,
    nucleus_distance,
    warped_grid,
)
from hpa_core.data.synthetic.randomness import RandomStream
from hpa_core.data.synthetic.sites import CellLine


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One image before any stain is on it.

    Attributes:
        owner: number of the cell that a pixel belongs or lies nearest to.
        body: 1 inside cells, 0 between them; soft edges.
        nucleus: 1 inside nuclei (and metaphase plates); soft edges.
        edge: distance inward from the cell's own edge, whatever lies beyond; negative outside.
        contact: distance to the edge that two cells share; large where none is near.
        outside_nucleus: distance from the nucleus' edge; negative inside.
        nucleoli: 1 inside nucleoli.
        resting: 1 in cells with a whole nucleus, 0 in a mitotic cell.
        nucleolus_centres: their centres (n, 2); `nucleolus_radii` (n,).
        microtubules: paths (steps, n, 2), and which of their points lie in their cell.
    """

    size: int
    line: CellLine
    cells: Cells
    owner: Int64[np.ndarray, "S S"]
    body: Layer
    nucleus: Layer
    edge: Layer
    contact: Layer
    outside_nucleus: Layer
    nucleoli: Layer
    resting: Layer
    nucleolus_centres: Float64[np.ndarray, "n 2"]
    nucleolus_radii: Float64[np.ndarray, " n"]
    microtubules: Float64[np.ndarray, "steps m 2"]
    microtubules_alive: Bool[np.ndarray, "steps m"]

    @property
    def cytoplasm(self) -> Layer:
        """1 in cells, outside of their nuclei."""
        return layer(self.body * (1.0 - self.nucleus))

    def near_nucleus(self, reach: float) -> Layer:
        """Fall off from the nucleus into the cytoplasm over `reach` field units."""
        return layer(falloff(self.outside_nucleus / reach) * self.cytoplasm)

    def alive(self, path: Float64[np.ndarray, "steps n 2"]) -> Bool[np.ndarray, "steps n"]:
        """Say which points of paths lie in the cell that the path began in, without a break."""
        return _alive(self.owner, self.edge, path)


def build_scene(stream: RandomStream, line: CellLine, cells: Cells, *, size: int) -> Scene:
    """Make the maps of one image of `size` pixels a side."""
    grid = warped_grid(stream, size)
    near, second, owner = nearest_cells(cells, grid)
    edge, contact = edge_distances(near, second)
    outside_nucleus = nucleus_distance(cells, grid, owner)
    body = soft_step(edge)
    nucleus = soft_step(-outside_nucleus) * body
    resting = (cells.phase != Phase.MITOTIC).astype(np.float32)[owner]
    centres, radii = _place_nucleoli(stream, outside_nucleus, owner, resting)
    nucleoli = discs(size, centres, radii, weight=np.ones(len(centres)))
    path = _microtubule_paths(stream, line, cells)
    return Scene(
        size=size,
        line=line,
        cells=cells,
        owner=owner,
        body=body,
        nucleus=nucleus,
        edge=edge,
        contact=contact,
        outside_nucleus=outside_nucleus,
        nucleoli=np.minimum(nucleoli, 1.0) * nucleus,
        resting=resting,
        nucleolus_centres=centres,
        nucleolus_radii=radii,
        microtubules=path,
        microtubules_alive=_alive(owner, edge, path),
    )


def scatter(
    stream: RandomStream,
    scene_owner: Int64[np.ndarray, "S S"],
    mask: Bool[np.ndarray, "S S"],
    counts: Int64[np.ndarray, " K"],
) -> tuple[Float64[np.ndarray, "n 2"], Int64[np.ndarray, " n"]]:
    """Draw points inside a mask, `counts[k]` of them in cell k, and return them with their cell.

    A cell of which the mask holds nothing gets no point.
    """
    size = len(mask)
    inside = np.flatnonzero(mask)
    owners = scene_owner.ravel()[inside]
    inside = inside[np.argsort(owners, kind="stable")]
    available = np.bincount(owners, minlength=len(counts))
    cell = np.repeat(np.arange(len(counts)), counts)
    chance = stream.uniform(0.0, 1.0, len(cell), 3)
    start = np.cumsum(available) - available
    pick = start[cell] + np.floor(chance[:, 0] * available[cell]).astype(np.int64)
    held = available[cell] > 0
    chosen = inside[pick[held]]
    pixel = np.stack([chosen % size, chosen // size], axis=1)
    return (pixel + chance[held, 1:]) * (FIELD / size), cell[held]


def _place_nucleoli(
    stream: RandomStream, outside_nucleus: Layer, owner: np.ndarray, resting: Layer
) -> tuple[Float64[np.ndarray, "n 2"], Float64[np.ndarray, " n"]]:
    counts = stream.integers(1, 3, int(owner.max()) + 1)
    centres, _ = scatter(stream, owner, (outside_nucleus < -3.2) & (resting > 0), counts)
    return centres, stream.uniform(1.9, 3.2, len(centres))


def _microtubule_paths(
    stream: RandomStream, line: CellLine, cells: Cells
) -> Float64[np.ndarray, "steps m 2"]:
    """Walk two in five from a cell's organizing centre, the others from around its nucleus."""
    cell = np.repeat(np.arange(len(cells)), line.filaments)
    count = len(cell)
    outward = stream.directions(count)
    central = (np.arange(count) % 5 < 2)[:, None]
    away = cells.nucleus_radii[cell, 1:] * stream.uniform(0.9, 1.6, count, 1)
    starts = np.where(
        central,
        cells.organizing_center[cell] + outward * stream.uniform(0.0, 3.0, count, 1),
        cells.nucleus_centre[cell] + outward * away,
    )
    around = np.stack([-outward[:, 1], outward[:, 0]], axis=1) * stream.uniform(-1.6, 1.6, count, 1)
    directions = np.where(central, outward, outward + around)
    steps = int(2.0 * line.radius[1])
    return walk(stream, starts, directions, Gait(steps, 1.0, bend=line.bend, jitter=0.08))


def _alive(owner: np.ndarray, edge: Layer, path: np.ndarray) -> Bool[np.ndarray, "steps n"]:
    column, row = pixels(len(owner), path)
    home = owner[row[0], column[0]]
    inside = (owner[row, column] == home) & (edge[row, column] > 0.0)
    x, y = path[..., 0], path[..., 1]
    inside &= (x > 0.0) & (x < FIELD) & (y > 0.0) & (y < FIELD)
    return np.asarray(np.logical_and.accumulate(inside, axis=0))
