"""Exports of Label Studio and FiftyOne: files that they wrote, and shapes their manuals show."""

import json
from pathlib import Path
from typing import Any

import pytest

from hpa_core.errors import LabelingError, RoleError
from hpa_core.labeling import LabelStore, blind_track
from hpa_core.labeling.exchange.foreign.reading import read_foreign_labels
from hpa_core.labeling.exchange.importing import import_labels
from hpa_core.labeling.quality.agreement import agreement_between
from hpa_core.labeling.quality.ratings import independent_ratings
from tests.conftest import MakeDataset
from tests.labeling.conftest import Give

HERE = Path(__file__).parent
ATLAS_ID = "00070df0-bbc3-11e8-b2bc-ac1f6b6435d0"


def choices(*names: str, by: Any = 1, cancelled: bool = False) -> dict[str, Any]:
    result = {
        "from_name": "location",
        "to_name": "image",
        "type": "choices",
        "value": {"choices": list(names)},
    }
    return {"result": [result], "was_cancelled": cancelled, "completed_by": by}


def task(image: str, *annotations: dict[str, Any]) -> dict[str, Any]:
    return {"id": 7, "data": {"image": image}, "annotations": list(annotations), "predictions": []}


def read(tmp_path: Path, content: Any, **options: str) -> dict[tuple[str, str], tuple[int, ...]]:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(content))
    foreign = read_foreign_labels(path, **options)
    return {(label.sample, label.author): label.labels for label in foreign.labels}


def test_label_studio_tasks_are_read_with_their_authors(tmp_path: Path) -> None:
    upload = f"/data/upload/3/0a1b2c3d-{ATLAS_ID}_green.png"
    tasks = [
        task(upload, choices("Golgi apparatus", "cytosol"), choices("25", by={"email": "b@x.org"})),
        task(f"https://host/{ATLAS_ID[:-1]}1.png?d=1", choices("Nucleoli", cancelled=True)),
        task("s3://bucket/plain_blue.png", choices("Rods & rings", by=None)),
    ]
    assert read(tmp_path, tasks) == {
        (ATLAS_ID, "1"): (7, 25),
        (ATLAS_ID, "b@x.org"): (25,),
        ("plain", ""): (27,),
    }


def test_label_studios_small_json_is_read(tmp_path: Path) -> None:
    rows = [
        {"image": f"/x/{ATLAS_ID}.png", "id": 1, "location": {"choices": ["Nucleoli", "Cytosol"]}},
        {"image": "/x/b.png", "id": 2, "location": "Mitochondria", "annotator": 4},
    ]
    assert read(tmp_path, rows) == {(ATLAS_ID, ""): (2, 25), ("b", "4"): (23,)}


@pytest.mark.parametrize("name", ["tasks.json", "min.json", "table.csv", "table.tsv"])
def test_what_label_studios_own_converter_wrote_is_read_alike(name: str) -> None:
    """Two people's annotations of one task, by label-studio-sdk 2.1.2; the later one counts."""
    foreign = read_foreign_labels(HERE / "label_studio" / name)
    assert [(label.sample, label.author, label.labels) for label in foreign.labels] == [
        ("sample-0000", "ana@example.org", (0, 25)),
        ("sample-0001", "1", (27,)),
        ("sample-0001", "2", (25,)),
    ]
    assert foreign.refused == ()


@pytest.mark.parametrize("name", ["samples.json", "labels.json", "labels-with-confidence.json"])
def test_what_fiftyones_own_exporters_wrote_is_read_alike(name: str) -> None:
    """By fiftyone 1.22.1; of `samples.json` the samples, as its own serialiser writes them."""
    foreign = read_foreign_labels(HERE / "fiftyone" / name)
    assert foreign.program == "FiftyOne"
    assert {label.sample: label.labels for label in foreign.labels} == {
        "sample-0000": (0, 25),
        "sample-0001": (27,),
    }


def test_fiftyone_samples_are_read(tmp_path: Path) -> None:
    labels = [{"_cls": "Classification", "label": name} for name in ("Nucleoli", "Cytosol")]
    sample = {
        "filepath": f"data/{ATLAS_ID}_green.png",
        "ground_truth": {"_cls": "Classifications", "classifications": labels},
        "other": {"_cls": "Classification", "label": "Lysosomes"},
        "tags": [],
    }
    chosen = read(tmp_path, {"samples": [sample]}, field="ground_truth")
    assert chosen == {(ATLAS_ID, ""): (2, 25)}
    with pytest.raises(LabelingError, match="several fields: ground_truth, other"):
        read(tmp_path, {"samples": [sample]})


def test_fiftyone_label_lists_are_read(tmp_path: Path) -> None:
    content = {
        "classes": ["Cytosol", "Nucleoli"],
        "labels": {"a": 1, "b": "Cytosol", "c": [0, 1], "d": {"label": ["Nucleoli"]}, "e": None},
    }
    folder = tmp_path / "exported"
    folder.mkdir()
    (folder / "labels.json").write_text(json.dumps(content))
    foreign = read_foreign_labels(folder)
    assert {label.sample: label.labels for label in foreign.labels} == {
        "a": (2,), "b": (25,), "c": (2, 25), "d": (2,),
    }  # fmt: skip
    assert foreign.refused == ({"id": "e", "reason": "'None' is none of the 28 classes"},)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{}", "no export that is known"),
        (b"[]", "it is empty"),
        (b"no json", "is no JSON"),
        (b"\xff\xfe", "is no JSON"),
        (b"[1]", "must be an object"),
        (b"[" * 100_000, "nested too deep"),
        (json.dumps([task("a.png", choices("Kitchen"))]).encode(), "'Kitchen' is none"),
    ],
)
def test_what_is_no_export_is_refused(content: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_bytes(content)
    with pytest.raises(LabelingError, match=reason):
        read_foreign_labels(path)


def test_an_import_records_what_is_new_and_keeps_what_was_decided_here(
    store: LabelStore, give: Give, make_dataset: MakeDataset, tmp_path: Path
) -> None:
    dataset = make_dataset()
    store.give_role("Rita", "admin", by="Rita")
    give("sample-0001", (9,), by="Ana", dataset=dataset.info)
    path = tmp_path / "export.json"
    tasks = [
        task("sample-0001.png", choices("Nucleoli")),
        task("sample-0002.png", choices("Nucleoli"), choices("Cytosol", by=2)),
        task("stranger.png", choices("Nucleoli")),
    ]
    path.write_text(json.dumps(tasks))
    foreign = read_foreign_labels(path)
    with pytest.raises(RoleError, match="takes the role reviewer"):
        import_labels(store, dataset, foreign, by="Ana")
    done = import_labels(store, dataset, foreign, by="Rita")
    assert (done.recorded, done.same, done.kept, done.unknown) == (1, 0, 1, ("stranger",))
    states = store.opinions(dataset.info)
    assert states["sample-0001", ""].labels == (9,)
    assert states["sample-0002", ""].labels == (25,)
    assert states["sample-0002", blind_track("Label Studio 1")].labels == (2,)
    ratings = independent_ratings(store.history(dataset.info))
    assert agreement_between(ratings, "Label Studio 1", "Label Studio 2").samples == 1
    again = import_labels(store, dataset, foreign, by="Rita")
    assert (again.recorded, again.same, again.kept) == (0, 1, 1)
    assert import_labels(store, dataset, foreign, by="Rita", replace=True).recorded == 1
