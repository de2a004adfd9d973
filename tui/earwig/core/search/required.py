"""Which texts an expression cannot match without, told from its parts; for few kinds of expressions."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from typing import Any

_MOST = 16
"""Alternatives; with more of them nothing is gained."""

# Only what both `re` and `regex` read alike: no fuzzy matching, no nested or named sets, no properties,
# no groups that look around or set flags, no references.
_ALIKE = re.compile(
    r"""(?: [^\\\[\](){}]                       # any other character
    | \\ [dDwWsSbBntrf.^$*+?()\[\]{}|\\/"\-]    # an escape that both know
    | \( (?: \?: )? | \)
    | \{ \d+ (?: , \d* )? \} | \{ ,\d+ \}
    | \[ \^? (?: [^\\\[\]&|~:-] | - | \\ [dDwWsSntr.\-\]\[\\] )+ \]
    )*""",
    re.VERBOSE | re.DOTALL,
)


def required_texts(pattern: str) -> list[str] | None:
    """Texts in ASCII of which one is in each match, as it is but for its case; None where none is known."""
    if not _ALIKE.fullmatch(pattern) or "(?" in pattern.replace("(?:", ""):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            from re import _parser  # type: ignore[attr-defined]  # typeshed knows no name of it

            found = _of_sequence(_parser.parse(pattern))
    except (re.error, Warning, RecursionError, OverflowError):
        return None
    return found if found and len(found) <= _MOST else None


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> list[str] | None:
    """The best of what a sequence needs: the longest."""
    choices: list[list[str]] = []
    run = ""
    for code, value in items:
        if str(code) == "LITERAL" and value < 0x80:
            run += chr(value)
            continue
        if run:
            choices.append([run])
        run = ""
        found = _of_part(str(code), value)
        if found:
            choices.append(found)
    if run:
        choices.append([run])
    return max(choices, key=lambda texts: min(map(len, texts)), default=None)


def _of_part(code: str, value: Any) -> list[str] | None:
    if code == "SUBPATTERN":
        return _of_sequence(value[-1])
    if code in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and value[0] >= 1:
        return _of_sequence(value[-1])
    if code == "BRANCH":
        branches = [_of_sequence(branch) for branch in value[1]]
        if all(branches):
            return [text for branch in branches if branch for text in branch]
    return None
