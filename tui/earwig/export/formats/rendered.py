"""Markdown as HTML that does nothing: no script, nothing fetched, and every link says where it leads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markdown_it.renderer import RendererHTML

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from markdown_it.token import Token
    from markdown_it.utils import OptionsDict

    from earwig.markdown.parsing import Allowance

    Env = MutableMapping[str, Any]

_ADDRESS = re.compile(r"(?:https?://[^\s\\]|mailto:[^\s\\])[^\\]*", re.IGNORECASE)
_KEPT = "!#$%&'()*+,/:;=?@[]~"
_LONGEST = 2_000
_ALIGNED = re.compile(r"text-align:(left|right|center)")


def rendered(text: str, allowance: Allowance) -> str:
    """Return the HTML of a text within the budget. Raises `ShownPlain`."""
    tokens = allowance.parse(text)
    for token in tokens:
        # The page's policy obeys no style that is written at an element.
        aligned = _ALIGNED.fullmatch(str(token.attrs.pop("style", "")))
        if aligned is not None:
            token.attrs["class"] = aligned[1]
    return _renderer().render(tokens, _options(), {"links": []})


def _address(target: str) -> str | None:
    """Return what a link may lead to, with all but common characters encoded; None if it is to be no link."""
    if len(target) > _LONGEST or not _ADDRESS.fullmatch(target):
        return None
    try:
        return quote(target, safe=_KEPT)
    except UnicodeError:
        return None


class _Renderer(RendererHTML):
    """Links in words, pictures and names of languages as they are stored."""

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        target = str(tokens[idx].attrs.get("href") or "")
        title = str(tokens[idx].attrs.get("title") or "")
        said, at = "", idx + 1
        while at < len(tokens) and tokens[at].type != "link_close":
            said += tokens[at].content
            at += 1
        address = _address(target)
        told = "" if said in (target, target.removeprefix("mailto:")) else target
        told = f"{told} “{title}”" if title else told
        end = "" if address is None else "</a>"
        env["links"].append(end + (f' <span class="to">({escape(told)})</span>' if told else ""))
        if address is None:
            return ""
        return f'<a href="{escape(address)}" rel="noreferrer noopener nofollow">'

    def link_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return str(env["links"].pop()) if env["links"] else ""

    def text_special(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return escape(tokens[idx].content)

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        token = tokens[idx]
        title = f' "{token.attrs["title"]}"' if token.attrs.get("title") else ""
        stored = f"![{token.content}]({token.attrs.get('src') or ''}{title})"
        return f'<code class="picture">{escape(stored)}</code>'

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        language = tokens[idx].info.strip()
        name = f'<span class="language">{escape(language)}</span>' if language else ""
        return f"{name}<pre><code>{escape(tokens[idx].content)}</code></pre>\n"


@lru_cache(maxsize=1)
def _renderer() -> RendererHTML:
    return _Renderer()


@lru_cache(maxsize=1)
def _options() -> OptionsDict:
    from markdown_it import MarkdownIt

    options = MarkdownIt("commonmark", {"html": False, "breaks": True}).options
    options["langPrefix"] = ""
    return options
