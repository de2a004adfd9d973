"""What is masked, and what is not: by examples, by a generated set with figures, and when something fails."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwig.core.redaction import redactor as redactor_module
from earwig.core.redaction.matches import Match, TextStretch
from earwig.core.redaction.patterns import ExtraPattern, RedactionFailed
from earwig.core.redaction.redactor import Redaction, Redactor
from earwig.core.redaction.stretches import STRETCH
from tests.data.bombs import BOMBS
from tests.data.hostile import HOSTILE

KEY = "telegram_default_-1001234567890_alice_smith"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"


AGAINST = {
    "at": "a@" * 50_000,
    "domains": "@a.a" * 50_000,
    "digits": "1 " * 100_000,
    "plus": "+1" * 100_000,
    "cards": "4111 " * 40_000,
    "numbers": " ".join(f"020 7{n:03} {n:04}" for n in range(9_000)),
    "colons": "a:" * 100_000,
    "keys": "-----BEGIN PRIVATE KEY-----" * 10_000,
    "addresses": "://" * 60_000,
    "names": "key=" * 50_000,
    "escapes": "\\u0040" * 40_000,
    "versions": "1." * 100_000,
    "accounts": "DE89 " * 40_000,
    "tokens": "eyJ." * 50_000,
    "backslashes": "token=" + "\\" * 100_000,
    "handle": "alice_" * 40_000,
}
"""Texts on which a pattern with a way back would take for ever."""


def masked(text: str, key: str = KEY) -> str:
    return Redactor(key).redact(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mail bob@x.example, or <Bob@X.example>.", "Mail [email-1], or <[email-1]>."),
        ("mailto:a.b+c@d-e.example?x=y", "mailto:[email-1]?x=y"),
        ("https://x.example/?to=bob%40x.example", "https://x.example/?to=[email-1]"),
        ("call +49 30 901820 or (212) 555-0123", "call [phone-1] or [phone-2]"),
        ("0049 30 901820, 030 901820", "[phone-1], [phone-1]"),
        ("my number is 2125550123", "my number is [phone-1]"),
        ("order 2125550123 of 2026-06-30 16:44:51", "order 2125550123 of 2026-06-30 16:44:51"),
        ("4111 1111 1111 1111 12/29", "[card-1] 12/29"),
        ("4111-1111-1111-1111 4111111111111111", "[card-1] [card-1]"),
        ("4111 1111 1111 1112", "4111 1111 1111 1112"),
        ("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [iban-1] please"),
        ("gb29nwbk60161331926819", "[iban-1]"),
        ("DE88 3704 0044 0532 0130 00", "DE88 3704 0044 0532 0130 00"),
        ("from 10.0.0.7:8080 and 2001:db8::1", "from [ipv4-1]:8080 and [ipv6-1]"),
        ("std::vector at 12:34:56, 1.2.3", "std::vector at 12:34:56, 1.2.3"),
        (f"Authorization: Bearer {JWT}", "Authorization: Bearer [secret-1]"),
        ("sk-abcdefghijklmnop1234 ghp_" + "a1" * 18, "[secret-1] [secret-2]"),
        ("AKIAIOSFODNN7EXAMPLE", "[secret-1]"),
        ('api_key="s3cr3tvalue"; password=hunter22', 'api_key="[secret-1]"; password=[secret-2]'),
        ("password: please ask for it", "password: please ask for it"),
        ("the token is gone, the secret is out", "the token is gone, the secret is out"),
        ("SOME_SETTING=aB3dE5fG7hI9jK1lM3nO5p", "SOME_SETTING=[secret-1]"),
        ("postgres://bob:pw@db.example/x", "postgres://[secret-1]/x"),
        ("Hi Alice, @alice_smith, ALICE SMITH", "Hi [handle-1], [handle-2], [handle-2]"),
        ("malice and smithereens by default", "malice and smithereens by default"),
        ("-----BEGIN PRIVATE KEY-----\nMII+/x\n-----END PRIVATE KEY-----\nbye", "[secret-1]\nbye"),
    ],
)
def test_examples(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("telegram_bob", "@bob: hi", "[handle-1]: hi"),
        ("whatsapp__15551234567", "I am 15551234567", "I am [handle-1]"),
        ("slack_C123_1700000000_000100_Ana_Lima", "Ana Lima, ana", "[handle-1], [handle-2]"),
        ("matrix__room_example_org__carol_example_org", "@carol:example.org", "[handle-1]"),
        ("gw_3f2b9c1e-7a4d-4c55-9e1f-0123456789ab", "session a4d, home", "session a4d, home"),
        ("telegram_user", "a user of @user", "a user of [handle-1]"),
        ("email_user_example_com", "user@example.com", "[email-1]"),
        ("", "nothing", "nothing"),
    ],
)
def test_the_customers_own_name(key: str, text: str, expected: str) -> None:
    assert masked(text, key) == expected


def test_the_key_itself() -> None:
    assert masked(KEY) == "telegram_[handle-1]"
    assert masked("telegram_bob", "telegram_bob") == "telegram_[handle-1]"


class TestEscapes:
    def test_json_in_json_stays_json(self) -> None:
        inner = json.dumps({"to": "a\u0040b.example", "note": "line\nbob@x.example\t+49 30 901820"})
        inner = inner.replace("a@b", r"a\u0040b")
        content = json.dumps({"content": None, "tool_calls": [{"arguments": inner, "name": "mail"}]})
        found = json.loads(masked(content))
        assert json.loads(found["tool_calls"][0]["arguments"]) == {
            "to": "[email-1]",
            "note": "line\n[email-2]\t[phone-1]",
        }

    def test_as_often_as_they_are_nested(self) -> None:
        text = "a@b.example"
        for _ in range(4):
            text = json.dumps([text]).replace("@", r"\u0040")
        result = masked(text)
        for _ in range(4):
            (result,) = json.loads(result)
        assert result == "[email-1]"

    def test_the_same_value_has_the_same_alias(self) -> None:
        assert masked(r"a@b.example a\u0040b.example a%40b.example") == "[email-1] [email-1] [email-1]"

    def test_characters_that_nobody_sees_hide_nothing(self) -> None:
        assert masked("a\u200bb@c.exam\u00adple") == "[email-1]"
        assert masked("4111\u200b 1111\u2060 1111 1111") == "[card-1]"

    def test_a_private_key_on_one_line(self) -> None:
        key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nxyz/+=\n-----END RSA PRIVATE KEY-----\n"
        assert json.loads(masked(json.dumps({"key": key}))) == {"key": "[secret-1]\n"}


class TestAliases:
    def test_they_are_stable_over_all_texts_and_counted(self) -> None:
        redactor = Redactor(KEY)
        assert redactor.redact("a@b.example") == "[email-1]"
        assert redactor.redact("c@d.example, A@B.example") == "[email-2], [email-1]"
        assert redactor.redact("nothing") == "nothing"
        assert redactor.counts == {"email": 3}

    def test_none_remembers_a_value(self) -> None:
        redactor = Redactor(KEY)
        redactor.redact("a@b.example +49 30 901820")
        assert "b.example" not in repr(vars(redactor._aliases))

    @given(st.text(max_size=80))
    def test_what_is_masked_holds_nothing_more(self, text: str) -> None:
        once = masked(text)
        assert once == text or re.search(r"\[[a-z0-9]+-\d+\]", once)


class TestOwnPatterns:
    def redactor(self, *patterns: tuple[str, str], seconds: float = 1.0) -> Redactor:
        return Redactor(KEY, Redaction([ExtraPattern(*each) for each in patterns], seconds=seconds))

    def test_they_come_first(self) -> None:
        redactor = self.redactor(("order", r"ORD-\d+"), ("customer", r"bob@x\.example"))
        assert redactor.redact("ORD-77 of bob@x.example") == "[order-1] of [customer-1]"
        assert redactor.counts == {"order": 1, "customer": 1}

    def test_one_that_takes_too_long_fails_and_says_which(self) -> None:
        redactor = self.redactor(("slow", r"(?:a|a|aa)+$"), seconds=0.2)
        begun = time.monotonic()
        with pytest.raises(RedactionFailed) as error:
            redactor.redact("a" * 40 + "b")
        assert time.monotonic() - begun < 10
        assert "pattern slow took longer than 0.2 s" in error.value.sentence

    @pytest.mark.parametrize(
        ("name", "pattern", "told"),
        [("x", "(", "is no regular expression"), ("Big Name", "x", "rename it"), ("", "x", "rename it")],
    )
    def test_one_that_is_none(self, name: str, pattern: str, told: str) -> None:
        with pytest.raises(RedactionFailed) as error:
            self.redactor((name, pattern))
        assert told in error.value.sentence

    def test_one_that_matches_nothing_masks_nothing(self) -> None:
        assert self.redactor(("x", "y*")).redact("abc") == "abc"


def test_a_detector_that_fails_fails_all_and_quotes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(look: TextStretch) -> Iterator[Match]:
        raise ValueError(look.text)

    monkeypatch.setattr(redactor_module, "cards", broken)
    with pytest.raises(RedactionFailed) as error:
        Redactor(KEY).redact("a secret of mine")
    assert "redaction failed (ValueError)" in error.value.sentence
    assert "mine" not in error.value.sentence


class TestLongTexts:
    def test_what_lies_over_the_edge_of_a_window_is_found_once(self) -> None:
        for shift in (-30, -20, -10, -4, -2, 0, 2):
            text = "x " * ((STRETCH + shift) // 2) + "4111 1111 1111 1111 AKIAIOSFODNN7EXAMPLE y"
            assert masked(text)[-23:].endswith("[card-1] [secret-1] y"), shift

    def test_one_longer_than_a_window_is_masked_whole(self) -> None:
        text = "before sk-" + "a1" * STRETCH + " after"
        assert masked(text) == "before [secret-1] after"

    @pytest.mark.parametrize("name", [name for name in BOMBS if name not in ("no-space-over", "spaces")])
    def test_bombs_take_time_in_proportion(self, name: str) -> None:
        role, content = BOMBS[name]()
        redactor = Redactor(KEY)
        begun = time.process_time()
        redactor.redact(content[:1_000_000])
        redactor.redact(role[:1_000_000])
        assert time.process_time() - begun < 30

    @pytest.mark.parametrize("name", list(AGAINST))
    def test_so_do_texts_made_against_the_patterns(self, name: str) -> None:
        begun = time.process_time()
        Redactor(KEY).redact(AGAINST[name])
        assert time.process_time() - begun < 30


def test_hostile_text_passes() -> None:
    redactor = Redactor(KEY)
    for text in HOSTILE.values():
        redactor.redact(text)
    assert Counter(redactor.counts)["card"] == 0
