"""The Errors page's sections on what a network reads: ablation, heat maps, the embedding map."""

import json
from base64 import b64decode
from dataclasses import replace
from hashlib import sha256
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts import CLASS_LABELS, OUTCOMES
from dashboard.wording import counted, signed
from hpa_core.data.dataset import Dataset
from hpa_core.evaluation.ablation import channel_effects
from hpa_core.jobs import open_backend
from hpa_core.projection.projecting import project_run
from hpa_core.runs.ablations import Ablation, ablation_path, write_ablation
from hpa_core.runs.explanations import Explanation, explanation_key, write_explanation
from hpa_core.runs.folder import CONFIG, RunFolder
from hpa_core.runs.predictions import read_predictions, write_predictions
from hpa_core.runs.thresholds import fixed_thresholds
from hpa_core.workspace import Workspace
from tests.pages.conftest import RunAndStop, said
from tests.scored import score_dataset


@pytest.fixture
def dataset(make_dataset) -> Dataset:
    return make_dataset()


@pytest.fixture
def run(workspace: Workspace, dataset: Dataset) -> RunFolder:
    """Return a run with a network, as far as the pages look: they never load it."""
    made = score_dataset(workspace, dataset)
    config = made.path / CONFIG
    config.write_text(config.read_text().replace('"kind": "scores"', '"kind": "train"'))
    (made.checkpoints / "best.safetensors").write_bytes(b"weights")
    return RunFolder(made.path, replace(made.info, kind="train"))


def plant_ablation(run: RunFolder, dataset: Dataset) -> Ablation:
    """Keep an ablation in which class 3 reads the nucleus and every other class the protein."""
    predictions = read_predictions(run, "validation")
    targets = np.repeat(predictions.targets, 6, axis=0)
    probs = np.where(targets, 0.9, 0.1).astype(np.float32)
    without = np.stack([probs, np.full_like(probs, 0.1), probs, probs])
    without[1][:, 3], without[2][:, 3] = probs[:, 3], 0.1
    ids = np.repeat(predictions.ids, 6)
    ablation = Ablation(
        split="validation",
        fill="zero",
        weights=sha256(b"weights").hexdigest(),
        content=dataset.content_hash("validation"),
        key="planted",
        ids=ids,
        targets=targets,
        probs=probs,
        without=without,
    )
    write_ablation(run, ablation)
    return ablation


def test_a_class_that_reads_the_nucleus_is_named_and_its_cell_opens_its_positives(
    run: RunFolder, dataset: Dataset, open_page
) -> None:
    ablation = plant_ablation(run, dataset)
    page = open_page("errors", run="scored", atlas="Ablation")
    assert "**3 Nucleoli fibrillar center** reads nucleus (blue) more" in said(page)
    effects = channel_effects(ablation, fixed_thresholds(0.5).rule)
    for effect in effects:
        low, high = (signed(end, 3) for end in effect.gain.interval)
        assert f"{signed(effect.gain.difference, 3)} (95 %: {low} to {high})" in said(page)
    assert "falls most without **protein (green)**: -0" in said(page)
    assert "microtubules (red) 0.000 (95 %: 0.000 to 0.000)" in said(page)
    chart = json.loads(page.get("plotly_chart")[1].proto.spec)
    cells = [text for row in chart["data"][0]["text"] for text in row]
    assert "-0.80 \u00b1 0.00" in cells
    assert not any(text.startswith("-0.00") for text in cells)
    assert "have changed since" not in said(page)
    page = open_page("errors", run="scored", atlas="Ablation", pick="3.blue.zero")
    positives = ablation.targets[:, 3].sum()
    assert f"**{positives} images**: 3 Nucleoli fibrillar center" in said(page)
    (run.checkpoints / "best.safetensors").write_bytes(b"others")
    assert "have changed since" in said(open_page("errors", run="scored", atlas="Ablation"))
    for wrong in ("3.pink.zero", "77.blue.zero", "3.blue.none", "x"):
        page = open_page("errors", run="scored", atlas="Ablation", pick=wrong)
        assert "names nothing that this section shows" in said(page)


def test_a_narrowed_ablation_is_measured_on_the_images_that_its_cells_open(
    run: RunFolder, dataset: Dataset, open_page
) -> None:
    ablation = plant_ablation(run, dataset)
    link = {"run": "scored", "atlas": "Ablation", "narrowed": "yes", "filter": "true:3"}
    page = open_page("errors", **link)
    mine = ablation.targets[:, 3]
    judged = len(set(ablation.ids[mine].tolist()))
    assert f"**{judged} image" in said(page)
    assert f"{mine.sum()} of the {counted(judged, 'image')} judged" in said(page)
    part = replace(
        ablation,
        ids=ablation.ids[mine],
        targets=ablation.targets[mine],
        probs=ablation.probs[mine],
        without=ablation.without[:, mine],
    )
    for effect in channel_effects(part, fixed_thresholds(0.5).rule):
        assert f"{signed(effect.gain.difference, 3)} (95 %" in said(page)
    chart = json.loads(page.get("plotly_chart")[1].proto.spec)
    measured = {pick.split(".")[0] for pick, *_ in chart["data"][1]["customdata"]}
    assert measured == {str(number) for number in np.flatnonzero(part.targets.any(axis=0))}
    page = open_page("errors", **link, pick="3.blue.zero")
    assert f"**{mine.sum()} images**: 3 Nucleoli fibrillar center" in said(page)


def test_a_link_of_a_sections_former_name_opens_it_and_one_of_no_name_the_first(
    run: RunFolder, dataset: Dataset, open_page
) -> None:
    plant_ablation(run, dataset)
    page = open_page("errors", run="scored", atlas="Channel ablation", pick="3.blue.zero")
    assert "by what the score loses without nucleus (blue)" in said(page)
    page = open_page("errors", run="scored", atlas="Horoscope")
    assert "Click a bar or a point" in said(page)


def test_an_ablation_is_started_as_the_commands_own_job(
    workspace: Workspace, run: RunFolder, open_page
) -> None:
    page = open_page("errors", run="scored", atlas="Ablation")
    page.button(key="ablation-start-zero").click().run()
    assert not page.exception
    backend = open_backend(workspace)
    (job,) = backend.list()
    backend.stop(job.id)
    assert job.title == "Channel ablation of scored, validation, zero"


def test_a_job_started_in_another_tab_is_not_started_once_more(
    workspace: Workspace, run: RunFolder, open_page
) -> None:
    first = open_page("errors", run="scored", atlas="Ablation")
    second = open_page("errors", run="scored", atlas="Ablation")
    first.button(key="ablation-start-zero").click().run()
    assert not second.button(key="ablation-start-zero").disabled
    second.button(key="ablation-start-zero").click().run()
    backend = open_backend(workspace)
    (job,) = backend.list()
    backend.stop(job.id)
    assert f"'{job.title}' is under way already" in said(second)
    assert second.button(key="ablation-start-zero").disabled


STOPPED = {
    "Channel ablation of scored, validation, zero": {"atlas": "Ablation"},
    "Heat maps of scored, HiResCAM: 14 Microtubules, found": {
        "atlas": "Heat maps",
        "heat-class": "14 Microtubules",
    },
    "PCA map of scored, validation": {"atlas": "Embedding map", "map-method": "PCA"},
}


@pytest.mark.parametrize("title", STOPPED)
def test_a_stopped_job_is_said_to_be_stopped_how_far_it_came_and_is_offered_again(
    run: RunFolder, open_page, run_and_stop: RunAndStop, title: str
) -> None:
    link = {"run": "scored", **STOPPED[title]}
    assert "was stopped" not in said(open_page("errors", **link))
    run_and_stop(title)
    page = open_page("errors", **link)
    assert f"**{title}** was stopped at 1,200 of 5,000 images." in said(page)
    assert ("Every image explained by then was kept" in said(page)) == title.startswith("Heat maps")
    [again] = [button for button in page.button if button.icon == ":material/replay:"]
    assert not again.disabled


def test_a_stopped_ablation_is_no_longer_spoken_of_once_another_was_written(
    run: RunFolder, dataset: Dataset, open_page, run_and_stop: RunAndStop
) -> None:
    plant_ablation(run, dataset)
    path = ablation_path(run, "validation", "zero")
    run_and_stop("Channel ablation of scored, validation, zero", makes=path)
    page = open_page("errors", run="scored", atlas="Ablation")
    assert "was stopped at 1,200 of 5,000 images. Nothing of it was kept. What is shown" in said(
        page
    )
    plant_ablation(run, dataset)
    assert "was stopped" not in said(open_page("errors", run="scored", atlas="Ablation"))


def test_scores_from_elsewhere_have_no_network_to_ask(
    workspace: Workspace, dataset: Dataset, open_page
) -> None:
    score_dataset(workspace, dataset)
    page = open_page("errors", run="scored", atlas="Ablation")
    assert "no network to ask; predict these images by a run that was trained here" in said(page)
    page = open_page("errors", run="scored", atlas="Heat maps")
    assert "no network to ask; predict these images by a run that was trained here" in said(page)


def test_scores_that_one_network_predicted_are_asked_of_that_network_and_means_of_none(
    run: RunFolder, workspace: Workspace, dataset: Dataset, open_page
) -> None:
    predicted = score_dataset(workspace, dataset, name="predicted")
    config = predicted.path / CONFIG
    asked = json.loads(config.read_text()) | {"kind": "predictions"}
    config.write_text(json.dumps(asked | {"settings": {"members": ["scored:best"]}}))
    plant_ablation(predicted, dataset)
    page = open_page("errors", run="predicted", atlas="Ablation")
    assert "reads nucleus (blue) more" in said(page)
    assert "have changed since" not in said(page)
    link = {"atlas": "Heat maps", "heat-class": "14 Microtubules"}
    page = open_page("errors", run="predicted", **link)
    assert page.button(key="heat-explain-hirescam").label == "Explain 6 images"
    members = ["scored:best", "other:best"]
    config.write_text(json.dumps(asked | {"settings": {"members": members}}))
    page = open_page("errors", run="predicted", **link)
    assert "means over several networks or views (scored:best, other:best)" in said(page)
    config.write_text(json.dumps(asked | {"settings": {"members": ["gone:best"]}}))
    page = open_page("errors", run="predicted", **link)
    assert "predicted by gone:best, whose weights are no longer here" in said(page)


def plant_explanation(run: RunFolder, sample_id: str, image_sha256: str) -> None:
    digest = sha256(b"weights").hexdigest()
    explanation = Explanation(
        id=sample_id,
        method="hirescam",
        key=explanation_key(digest, sample_id, image_sha256, "hirescam"),
        maps=np.zeros((28, 2, 2), dtype=np.float32),
        offset=np.zeros(2, dtype=np.float32),
        probs=np.full(28, 0.9, dtype=np.float32),
        without=np.zeros((4, 28), dtype=np.float32),
    )
    write_explanation(run, explanation)


def test_heat_maps_show_what_is_there_and_offer_what_is_not(
    run: RunFolder, dataset: Dataset, open_page
) -> None:
    predictions = read_predictions(run, "validation")
    found = np.flatnonzero(predictions.targets[:, 14] & (predictions.probs[:, 14] > 0.5))
    page = open_page("errors", run="scored", atlas="Heat maps", **{"heat-class": "14 Microtubules"})
    assert page.button(key="heat-explain-hirescam").label == "Explain 6 images"
    hashes = dict(zip(dataset.ids.tolist(), dataset.manifest["sha256"], strict=True))
    first = str(predictions.ids[found[0]])
    plant_explanation(run, first, hashes[first])
    page = open_page("errors", run="scored", atlas="Heat maps", **{"heat-class": "14 Microtubules"})
    assert page.button(key="heat-explain-hirescam").label == "Explain 5 images"
    page.button(key=f"heat-open-{first}").click().run()
    assert "**1 image**: score of 14 Microtubules 0.900" in said(page)


def test_an_outline_opens_what_lies_inside_it_but_for_hidden_points(
    run: RunFolder, open_page
) -> None:
    page = open_page("errors", run="scored", atlas="Embedding map", **{"map-method": "PCA"})
    assert "There is no PCA map" in said(page)
    assert page.button(key="map-make-pca").label == "Make the map"
    made = project_run(run, "validation", method="pca")
    page = open_page("errors", run="scored", atlas="Embedding map", **{"map-method": "PCA"})
    assert "28 of 28 images" in said(page)
    assert "as it has no embeddings" in said(page)
    everything = "-1100,-1100,-1100,1100,1100,1100,1100,-1100"
    link = {"run": "scored", "atlas": "Embedding map"}
    page = open_page("errors", **link, pick=f"pca~0~mistakes~~{everything}")
    assert "**28 images**: inside the outline on the PCA map" in said(page)
    page = open_page("errors", **link, pick=f"pca~0~mistakes~0~{everything}")
    assert "**2 images**" in said(page)  # All but the two that are not right are hidden.
    half = f"-1100,-1100,-1100,1100,{round(1000 * np.median(made.points[:, 0]))},1100"
    page = open_page("errors", **link, pick=f"pca~0~mistakes~~{half},0,-1100")
    assert not page.exception
    for wrong in ("pca~0~mistakes~~1", "umap~0~mistakes~~0,0", "pca~0~x~~0,0,1,1", "", "pca~a~b"):
        page = open_page("errors", **link, pick=wrong)
        assert "names nothing that this section shows" in said(page)


def test_an_image_opened_from_a_number_offers_its_reasons_those_of_the_class_asked_for_too(
    run: RunFolder, dataset: Dataset, open_page
) -> None:
    link = {"run": "scored", "atlas": "Suspicious labels", "image": "sample-0030"}
    page = open_page("errors", **link, pick="9.sample-0030")
    assert page.button(key="heat-explain-hirescam").label == "Explain 1 image"
    hashes = dict(zip(dataset.ids.tolist(), dataset.manifest["sha256"], strict=True))
    plant_explanation(run, "sample-0030", hashes["sample-0030"])
    page = open_page("errors", **link, pick="9.sample-0030")
    assert "**2 Nucleoli**: found" in said(page)
    assert "**9 Endosomes**: neither true nor called" in said(page)


def test_the_image_shown_large_offers_its_reasons(
    run: RunFolder, dataset: Dataset, open_page
) -> None:
    link = {"run": "scored", "split": "validation"}
    page = open_page("images", **link, image="sample-0030")
    assert page.button(key="heat-explain-hirescam").label == "Explain 1 image"
    hashes = dict(zip(dataset.ids.tolist(), dataset.manifest["sha256"], strict=True))
    plant_explanation(run, "sample-0030", hashes["sample-0030"])
    page = open_page("images", **link, image="sample-0030")
    assert "**2 Nucleoli**: found" in said(page)
    assert "HiResCAM by run scored" in said(page)
    page = open_page("images", **link)
    assert "HiResCAM" not in said(page)
    (run.checkpoints / "best.safetensors").unlink()
    page = open_page("images", **link, image="sample-0030")
    assert "Run 'scored' has no network yet" in said(page)


def colours_of(page: AppTest) -> tuple[dict[str, Any], list[Any], list[str]]:
    """Return what the map is given, and of each point its level's name or number and its colour."""
    assert "28 of 28 images" in said(page)
    components = (json.loads(each.proto.json) for each in page.get("bidi_component"))
    (given,) = (each for each in components if "colours" in each)
    levels = list(b64decode(given["levels"]))
    names = [given["labels"][level] for level in levels] if given["labels"] else levels
    return given, names, [given["colours"][level] for level in levels]


def test_every_colouring_gives_each_image_its_level_and_its_colour(
    run: RunFolder, dataset: Dataset, open_page
) -> None:
    project_run(run, "validation", method="pca")
    rows = dataset.rows("validation")
    first, found = int(np.flatnonzero(dataset.targets[rows[0]])[0]), dataset.targets[rows, 27]

    def open_map(mode: str, number: int = 27) -> AppTest:
        link = {"map-method": "PCA", "map-colour": mode, "map-class": CLASS_LABELS[number]}
        return open_page("errors", run="scored", atlas="Embedding map", **link)

    given, names, colours = colours_of(open_map("mistakes"))
    assert len(set(given["shapes"])) == len(given["labels"]), "told apart without colour, too"
    assert names == ["missed only", "false only", *["right"] * 26]
    assert (colours[:2], len(set(colours))) == ([OUTCOMES["missed"], OUTCOMES["false"]], 3)
    _, names, colours = colours_of(open_map("a class"))
    assert names == ["neither", "false", *np.where(found, "found", "neither")[2:]]
    assert colours[1] == OUTCOMES["false"]
    assert set(np.array(colours)[found]) == {OUTCOMES["found"]}
    _, names, colours = colours_of(open_map("a class", first))
    assert (names[0], colours[0]) == ("missed", OUTCOMES["missed"])
    given, levels, colours = colours_of(open_map("a score"))
    assert levels == [6, 38, *np.where(found, 57, 6)[2:]], "0.1, 0.6 and 0.9 of 64"
    assert len(given["colours"]) == len(set(given["colours"])) == 64
    assert given["scale"] == {"title": "score of 27 Rods & rings", "low": 0, "high": 1}
    given, names, _ = colours_of(open_map("rarest label"))
    rarest = [*CLASS_LABELS[:21], CLASS_LABELS[7], *CLASS_LABELS[22:]]
    assert given["labels"][:2] == ["others", CLASS_LABELS[7]], "the one label that two share"
    assert len(set(names)) == 8
    assert all(name in (label, "others") for name, label in zip(names, rarest, strict=True))
    _, names, _ = colours_of(open_map("source"))
    assert names == ["test"] * 28


def test_a_map_of_other_predictions_is_offered_anew(
    workspace: Workspace, run: RunFolder, open_page
) -> None:
    project_run(run, "validation", method="pca")
    predictions = read_predictions(run, "validation")
    changed = replace(predictions, probs=np.asarray(1 - predictions.probs, dtype=np.float32))
    write_predictions(run, "validation", changed)
    page = open_page("errors", run="scored", atlas="Embedding map", **{"map-method": "PCA"})
    assert "have changed since the map was made" in said(page)
