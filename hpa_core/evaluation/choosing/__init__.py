"""Ways to choose thresholds, one idea a module; `hpa_core.evaluation.strategies` names them."""
