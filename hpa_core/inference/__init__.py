"""Predictions of a trained network, on a dataset's splits."""

from hpa_core.inference.predicting import predict, predict_dataset

__all__ = ["predict", "predict_dataset"]
