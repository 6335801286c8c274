"""The networks: brightness in, logits and embeddings out; their registry and their weights."""
