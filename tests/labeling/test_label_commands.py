"""The commands on labels, from the first role to the gain of a published version."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import f1_score
from typer.testing import CliRunner

from hpa_core.cli import label_files, label_queue
from hpa_core.cli.labels import labels_app
from hpa_core.data.dataset import Dataset, open_dataset, write_dataset
from hpa_core.data.labels import read_label_table
from hpa_core.errors import ConfigError, ConflictError, DatasetError, RoleError
from hpa_core.evaluation.bootstrap import compare_calls
from hpa_core.labeling.database.location import URL_VARIABLE
from hpa_core.runs.scores import import_scores
from hpa_core.workspace import ENVIRONMENT_VARIABLE, Workspace
from tests.conftest import MakeDataset

ADDING_COMMANDS = (label_files, label_queue)
Run = Callable[..., Any]


@pytest.fixture
def dataset(make_dataset: MakeDataset) -> Dataset:
    return make_dataset()


@pytest.fixture
def run(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs `labels ...`: text, or what `--json` printed."""
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(workspace.root))
    monkeypatch.delenv(URL_VARIABLE, raising=False)

    def command(*arguments: object) -> Any:
        result = CliRunner().invoke(labels_app, list(map(str, arguments)))
        if result.exception is not None:
            raise result.exception
        return json.loads(result.output) if "--json" in arguments else result.output

    return command


def test_labels_go_in_are_taken_back_settled_and_listed(run: Run, dataset: Dataset) -> None:
    name, sample = dataset.info.name, "sample-0003"
    run("role", "Rita", "admin", "--by", "Rita")
    assert run("role", "--json") == {"roles": {"Rita": "admin"}}
    receipt = run("set", name, sample, "0 25", "--by", "Ana", "--note", "[red]", "--json")
    assert receipt["events"][0]["version"] == 1
    with pytest.raises(ConflictError, match="Ana gave Nucleoplasm, Cytosol"):
        run("set", name, sample, "1", "--by", "Bo", "--base", 0)
    assert "now version 2" in run("undo", name, "--by", "Ana")
    assert "now version 3" in run("redo", name, "--by", "Ana")
    with pytest.raises(RoleError):
        run("set", name, sample, "1", "--by", "Ana", "--kind", "adjudicate")
    run("set", name, sample, "1", "--by", "Rita", "--kind", "adjudicate")
    events = run("history", name, "--id", sample, "--json")["events"]
    kinds = [event["kind"] for event in events]
    assert kinds == ["label", "undo", "redo", "adjudicate"]
    assert "[red]" in run("history", name)
    status = run("status", name, "--json")
    assert (status["decided"], status["changed"], status["events"]) == (1, 1, 4)
    assert (status["by_annotator"], status["earlier_content"]) == ({"Rita": 1}, 0)
    manifest = dataset.manifest.assign(split="train")
    write_dataset(dataset.folder, manifest, name=name, source="kaggle", image_size=32)
    assert "1 samples were decided when the dataset had other content" in run("status", name)
    with pytest.raises(DatasetError, match="no sample 'stranger'"):
        run("set", name, "stranger", "1", "--by", "Ana")


def test_a_version_is_exported_published_and_its_gain_is_told(
    run: Run, dataset: Dataset, workspace: Workspace, tmp_path: Path
) -> None:
    run("role", "Rita", "admin", "--by", "Rita")
    run("set", "tiny", "sample-0040", "5", "--by", "Ana")
    written = run("export", "tiny", "--out", tmp_path / "train.csv", "--json")
    assert written["samples"] == 56
    made = run("publish", "tiny", "--as", "tiny-2", "--by", "Rita", "--json")
    assert (made["parent"], made["decided"]) == ("tiny", 1)
    published = open_dataset(workspace, "tiny-2")
    assert (read_label_table(tmp_path / "train.csv").targets == published.targets).all()

    rows = published.rows("validation")
    truth, ids = published.targets[rows], published.ids[rows]
    rng = np.random.default_rng(0)
    probs = [np.clip(truth + rng.normal(0, spread, truth.shape), 0, 1) for spread in (0.6, 0.3)]
    for name, scores in zip(("before", "after"), probs, strict=True):
        _write_run(workspace, tmp_path, name, ids, scores)
    found = run("compare", "before", "after", "--truth", "tiny-2", "--json")
    expected = [f1_score(truth, one > 0.5, average="macro", zero_division=0) for one in probs]
    assert [found["before"], found["after"]] == pytest.approx(expected)
    assert found["images"] == len(rows)
    compared = compare_calls(truth, *(one > 0.5 for one in probs))
    assert found["interval"] == pytest.approx(list(compared.interval))
    assert "judged by the labels of 'tiny-2'" in run(
        "compare", "before", "after", "--truth", "tiny-2"
    )


def test_the_next_samples_are_given_to_one_person_at_a_time(
    run: Run, dataset: Dataset, workspace: Workspace, tmp_path: Path
) -> None:
    def ask(by: str, *options: object) -> list[str]:
        found = run("next", "tiny", "--by", by, "--json", *options)["samples"]
        return [lease["sample"] for lease in found]

    first, second = ask("Ana", "--count", 3), ask("Bo", "--count", 3)
    assert len({*first, *second}) == 6
    assert "Nothing is left" in run("next", "tiny", "--by", "Ana", "--need", "disagreements")
    with pytest.raises(ConfigError, match="name a run with --run"):
        ask("Ana", "--need", "suspicious")
    rows = dataset.rows("validation")
    probs = dataset.targets[rows] * 0.8 + 0.1
    probs[5], probs[9] = 1 - probs[5], 0.5
    _write_run(workspace, tmp_path, "scored", dataset.ids[rows], probs)
    assert ask("Ana", "--need", "uncertain", "--run", "scored") == [dataset.ids[rows[9]]]
    assert ask("Bo", "--need", "suspicious", "--run", "scored") == [dataset.ids[rows[5]]]


def test_a_machine_without_a_database_still_trains() -> None:
    without = (
        "import sys; sys.modules['sqlalchemy'] = None; sys.argv = ['hpa_core', 'train', '--help'];"
        "from hpa_core.cli.app import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", without], capture_output=True, text=True)
    assert "Train a network on DATASET" in done.stdout, done.stderr


def test_disputes_and_agreement_are_listed(run: Run, dataset: Dataset, tmp_path: Path) -> None:
    run("role", "Rita", "admin", "--by", "Rita")
    tasks = [
        {
            "data": {"Id": str(sample)},
            "annotations": [
                {"completed_by": person, "result": [{"type": "choices", "value": value}]}
                for person, value in ((1, {"choices": ["0"]}), (2, {"choices": [str(row % 2)]}))
            ],
        }
        for row, sample in enumerate(dataset.ids[:6])
    ]
    (tmp_path / "tasks.json").write_text(json.dumps(tasks))
    done = run("import", "tiny", tmp_path / "tasks.json", "--by", "Rita", "--json")
    assert (done["program"], done["recorded"]) == ("Label Studio", 6)
    disputes = run("disputes", "tiny", "--json")["disputes"]
    assert [row["id"] for row in disputes] == ["sample-0001", "sample-0003", "sample-0005"]
    told = run("agreement", "tiny", "--json")
    assert told["all"]["samples"] == 6
    assert told["pairs"][0]["by_class"][1]["observed"] == 0.5
    assert "Label Studio 1 and Label Studio 2: 6 samples" in run("agreement", "tiny")


def _write_run(
    workspace: Workspace, folder: Path, name: str, ids: np.ndarray, probs: np.ndarray
) -> None:
    np.save(folder / f"{name}.npy", probs)
    table = folder / f"{name}.csv"
    table.write_text("Id\n" + "\n".join(ids) + "\n")
    import_scores(workspace, folder / f"{name}.npy", table, name=name)
