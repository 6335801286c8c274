"""Labels that are probably wrong, ranked: what the scores and the neighbours say against them."""
