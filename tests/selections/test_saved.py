"""Selections saved by name: read again, built on one another, refused where they cannot be."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from hpa_core.errors import FilterError, WorkspaceError
from hpa_core.selections.expression import Everything
from hpa_core.selections.parsing import parse_filter
from hpa_core.selections.saved import (
    MOST_LISTS,
    SELECTIONS,
    delete_selection,
    filter_of_ids,
    list_selections,
    read_selection,
    rename_selection,
    resolve,
    save_selection,
)


def test_what_was_saved_is_listed_read_and_deleted(tmp_path: Path) -> None:
    save_selection(tmp_path, "odd", "wrong labels>=2", note="by hand")
    save_selection(tmp_path, "able", "right")
    assert [each.name for each in list_selections(tmp_path)] == ["able", "odd"]
    assert read_selection(tmp_path, "odd").note == "by hand"
    assert read_selection(tmp_path, "odd").expression == parse_filter("wrong labels>=2")
    delete_selection(tmp_path, "odd")
    with pytest.raises(FilterError, match="no selection 'odd'"):
        delete_selection(tmp_path, "odd")
    assert [each.name for each in list_selections(tmp_path)] == ["able"]


def test_a_renamed_selection_is_the_same_and_what_builds_on_it_finds_the_same(
    tmp_path: Path,
) -> None:
    save_selection(tmp_path, "odd", "wrong labels>=2", note="by hand")
    save_selection(tmp_path, "odder2", "right")
    save_selection(tmp_path, "odder", "missed (saved:odd or not saved:odder2)")
    before = read_selection(tmp_path, "odd")
    rename_selection(tmp_path, "odd", "strange")
    assert [each.name for each in list_selections(tmp_path)] == ["odder", "odder2", "strange"]
    assert read_selection(tmp_path, "strange") == replace(before, name="strange")
    built = read_selection(tmp_path, "odder").expression
    assert built == parse_filter("missed (saved:strange or not saved:odder2)")
    assert resolve(built, tmp_path) == parse_filter("missed (wrong labels>=2 or not right)")


def test_a_selection_is_not_renamed_over_another_or_to_what_no_file_can_be_called(
    tmp_path: Path,
) -> None:
    save_selection(tmp_path, "odd", "wrong")
    save_selection(tmp_path, "even", "right")
    with pytest.raises(FilterError, match="has a selection 'even' already; choose another name"):
        rename_selection(tmp_path, "odd", "even")
    with pytest.raises(WorkspaceError, match=r"expected 1 to 100 letters \(a to z, A to Z\)"):
        rename_selection(tmp_path, "odd", "Ünï 名")
    with pytest.raises(FilterError, match="no selection 'none'"):
        rename_selection(tmp_path, "none", "new")
    assert [(each.name, each.filter) for each in list_selections(tmp_path)] == [
        ("even", "right"),
        ("odd", "wrong"),
    ]


def test_a_taken_name_is_replaced_only_on_demand(tmp_path: Path) -> None:
    save_selection(tmp_path, "odd", "wrong")
    with pytest.raises(FilterError, match="has a selection 'odd' already"):
        save_selection(tmp_path, "odd", "right")
    assert read_selection(tmp_path, "odd").filter == "wrong"
    save_selection(tmp_path, "odd", "right", over=True)
    assert read_selection(tmp_path, "odd").filter == "right"


def test_a_filter_may_build_on_saved_ones(tmp_path: Path) -> None:
    save_selection(tmp_path, "few", "labels=1 or labels=2")
    save_selection(tmp_path, "both", "saved:few not saved:few")
    found = resolve(parse_filter("wrong saved:both"), tmp_path)
    assert found == parse_filter("wrong ((labels=1 or labels=2) not (labels=1 or labels=2))")


def test_a_selection_cannot_name_itself(tmp_path: Path) -> None:
    save_selection(tmp_path, "a", "right")
    save_selection(tmp_path, "b", "not saved:a")
    with pytest.raises(FilterError, match=r"names itself \(a -> b -> a\)"):
        save_selection(tmp_path, "a", "wrong saved:b", over=True)
    assert read_selection(tmp_path, "a").filter == "right"


@pytest.mark.parametrize("content", ["{", "[]", '{"name": "x"}', '{"filter": 3}'])
def test_a_damaged_file_is_named_and_left_out_of_the_list(tmp_path: Path, content: str) -> None:
    save_selection(tmp_path, "good", "right")
    (tmp_path / SELECTIONS / "bad.json").write_text(content)
    assert [each.name for each in list_selections(tmp_path)] == ["good"]
    with pytest.raises((FilterError, WorkspaceError), match=r"bad\.json"):
        read_selection(tmp_path, "bad")


def test_a_bad_filter_or_name_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(FilterError, match="no condition"):
        save_selection(tmp_path, "odd", "wronk")
    with pytest.raises(WorkspaceError, match="cannot be the name"):
        save_selection(tmp_path, "../odd", "wrong")
    assert not (tmp_path / SELECTIONS).exists()


def test_a_long_list_of_ids_becomes_a_name_and_a_short_one_stays(tmp_path: Path) -> None:
    assert filter_of_ids(tmp_path, ["b", "a"], note="") == "id:a,b"
    ids = [f"sample-{number}" for number in range(500)]
    text = filter_of_ids(tmp_path, ids, note="lasso on the map")
    assert text.startswith("saved:list-")
    assert text == filter_of_ids(tmp_path, ids[::-1], note="again")
    assert resolve(parse_filter(text), tmp_path) == parse_filter(f"id:{','.join(sorted(ids))}")
    assert list_selections(tmp_path)[0].note == "lasso on the map"
    assert filter_of_ids(tmp_path, [], note="") == f"not {Everything()}"


def test_lists_do_not_pile_up_and_those_in_use_stay(tmp_path: Path) -> None:
    def save(number: int) -> str:
        ids = [f"sample-{number}-{place}" for place in range(30)]
        return filter_of_ids(tmp_path, ids, note="lasso")

    def grow_older() -> None:
        for path in (tmp_path / SELECTIONS).glob("*.json"):
            os.utime(path, ns=(0, path.stat().st_mtime_ns - 10**9))

    named, used, forgotten = save(0), save(1), save(2)
    save_selection(tmp_path, "mine", f"wrong {named}")
    for number in range(3, MOST_LISTS + 2):
        grow_older()
        assert save(1) == used
        save(number)
    left = {f"saved:{each.name}" for each in list_selections(tmp_path)}
    assert {named, used, "saved:mine"} <= left
    assert forgotten not in left
    assert len(left) <= MOST_LISTS + 2
