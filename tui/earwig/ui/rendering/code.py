"""Code as styled lines: coloured where that is cheap, plain where it is not."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Final

from rich.style import Style

from earwig.ui.rendering.palette import Palette
from earwig.ui.rendering.rows import Line

MAX_CODE = 4_000
"""Characters. Pygments takes a time that grows with the square of a code's length, for some codes."""

MAX_SECONDS = 0.03
"""Processor time of one message's colours; what is not coloured by then stays plain."""

LEXERS: Final = {
    **dict.fromkeys(("py", "python", "python3"), "python"),
    **dict.fromkeys(("sh", "shell", "bash", "zsh"), "bash"),
    **dict.fromkeys(("js", "javascript", "jsx"), "javascript"),
    **dict.fromkeys(("ts", "typescript", "tsx"), "typescript"),
    **dict.fromkeys(("yml", "yaml"), "yaml"),
    **dict.fromkeys(("rs", "rust"), "rust"),
    **dict.fromkeys(("go", "golang"), "go"),
    **dict.fromkeys(("diff", "patch"), "diff"),
    **dict.fromkeys(("c++", "cpp"), "cpp"),
    **{name: name for name in ("json", "html", "xml", "css", "sql", "toml", "c", "java", "ruby")},
}
"""What a fence may say, and the lexer for it; each was measured on hostile code. No other is looked for."""


class Highlighter:
    def __init__(self, palette: Palette) -> None:
        self._palette = palette
        self._left = MAX_SECONDS
        self._styles: dict[tuple[str, ...], Style] = {}

    def lines(self, code: str, language: str) -> list[Line]:
        """Return the code's lines; tabs are to be expanded before."""
        lexer = LEXERS.get(language.lower()) if len(code) <= MAX_CODE else None
        pieces = self._lex(code, lexer) if lexer is not None and self._left > 0 else None
        return _split(code, pieces if pieces is not None else [(code, self._palette.code_block)])

    def _lex(self, code: str, name: str) -> list[tuple[str, Style]] | None:
        from pygments.lexers import get_lexer_by_name

        lexer = get_lexer_by_name(name)  # before the clock: the first of its kind is loaded and compiled
        start = time.thread_time()
        stop = start + self._left
        pieces: list[tuple[str, Style]] = []
        for _, kind, text in lexer.get_tokens_unprocessed(code):
            pieces.append((text, self._style(kind)))
            if time.thread_time() > stop:
                self._left = 0
                return None
        self._left -= time.thread_time() - start
        return pieces if "".join(text for text, _ in pieces) == code else None

    def _style(self, kind: tuple[str, ...]) -> Style:
        style = self._styles.get(kind)
        if style is None:
            theme = dict(self._palette.code_theme)
            names = (".".join(kind[:depth]) for depth in range(len(kind), 0, -1))
            style = next((theme[name] for name in names if name in theme), self._palette.code_block)
            self._styles[kind] = style
        return style


def _split(code: str, pieces: Iterable[tuple[str, Style]]) -> list[Line]:
    """Return the lines of code that lies in pieces, cut out of the code, which may know its places."""
    lines: list[Line] = [[]]
    at = 0
    for piece, style in pieces:
        text = code[at : at + len(piece)]
        at += len(piece)
        first, *rest = text.split("\n")
        lines[-1].append((first, style))
        lines += [[(part, style)] for part in rest]
    return lines
