"""From stains to bytes: point spread, haze, uneven light, bleed, gain, shot noise, 8 bits."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8

from hpa_core.data.synthetic.division import bridge_points, spindle_paths
from hpa_core.data.synthetic.drawing import (
    FIELD,
    Layer,
    blur,
    falloff,
    lines,
    value_noise,
)
from hpa_core.data.synthetic.layout import Phase
from hpa_core.data.synthetic.randomness import RandomStream
from hpa_core.data.synthetic.scene import Scene
from hpa_core.data.synthetic.sites import Site

_HAZE_STEP = 8
_READ_NOISE = 1.2


def reference_stains(scene: Scene, stream: RandomStream) -> tuple[Layer, Layer, Layer]:
    """Paint what every image shows, whatever its protein: red, blue and yellow."""
    fibres = lines(scene.size, scene.microtubules, scene.microtubules_alive, weight=0.34)
    red = np.minimum(fibres, 1.5) * (1.0 - 0.6 * scene.nucleus)
    red += (0.10 + 0.16 * falloff(scene.outside_nucleus / 7.0)) * scene.cytoplasm
    spindle, bridge = spindle_paths(scene), bridge_points(scene)[None]
    red += 0.7 * lines(scene.size, spindle, np.ones(spindle.shape[:2], bool), weight=0.3)
    red += 1.6 * lines(scene.size, bridge, np.ones(bridge.shape[:2], bool), weight=0.5)

    chromatin = 0.50 + 0.30 * value_noise(stream, scene.size, 5.0)
    chromatin += 0.22 * value_noise(stream, scene.size, 1.8)
    dense = np.where(scene.cells.phase == Phase.INTERPHASE, 1.0, 1.45)
    amount = dense * stream.uniform(0.75, 1.1, len(scene.cells))
    blue = chromatin * scene.nucleus * (1.0 - 0.45 * scene.nucleoli)
    blue *= amount.astype(np.float32)[scene.owner]

    net = 0.55 + 0.45 * value_noise(stream, scene.size, 3.0)
    net += 0.35 * (value_noise(stream, scene.size, 1.5) - 0.5)
    yellow = net * (0.85 * scene.near_nucleus(scene.line.reticulum) + 0.12 * scene.cytoplasm)
    return red, blue, yellow + np.float32(0.03) * scene.nucleus


@dataclass(frozen=True, kw_only=True)
class Camera:
    """The settings of one exposure."""

    focus: float
    gain: Float32[np.ndarray, " 4"]
    offset: float
    photons: float
    haze: float
    bleed: float
    shading: float


def set_camera(stream: RandomStream, site: Site) -> Camera:
    """Choose the settings of one exposure at a site."""
    green = stream.number(*site.gain)
    others = stream.uniform(120.0, 230.0, 3)
    return Camera(
        focus=stream.number(*site.focus),
        gain=np.array([others[0], green, others[1], others[2]], dtype=np.float32),
        offset=stream.number(*site.offset),
        photons=stream.number(*site.photons),
        haze=stream.number(*site.haze),
        bleed=stream.number(*site.bleed),
        shading=stream.number(*site.shading),
    )


def expose(
    stains: Float32[np.ndarray, "4 S S"], camera: Camera, stream: RandomStream
) -> UInt8[np.ndarray, "4 S S"]:
    """Take the picture: stains of about 0 to 1 become grey levels of 0 to 255."""
    size = stains.shape[-1]
    light = blur(stains, camera.focus * size / FIELD)
    light += np.float32(camera.haze) * _out_of_focus(light)
    light *= _illumination(size, camera.shading)
    light += np.float32(camera.bleed) * light[[3, 3, 1, 1]]
    level = light * camera.gain[:, None, None]
    deviation = np.sqrt(level / np.float32(camera.photons) + np.float32(_READ_NOISE * _READ_NOISE))
    noisy = level + deviation * stream.normal(*stains.shape) + np.float32(camera.offset + 0.5)
    return np.asarray(np.clip(noisy, 0.0, 255.0).astype(np.uint8))


def _out_of_focus(light: Float32[np.ndarray, "4 S S"]) -> Float32[np.ndarray, "4 S S"]:
    """Return light spread over a wide area: few samples of it, drawn out again smoothly."""
    size = light.shape[-1]
    coarse = blur(light[:, _HAZE_STEP // 2 :: _HAZE_STEP, _HAZE_STEP // 2 :: _HAZE_STEP], 1.2)
    position = (np.arange(size) + 0.5) / _HAZE_STEP - 0.5
    position = np.clip(position, 0.0, coarse.shape[-1] - 1.001)
    node = position.astype(np.int64)
    weight = (position - node).astype(np.float32)
    following = np.minimum(node + 1, coarse.shape[-1] - 1)
    rows = coarse[:, node] + (coarse[:, following] - coarse[:, node]) * weight[:, None]
    spread: np.ndarray = rows[:, :, node] + (rows[:, :, following] - rows[:, :, node]) * weight
    return spread


def _illumination(size: int, shading: float) -> Layer:
    """Return the share of light at every pixel: 1 in the middle, less in the corners."""
    position = ((np.arange(size) + 0.5) / size * 2.0 - 1.0).astype(np.float32)
    squared = position * position
    return np.asarray(1.0 - (squared + squared[:, None]) * np.float32(0.5 * shading))
