"""JSON for programs: every text as it is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping

from earwig.core.text.moments import stored_at
from earwig.core.text.safe_text import json_safe
from earwig.export.facts import Facts
from earwig.export.formats.writer import Bad
from earwig.export.message import ExportedMessage


class JsonLinesWriter:
    """One object a line, as `earwig show --json` prints them."""

    def head(self, facts: Facts) -> str:
        return ""

    def message(self, message: ExportedMessage) -> str:
        """`{"line", "role", "content"}`, and `time` where the store has one."""
        values = {"line": message.number, "role": message.role, "content": message.content}
        return self._record(values | stored_at(message.time))

    def bad(self, number: int | None, line: Bad) -> str:
        """`{"line", "bad", "raw"}`; `raw` is null where it is left out."""
        values: dict[str, object] = {"line": number, "bad": line.reason, "raw": line.raw}
        if line.unfinished:
            values["unfinished"] = True
        return self._record(values | stored_at(line.time))

    def foot(self) -> str:
        return ""

    def _record(self, values: Mapping[str, object]) -> str:
        return _json(values) + "\n"


class JsonWriter(JsonLinesWriter):
    """One document: `{"header": {...}, "messages": [...]}`."""

    def __init__(self) -> None:
        self._first = True

    def head(self, facts: Facts) -> str:
        return f'{{"header": {_json(facts.record())},\n"messages": ['

    def foot(self) -> str:
        return "\n]}\n"

    def _record(self, values: Mapping[str, object]) -> str:
        comma, self._first = "" if self._first else ",", False
        return f"{comma}\n{_json(values)}"


def _json(values: Mapping[str, object]) -> str:
    return json_safe(json.dumps(values, ensure_ascii=False))
