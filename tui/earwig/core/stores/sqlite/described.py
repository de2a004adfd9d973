"""Lists the sessions of one state of a database."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from earwig.core.model.session import ARCHIVED, KILLED, Detail, Session, SessionId
from earwig.core.named_tuple import NamedTuple
from earwig.core.stores.sqlite.faults import DamagedPage, TooLong
from earwig.core.stores.sqlite.finding import number_in, shift_of, spread_of
from earwig.core.stores.sqlite.ids import id_of, shown_key
from earwig.core.stores.sqlite.listing import KEY_LIMIT, MESSAGES, SessionFacts, Tallies, sessions_in, tallies
from earwig.core.stores.sqlite.messages import KEY_KIND, SessionKey, key_of
from earwig.core.stores.sqlite.place import Stamp
from earwig.core.stores.sqlite.row_counts import LARGE, RowTally, keep, tally_of
from earwig.core.stores.sqlite.rows import time_of
from earwig.core.stores.sqlite.schema import Kind, Schema, read_schema
from earwig.core.stores.sqlite.snapshot import Snapshot
from earwig.core.stores.sqlite.tables import BEFORE_ALL, Damage, TableRows

SQLITE, ACP = "sqlite", "acp"
"""The names of the stores, for people and programs."""

_NS = 1_000_000_000
_NO_ROWS = RowTally(0, 0)
_IDLE = "idle"
_MOST_TABLES = 5
_ROWS_EACH = 20


class Described(NamedTuple):
    """The sessions of a database, and what is wrong with the rest of it."""

    sessions: list[Session]
    problem: str | None = None
    """Why these are not all sessions, as a clause to follow the database's name; None where they are."""


def describe(
    snapshot: Snapshot, path: Path, stamp: Stamp, only: frozenset[SessionId] | None = None
) -> Described:
    """Return what a list shows of a database; with `only`, of the sessions with these ids."""
    schema = read_schema(snapshot)
    if schema.kind is Kind.OTHER:
        return Described([], f"is not a database of the bot's: {_tables(schema)}")
    if schema.kind is Kind.EMPTY:
        return Described([])
    tallied, lost = _counted(snapshot, schema)
    for session, tally in tallied.found.items() if not lost else ():
        keep(snapshot, session, tally)
    listing = _Listing(snapshot, schema, path, stamp)
    sessions = [it for it in listing.all(tallied.found) if only is None or it.id in only]
    return Described(sessions, _damage(listing, tallied, lost))


def look_for(snapshot: Snapshot, path: Path, stamp: Stamp, key: SessionKey) -> Session | None:
    """Return one session as `describe` would; None where there is nothing with that key."""
    schema = read_schema(snapshot)
    if schema.kind not in MESSAGES:
        return None
    facts = facts_of(snapshot, schema, key)
    tally = counted_in(snapshot, schema, key, facts)
    if facts is None and not tally.rows:
        return None
    return _Listing(snapshot, schema, path, stamp).session(facts, key, tally)


def newest(snapshot: Snapshot, path: Path, stamp: Stamp, count: int) -> list[Session]:
    """Return at most `count` sessions with the newest rows, by a look at some rows."""
    schema = read_schema(snapshot)
    if schema.kind is not Kind.SESSIONS:
        return []
    rows = TableRows("sessions", f"{KEY_KIND.format('session_key')}, CAST(session_key AS BLOB)")
    keys: dict[SessionKey, None] = {}
    for _, row in islice(rows.walk(snapshot, ascending=False), _ROWS_EACH * count):
        if not isinstance(row, Damage) and len(row[1] or b"") <= KEY_LIMIT:
            keys[key_of(row[0], row[1])] = None
        if len(keys) == count:
            break
    return list(glances(snapshot, path, stamp, keys))


def glances(snapshot: Snapshot, path: Path, stamp: Stamp, keys: Iterable[SessionKey]) -> Iterator[Session]:
    """Yield sessions as `describe` would, but for how many rows a long one has."""
    schema = read_schema(snapshot)
    listing = _Listing(snapshot, schema, path, stamp)
    for key in keys:
        facts = facts_of(snapshot, schema, key)
        yield listing.session(facts, key, _glanced(snapshot, schema, key, facts))


class _Listing:
    """Makes sessions of what a database says of them."""

    def __init__(self, snapshot: Snapshot, schema: Schema, path: Path, stamp: Stamp) -> None:
        self._snapshot, self._schema, self._stamp = snapshot, schema, stamp
        self._path, self._name = path, str(path)
        self._is_acp = schema.kind is not Kind.SESSIONS
        self._store = ACP if self._is_acp else SQLITE
        if is_archived(path):
            self._store = ARCHIVED
        self._spread, self._shift = spread_of(schema), shift_of(snapshot, schema)
        self._before: Mapping[SessionKey, tuple[int, Session]] = snapshot.recall(_Listing) or {}
        self.damaged = 0
        """Sessions of which the description cannot be read."""

        self.has_long_keys = False
        """Whether sessions are described whose keys are too long."""

    def all(self, counts: dict[SessionKey | int, RowTally]) -> Iterator[Session]:
        """Yield those that are described, whether or not they have rows; then those that only have rows."""
        by_row = self._schema.kind is Kind.ACP
        seen: dict[SessionKey, tuple[int, Session]] = {}
        for facts in sessions_in(self._snapshot, self._schema):
            if isinstance(facts, Damage):
                self.has_long_keys |= facts is Damage.LONG
                self.damaged += facts is not Damage.LONG
                continue
            found = counts.pop(facts.row if by_row else facts.key, _NO_ROWS)
            if facts.key not in seen:  # a damaged index may give one twice
                said = hash((facts.values, found.rows, found.last, self._shift))
                before = self._before.get(facts.key)
                same = before is not None and before[0] == said
                seen[facts.key] = kept = (
                    before if before is not None and same else (said, self.session(facts, facts.key, found))
                )
                yield kept[1]
        for key, tally in counts.items():
            # Rows of an editor's session that is not described: there is nothing else to call it by.
            own = SessionKey(str(key).encode()) if isinstance(key, int) else key
            if own not in seen:
                yield self.session(None, own, tally)
        self._snapshot.note(_Listing, seen)

    def session(self, facts: SessionFacts | None, key: SessionKey, tally: RowTally) -> Session:
        """One session; without facts, the bot's own list does not show it."""
        state = _text(facts, "state")
        since = facts.time("turn_started_at") if facts is not None else None
        killed = facts.time("killed_at") if facts is not None else None
        if killed is not None:
            state, since = KILLED, killed
        detail = Detail(
            self._store,
            shown_key(key),
            self._path,
            (tally.last + 1) * self._spread + self._shift if tally.rows else 0,
            _text(facts, "name"),
            _text(facts, "channel_id"),
            _text(facts, "room_id") or _text(facts, "workspace_dir"),
            _text(facts, "sender_id"),
            _text(facts, "agent_alias"),
            None if state == _IDLE else state,
            None if since is None or state == _IDLE else round(since * _NS),
            facts is None or killed is not None,
        )
        said = repr((facts and facts.values, tally.rows))
        # Less than any time in nanoseconds that can be now: some take the greater of both.
        number = (tally.last & 0xFFFFFFF) << 32 | zlib.crc32(said.encode("utf-8", "surrogatepass"))
        return Session(
            id_of(self._name, key),
            tally.rows,
            self._activity(facts, tally),
            (self._stamp.inode, number),
            None,
            detail,
        )

    def _activity(self, facts: SessionFacts | None, tally: RowTally) -> int:
        """Return when anything last happened; where that is no time, the newest row's time, or the file's."""
        time = None if facts is None else facts.time("last_activity")
        if time is None and tally.rows:
            time = self._time_of(tally.last)
        if time is None and facts is not None:
            time = facts.time("created_at")
        return self._stamp.mtime_ns if time is None else round(time * _NS)

    def _time_of(self, row: int) -> float | None:
        table, _ = MESSAGES[self._schema.kind]
        if not self._schema.has(table, "created_at"):
            return None
        try:
            found = self._snapshot.one(
                f"SELECT substr(CAST(created_at AS BLOB), 1, 64) FROM {table} WHERE id = ?",  # noqa: S608
                row,
            )
        except (DamagedPage, TooLong):
            return None
        return time_of(found[0]) if found and found[0] else None


def _text(facts: SessionFacts | None, column: str) -> str | None:
    return (facts.text(column) or None) if facts is not None else None


def is_archived(path: Path) -> bool:
    """Return whether a database lies where the bot's memory hygiene moves old files."""
    return path.parent.name == "archive" and path.parent.parent.name == "sessions"


def facts_of(snapshot: Snapshot, schema: Schema, key: SessionKey) -> SessionFacts | None:
    """Return what is said of one session; None where nothing is, or it cannot be read."""
    return next((it for it in sessions_in(snapshot, schema, key) if not isinstance(it, Damage)), None)


def _counted(snapshot: Snapshot, schema: Schema) -> tuple[Tallies, int]:
    """How many rows each session has, and how many places there are where nobody knows whose rows were."""
    try:
        return tallies(snapshot, schema), 0
    except (DamagedPage, TooLong):
        return _counted_by_rows(snapshot, schema)


def _counted_by_rows(snapshot: Snapshot, schema: Schema) -> tuple[Tallies, int]:
    """Return the same, around damaged pages."""
    table, key = MESSAGES[schema.kind]
    columns = (
        f"{KEY_KIND.format(key)}, CASE typeof({key}) WHEN 'integer' THEN {key} "
        f"ELSE substr(CAST({key} AS BLOB), 1, {KEY_LIMIT + 1}) END"
    )
    found: dict[SessionKey | int, RowTally] = {}
    has_long_keys, lost, strays = False, 0, 0
    for number, row in TableRows(table, columns).walk(snapshot):
        if isinstance(row, Damage):
            lost += 1
            continue
        kind, raw = row
        if isinstance(raw, int):
            own: SessionKey | int = raw if schema.kind is Kind.ACP else SessionKey(str(raw).encode(), False)
        elif len(raw or b"") > KEY_LIMIT:
            has_long_keys = True
            continue
        elif schema.kind is Kind.ACP:
            strays += 1
            continue
        else:
            own = key_of(kind, raw)
        found[own] = RowTally(found.get(own, _NO_ROWS).rows + 1, number)
    return Tallies(found, has_long_keys, strays), lost


def _damage(listing: _Listing, tallied: Tallies, lost: int) -> str | None:
    """Why what is listed is not all; None where it is."""
    parts = []
    if listing.damaged:
        what = "a description" if listing.damaged == 1 else f"{listing.damaged:,} descriptions"
        parts.append(f"holds {what} of sessions that cannot be read")
    if lost:
        parts.append("has a damaged page: whose messages stood there cannot be told")
    if tallied.has_long_keys or listing.has_long_keys:
        parts.append(f"holds sessions whose keys are longer than {KEY_LIMIT:,} bytes")
    if tallied.strays:
        what = "a row" if tallied.strays == 1 else f"{tallied.strays:,} rows"
        parts.append(f"holds {what} of no session")
    return ", and ".join(parts) or None


def _tables(schema: Schema) -> str:
    names = ", ".join(schema.holds[:_MOST_TABLES])
    if not names:
        return "it has none of the bot's tables"
    return f"its tables are {names}{' and others' if len(schema.holds) > _MOST_TABLES else ''}"


def counted_in(snapshot: Snapshot, schema: Schema, key: SessionKey, facts: SessionFacts | None) -> RowTally:
    """Return how many rows a session has; `facts` is what is said of it."""
    rows, named = _rows_of(schema, key, facts)
    return tally_of(snapshot, rows, named)


def _glanced(snapshot: Snapshot, schema: Schema, key: SessionKey, facts: SessionFacts | None) -> RowTally:
    """As `counted_in`, at once: of many rows, the number that the bot has noted, or that there are many."""
    rows, _ = _rows_of(schema, key, facts)
    last = next((number for number, _ in rows.walk(snapshot, ascending=False)), 0)
    count, _ = rows.ahead(snapshot, BEFORE_ALL, LARGE)
    if count == LARGE:
        count = max(count, (facts.number("message_count") if facts is not None else None) or 0)
    return RowTally(count, last)


def _rows_of(
    schema: Schema, key: SessionKey, facts: SessionFacts | None
) -> tuple[TableRows, SessionKey | int | None]:
    """Return a session's rows, to be counted, and what it is called in the database."""
    table, column = MESSAGES[schema.kind]
    if schema.kind is Kind.ACP:
        number = facts.row if facts is not None else number_in(key)
        return TableRows(table, "1", "session_id = ?", (number,)), number
    condition, values = key.condition(column)
    return TableRows(table, "1", condition, values), key
