"""A run's images as points of a plane: neighbours in embedding space near each other."""
