"""When Python looks for garbage: a decision for a whole process, made here and by who starts one.

To look through all that a program holds takes as long as several frames, and falls due at any allocation.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def put_off_collections() -> None:
    """Collect nothing until `begin_collections`: what a program loads to begin with is no garbage."""
    gc.disable()


def begin_collections() -> None:
    """Collect garbage from here on, and never look at what there is by now; if that was put off."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def leave_out_of_collections() -> None:
    """Never look at what there is by now: a list of all sessions stays as long as the program."""
    gc.freeze()


def collect_nothing() -> None:
    """Never collect: in a short-lived copy of a process, each object looked at would be a page copied."""
    gc.disable()


@contextmanager
def no_collection() -> Iterator[None]:
    """Collect nothing in the block, and leave all as it was: to load 400,000 messages takes half the time.

    For a block that makes many objects and no cycles. Nor is there a collection afterwards that would look at
    all of them at once: they pass for objects that it has looked at.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if not gc.get_freeze_count():  # who has frozen some does not want them thawed
                gc.freeze()
                gc.unfreeze()
            gc.enable()
