"""Whatever a session holds, the browser sends its terminal only what it means to: with each defence alone."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial

import pytest

from tests.conftest import Workspace
from tests.data.hostile import AS_IT_IS, HOSTILE
from tests.data.hostile_sessions import (
    FORBIDDEN_PIECES,
    LETTER_FOR_LETTER,
    LINES,
    THE_END,
    cases,
    line,
    session_of_all,
    session_of_lines,
)
from tests.e2e.terminal import Terminal, clean_environment, earwig
from tests.e2e.terminal_bytes import harm

UNCLEANED = """
from earwig.core.text import safe_text

# Before anything imports them: text goes to the screen as it is stored, as if nobody had thought of it.
safe_text.clean = safe_text.safe_name = lambda text: text
safe_text.clean_line = lambda text, limit=None: text if limit is None else text[:limit]
"""

UNFILTERED = """
from earwig.ui.app.app import EarwigApp

del EarwigApp.get_line_filters
"""

RUN = """
import sys
from earwig.cli.main import main

sys.exit(main(sys.argv[1:]))
"""

DEFENCES = {
    "both": earwig(),
    "cleaning alone": [sys.executable, "-c", UNFILTERED + RUN],
    "filter alone": [sys.executable, "-c", UNCLEANED + RUN],
}

FAILING = """
from earwig.ui.app.app import EarwigApp

def fail(self):
    content = self.screen.view.parts.screenful.current.item.content
    raise ValueError(content)

EarwigApp.action_toggle_help = fail
"""

BELL = re.compile(rb"\x07")
"""What Textual sends when it fails."""

GUTTERS = {"user": "▌", "assistant": "┃", "tool": "┊", "system": "╏"}
COLUMNS = 160
LEFT = 49
"""The first column of the transcript in a terminal of so many."""

WIDTH = COLUMNS - LEFT - 2
_HEADER = re.compile(r"[▌┃┊╏?] .* #([0-9]+)$")

Start = Callable[..., Terminal]


@pytest.fixture
def browse(workspace: Workspace) -> Iterator[Start]:
    def start(command: list[str], *, rows: int = 100, columns: int = COLUMNS) -> Terminal:
        terminal = Terminal(
            [*command, str(workspace.path)],
            rows=rows,
            columns=columns,
            environ=clean_environment(workspace.path.parent, EARWIG_WIDTH="0"),  # rows as wide as can be
        )
        return stack.enter_context(terminal)

    with ExitStack() as stack:
        yield start


def transcript(screen: list[str]) -> list[str]:
    """What is in the transcript's frame, without the scroll mark."""
    return [row[LEFT:].ljust(WIDTH)[:WIDTH].rstrip() for row in screen[1:-2]]


def read_through(terminal: Terminal) -> dict[int, list[str]]:
    """Go through the session screen by screen; the rows that were seen of each line, by its number."""
    terminal.wait_for(lambda screen: is_counted(screen) and is_following(screen), what="all lines counted")
    terminal.press("t")  # what tools said, in full
    terminal.wait_for("tools in full")
    terminal.press("home")
    screen = terminal.wait_for(lambda screen: numbers(screen)[:1] == [1] and is_held(screen), what="line 1")
    seen: dict[int, list[str]] = {}
    page: list[tuple[int, str]] = []
    while True:
        page = numbered(transcript(screen), page)
        for number, row in page:
            rows = seen.setdefault(number, [])
            if row not in rows:
                rows.append(row)
        if is_following(screen):
            return seen
        terminal.press("pagedown")
        screen = terminal.wait_for(partial(is_another, screen), what="the next page or the end")


def numbered(rows: list[str], before: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The rows of a page with the number of the line that each belongs to, by the page before it."""
    known, new = [key(row) for _, row in before], [key(row) for row in rows]
    common = next((size for size in range(len(new), 0, -1) if known[-size:] == new[:size]), 0)
    number = before[-common][0] if common else 0
    page = []
    for row in rows:
        number = number_in(row) or number
        page.append((number, row))
    return page


def key(row: str) -> str:
    """A row without what its width depends on: on that of some characters, the emulator has its own mind."""
    return re.sub("[^!-~]", "", row[:80])[:30]


def is_another(before: list[str], screen: list[str]) -> bool:
    return transcript(before) != transcript(screen) or is_following(screen)


def numbers(screen: list[str]) -> list[int]:
    return [number for row in transcript(screen) if (number := number_in(row))]


def number_in(row: str) -> int:
    """The number of the message whose header this row is: at the right edge, which no content can know."""
    header = _HEADER.match(row) if len(row) == WIDTH else None
    return int(header[1]) if header else 0


def is_counted(screen: list[str]) -> bool:
    return re.search(r"[0-9] messages", screen[0]) is not None


def is_following(screen: list[str]) -> bool:
    return "● following" in screen[0]


def is_held(screen: list[str]) -> bool:
    return "‖ held" in screen[0]


def leave(terminal: Terminal) -> None:
    """End it; nothing that it sent, at its end either, came from a session."""
    assert not terminal.left_changed() or terminal.alternate
    terminal.press("q")
    assert terminal.wait() == 0
    assert harm(terminal.raw, forbidden=FORBIDDEN_PIECES) == []
    assert terminal.left_changed() == []


@pytest.mark.parametrize("defence", DEFENCES)
def test_every_case_is_drawn_and_nothing_but_text_is_sent(
    workspace: Workspace, browse: Start, defence: str
) -> None:
    workspace.write("telegram_all", session_of_all())
    terminal = browse(DEFENCES[defence])
    seen = read_through(terminal)
    assert sorted(seen) == list(range(1, len(cases()) + 1))
    assert any(THE_END in row for row in seen[len(cases())])
    if defence != "filter alone":
        check_what_is_drawn(seen)
    leave(terminal)


def test_without_any_defence_the_same_session_does_reach_the_terminal(
    workspace: Workspace, browse: Start
) -> None:
    workspace.write("telegram_\x1b]0;owned\x07", session_of_all(cases()[:40]) + line("user", THE_END))
    terminal = browse([sys.executable, "-c", UNCLEANED + UNFILTERED + RUN])
    terminal.wait_for_bytes(THE_END.encode())
    terminal.press("home")
    terminal.wait_for_bytes(b"\x1b[2J")
    terminal.terminate()
    found = harm(terminal.raw, forbidden=FORBIDDEN_PIECES)
    assert len(found) > 20
    assert any("]0;owned" in each for each in found)


def check_what_is_drawn(seen: dict[int, list[str]]) -> None:
    """Every row stands behind the real speaker's gutter, and markup is letters."""
    faults = []
    for number, case in enumerate(cases(), 1):
        gutter = GUTTERS.get(case.role, "?")
        # The ruler begins in the gutter, where no content reaches.
        rows = [row for row in seen[number] if row and not row.startswith("┄┄ ")]
        drawn = "\n".join(row[2:] for row in rows)
        if [row for row in rows if row[0] != gutter]:
            faults.append((case.name, "another gutter", rows))
        for word in ("before", "after"):
            if (word in case.content) != (word in drawn):
                faults.append((case.name, f"{word!r} is not drawn", rows))
        letters = LETTER_FOR_LETTER.get(case.name, "")
        if (
            letters if case.role in ("user", "assistant") or not letters else AS_IT_IS[case.name]
        ) not in drawn:
            faults.append((case.name, "not letter for letter", rows))
        if [found for row in rows if (found := number_in(row))] != [number]:
            faults.append((case.name, "not one header", rows))
        if case.role not in GUTTERS and not re.fullmatch(rf'\? "[ -~]*…?" +#{number}', rows[0]):
            faults.append((case.name, "an unknown role that is not quoted", rows))
    assert faults == [], "\n".join(map(str, faults))


def test_the_lines_that_the_bot_skips_are_harmless_in_every_view(workspace: Workspace, browse: Start) -> None:
    workspace.write("telegram_lines", session_of_lines())
    terminal = browse(DEFENCES["both"], rows=20, columns=100)
    good = sum(is_good for _, is_good in LINES.values()) + 1
    terminal.wait_for(f"{good} messages · ✗ {len(LINES) + 1 - good} bad lines")
    for number in range(len(LINES) + 1, 0, -1):
        title = f"─ line {number} ─"
        terminal.press("enter")
        terminal.wait_for(title)
        if number % 8 == 1:
            terminal.press("x")
            terminal.wait_for("00000000  ")
        terminal.press("escape")
        terminal.wait_for(partial(lacks, title), what="the transcript alone")
        terminal.press("K")
    leave(terminal)


def lacks(text: str, screen: list[str]) -> bool:
    return not any(text in row for row in screen)


def test_a_click_on_any_cell_of_a_message_runs_nothing(workspace: Workspace, browse: Start) -> None:
    traps = [text for name, text in AS_IT_IS.items() if name.startswith(("markup-", "markdown-"))]
    data = b"".join(line("assistant", trap) for trap in traps) + line("user", THE_END)
    workspace.write("[@click=app.quit]q[x]", data)
    terminal = browse(DEFENCES["both"], rows=120, columns=120)
    screen = terminal.wait_for(THE_END)
    terminal.wait_for("[@click=app.quit]q[x]")
    for y, row in enumerate(screen, 1):
        # Not twice at one place, which opens a line's bytes; not the keys in the last row.
        for x in range(1, len(row) + 1):
            if y < terminal.rows and row[x - 1] not in " │─":
                terminal.send(f"\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m")
    with workspace.file("[@click=app.quit]q[x]").open("ab") as file:
        file.write(line("assistant", "still here"))
    terminal.wait_for("still here")
    assert not any("the first" in row for row in terminal.screen())
    leave(terminal)


def test_a_fault_in_the_program_shows_nothing_of_a_message(workspace: Workspace, browse: Start) -> None:
    hostile = HOSTILE["crowd"].encode("utf-8", "ignore").decode()
    workspace.write("telegram_alice", line("user", f"{hostile} {THE_END}"))
    terminal = browse([sys.executable, "-c", FAILING + RUN])
    terminal.wait_for(THE_END)
    terminal.press("?")
    assert terminal.wait() == 2
    assert THE_END.encode() not in terminal.raw.rpartition(b"\x1b[?1049l")[2]
    assert harm(terminal.raw, forbidden=FORBIDDEN_PIECES, allow=[BELL]) == []
    assert terminal.left_changed() == []
    terminal.wait_for("ValueError (its text is left out: it may quote a message)")
