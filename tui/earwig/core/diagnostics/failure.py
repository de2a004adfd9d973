"""What is said of a fault in earwig itself: where it is, and nothing of what a session holds."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from types import TracebackType

from earwig.core.named_tuple import NamedTuple
from earwig.core.text.safe_text import SafeText, clean, clean_line, joined, own_text

_INNERMOST, _OUTERMOST = 30, 10
"""Places of one exception that are told; an endless recursion has a thousand."""

_CAUSES = 8
"""Exceptions of one chain that are told."""


class TracePlace(NamedTuple):
    """Where in the source an exception was raised or passed."""

    file: str
    line: int
    function: str

    def told(self) -> SafeText:
        return own_text(
            "{}:{}, in {}", clean_line(_shortened(self.file)), self.line, clean_line(self.function)
        )


class Fault(NamedTuple):
    """What may be told of one exception: its kind and its places, the innermost last.

    Not its text, nor the values of variables: they may hold parts of a message, and what is printed or put in
    a file is for others to see.
    """

    kind: str
    places: tuple[TracePlace, ...]

    def kind_told(self) -> SafeText:
        """On one line, with the reason why there is no more."""
        return own_text("{} (its text is left out: it may quote a message)", clean(self.kind))

    def told(self) -> SafeText:
        """On a line for each place."""
        shown = list(self.places)
        if len(shown) > _OUTERMOST + _INNERMOST:
            shown = [*shown[:_OUTERMOST], TracePlace("...", 0, "..."), *shown[-_INNERMOST:]]
        return joined(own_text("\n"), [self.kind_told(), *(own_text("  at {}", p.told()) for p in shown)])


def faults_of(error: BaseException) -> list[Fault]:
    """Return what may be told of an exception: of its first cause first, of itself last."""
    chain = list(_chain(error))[-_CAUSES:]
    return [Fault(type(each).__qualname__, tuple(_places(each.__traceback__))) for each in chain]


def report_of(faults: Iterable[Fault]) -> SafeText:
    """Return all faults, a blank line between two."""
    return joined(own_text("\n\n"), [fault.told() for fault in faults])


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield what caused it, from the first on, and then itself."""
    seen: list[BaseException] = []
    each: BaseException | None = error
    while each is not None and each not in seen:
        seen.append(each)
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    yield from reversed(seen)


def _places(trace: TracebackType | None) -> Iterator[TracePlace]:
    while trace is not None:
        code = trace.tb_frame.f_code
        yield TracePlace(code.co_filename, trace.tb_lineno, code.co_qualname)
        trace = trace.tb_next


def _shortened(file: str) -> str:
    """As it is imported: where a user keeps the program is nobody's business."""
    folders = sorted((os.path.join(folder, "") for folder in sys.path if folder), key=len)  # noqa: PTH118
    return next((file[len(folder) :] for folder in reversed(folders) if file.startswith(folder)), file)
