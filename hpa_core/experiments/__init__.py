"""Experiments: one question, asked of several trainings that differ in one setting and the seed."""
