"""A day of a busy bot and a restless reader in minutes.

Random steps, by a seed: what the bot does to its sessions while keys go into the running browser. At the end
the screen must be what a fresh look at the folder gives, and the files what the bot left.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from earwig.core.stores.kinds import store_for
from earwig.core.stores.location import resolve_path
from tests.core.bot_writer import BotWriter, line_of, lines_of
from tests.e2e.terminal import SECONDS, Terminal

SESSIONS = 200
LONGEST = 150_000
"""Bytes from which on a session is emptied: the soak is about many changes, not about size."""

SIZES = [(36, 120), (24, 80), (50, 160), (12, 60), (3, 20), (1, 1)]
SIDEBAR = 40
QUIET = 0.15
"""Seconds without a byte after which what was pressed is taken to be drawn; Escape alone waits for 0.1."""

# A tool's result that stands for itself is one row, with a sign in earwig's second column.
_HEADER = re.compile(r"││[▌┃┊╏](?: |[▸▾] )(\w+) .*#[0-9]+")
_GUTTERS = {"user": "▌", "assistant": "┃", "tool": "┊", "system": "╏"}
_NAME = re.compile(r"^│. (?:[^ ]*/)?(s[0-9]{3}) ")

# Each leaves the screen as it found it, whatever is shown and however late the browser comes to it.
STROKES: list[list[str]] = [
    ["home"],
    ["end"],
    ["pageup"],
    ["pageup", "pageup", "pagedown"],
    ["up", "up", "down"],
    ["shift+up", "shift+up", "shift+down"],
    ["z"],
    ["Z"],
    ["v"],
    [":", "7", "enter", "escape"],
    [":", "5", "0", "%", "enter", "escape"],
    ["ctrl+o", "s", "0", "1", "escape", "escape"],
    ["ctrl+o", "s", "0", "1", "escape", "escape"],
    ["ctrl+o", "1", "9", "enter", "escape", "escape"],
    ["shift+tab", "down", "down", "tab"],
    ["shift+tab", "pagedown", "up", "enter"],
    ["shift+tab", "home", "tab"],
    ["shift+tab", "end", "enter"],
    ["enter", "pagedown", "x", "escape"],
    ["s", "s"],
    ["?", "?"],
]


Stamp = tuple[int, int, int, int]


def stamp_of(path: Path) -> Stamp | None:
    """What any change of a file, its mode or its name changes; None where there is none."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def settle(terminal: Terminal) -> None:
    """Wait until what was pressed has been drawn: until nothing comes for a while."""
    end = time.monotonic() + SECONDS
    drawn = -1
    while terminal.received != drawn and time.monotonic() < end:
        drawn = terminal.received
        time.sleep(QUIET)


def press_until(
    terminal: Terminal, keys: Sequence[str], wanted: Callable[[list[str]], bool], what: str
) -> None:
    """Press keys, again and again, until the screen is as wanted; each only after the one before was drawn.

    Else they would pile up before a busy browser, and Escape and the next would be one key. Raises
    `AssertionError`.
    """
    end = time.monotonic() + 3 * SECONDS
    while True:
        for key in keys:
            terminal.press(key)
            settle(terminal)
        if wanted(terminal.screen()):
            return
        assert time.monotonic() < end, f"not after {3 * SECONDS:g} s: {what}\n{terminal.picture()}"


class Soak:
    """A folder of sessions, a bot that changes them, and a reader at the terminal."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.chance = random.Random(seed)
        self.steps = 0
        self.names = [f"telegram_s{number:03}" for number in range(SESSIONS)]
        (folder / "archive").mkdir()
        for at, name in enumerate(self.names):
            count = self.chance.randrange(60)
            talk = lines_of((self._role(), f"{name} {number}: {self._text()}") for number in range(count))
            self._path(name).write_bytes(talk + b"{bad\n" * (at % 7 == 0))
        self._left: dict[Path, Stamp | None] = {path: stamp_of(path) for path in self._files()}

    def run(self, terminal: Terminal, seconds: float) -> None:
        """Go on for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.step(terminal)

    def run_steps(self, terminal: Terminal, steps: int) -> None:
        """Go on for so many steps: the same ones wherever it runs, by the seed."""
        for _ in range(steps):
            self.step(terminal)

    def step(self, terminal: Terminal) -> None:
        """Some changes at once, and some keys; now and then another size."""
        for _ in range(self.chance.choice([1, 1, 2, 5, 20])):
            self._change()
        terminal.press(*self.chance.choice(STROKES))
        if self.chance.random() < 0.03:
            terminal.resize(*self.chance.choice(SIZES))
        self.steps += 1
        assert terminal.process.poll() is None, f"it ended:\n{terminal.picture()}"
        time.sleep(self.chance.choice([0, 0.005, 0.02, 0.05]))

    def come_to_rest(self, terminal: Terminal, rows: int = 36) -> None:
        """Leave what is open, and wait until the newest of a session that is written now is shown."""
        terminal.resize(rows, 120)
        text = f"rest after {self.steps} steps"
        name = self.names[0]
        with self._alone(name):
            self._path(name).unlink(missing_ok=True)
            self._path(name).write_bytes(lines_of([("user", text)]))

        def is_at_rest(screen: list[str]) -> bool:
            return "sessions · " in screen[0] and " of " not in screen[0][:SIDEBAR] and "Quit" in screen[-1]

        def is_first(screen: list[str]) -> bool:
            short = text.removesuffix(" steps")  # beside the help, the list is narrow
            return "telegram · s000" in screen[0] and any(short in row.partition("││")[0] for row in screen)

        def is_shown(screen: list[str]) -> bool:
            return "following" in screen[0] and any(text in row.partition("││")[2] for row in screen)

        def is_without_help(screen: list[str]) -> bool:
            return not any("▏" in row for row in screen)

        settle(terminal)
        if not is_without_help(terminal.screen()):
            press_until(terminal, ["escape", "?"], is_without_help, "no help")
        # Keys that came late may have gone elsewhere: the filter's own key brings the sidebar back.
        press_until(terminal, ["escape", "ctrl+o", "escape", "escape"], is_at_rest, "all sessions")
        # From the filter, back is the list.
        press_until(terminal, ["ctrl+o", "escape"], lambda screen: "Read" in screen[-1], "the list's keys")
        press_until(terminal, ["home"], is_first, "the session that was written last")
        terminal.press("enter")
        terminal.wait_for(lambda screen: "Raw" in screen[-1], what="the transcript's keys")
        terminal.press("end")  # it may have been open, and held at what was taken away
        terminal.wait_for(is_shown, what=f"following, {text}")

    def check_screen(self, terminal: Terminal) -> None:
        """All sessions are listed as a fresh look lists them, and the newest messages of some are shown.

        Raises `AssertionError`.
        """
        self.come_to_rest(terminal, rows=4 * SESSIONS)  # what is put away is listed, too
        terminal.wait_for(lambda screen: self._listed(screen) == self._fresh(), what="the list as it is")
        terminal.resize(36, 120)
        terminal.press("shift+tab")
        for _ in range(10):
            terminal.press("down")
            key = self._key_after(terminal)
            terminal.wait_for(
                partial(self._shows_newest, key), what=f"the newest of {key}: {self._newest(key)}"
            )

    def check_files(self) -> None:
        """Nobody but the bot has changed, renamed or added anything. Raises `AssertionError`."""
        paths = {*self._files(), *self._left}
        changed = [path.name for path in paths if stamp_of(path) != self._left.get(path)]
        assert not changed, f"somebody else has changed {changed}"

    # The bot.

    def _files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if not path.is_dir()]

    def _places(self, name: str) -> list[Path]:
        """Where a session's messages may lie, by all that the bot does to them."""
        path = self._path(name)
        endings = [path.with_name(path.name + ending) for ending in (".importing", ".migrated")]
        return [path, *endings, self.folder / "archive" / path.name]

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        """Only the bot has changed this session so far; and it changes it here."""
        for path in self._places(name):
            assert stamp_of(path) == self._left.get(path), f"somebody else has changed {path.name}"
        yield
        for path in self._places(name):
            self._left[path] = stamp_of(path)

    def _change(self) -> None:
        # A few sessions are busy, most are quiet.
        name = self.names[min(int(self.chance.expovariate(0.1)), SESSIONS - 1)]
        with self._alone(name):
            self._change_session(name)

    def _change_session(self, name: str) -> None:
        writer = BotWriter(self._path(name), renames=self.chance.random() < 0.5)
        if len(writer.data) > LONGEST:
            writer.clear()
        text = self._text()
        changes: list[tuple[int, Callable[[], object]]] = [
            (30, lambda: writer.append_in_two(text, self._role())),
            (5, lambda: writer.append(text * 40, self._role())),
            (5, lambda: writer.append_pieces(_pieces(line_of("user", text) + b"\n", self.chance))),
            (2, lambda: writer.append_fused(text, text)),
            (2, lambda: writer.append_torn(text, 9)),
            (2, lambda: writer.append_bytes(lines_of(("user", f"{n} {text}") for n in range(30)))),
            (5, lambda: writer.update_last(text)),
            (5, writer.remove_last),
            (2, writer.compact),
            (1, writer.clear),
            (2, writer.delete),
            (2, lambda: self._rename(name, ".importing")),
            (1, lambda: self._rename(name, ".migrated")),
            (1, lambda: self._rename(name, "")),
        ]
        weights, calls = zip(*changes, strict=True)
        self.chance.choices(calls, weights)[0]()

    def _rename(self, name: str, ending: str) -> None:
        """To a name that is no session's, or into the archive; what was there before goes."""
        path = self._path(name)
        if path.exists():
            path.replace(
                path.with_name(path.name + ending) if ending else self.folder / "archive" / path.name
            )

    def _role(self) -> str:
        return self.chance.choice(["user", "assistant", "assistant", "tool", "system"])

    def _text(self) -> str:
        words = [
            "order",
            "**depot**",
            "`code`",
            "gr\u00fc\u00dfe",
            "\u65e5\u672c",
            "- item\n- item",
            "```\nx = 1\n```",
            "| a | b |",
        ]
        return " ".join(self.chance.choices(words, k=self.chance.randrange(1, 30)))

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.jsonl"

    # What is to be seen.

    def _fresh(self) -> list[str]:
        keys = (session.key for session in store_for([resolve_path(self.folder)]).sessions())
        return [key.removeprefix("telegram_") for key in keys]

    def _listed(self, screen: list[str]) -> list[str]:
        return [found[1] for row in screen if (found := _NAME.match(row))]

    def _key_after(self, terminal: Terminal) -> str:
        """The session that is opened next, by the frame's title; waits for another than is shown."""
        shown = getattr(self, "_shown", "s000")

        def is_another(screen: list[str]) -> bool:
            found = re.search(r"telegram · (s[0-9]{3}) ", screen[0])
            return found is not None and found[1] != shown

        screen = terminal.wait_for(is_another, what="another session")
        found = re.search(r"telegram · (s[0-9]{3}) ", screen[0])
        assert found is not None
        self._shown = found[1]
        return found[1]

    def _shows_newest(self, key: str, screen: list[str]) -> bool:
        """Whether the last messages are there, by their roles in order."""
        roles = self._newest(key)
        # Not by the column: a wide character is one, and two cells.
        found = (_HEADER.search(row) for row in screen[1:-2])
        headers = [header[1] for header in found if header]
        if not headers:  # no messages; or a long one, or bad lines, fill the window
            marks = [row.partition("││")[2][:1] for row in screen[1:-2]]
            return not roles or "✗" in marks or _GUTTERS[roles[-1]] in marks
        return headers == roles[len(roles) - len(headers) :]

    def _newest(self, key: str) -> list[str]:
        """The roles of the last messages that the bot would load."""
        return [role for role, _ in BotWriter(self._path(f"telegram_{key}")).messages()[-20:]]


def _pieces(data: bytes, chance: random.Random) -> list[bytes]:
    cuts = sorted(chance.randrange(len(data)) for _ in range(5))
    return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
