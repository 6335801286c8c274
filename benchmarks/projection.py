"""Which projection keeps neighbours, and how long it takes: PCA, t-SNE twice, UMAP.

    python -m benchmarks.projection --scores REALDATA/validation/vgg16_probs.npy
    python -m benchmarks.projection --workspace WORKSPACE           embeddings of the demo
    python -m benchmarks.projection --workspace WORKSPACE --samples 113446 --only ours pca umap

More samples than there are: each is two of them mixed four to one, with noise of a tenth of their
spread. `ours` is `hpa_core.projection` (openTSNE after PCA); `scikit-learn` its Barnes-Hut t-SNE;
`umap` needs `pip install umap-learn` (numba and LLVM, 120 MB); its first call compiles. Quality is
over 1,000 samples among all: trustworthiness and the share kept of 15 nearest neighbours. Times are
of one run on all cores, compare them within one call alone; processor seconds tell more than others
where the machine is busy.
"""

import argparse
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA

from hpa_core.projection.methods import COMPONENTS, project
from hpa_core.projection.projecting import features_of
from hpa_core.projection.quality import measure_quality
from hpa_core.runs.folder import open_run
from hpa_core.runs.predictions import Predictions, read_predictions
from hpa_core.workspace import Workspace


def main() -> None:
    """Print one line a method."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--scores", type=Path)
    source.add_argument("--workspace", type=Path)
    parser.add_argument("--samples", type=int)
    parser.add_argument("--only", nargs="+", default=["pca", "ours", "scikit-learn", "umap"])
    asked = parser.parse_args()
    features = _grown(_features(asked), asked.samples)
    print(f"{len(features)} samples, {features.shape[1]} features")
    print(f"{'method':14}{'seconds':>9}{'processor':>11}{'trustworthiness':>17}{'kept':>8}")
    for name in asked.only:
        if name == "umap" and not find_spec("umap"):
            print(f"{name:14}not installed")
            continue
        began, used = time.perf_counter(), time.process_time()
        points = METHODS[name](features)
        seconds, used = time.perf_counter() - began, time.process_time() - used
        quality = measure_quality(features, points)
        print(
            f"{name:14}{seconds:9.1f}{used:11.1f}{quality.trustworthiness:17.4f}"
            f"{quality.neighbours_kept:8.4f}",
            flush=True,
        )


def _features(asked: argparse.Namespace) -> np.ndarray:
    if asked.scores:
        probs = np.load(asked.scores)
        return features_of(Predictions(ids=np.arange(len(probs)).astype(str), probs=probs))
    run = open_run(Workspace(asked.workspace), "demo")
    splits = ("train", "validation")
    return np.concatenate([features_of(read_predictions(run, split)) for split in splits])


def _grown(features: np.ndarray, samples: int | None) -> np.ndarray:
    if samples is None or samples <= len(features):
        return features
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, len(features), (2, samples))
    noise = rng.normal(0, 0.1 * features.std(), (samples, features.shape[1]))
    return np.asarray(0.8 * features[first] + 0.2 * features[second] + noise, dtype=np.float32)


def _scikit_learn(features: np.ndarray) -> np.ndarray:
    from sklearn.manifold import TSNE  # noqa: PLC0415 - slow to import, and only wanted here

    reduced = PCA(min(COMPONENTS, features.shape[1]), random_state=0).fit_transform(features)
    return np.asarray(TSNE(random_state=0, n_jobs=-1).fit_transform(reduced))


def _umap(features: np.ndarray) -> np.ndarray:
    from umap import UMAP  # noqa: PLC0415 - not among the requirements

    reduced = PCA(min(COMPONENTS, features.shape[1]), random_state=0).fit_transform(features)
    return np.asarray(UMAP().fit_transform(reduced))


METHODS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "pca": lambda features: project(features, "pca"),
    "ours": lambda features: project(features, "tsne"),
    "scikit-learn": _scikit_learn,
    "umap": _umap,
}

if __name__ == "__main__":
    main()
