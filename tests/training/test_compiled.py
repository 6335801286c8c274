"""A network that torch.compile has really compiled: what it learns is what the plain one learns."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch._inductor import config as inductor

from hpa_core.classes import N_CLASSES
from hpa_core.models.network import Network, convolution
from hpa_core.models.pooling import Pool
from hpa_core.models.registry import ARCHITECTURES
from hpa_core.models.small import MEAN, STD
from hpa_core.models.tensorfile import read_tensors
from hpa_core.runs.folder import RunFolder
from hpa_core.training import train
from hpa_core.workspace import Workspace
from tests.training.outcomes import outcome
from tests.training.test_resume import stop_at

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script_method`:DeprecationWarning")
MakeRun = Callable[..., RunFolder]
TOLERANCE = 1e-5
"""Of a weight after one step; kernels that are fused add up in another order."""


def build_tiny(pool: str) -> Network:
    """The parts that every network here has, and one convolution: the compiler takes its time."""
    pooling = Pool(pool)
    head = nn.Sequential(nn.Dropout(0.2), nn.Linear(pooling.features(8), N_CLASSES))
    body = convolution(4, 8, kernel=5, stride=2)
    return Network(body=body, pool=pooling, head=head, mean=MEAN, std=STD)


@pytest.fixture(autouse=True)
def compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Compile here and anew; without a C++ compiler, fail under CI and skip elsewhere."""
    if not any(map(shutil.which, ("g++", "clang++", "c++"))):
        reason = "no C++ compiler is installed, which torch.compile needs"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "inductor"))
    torch.compiler.reset()
    with inductor.patch(compile_threads=1):
        yield
    torch.compiler.reset()


@pytest.fixture
def few_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(ARCHITECTURES["small"], make=build_tiny)
    monkeypatch.setitem(ARCHITECTURES, "small", small)


def weights(run: RunFolder) -> dict[str, np.ndarray]:
    newest = max(run.checkpoints.glob("state-*.safetensors"))
    return {name: value.numpy() for name, value in read_tensors(newest).tensors.items()}


def test_a_compiled_step_is_the_plain_one_and_a_compiled_training_resumes_to_the_same_bytes(
    workspace: Workspace, make_run: MakeRun, few_parts: None
) -> None:
    plain, stopped, whole = (
        make_run(optimizer="sgd", compile=how) for how in ("none", "default", "default")
    )
    with inductor.patch(fallback_random=True):  # Else the compiler draws its own dropout.
        for run in (plain, stopped):
            train(workspace, run, stop=stop_at(2))
        learnt, expected = weights(stopped), weights(plain)
        assert learnt.keys() == expected.keys()
        for name, value in expected.items():
            np.testing.assert_allclose(learnt[name], value, atol=TOLERANCE, err_msg=name)
        resume_anew(workspace, stopped)
        train(workspace, whole)
    assert list(Path(os.environ["TORCHINDUCTOR_CACHE_DIR"]).rglob("*.so")), "nothing was compiled"
    assert outcome(stopped) == outcome(whole)


@pytest.mark.skipif("HPA_SOAK" not in os.environ, reason="`make soak` runs it: it compiles longer")
def test_the_compilers_own_dropout_is_a_function_of_the_step_too(
    workspace: Workspace, make_run: MakeRun
) -> None:
    whole, stopped = (make_run(compile="default") for _ in range(2))
    train(workspace, whole)
    train(workspace, stopped, stop=stop_at(3))
    resume_anew(workspace, stopped)
    assert outcome(stopped) == outcome(whole)


def resume_anew(workspace: Workspace, run: RunFolder) -> None:
    """Resume as a new process would, which has compiled nothing yet."""
    torch.compiler.reset()
    train(workspace, run, resume=True)
