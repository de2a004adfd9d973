"""One export: the session gone through once, the document kept back until all of it has gone well."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from earwig.core.content.reading import read_content
from earwig.core.model.about import Plan, Step
from earwig.core.model.entries import Entry, Unfinished
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.reading.share import share_before
from earwig.core.redaction.redactor import Redactor
from earwig.core.stores.protocols import Transcript
from earwig.core.system.opening import CannotOpen
from earwig.core.text.refusal import system_reason
from earwig.core.text.safe_text import SafeText, clean_line, own_text
from earwig.export.facts import Facts
from earwig.export.formats.writer import Bad, writer_for
from earwig.export.message import ExportedMessage
from earwig.export.pairing import Line, Pairing
from earwig.export.request import CannotExport, Request

_IN_MEMORY = 4_000_000
"""Bytes of a document that are kept in memory; a longer one waits in a temporary file."""

_BLOCK = 1_000_000
SAMPLES = 8
"""Masked places that are kept to be shown."""

_AROUND = 28
"""Characters shown before a masked place."""

_SAMPLE = 120

Progress = Callable[[float], object]
"""Told what share of the session is done, now and then; it may raise, to end it."""


class Sample(NamedTuple):
    """A masked place, as it will be read."""

    number: int | None
    text: SafeText


class Document:
    """A session's document, in memory or in a file that nobody else sees, until it is asked for.

    A context: at its end, what was collected is gone. Not for two threads at once.
    """

    def __init__(
        self,
        transcript: Transcript,
        key: str,
        request: Request,
        *,
        plan: Plan | None = None,
        folder: Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        """`folder`: where a long document waits, else where temporary files are. Raises `RedactionFailed`."""
        self._transcript = transcript
        self._plan = plan
        self._request = request
        self._progress = progress or (lambda share: None)
        self._writer = writer_for(request.format, utc=request.utc)
        self._pairing = Pairing() if request.format.for_people else None
        self._spool = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - this class is the context
            max_size=_IN_MEMORY, dir=None if folder is None else str(folder)
        )
        self._messages = self._total = self._bad_lines = self._bad_marked = 0
        self._passed = 0
        """Bytes that were gone through."""

        self._limit: int | None = None
        self.cut = False
        """Whether a limit ended it before the session's end."""

        self.samples: list[Sample] = []
        """The first of the masked places."""

        self.redactor = None if request.redaction is None else Redactor(key, request.redaction)
        self._key = key if self.redactor is None else self.redactor.redact(key)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spool.close()

    def collect(self, now: datetime, limit: int | None = None) -> Facts:
        """Go through the session, or its first `limit` bytes.

        Raises `CannotExport`, `RedactionFailed`, `CannotOpen`, and what `progress` raises.
        """
        self._limit = limit
        try:
            filters = self._request.filters(str if self.redactor is None else self.redactor.redact)
            for entry in self._entries():
                self._put(entry)
                if limit is not None and self._passed >= limit:
                    self.cut = self.cut or self._transcript.end > entry.next
                    break
            self._write(() if self._pairing is None else self._pairing.rest())
            plan = self._told_plan()
        except OSError as error:
            reason = system_reason(error)
            raise CannotExport(
                own_text("no temporary file could be written: {}; make room, or set TMPDIR", reason)
            ) from error
        self._facts = Facts(
            key=self._key,
            exported=now.astimezone(UTC),
            messages=self._messages,
            total=self._total,
            bad_lines=self._bad_lines,
            bad_marked=self._bad_marked,
            bad_bytes=self._request.bad and self.redactor is None,
            filters=filters,
            masked=None if self.redactor is None else dict(self.redactor.counts),
            plan=plan,
        )
        return self._facts

    def blocks(self) -> Iterator[bytes]:
        """Yield the document's bytes, in UTF-8; once it was collected."""
        yield _bytes(self._writer.head(self._facts))
        self._spool.seek(0)
        while block := self._spool.read(_BLOCK):
            yield block
        yield _bytes(self._writer.foot())

    # The lines.

    def _entries(self) -> Iterator[Entry]:
        """Yield those that are in the document, all others counted."""
        newest = self._request.newest
        if newest is None:
            yield from self._chosen()
            return
        starts: deque[int] = deque(maxlen=newest)
        starts.extend(entry.position for entry in self._chosen())
        if not starts:
            return
        first, generation = starts[0], self._transcript.generation
        while self._transcript.indexed < first and not self._transcript.index_step():
            pass
        entries = self._transcript.entries(first)
        if self._transcript.generation != generation:
            raise CannotOpen("was written anew meanwhile")
        self._passed = 0
        for entry in entries:
            if entry.position > starts[-1]:
                return
            self._passed += entry.size + 1
            if self._request.chooses(entry):
                yield entry

    def _chosen(self) -> Iterator[Entry]:
        told = 0
        for entry in self._transcript.entries():
            self._passed += entry.size + 1
            if isinstance(entry.item, ChatMessage):
                self._total += 1
            elif isinstance(entry.item, BadLine):
                self._bad_lines += 1
            if self._request.chooses(entry):
                yield entry
            if self._passed - told > _BLOCK // 10:
                told = self._passed
                self._progress(share_before(self._transcript, entry.next))

    def _put(self, entry: Entry) -> None:
        item = entry.item
        line: Line
        if isinstance(item, ChatMessage):
            self._messages += 1
            line = self._message(entry, item)
        elif isinstance(item, BadLine | Unfinished):
            line = entry.number, self._bad(entry, item)
        else:
            return
        self._write((line,) if self._pairing is None else self._pairing.put(line))

    def _message(self, entry: Entry, item: ChatMessage) -> ExportedMessage:
        """What it means is read from what is masked: no part of it can hold what the whole does not."""
        role, content = self._masked(entry, item.role), self._masked(entry, item.content)
        parts = () if self._pairing is None else read_content(role, content)
        return ExportedMessage(entry.number, role, content, parts, time=entry.time)

    def _write(self, lines: Iterable[Line]) -> None:
        for line in lines:
            piece = (
                self._writer.message(line) if isinstance(line, ExportedMessage) else self._writer.bad(*line)
            )
            for at in range(0, len(piece), _BLOCK):
                self._spool.write(_bytes(piece[at : at + _BLOCK]))

    def _bad(self, entry: Entry, item: BadLine | Unfinished) -> Bad:
        """Masking cannot look into what is no JSON: then none of it is handed on."""
        shown = self._request.bad and self.redactor is None
        raw = item.raw.decode("utf-8", "backslashreplace") if shown else None
        if isinstance(item, Unfinished):
            return Bad("is unfinished", raw, len(item.raw), unfinished=True, time=entry.time)
        self._bad_marked += 1
        return Bad(item.reason, raw, len(item.raw), time=entry.time)

    def _told_plan(self) -> Plan | None:
        """Return the plan, each step masked; what is no JSON cannot be, and is left out then."""
        plan, redactor = self._plan, self.redactor
        if plan is None or redactor is None:
            return plan
        return Plan([Step(*map(redactor.redact, step)) for step in plan.steps], plan.problem)

    def _masked(self, entry: Entry, text: str) -> str:
        if self.redactor is None:
            return text
        if self._limit is not None and len(text) > self._limit:
            text, self.cut = text[: self._limit], True

        def tick(done: int, total: int) -> None:
            at = entry.position + (entry.next - entry.position) * done // total
            self._progress(share_before(self._transcript, at))

        masked = self.redactor.redact(text, tick)
        if masked is not text and len(self.samples) < SAMPLES:
            self.samples.append(Sample(entry.number, _sample(text, masked)))
        return masked


def _sample(text: str, masked: str) -> SafeText:
    """Return the masked text around its first alias."""
    place = next((at for at, (old, new) in enumerate(zip(text, masked, strict=False)) if old != new), 0)
    start = max(0, place - _AROUND)
    words = clean_line(masked[start : start + _SAMPLE])
    return own_text("…{}", words) if start else words


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
