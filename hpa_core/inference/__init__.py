"""What a trained network says: predictions, embeddings, and what they rest on."""

from hpa_core.inference.ablating import ablate_channels, ablate_run
from hpa_core.inference.explaining import explain
from hpa_core.inference.predicting import predict, predict_dataset

__all__ = ["ablate_channels", "ablate_run", "explain", "predict", "predict_dataset"]
