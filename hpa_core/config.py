"""What a training is asked to do: one frozen dataclass, refused at once when it cannot be meant.

Each field carries its help text, choices and limits, so that the Train page builds its form and
the command line its options from one place. The run folder stores it (`RunInfo.settings`).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from hpa_core import choices
from hpa_core.errors import ConfigError
from hpa_core.settings import check_settings, setting


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """The settings of one training.

    Raises:
        ConfigError: at construction, naming the field, what it takes and what was found.
    """

    dataset: str = setting(help="Dataset of the workspace, with images")
    train_split: str = setting("train", help="Split to learn from")
    plan: str = setting(
        "",
        help="Resampling plan of the dataset; none: an epoch shows every row once",
        optional=True,
    )
    validation_split: str = setting("validation", help="Split to measure on after every epoch")
    model: str = setting(
        "small",
        help="Network; timm:<name> takes any of timm, an extra",
        choices=choices.MODELS,
        prefix=choices.TIMM,
    )
    pool: str = setting("default", help="From the last maps to one vector", choices=choices.POOLS)
    weights: str = setting(
        "random",
        help=f"First weights: random, imagenet ({', '.join(choices.PRETRAINED)}), or a file",
    )
    image_size: int = setting(128, help="Pixels a side given to the network", low=32, high=2048)
    epochs: int = setting(10, help="Passes over the training rows", low=1, high=10_000)
    batch_size: int = setting(32, help="Samples a step", low=2, high=4096)
    accumulate: int = setting(
        1, help="Parts a batch is learnt in, for one too large for the memory", low=1, high=1024
    )
    loss: str = setting("bce", help="Loss", choices=choices.LOSSES)
    optimizer: str = setting("sgd", help="Optimizer", choices=choices.OPTIMIZERS)
    learning_rate: float = setting(0.03, help="Highest learning rate", low=1e-8, high=10.0)
    momentum: float = setting(0.9, help="Momentum of SGD", low=0.0, high=0.999)
    weight_decay: float = setting(1e-4, help="Weight decay", low=0.0, high=1.0)
    schedule: str = setting(
        "constant", help="Course of the learning rate", choices=choices.SCHEDULES
    )
    warmup_epochs: float = setting(0.0, help="Linear rise at the start (epochs)", low=0, high=100)
    clip_norm: float = setting(0.0, help="Largest gradient norm; 0 = no limit", low=0.0, high=1e6)
    ema_decay: float = setting(
        0.0, help="Decay of the moving average of the weights; 0 = none", low=0.0, high=0.99999
    )
    best_by: str = setting(
        "f1_macro", help="What makes an epoch the best", choices=choices.CRITERIA
    )
    keep_best: int = setting(
        1,
        help="Best epochs whose weights are kept; several predict together as checkpoint top",
        low=1,
        high=100,
    )
    patience: int = setting(
        0,
        help="Epochs without a better one after which it ends early; 0 = never",
        low=0,
        high=10_000,
    )
    turns: bool = setting(True, help="Random flips and quarter turns")
    intensity: float = setting(
        0.0, help="Random brightness of each channel, up to times (1 + this)", low=0.0, high=2.0
    )
    offset: float = setting(
        0.0,
        help="Random background of each channel, up to this share of full brightness, more or less",
        low=0.0,
        high=0.5,
    )
    noise: float = setting(
        0.0,
        help="Photon noise; its deviation at full brightness, up to this share of it",
        low=0.0,
        high=0.5,
    )
    affine: float = setting(
        0.0, help="Random zoom, shift (share of the side) and rotation (radians)", low=0.0, high=0.5
    )
    cutout: float = setting(
        0.0, help="Random black rectangle, up to this share of the image", low=0.0, high=0.5
    )
    mixup: float = setting(
        0.0,
        help="Share of the samples blended with another one, labels too (mixup)",
        low=0.0,
        high=1.0,
    )
    cutmix: float = setting(
        0.0,
        help="Share of the samples with a rectangle of another one, labels by area (CutMix)",
        low=0.0,
        high=1.0,
    )
    mix_alpha: float = setting(
        1.0,
        help="Beta parameter of mixup and CutMix: 1 = every share as likely, less = mostly little",
        low=0.05,
        high=10.0,
    )
    seed: int = setting(0, help="Seed of weights, order and augmentation", low=0, high=2**31 - 1)
    device: str = setting("auto", help="Where to compute", choices=choices.DEVICES)
    precision: str = setting("auto", help="Number format", choices=choices.PRECISIONS)
    compile: str = setting("none", help="Compile the network", choices=choices.COMPILES)

    def __post_init__(self) -> None:
        check_settings(self)
        self._check_model()
        if self.warmup_epochs > self.epochs:
            raise ConfigError(
                f"warmup_epochs must not exceed epochs ({self.epochs}); found {self.warmup_epochs}."
            )
        if self.batch_size < 2 * self.accumulate:
            raise ConfigError(
                f"accumulate must leave 2 samples or more in each part of a batch of "
                f"{self.batch_size}; found {self.accumulate}."
            )
        if self.mixup + self.cutmix > 1:
            raise ConfigError(
                "mixup and cutmix are shares of the samples and must not exceed 1 together; found "
                f"{self.mixup:g} and {self.cutmix:g}."
            )

    def _check_model(self) -> None:
        if self.weights == "imagenet" and self.model not in choices.PRETRAINED:
            raise ConfigError(
                f"weights 'imagenet' exist for {', '.join(choices.PRETRAINED)}, not for "
                f"{self.model!r}; choose 'random' or a file."
            )
        smallest, step = (
            choices.SMALLEST_SIZE.get(self.model, 0),
            choices.SIZE_STEP.get(self.model, 1),
        )
        if self.image_size < smallest or self.image_size % step:
            rule = f"at least {smallest}" if smallest else f"a multiple of {step}"
            raise ConfigError(
                f"image_size must be {rule} for the model {self.model!r}; found {self.image_size}."
            )

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values, for `RunInfo.settings`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "TrainConfig":
        """Build a config from plain values.

        Raises:
            ConfigError: a field is unknown, missing or has a value that cannot be meant.
        """
        known = {item.name for item in fields(cls)}
        if unknown := sorted(set(values) - known):
            raise ConfigError(f"Unknown setting {unknown[0]!r}; known: {', '.join(sorted(known))}.")
        if "dataset" not in values:
            raise ConfigError("The setting 'dataset' is missing; name a dataset of the workspace.")
        return cls(**values)


def parse_settings(text: str) -> dict[str, Any]:
    """Read names and values of settings from a JSON object.

    Raises:
        ConfigError: the text is not a JSON object.
    """
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigError(f"The settings are not JSON ({error}).") from None
    if not isinstance(values, dict):
        raise ConfigError(f"The settings are not a JSON object but {type(values).__name__}.")
    return values


def report_model1(dataset: str) -> TrainConfig:
    """The report's model 1 (R-6, R-9): pretrained BN-Inception, BCE, SGD 0.03, 512 px."""
    return TrainConfig(
        dataset=dataset,
        model="bninception",
        weights="imagenet",
        image_size=512,
        epochs=30,
        batch_size=32,
        schedule="steps",
    )


def report_model2(dataset: str) -> TrainConfig:
    """The report's model 2 (R-7): the wide hand-made network, from random weights."""
    return TrainConfig(
        dataset=dataset,
        model="wide",
        image_size=512,
        epochs=30,
        batch_size=32,
        schedule="steps",
    )


def modern(dataset: str) -> TrainConfig:
    """Model 1 as one would train it today: AdamW, warm-up and cosine, averaging, augmentation."""
    return TrainConfig(
        dataset=dataset,
        model="bninception",
        weights="imagenet",
        image_size=512,
        epochs=30,
        batch_size=64,
        optimizer="adamw",
        learning_rate=1e-3,
        weight_decay=0.01,
        schedule="cosine",
        warmup_epochs=1.0,
        clip_norm=1.0,
        ema_decay=0.999,
        intensity=0.3,
        affine=0.1,
    )


def demo(dataset: str) -> TrainConfig:
    """The small network at 128 px: minutes on two CPU cores."""
    return TrainConfig(
        dataset=dataset,
        model="small",
        image_size=128,
        epochs=20,
        batch_size=32,
        optimizer="adamw",
        learning_rate=3e-3,
        weight_decay=0.02,
        schedule="cosine",
        warmup_epochs=1.0,
        clip_norm=1.0,
        ema_decay=0.99,
        intensity=0.2,
    )


PRESETS: dict[str, Callable[[str], TrainConfig]] = {
    "report-model1": report_model1,
    "report-model2": report_model2,
    "modern": modern,
    "demo": demo,
}
