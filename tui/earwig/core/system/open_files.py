"""How many files the system lets this program have open at once, and what is said where that is too few."""

from __future__ import annotations

import errno
import os

from earwig.core.text.safe_text import SafeText, own_text

TOO_MANY = frozenset({errno.EMFILE, errno.ENFILE})
"""The errors of a file that cannot be opened because others are."""


def files_to_spare(count: int) -> int:
    """Return how many more files can be opened now, up to `count`: others may be open from elsewhere."""
    opened: list[int] = []
    try:
        while len(opened) < count:
            opened.append(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        if error.errno not in TOO_MANY:
            return count  # another trouble, which whoever opens something meets and tells
    finally:
        for descriptor in opened:
            os.close(descriptor)
    return len(opened)


def too_few(needs: SafeText) -> SafeText:
    """Return the sentence for who needs more; `needs` says who."""
    return own_text(
        "the system lets this program have too few files open at once for {}; allow more: ulimit -n 1024",
        needs,
    )
