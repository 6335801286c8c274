"""One rendered sample, from its description to four channels of bytes."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import UInt8

from hpa_core.data.synthetic.layout import place_cells
from hpa_core.data.synthetic.optics import expose, reference_stains, set_camera
from hpa_core.data.synthetic.patterns import BRIDGE, JUNCTIONS, SPINDLE, paint_protein
from hpa_core.data.synthetic.randomness import RandomStream
from hpa_core.data.synthetic.scene import Scene, build_scene
from hpa_core.data.synthetic.sites import SITES

_BYSTANDER = 0.06


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What to render.

    Attributes:
        id: seeds everything about the image.
        classes: the patterns that it shows, class numbers.
        site: `A`, or the shifted `B`.
    """

    id: str
    classes: tuple[int, ...]
    site: str = "A"


def set_scene(sample: Sample, *, size: int) -> Scene:
    """Lay out the cells of a sample; a few images hold a division that carries no label."""
    stream = RandomStream(sample.id, "scene")
    lines = SITES[sample.site].lines
    line = lines[stream.integer(0, len(lines) - 1)]
    bystander = stream.uniform(0.0, 1.0, 2) < _BYSTANDER
    cells = place_cells(
        stream,
        line,
        touching=JUNCTIONS in sample.classes,
        dividing=BRIDGE in sample.classes or bool(bystander[0]),
        mitotic=SPINDLE in sample.classes or bool(bystander[1]),
    )
    return build_scene(stream, line, cells, size=size)


def take_picture(
    sample: Sample, scene: Scene, classes: Iterable[int]
) -> UInt8[np.ndarray, "4 S S"]:
    """Stain a scene with some patterns, which need not be all that the sample has."""
    red, blue, yellow = reference_stains(scene, RandomStream(sample.id, "stains"))
    green = paint_protein(scene, sample.id, classes)
    camera = set_camera(RandomStream(sample.id, "camera"), SITES[sample.site])
    stains = np.stack([red, green, blue, yellow]).astype(np.float32)
    return expose(stains, camera, RandomStream(sample.id, "noise"))


def render(sample: Sample, *, size: int = 128) -> UInt8[np.ndarray, "4 S S"]:
    """Render one sample: red, green, blue, yellow, each `size` pixels a side."""
    return take_picture(sample, set_scene(sample, size=size), sample.classes)
