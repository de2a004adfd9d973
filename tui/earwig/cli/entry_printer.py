"""One message or bad line as text that no content can forge, or as JSON."""

from __future__ import annotations

from earwig.cli.output import Output
from earwig.core.model.message import ChatMessage
from earwig.core.text.safe_text import (
    SafeText,
    clean,
    clean_line,
    hidden_count,
    lines_of,
    own_text,
    safe_name,
    without_tabs,
)

_ROLES = frozenset({"user", "assistant", "tool", "system"})
_ROLE_SHOWN = 60
_EMPTY = own_text("")
_INDENT = own_text("    ")
_TAB_STOP = 8


class EntryPrinter:
    """Prints the entries of one session.

    As text, a header line stands at the left edge and the content is indented below it, so that no content
    looks like a header; a TAB is spaces, because a terminal's own stops know nothing of the indent. With a
    key, each line begins with it. When flushing, an entry is handed over at once.
    """

    def __init__(self, out: Output, *, as_json: bool, key: str | None = None, flushing: bool = False) -> None:
        self._out = out
        self._flushing = flushing
        self._as_json = as_json
        self._key = key
        self._prefix = _EMPTY if key is None else own_text("{}  ", safe_name(key))
        self._first = True

    def message(self, number: int | None, message: ChatMessage, time: float | None = None) -> None:
        """Print a message; `time`: when it was stored (Unix time, seconds), where that is known."""
        if self._as_json:
            record: dict[str, object] = {"line": number, "role": message.role, "content": message.content}
            if time is not None:
                record["time"] = _moment(time)
            self._record(record)
        else:
            header = own_text("{}  {}", _shown_role(message.role), shown_number(number))
            if hidden := hidden_count(message.content):
                header = own_text("{}  (hidden characters: {})", header, hidden)
            self._entry(header, clean(message.content))
        if self._flushing:
            self._out.flush()

    def bad(self, number: int | None, reason: SafeText, raw: bytes, *, unfinished: bool = False) -> None:
        r"""Print a line that is no message; bytes that are not UTF-8 become `\xNN` in its text."""
        text = raw.decode("utf-8", "backslashreplace")
        if self._as_json:
            record: dict[str, object] = {"line": number, "bad": reason, "raw": text}
            if unfinished:
                record["unfinished"] = True
            self._record(record)
            return
        self._entry(own_text("bad line  {}  {}", shown_number(number), reason), clean(text))

    def _record(self, values: dict[str, object]) -> None:
        self._out.record(values if self._key is None else {"key": self._key, **values})

    def _entry(self, header: SafeText, text: SafeText) -> None:
        if not self._first and self._key is None:
            self._out.line()
        self._first = False
        self._out.line(self._prefix, header)
        for line in lines_of(without_tabs(text, _TAB_STOP)):
            self._out.line(self._prefix, _INDENT if line else _EMPTY, line)


def _shown_role(role: str) -> SafeText:
    """The bot's own roles as they are; any other in quotes, so that it cannot be taken for one of them."""
    if role in _ROLES:
        return clean_line(role)
    shown = safe_name(role[:_ROLE_SHOWN])
    return own_text('"{}…"', shown) if len(role) > _ROLE_SHOWN else own_text('"{}"', shown)


def _moment(time: float) -> str:
    """A time by RFC 3339, in UTC."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(time, UTC).isoformat(timespec="microseconds")


def shown_number(number: int | None) -> SafeText:
    """A line's number; a question mark where the file changed before its lines were counted."""
    return own_text("#?") if number is None else own_text("#{}", number)
