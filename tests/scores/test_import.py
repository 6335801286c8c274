"""Scores from outside become a run, in every kind of file; what cannot be meant is refused."""

import pickle
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hpa_core.classes import CLASS_NAMES, N_CLASSES
from hpa_core.errors import HpaError, LabelTableError, RunError, ScoresError, WorkspaceError
from hpa_core.runs.folder import RunInfo, create_run, list_runs, open_run
from hpa_core.runs.predictions import predicted_splits, read_predictions
from hpa_core.runs.scores import Owner, import_scores, narrowed
from hpa_core.workspace import Workspace

NO_LABELS = np.zeros((0, N_CLASSES), dtype=bool)


def owner(name: str, ids: Sequence[str] = (), targets: np.ndarray = NO_LABELS) -> Owner:
    return Owner(name=name, hash="", ids=np.array(ids, dtype=str), targets=targets)


class Canary:
    """Unpickled, it would make a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def header_of(shape: tuple[int, ...]) -> bytes:
    """An npy file that claims `shape` and holds nothing."""
    buffer = BytesIO()
    np.lib.format.write_array_header_1_0(
        buffer, {"descr": "<f4", "fortran_order": False, "shape": shape}
    )
    return buffer.getvalue()


@pytest.fixture
def refuse(workspace: Workspace, ids_csv: Path):
    """Return a function that expects a refusal in one sentence, and nothing left behind."""

    def check(file: Path, said: str, *, error: type[HpaError] = ScoresError, **options) -> None:
        with pytest.raises(error, match=said) as refusal:
            import_scores(workspace, file, options.pop("ids", ids_csv), name="new", **options)
        assert "\n" not in str(refusal.value)
        assert list_runs(workspace) == []
        assert sorted(path.name for path in workspace.root.iterdir()) == [
            "datasets",
            "jobs",
            "runs",
        ]
        assert list(workspace.runs.iterdir()) == []

    return check


@pytest.mark.parametrize("kind", ["npy", "npz", "npz with ids", "csv", "parquet"])
def test_every_kind_of_file_gives_the_same_run(
    workspace, tmp_path, probs, truth, ids, ids_csv, frame, kind
) -> None:
    file = tmp_path / f"scores.{kind.split()[0]}"
    shuffled = np.random.default_rng(2).permutation(len(ids))
    match kind:
        case "npy":
            np.save(file, probs)
        case "npz":
            np.savez_compressed(file, anything=probs)
        case "npz with ids":
            np.savez(file, probs=probs[shuffled], ids=np.array(ids)[shuffled])
        case "csv":
            frame.iloc[shuffled].to_csv(file, index=False)
        case "parquet":
            frame.iloc[shuffled].set_index("Id").to_parquet(file)
    run = import_scores(workspace, file, ids_csv, name="mine")
    assert open_run(workspace, "mine").info.kind == "scores"
    read = read_predictions(run, "validation")
    assert read.ids.tolist() == ids
    assert read.probs.dtype == np.float32
    # A CSV writes the shortest decimals, which rounding down may miss by one step.
    np.testing.assert_allclose(read.probs, probs, rtol=2e-7 if kind == "csv" else 0)
    np.testing.assert_array_equal(read.targets, truth)


@pytest.mark.parametrize("names", [[f"p{c}" for c in range(28)], list(CLASS_NAMES)])
def test_columns_are_matched_by_name_in_any_order(
    workspace, tmp_path, probs, ids_csv, frame, names
) -> None:
    named = frame.set_axis(["Id", *names], axis=1)[["Id", *reversed(names)]]
    named.to_parquet(tmp_path / "scores.parquet", index=False)
    run = import_scores(workspace, tmp_path / "scores.parquet", ids_csv, name="mine")
    np.testing.assert_array_equal(read_predictions(run, "validation").probs, probs)


def test_without_a_truth_the_run_has_none(workspace, tmp_path, probs, ids) -> None:
    np.save(tmp_path / "scores.npy", probs)
    pd.DataFrame({"Id": ids}).to_csv(tmp_path / "ids.csv", index=False)
    run = import_scores(
        workspace, tmp_path / "scores.npy", tmp_path / "ids.csv", name="mine", split="test"
    )
    assert read_predictions(run, "test").targets is None


def test_a_score_is_never_lifted_above_a_threshold_it_equals() -> None:
    scores = np.round(np.random.default_rng(3).random(5000), 2)[:, None]
    limits = np.arange(101) / 100
    np.testing.assert_array_equal(narrowed(scores) > limits, scores > limits)
    assert not np.signbit(narrowed(np.array([[-0.0]]))).any()


def test_real_scores_import_unchanged(workspace, realdata) -> None:
    folder = realdata / "validation"
    run = import_scores(workspace, folder / "vgg16_probs.npy", folder / "ids.csv", name="vgg16")
    read = read_predictions(run, "validation")
    np.testing.assert_array_equal(read.probs, np.load(folder / "vgg16_probs.npy"))
    np.testing.assert_array_equal(read.targets, np.load(folder / "targets.npy") > 0.5)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (7.5, "look like logits"),
        (-0.01, "look like logits"),
        (np.nan, "row 3, class 5 holds nan"),
        (np.inf, "row 3, class 5 holds inf"),
    ],
)
def test_values_that_are_no_probabilities_are_refused(tmp_path, probs, refuse, value, said) -> None:
    probs[2, 5] = value
    np.save(tmp_path / "scores.npy", probs)
    refuse(tmp_path / "scores.npy", said)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda probs: probs.T, "transpose it"),
        (lambda probs: probs[:-1], r"expected \(40, 28\)"),
        (lambda probs: probs[:, :27], r"expected \(40, 28\)"),
        (lambda probs: probs[:, 0], r"expected \(40, 28\)"),
        (lambda probs: probs > 0.5, "holds bool values"),
        (lambda probs: (probs * 100).astype(int), "holds int64 values"),
    ],
)
def test_arrays_of_another_shape_or_kind_are_refused(tmp_path, probs, refuse, change, said) -> None:
    np.save(tmp_path / "scores.npy", change(probs))
    refuse(tmp_path / "scores.npy", said)


def test_a_pickle_is_refused_unopened(tmp_path, refuse) -> None:
    canary = tmp_path / "canary"
    np.save(tmp_path / "array.npy", np.array([Canary(canary)], dtype=object), allow_pickle=True)
    (tmp_path / "bare.npy").write_bytes(pickle.dumps(Canary(canary)))
    with zipfile.ZipFile(tmp_path / "scores.npz", "w") as archive:
        archive.write(tmp_path / "array.npy", "probs.npy")
    for name in ("array.npy", "bare.npy", "scores.npz"):
        refuse(tmp_path / name, "cannot be read as np")
    assert not canary.exists()


@pytest.mark.parametrize("kind", ["npy", "npz", "csv", "parquet"])
@pytest.mark.parametrize("share", [0, 0.5, 0.97])
def test_a_truncated_file_is_refused(tmp_path, probs, frame, refuse, kind, share) -> None:
    file = tmp_path / f"scores.{kind}"
    match kind:
        case "npy":
            np.save(file, probs)
        case "npz":
            np.savez(file, probs=probs)
        case "csv":
            frame.to_csv(file, index=False)
        case "parquet":
            frame.to_parquet(file)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    refuse(file, "cannot be read|expected|name different samples")


def test_a_flipped_bit_inside_an_archive_is_refused(tmp_path, probs, refuse) -> None:
    np.savez(tmp_path / "scores.npz", probs=probs)
    content = bytearray((tmp_path / "scores.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "scores.npz").write_bytes(content)
    refuse(tmp_path / "scores.npz", "CRC")


def test_files_that_claim_more_than_the_ids_allow_are_refused_before_reading(
    tmp_path, refuse
) -> None:
    huge = (10**9, N_CLASSES)
    (tmp_path / "claim.npy").write_bytes(header_of(huge))
    refuse(tmp_path / "claim.npy", "cannot be read as npy")
    with zipfile.ZipFile(tmp_path / "claim.npz", "w") as archive:
        archive.writestr("probs.npy", header_of(huge))
    refuse(tmp_path / "claim.npz", "cannot be read as npz|expected")
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("probs.npy", bytes(50_000_000))
    refuse(tmp_path / "bomb.npz", "unpacks to 50000000 bytes")
    frame = pd.DataFrame(np.zeros((100_000, N_CLASSES)), columns=[str(c) for c in range(28)])
    frame.insert(0, "Id", "a")
    frame.to_parquet(tmp_path / "long.parquet")
    refuse(tmp_path / "long.parquet", "holds 100000 rows")


@pytest.mark.parametrize("name", ["../../slip.npy", "/slip.npy", "a/b.npy", "note.txt"])
def test_an_archive_with_anything_but_arrays_is_refused(tmp_path, probs, refuse, name) -> None:
    np.savez(tmp_path / "scores.npz", probs=probs)
    with zipfile.ZipFile(tmp_path / "scores.npz", "a") as archive:
        archive.writestr(name, b"slipped")
    refuse(tmp_path / "scores.npz", "expected arrays alone")


def test_an_archive_of_two_arrays_without_one_named_probs_is_refused(
    tmp_path, probs, refuse
) -> None:
    np.savez(tmp_path / "scores.npz", first=probs, second=probs)
    refuse(tmp_path / "scores.npz", "expected one, or one named probs")


def test_an_archive_named_npy_is_refused(tmp_path, probs, refuse) -> None:
    np.savez(tmp_path / "scores.npz", probs=probs)
    (tmp_path / "scores.npz").rename(tmp_path / "scores.npy")
    refuse(tmp_path / "scores.npy", "cannot be read as npy")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda frame: frame.drop(columns="Id"), "no column Id"),
        (lambda frame: frame.drop(columns="27"), "found 27"),
        (lambda frame: frame.rename(columns={"27": "28"}), "named 0 to 27"),
        (lambda frame: frame.rename(columns={"3": "p3"}), "named 0 to 27"),
        (lambda frame: frame.assign(Id="sample-00"), "names a sample twice"),
        (lambda frame: frame.replace("sample-07", "other"), "'sample-07' is not in the scores"),
        (lambda frame: frame.iloc[:-1], r"shape \(39, 28\)"),
        (lambda frame: frame.astype({"5": object}).replace({"5": {frame["5"][0]: "x"}}), "'x'"),
        (lambda frame: frame.astype({"5": object}).replace({"5": {frame["5"][0]: ""}}), "float"),
    ],
)
def test_tables_that_break_the_contract_are_refused(tmp_path, frame, refuse, change, said) -> None:
    change(frame).to_csv(tmp_path / "scores.csv", index=False)
    refuse(tmp_path / "scores.csv", said)


def test_other_endings_and_missing_files_are_refused(tmp_path, refuse) -> None:
    refuse(tmp_path / "scores.pkl", "expected one of .npy, .npz, .csv, .parquet")
    refuse(tmp_path / "none.npy", "There is no score file")
    (tmp_path / "folder.npy").mkdir()
    refuse(tmp_path / "folder.npy", "cannot be read as npy")


def test_bad_ids_are_refused(tmp_path, probs, refuse) -> None:
    np.save(tmp_path / "scores.npy", probs)
    twice = tmp_path / "twice.csv"
    twice.write_text("Id\n" + "a\n" * len(probs))
    refuse(tmp_path / "scores.npy", "comes twice", error=LabelTableError, ids=twice)


@pytest.mark.parametrize("option", [{"split": "../up"}, {"split": ""}])
def test_a_split_that_is_no_file_name_is_refused(tmp_path, probs, refuse, option) -> None:
    np.save(tmp_path / "scores.npy", probs)
    refuse(tmp_path / "scores.npy", "cannot be the name of a split", error=WorkspaceError, **option)


def test_a_second_run_of_one_name_is_refused_and_the_first_stays(
    workspace, tmp_path, probs, ids_csv
) -> None:
    np.save(tmp_path / "scores.npy", probs)
    import_scores(workspace, tmp_path / "scores.npy", ids_csv, name="mine")
    np.save(tmp_path / "scores.npy", probs / 2)
    with pytest.raises(RunError, match="exists already"):
        import_scores(workspace, tmp_path / "scores.npy", ids_csv, name="mine")
    kept = read_predictions(open_run(workspace, "mine"), "validation")
    np.testing.assert_array_equal(kept.probs, probs)


def test_scores_of_another_split_join_the_run_that_has_none_of_it(
    workspace, tmp_path, probs, ids_csv
) -> None:
    np.save(tmp_path / "scores.npy", probs)
    import_scores(workspace, tmp_path / "scores.npy", ids_csv, name="mine")
    np.save(tmp_path / "test.npy", probs[:5] / 2)
    (tmp_path / "test.csv").write_text("Id\n" + "".join(f"test-{row}\n" for row in range(5)))
    joined = import_scores(
        workspace, tmp_path / "test.npy", tmp_path / "test.csv", name="mine", split="test"
    )
    assert predicted_splits(open_run(workspace, "mine")) == ["test", "validation"]
    added = read_predictions(joined, "test")
    assert added.targets is None
    np.testing.assert_array_equal(added.probs, probs[:5] / 2)
    kept = read_predictions(joined, "validation")
    np.testing.assert_array_equal(kept.probs, probs)


def test_scores_join_no_run_that_was_trained_or_is_of_another_dataset(
    workspace, tmp_path, probs, ids_csv
) -> None:
    np.save(tmp_path / "scores.npy", probs)
    create_run(workspace, RunInfo(id="trained", kind="train"))
    with pytest.raises(RunError, match="'trained' exists already"):
        import_scores(workspace, tmp_path / "scores.npy", ids_csv, name="trained", split="test")
    import_scores(workspace, tmp_path / "scores.npy", ids_csv, name="mine", owner=owner("hpa"))
    with pytest.raises(RunError, match="belongs to dataset hpa, not to atlas"):
        import_scores(
            workspace,
            tmp_path / "scores.npy",
            ids_csv,
            name="mine",
            owner=owner("atlas"),
            split="test",
        )


def test_an_import_that_failed_can_be_repeated(workspace, tmp_path, probs, ids_csv) -> None:
    np.save(tmp_path / "scores.npy", probs + 1)
    with pytest.raises(ScoresError):
        import_scores(workspace, tmp_path / "scores.npy", ids_csv, name="mine")
    np.save(tmp_path / "scores.npy", probs)
    assert import_scores(workspace, tmp_path / "scores.npy", ids_csv, name="mine").id == "mine"


def test_the_labels_of_the_dataset_are_the_truth_of_its_scores(
    workspace, tmp_path, probs, truth, ids
) -> None:
    np.save(tmp_path / "scores.npy", probs)
    table = pd.DataFrame({"Id": ids})
    table.to_csv(tmp_path / "ids.csv", index=False)
    turned = np.random.default_rng(4).permutation(len(ids))
    known = owner("hpa", np.array(ids)[turned], truth[turned])
    files = (tmp_path / "scores.npy", tmp_path / "ids.csv")
    run = import_scores(workspace, *files, name="filled", owner=known)
    np.testing.assert_array_equal(read_predictions(run, "validation").targets, truth)
    fewer = owner("hpa", ids[1:], truth[1:])
    run = import_scores(workspace, *files, name="in-part", owner=fewer)
    assert read_predictions(run, "validation").targets is None


def test_a_truth_that_contradicts_the_dataset_is_refused(
    tmp_path, probs, truth, ids, ids_csv, refuse
) -> None:
    np.save(tmp_path / "scores.npy", probs)
    other = truth.copy()
    other[3] = ~other[3]
    other[5] = False  # Unlabelled there: what the table says of it stands.
    said = f"other labels than dataset 'hpa' for 1 of {len(ids)} samples, such as {ids[3]}: "
    refuse(tmp_path / "scores.npy", said, error=LabelTableError, owner=owner("hpa", ids, other))
