"""An export in a thread of its own, told of in few words, which can be given up at any time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from earwig.core.model.about import NOTHING, About
from earwig.core.stores.protocols import Transcript
from earwig.core.system.opening import CannotOpen
from earwig.core.text.refusal import Refusal
from earwig.core.text.safe_text import SafeText, clean_line, own_text
from earwig.export.destination import check_destination, write_document
from earwig.export.document import Document, Sample
from earwig.export.facts import Facts
from earwig.export.request import Format, Request

PREVIEWED = 8_000_000
"""Bytes of a session that a preview goes through."""

_PACE = 0.1
"""Seconds between two words of how far it is."""


@dataclass(frozen=True, slots=True)
class Advanced:
    """How far it is."""

    share: float
    """From 0 to 1."""


@dataclass(frozen=True, slots=True)
class Previewed:
    """What would be masked."""

    facts: Facts
    samples: Sequence[Sample]
    cut: bool
    """Whether only the first `PREVIEWED` bytes were gone through."""


@dataclass(frozen=True, slots=True)
class Written:
    """The document is where it should be."""

    path: Path
    size: int
    facts: Facts


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing was written."""

    sentence: SafeText


Report = Advanced | Previewed | Written | Failed


class _GivenUp(Exception):
    pass


class ExportJob(threading.Thread):
    """Makes one document, or only looks what would be masked; `tell` is called in its thread.

    A daemon: a read that never returns must not keep the program from ending.
    """

    def __init__(
        self,
        transcript: Transcript,
        key: str,
        request: Request,
        tell: Callable[[ExportJob, Report], object],
        *,
        about: Callable[[], About] = lambda: NOTHING,
        path: Path | None = None,
        keep_out: Sequence[Path] = (),
    ) -> None:
        """`transcript` is nobody else's; without a `path` it is a preview, and nothing is written."""
        super().__init__(name="earwig-export", daemon=True)
        self._transcript = transcript
        self._key, self._about = key, about
        self._request = request if path is not None else replace(request, format=Format.JSONL)
        self._tell = tell
        self._path = path
        self._keep_out = keep_out
        self._given_up = threading.Event()
        self._told_at = 0.0

    def give_up(self) -> None:
        """End soon, and write nothing; nothing more is told."""
        self._given_up.set()

    def run(self) -> None:
        try:
            report = self._made()
        except _GivenUp:
            return
        except Refusal as error:
            report = Failed(error.sentence)
        except CannotOpen as error:
            report = Failed(own_text("This session {}.", clean_line(error.reason)))
        if not self._given_up.is_set():
            self._tell(self, report)

    def _made(self) -> Report:
        path = self._path
        if path is not None:
            check_destination(path, force=False, keep_out=self._keep_out)
        folder = None if path is None else path.absolute().parent
        with Document(
            self._transcript,
            self._key,
            self._request,
            plan=self._about().plan,
            folder=folder,
            progress=self._advance,
        ) as document:
            facts = document.collect(datetime.now(UTC), PREVIEWED if path is None else None)
            if path is None:
                return Previewed(facts, tuple(document.samples), document.cut)
            size = write_document(self._each(document), path, force=False, keep_out=self._keep_out)
            return Written(path, size, facts)

    def _each(self, document: Document) -> Iterator[bytes]:
        for block in document.blocks():
            if self._given_up.is_set():
                raise _GivenUp
            yield block

    def _advance(self, share: float) -> None:
        if self._given_up.is_set():
            raise _GivenUp
        now = time.monotonic()
        if now - self._told_at >= _PACE:
            self._told_at = now
            self._tell(self, Advanced(share))
