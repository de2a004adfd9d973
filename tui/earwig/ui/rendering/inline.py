"""The inside of a paragraph: Markdown's inline tokens as styled lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rich.style import Style

from earwig.core.text.safe_text import clean_line, own_text
from earwig.markdown.parsing import ShownPlain
from earwig.ui.rendering.cells import TAB_STOP
from earwig.ui.rendering.palette import Palette
from earwig.ui.rendering.rows import Line
from earwig.ui.rendering.source_text import SourceText

if TYPE_CHECKING:
    from markdown_it.token import Token

_ATTRIBUTES: Final = {
    "em": Style(italic=True),
    "strong": Style(bold=True),
    "s": Style(strike=True),
}


class InlineWriter:
    """Turns inline tokens into lines, and remembers what they say."""

    def __init__(self, palette: Palette) -> None:
        self._palette = palette
        self.said: list[str] = []
        """All text that was handed out, in order, and text that stands for the same one beside it."""

    def lines(self, tokens: Sequence[Token], style: Style, source: str) -> list[Line]:
        """Return the lines of a paragraph; a line break in the source is one here, as in a chat.

        `source` is what the tokens were made of.
        """
        lines: list[Line] = [[]]
        self._write(tokens, [style], lines, source)
        for line in lines:
            text = "".join(part for part, _ in line)
            if not text.isascii() and clean_line(text) != text:
                raise ShownPlain(own_text("Markdown would put unsafe text together"))
        return lines

    def say(self, text: str) -> str:
        """Hand a text out that is not inline."""
        self.said.append(text)
        return text

    def _write(self, tokens: Sequence[Token], styles: list[Style], lines: list[Line], source: str) -> None:
        targets: list[tuple[Token, int]] = []
        for token in tokens:
            kind = token.type
            if kind == "text":
                stop = token.meta["stop"]
                text = _as_stored(token.content, source, stop - len(token.content))
                lines[-1].append((self._text(text), styles[-1]))
            elif kind == "text_special":
                self.said.append(token.markup if token.info == "entity" else token.content)
                lines[-1].append(
                    (_for(token.content, source, token.meta["at"], len(token.markup)), styles[-1])
                )
            elif kind in ("softbreak", "hardbreak"):
                lines.append([])
            elif kind == "code_inline":
                text = _as_stored(token.content, source, token.meta["at"])
                lines[-1].append((self._text(text), styles[-1] + self._palette.code))
            elif token.tag in _ATTRIBUTES:
                self._shift(token.nesting, _ATTRIBUTES[token.tag], styles)
            elif kind == "link_open":
                targets.append((token, len(self.said)))
                self._shift(1, self._palette.link, styles)
            elif kind == "link_close":
                self._shift(-1, self._palette.link, styles)
                opening, start = targets.pop()
                told = "".join(self.said[start:])
                self._target(opening, "href", told, styles[-1], lines, source, token.meta["at"])
            elif kind == "image":
                start = len(self.said)
                at = token.meta["at"]
                stop = at + len(token.content)
                label = source[at:stop]
                self._write(token.children or (), [*styles, styles[-1] + self._palette.link], lines, label)
                self._target(token, "src", "".join(self.said[start:]), styles[-1], lines, source, stop)
            else:
                raise ShownPlain(own_text("it has something unknown in Markdown ({})", clean_line(kind)))

    @staticmethod
    def _shift(nesting: int, style: Style, styles: list[Style]) -> None:
        if nesting > 0:
            styles.append(styles[-1] + style)
        else:
            styles.pop()

    def _target(
        self,
        token: Token,
        name: str,
        text: str,
        style: Style,
        lines: list[Line],
        source: str,
        label_stop: int,
    ) -> None:
        """Where a link leads, beside its text: what it leads to is never hidden, and never twice there."""
        target = clean_line(str(token.attrs.get(name) or ""))
        title = clean_line(str(token.attrs.get("title") or ""))
        self.said += [target, title]
        if text in (target, target.removeprefix("mailto:")) and not title:
            return
        style += self._palette.quote
        before, quoted = " (" if text else "(", f' "{title}")' if title else ")"
        at = source.find(target, label_stop) if isinstance(source, SourceText) and target else -1
        if at < 0:
            lines[-1].append((before + target + quoted, style))
        else:
            lines[-1] += [(before, style), (source[at : at + len(target)], style), (quoted, style)]

    def _text(self, text: str) -> str:
        return self.say(text.expandtabs(TAB_STOP))


def _as_stored(text: str, source: str, at: int) -> str:
    """Return a token's text with its places, if its source has any: a line's end in code is a blank in it."""
    if not isinstance(source, SourceText):
        return text
    stop = at + len(text)
    if source[at:stop].replace("\n", " ") != text:
        at, stop = at + 1, stop + 1  # a blank at each end of code is none of it
    return source.at(at, stop).as_written(text)


def _for(text: str, source: str, at: int, size: int) -> str:
    """Return a text with the place of so many characters that it stands for."""
    return source.at(at, at + size).as_one(text) if isinstance(source, SourceText) else text
