"""What a message leads to: each link in the one form that is shown and opened, and files of this machine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from earwig.core.content.parts import Media
from earwig.core.content.reading import read_content
from earwig.core.model.entries import Item, RemovedEntry
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.system.viewer import may_be_viewed
from earwig.core.text.safe_text import SafeText, clean, clean_line, safe_name
from earwig.markdown.parsing import MAX_BYTES, ShownPlain, has_markdown, parse
from earwig.ui.rendering.fused import lost_with

if TYPE_CHECKING:
    from markdown_it.token import Token

LOOKED_AT = 256 * 1024
"""Characters of a message in which links are looked for."""

OFFERED = 99
"""Links of a message."""

LONGEST = 2_000
"""Characters of an address; a longer one is not offered, because nobody reads it."""

_BARE = re.compile(r"(?<![\w.+-])(?:https?://|mailto:)[^\s\x00-\x20\x7f-\xa0<>\"`]+", re.IGNORECASE)
_SCHEME = re.compile(r"(https?|mailto):", re.IGNORECASE)
_KEPT = "!#$%&'()*+,/:;=?@[]-._~"
"""Characters that an address may hold beside letters and digits; all others are encoded in it."""

_USER = _KEPT.translate(dict.fromkeys(map(ord, "/?#[]@")))
_HOST = re.compile(r"[a-z0-9._-]*[a-z0-9][a-z0-9._-]*|\[[0-9a-f:.]+\]")
_PORT = re.compile(r"(.*?)(:[0-9]*)?", re.DOTALL)
_PATH = re.compile(r"[/?#\\]")
_OPENERS = {")": "(", "]": "[", "}": "{"}


class Link(NamedTuple):
    """A link that may be opened once its address was shown."""

    address: SafeText
    """All of it, in visible ASCII: what is shown is what is opened."""

    host: SafeText
    """Whom it leads to; empty for `mailto`."""

    host_as_read: SafeText
    """The host in its own letters; empty if those are ASCII."""

    text: SafeText
    """What the message shows in its place; empty if that is the address."""


class LocalFile(NamedTuple):
    """A file of this machine that a message names as a picture, a recording or a document."""

    path: str
    """As stored: what is opened."""

    shown: SafeText
    """All of it; no two paths look the same."""


def targets_in(item: Item) -> list[Link | LocalFile]:
    """What can be opened of whatever can be read in an entry: media files of this machine, then links."""
    return [*files_in(item), *links_in(item)]


def files_in(item: Item) -> list[LocalFile]:
    """Return the media files of this machine that a message names, whether or not they are there."""
    if isinstance(item, RemovedEntry) and item.item is not None:
        return files_in(item.item)
    if not isinstance(item, ChatMessage):
        return []
    paths = [part.source for part in read_content(*item) if isinstance(part, Media)]
    return [LocalFile(path, safe_name(path)) for path in dict.fromkeys(paths) if may_be_viewed(path)][
        :OFFERED
    ]


def links_in(item: Item) -> list[Link]:
    if isinstance(item, ChatMessage):
        return links_of(item.content)
    if isinstance(item, BadLine):
        links = [link for message in lost_with(item) for link in links_of(message.content)]
        return list({link.address: link for link in links}.values())[:OFFERED]
    if isinstance(item, RemovedEntry) and item.item is not None:
        return links_in(item.item)
    return []


def links_of(text: str) -> list[Link]:
    """The links to `http`, `https` and `mailto` in a text, each address once: Markdown's, then bare ones."""
    text = text[:LOOKED_AT]
    found: dict[str, Link] = {}
    for target, shown in (*_markdown_links(text), *_bare_links(text)):
        link = _link(target, shown) if target in text else None  # not one that cleaning has made
        if link is not None and len(found) < OFFERED:
            found.setdefault(link.address, link)
    return list(found.values())


def _markdown_links(text: str) -> Iterator[tuple[str, str]]:
    if len(text) > MAX_BYTES or not has_markdown(text):
        return
    try:
        tokens = parse(clean(text))
    except ShownPlain:
        return
    for token in tokens:
        yield from _inside(token.children or ())


def _inside(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    target, said = "", ""
    for token in tokens:
        if token.type == "link_open":
            target, said = str(token.attrs.get("href") or ""), ""
        elif token.type == "link_close":
            yield target, said
        elif token.type == "image":
            yield str(token.attrs.get("src") or ""), token.content
        else:
            said += token.content


def _bare_links(text: str) -> Iterator[tuple[str, str]]:
    for found in _BARE.finditer(text):
        target = found[0]
        if len(target) > LONGEST:
            continue
        # What ends a sentence or closes a bracket that was opened before is no part of it.
        while target and (target[-1] in ".,;:!?'*_~|\\" or _closes(target)):
            target = target[:-1]
        yield target, target


def _closes(target: str) -> bool:
    opener = _OPENERS.get(target[-1])
    return opener is not None and target.count(opener) < target.count(target[-1])


def _link(target: str, shown: str) -> Link | None:
    """Return the link in the form in which it is shown and opened; None if it is not to be offered."""
    scheme = _SCHEME.match(target)
    if scheme is None or len(target) > LONGEST:
        return None
    if scheme[1].lower() == "mailto":
        return _made("mailto:", "", "", target[scheme.end() :], shown)
    if not target.startswith("//", scheme.end()):
        return None
    rest = target[scheme.end() + 2 :]
    path = _PATH.search(rest)
    authority = rest[: path.start()] if path else rest
    user, at, place = authority.rpartition("@")
    port = _PORT.fullmatch(place)
    names = _both_ways(port[1]) if port else None
    if port is None or names is None or rest.startswith("\\", len(authority)):
        return None  # behind a backslash, some programs look for the host further on
    before = f"{scheme[1].lower()}://{quote(user, safe=_USER)}{at}{names[0]}{port[2] or ''}"
    return _made(before, *names, rest[len(authority) :], shown)


def _made(before: str, host: str, as_read: str, rest: str, shown: str) -> Link | None:
    try:
        address = before + quote(rest, safe=_KEPT)
    except UnicodeError:
        return None  # half of a character
    if len(address) > LONGEST or address == "mailto:":
        return None
    said = clean_line(shown.strip(), limit=LONGEST)
    if said in (address, address.removeprefix("mailto:")):
        said = clean_line("")
    return Link(clean_line(address), clean_line(host), clean_line(as_read), said)


def _both_ways(name: str) -> tuple[str, str] | None:
    """Return a host as computers write it, and in its own letters if it has others than ASCII."""
    try:
        ascii_name = name.lower() if name.isascii() else name.encode("idna").decode("ascii").lower()
        if not _HOST.fullmatch(ascii_name):
            return None
        own = ascii_name.encode("ascii").decode("idna") if "xn--" in ascii_name else ""
    except UnicodeError:
        return None
    return ascii_name, "" if own.isascii() else own
