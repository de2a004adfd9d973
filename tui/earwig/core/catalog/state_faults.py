"""Faults of a file in which earwig remembers something."""

from __future__ import annotations


class DamagedState(ValueError):
    """The file does not hold what earwig writes."""


class NewerState(Exception):
    """The file was written by a later earwig, in a way that this one does not know."""
