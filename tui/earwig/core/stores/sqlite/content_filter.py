"""Has SQLite leave out of a search contents in which what is looked for cannot be."""

from __future__ import annotations

import re
from contextlib import suppress

from earwig.core.find.required_text import RequiredText
from earwig.core.stores.sqlite.faults import Unreadable
from earwig.core.stores.sqlite.snapshot import Snapshot

_LIKE = re.compile(r"[\\%_]")
"""What LIKE does not take for itself."""

_SIZE, _UP_TO_NUL = "octet_length(content)", "octet_length(printf('%s', content))"
_OLD_SIZE, _OLD_UP_TO_NUL = (f"length(CAST({it} AS BLOB))" for it in ("content", "printf('%s', content)"))


class ContentFilter:
    """A condition for rows of `sessions` that few texts without a match fulfil. Made for one search."""

    def __init__(self, required: RequiredText | None) -> None:
        self._required = required

    def condition(self, snapshot: Snapshot) -> tuple[str, tuple[object, ...]]:
        """SQL that holds for each text that may be wanted, and for few others; and its values.

        LIKE folds the case of ASCII alone, and does not look behind a NUL; nor does `printf`, by which is
        quickly seen that there is one. Of what has no NUL, only texts beyond ASCII have more bytes than
        characters.
        """
        required = self._required
        if required is None:
            return "typeof(content) = 'text'", ()
        literal = _LIKE.sub(r"\\\g<0>", required.part)
        size, up_to_nul = _sizes(snapshot)
        ways = ["content LIKE ? ESCAPE '\\'", f"{up_to_nul} < {size}"]
        if required.or_beyond_ascii:
            ways.append(f"length(content) < {size}")
        elif required.others:
            others = " OR ".join("instr(content, ?)" for _ in required.others)
            ways.append(f"(length(content) < {size} AND ({others}))")
        return f"({' OR '.join(ways)})", (f"%{literal}%", *required.others)


def _sizes(snapshot: Snapshot) -> tuple[str, str]:
    """SQL for the bytes of a content, and of what of it is before a NUL."""
    found: tuple[str, str] | None = snapshot.memo.get("sizes of a content")
    if found is None:
        found = _OLD_SIZE, _OLD_UP_TO_NUL
        with suppress(Unreadable):  # an older SQLite does not know this quicker one
            snapshot.one("SELECT octet_length('')")
            found = _SIZE, _UP_TO_NUL
        snapshot.memo["sizes of a content"] = found
    return found
