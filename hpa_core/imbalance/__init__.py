"""How uneven the classes are: measures and their definitions."""
