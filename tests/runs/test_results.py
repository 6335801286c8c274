"""A result in a run folder: what was written is read, and anything less is not there."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from hpa_core.runs.results import read_result, write_result


@dataclass(frozen=True, kw_only=True)
class Found:
    name: str
    seed: int
    seconds: float
    points: np.ndarray

    def __post_init__(self) -> None:
        if self.points.ndim != 2:
            raise ValueError("no points")


@dataclass(frozen=True, kw_only=True)
class OlderFound:
    name: str
    points: np.ndarray


FOUND = Found(name="=a <b>", seed=3, seconds=0.1, points=np.arange(6).reshape(3, 2))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_result(tmp_path / "kind" / "a.npz", FOUND)


def test_a_result_comes_back_with_its_plain_values(path: Path) -> None:
    read = read_result(path, Found)
    assert read is not None
    assert (read.name, read.seed, read.seconds) == ("=a <b>", 3, 0.1)
    assert [type(read.name), type(read.seed), type(read.seconds)] == [str, int, float]
    np.testing.assert_array_equal(read.points, FOUND.points)


def test_what_is_missing_or_damaged_is_not_there(path: Path) -> None:
    assert read_result(path.with_name("b.npz"), Found) is None
    whole = path.read_bytes()
    for content in (b"", b"no archive", whole[: len(whole) // 2], whole[:200] + whole[260:]):
        path.write_bytes(content)
        assert read_result(path, Found) is None


def test_a_result_of_another_form_is_not_there(path: Path) -> None:
    write_result(path, OlderFound(name="old", points=FOUND.points))
    assert read_result(path, Found) is None
    np.savez(path, name="flat", seed=1, seconds=1.0, points=np.arange(3))
    assert read_result(path, Found) is None


def test_objects_are_never_loaded(path: Path) -> None:
    np.savez(path, name="pickled", seed=1, seconds=1.0, points=np.array([[{}]]), allow_pickle=True)
    assert read_result(path, Found) is None
