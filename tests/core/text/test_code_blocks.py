"""The code of a message, as it was written between its fences."""

from __future__ import annotations

import time

import pytest
from markdown_it import MarkdownIt

from earwig.core.text.code_blocks import CodeBlock, code_blocks
from tests.data.hostile import HOSTILE

TEXTS = [
    "```py\na\n  b\n```\n",
    "before\n```\nx\n```\nbetween\n~~~ sh  extra words\ny\n~~~\nafter",
    "> ```sh\n> ls\n>  x\n> ```\nafter",
    "- item\n\n  ```\n  x\n    y\n  ```\n",
    "1. ```js\n   q\n   ```",
    "~~~\n```\n~~~~\nz",
    "````md\n```\ninner\n```\n````",
    "```a`b\n",
    "   ```\n   x\n  y\n z\n   ```",
    "> ```\n> a\nout",
    "```\n\n\n```",
    "`` `inline` ``",
]


@pytest.mark.parametrize("text", TEXTS)
def test_as_a_markdown_parser_reads_them(text: str) -> None:
    fences = [token for token in MarkdownIt().parse(text) if token.type == "fence"]
    assert list(code_blocks(text)) == [
        CodeBlock((token.info.split() or [""])[0], token.content) for token in fences
    ]


def test_what_is_not_closed_reaches_to_the_end() -> None:
    assert list(code_blocks("```\nopen\nend")) == [CodeBlock("", "open\nend\n")]
    assert list(code_blocks("```\nopen\n")) == [CodeBlock("", "open\n")]


def test_controls_are_kept() -> None:
    code = "\x1b]52;c;QQ==\x07\u202e\u2028x\x0b\ty\r"
    assert list(code_blocks(f"```\n{code}\n```")) == [CodeBlock("", code + "\n")]


@pytest.mark.parametrize(
    "text",
    [
        "```" + " " * 300_000 + "x`",
        "> " * 150_000 + "```",
        "```\n" * 100_000,
        "`" * 300_000,
        "- " * 150_000,
        "> ```\n" + "> x\n" * 100_000,
    ],
    ids=range(6),
)
def test_the_time_grows_with_the_length_alone(text: str) -> None:
    began = time.process_time()
    assert len(list(code_blocks(text))) <= 100
    assert time.process_time() - began < 10  # in proportion to its square, it would be minutes


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts(name: str) -> None:
    for block in code_blocks(HOSTILE[name]):
        assert block.code
