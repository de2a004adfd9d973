"""One message or bad line as text that no content can forge, or as JSON."""

from __future__ import annotations

from earwig.cli.output import Output
from earwig.cli.sessions import named
from earwig.core.model.message import ChatMessage
from earwig.core.model.session import Session
from earwig.core.text.entry_words import number_words, role_words
from earwig.core.text.moments import stored_at
from earwig.core.text.safe_text import (
    SafeText,
    clean,
    hidden_count,
    lines_of,
    own_text,
    safe_name,
    without_tabs,
)

_EMPTY = own_text("")
_INDENT = own_text("    ")
_TAB_STOP = 8


class EntryPrinter:
    """Prints the entries of one session.

    As text, a header line stands at the left edge and the content is indented below it, so that no content
    looks like a header; a TAB is spaces, because a terminal's own stops know nothing of the indent. With a
    session, each line begins with its key. When flushing, an entry is handed over at once.
    """

    def __init__(
        self, out: Output, *, as_json: bool, session: Session | None = None, flushing: bool = False
    ) -> None:
        """`session`: whose entries they are, if that is to be said with each."""
        self._out = out
        self._flushing = flushing
        self._as_json = as_json
        self._session = session
        self._prefix = _EMPTY if session is None else own_text("{}  ", safe_name(session.key))
        self._first = True

    def message(self, number: int | None, message: ChatMessage, time: float | None = None) -> None:
        """Print a message; `time`: when it was stored (Unix time, seconds), where that is known."""
        if self._as_json:
            record = {"line": number, "role": message.role, "content": message.content}
            self._record(record | stored_at(time))
        else:
            header = own_text("{}  {}", role_words(message.role), number_words(number))
            if hidden := hidden_count(message.content):
                header = own_text("{}  (hidden characters: {})", header, hidden)
            self._entry(header, clean(message.content))
        if self._flushing:
            self._out.flush()

    def bad(
        self,
        number: int | None,
        reason: SafeText,
        raw: bytes,
        time: float | None = None,
        *,
        unfinished: bool = False,
    ) -> None:
        r"""Print a line that is no message; bytes that are not UTF-8 become `\xNN` in its text."""
        text = raw.decode("utf-8", "backslashreplace")
        if self._as_json:
            bad: dict[str, object] = {"line": number, "bad": reason, "raw": text}
            if unfinished:
                bad["unfinished"] = True
            self._record(bad | stored_at(time))
            return
        self._entry(own_text("bad line  {}  {}", number_words(number), reason), clean(text))

    def _record(self, values: dict[str, object]) -> None:
        self._out.record(values if self._session is None else {**named(self._session), **values})

    def _entry(self, header: SafeText, text: SafeText) -> None:
        if not self._first and self._session is None:
            self._out.line()
        self._first = False
        self._out.line(self._prefix, header)
        for line in lines_of(without_tabs(text, _TAB_STOP)):
            self._out.line(self._prefix, _INDENT if line else _EMPTY, line)
