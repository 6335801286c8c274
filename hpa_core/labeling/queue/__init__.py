"""Queues: which sample a person is asked next."""
