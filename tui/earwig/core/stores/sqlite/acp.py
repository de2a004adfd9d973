"""Conversations of editors (`acp-sessions.db`), as rows like those of the bot's other sessions.

A message and the tool calls that hang on it become what the bot would write for them as JSONL: a message of
the assistant whose content is the calls' JSON, then one message of the role `tool` for each result. So a row
has several entries; a position is the row's number times `SPREAD`, plus the entry's within it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import orjson

from earwig.core.model.entries import Oversized
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.stores.sqlite.conversation import Conversation
from earwig.core.stores.sqlite.messages import long_row, stored_row, time_column
from earwig.core.stores.sqlite.rows import (
    HEAD,
    ITEM_LIMIT,
    UNREADABLE_PAGE,
    StoredItem,
    StoredRow,
    damaged,
    item_of,
    stored_columns,
    time_of,
)
from earwig.core.stores.sqlite.schema import Kind, Schema
from earwig.core.stores.sqlite.snapshot import Row, Snapshot
from earwig.core.stores.sqlite.tables import Damage, TableRows, range_of

if TYPE_CHECKING:
    from earwig.core.model.about import TurnEvent

SPREAD = 1 << 20
"""Positions of a row: more than it has entries."""

_NOT_CALLS = "event_kind IS NOT 'in'"
"""Rows of `acp_tool_calls` that are entries of their own. Calls are part of their message."""

_EVENT_COLUMNS = ("created_at", "action", "outcome", "payload")
_CALL_COLUMNS = ("tool_call_id", "tool_name", "event_kind", "payload")


class _SeveralEntries(Conversation):
    """Rows that have several entries each."""

    def __init__(self, rows: TableRows) -> None:
        self._rows = rows

    @abstractmethod
    def entries(
        self, snapshot: Snapshot, number: int, row: Row | Damage, limit: int | None = ITEM_LIMIT
    ) -> list[StoredRow]:
        """Return what a row is, one entry at least; none of more than `limit` bytes is made a message."""

    def whole(self, snapshot: Snapshot, row: StoredRow) -> StoredRow:
        if not isinstance(row.item, Oversized):
            return row
        number = row.position // SPREAD
        found = self._rows.get(snapshot, number)
        if found is None:
            return row
        entries = self.entries(snapshot, number, found, None)
        same = (entry for entry in entries if entry.position == row.position)
        return next(same, row)._replace(behind=row.behind)

    def walk(
        self, snapshot: Snapshot, position: int | None = None, *, ascending: bool = True
    ) -> Iterator[StoredRow]:
        step = 1 if ascending else -1
        start = None if position is None else position // SPREAD - step
        for number, row in self._rows.walk(snapshot, start, ascending=ascending):
            entries = self.entries(snapshot, number, row)
            entries[-1] = entries[-1]._replace(behind=(number + 1) * SPREAD)
            for entry in entries[::step]:
                if position is None or (entry.position - position) * step > 0:
                    yield entry

    def count(self, snapshot: Snapshot) -> int:
        return sum(1 for _ in self.walk(snapshot))

    def between(self, snapshot: Snapshot, after: int, upto: int) -> int:
        count = 0
        for entry in self.walk(snapshot, after):
            if entry.position > upto:
                break
            count += 1
        return count

    def row_of(self, position: int) -> int:
        return position // SPREAD

    def ahead(self, snapshot: Snapshot, after: int, most: int) -> tuple[int, int]:
        positions = [entry.position for entry in islice(self.walk(snapshot, after), most)]
        return len(positions), positions[-1] if positions else after


class AcpMessages(_SeveralEntries):
    """The messages of one session in today's tables."""

    def __init__(self, schema: Schema, session: int) -> None:
        time = time_column(schema, "acp_messages")
        reasoning = "reasoning_content" if schema.has("acp_messages", "reasoning_content") else "NULL"
        columns = f"{stored_columns('role', 'content')}, {time}, {stored_columns(reasoning)}"
        super().__init__(TableRows("acp_messages", columns, "session_id = ?", (session,)))
        self._session = session
        self._has_calls = all(schema.has("acp_tool_calls", name) for name in ("message_id", *_CALL_COLUMNS))

    def entries(
        self, snapshot: Snapshot, number: int, row: Row | Damage, limit: int | None = ITEM_LIMIT
    ) -> list[StoredRow]:
        """Return a message with its calls, then their results."""
        if row is Damage.LONG:
            first = long_row(snapshot, "acp_messages", "content", number)
        else:
            first = stored_row(snapshot, number, row, limit=limit)
        first = first._replace(position=number * SPREAD)
        if not self._has_calls:
            return [first]
        calls: list[dict[str, str]] = []
        others: list[StoredRow] = []
        reason, has_results = "", False
        for call, found in islice(_calls_of(number).walk(snapshot), SPREAD - 1):
            if isinstance(found, Damage):
                is_long = found is Damage.LONG
                others.append(
                    long_row(snapshot, "acp_tool_calls", "payload", call)
                    if is_long
                    else damaged(0, UNREADABLE_PAGE)
                )
                continue
            values, fault = _texts(found, limit)
            if found[4] == 1 and found[5] == b"in":
                reason = reason or (f"has a tool call that {fault}" if fault else "")
                if not fault:
                    calls.append({"arguments": values[3], "id": values[0], "name": values[1]})
            else:
                others.append(_result(found, values, fault, limit))
                has_results |= isinstance(others[-1].item, ChatMessage)
        if isinstance(first.item, ChatMessage) and not isinstance(row, Damage):
            item = _message(first.item, row[5:7], calls, reason, limit, has_results=has_results)
            first = first._replace(item=item)
        placed = [
            entry._replace(position=first.position + place, time_text=first.time_text)
            for place, entry in enumerate(others, 1)
        ]
        return [first, *placed]

    def count(self, snapshot: Snapshot) -> int:
        return self._rows.count(snapshot) + self._others(snapshot, "m.session_id = ?", self._session)

    def between(self, snapshot: Snapshot, after: int, upto: int) -> int:
        (low, behind), (high, inside) = divmod(after, SPREAD), divmod(upto, SPREAD)
        if low == high:
            return super().between(snapshot, after, upto)
        whole = self._rows.count(snapshot, low, high - 1)
        whole += self._others(
            snapshot, "m.session_id = ? AND m.id BETWEEN ? AND ?", self._session, *range_of(low, high - 1)
        )
        begun = super().between(snapshot, low * SPREAD + behind, low * SPREAD + SPREAD - 1)
        return begun + whole + super().between(snapshot, high * SPREAD - 1, high * SPREAD + inside)

    def raw(self, snapshot: Snapshot, position: int, start: int, size: int) -> tuple[bytes, int]:
        """Bytes of the message's text, or of the result."""
        number, place = divmod(position, SPREAD)
        if not place:
            return snapshot.piece("acp_messages", "content", number, start, size)
        call = snapshot.one(
            f"SELECT id FROM acp_tool_calls WHERE message_id = ? AND {_NOT_CALLS} "  # noqa: S608 - all ours
            "ORDER BY id LIMIT 1 OFFSET ?",
            number,
            place - 1,
        )
        if call is None:
            raise LookupError("no such result")
        return snapshot.piece("acp_tool_calls", "payload", call[0], start, size)

    def _others(self, snapshot: Snapshot, condition: str, *values: object) -> int:
        if not self._has_calls:
            return 0
        row = snapshot.one(
            "SELECT count(*) FROM acp_messages m JOIN acp_tool_calls t ON t.message_id = m.id "  # noqa: S608
            f"WHERE {condition} AND t.{_NOT_CALLS}",
            *values,
        )
        return int(row[0]) if row else 0


class FirstAcpMessages(_SeveralEntries):
    """A session's messages as v0.8.0-beta-1 stored them: a row is JSON, of a message or a turn's results."""

    def __init__(self, schema: Schema, session: bytes) -> None:
        time = time_column(schema, "acp_messages")
        columns = f"{stored_columns('message_json')}, {time}"
        super().__init__(TableRows("acp_messages", columns, "session_id = CAST(? AS TEXT)", (session,)))

    def entries(
        self, snapshot: Snapshot, number: int, row: Row | Damage, limit: int | None = ITEM_LIMIT
    ) -> list[StoredRow]:
        """Return a message, or each of the results."""
        if isinstance(row, Damage):
            if row is Damage.LONG:
                found = long_row(snapshot, "acp_messages", "message_json", number)
                return [found._replace(position=number * SPREAD)]
            return [damaged(number * SPREAD, UNREADABLE_PAGE)]
        kind, raw, stored = row
        items: list[StoredItem] = _first_items(item_of(1, b"", kind, raw, limit=limit), limit)
        size = len(raw or b"") // len(items)
        return [StoredRow(number * SPREAD + n, item, stored or b"", size) for n, item in enumerate(items)]

    def raw(self, snapshot: Snapshot, position: int, start: int, size: int) -> tuple[bytes, int]:
        """Bytes of the row's JSON."""
        return snapshot.piece("acp_messages", "message_json", position // SPREAD, start, size)


def acp_conversation(schema: Schema, session: int | bytes) -> Conversation:
    """Return the rows of one session, given its row's number, or in the first release's tables its key."""
    if schema.kind is Kind.ACP_FIRST:
        return FirstAcpMessages(schema, session if isinstance(session, bytes) else b"")
    return AcpMessages(schema, session if isinstance(session, int) else -1)


def events_of(snapshot: Snapshot, schema: Schema, session: int, most: int = 1000) -> list[TurnEvent]:
    """Return the newest events of a session, oldest first. Each text is cut to what a line can hold."""
    from earwig.core.model.about import TurnEvent

    if not _has_events(schema):
        return []
    columns = ", ".join(f"substr(CAST({name} AS BLOB), 1, {HEAD})" for name in _EVENT_COLUMNS)
    rows = TableRows("acp_session_events", columns, "session_id = ?", (session,))
    found = [
        row for _, row in islice(rows.walk(snapshot, ascending=False), most) if not isinstance(row, Damage)
    ]
    return [
        TurnEvent(time_of(row[0] or b""), *(_lenient(value) for value in row[1:4])) for row in reversed(found)
    ]


def count_events(snapshot: Snapshot, schema: Schema, session: int) -> int:
    """Return how many events a session has."""
    if not _has_events(schema):
        return 0
    return TableRows("acp_session_events", "1", "session_id = ?", (session,)).count(snapshot)


def _has_events(schema: Schema) -> bool:
    return all(schema.has("acp_session_events", name) for name in ("id", "session_id", *_EVENT_COLUMNS))


def _lenient(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")


def _calls_of(message: int) -> TableRows:
    return TableRows("acp_tool_calls", stored_columns(*_CALL_COLUMNS), "message_id = ?", (message,))


def _texts(row: Row, limit: int | None) -> tuple[list[str], str]:
    """Return the four texts of a tool call's row, and what is wrong with the first that is none."""
    texts: list[str] = []
    for name, kind, value in zip(_CALL_COLUMNS, row[::2], row[1::2], strict=True):
        item = item_of(1, b"", kind, value, limit=limit)
        if not isinstance(item, ChatMessage):
            reason = item.reason if isinstance(item, BadLine) else "has content that is too long"
            return [], reason.replace("content", name)
        texts.append(item.content)
    return texts, ""


def _result(row: Row, values: list[str], fault: str, limit: int | None) -> StoredRow:
    raw = row[7] or b""
    item: StoredItem
    if fault:
        item = (
            Oversized(len(raw), raw[:HEAD])
            if len(raw) > ITEM_LIMIT
            else BadLine(f"has a tool call that {fault}", raw)
        )
    elif values[2] == "out":
        item = _limited("tool", {"content": values[3], "tool_call_id": values[0]}, limit)
    else:
        item = BadLine(
            "has a tool call of a kind that the bot does not know: it loads none of this session", raw
        )
    return StoredRow(0, item, b"", len(raw))


def _message(
    said: ChatMessage,
    reasoning: Row,
    calls: list[dict[str, str]],
    reason: str,
    limit: int | None,
    *,
    has_results: bool,
) -> StoredItem:
    if reason:
        return BadLine(reason, said.content.encode())
    if calls:
        data: dict[str, object] = {"content": said.content or None}
        kind, thought = reasoning
        if kind == 1 and thought:
            data["reasoning_content"] = thought.decode("utf-8", "replace")
        return _limited("assistant", data | {"tool_calls": calls}, limit)
    if has_results and said.content:
        return BadLine(
            "has results of tools and calls none: the bot leaves its text out", said.content.encode()
        )
    return said


def _limited(role: str, data: dict[str, object], limit: int | None) -> StoredItem:
    content = orjson.dumps(data)
    return (
        Oversized(len(content), content[:HEAD])
        if limit is not None and len(content) > limit
        else ChatMessage(role, content.decode())
    )


def _first_items(stored: StoredItem, limit: int | None) -> list[StoredItem]:
    """Return the entries of a row of `message_json`."""
    if not isinstance(stored, ChatMessage):
        return [stored]
    raw = stored.content.encode()
    try:
        message = orjson.loads(raw)
        kind, data = message["type"], message["data"]
        if kind == "Chat":
            return [ChatMessage(_text(data["role"]), _text(data["content"]))]
        if kind == "AssistantToolCalls":
            calls = [
                {name: _text(call[name]) for name in ("arguments", "id", "name")}
                for call in data["tool_calls"]
            ]
            thought = (
                {"reasoning_content": data["reasoning_content"]} if data.get("reasoning_content") else {}
            )
            return [
                _limited("assistant", {"content": data.get("text"), **thought, "tool_calls": calls}, limit)
            ]
        if kind == "ToolResults" and data:
            return [
                _limited(
                    "tool",
                    {"content": _text(one["content"]), "tool_call_id": _text(one["tool_call_id"])},
                    limit,
                )
                for one in data[:SPREAD]
            ]
    except orjson.JSONDecodeError:
        return [BadLine("is not JSON", raw)]
    except (KeyError, TypeError, AttributeError):
        pass
    return [BadLine("is not a message as the bot writes it", raw)]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
