"""Has SQLite leave out of a search contents in which what is looked for cannot be."""

from __future__ import annotations

import re

from earwig.core.find.required_text import RequiredText
from earwig.core.stores.sqlite.sizes import size_of
from earwig.core.stores.sqlite.snapshot import Snapshot

_LIKE = re.compile(r"[\\%_]")
"""What LIKE does not take for itself."""


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
        size, up_to_nul = size_of(snapshot, "content"), size_of(snapshot, "printf('%s', content)")
        ways = ["content LIKE ? ESCAPE '\\'", f"{up_to_nul} < {size}"]
        if required.or_beyond_ascii:
            ways.append(f"length(content) < {size}")
        elif required.others:
            others = " OR ".join("instr(content, ?)" for _ in required.others)
            ways.append(f"(length(content) < {size} AND ({others}))")
        return f"({' OR '.join(ways)})", (f"%{literal}%", *required.others)
