"""What a session is called in a list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwig.core.model.titles import Title, title_for
from earwig.core.text.safe_text import safe_name


@pytest.mark.parametrize(
    ("key", "channel", "name"),
    [
        ("telegram_alice", "telegram", "alice"),
        ("telegram_default_-1001234567890_alice", "telegram", "default_-1001234567890_alice"),
        ("slack_C123_1700000000_000100_Alice_Smith", "slack", "C123_1700000000_000100_Alice_Smith"),
        ("whatsapp__15551234567", "whatsapp", "_15551234567"),
        ("gw_3f2b9c1e-7a4d-4c55-9e1f-0123456789ab", "web", "3f2b9c1e-7a4d-4c55-9e1f-0123456789ab"),
        ("rpc_7", "rpc", "7"),
        ("cli_user_user", "cli", "user_user"),
    ],
)
def test_channel_is_split_off_the_key(key: str, channel: str, name: str) -> None:
    assert title_for(key) == Title(safe_name(channel), safe_name(name))


@pytest.mark.parametrize(
    ("key", "channel", "name"),
    [
        ("wecom_ws_bob", "wecom_ws", "bob"),
        ("wecom_bob", "wecom", "bob"),
        ("wecom_ws", "wecom", "ws"),
        ("gmail_push_thread_a_example_com", "gmail_push", "thread_a_example_com"),
        ("nextcloud_talk_room1_bob", "nextcloud_talk", "room1_bob"),
        ("voice_call__15550100", "voice_call", "_15550100"),
    ],
)
def test_longest_channel_type_wins(key: str, channel: str, name: str) -> None:
    assert title_for(key) == Title(safe_name(channel), safe_name(name))


@pytest.mark.parametrize(
    "key",
    [
        "",
        "telegram",
        "telegram_",
        "telegrams_alice",
        "main",
        "_telegram_alice",
        "Telegram_a",
        "gw",
        "voice_x",
    ],
)
def test_unknown_key_is_its_own_name(key: str) -> None:
    assert title_for(key) == Title(safe_name(""), safe_name(key))


@given(
    st.sampled_from(["telegram", "discord", "wecom_ws", "gmail_push"]),
    st.text(st.characters(exclude_characters="\\"), min_size=1),
)
def test_nothing_of_the_key_is_lost(channel: str, rest: str) -> None:
    title = title_for(f"{channel}_{rest}")
    assert title == Title(safe_name(channel), safe_name(rest))


def test_hostile_name_is_escaped() -> None:
    title = title_for("telegram_\x1b]0;evil\x07\n\udcff\u202e")
    assert title.channel == "telegram"
    assert title.name.isascii()
    assert title.name.isprintable()
