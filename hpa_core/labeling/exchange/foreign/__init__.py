"""Exports of Label Studio and FiftyOne, read as sample, labels, author."""
