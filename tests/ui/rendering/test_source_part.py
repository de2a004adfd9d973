"""What is copied of drawn rows is what stands there, as it is stored, whatever drew and wrapped them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

import pytest
from rich.cells import cell_len
from textual.strip import Strip

from earwig.core.model.message import ChatMessage
from earwig.ui.rendering.block import Block
from earwig.ui.rendering.cells import Cell
from earwig.ui.rendering.entry import render_entry
from earwig.ui.rendering.source_part import drawn_between, source_between
from earwig.ui.rendering.source_text import SourceText
from tests.ui.rendering.drawing import PALETTE, draw, entry_of, texts

SYNTAX = re.compile(r"[\s>#*+\-`~_|\[\]!\d.)]*")
"""What may be taken along at the ends of a selection."""

MESSAGES = 250


def placed(content: str, width: int = 60, role: str = "assistant", *, source: bool = False) -> Block:
    """A message drawn so that its text knows where it is stored."""
    message = ChatMessage(role, SourceText.whole(content))
    return render_entry(entry_of(message), width, PALETTE, source=source)


def dragged(content: str, first: str, last: str, width: int = 60, role: str = "assistant") -> str | None:
    """What is copied by dragging from the first cell of one drawn text to the last cell of another."""
    rows = placed(content, width, role).rows
    begin, end = place(rows, first), place(rows, last)
    return source_between(content, rows, begin, Cell(end.row, end.cell + cell_len(last)))


def place(rows: tuple[Strip, ...], text: str) -> Cell:
    for number, row in enumerate(rows):
        if number and text in row.text:
            return Cell(number, cell_len(row.text[: row.text.index(text)]))
    raise AssertionError(f"{text!r} is not drawn: {[row.text for row in rows]}")


@pytest.mark.parametrize(
    ("stored", "first", "last", "copied"),
    [
        ("the **new** user cannot log in", "the", "log in", "the **new** user cannot log in"),
        ("the **new** user cannot log in", "ew", "us", "ew** us"),
        ("Step **6** of 8: **restart** it", "6 of", "restart", "6** of 8: **restart"),
        ("6 of 8: user **user** 6", "user 6", "user 6", "user** 6"),
        ("I am your *assistant* and you", "am", "and", "am your *assistant* and"),
        (r"5\*3 \= 15 AT&amp;T end", "3 =", "15", r"3 \= 15"),
        (r"5\*3 \= 15 AT&amp;T end", "*3", "&", r"\*3 \= 15 AT&amp;"),
        ("a `x  y` b", "x  y", "x  y", "x  y"),
        ("see [the page](http://h.example/a) now", "page", "now", "page](http://h.example/a) now"),
        ("see [the page](http://h.example/a) now", "h.example", "/a", "h.example/a"),
        ("![cat](http://h/c.png) it", "cat", "cat", "cat"),
        ("<http://h.example> now", "h.exa", "now", "h.example> now"),
        ("**It left** our depot", "It", "our", "**It left** our"),
        ("**It left** our depot", "It", "le", "It le"),
        ("# It *left*", "It", "left", "# It *left*"),
        ("> - [x *y*](z) b", "x", "b", "> - [x *y*](z) b"),
        ("a **b**", "b", "b", "b"),
        ("```py\nx = 1\n  y = 5\n```", "x = 1", "y =", "x = 1\n  y ="),
        ("```py\nx = 1\n  y = 5\n```", "1", "y = 5", "1\n  y = 5"),
        ("- one\n- **two**\n  - three", "ne", "th", "ne\n- **two**\n  - th"),
        ("1. one\n1. two", "ne", "tw", "ne\n1. tw"),
        ("> quo te\n> more", "te", "mo", "te\n> mo"),
        ("## A head ##\n\nb", "head", "b", "head ##\n\nb"),
        ("| a | b |\n|---|---|\n| c | d\\|e |", "b", "d|", "b |\n|---|---|\n| c | d\\|"),
        ("*a* tab\tbed", "ab ", "be", "ab\tbe"),
        ("plain\ttab\tbed", "ain", "be", "ain\ttab\tbe"),
        ("日本語 text", "本", "te", "本語 te"),
        ("\x1b[2J one \u200btwo\r\nthree", "[2J", "thr", "[2J one \u200btwo\r\nthr"),
        ("e\u0301a\u0301\u0301\u0301\u0301\u0301 b", "a", "b", "a\u0301\u0301\u0301\u0301\u0301 b"),
        ("*x* 👩\u200d👧 y", "👩", "👧", "👩\u200d👧"),
    ],
)
def test_what_stands_there_is_copied_as_stored(stored: str, first: str, last: str, copied: str) -> None:
    assert dragged(stored, first, last) == copied


@pytest.mark.parametrize("width", [12, 20, 40])
def test_so_it_is_over_rows_that_were_wrapped(width: int) -> None:
    stored = "**It left** our depot " + "and went on " * 9 + "`at last`."
    assert dragged(stored, "left", "last", width) == stored[stored.index("left") : -2]


def test_what_is_decoded_is_copied_as_it_is_drawn() -> None:
    call = '{"id":"c1","name":"shell","arguments":"{}"}'
    stored = f'{{"content":"first \\"line\\"\\nsecond","tool_calls":[{call}]}}'
    rows = placed(stored).rows
    begin, end = place(rows, "first"), place(rows, "second")
    assert source_between(stored, rows, begin, Cell(end.row, end.cell + 3)) == 'first "line"\nsec'


def test_what_is_drawn() -> None:
    rows = draw("one  \n  two ").rows
    assert drawn_between(rows, Cell(1, 1), Cell(2, 4)) == "ne\n  tw"


class Letter(NamedTuple):
    """A drawn letter of a word that is in the stored text once: the words of both say where it comes from."""

    cell: Cell
    at: int


@pytest.mark.parametrize("seed", range(10))
def test_a_drag_over_any_message_copies_what_stands_there(seed: int) -> None:
    chance = Random(seed)
    drags = 0
    for _ in range(MESSAGES // 10):
        stored = "\n\n".join(block(chance, words(chance)) for _ in range(chance.randint(1, 3)))
        if chance.random() < 0.3:
            stored = stored.replace("\n", "\r\n")
        width, role = chance.choice([20, 40, 60, 100]), chance.choice(["assistant", "user", "system"])
        drawn = placed(stored, width, role, source=chance.random() < 0.15)
        letters = list(letters_of(stored, drawn))
        for _ in range(4 if len(letters) > 1 else 0):
            first, last = sorted(chance.sample(letters, 2))
            between = [letter.at for letter in letters if first <= letter <= last]
            expected = stored[min(between) : max(between) + 1]
            copied = source_between(stored, drawn.rows, first.cell, Cell(last.cell.row, last.cell.cell + 1))
            drags += 1
            told = f"{stored!r}\n" + "\n".join(texts(drawn))
            assert copied is not None, told
            assert expected in copied, told
            before, _, after = copied.partition(expected)
            # Of a table, other cells may stand between, of whose words not all are in the text once.
            assert "|---|" in stored or (SYNTAX.fullmatch(before) and SYNTAX.fullmatch(after)), (copied, told)
    assert drags > MESSAGES // 20


def letters_of(stored: str, drawn: Block) -> Iterator[Letter]:
    for number, row in enumerate(drawn.rows[: -drawn.below]):
        for found in re.finditer(r"\w+", row.text if number else ""):
            word = found[0]
            if len(word) < 2 or word.isdigit() or stored.count(word) != 1:
                continue
            for index in range(len(word)):
                cell = cell_len(row.text[: found.start() + index])
                yield Letter(Cell(number, cell), stored.index(word) + index)


def words(chance: Random) -> Iterator[str]:
    """Words of which none is another's part."""
    number = 0
    while True:
        number += 1
        letters = "".join(chr(ord("a") + int(digit)) for digit in str(number))
        yield chance.choice(["x", "y", "日本", "한국", "né", "q"]) + f"z{letters}w"


def inline(chance: Random, word: Iterator[str]) -> str:
    """A paragraph's line with all that Markdown and cleaning do inside of one."""
    forms = [
        *["{}"] * 6,
        *[
            "**{} {}**",
            "*{}*",
            "`{}`",
            "~~{}~~",
            "[{}](http://h/{})",
            "![{}]({})",
            "<http://{}>",
            "**{}。**{}",
        ],
        *[r"{}\*{}", "{}&amp;{}", "{}\u200b\u00ad{}", "{}\t{}", "{}_{}", "{} 👩\u200d👧 {}", "{}\n{}"],
    ]
    return " ".join(
        re.sub(r"\{\}", lambda _: next(word), chance.choice(forms)) for _ in range(chance.randint(1, 5))
    )


def block(chance: Random, word: Iterator[str]) -> str:
    """One block of any kind."""

    def one() -> str:
        return inline(chance, word).replace("\n", " ").replace("|", "")

    def cells(count: int) -> str:
        return "| " + " | ".join(one() if chance.random() < 0.8 else "" for _ in range(count)) + " |"

    match chance.randrange(8):
        case 0:
            return "#" * chance.randint(1, 4) + f" {one()}" + chance.choice(["", " ##"])
        case 1:
            marks = [chance.choice(["- ", "* ", "1. ", "12) "]) for _ in range(3)]
            return "\n".join(mark + one() for mark in marks)
        case 2:
            return "> " + inline(chance, word).replace("\n", "\n> ")
        case 3:
            lines = [chance.choice(["", " ", "    "]) + f"{next(word)} = {next(word)}" for _ in range(3)]
            return "\n".join([f"```{chance.choice(['', 'py', 'text'])}", *lines, "```"])
        case 4:
            count = chance.randint(1, 3)
            return "\n".join([cells(count), "|" + "---|" * count, cells(count), cells(count)])
        case 5:
            return f"    {next(word)}\n    {next(word)}"
        case 6:
            return f"- {one()}\n  - {one()}\n\n    {one()}"
        case _:
            return inline(chance, word)
