"""Noticing what happens to the files of a store."""
