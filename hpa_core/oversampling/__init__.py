"""Does a head learn more from rows made for the rare classes? Retrained, scored and compared.

It stands above imbalance (which makes the rows and fits the heads) and evaluation (which scores
calls), as those two do not know each other. No torch.
"""
