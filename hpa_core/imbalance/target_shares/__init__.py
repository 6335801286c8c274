"""Wanted shares of all labels, met with the least copying, or the reason why they cannot be met."""

from hpa_core.imbalance.target_shares.solver import ShareSolution, solve_shares
from hpa_core.imbalance.target_shares.wanted import KINDS, MOST_COPIES, ShareRequest, ShareTarget

__all__ = ["KINDS", "MOST_COPIES", "ShareRequest", "ShareSolution", "ShareTarget", "solve_shares"]
