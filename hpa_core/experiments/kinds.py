"""The report's experiments as lists of settings, with the figures that it printed.

Its figures are macro F1 on Kaggle's private test images. Other images can agree with them in
direction, not in height.
"""

from dataclasses import dataclass, field
from typing import Any

from hpa_core.errors import ConfigError

Settings = dict[str, Any]
PLAIN_SGD: Settings = {
    "optimizer": "sgd",
    "schedule": "constant",
    "warmup_epochs": 0.0,
    "clip_norm": 0.0,
}
"""What the report trained with: nothing that would save too high a learning rate."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One question and the variants that answer it.

    Attributes:
        name: in files and on the command line.
        question: one sentence.
        variants: settings of each variant by its label; a `plan` is a plan preset's name.
        common: settings of all variants, over those of the base.
        reported: what the report printed for a variant, macro F1 on the private leaderboard.
        finding: what the report concluded.
    """

    name: str
    question: str
    variants: dict[str, Settings]
    finding: str
    common: Settings = field(default_factory=dict)
    reported: dict[str, float] = field(default_factory=dict)


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            name="learning-rate",
            question="Which learning rate? (R-9)",
            variants={text: {"learning_rate": float(text)} for text in ("0.3", "0.03", "0.003")},
            common=PLAIN_SGD,
            finding="about 0.03 is best",
        ),
        Kind(
            name="model",
            question="A pretrained deep network, or a wide one of one's own? (R-10)",
            variants={
                "bninception": {"model": "bninception"},
                "wide": {"model": "wide", "weights": "random"},
            },
            reported={"bninception": 0.479, "wide": 0.075},
            finding="BN-Inception is far better",
        ),
        Kind(
            name="resampling",
            question="Copy the rare, delete the frequent, or leave the data alone? (R-11)",
            variants={
                "original": {"plan": ""},
                "copies": {"plan": "report-copy"},
                "deletion": {"plan": "report-delete"},
                "copies and alone": {"plan": "report-best"},
            },
            reported={"original": 0.492, "copies": 0.499, "deletion": 0.4785},
            finding="copies help a little, deletion hurts",
        ),
    )
}


def kind_named(name: str) -> Kind:
    """Return a kind by its name.

    Raises:
        ConfigError: there is none of that name.
    """
    if name not in KINDS:
        raise ConfigError(f"An experiment is one of {', '.join(KINDS)}; found {name!r:.80}.")
    return KINDS[name]
