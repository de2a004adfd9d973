"""What is too long, too much or too slow is shown as plain text or folded, and says so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import earwig
from earwig.core.text.safe_text import clean
from earwig.core.text.sizes import human_size
from earwig.markdown import parsing
from earwig.ui.rendering import code, markdown
from earwig.ui.rendering.folding import FOLD_BYTES, FOLD_LINES, fold
from tests.ui.rendering.drawing import PALETTE, body, draw, style_of, texts

PLAIN = "shown as plain text: "


def _note(content: str, width: int = 100) -> str | None:
    block = draw(content, width)
    assert (block.note is None) == (f"{PLAIN}{block.note}" not in texts(block))
    return block.note


CASES = {
    "size": ("*a* " + "x" * 31_996, None),
    "size-over": ("*a* " + "x" * 31_997, "32,001 bytes is over the 32 kB for Markdown"),
    "size-in-bytes": ("*a* " + "é" * 20_000, "40 kB is over the 32 kB for Markdown"),
    "size-prose": ("a " * 30_000, None),
    "rows": ("*a*\n" + "b\n" * 998 + "c", None),
    "rows-over": ("*a*\n" + "b\n" * 999 + "c", "over 1,000 rows are too many for Markdown"),
    "blocks": ("# a\n" * 200, None),
    "blocks-over": ("# a\n" * 201, "over 200 blocks are too many for Markdown"),
    "items": ("- a\n" * 399, None),
    "items-over": ("- a\n" * 400, "over 2,000 elements are too many for Markdown"),
    "cells": ("|a|b|c|d|\n|-|-|-|-|\n" + "|c\n" * 124, None),
    "cells-over": (
        "|a|b|c|d|\n|-|-|-|-|\n" + "|c\n" * 125,
        "over 500 table cells are too many for Markdown",
    ),
    "cells-many": (
        "|x" * 100 + "|\n" + "|-" * 100 + "|\n" + "|x\n" * 900,
        "over 500 table cells are too many for Markdown",
    ),
    "steps": ("*a* " * 1_000, None),
    "steps-over": ("*a* " * 4_000, "it is too intricate for Markdown"),
    "brackets": ("[" * 30_000, "it is too intricate for Markdown"),
    "brackets-some": ("[x " * 100, None),
    "brackets-open": ("[x " * 1_500, "it is too intricate for Markdown"),
    "targets-long": ("[a](" + "b" * 200 + "[a](" * 100 + "b" * 9_000, "it is too intricate for Markdown"),
    "images": ("![](" * 7_000, "it is too intricate for Markdown"),
    "targets": ("[a](b" * 6_000, "it is too intricate for Markdown"),
    "stars": ("**a*a_b_ " * 3_500, "it is too intricate for Markdown"),
    "star-row": ("*" * 15_000 + "a", "it is too intricate for Markdown"),
    "quotes": ("> " * 16 + "a", None),
    "quotes-over": ("> " * 17 + "a", "it is nested too deep for Markdown"),
    "brackets-many": ("[" * 60_000, "60 kB is over the 32 kB for Markdown"),
}


@pytest.mark.parametrize("case", CASES)
def test_markdown_has_a_budget(case: str) -> None:
    content, note = CASES[case]
    assert _note(content) == note


def test_what_is_too_long_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "parse", lambda text: pytest.fail("it was parsed"))
    assert _note("*" * 40_000) == "40 kB is over the 32 kB for Markdown"


FENCED = "```\n" + "not **bold**\n\n" * 3_000


@pytest.mark.parametrize(
    ("content", "rendered", "reason"),
    [
        ("**bold** text\n\n" * 3_000, 200, "45 kB is over the 32 kB for Markdown"),
        (
            "**bold** text" + " and more" * 90 + "\n\n" + ("**bold**" + " word" * 80 + "\n\n") * 90,
            77,
            "38 kB is over the 32 kB for Markdown",
        ),
        ("**bold**\n\n" + FENCED, 1, "42 kB is over the 32 kB for Markdown"),
        ("**bold**\n\n" + FENCED[:20_000], 1, "over 1,000 rows are too many for Markdown"),
        ("**bold**\n\n" + "x" * 40_000, 1, "40 kB is over the 32 kB for Markdown"),
    ],
)
def test_of_what_is_too_long_the_first_part_is_rendered(content: str, rendered: int, reason: str) -> None:
    block = draw(content, 2_000)
    drawn = texts(block)
    assert [row for row in drawn if row.startswith("bold")] == drawn[1 : 2 * rendered : 2]
    assert sum("**bold**" in row for row in drawn) > 0 or rendered == 1
    assert block.note is not None
    assert re.fullmatch(rf"from [\d.,]+ (?:kB|bytes?) on: {reason}", block.note)
    assert any(row.endswith(f"{PLAIN}{block.note}") for row in drawn)


def test_lists_need_room() -> None:
    assert body("- a\n  - bc", 12) == ["• a", "  • bc"]
    narrow = body("- a\n  - bc", 11)
    assert narrow[:2] == ["- a", "  - bc"]
    assert " ".join(narrow[2:]) == "shown as plain text: there is no room for its Markdown"


def test_a_parser_that_fails_shows_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def parse(self, text: str, env: object) -> None:
            raise IndexError(text)

    monkeypatch.setattr(parsing, "_parser", Broken)
    assert body("*a*") == ["*a*", "shown as plain text: the Markdown parser gave up", "(IndexError)"]


def test_what_markdown_would_hide_is_shown_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "parse", lambda text: parsing.parse(text)[:-3])
    assert body("*a*\n\nb") == ["*a*", "", "b", "shown as plain text: Markdown would hide part of it"]


@pytest.mark.parametrize("role", ["assistant", "tool"])
def test_a_long_message_is_folded(role: str) -> None:
    rows = body("word " * 2_000_000, 100, role)
    assert rows[-1] == "… 9.9 MB more: enter to read all"
    assert FOLD_BYTES / 100 <= len(rows) < FOLD_BYTES / 80
    assert draw("word " * 2_000_000, 100, role).folded
    assert not draw("word " * 12_000, 100, role).folded


def test_many_lines_are_folded() -> None:
    lines = [f"line {number}" for number in range(1, 1_500)]
    rows = body("\n".join(lines), role="tool")
    assert rows[:-1] == lines[:FOLD_LINES]
    assert rows[-1] == "… 5.0 kB more: enter to read all"
    assert body("\n".join(lines[:FOLD_LINES]) + "\n", role="tool") == lines[:FOLD_LINES]


def test_a_narrow_width_is_folded_sooner() -> None:
    assert len(body("word " * 12_000, 5, "tool")) < 1_100


def test_folding_counts_bytes() -> None:
    assert fold("日" * 100_000, 100) == ("日" * 21_333, 3 * (100_000 - 21_333))
    assert fold("a\n" * 1_000, 80) == ("a\n" * 1_000, 0)
    assert fold("a\u2028" * 1_001, 80).text == "\u2028".join("a" * 1_000)
    assert fold("\ud800" * 30_000, 100).more == 3 * (30_000 - 21_333)


def test_only_blanks_before_the_fold() -> None:
    assert body("\n" * 5_000 + "x", role="tool") == ["(blank)", "… 4.0 kB more: enter to read all"]


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (45_400, "45 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (9_930_000, "9.9 MB"),
        (10**9, "1.0 GB"),
        (10**12, "1.0 TB"),
        (10**20, "100.0 EB"),
    ],
)
def test_sizes_are_for_people(size: int, words: str) -> None:
    assert human_size(size) == words


def test_code_is_coloured_by_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code, "MAX_SECONDS", 60.0)
    block = draw("```py\ndef f(): # note\n```")
    theme = dict(PALETTE.code_theme)
    assert style_of(block, "def") == theme["Keyword"]
    assert style_of(block, "# note") == theme["Comment"]
    for plain in ("```\ndef f()\n```", "```klingon\ndef f()\n```", "```console\ndef f()\n```"):
        assert style_of(draw(plain), "def f()") == PALETTE.code_block


def test_long_code_is_not_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code, "MAX_SECONDS", 60.0)  # only the length is to decide, on a busy machine too
    line = "def f(): pass\n"
    assert style_of(draw(f"```py\n{line * 280}```"), "def") != PALETTE.code_block
    assert style_of(draw(f"```py\n{line * 290}```"), "def") == PALETTE.code_block


def test_code_that_takes_too_long_is_not_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code, "MAX_SECONDS", 1e-9)
    block = draw("```py\ndef f(): pass\n```\n\n```json\n[1]\n```")
    assert style_of(block, "def f") == PALETTE.code_block
    assert style_of(block, "[1]") == PALETTE.code_block


@pytest.mark.parametrize("name", sorted(set(code.LEXERS.values())))
def test_every_lexer_keeps_the_code(name: str) -> None:
    lines = ["if (x > 1) { return 'a'; } # b", "", '\t<b c="d">&amp;</b>', "@@ -1 +2 @@", "- e: [1, 2.5]"]
    rows = body("\n".join([f"```{name}", *lines, "```"]), 80)
    assert [row.strip() for row in rows] == [name, *(line.strip() for line in lines)]


def test_prose_needs_neither_the_parser_nor_the_lexers() -> None:
    program = (
        "import sys\n"
        "from tests.ui.rendering.drawing import draw\n"
        "draw('Hello, how are you? 3 < 4 - and so on; it costs $5 (or 6).\\n\\nBye!')\n"
        "draw('# x', role='tool')\n"
        "print([name for name in ('markdown_it', 'pygments.lexers') if name in sys.modules])\n"
        "draw('*x*')\n"
        "print([name for name in ('markdown_it', 'pygments.lexers') if name in sys.modules])\n"
    )
    root = Path(earwig.__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        env={"PYTHONPATH": "tui"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.stdout.split("\n"), run.stderr) == (["[]", "['markdown_it']", ""], "")


class TestWhatIsKept:
    def test_a_text_is_parsed_once_for_all_widths(self, monkeypatch: pytest.MonkeyPatch) -> None:
        text = clean("# once\n\nand *for all*")
        first = parsing.parse(text)
        monkeypatch.setattr(parsing, "parse_once", lambda text: pytest.fail(f"parsed again: {text}"))
        assert parsing.parse(text) is first

    def test_few_texts_are_kept_and_few_characters(self) -> None:
        for number in range(parsing.KEPT * 2):
            parsing.parse(clean(f"*{number}*"))
        assert len(parsing._parsed) == parsing.KEPT
        for letter in "abc":
            parsing.parse(clean(f"*{letter}* " + "words " * 4_000))
        assert sum(map(len, parsing._parsed)) <= parsing.KEPT_CHARACTERS

    def test_a_refused_text_is_refused_again(self) -> None:
        text = clean("[" * 30_000)
        for _ in range(2):
            with pytest.raises(parsing.ShownPlain):
                parsing.parse(text)
