"""Duplicates: perceptual hashes, pairs, groups, and what leaks from one split into another."""
