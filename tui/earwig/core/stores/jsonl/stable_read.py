"""Reading from a file that may be written anew meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from earwig.core.stores.jsonl.known_file import KnownFile
from earwig.core.system.opening import opened

_TRIES = 8
"""How often a file is read again that is rewritten each time meanwhile."""

_STRICT = 1
"""How often one is read again that only grew, for all that is known: a crowd appends without a pause."""


class _OfFile(Protocol):
    file: KnownFile


_Any = TypeVar("_Any", bound=_OfFile)
_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")


def stable_read(
    method: Callable[Concatenate[_Any, int, _Given], _Found],
) -> Callable[Concatenate[_Any, _Given], _Found]:
    """Gives the method the open file, freshly looked at, and has it read again if it was rewritten meanwhile.

    A file that is emptied and written anew while it is read would give lines that were never in it together.
    """

    @wraps(method)
    def read(transcript: _Any, /, *args: _Given.args, **kwargs: _Given.kwargs) -> _Found:
        file = transcript.file
        with opened(file.path) as fd:
            file.refresh(fd)
            found = method(transcript, fd, *args, **kwargs)
            for attempt in range(_TRIES):
                if file.witness.is_still_true(fd, grown=attempt >= _STRICT):
                    break
                file.refresh(fd)
                found = method(transcript, fd, *args, **kwargs)
            return found

    return read
