"""What an epoch adds up as it trains: loss, right decisions, and the counts behind F1.

Axes: B samples, C classes. The sums stay on the device, so a step never waits for them.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from hpa_core.classes import N_CLASSES
from hpa_core.evaluation.metrics import f1_from_counts


@dataclass(kw_only=True)
class Tally:
    """Sums over the steps of one epoch.

    Attributes:
        loss: sum of each sample's loss, ().
        counts: true positives, positives and calls of each class, (3, C).
        right: right decisions, ().
        samples: samples seen.
        seconds: time spent, over all starts of a run that was resumed within the epoch.
    """

    loss: Tensor
    counts: Tensor
    right: Tensor
    samples: int = 0
    seconds: float = 0.0

    @classmethod
    def empty(cls, device: torch.device) -> "Tally":
        """Return zeros on `device`."""
        return cls(
            loss=torch.zeros((), dtype=torch.float64, device=device),
            counts=torch.zeros((3, N_CLASSES), dtype=torch.int64, device=device),
            right=torch.zeros((), dtype=torch.int64, device=device),
        )

    @torch.no_grad()
    def add(
        self,
        loss: Float[Tensor, ""],
        logits: Float[Tensor, "B C"],
        targets: Float[Tensor, "B C"],
    ) -> None:
        """Add one batch; a call is a probability above 0.5."""
        calls, truth = logits > 0, targets > 0
        self.loss += loss.double() * len(logits)
        self.counts += torch.stack([(calls & truth).sum(0), truth.sum(0), calls.sum(0)])
        self.right += (calls == truth).sum()
        self.samples += len(logits)

    def metrics(self) -> dict[str, float | list[int]]:
        """Return the epoch's training figures; waits for the device.

        `samples/train` and `positives/train` are what the epoch has shown, exactly what a plan
        promised; what mixup or CutMix blends in from a partner is not counted.
        """
        tp, positives, called = self.counts.cpu().numpy()
        return {
            "loss/train": float(self.loss) / self.samples,
            "accuracy/train": float(self.right) / (self.samples * N_CLASSES),
            "f1_macro/train": float(f1_from_counts(tp, positives, called).mean()),
            "samples/train": self.samples,
            "positives/train": positives.tolist(),
            "time/epoch(s)": self.seconds,
            "rate/train(images/s)": self.samples / max(self.seconds, 1e-9),
        }
