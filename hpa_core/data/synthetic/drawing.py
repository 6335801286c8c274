"""Drawing on a square canvas with exactly rounded operations.

Axes: S pixels a side, n points. Positions, radii and steps are in field units: the canvas is 128
units wide whatever S is, so a scene is the same at every size. Layers are float32, about 0 to 1.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Int64

from hpa_core.data.synthetic.randomness import RandomStream

FIELD = 128.0
"""Width of every canvas, in field units."""

Layer = Float32[np.ndarray, "S S"]
_SUBPIXEL = 16
_WEIGHT = 255


def layer(values: np.ndarray) -> Layer:
    """Return computed values as a layer."""
    return np.asarray(values, dtype=np.float32)


def falloff(distance: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """Approach exp(-distance) by (1 - distance / 8)^8, which is exactly rounded; 0 beyond 8."""
    base = np.maximum(1.0 - np.maximum(distance, 0.0) * 0.125, 0.0)
    squared = base * base
    fourth = squared * squared
    return np.asarray(fourth * fourth)


def bump(distance: Float[np.ndarray, "..."], width: float) -> Float[np.ndarray, "..."]:
    """Return a bell over a signed distance: 1 at 0, about exp(-1/2) at `width`."""
    scaled = distance / width
    return falloff(0.5 * scaled * scaled)


def soft_step(distance: Layer) -> Layer:
    """Return 1 inside and 0 outside of a signed distance, with an edge one pixel wide."""
    return layer(np.clip(distance * (len(distance) / FIELD) + 0.5, 0.0, 1.0))


def value_noise(stream: RandomStream, size: int, spacing: float) -> Layer:
    """Draw smooth noise in [0, 1] from a random lattice `spacing` units apart."""
    nodes = ceil(FIELD / spacing) + 2
    lattice = stream.uniform(0.0, 1.0, nodes, nodes).astype(np.float32)
    shift = stream.number(0.0, 1.0)
    position = (np.arange(size) + 0.5) * (FIELD / size / spacing) + shift
    node = np.minimum(position.astype(np.int64), nodes - 2)
    along = (position - node).astype(np.float32)
    weight = along * along * (3.0 - 2.0 * along)
    rows = lattice[node] + (lattice[node + 1] - lattice[node]) * weight[:, None]
    columns = rows[:, node] + (rows[:, node + 1] - rows[:, node]) * weight
    return layer(columns)


def blur(image: Float32[np.ndarray, "*channels S S"], sigma: float) -> Float32[np.ndarray, "..."]:
    """Blur the last two axes with a bell of `sigma` pixels; edges repeat their last pixel."""
    reach = max(1, ceil(2.5 * sigma))
    weights = [float(weight) for weight in bump(np.arange(reach + 1.0), sigma)]
    total = weights[0]
    for weight in weights[1:]:
        total += 2.0 * weight
    shares = [np.float32(weight / total) for weight in weights]
    height, width = image.shape[-2:]
    padding = [(0, 0)] * (image.ndim - 2) + [(reach, reach)] * 2
    padded = np.pad(image, padding, mode="edge")
    across = padded[..., reach : reach + width] * shares[0]
    for tap in range(1, reach + 1):
        left, right = padded[..., reach - tap :], padded[..., reach + tap :]
        across += (left[..., :width] + right[..., :width]) * shares[tap]
    blurred = across[..., reach : reach + height, :] * shares[0]
    for tap in range(1, reach + 1):
        above, below = across[..., reach - tap :, :], across[..., reach + tap :, :]
        blurred += (above[..., :height, :] + below[..., :height, :]) * shares[tap]
    return np.asarray(blurred)


def splat(size: int, points: Float64[np.ndarray, "n 2"], weight: Float[np.ndarray, " n"]) -> Layer:
    """Add points (x, y) of `weight` in [0, 1] to an empty canvas, each spread over four pixels.

    Sums are over integers, so the order of addition cannot matter.
    """
    fixed = np.floor(points * (size / FIELD * _SUBPIXEL) - _SUBPIXEL / 2).astype(np.int64)
    pixel, part = fixed >> 4, fixed & (_SUBPIXEL - 1)
    level = np.floor(weight * _WEIGHT).astype(np.int64)
    total = np.zeros(size * size)
    for step_x, step_y in ((0, 0), (1, 0), (0, 1), (1, 1)):
        share_x = part[:, 0] if step_x else _SUBPIXEL - part[:, 0]
        share_y = part[:, 1] if step_y else _SUBPIXEL - part[:, 1]
        total += _accumulate(
            size, pixel[:, 0] + step_x, pixel[:, 1] + step_y, level * share_x * share_y
        )
    return _as_layer(size, total, _SUBPIXEL * _SUBPIXEL * _WEIGHT)


def discs(
    size: int,
    points: Float64[np.ndarray, "n 2"],
    radius: Float[np.ndarray, " n"],
    *,
    weight: Float[np.ndarray, " n"],
    hollow: bool = False,
) -> Layer:
    """Add soft discs, or rings where `hollow`, of `weight` in [0, 1] to an empty canvas."""
    if not len(points):
        return np.zeros((size, size), dtype=np.float32)
    scale = size / FIELD
    reach = ceil(float(radius.max()) * scale + 1.5)
    offsets = np.arange(-reach, reach + 1)
    centre = points * scale
    pixel = np.floor(centre).astype(np.int64)[:, :, None] + offsets  # (n, 2, window)
    away = pixel + 0.5 - centre[:, :, None]
    squared = away * away
    distance = np.sqrt(squared[:, 0, None, :] + squared[:, 1, :, None])  # (n, rows, columns)
    radii = (radius * scale)[:, None, None]
    inside = 0.75 * scale - np.abs(distance - radii) if hollow else radii - distance
    level = np.floor(np.clip(inside + 0.5, 0.0, 1.0) * (weight * _WEIGHT)[:, None, None])
    x = np.broadcast_to(pixel[:, 0, None, :], level.shape).ravel()
    y = np.broadcast_to(pixel[:, 1, :, None], level.shape).ravel()
    return _as_layer(size, _accumulate(size, x, y, level.ravel()), _WEIGHT)


@dataclass(frozen=True)
class Gait:
    """How paths are walked.

    Attributes:
        step: length of one step, in field units.
        bend: deviation of the turn per step that a path keeps (tangent of the angle).
        jitter: deviation of the turn that is drawn anew at every step.
    """

    steps: int
    step: float
    bend: float = 0.0
    jitter: float = 0.0


def unit(vectors: Float64[np.ndarray, "n 2"]) -> Float64[np.ndarray, "n 2"]:
    """Scale vectors to length 1; those shorter than a hundredth of a unit come out shorter."""
    x, y = vectors[:, 0], vectors[:, 1]
    return np.asarray(vectors / np.maximum(np.sqrt(x * x + y * y), 0.01)[:, None])


def walk(
    stream: RandomStream,
    starts: Float64[np.ndarray, "n 2"],
    directions: Float64[np.ndarray, "n 2"],
    gait: Gait,
) -> Float64[np.ndarray, "steps n 2"]:
    """Walk from every start; directions need not have length 1."""
    turns = stream.normal(len(starts)).astype(np.float64) * gait.bend
    turns = turns + stream.normal(gait.steps, len(starts)).astype(np.float64) * gait.jitter
    x, y = starts[:, 0], starts[:, 1]
    along, across = directions[:, 0], directions[:, 1]
    path = np.empty((gait.steps, len(starts), 2))
    for index in range(gait.steps):
        turned, turned_across = along - turns[index] * across, across + turns[index] * along
        length = np.sqrt(turned * turned + turned_across * turned_across)
        along, across = turned / length, turned_across / length
        x, y = x + along * gait.step, y + across * gait.step
        path[index, :, 0], path[index, :, 1] = x, y
    return path


def lines(
    size: int,
    path: Float64[np.ndarray, "steps n 2"],
    alive: Bool[np.ndarray, "steps n"],
    *,
    weight: float,
) -> Layer:
    """Draw the living part of every path as a thin line."""
    points = path[alive]
    return splat(size, points, np.full(len(points), weight))


def pixels(size: int, points: Float64[np.ndarray, "*n 2"]) -> tuple[Int64[np.ndarray, "*n"], ...]:
    """Return the columns and rows of points, clipped to the canvas."""
    found = np.clip(np.floor(points * (size / FIELD)).astype(np.int64), 0, size - 1)
    return found[..., 0], found[..., 1]


def _accumulate(size: int, x: np.ndarray, y: np.ndarray, level: np.ndarray) -> np.ndarray:
    inside = (x >= 0) & (x < size) & (y >= 0) & (y < size)
    return np.bincount(y[inside] * size + x[inside], level[inside], minlength=size * size)


def _as_layer(size: int, total: np.ndarray, whole: int) -> Layer:
    return layer((total / whole).reshape(size, size))
