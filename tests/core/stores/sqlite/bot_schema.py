"""The tables of the bot's databases in each era, as facts; names of columns and their order are the bot's."""

from __future__ import annotations

from typing import NamedTuple

ERAS = ("v0.5.0", "v0.5.9", "v0.6.5", "v0.7.5", "v0.8.4", "head")
"""Of sessions.db: from which release on the bot writes such a file; `head` is what comes after v0.8.4."""

ACP_ERAS = ("v0.8.0-beta-1", "v0.8.0-beta-2", "v0.8.0", "head")


class Column(NamedTuple):
    name: str
    kind: str = "TEXT"
    not_null: bool = False
    default: str | None = None
    key: bool = False

    def sql(self, *, counts_up: bool = False) -> str:
        words = [self.name, self.kind]
        words += ["PRIMARY KEY"] * self.key + ["AUTOINCREMENT"] * counts_up + ["NOT NULL"] * self.not_null
        return " ".join(words + ([] if self.default is None else [f"DEFAULT {self.default}"]))


def required(*names: str) -> list[Column]:
    return [Column(name, not_null=True) for name in names]


def optional(*names: str) -> list[Column]:
    return [Column(name) for name in names]


ID = Column("id", "INTEGER", key=True)
SESSIONS = [ID, *required("session_key", "role", "content", "created_at")]
METADATA = [
    Column("session_key", key=True),
    *required("created_at", "last_activity"),
    Column("message_count", "INTEGER", not_null=True, default="0"),
]
NAME = optional("name")
STATE = [Column("state", not_null=True, default="'idle'"), *optional("turn_id", "turn_started_at")]
WHERE_FROM = optional("agent_alias", "channel_id", "room_id", "sender_id")
RECEIPTS = [
    Column("source_name", key=True),
    *required("session_key", "source_hash"),
    Column("source_len", "INTEGER", not_null=True),
    *required("imported_at"),
]
INDEXES = {
    "idx_sessions_key": "sessions(session_key)",
    "idx_sessions_key_id": "sessions(session_key, id)",
}

_INDEX_ROW = (
    "INSERT INTO sessions_fts(rowid, session_key, content) VALUES (new.id, new.session_key, new.content);"
)
_UNINDEX_ROW = (
    "INSERT INTO sessions_fts(sessions_fts, rowid, session_key, content) "
    "VALUES ('delete', old.id, old.session_key, old.content);"
)
_TRIGGERS = {
    "sessions_ai": ("INSERT", _INDEX_ROW),
    "sessions_ad": ("DELETE", _UNINDEX_ROW),
    "sessions_au": ("UPDATE", f"{_UNINDEX_ROW} {_INDEX_ROW}"),
}


def rank(era: str) -> int:
    return ERAS.index(era)


def metadata(era: str) -> list[Column]:
    """The columns of session_metadata."""
    columns = [*METADATA]
    for since, added in (("v0.5.9", NAME), ("v0.6.5", STATE), ("v0.8.4", WHERE_FROM)):
        columns += added if rank(era) >= rank(since) else []
    return columns


def tables(era: str) -> dict[str, list[Column]]:
    made = {"sessions": SESSIONS, "session_metadata": METADATA + NAME * (rank(era) >= rank("v0.5.9"))}
    return made | ({"jsonl_import_receipts": RECEIPTS} if era == "head" else {})


def indexes(era: str) -> dict[str, str]:
    if rank(era) < rank("v0.8.4"):
        return INDEXES
    added = {f"idx_session_metadata_{c.name}": f"session_metadata({c.name})" for c in WHERE_FROM}
    return INDEXES | added


def triggers(era: str) -> list[str]:
    names = ["sessions_ai", "sessions_ad"] + ["sessions_au"] * (rank(era) >= rank("v0.7.5"))
    return [
        f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {_TRIGGERS[name][0]} ON sessions "
        f"BEGIN {_TRIGGERS[name][1]} END"
        for name in names
    ]


SEARCH_TABLE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS sessions_fts USING "
    "fts5(session_key, content, content=sessions, content_rowid=id)"
)

# Of acp-sessions.db.

PLAN = Column("plan_json")
KILLED = Column("killed_at")
ACP_SESSIONS = [
    ID,
    *required("session_uuid", "agent_alias", "workspace_dir"),
    Column("token_count", "INTEGER", not_null=True, default="0"),
    KILLED,
    *required("created_at", "last_activity"),
    PLAN,
]
ACP_OTHERS = {
    "acp_messages": [
        ID,
        Column("session_id", "INTEGER", not_null=True),
        *required("role", "content"),
        Column("reasoning_content"),
        *required("created_at"),
    ],
    "acp_tool_calls": [
        ID,
        Column("message_id", "INTEGER", not_null=True),
        *required("tool_call_id", "tool_name", "event_kind", "payload"),
        Column("outcome"),
        *required("created_at"),
    ],
    "acp_session_events": [
        ID,
        Column("session_id", "INTEGER", not_null=True),
        *required("action", "outcome"),
        Column("payload"),
        *required("created_at"),
    ],
}
ACP_FIRST = {
    "acp_sessions": [
        Column("session_id", key=True),
        *required("workspace_dir", "created_at", "last_activity"),
    ],
    "acp_messages": [ID, *required("session_id", "message_json", "created_at")],
}
ACP_PARENTS = {
    ("acp_messages", "session_id"): "acp_sessions(id)",
    ("acp_tool_calls", "message_id"): "acp_messages(id)",
    ("acp_session_events", "session_id"): "acp_sessions(id)",
}
ACP_INDEXES = {
    "idx_acp_sessions_uuid": "acp_sessions(session_uuid)",
    "idx_acp_sessions_alias": "acp_sessions(agent_alias)",
    "idx_acp_messages_session": "acp_messages(session_id, id)",
    "idx_acp_tool_calls_message": "acp_tool_calls(message_id, id)",
    "idx_acp_tool_calls_lookup": "acp_tool_calls(tool_call_id)",
    "idx_acp_session_events_session": "acp_session_events(session_id, id)",
}


def acp_tables(era: str) -> dict[str, list[Column]]:
    if era == "v0.8.0-beta-1":
        return ACP_FIRST
    left_out = {"v0.8.0-beta-2": (KILLED, PLAN), "v0.8.0": (PLAN,), "head": ()}[era]
    return {"acp_sessions": [c for c in ACP_SESSIONS if c not in left_out], **ACP_OTHERS}


def acp_indexes(era: str) -> dict[str, str]:
    if era == "v0.8.0-beta-1":
        return {"idx_acp_messages_session": "acp_messages(session_id, id)"}
    return ACP_INDEXES
