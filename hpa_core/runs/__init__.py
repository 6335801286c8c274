"""The run folder: config, status, metrics, predictions and threshold sets."""
