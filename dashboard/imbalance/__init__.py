"""The Imbalance page."""
