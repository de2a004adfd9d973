"""A message that is made to cost much costs a document little: it is written as it is, and that is said."""

from __future__ import annotations

import time
import tracemalloc
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwig.core.content.reading import read_content
from earwig.export.formats.markdown import MarkdownWriter
from earwig.export.formats.writer import writer_for
from earwig.export.message import ExportedMessage
from earwig.export.request import Format
from earwig.markdown import parsing
from earwig.markdown.parsing import Allowance, ShownPlain, is_cheap
from tests.cli.running import Program, lines
from tests.data.bombs import BOMBS

NESTED = {
    "quotes": ">" * 40_000,
    "quotes-apart": "> " * 20_000,
    "list": "\n".join("  " * depth + "- x" for depth in range(800)),
    "list-long": "\n".join("  " * depth + "- x" for depth in range(2_900)),
    "numbers": "\n".join("   " * depth + "1. x" for depth in range(500)),
    "brackets": "[" * 30_000,
    "ticks": "".join("`" * (1 + number % 200) + "x" for number in range(300)) + "*x*" * 3_000,
    "stars": "*" * 30_000 + "a",
    "table": "|x" * 100 + "|\n" + "|-" * 100 + "|\n" + "|x\n" * 900,
}


@pytest.fixture
def alice(sessions: Path) -> Path:
    path = sessions / "telegram_alice.jsonl"
    path.write_bytes(lines(">" * 40_000))
    return path


def said(chosen: Format, content: str) -> str:
    parts = read_content("assistant", content)
    return writer_for(chosen).message(ExportedMessage(1, "assistant", content, parts))


@pytest.mark.parametrize("name", list(NESTED))
def test_markdown_fences_what_is_over_the_budget_of_the_screen_and_says_so(name: str) -> None:
    begun = time.process_time()
    section = said(Format.MARKDOWN, NESTED[name])
    assert time.process_time() - begun < 30  # the one of 17 MB took minutes
    head, reason, fence = section.removeprefix("\n").split("\n\n", 2)
    assert head == "## assistant · #1"
    assert reason.startswith("`shown as plain text: ")
    assert fence.strip("`\n") == f"text\n{NESTED[name]}".strip("`\n")
    assert unescape(said(Format.HTML, NESTED[name])).count("shown as plain text: ") == 1


def test_a_page_renders_the_first_part_of_what_is_too_long() -> None:
    page = said(Format.HTML, "**bold** one\n\n" + "more and **more**\n\n" * 3_000 + "the <end>")
    before, told, after = unescape(page).partition(
        "shown as plain text from here on: 57 kB is over the 32 kB"
    )
    assert "<strong>bold</strong> one" in before
    assert told
    assert before.count("<strong>more</strong>") == 199
    assert after.count("more and **more**") == 2_801
    assert "the <end>" in after


def test_the_program_says_so_too(program: Program, alice: Path) -> None:
    done = program("export", str(alice), "-f", "md")
    assert "`shown as plain text: 40 kB is over the 32 kB for Markdown`\n\n```text\n>>>" in done.stdout


@pytest.mark.parametrize("unit", [">", "> ", " >", "- ", "1", "[", "> [", "[a\n", "\\[", "> [\\]\n"])
def test_what_reaches_out_is_looked_for_once(unit: str) -> None:
    begun = time.process_time()
    said(Format.MARKDOWN, unit * (1_000_000 // len(unit)))
    assert time.process_time() - begun < 30


@pytest.mark.parametrize(
    "text",
    ["> - > [a]: http://x", "- - [a]: http://x", "[a\nb]: http://x", "1. [a\\]b]: http://x", "* [a]: x"],
)
def test_no_message_gives_a_link_its_meaning(text: str) -> None:
    assert "\n```text\n" in said(Format.MARKDOWN, text)


@pytest.mark.parametrize("chosen", [Format.MARKDOWN, Format.HTML])
def test_many_such_messages_share_a_budget(chosen: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "DOCUMENT_STEPS", 40_000)
    spent: list[int] = []
    parse = parsing._parse

    def counted(text: str, budget: parsing._Budget) -> object:
        try:
            return parse(text, budget)
        finally:
            spent.append(budget.spent)

    monkeypatch.setattr(parsing, "_parse", counted)
    writer = writer_for(chosen)
    bomb = "**a*a_b_ " * 900
    written = [
        unescape(writer.message(ExportedMessage(number, "assistant", bomb, read_content("assistant", bomb))))
        for number in range(300)
    ]
    brought = parsing.STEPS_A_MESSAGE + len(bomb) * parsing.STEPS_A_CHARACTER
    assert sum(spent) < 40_000 + 300 * (brought + 20)  # a piece or two beyond, before it is noticed
    assert "it is too intricate for Markdown" in written[0]
    assert "this document has too much that is intricate in Markdown" in written[-1]


def test_an_ordinary_session_never_uses_it_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "DOCUMENT_STEPS", 2_000)
    allowance = Allowance()
    text = "# Order 1204\n\nIt left our depot **this morning**, see `track` or [here](https://x.example):\n\n"
    text += "- one parcel, 2 kg\n- one letter\n\n```sh\ncurl -s https://x.example | jq .state\n```\n\nBye!"
    for _ in range(1_000):
        for said in (text, "**yes**", "- a\n- b"):
            allowance.parse(said)
    assert allowance.left > 1_000


@pytest.mark.parametrize("name", [name for name in BOMBS if name != "role"])
def test_no_bomb_is_taken_for_cheap_that_is_not(name: str) -> None:
    _, content = BOMBS[name]()
    assert not (is_cheap(content) and _is_refused(content))


_PIECES = st.sampled_from(
    [*"*_~`[]()<>!#&@:=\\\"'a \n\t|", "1. ", "- ", "> ", "    ", "```", "](", "![", "http://", "\r", "é"]
)


@settings(max_examples=300)
@given(st.lists(_PIECES, max_size=8), st.integers(1, 200), st.lists(_PIECES, max_size=40))
def test_what_is_cheap_is_within_the_budget(unit: list[str], times: int, rest: list[str]) -> None:
    text = "".join(unit) * times + "".join(rest)
    if is_cheap(text):
        assert not _is_refused(text)


def _is_refused(text: str) -> bool:
    try:
        parsing.parse_once(text)
    except ShownPlain:
        return True
    return False


def test_an_ordinary_message_needs_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "_parser", lambda: pytest.fail("it was parsed"))
    text = "Your order:\n\n- *one* parcel (2 kg)\n- a [letter](https://x.example/a)\n\n> so it is\n\n" * 3
    content = f"{text}```py\ndef f(): pass\n```\n"
    written = MarkdownWriter().message(ExportedMessage(1, "user", content, read_content("user", content)))
    assert "\n> - *one* parcel (2 kg)\n" in written


@pytest.mark.parametrize("chosen", [Format.MARKDOWN, Format.HTML, Format.TEXT])
@pytest.mark.parametrize("line", ["A" * 76, "A" * 76 + "\n"], ids=["one line", "lines"])
def test_a_picture_takes_a_small_multiple_of_its_memory(chosen: Format, line: str) -> None:
    content = f"look\n[IMAGE:data:image/png;base64,{line * 20_000}]"
    tracemalloc.start()
    text = said(chosen, content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "MB" in text
    assert len(text) < 10_000
    assert peak < 8 * len(content)
