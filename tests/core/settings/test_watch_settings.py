"""Watch rules of the settings: what they mean, and what is said of wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwig.core.model.message import ChatMessage
from earwig.core.model.session import Session, SessionId
from earwig.core.settings.settings_source import Loaded, load_settings

ALICE = Session(SessionId("/s/telegram_alice.jsonl"), 1, 1, (1, 1))


def loaded(tmp_path: Path, text: str) -> Loaded:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings({"EARWIG_CONFIG": str(path)})


def test_a_rule_says_what_it_is_about_and_what_is_done(tmp_path: Path) -> None:
    text = '[[watch]]\nname = "money"\nmatch = "refund"\nrole = "user"\nsession = ["tele*"]\ndo = "bell"\n'
    found = loaded(tmp_path, f'{text}\n[[watch]]\nunanswered = "5m"\n')
    assert found.problems == ()
    one, two = found.settings.watch
    assert one.name == "money"
    assert sorted(one.does) == ["bell"]
    assert one.rule.wants(ALICE, ChatMessage.user("my Refund"))
    assert not one.rule.wants(ALICE, ChatMessage.assistant("my refund"))
    assert two.name == "rule 2"
    assert sorted(two.does) == ["mark", "notify"]
    assert two.rule.unanswered == 300


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("watch = 3", "watch is 3; it may be a list of tables, each begun with [[watch]]"),
        ("[[watch]]\n", "rule 1 of [[watch]] says nothing"),
        ('[[watch]]\nmatch = "a("\n', "rule 1 of [[watch]] has no regular expression for match"),
        ('[[watch]]\nmach = "a"\n', "rule 1 of [[watch]] has mach, which is none of name, match"),
        ('[[watch]]\nfailed = "yes"\n', "is to have true or false for failed"),
        ('[[watch]]\nunanswered = "soon"\n', 'is to have a time such as "5m" for unanswered'),
        ("[[watch]]\nrole = 3\n", "is to have a text, or a list of texts, for role"),
        ('[[watch]]\nfailed = true\ndo = "shout"\n', "is to do some of mark, bell, notify, terminal"),
        ("[[watch]]\nfailed = true\nname = 3\n", "is to have a text for its name"),
    ],
)
def test_a_wrong_rule_is_told_with_its_line_and_the_others_hold(
    tmp_path: Path, text: str, words: str
) -> None:
    more = "" if text.startswith("watch") else "[[watch]]\nfailed = true\n"
    found = loaded(tmp_path, f"{text}\n{more}")
    assert len(found.problems) == 1
    assert words in found.problems[0]
    assert len(found.settings.watch) == (1 if more else 0)
