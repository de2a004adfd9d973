"""Where links lead: what is offered, in which form, and what never is."""

from __future__ import annotations

import json
import re

import pytest

from earwig.core.model.entries import Oversized, RemovedEntry
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.stores.jsonl.decoding import decode_line
from earwig.ui.rendering.links import LONGEST, OFFERED, links_in, links_of
from tests.data.hostile import HOSTILE, fuzz, harm_in


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("see http://a.example.", ("http://a.example", "a.example", "", "")),
        ("(https://a.example/b_(c)), or", ("https://a.example/b_(c)", "a.example", "", "")),
        ("[bank](http://evil.example/a)", ("http://evil.example/a", "evil.example", "", "bank")),
        ("[http://bank.example](http://evil.example)", (*("http://evil.example", "evil.example"), "", "http://bank.example")),
        ("![alt](http://a.example/x.png)", ("http://a.example/x.png", "a.example", "", "alt")),
        ("<mailto:a@b.example?subject=x>", ("mailto:a@b.example?subject=x", "", "", "")),
        ("HTTP://A.Example/B", ("http://a.example/B", "a.example", "", "HTTP://A.Example/B")),
        ("http://bank.example@evil.example/", ("http://bank.example@evil.example/", "evil.example", "", "")),
        ("http://[::1]:80/x", ("http://[::1]:80/x", "[::1]", "", "")),
        ("http://раy.example", ("http://xn--y-7sb1c.example", "xn--y-7sb1c.example", "раy.example", "http://раy.example")),
        ("http://xn--bcher-kva.de", ("http://xn--bcher-kva.de", "xn--bcher-kva.de", "bücher.de", "")),
        ("http://a.example/ü?ö#\u202e", ("http://a.example/%C3%BC?%C3%B6#%E2%80%AE", "a.example", "", "http://a.example/ü?ö#\ufffd")),
        ("http://a.example\x1b[2J", ("http://a.example", "a.example", "", "")),
    ],
)  # fmt: skip
def test_a_link_is_what_would_be_opened(text: str, link: tuple[str, ...]) -> None:
    assert [tuple(found) for found in links_of(text)] == [link]


@pytest.mark.parametrize(
    "text",
    [
        *("javascript:alert(1)", "[x](javascript:alert(1))", "[x](data:text/html,y)", "file:///etc/passwd"),
        *("[x](smb://a/b)", "[x](../y)", "[x](/y)", "[x](#y)", "www.a.example", "a@b.example", "x"),
        *(
            "http://",
            "http:///x",
            "mailto:",
            "http:a.example",
            "xhttp://a.example",
            "http://a.example:80:90/",
        ),
        *(
            "http://a\u202eb.example/",
            "http://a%2eb/",
            "http://a.example/\ud800",
            "http://-/",
            "http://a_b<c>",
        ),
        *("http://evil.example\\@bank.example/", "http://" + "a" * LONGEST, "http://a.example/" + "ü" * 999),
        *("[x](java&Tab;script:alert(1))", "[x](\x01http://a.example)", "[x](view-source:http://a.example)"),
    ],
)
def test_nothing_else_is_offered(text: str) -> None:
    offered = [link.address for link in links_of(text)]
    assert offered in ([], ["http://a_b"], ["http://a.example"])
    assert not offered or "http://" in text


@pytest.mark.parametrize("text", [*HOSTILE.values(), *map(fuzz, range(200))])
def test_a_hostile_address_is_visible_ascii_that_is_opened_as_it_is_shown(text: str) -> None:
    for link in links_of(f"http://a.example/{text} [b](http://b.example/{text}) {text}"):
        assert re.fullmatch(r"(https?://|mailto:)[!-~]+", link.address)
        assert len(link.address) <= LONGEST
        assert [harm for part in link for harm in harm_in(part)] == []


def test_each_address_is_offered_once_and_not_too_many_are() -> None:
    text = "http://a.example [a](http://a.example) http://b.example"
    assert [link.address for link in links_of(text)] == ["http://a.example", "http://b.example"]
    many = " ".join(f"http://a.example/{at}" for at in range(500))
    assert len(links_of(many)) == OFFERED
    assert links_of("http://a.example" + ")" * 100_000) == []


def test_an_address_that_cleaning_would_make_is_not_offered() -> None:
    (link,) = links_of("[x](http://a.example/\u202eb)")
    assert link.address == "http://a.example/%E2%80%AEb"


def test_links_are_found_in_whatever_can_be_read() -> None:
    message = ChatMessage("user", "http://a.example")
    fused = decode_line(json.dumps(message._asdict()).encode() * 2)
    assert isinstance(fused, BadLine)
    for item in (message, fused, RemovedEntry(1, message, 0.0), RemovedEntry(2, fused, 0.0)):
        assert [link.address for link in links_in(item)] == ["http://a.example"]
    for nothing in (BadLine("", b"http://a.example"), Oversized(9, b""), RemovedEntry(3, None, 0.0)):
        assert links_in(nothing) == []
