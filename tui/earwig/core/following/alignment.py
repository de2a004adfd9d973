"""Where, in a file that was rewritten, the messages begin that were not there before."""

from __future__ import annotations

from collections.abc import Sequence

_SURE = 2
"""Messages in a row that are enough to know a file again that lost its beginning."""


def first_new(known: Sequence[int], found: Sequence[int]) -> int | None:
    """The index in `found` behind the last message that was known; None if nothing shows that any was.

    `known` are the hashes of the newest messages before the rewrite, `found` those of the file's messages
    after it. The bot rewrites a file to take its last message away, to put another in its place, or to
    leave out damaged lines; so what remains is a run of `known` that ends as late as possible, and what
    stands before that run was there before, too.
    """
    places: dict[int, list[int]] = {}
    for index, value in enumerate(found):
        places.setdefault(value, []).append(index)
    for stop in range(len(known), 0, -1):
        for index in reversed(places.get(known[stop - 1], [])):
            run = min(stop, index + 1)
            sure = run == stop or run >= _SURE
            if sure and list(known[stop - run : stop]) == list(found[index + 1 - run : index + 1]):
                return index + 1
    return None
