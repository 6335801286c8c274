"""Heat maps: where in an image a network finds its evidence for each class.

Axes: B images, 4 channels, S pixels a side, K last maps of H x W places, C classes (28).

All of them are in log-odds. Our heads are affine functions of pooled maps, so HiResCAM is exact:
its places sum up to the class's log-odds, but for a constant. Grad-CAM takes each map's mean
gradient first, which tells it from HiResCAM as soon as a maximum is pooled.

References:
    Selvaraju et al. (2017), Grad-CAM. Draelos, Carin (2020), Use HiResCAM instead of Grad-CAM for
    faithful explanations of convolutional neural networks.
    Zeiler, Fergus (2014), Visualizing and understanding convolutional networks (occlusion).
"""

from collections.abc import Iterator

import torch
from jaxtyping import Float, Num, UInt8
from torch import Tensor

from hpa_core.classes import CHANNELS
from hpa_core.models.network import Network
from hpa_core.runs.explanations import Method

PROTEIN = CHANNELS.index("green")
OCCLUSION_PLACES = 16
"""Places a side of an occlusion map; the window is twice as wide as a place."""
BATCH_SIZE, NOISE_IMAGES = 64, 4


def class_maps(
    network: Network, images: UInt8[Tensor, "B 4 S S"], method: Method
) -> Float[Tensor, "B C H W"]:
    """Make the heat map of every class.

    Args:
        network: in evaluation mode, on the device of the images.
        images: at the size that the network reads.
        method: how.
    """
    if method == "occlusion":
        return torch.stack([occlusion_maps(network, image) for image in images])
    maps, gradients = map_gradients(network, images)
    return grad_cam(maps, gradients) if method == "gradcam" else hires_cam(maps, gradients)


def map_gradients(
    network: Network, images: Num[Tensor, "B 4 S S"]
) -> tuple[Float[Tensor, "B K H W"], Float[Tensor, "C B K H W"]]:
    """Return the last maps, and the gradient of every class's log-odds by them.

    Only the head is gone back through, so that 28 classes cost little more than one.
    """
    with torch.no_grad():
        maps = network.maps(images).float()
    maps = maps.detach().requires_grad_()
    with torch.enable_grad():
        logits = network.read(maps).logits
        gradients = [
            torch.autograd.grad(logits[:, number].sum(), maps, retain_graph=True)[0]
            for number in range(logits.shape[1])
        ]
    return maps.detach(), torch.stack(gradients)


def hires_cam(
    maps: Float[Tensor, "B K H W"], gradients: Float[Tensor, "C B K H W"]
) -> Float[Tensor, "B C H W"]:
    """Sum maps times gradients over the maps, at every place."""
    return torch.einsum("bkhw,cbkhw->bchw", maps, gradients)


def grad_cam(
    maps: Float[Tensor, "B K H W"], gradients: Float[Tensor, "C B K H W"]
) -> Float[Tensor, "B C H W"]:
    """Sum maps times their mean gradients, and keep what speaks for the class."""
    return torch.einsum("bkhw,cbk->bchw", maps, gradients.mean((3, 4))).relu()


def place_offset(network: Network, size: int) -> Float[Tensor, " 2"]:
    """Return how far the last maps' places lie down and right of an even grid, in places.

    Convolutions of stride 2 with odd kernels look around every second pixel, so that the first
    place is centred on the first pixel, not on its share of the image. The centre is measured: of
    the gradient by the pixels, for the place in the middle, over images of noise.

    Args:
        network: in evaluation mode.
        size: pixels a side.
    """
    parameter = next(network.parameters())
    noise = torch.Generator().manual_seed(0)
    images = 255 * torch.rand((NOISE_IMAGES, 4, size, size), generator=noise)
    images = images.to(parameter.device).requires_grad_()
    with torch.enable_grad():
        maps = network.maps(images)
        middle = maps.shape[2] // 2, maps.shape[3] // 2
        (gradient,) = torch.autograd.grad(maps[..., middle[0], middle[1]].sum(), images)
    weight = gradient.abs().sum((0, 1))
    pixels = torch.arange(size, device=weight.device) + 0.5
    total = weight.sum().clamp(min=torch.finfo(weight.dtype).tiny)
    centre = torch.stack([(weight.sum(1) * pixels).sum(), (weight.sum(0) * pixels).sum()]) / total
    places = centre * torch.tensor(maps.shape[2:], device=centre.device) / size
    return places - torch.tensor(middle, device=centre.device) - 0.5


def occlusion_maps(network: Network, image: UInt8[Tensor, "4 S S"]) -> Float[Tensor, "C H W"]:
    """Black out the protein in a window at every place, and see what each class loses.

    Black is what microscopy shows where no protein is. A place takes the mean of all windows that
    cover it.
    """
    size, places = image.shape[-1], min(OCCLUSION_PLACES, image.shape[-1])
    edges = [round(place * size / places) for place in range(places + 1)]
    corners = [(row, column) for row in range(places - 1) for column in range(places - 1)]
    with torch.inference_mode():
        whole = network(image[None]).logits[0]
        scored = [network(batch).logits for batch in _occluded(image, edges, corners)]
    losses = whole - torch.cat(scored)  # (windows, C)
    total = losses.new_zeros(losses.shape[1], places, places)
    covered = losses.new_zeros(places, places)
    for (row, column), loss in zip(corners, losses, strict=True):
        total[:, row : row + 2, column : column + 2] += loss[:, None, None]
        covered[row : row + 2, column : column + 2] += 1
    return total / covered


def scores_without(
    network: Network, image: UInt8[Tensor, "4 S S"]
) -> tuple[Float[Tensor, " C"], Float[Tensor, "4 C"]]:
    """Return the scores of an image, and those with each channel blacked out."""
    batch = image.expand(1 + len(CHANNELS), *image.shape).clone()
    for channel in range(len(CHANNELS)):
        batch[1 + channel, channel] = 0
    with torch.inference_mode():
        probs = network(batch).logits.float().sigmoid()
    return probs[0], probs[1:]


def _occluded(
    image: Tensor, edges: list[int], corners: list[tuple[int, int]]
) -> Iterator[UInt8[Tensor, "b 4 S S"]]:
    for start in range(0, len(corners), BATCH_SIZE):
        some = corners[start : start + BATCH_SIZE]
        batch = image.expand(len(some), *image.shape).clone()
        for occluded, (row, column) in zip(batch, some, strict=True):
            window = slice(edges[row], edges[row + 2]), slice(edges[column], edges[column + 2])
            occluded[(PROTEIN, *window)] = 0
        yield batch
