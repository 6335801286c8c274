"""Run a network over batches of images without learning: logits and embeddings of all of them."""

from collections.abc import Iterable

import numpy as np
import torch
from jaxtyping import Float16, Float32
from torch import Tensor

from hpa_core.models.devices import autocast
from hpa_core.models.network import Network, Output

FLOAT16_MAX = 65_504.0


def score(
    network: Network, batches: Iterable[Tensor], *, precision: str
) -> tuple[Float32[np.ndarray, "N C"], Float16[np.ndarray, "N E"]]:
    """Score every image in order; the network is in evaluation mode meanwhile.

    Args:
        network: on the device of the batches.
        batches: uint8 images (B, 4, S, S) on the device, at least one batch.
        precision: as in `TrainConfig`.

    Returns:
        Logits and embeddings, in the order of the images.
    """
    was_training = network.training
    network.eval()
    outputs: list[Output] = []
    with torch.inference_mode():
        for images in batches:
            with autocast(images.device, precision):
                outputs.append(network(images))
    network.train(was_training)
    logits = torch.cat([output.logits.float() for output in outputs])
    embeddings = torch.cat([output.embeddings.float() for output in outputs])
    narrow = embeddings.clamp(-FLOAT16_MAX, FLOAT16_MAX).half()
    return logits.cpu().numpy(), narrow.cpu().numpy()
