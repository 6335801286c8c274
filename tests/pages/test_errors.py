"""The Errors page on data whose every error is known: one sample misses all, one is called 27."""

import json
import re
from dataclasses import replace
from operator import itemgetter
from urllib.parse import parse_qsl

import numpy as np
import pytest

from dashboard.charts import CLASS_LABELS
from hpa_core.data.dataset import Dataset
from hpa_core.evaluation.suspicious.ranking import NEGLIGIBLE
from hpa_core.runs.folder import RunFolder, RunInfo, create_run
from hpa_core.runs.predictions import Predictions, read_predictions, write_predictions
from hpa_core.runs.thresholds import fixed_thresholds, save_thresholds
from hpa_core.selections.saved import list_selections
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.pages.conftest import OpenPage, said
from tests.scored import score_dataset


@pytest.fixture
def doubted(dataset: Dataset, workspace: Workspace) -> RunFolder:
    """Return a run whose scores speak against the labels of seven samples."""
    return score_dataset(workspace, dataset, mislabelled=7)


def shown(page) -> list[str]:
    return [tile["id"] for tile in json.loads(page.get("bidi_component")[0].proto.json)["tiles"]]


def charts(page) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]


def picks(page, place: int = 0) -> set[str]:
    """What the points of a chart open."""
    data = charts(page)[place]["data"]
    return {point[0] for trace in data for point in trace.get("customdata", [])}


def way_on(page) -> dict[str, str]:
    """The link to the same images on the page Images."""
    links = [item.proto for item in page.get("page_link")]
    (found,) = [link.query_string for link in links if link.label == "Filter them further"]
    return dict(parse_qsl(found))


def faulty(dataset: Dataset) -> tuple[str, str, int]:
    """Return the sample that misses its classes, the one called 27, and a class of the first."""
    rows = dataset.rows("validation")
    first, second = dataset.ids[rows[:2]]
    return str(first), str(second), int(np.flatnonzero(dataset.targets[rows[0]])[0])


def test_bars_count_what_was_found_missed_and_false(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    page = open_page("errors")
    assert not page.exception
    assert "**70 images**: run `scored`, split validation" in said(page)
    bars = [trace for trace in charts(page)[0]["data"] if trace["type"] == "bar"]
    counts = {point[0]: point[1] for bar in bars for point in bar["customdata"] if point[1]}
    first, second, number = faulty(dataset)
    held = dataset.targets[dataset.rows("validation")]
    assert counts.pop("false.27") == 1
    missed = {key for key in counts if key.startswith("missed")}
    assert missed == {f"missed.{each}" for each in np.flatnonzero(held[0])}
    assert counts[f"found.{number}"] == held[:, number].sum() - 1
    page = open_page("errors", pick=f"missed.{number}")
    assert shown(page) == [first]
    page.button(key="errors-back").click().run()
    assert not page.exception
    assert len(page.get("plotly_chart")) == 1
    assert shown(open_page("errors", pick="false.27")) == [second]


def test_a_class_without_a_hit_has_an_interval_and_one_without_f1_goes_last(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    first, *_ = faulty(dataset)
    held = np.flatnonzero(dataset.targets[dataset.rows("validation")[0]]).tolist()
    page = open_page("errors", filter=f"id:{first}", narrowed="yes")
    traces = charts(page)[0]["data"]
    names = [label.split()[0] for label in traces[0]["y"]]
    assert sorted(map(int, names[: len(held)])) == held
    (points,) = (trace for trace in traces if trace.get("name") == "F1")
    told = {pick: (low, high) for pick, _, low, high in points["customdata"]}
    assert told.keys() == {f"wrong.{number}" for number in held}, "the others have no F1"
    assert all(low == 0 and high > 0.9 for low, high in told.values()), "one image tells nothing"


def test_every_average_is_told_with_its_interval(run: RunFolder, open_page: OpenPage) -> None:
    found = re.search(
        r"Macro F1 \*\*(\S+)\*\* \((\S+) to (\S+)\), micro (\S+) \((\S+) to (\S+)\), "
        r"samples (\S+) \((\S+) to (\S+)\)\.",
        said(open_page("errors")),
    )
    assert found
    for value, low, high in np.array(found.groups(), dtype=float).reshape(3, 3):
        assert low < value <= high + 0.0005


def test_a_miss_with_nothing_false_has_a_column_of_its_own(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    first, second, number = faulty(dataset)
    page = open_page("errors", atlas="Confusion")
    assert {f"{number}.none", "none.27"} <= picks(page)
    assert shown(open_page("errors", atlas="Confusion", pick=f"{number}.none")) == [first]
    assert shown(open_page("errors", atlas="Confusion", pick="none.27")) == [second]


def test_of_pairs_that_may_all_be_chance_none_is_said_to_be_more(
    doubted: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    page = open_page("errors", atlas="Confusion")
    table = page.dataframe[0].value
    assert min(table["p (Holm)"]) >= 0.05
    assert re.search(r"\*\*none of \d+ pairs? is beyond chance\*\* at 5 %", said(page))


def test_a_class_called_for_another_is_counted_beyond_chance_and_residuals_keep_a_decimal(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    dataset = make_dataset("large", samples=1120)
    run = score_dataset(workspace, dataset)
    held = read_predictions(run, "validation")
    taken = dataset.targets[dataset.rows("validation"), 3]
    probs = held.probs.copy()
    probs[taken, 3], probs[taken, 5] = 0.1, 0.9
    write_predictions(run, "validation", replace(held, probs=probs))
    page = open_page("errors", dataset="large", atlas="Confusion", **{"errors-pairs": "residual"})
    table = page.dataframe[0].value
    beyond = table[table["p (Holm)"] < 0.05]
    assert beyond[["missed", "false"]].to_numpy().tolist() == [[CLASS_LABELS[3], CLASS_LABELS[5]]]
    assert re.search(r"\*\*1 of \d+ pairs? is beyond chance\*\* at 5 %", said(page))
    cells = [text for row in charts(page)[0]["data"][0]["text"] for text in row if text]
    assert all(re.fullmatch(r"-?\d+\.\d", text) for text in cells)
    assert cells
    assert not {"0.0", "-0.0"} & set(cells)


def test_each_mistake_is_a_point_that_opens_its_image(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    first, second, number = faulty(dataset)
    page = open_page("errors", atlas="Mistakes")
    assert {f"27.{second}", f"{number}.{first}"} <= picks(page)
    points = charts(page)[0]["data"]
    assert [trace["marker"]["symbol"] for trace in points] == ["circle", "x"]
    # Missed with 0.2 of 0.5 is 0.6 of the way; called with 0.6 is 0.2 of it.
    assert shown(page) == [first, second]
    opened = open_page("errors", atlas="Mistakes", pick=f"27.{second}")
    assert shown(opened) == [second]
    link = way_on(opened)
    assert link["filter"] == f"id:{second}"
    assert shown(open_page("images", **link)) == [second]


def test_the_images_of_a_narrowed_number_go_on_with_both_conditions(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    *_, number = faulty(dataset)
    pick = f"found.{number}"
    page = open_page("errors", pick=pick, filter="labels=1 or id~9", narrowed="yes")
    some = set(shown(page))
    assert some
    assert some < set(shown(open_page("errors", pick=pick)))
    assert set(shown(open_page("images", **way_on(page)))) == some


def test_a_long_list_is_saved_once_its_link_is_followed_and_not_before(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    page = open_page("errors", atlas="Spectrum")
    bars = [trace for trace in charts(page)[0]["data"] if trace["type"] == "bar"]
    pick, count, *_ = max((point for bar in bars for point in bar["customdata"]), key=itemgetter(1))
    link = way_on(open_page("errors", atlas="Spectrum", pick=pick))
    assert link["filter"].startswith("saved:list-")
    assert not list_selections(dataset.folder)
    page = open_page("errors")
    page.query_params.update(link)
    page.switch_page("../pages/images.py").run()
    assert not page.exception
    assert f"**{count} of 70 images**" in said(page)
    assert [f"saved:{each.name}" for each in list_selections(dataset.folder)] == [link["filter"]]


def test_the_score_axis_lays_counts_and_images_along_it(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    first, _, number = faulty(dataset)
    page = open_page("errors", atlas="Spectrum", **{"class": str(number)})
    assert not page.exception
    bars = [trace for trace in charts(page)[0]["data"] if trace["type"] == "bar"]
    carried = [point for point in bars[0]["customdata"] if point[1]]
    assert [point[1] for point in carried] == [
        1,
        int(dataset.targets[dataset.rows("validation"), number].sum()) - 1,
    ]
    assert len(charts(page)[0]["layout"]["images"]) == len(
        [point for bar in bars for point in bar["customdata"] if point[1]]
    )
    assert shown(open_page("errors", atlas="Spectrum", pick=carried[0][0])) == [first]


def test_the_score_axis_counts_the_calls_that_lie_under_the_threshold(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    *_, number = faulty(dataset)
    link = {"atlas": "Spectrum", "class": str(number)}
    assert "under it" not in said(open_page("errors", **link))
    save_thresholds(run, replace(fixed_thresholds(0.5), name="highest", fallback="top1"))
    page = open_page("errors", **link, thresholds="highest")
    held = dataset.targets[dataset.rows("validation"), number].sum()
    assert f"{held} found; 0 others are called it." in said(page)
    assert "1 of these calls lies under it: the class is the image's highest" in said(page)


def test_the_score_axis_of_scores_without_images_has_ticks_and_a_title(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    described = dataset.folder / "dataset.json"
    described.write_text(json.dumps(json.loads(described.read_text()) | {"image_size": 0}))
    page = open_page("errors", atlas="Spectrum")
    assert "Click a bar for its images' ids." in said(page)
    layout = charts(page)[0]["layout"]
    axes = [key for key in layout if key.startswith("xaxis")]
    assert len(axes) == 2
    assert layout["xaxis2"]["title"]["text"] == "score, even in its log-odds"
    assert layout["xaxis2"].get("showticklabels", True)
    assert "images" not in layout


def test_label_sets_and_brightness_open_exactly_their_images(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    first, second, _ = faulty(dataset)
    page = open_page("errors", atlas="Label sets")
    assert page.dataframe[0].value["images"].tolist() == [1, 1]
    true = "-".join(map(str, np.flatnonzero(dataset.targets[dataset.rows("validation")[0]])))
    assert shown(open_page("errors", atlas="Label sets", pick=f"{true}.none")) == [first]
    page = open_page("errors", atlas="Groups")
    assert "come from one source" in page.info[0].value
    page.segmented_control(key="errors-by").set_value("plate").run()
    assert "tell no plate" in page.info[0].value
    page.segmented_control(key="errors-by").set_value("brightness green").run()
    assert not page.exception
    table = page.dataframe[0].value
    assert (table["images"].sum(), table["wrong"].sum()) == (70, 2)
    assert "**no trend** beyond chance" in said(page)
    wrong = [key for key in picks(page) if key]
    found = [
        sample for key in wrong for sample in shown(open_page("errors", atlas="Groups", pick=key))
    ]
    assert sorted(found) == sorted([first, second])


def test_suspicious_labels_come_with_picture_reason_and_gain(
    doubted: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    wrong = dataset.ids[dataset.rows("validation")[-7:]].tolist()
    page = open_page("errors", atlas="Suspicious labels", **{"suspicious-order": "suspicion"})
    assert not page.exception
    assert "the run has no embeddings, so no neighbours" in said(page)
    table = page.dataframe[0].value
    assert table["suspicion"].max() < 0.5
    assert "make **no label** of 1,960 more likely wrong than right" in said(page)
    assert re.search(
        r"Of the 27 listed (about \d+ (is|are)|not one is) expected to be wrong", said(page)
    )
    assert set(table["id"]) <= set(wrong)
    assert table["suspicion"].min() >= NEGLIGIBLE
    assert not np.signbit(table["macro F1"][table["macro F1"] == 0]).any()
    first = table["id"].iloc[0]
    assert "but scored" in table["why"].iloc[0]
    assert table["image"].iloc[0].startswith("data:image/jpeg;base64,")
    number = table["correction"].iloc[0].split()[1]
    page = open_page("errors", atlas="Suspicious labels", pick=f"{number}.{first}")
    assert shown(page) == [first]
    assert "but scored" in said(page)


def test_labels_that_nothing_speaks_against_are_not_listed(
    run: RunFolder, open_page: OpenPage
) -> None:
    page = open_page("errors", atlas="Suspicious labels")
    assert not page.exception
    assert "speak against **none** of 1,960 labels" in said(page)
    assert not page.dataframe


@pytest.mark.parametrize(
    ("section", "pick"),
    [
        ("Classes", "missed.99"),
        ("Confusion", "none.none"),
        ("Mistakes", "\u00b2.sample-0070"),
        ("Spectrum", "27"),
        ("Spectrum", "27.log-odds.x"),
        ("Spectrum", "27.log-odds.999.1"),
        ("Embedding map", "pca~7~error~~1,2,x"),
        ("Heat maps", "7.nobody"),
        ("Suspicious labels", "7"),
        ("Ablation", "7.blue"),
        ("Label sets", "27"),
        ("Groups", "brightness pink.00"),
    ],
)
def test_a_pick_that_means_nothing_is_told_and_the_section_shown(
    run: RunFolder, open_page: OpenPage, section: str, pick: str
) -> None:
    page = open_page("errors", atlas=section, pick=pick)
    assert not page.exception
    assert "names nothing" in page.warning[0].value


def test_scores_of_no_dataset_are_judged_without_images(
    workspace: Workspace, open_page: OpenPage
) -> None:
    targets = np.eye(28, dtype=bool)
    ids = np.array([f"10_{row % 2}_A1_{row}" for row in range(28)])
    probs = np.where(targets, 0.9, 0.1).astype(np.float32)
    probs[0] = 0.1
    outside = create_run(workspace, RunInfo(id="outside", kind="scores"))
    write_predictions(outside, "validation", Predictions(ids=ids, probs=probs, targets=targets))
    page = open_page("errors", pick="missed.0")
    assert "not in the dataset" in page.info[0].value
    table = page.dataframe[0].value
    assert table.columns.tolist() == ["id", "score of 0 Nucleoplasm", "true", "called"]
    assert table.iloc[0].tolist() == ["10_0_A1_0", np.float32(0.1), "0 Nucleoplasm", "nothing"]
    page = open_page("errors", atlas="Groups")
    page.segmented_control(key="errors-by").set_value("plate").run()
    assert page.dataframe[0].value["wrong"].tolist() == [1, 0]


def test_scores_without_images_offer_ids_and_say_above_a_chart_that_is_cut_what_it_draws(
    workspace: Workspace, open_page: OpenPage
) -> None:
    rng = np.random.default_rng(0)
    ids = np.array([f"{row}_{row % 2}_A1_1" for row in range(300)])
    scores = Predictions(
        ids=ids,
        probs=rng.random((300, 28)).astype(np.float32),
        targets=rng.random((300, 28)) < 0.5,
    )
    outside = create_run(workspace, RunInfo(id="outside", kind="scores"))
    write_predictions(outside, "validation", scores)
    told = {
        "Classes": "Click a bar or a point to see its images' ids.",
        "Mistakes": "Drawn: the 2,000 most confident.",
        "Label sets": "Click a row to see its images' ids.",
        "Groups": "Click a group to see its wrong images' ids.",
        "Suspicious labels": "Click a row to see its image's id.",
    }
    for section, sentence in told.items():
        page = open_page("errors", atlas=section, **{"errors-by": "plate"})
        assert sentence in said(page), section
    table = open_page("errors", atlas="Groups", **{"errors-by": "plate"}).dataframe[0].value
    assert table["stands out"].tolist() == ["", ""]
    sets = open_page("errors", atlas="Label sets").dataframe[0]
    assert sets.proto.row_height >= 64, "at which cells wrap"


def test_of_scores_without_images_every_row_that_is_counted_is_listed_lowest_score_first(
    workspace: Workspace, open_page: OpenPage
) -> None:
    targets = np.zeros((1200, 28), dtype=bool)
    targets[:, 3] = True
    probs = np.where(targets, np.linspace(0.4, 0.1, 1200)[:, None], 0.1).astype(np.float32)
    ids = np.array([f"sample-{row:04d}" for row in range(1200)])
    outside = create_run(workspace, RunInfo(id="outside", kind="scores"))
    write_predictions(outside, "validation", Predictions(ids=ids, probs=probs, targets=targets))
    page = open_page("errors", pick="missed.3")
    assert "**1,200 images**" in said(page)
    assert page.dataframe[0].value["id"].tolist() == ids[::-1].tolist()


def test_without_a_truth_the_page_says_why_it_is_empty(
    workspace: Workspace, open_page: OpenPage
) -> None:
    outside = create_run(workspace, RunInfo(id="outside", kind="scores"))
    probs = np.full((2, 28), 0.5, dtype=np.float32)
    write_predictions(outside, "test", Predictions(ids=np.array(["a", "b"]), probs=probs))
    page = open_page("errors")
    assert not page.exception
    assert "truth of split 'test'" in page.info[0].value


@pytest.mark.parametrize(
    ("section", "pick", "kind", "setting"),
    [
        ("Classes", "false.27", "segmented_control", {"errors-order": "most errors first"}),
        ("Classes", "false.27", "toggle", {"errors-shares": "false"}),
        ("Confusion", "none.27", "segmented_control", {"errors-pairs": "residual"}),
        ("Mistakes", "27.{}", "segmented_control", {"errors-kind": "false"}),
        ("Mistakes", "27.{}", "selectbox", {"errors-mistaken": "27 Rods & rings"}),
        ("Spectrum", "27.image.{}", "segmented_control", {"errors-scale": "rank"}),
        ("Groups", "brightness green.00", "segmented_control", {"errors-by": "protein intensity"}),
        ("Suspicious labels", "27.{}", "segmented_control", {"suspicious-kind": "surplus"}),
        ("Suspicious labels", "27.{}", "selectbox", {"suspicious-class": "27 Rods & rings"}),
        ("Suspicious labels", "27.{}", "pagination", {"suspicious-page": "2"}),
    ],
)
def test_what_a_section_was_set_to_survives_opening_a_pick_and_coming_back(
    doubted: RunFolder,
    dataset: Dataset,
    open_page: OpenPage,
    section: str,
    pick: str,
    kind: str,
    setting: dict[str, str],
) -> None:
    (key,) = setting

    def value() -> object:
        (widget,) = (each for each in page.get(kind) if each.key == key)
        return widget.value

    page = open_page("errors", atlas=section)
    default = value()
    page = open_page("errors", atlas=section, **setting)
    before = value()
    assert before != default
    page.query_params["pick"] = pick.format(faulty(dataset)[1])
    page.run()
    page.button(key="errors-back").click().run()
    assert not page.exception
    assert value() == before


@pytest.mark.parametrize(
    ("filter_", "told"), [("missed or false", True), ("score(0)>0.5", True), ("labels>=1", False)]
)
def test_images_chosen_by_their_scores_are_said_to_say_nothing_of_others(
    run: RunFolder, open_page: OpenPage, filter_: str, told: bool
) -> None:
    for name in ("errors", "thresholds"):
        page = open_page(name, filter=filter_, narrowed="yes")
        assert not page.exception
        assert ("chose these images by their scores" in said(page)) == told


def test_classes_that_count_nothing_in_the_macro_f1_are_counted(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    first = faulty(dataset)[0]
    page = open_page("errors", filter=f"id:{first}", narrowed="yes")
    used = (dataset.targets[dataset.rows("validation")[0]]).sum()
    assert f"{28 - used} classes count 0, without a positive and a call" in said(page)
    [bare] = [each for each in charts(page)[0]["data"] if each.get("text") == "no F1"]
    assert len(bare["y"]) == 28 - used
