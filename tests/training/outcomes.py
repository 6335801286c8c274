"""What a training left, in a form that two trainings can be compared by."""

from typing import Any

from hpa_core.models.tensorfile import read_tensors
from hpa_core.models.weights import kept_weights
from hpa_core.runs.folder import BEST, LAST, RunFolder
from hpa_core.runs.metrics import METRICS, read_metrics
from hpa_core.runs.predictions import read_predictions


def outcome(run: RunFolder) -> dict[str, Any]:
    """Return weights, averages, optimizer, figures and predictions as bytes; no times, no ids."""
    newest = max(run.checkpoints.glob("state-*.safetensors"))
    files = {
        "state": newest,
        "best": run.checkpoints / BEST,
        "last": run.checkpoints / LAST,
        **{path.stem: path for path in kept_weights(run.checkpoints).values()},
    }
    tensors = {
        f"{file}/{name}": value.contiguous().numpy().tobytes()
        for file, path in files.items()
        for name, value in read_tensors(path, checksum=True).tensors.items()
    }
    figures = [
        {key: value for key, value in record.items() if not key.startswith(("time/", "rate/"))}
        for record in read_metrics(run.path / METRICS)
    ]
    predictions = read_predictions(run, "validation")
    arrays = {name: value.tobytes() for name, value in vars(predictions).items()}
    return {"newest": newest.name, "figures": figures, **tensors, **arrays}
