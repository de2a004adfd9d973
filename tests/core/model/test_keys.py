"""The file names that the bot gives its sessions."""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwig.core.model.keys import sanitise_key

VECTORS = Path(__file__).parents[2] / "data" / "vectors" / "keys.jsonl"


def test_vectors_of_the_bot() -> None:
    vectors = [json.loads(line) for line in VECTORS.read_text("utf-8").splitlines()]
    wrong = {v["key"]: sanitise_key(v["key"]) for v in vectors if sanitise_key(v["key"]) != v["stem"]}
    assert wrong == {}


@pytest.mark.parametrize(
    ("key", "stem"),
    [
        ("telegram_user123", "telegram_user123"),
        ("slack/thread:123/user", "slack_thread_123_user"),
        ("../tenant\\user/channel", "___tenant_user_channel"),
        ("whatsapp_+15551234567", "whatsapp__15551234567"),
        ("telegram_-100_alice", "telegram_-100_alice"),
        ("user_\u0410\u043b\u0438\u0441\u0430", "user_\u0410\u043b\u0438\u0441\u0430"),
        ("\u0939\u093f\u0928\u094d\u0926\u0940", "\u0939\u093f\u0928_\u0926\u0940"),
        ("e\u0301", "e_"),
        ("\u24b6\u00bd\u2167", "\u24b6\u00bd\u2167"),
        ("a\0b\nc", "a_b_c"),
        ("\U0001f600!", "__"),
        ("", ""),
    ],
)
def test_examples(key: str, stem: str) -> None:
    assert sanitise_key(key) == stem


def test_a_lone_surrogate_is_replaced() -> None:
    assert sanitise_key("a\ud83db\udcff") == "a_b_"


@pytest.mark.skipif(
    tuple(map(int, unicodedata.unidata_version.split("."))) > (17, 0, 0),
    reason="this Python knows characters that are newer than the bot",
)
def test_letters_and_numbers_stay_and_what_is_neither_goes() -> None:
    """Where Python's own table leaves no doubt; only some marks and symbols are Alphabetic."""
    for point in range(sys.maxunicode + 1):
        category = unicodedata.category(chr(point))
        if category[0] in "LN":
            assert sanitise_key(chr(point)) == chr(point), hex(point)
        elif category[0] in "PZ" or category in ("Cc", "Cf", "Cs", "Co", "Sm", "Sc", "Sk", "Me"):
            assert sanitise_key(chr(point)) == (chr(point) if chr(point) in "_-" else "_"), hex(point)


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=20))
def test_one_character_for_each_and_no_second_change(key: str) -> None:
    stem = sanitise_key(key)
    assert len(stem) == len(key)
    assert all(new in (old, "_") for old, new in zip(key, stem, strict=True))
    assert sanitise_key(stem) == stem
    assert not set(stem) & set("/\\.:\0")
