"""A long text is masked a stretch at a time, and as if it were looked at whole."""

from __future__ import annotations

import json
import random
import tracemalloc
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwig.core.redaction import matches, stretches
from earwig.core.redaction.patterns import ExtraPattern
from earwig.core.redaction.redactor import Redaction, Redactor
from tests.core.redaction.test_redaction import AGAINST, KEY
from tests.core.redaction.test_redaction_figures import HARMLESS, SENTENCES, WANTED

OWN = Redaction([ExtraPattern("order", r"ORD-\d+|#\d{6}"), ExtraPattern("line", r"(?m)^it is .*$")])
WORDS = [
    *(
        "1234 ",
        "a@",
        "@a.a",
        "+1",
        "4111 ",
        "key=",
        ":",
        "\\",
        "\\u0040",
        "\\u005c",
        "%40",
        "1.",
        "DE89 ",
        "eyJ.",
    ),
    *(
        "alice_",
        "token ",
        "-----BEGIN PRIVATE KEY-----",
        "a b ",
        "\u200b",
        "://",
        "\n",
        "\\n",
        '\\"',
        "0049 30 ",
    ),
]


@pytest.fixture
def lengths(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Sets how long a stretch is, and how much is looked at around it."""

    def choose(length: int) -> None:
        monkeypatch.setattr(stretches, "STRETCH", length)
        monkeypatch.setattr(stretches, "BEHIND", 1024)
        monkeypatch.setattr(stretches, "BEFORE", 512)

    return choose


def mixed(chance: random.Random, size: int) -> str:
    """What is to be masked and what is not, between signs that patterns like."""
    makers = [*WANTED.values(), *HARMLESS.values()]
    between = chance.choice([" ", "\n", ", ", "", ";", "\t"])
    pieces: list[str] = []
    while sum(map(len, pieces)) < size:
        kind = chance.random()
        if kind < 0.8:
            pieces.append(chance.choice(SENTENCES).format(chance.choice(makers)(chance)))
        elif kind < 0.95:
            pieces.append(chance.choice(WORDS) * chance.choice([1, 3, 30, 200]))
        else:
            pieces.append("-----BEGIN PRIVATE KEY-----\n" + "Ab0/" * chance.choice([10, 900]))
    text = between.join(pieces)
    for _ in range(chance.choice([0, 0, 1, 2, 3])):
        text = json.dumps([text], ensure_ascii=chance.random() < 0.5)
    return text


def masked(text: str, redaction: Redaction | None = None) -> tuple[str, Counter[str]]:
    redactor = Redactor(KEY, redaction)
    return redactor.redact(text), redactor.counts


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([150, 400, 1000]), st.booleans())
def test_stretches_mask_what_one_look_masks(seed: int, length: int, own: bool) -> None:
    text = mixed(random.Random(seed), 4_000)
    redaction = OWN if own else None
    whole = masked(text, redaction)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stretches, "STRETCH", length)
        patch.setattr(stretches, "BEHIND", 1024)
        patch.setattr(stretches, "BEFORE", 512)
        assert masked(text, redaction) == whole


@pytest.mark.parametrize("name", list(AGAINST))
def test_so_they_do_in_texts_made_against_the_patterns(name: str, lengths: Callable[[int], None]) -> None:
    text = AGAINST[name][:4_000]
    whole = masked(text)
    lengths(300)
    assert masked(text) == whole


@pytest.mark.parametrize(
    "secret",
    [
        *("bob@x.example", "+49 30 901820", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00"),
        *("sk-" + "a1" * 300, "api_key='s3cr3tvalue'", "Alice Smith", "2001:db8::1"),
        *(r"a\\u0040b.example", r"a\u0040b.example"),
    ],
)
def test_what_lies_across_an_end_is_masked_once(secret: str, lengths: Callable[[int], None]) -> None:
    lengths(1_000)
    for before in range(990, 1_030, 3):
        text = "x, " * (before // 3) + "y" * (before % 3) + f" {secret} " + "z " * 1_500
        found, counts = masked(text)
        assert secret not in found
        assert counts.total() == 1


def test_own_patterns_look_at_all_of_a_text(lengths: Callable[[int], None]) -> None:
    lengths(300)
    redaction = Redaction([ExtraPattern("ticket", r"(?s)BEGIN.*END")])
    assert masked("a BEGIN " + "b\n" * 5_000 + "END c", redaction)[0] == "a [ticket-1] c"


def counted(monkeypatch: pytest.MonkeyPatch, text: str) -> int:
    """The characters that are looked at, at all levels."""
    looked = 0
    make = matches.TextStretch

    def look(shown: str, *rest: Any, **more: Any) -> matches.TextStretch:
        nonlocal looked
        looked += len(shown)
        return make(shown, *rest, **more)

    monkeypatch.setattr(stretches, "TextStretch", look)
    masked(text)
    return looked


SHAPES = {
    "digits": "1234567890" * 20_000,
    "groups": "1234 " * 40_000,
    "at": "@" * 200_000,
    "base64": "".join(random.Random(1).choices("abcXYZ019+/", k=200_000)),
    "mails": " ".join(f"bob{n}@x{n % 99}.example" for n in range(9_000)),
    "spaces": " " * 200_000,
    "dashes": "-" * 200_000,
    "one value": "token=" + "aB3" * 60_000,
    "one key": "-----BEGIN PRIVATE KEY-----" + "Ab0/" * 50_000,
    "brackets": "[" * 100_000 + "]" * 100_000,
    "prose": "the order left our depot this morning. " * 6_000,
}


@pytest.mark.parametrize("name", list(SHAPES))
def test_each_character_is_looked_at_a_few_times(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = SHAPES[name]
    assert counted(monkeypatch, text) < 2.5 * len(text)


@pytest.mark.parametrize("text", ["\\" * 200_000, "\\u0061" * 30_000, json.dumps(["[" * 90_000] * 2)])
def test_and_of_escapes_once_for_each_level(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert counted(monkeypatch, text) < 2.5 * 2 * len(text)


def test_a_text_full_of_places_takes_a_small_multiple_of_its_memory() -> None:
    text = SHAPES["mails"] * 4
    redactor = Redactor(KEY)
    redactor.redact(SHAPES["mails"])  # aliases are for the session, not for the text
    tracemalloc.start()
    redactor.redact(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * len(text) + 6_000_000


@pytest.mark.parametrize(
    "text",
    ["\\" * 1_000_000, "-----BEGIN PRIVATE KEY-----" + "MIIE" * 250_000],
    ids=["backslashes", "a key"],
)
def test_what_goes_on_to_the_end_takes_a_small_multiple_of_its_memory(text: str) -> None:
    tracemalloc.start()
    Redactor(KEY).redact(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * len(text) + 6_000_000


def test_how_far_it_is_is_told_and_can_end_it() -> None:
    text = SHAPES["prose"]
    told: list[int] = []
    Redactor(KEY).redact(text, lambda done, total: told.append(done))
    assert told == sorted(told)
    assert len(told) > 2

    def end(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Redactor(KEY).redact(text, end)
