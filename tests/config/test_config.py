"""The settings of a training: what they refuse, and what the presets mean."""

import json
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from hpa_core.choices import MODELS
from hpa_core.config import PRESETS, TrainConfig, parse_settings
from hpa_core.errors import ConfigError, WorkspaceError
from hpa_core.runs.folder import open_run
from hpa_core.runs.training import create_training_run
from hpa_core.workspace import Workspace

BAD_VALUES = [
    ("dataset", ""),
    ("dataset", 7),
    ("model", "resnet"),
    ("pool", "min"),
    ("image_size", 16),
    ("image_size", 128.0),
    ("epochs", 0),
    ("epochs", True),
    ("epochs", "10"),
    ("batch_size", 1),
    ("loss", "mse"),
    ("optimizer", "rmsprop"),
    ("learning_rate", 0.0),
    ("learning_rate", float("nan")),
    ("learning_rate", float("inf")),
    ("learning_rate", -0.1),
    ("momentum", 1.0),
    ("weight_decay", -1e-9),
    ("schedule", "linear"),
    ("warmup_epochs", -1),
    ("ema_decay", 1.0),
    ("turns", 1),
    ("seed", -1),
    ("device", "tpu"),
    ("precision", "fp8"),
]


@pytest.mark.parametrize(("name", "value"), BAD_VALUES)
def test_a_value_that_cannot_be_meant_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ConfigError, match=rf"^{name} must"):
        TrainConfig(**{"dataset": "d", name: value})


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_survives_json(preset: str) -> None:
    config = PRESETS[preset]("cells")
    assert TrainConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    assert config.dataset == "cells"


def test_the_presets_of_the_report_say_what_the_report_did() -> None:
    first, second = PRESETS["report-model1"]("hpa"), PRESETS["report-model2"]("hpa")
    assert (first.model, first.weights, first.image_size) == ("bninception", "imagenet", 512)
    assert (first.loss, first.optimizer, first.learning_rate, first.momentum) == (
        "bce",
        "sgd",
        0.03,
        0.9,
    )
    assert replace(first, model="wide", weights="random") == second


def test_a_whole_number_is_taken_where_a_fraction_is_wanted() -> None:
    config = TrainConfig(dataset="d", learning_rate=1)
    assert type(config.learning_rate) is float


def test_an_unknown_setting_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="'learnig_rate'"):
        TrainConfig.from_dict({"dataset": "d", "learnig_rate": 0.1})


def test_settings_without_a_dataset_are_refused() -> None:
    with pytest.raises(ConfigError, match="'dataset' is missing"):
        TrainConfig.from_dict({})


@pytest.mark.parametrize("text", ["[]", "7", "not json", ""])
def test_text_that_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="settings are not"):
        parse_settings(text)


@pytest.mark.parametrize("model", ["small", "timm:resnet18"])
def test_imagenet_weights_are_refused_for_a_network_that_has_none(model: str) -> None:
    with pytest.raises(ConfigError, match="exist for bninception, xception"):
        TrainConfig(dataset="d", model=model, weights="imagenet")


def test_a_size_that_a_network_cannot_take_is_refused_at_once() -> None:
    for model, size, rule in (
        ("bninception", 75, "a multiple of 32"),
        ("inceptionv4", 74, "at least 75"),
    ):
        with pytest.raises(ConfigError, match=f"image_size must be {rule} .* found {size}"):
            TrainConfig(dataset="d", model=model, image_size=size)


def test_a_warm_up_longer_than_the_training_is_refused() -> None:
    with pytest.raises(ConfigError, match="warmup_epochs"):
        TrainConfig(dataset="d", epochs=2, warmup_epochs=3)


def test_a_form_finds_help_and_choices_at_every_field() -> None:
    for item in fields(TrainConfig):
        assert item.metadata["help"]
        if item.metadata["choices"]:
            assert item.default in item.metadata["choices"]
        assert (item.metadata["low"] is None) == (item.metadata["high"] is None)
        if item.type in (int, float):
            assert item.metadata["low"] is not None
    assert {"small", "bninception", "wide"} < set(MODELS)


def test_a_run_folder_keeps_the_settings_and_the_dataset_it_was_made_for(
    workspace: Workspace,
) -> None:
    config = PRESETS["demo"]("cells")
    made = create_training_run(workspace, config, name="try", dataset_hash="abc", synthetic=True)
    found = open_run(workspace, made.id)
    assert TrainConfig.from_dict(found.info.settings) == config
    assert (found.info.kind, found.info.dataset) == ("train", "cells")
    assert (found.info.dataset_hash, found.info.synthetic) == ("abc", True)
    assert "-try-" in found.id


def test_a_run_name_that_leaves_the_workspace_is_refused(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError, match="cannot be the name of a run"):
        create_training_run(
            workspace, PRESETS["demo"]("d"), name="../x", dataset_hash="", synthetic=False
        )
    assert list(workspace.runs.iterdir()) == []


def test_making_a_run_and_reading_the_command_line_imports_no_torch() -> None:
    program = (
        "import sys, hpa_core.runs.training, hpa_core.config, hpa_core.cli.training;"
        "sys.exit('torch' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0
