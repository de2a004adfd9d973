"""Tool traffic as items: a call and its result in one row, or laid out in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from earwig.core.content.entry_relations import Answer, Missing, answer_of
from earwig.core.content.parts import Call, Result
from earwig.core.content.tool_summary import laid_out, telling_argument
from earwig.core.text.safe_text import SafeText, clean, clean_line, own_text
from earwig.core.text.sizes import human_size
from earwig.ui.rendering.cells import TAB_STOP, drawable, fit, width_of
from earwig.ui.rendering.code import Highlighter
from earwig.ui.rendering.folding import fold
from earwig.ui.rendering.palette import Palette
from earwig.ui.rendering.rows import Row, Run, filled, prefixed, text_rows, wrap
from earwig.ui.rendering.source_text import cleaned

NAME_CELLS: Final = 32
OUTCOME_SHARE: Final = 3
"""A result of one line takes at most such a part of a row: what was asked for is to be read first."""

_ERRORS: Final = frozenset({"error", "failed", "failure"})
_ARROW: Final = " → "


def call_runs(
    call: Call, answer: Answer | None, missing: Missing, width: int, palette: Palette
) -> tuple[Run, ...]:
    """Return a call in at most `width` cells: `shell  ls -la /orders → 12 lines`."""
    name = _cut(call.name, NAME_CELLS) or own_text("(no name)")
    outcome, style = _outcome(answer, missing, width, palette)
    end: list[Run] = [(_ARROW, palette.muted), (outcome, style)] if outcome else []
    room = width - width_of(name) - sum(width_of(text) for text, _ in end) - 2
    argument = _line(telling_argument(call), max(0, room))
    middle: list[Run] = [("  " + argument, palette.text)] if argument and room > 3 else []
    return fitted([(name, palette.tool), *middle, *end], width)


def result_runs(result: Result, name: str, width: int, palette: Palette) -> tuple[Run, ...]:
    """Return a result that stands for itself, in at most `width` cells: `tool  12 lines`."""
    outcome, style = _outcome(answer_of(result, 0), Missing.UNKNOWN, width * OUTCOME_SHARE, palette)
    title = _cut(name or result.name, NAME_CELLS)
    runs: list[Run] = [("tool", palette.tool), *(result_of(title, palette) if title else ())]
    return fitted([*runs, (_ARROW, palette.muted), (outcome, style)], width)


def result_of(name: str, palette: Palette) -> tuple[Run, ...]:
    return ((own_text(" of {}", _cut(name, NAME_CELLS)), palette.muted),)


def call_rows(call: Call, width: int, palette: Palette, *, colours: bool) -> list[Row]:
    rows = value_rows(call.arguments or "{}", width, palette, colours=colours)
    return rows + (value_rows(call.extra, width, palette, colours=colours) if call.extra else [])


def value_rows(text: str, width: int, palette: Palette, *, colours: bool) -> list[Row]:
    """Return JSON laid out and coloured; any other text as it is."""
    folded = fold(text, width)
    pretty = None if folded.more else laid_out(text)
    if pretty is None:
        rows = text_rows(cleaned(folded.text.rstrip("\n")), width, palette.text)
        return rows + (_more(folded.more, width, palette) if folded.more else [])
    if width < 4:
        return text_rows(clean(pretty), width, palette.text)
    code = clean(pretty).expandtabs(TAB_STOP)
    lines = Highlighter(palette).lines(code, "json" if colours else "")
    margin = ("  ", palette.code_block)
    rows = prefixed([row for line in lines for row in wrap(line, width - 2)], margin, margin, 2)
    return [filled(row, width, palette.code_block) for row in rows]


def _more(more: int, width: int, palette: Palette) -> list[Row]:
    return text_rows(own_text("… {} more: enter to read all", human_size(more)), width, palette.muted)


def _outcome(answer: Answer | None, missing: Missing, width: int, palette: Palette) -> Run:
    """Return what came of a call: a short answer itself, of a longer one its lines."""
    if answer is None:
        words = {Missing.NEVER: own_text("no result"), Missing.YET: own_text("no result yet")}
        return words.get(missing, own_text("")), palette.bad if missing is Missing.NEVER else palette.muted
    if answer.lines == 0:
        shown = own_text("nothing")
    elif answer.lines == 1:
        shown = _cut(answer.first, max(8, width // OUTCOME_SHARE))
    else:
        shown = own_text("{:,} lines", answer.lines)
    if answer.status in _ERRORS:
        return own_text("{} · {}", clean_line(answer.status), shown), palette.bad
    return shown, palette.muted


def _cut(text: str, cells: int) -> SafeText:
    return clean_line(fit(drawable(clean_line(text, limit=cells * 4), cells), cells))


def _line(text: str, cells: int) -> str:
    words = " ".join(text.split())
    return fit(drawable(clean_line(words, limit=max(1, cells) * 4), max(1, cells)), cells) if cells else ""


def fitted(runs: Sequence[Run], width: int) -> tuple[Run, ...]:
    """Return as much of runs as there is room for."""
    kept: list[Run] = []
    left = width
    for text, style in runs:
        shown = fit(text, left)
        kept.append((shown, style))
        left -= width_of(shown)
        if shown != text:
            break
    return tuple(run for run in kept if run[0])
