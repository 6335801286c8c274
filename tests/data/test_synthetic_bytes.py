"""The same sample is the same bytes, whatever the processor can do and however many threads run."""

import os
import subprocess
import sys

import numpy as np
import pytest
from numpy._core._multiarray_umath import (  # type: ignore[import-not-found]
    __cpu_dispatch__,
    __cpu_features__,
)

EXPECTED = "8a9368d2ec7c337a2cc1861c2bb998ac9cbf9128f249a31ed86b4fed683cc701"
"""SHA-256 over 14 samples that show all 28 classes at both sites, at two sizes.

It changes when the recipe changes on purpose; then `RECIPE` in `randomness.py` gets a new name and
the checkpoint is trained anew.
"""

PROGRAM = """
from hashlib import sha256
import numpy as np
from hpa_core.data.synthetic.rendering import Sample, render
digest = sha256()
for number in range(14):
    site, size = "AB"[number % 2], (128, 96)[number // 7]
    sample = Sample(id=f"bytes-{number}", classes=(number, number + 14), site=site)
    digest.update(np.ascontiguousarray(render(sample, size=size)).tobytes())
print(digest.hexdigest())
"""
FEATURES = [name for name in __cpu_dispatch__ if __cpu_features__[name]]
"""What NumPy would use of this processor beyond its baseline."""


def digest_under(**environment: str) -> str:
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_the_bytes_are_those_of_every_other_machine() -> None:
    assert digest_under() == EXPECTED


@pytest.mark.skipif(not FEATURES, reason="NumPy uses this processor's baseline only")
def test_the_bytes_are_the_same_without_vector_instructions() -> None:
    assert digest_under(NPY_DISABLE_CPU_FEATURES=" ".join(FEATURES)) == EXPECTED


def test_the_bytes_are_the_same_with_other_threads_and_another_blas_kernel() -> None:
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    assert digest_under(**threads, OPENBLAS_CORETYPE="Nehalem", PYTHONHASHSEED="7") == EXPECTED


def test_an_independent_summation_order_would_be_noticed() -> None:
    """The oracle has teeth: float32 sums do depend on their order on this machine."""
    values = np.linspace(0.1, 1.7, 10_001, dtype=np.float32)
    in_order = np.add.accumulate(values)[-1]
    assert values.sum() != in_order
