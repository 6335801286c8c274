"""What differs between images: cell lines, and the microscopes of two sites.

Lengths are in field units (the image is 128 wide). The lines are made up; no line of the real
atlas is imitated. Site B exists to be held out: another line, coarser focus, more background.
"""

from dataclasses import dataclass

Range = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class CellLine:
    """How the cells of one line look.

    Attributes:
        radius: of a cell.
        stretch: long over short half axis, as a square root.
        lobes: how far the outline leaves an ellipse, as a share of the radius.
        nucleus: radius of the nucleus over the cell's.
        packing: least distance of two centres over the sum of their radii; below 1 they touch.
        count: cells wanted in one image.
        filaments: microtubules drawn per cell.
        bend: how much a microtubule curves.
        reticulum: how far the endoplasmic reticulum reaches from the nucleus.
    """

    name: str
    radius: Range
    stretch: Range
    lobes: float
    nucleus: Range
    packing: float
    count: tuple[int, int]
    filaments: int
    bend: float
    reticulum: float


SHEET = CellLine(
    name="sheet", radius=(20, 26), stretch=(1.0, 1.15), lobes=0.16, nucleus=(0.38, 0.46),
    packing=0.66, count=(9, 14), filaments=46, bend=0.05, reticulum=11,
)  # fmt: skip
SPINDLE = CellLine(
    name="spindle", radius=(16, 21), stretch=(1.3, 1.65), lobes=0.20, nucleus=(0.38, 0.46),
    packing=0.60, count=(8, 14), filaments=34, bend=0.03, reticulum=10,
)  # fmt: skip
ROUND = CellLine(
    name="round", radius=(13, 17), stretch=(1.0, 1.12), lobes=0.07, nucleus=(0.50, 0.58),
    packing=0.80, count=(9, 15), filaments=30, bend=0.10, reticulum=6,
)  # fmt: skip
FLAT = CellLine(
    name="flat", radius=(26, 34), stretch=(1.05, 1.3), lobes=0.26, nucleus=(0.30, 0.36),
    packing=0.62, count=(5, 8), filaments=70, bend=0.04, reticulum=15,
)  # fmt: skip
STAR = CellLine(
    name="star", radius=(16, 22), stretch=(1.0, 1.3), lobes=0.36, nucleus=(0.38, 0.46),
    packing=0.70, count=(8, 13), filaments=38, bend=0.06, reticulum=9,
)  # fmt: skip
PLUMP = CellLine(
    name="plump", radius=(18, 24), stretch=(1.1, 1.4), lobes=0.12, nucleus=(0.42, 0.50),
    packing=0.70, count=(8, 13), filaments=46, bend=0.08, reticulum=8,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Site:
    """One microscope and the lines grown beside it.

    Attributes:
        focus: width of the point spread, in field units.
        gain: brightest expected level of the green channel, in grey levels of 255.
        offset: camera level of the background, in grey levels; below 0 it is cut off.
        photons: photons per grey level; fewer are noisier.
        haze: share of the light that comes from far out of focus.
        bleed: share of each stain seen in the next channel.
        shading: loss of light in the corners.
    """

    name: str
    lines: tuple[CellLine, ...]
    focus: Range
    gain: Range
    offset: Range
    photons: Range
    haze: Range
    bleed: Range
    shading: Range


SITE_A = Site(
    name="A", lines=(SHEET, SPINDLE, ROUND, FLAT, STAR), focus=(0.50, 0.85), gain=(110, 235),
    offset=(-5, 2), photons=(0.9, 2.5), haze=(0.03, 0.10), bleed=(0.0, 0.04), shading=(0.0, 0.15),
)  # fmt: skip
SITE_B = Site(
    name="B", lines=(PLUMP, SHEET, FLAT), focus=(0.80, 1.15), gain=(80, 170),
    offset=(4, 14), photons=(0.5, 1.2), haze=(0.10, 0.20), bleed=(0.04, 0.10), shading=(0.2, 0.4),
)  # fmt: skip
SITES = {site.name: site for site in (SITE_A, SITE_B)}
