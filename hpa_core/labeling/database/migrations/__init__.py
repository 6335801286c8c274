"""Migrations of the label database, run when a store is opened."""
