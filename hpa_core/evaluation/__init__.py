"""From probabilities to calls to F1: arrays in, arrays out."""
