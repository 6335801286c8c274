"""Probabilities and embeddings from a trained network."""
