"""The Train page: its form makes the run that was asked for, and it tells how trainings stand."""

from dataclasses import fields, replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.wording import counted
from hpa_core.config import PRESETS, TrainConfig
from hpa_core.data.dataset import Dataset, write_dataset
from hpa_core.data.dealing import deal_folds
from hpa_core.data.folds import write_folds
from hpa_core.imbalance.plan_files import write_plan
from hpa_core.imbalance.planning import make_plan
from hpa_core.imbalance.steps import MlRos
from hpa_core.jobs import open_backend
from hpa_core.jobs.record import read_record
from hpa_core.runs.folder import RunFolder, list_runs
from hpa_core.runs.metrics import METRICS, append_metrics
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.runs.process import ProcessIdentity
from hpa_core.runs.status import RunStatus, write_status
from hpa_core.runs.training import create_training_run
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.jobs.conftest import wait_until
from tests.pages.conftest import OpenPage, picker

pytestmark = pytest.mark.usefixtures("jobs_end_at_once")
SETTINGS = [item.name for item in fields(TrainConfig) if item.name != "dataset"]


def widget(page: AppTest, preset: str, name: str) -> object:
    """Return the widget of a setting, whatever its kind."""
    key = f"train-{preset}-{name}"
    kinds = (page.number_input, page.selectbox, page.text_input, page.toggle)
    return next(item for kind in kinds for item in kind if item.key == key)


def make_run(workspace: Workspace, dataset: Dataset, *, name: str = "seen") -> RunFolder:
    """Write a run with two finished epochs."""
    config = PRESETS["demo"](dataset.info.name)
    run = create_training_run(
        workspace, config, name=name, dataset_hash=dataset.info.hash, synthetic=True
    )
    for epoch in (1, 2):
        record = {"epoch": epoch, "learning_rate": 0.1, "rate/train(images/s)": 1234.0}
        for side in ("train", "validation"):
            record |= {f"{key}/{side}": epoch / 8 for key in ("loss", "accuracy", "f1_macro")}
        record |= {"f1/validation": [epoch / 8] * 28, "f1_macro_tuned/validation": 0.75}
        append_metrics(run.path / METRICS, record)
    return run


def shown(page: AppTest) -> str:
    """Every text of the page that tells how a training stands."""
    kinds = (page.error, page.info, page.caption, page.markdown, page.warning)
    return "\n".join(str(item.value) for kind in kinds for item in kind)


def test_without_a_dataset_the_page_says_where_to_get_one(open_page: OpenPage) -> None:
    page = open_page("train")
    assert not page.exception
    assert "There is no dataset yet" in page.info[0].value


def test_labels_alone_cannot_be_trained_on(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    manifest = make_dataset().manifest
    folder = workspace.dataset("only-labels")
    folder.mkdir()
    write_dataset(folder, manifest, name="only-labels", source="labels")
    page = open_page("train", dataset="only-labels")
    assert "holds labels only" in page.info[0].value
    assert not page.button


def test_a_loss_that_shifts_probabilities_says_so(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    make_dataset()
    page = open_page("train", dataset="tiny")
    assert "they are no frequencies" not in shown(page)
    page.selectbox(key="train-demo-loss").set_value("asymmetric").run()
    assert "The loss asymmetric shifts probabilities on purpose" in shown(page)


@pytest.mark.parametrize("preset", list(PRESETS))
def test_the_form_shows_every_setting_of_a_preset(
    make_dataset: MakeDataset, open_page: OpenPage, preset: str
) -> None:
    make_dataset()
    page = open_page("train", dataset="tiny")
    page.segmented_control(key="train-preset").set_value(preset).run()
    expected = PRESETS[preset]("tiny").to_dict()
    assert {name: widget(page, preset, name).value for name in SETTINGS} == {
        name: expected[name] for name in SETTINGS
    }


def test_the_start_button_starts_one_run_with_what_was_typed(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    dataset = make_dataset()
    page = open_page("train", dataset="tiny")
    typed = {"epochs": 3, "learning_rate": 0.0125, "turns": False, "schedule": "constant"}
    for name, value in typed.items():
        widget(page, "demo", name).set_value(value).run()
    page.button(key="train-start-0").click().run()
    assert not page.exception
    (run,) = list_runs(workspace)
    assert run.info.settings == PRESETS["demo"]("tiny").to_dict() | typed
    assert run.info.dataset_hash == dataset.info.hash
    (job,) = open_backend(workspace).list()
    assert (job.id, job.folder) == (run.id, run.path)
    assert page.selectbox(key="train-pick").value == run.id
    assert page.query_params["job"] == run.id


def test_a_setting_that_cannot_be_meant_is_one_sentence_and_no_run(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    make_dataset()
    page = open_page("train", dataset="tiny")
    widget(page, "demo", "warmup_epochs").set_value(50.0).run()
    page.button(key="train-start-0").click().run()
    assert "warmup_epochs must not exceed epochs" in page.error[0].value
    assert not page.exception
    assert list_runs(workspace) == []


def test_a_link_with_a_plan_opens_the_form_with_it(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    dataset = make_dataset()
    make_run(workspace, dataset)
    write_plan(dataset, make_plan(dataset, [MlRos()], split="validation", name="kept"))
    page = open_page("train", dataset="tiny", plan="kept")
    for preset in ("demo", "modern"):
        page.segmented_control(key="train-preset").set_value(preset).run()
        assert widget(page, preset, "plan").value == "kept"
        assert widget(page, preset, "train_split").value == "validation"
    assert page.expander[0].proto.expanded
    assert "plan" not in page.query_params
    page = open_page("train", dataset="tiny", plan="gone")
    assert widget(page, "demo", "plan").value == ""
    assert not page.expander[0].proto.expanded


def test_what_was_typed_survives_a_visit_elsewhere(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    make_dataset()
    page = open_page("train", dataset="tiny")
    page.text_input(key="train-name").set_value("mine").run()
    widget(page, "demo", "epochs").set_value(7).run()
    page.switch_page("../pages/imbalance.py").run()
    page.switch_page("../pages/train.py").run()
    assert widget(page, "demo", "epochs").value == 7
    assert page.text_input(key="train-name").value == "mine"


def test_a_killed_trainer_is_told_as_failed_with_the_reason(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    run = make_run(workspace, make_dataset())
    gone = vars(ProcessIdentity.current()) | {"start_ticks": 1}
    write_status(run.path, RunStatus(state="running", epoch=3, epochs=20, **gone))
    page = open_page("train", dataset="tiny")
    assert "was killed in epoch 3 of 20" in page.error[0].value
    assert [item.key for item in page.button if item.label == "Resume"] == [
        f"train-resume-{run.id}"
    ]


def test_the_last_epoch_is_told_and_tuned_figures_are_called_in_sample(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    make_run(workspace, make_dataset())
    page = open_page("train", dataset="tiny")
    assert {item.label: item.value for item in page.metric} == {
        "Epochs": "2 of 20",
        "Loss, validation": "0.2500",
        "Macro F1 at 0.5": "0.2500",
        "Tuned, in-sample": "0.7500",
        "Images a second": "1,234",
    }
    assert "synthetic cells" in shown(page)
    assert page.dataframe[0].value["data"].tolist() == ["SYNTHETIC"]


def test_a_class_that_is_left_behind_while_the_mean_rises_is_named_with_its_positives(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    dataset = make_dataset()
    run = make_run(workspace, dataset)
    for epoch in range(3, 9):
        f1 = [epoch / 8] * 28
        f1[4], f1[5] = 0.2, 0.0
        append_metrics(run.path / METRICS, {"epoch": epoch, "f1/validation": f1})
    page = open_page("train", dataset="tiny")
    positives = dataset.targets[dataset.rows("validation")].sum(axis=0)
    (warning,) = page.warning
    assert (
        f"**5 Nuclear bodies** ({counted(positives[5], 'positive')}) 0.188 in epoch 2, now 0.000"
        in (warning.value)
    )
    assert "Nuclear speckles" not in warning.value


def test_the_link_chooses_the_training(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    dataset = make_dataset()
    runs = [make_run(workspace, dataset, name=name) for name in ("first", "second")]
    for run in runs:
        page = open_page("train", dataset="tiny", job=run.id)
        assert page.selectbox(key="train-pick").value == run.id


def test_the_choices_of_comparison_and_classes_survive_a_visit_elsewhere(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    dataset = make_dataset()
    first, second = (make_run(workspace, dataset, name=name) for name in ("first", "second"))
    page = open_page("train", dataset="tiny", job=second.id)
    page.multiselect(key="train-compared-pick").set_value([first.id]).run()
    page.multiselect(key="train-classes-pick").set_value(["25 Cytosol"]).run()
    assert "Dotted: training" in shown(page)
    page.switch_page("../pages/imbalance.py").run()
    page.switch_page("../pages/train.py").run()
    assert page.multiselect(key="train-compared-pick").value == [first.id]
    assert page.multiselect(key="train-classes-pick").value == ["25 Cytosol"]
    assert not page.exception


def test_a_plan_of_the_dataset_can_be_chosen_and_the_table_says_which_was_used(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    dataset = make_dataset()
    write_plan(dataset, make_plan(dataset, (MlRos(),), name="rare"))
    write_plan(dataset, make_plan(dataset, (MlRos(),), name="spoilt"))
    (dataset.folder / "plans" / "spoilt.json").write_text("{}")
    page = open_page("train", dataset="tiny")
    assert widget(page, "demo", "plan").options == ["none", "rare"]
    widget(page, "demo", "plan").set_value("rare").run()
    page.button(key="train-start-0").click().run()
    assert not page.exception
    (run,) = list_runs(workspace)
    assert run.info.settings["plan"] == "rare"
    assert page.dataframe[0].value["plan"].tolist() == ["rare"]
    assert "trained by plan rare and validated on tiny" in shown(page)


def test_a_fold_to_measure_on_takes_the_other_folds_to_learn_from(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    dataset = make_dataset()
    write_folds(dataset.folder, "cv", dataset.ids, deal_folds(dataset, 2))
    page = open_page("train", dataset="tiny")
    measured, learnt = ("demo", "validation_split"), ("demo", "train_split")
    own = ["train", "validation"]
    assert widget(page, *measured).options == [*own, "cv.fold-0", "cv.fold-1"]
    assert widget(page, *learnt).options == [*own, "cv.not-0", "cv.not-1"]
    widget(page, *measured).set_value("cv.fold-1").run()
    assert widget(page, *learnt).value == "cv.not-1"
    widget(page, *learnt).set_value("cv.not-0").run()
    assert widget(page, *measured).value == "cv.fold-0"
    page.button(key="train-start-0").click().run()
    assert not page.exception
    (run,) = list_runs(workspace)
    assert run.info.settings["train_split"] == "cv.not-0"
    assert run.info.settings["validation_split"] == "cv.fold-0"
    assert run.info.dataset_hash == dataset.content_hash("cv.fold-0")


def test_going_back_from_a_fold_goes_back_on_both_sides(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    dataset = make_dataset()
    write_folds(dataset.folder, "cv", dataset.ids, deal_folds(dataset, 2))
    page = open_page("train", dataset="tiny")
    widget(page, "demo", "validation_split").set_value("cv.fold-1").run()
    widget(page, "demo", "validation_split").set_value("validation").run()
    assert widget(page, "demo", "train_split").value == "train"


def test_a_plan_of_another_dataset_is_not_kept_in_the_form(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    dataset = make_dataset()
    make_dataset("other")
    write_plan(dataset, make_plan(dataset, (MlRos(),), name="rare"))
    page = open_page("train", dataset="tiny")
    widget(page, "demo", "plan").set_value("rare").run()
    picker(page, "Dataset").set_value("other").run()
    assert not page.exception
    assert widget(page, "demo", "plan").value == ""


def test_compared_runs_show_what_differs_and_who_is_better_on_the_same_images(
    workspace: Workspace, make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    dataset = make_dataset(samples=80)
    poor = make_run(workspace, dataset, name="poor")
    good = create_training_run(
        workspace,
        replace(PRESETS["demo"](dataset.info.name), epochs=7),
        name="good",
        dataset_hash=dataset.info.hash,
        synthetic=True,
    )
    append_metrics(
        good.path / METRICS, {"epoch": 1, "loss/train": 1.0, "f1/validation": [0.1] * 28}
    )
    page = open_page("train", job=good.id)
    page.multiselect(key="train-compared-pick").set_value([poor.id]).run()
    assert not page.exception
    settings = page.dataframe[1].value
    assert settings.index.tolist() == ["epochs"]
    assert settings.loc["epochs"].tolist() == ["7", "20"]
    said = " ".join(item.value for item in page.markdown)
    assert f"`{good.id}` has no predictions of validation yet" in said
    rows = dataset.rows("validation")
    truth = dataset.targets[rows]
    for run, probs in ((good, np.where(truth, 0.9, 0.1)), (poor, np.full(truth.shape, 0.1))):
        scored = Predictions(ids=dataset.ids[rows], probs=probs.astype(np.float32), targets=truth)
        write_predictions(run, "validation", scored)
    page.run()
    present = truth.any(axis=0).sum() / 28
    said = " ".join(item.value for item in page.markdown)
    assert f"{poor.id}: **{present:+.4f}** (95 %: " in said
    assert f"on {len(rows)} images." in said


def test_a_prediction_is_a_job_of_the_same_command_as_in_a_terminal(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    tiny = make_dataset()
    first, second = (make_run(workspace, tiny, name=name) for name in ("one", "two"))
    page = open_page("train", job=first.id)
    assert "It has no checkpoint yet" in shown(page)
    for run in (first, second):
        (run.checkpoints / "best.safetensors").write_bytes(b"none")
    page = page.run()
    page.multiselect(key="predict-others").set_value([second.id])
    page.selectbox(key="predict-split").set_value("all")
    page.selectbox(key="predict-checkpoint").set_value("last")
    page.selectbox(key="predict-views").set_value("turns")
    page.text_input(key="predict-name").set_value("both")
    page.button(key="predict-start").click().run()
    assert not page.exception
    (job,) = open_backend(workspace).list()
    argv = read_record(job.folder).argv[3:]
    options = "--split all --checkpoint last --views turns --views-by mean --name both"
    assert argv == ("predict", first.id, second.id, *options.split())
    wait_until(lambda: open_backend(workspace).status(job.id).ended, "its end")
    assert "has no checkpoint 'last' yet" in open_backend(workspace).status(job.id).message
    page.segmented_control(key="predict-images").set_value("a folder of new images").run()
    page.button(key="predict-start").click().run()
    assert "Name the folder that the images lie in" in shown(page)
