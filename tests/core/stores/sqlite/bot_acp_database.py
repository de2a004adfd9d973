"""A model of how the bot writes `acp-sessions.db`: a whole turn is one commit, with one time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.core.stores.sqlite import bot_schema
from tests.core.stores.sqlite.bot_database import Clock, Writer

Turn = Sequence[dict[str, object]]


def chat(role: str, content: str) -> dict[str, object]:
    return {"type": "Chat", "data": {"role": role, "content": content}}


def calls(
    text: str | None, tool_calls: Iterable[tuple[str, str, str]], reasoning: str | None = None
) -> dict[str, object]:
    """A message that calls tools: id, name, arguments as JSON of each."""
    made = [{"id": call, "name": name, "arguments": arguments} for call, name, arguments in tool_calls]
    return {
        "type": "AssistantToolCalls",
        "data": {"text": text, "tool_calls": made, "reasoning_content": reasoning},
    }


def results(outs: Iterable[tuple[str, str]]) -> dict[str, object]:
    return {"type": "ToolResults", "data": [{"tool_call_id": call, "content": text} for call, text in outs]}


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class BotAcpDatabase(Writer):
    """`acp-sessions.db`. v0.8.0-beta-1 has tables of its own; later releases add columns."""

    file_name = "acp-sessions.db"

    def __init__(self, folder: Path, era: str = "head", clock: Clock | None = None) -> None:
        super().__init__(folder, clock)
        self.era, self.is_first = era, era == "v0.8.0-beta-1"
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            self.con.execute(f"PRAGMA {pragma}").fetchall()
        for name, columns in bot_schema.acp_tables(era).items():
            parts = []
            for column in columns:
                if column is bot_schema.PLAN:
                    continue
                sql = column.sql(counts_up=column.key and column.kind == "INTEGER")
                sql += " UNIQUE" * (column.name == "session_uuid")
                parent = bot_schema.ACP_PARENTS.get((name, column.name))
                if self.is_first and parent == "acp_sessions(id)":
                    parent = "acp_sessions(session_id)"
                parts.append(sql + (f" REFERENCES {parent} ON DELETE CASCADE" if parent else ""))
            self.create_table(name, parts)
        self.create_indexes(bot_schema.acp_indexes(era))
        self.add_columns("acp_sessions", bot_schema.acp_tables(era)["acp_sessions"])

    @property
    def _key(self) -> str:
        return "session_id" if self.is_first else "session_uuid"

    def create_session(self, uuid: str, workspace: str = "/w", agent: str = "main") -> int:
        """Its row's number."""
        values = {self._key: uuid, "workspace_dir": workspace}
        values |= {} if self.is_first else {"agent_alias": agent}
        values |= dict.fromkeys(("created_at", "last_activity"), self.now())
        cursor = self.con.execute(
            f"INSERT INTO acp_sessions ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",  # noqa: S608
            tuple(values.values()),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def append_turn(self, uuid: str, messages: Turn) -> None:
        now = self.now()
        (row,) = self.con.execute(f"SELECT rowid FROM acp_sessions WHERE {self._key} = ?", (uuid,)).fetchone()  # noqa: S608
        self.con.execute("BEGIN")
        if self.is_first:
            self.con.executemany(
                "INSERT INTO acp_messages (session_id, message_json, created_at) VALUES (?, ?, ?)",
                [(uuid, compact(message), now) for message in messages],
            )
        else:
            self._append(row, messages, now)
        self.con.execute("UPDATE acp_sessions SET last_activity = ? WHERE rowid = ?", (now, row))
        self.con.execute("COMMIT")

    def _append(self, session: int, messages: Turn, now: str) -> None:
        assistant = None  # results hang on the turn's last message of the assistant
        for message in messages:
            kind, data = message["type"], message["data"]
            if isinstance(data, list):
                assert assistant is not None
                for out in data:
                    self._tool(assistant, out["tool_call_id"], "tool", "out", out["content"], "unknown", now)
                continue
            assert isinstance(data, dict)
            role, text = (data["role"], data["content"]) if kind == "Chat" else ("assistant", data["text"])
            row = self.con.execute(
                "INSERT INTO acp_messages (session_id, role, content, reasoning_content, created_at) "
                "VALUES (?, ?, ?, ?, ?)",
                (session, role, text or "", data.get("reasoning_content"), now),
            ).lastrowid
            assert row is not None
            if role == "assistant":
                assistant = row
            for call in data.get("tool_calls", ()):
                self._tool(row, call["id"], call["name"], "in", call["arguments"], None, now)

    def _tool(
        self, row: int, call: str, name: str, kind: str, text: str, outcome: str | None, now: str
    ) -> None:
        self.con.execute(
            "INSERT INTO acp_tool_calls (message_id, tool_call_id, tool_name, event_kind, payload, outcome, "
            "created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (row, call, name, kind, text, outcome, now),
        )

    def set_plan(self, uuid: str, entries: Sequence[dict[str, str]]) -> None:
        self._set(uuid, "plan_json", compact(entries))

    def set_tokens(self, uuid: str, count: int) -> None:
        self._set(uuid, "token_count", count)

    def kill(self, uuid: str) -> None:
        """Its messages stay; the bot's lists leave it out."""
        self._set(uuid, "killed_at", self.now())

    def _set(self, uuid: str, column: str, value: object) -> None:
        self.con.execute(f"UPDATE acp_sessions SET {column} = ? WHERE session_uuid = ?", (value, uuid))  # noqa: S608

    def append_event(self, session: int, action: str, outcome: str, payload: str | None = None) -> None:
        self.con.execute(
            "INSERT INTO acp_session_events (session_id, action, outcome, payload, created_at) "
            "VALUES (?, ?, ?, ?, ?)",
            (session, action, outcome, payload, self.now()),
        )
