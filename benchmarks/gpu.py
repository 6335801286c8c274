"""Everything that is claimed of a GPU, checked and measured on one, into one log.

    python -m benchmarks.gpu [--log gpu.log]      about 20 minutes and 20 GB of GPU memory
    python -m benchmarks.gpu --rehearse           on the CPU, small: that every step runs, no more

Each step is a command of its own, which the log names, with what it printed and how it ended; the
last lines say which steps failed. Where HPA_REALDATA does not name the competition's quartets, the
usual pipeline is left out; with one GPU, the sharing of batches between two.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import torch

from benchmarks.kaggle_pipeline import QUARTETS

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Step:
    """One question to the GPU.

    Attributes:
        full: arguments of Python on a GPU.
        small: the same in a rehearsal; none: left out there.
    """

    question: str
    full: str
    small: str = ""


NETWORKS = "-m benchmarks.networks"
SMALL = "--models small --sizes 32 --batch 4 --turns 1"
BATCHES = ((128, 256), (224, 128), (512, 32))
STEPS = (
    Step(
        "Does a training on the device learn, stop, resume and fail as one on the CPU does?",
        "-m pytest -q tests/training/test_device.py",
        "-m pytest -q tests/training/test_device.py",
    ),
    Step(
        "End to end against bare steps: 0.97 with resident images; loader 1.5 times the step?",
        "-m benchmarks.training --models bninception wide --size 512 --samples 2048 --resident",
        "-m benchmarks.training --models small --size 32 --samples 64 --repeats 1 --resident",
    ),
    Step(
        "The same for images that are streamed, and for the small network?",
        "-m benchmarks.training --models small bninception --size 224 --samples 4096",
        "-m benchmarks.training --models small --size 32 --samples 64 --repeats 1",
    ),
    *(
        Step(
            f"Images a second at {size} px, and the share of the chip's limit?",
            f"{NETWORKS} --sizes {size} --batch {batch}",
            f"{NETWORKS} {SMALL}" if size == 128 else "",
        )
        for size, batch in BATCHES
    ),
    *(
        Step(
            f"How fast is {precision}?",
            f"{NETWORKS} --sizes 224 --batch 64 --precision {precision}",
            f"{NETWORKS} {SMALL} --precision {precision}" if precision == "fp32" else "",
        )
        for precision in ("fp32", "bf16", "fp16")
    ),
    *(
        Step(
            f"Does compile {how!r} pay?",
            f"{NETWORKS} --sizes {size} --batch {batch} --compile {how}",
            f"{NETWORKS} {SMALL} --compile default" if (how, batch) == ("default", 128) else "",
        )
        for how, size, batch in (
            ("default", 224, 128),
            ("default", 512, 32),
            ("graphs", 128, 16),
            ("graphs", 512, 32),
        )
    ),
)
PIPELINE = Step(
    "Against the usual pipeline of PNGs decoded in DataLoader workers?",
    "-m benchmarks.kaggle_pipeline --samples 960 --size 512 --model bninception",
    "-m benchmarks.kaggle_pipeline --samples 32 --size 32",
)
PROCESSES = Step(
    "How much does a second GPU bring?", "-m benchmarks.processes --device cuda --samples 8192"
)


def main() -> None:
    """Take every step and say which failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--log", type=Path, default=Path("gpu.log"))
    parser.add_argument("--rehearse", action="store_true")
    options = parser.parse_args()
    if not (torch.cuda.is_available() or options.rehearse):
        raise SystemExit(
            "No CUDA GPU is found here, so nothing can be measured; run this on a machine with one "
            "and a CUDA build of torch, or say --rehearse."
        )
    with options.log.open("w", encoding="utf-8") as log:
        say(log, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine()}, {version()}")
        failed = [step.question for step in steps() if not take(step, log, options.rehearse)]
        say(log, f"{len(failed)} steps failed." + "".join(f"\n- {one}" for one in failed))
    sys.exit(bool(failed))


def steps() -> list[Step]:
    """Return the steps that this machine can take."""
    more = [PIPELINE] * QUARTETS.is_dir() + [PROCESSES] * (torch.cuda.device_count() > 1)
    return [*STEPS, *more]


def take(step: Step, log: TextIO, rehearse: bool) -> bool:
    """Run one step into the log; return whether it ended well."""
    arguments = (step.small if rehearse else step.full).split()
    if not arguments:
        return True
    say(log, f"\n{step.question}\n$ python {' '.join(arguments)}")
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "HPA_DEVICE": "cpu" if rehearse else "cuda"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    say(log, f"{done.stdout}(exit {done.returncode} after {time.monotonic() - began:.0f} s)")
    return done.returncode == 0


def machine() -> str:
    """Name the GPU and what drives it."""
    words = [platform.platform(), f"{os.cpu_count()} cores", f"torch {torch.__version__}"]
    if torch.cuda.is_available():
        chip = torch.cuda.get_device_properties(0)
        words += [
            f"{torch.cuda.device_count()} x {chip.name}",
            f"{chip.total_memory / 2**30:.0f} GiB",
            f"CUDA {torch.version.cuda}",
        ]
    return ", ".join(words)


def version() -> str:
    """Name the commit that is measured."""
    git = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False)
    return f"commit {done.stdout.strip() or 'unknown'}"


def say(log: TextIO, text: str) -> None:
    """Print and log."""
    print(text, flush=True)
    log.write(text + "\n")
    log.flush()


if __name__ == "__main__":
    main()
