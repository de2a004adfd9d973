"""A look while the bot writes shows the file as it was before, after or between the bot's system calls."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.core.system.opening import CannotOpen
from tests.core.bot_writer import BotWriter, line_of, lines_of, taking_turns
from tests.core.looks import (
    Count,
    Eyes,
    Follow,
    Look,
    Tail,
    Whole,
    Window,
    fits,
    looks_without_a_place,
    seen_while,
    small_blocks,
)


@pytest.fixture(autouse=True, scope="module")
def _small_blocks() -> Iterator[None]:
    with small_blocks():
        yield


START = [("user", f"number {number}") for number in range(5)]
BAD = b"not JSON\n"


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("sessions")
    return (folder / f"alice{number}.jsonl" for number in itertools.count())


def replacing(bot: BotWriter) -> Iterator[None]:
    bot.renames = True
    return bot.rewriting([("user", "another"), *START])


DOINGS: dict[str, Callable[[BotWriter], Iterator[None]]] = {
    "append": lambda bot: bot.appending([line_of("user", "new"), b"\n"]),
    "two appenders": lambda bot: taking_turns(bot.appending([b"[1]", b"\n"]), bot.appending([b"[2]", b"\n"])),
    "rewrite to more": lambda bot: bot.rewriting([("assistant", "n" * 20), *START, *START]),
    "rewrite to less": lambda bot: bot.rewriting(START[1:]),
    "rewrite to the same size": lambda bot: bot.rewriting([*START[:-1], ("user", "another1")]),
    "rewrite to the same": lambda bot: bot.rewriting(START),
    "append, then rewrite": lambda bot: itertools.chain(
        bot.appending([line_of("user", "new"), b"\n"]), bot.rewriting([*START, ("user", "newer, and longer")])
    ),
    "clear": lambda bot: bot.rewriting([]),
    "replace": replacing,
}


@settings(max_examples=400)
@given(
    st.sampled_from(sorted(DOINGS)),
    looks_without_a_place,
    st.booleans(),
    st.lists(st.integers(0, 14), max_size=12),
    st.sampled_from([b"", BAD, line_of("user", "torn")[:20]]),
)
@example("rewrite to more", Tail(2), False, [13], b"")
@example("rewrite to less", Tail(2), True, [0, 0, 3], b"")
@example("rewrite to the same", Whole(), True, [0, 0, 3, 13], b"")
@example("rewrite to the same", Tail(9), False, [0, 0, 3, 13], b"")
@example("rewrite to the same", Count(50), True, [0, 5, 13], b"")
@example("rewrite to the same size", Window(1, 9), True, [0, 0, 3, 13], b"")
@example("append, then rewrite", Follow(), True, [15], b"")
@example("append, then rewrite", Tail(1), True, [0, 3, 11], b"")
@example("append, then rewrite", Whole(), True, [0, 3, 11], b"")
def test_a_look_shows_a_state_that_the_file_was_in(
    paths: Iterator[Path], doing: str, look: Look, known: bool, pattern: list[int], end: bytes
) -> None:
    bot = BotWriter(next(paths))
    bot.append_bytes(lines_of(START) + end)
    eyes = Eyes(bot.path)
    if known:
        look.find(eyes, bot.data)
    found, states = seen_while(look, eyes, bot.path, DOINGS[doing](bot), pattern)
    assert any(fits(found, look, state) for state in states), (found, states)
    assert fits(look.find(eyes, bot.data), look, bot.data)
    bot.delete()


def test_a_full_pass_ends_where_the_file_is_written_anew(tmp_path: Path) -> None:
    bot = BotWriter(tmp_path / "alice.jsonl")
    bot.rewrite(START * 20)
    entries = FileTranscript(bot.path).entries()
    first = next(entries)
    bot.append("more")
    assert next(entries).position == first.next
    bot.rewrite(START[1:] * 20)
    with pytest.raises(CannotOpen, match="was written anew while it was read"):
        list(entries)


def test_what_grows_while_it_is_compared_with_the_past_is_not_known_yet(tmp_path: Path) -> None:
    """Two writers at once, and a look that finds more of the old lines than the size it has just taken."""
    bot = BotWriter(tmp_path / "alice.jsonl")
    for text in ("101.101", "102.102"):
        bot.append(text)
    bot.append_fused("103", "104")
    eyes = Eyes(bot.path)
    assert eyes.pages.window(3, 4).entries
    bot.append("105")
    rewriting = bot.rewriting([*bot.messages()[:-1], ("assistant", "107")])
    calls = taking_turns(rewriting, bot.appending([b"{107}\n"]))
    found, states = seen_while(Tail(1), eyes, bot.path, calls, [4, 0, 2, 2])
    assert any(fits(found, Tail(1), state) for state in states)
    assert eyes.pages.unchanged_to <= eyes.pages.end
    assert eyes.pages.indexed <= eyes.pages.end
