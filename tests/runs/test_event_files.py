"""TensorBoard's own reader is the oracle for the event files."""

from datetime import datetime
from pathlib import Path

import pytest

from hpa_core.classes import CLASS_NAMES
from hpa_core.errors import ConfigError
from hpa_core.runs import event_files
from hpa_core.runs.event_files import event_writer
from hpa_core.runs.folder import RunFolder, RunInfo, create_run
from hpa_core.runs.metrics import METRICS, append_metrics
from hpa_core.workspace import Workspace
from tests import command

CREATED = "2026-01-02T03:04:05+00:00"


@pytest.fixture
def run(workspace: Workspace) -> RunFolder:
    made = create_run(workspace, RunInfo(id="a-run", kind="train", created=CREATED))
    for epoch in (1, 2):
        figures = {"loss/train": 1 / epoch, "time/epoch(s)": 10.0 * epoch}
        per_class = [epoch / 2 * number / 28 for number in range(28)]
        append_metrics(made.path / METRICS, {"epoch": epoch, **figures, "f1/validation": per_class})
    return made


def read(folder: Path) -> dict[str, list[tuple[int, float, float]]]:
    """Return step, value and time of every tag."""
    from tensorboard.backend.event_processing.event_accumulator import (  # noqa: PLC0415 - slow
        EventAccumulator,
    )

    events = EventAccumulator(str(folder), size_guidance={"tensors": 0})
    events.Reload()
    return {
        tag: [
            (item.step, item.tensor_proto.float_val[0], item.wall_time)
            for item in events.Tensors(tag)
        ]
        for tag in events.Tags()["tensors"]
    }


def test_every_figure_of_every_epoch_is_an_event(
    workspace: Workspace, run: RunFolder, tmp_path: Path
) -> None:
    for _ in range(2):  # The second takes the place of the first.
        done = command.hpa(workspace, "tensorboard", run.id, "--out", str(tmp_path / "tb"))
        assert done.returncode == 0, done.stderr
    assert "2 epochs written" in done.stdout
    found = read(tmp_path / "tb" / run.id)
    began = datetime.fromisoformat(CREATED).timestamp()
    assert found["loss/train"] == [(1, 1.0, began + 10), (2, 0.5, began + 30)]
    classes = [tag for tag in found if tag.startswith("f1/validation/")]
    assert sorted(classes) == [
        f"f1/validation/{number:02} {name}" for number, name in enumerate(CLASS_NAMES)
    ]
    _, value, _ = found[f"f1/validation/07 {CLASS_NAMES[7]}"][1]
    assert value == pytest.approx(0.25)
    assert "epoch" not in found


def test_epochs_that_come_later_are_added(run: RunFolder, tmp_path: Path) -> None:
    with event_writer(run, tmp_path) as writer:
        assert writer.write_new() == 2
        assert writer.write_new() == 0
        append_metrics(run.path / METRICS, {"epoch": 3, "loss/train": 0.25})
        assert writer.write_new() == 1
    assert [step for step, _, _ in read(tmp_path / run.id)["loss/train"]] == [1, 2, 3]


def test_without_tensorboard_it_is_one_sentence(
    run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_files, "find_spec", lambda _: None)
    with (
        pytest.raises(ConfigError, match=r"pip install -r requirements-tensorboard\.txt"),
        event_writer(run, tmp_path),
    ):
        pass
    assert not (tmp_path / run.id).exists()
