"""Packs what was found for its way to the browser: made ready where it is found, taken apart only there."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from typing import NamedTuple

from earwig.core.search.job import Portion


class ResultBatch(NamedTuple):
    """A packed `Portion`."""

    sessions: int
    size: int
    hits: int
    found: list[bytes]
    """What was found, packed; some of it in each."""


def pack(portion: Portion) -> ResultBatch:
    found = [pickle.dumps(portion.found, pickle.HIGHEST_PROTOCOL)] if portion.found else []
    return ResultBatch(portion.sessions, portion.size, portion.hits, found)


def together(portions: Iterable[ResultBatch]) -> ResultBatch:
    """Return several packed portions as one."""
    portions = list(portions)
    found = [each for portion in portions for each in portion.found]
    return ResultBatch(
        sum(it.sessions for it in portions),
        sum(it.size for it in portions),
        sum(it.hits for it in portions),
        found,
    )


def unpack(packed: ResultBatch) -> Portion:
    found = [it for each in packed.found for it in pickle.loads(each)]  # noqa: S301 - our own process wrote it
    return Portion(packed.sessions, packed.size, found)
