"""Which messages a rule tells of, and when."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwig.core.find.matcher import Query
from earwig.core.model.message import ChatMessage
from earwig.core.model.session import Detail, Session, SessionId
from earwig.core.watch_rules.rules import Watch, WatchRule, Why

ALICE = Session(SessionId("/s/telegram_alice.jsonl"), 1, 1, (1, 1))
BOB = Session(SessionId("/s/discord_bob.jsonl"), 1, 1, (2, 1))
FAILURE = ChatMessage.assistant("[Task failed — no model]")
REFUND = Query("refund|money", regex=True).matcher()


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (WatchRule(REFUND), ["user: my Refund", "assistant: no refund"]),
        (WatchRule(REFUND, roles=("user",)), ["user: my Refund"]),
        (WatchRule(roles=("tool",)), []),
        (WatchRule(sessions=("tele*",), roles=("user",)), ["user: my Refund", "user: hello"]),
        (WatchRule(sessions=("disc*", "x")), []),
        (WatchRule(failed=True), [f"assistant: {FAILURE.content}"]),
        (WatchRule(REFUND, failed=True), []),
    ],
)
def test_all_that_is_asked_for_must_hold(rule: WatchRule, told: list[str]) -> None:
    watch = Watch((rule,))
    messages = [
        ChatMessage.user("my Refund"),
        ChatMessage.assistant("no refund"),
        ChatMessage.user("hello"),
        FAILURE,
        ChatMessage.system(FAILURE.content),
    ]
    fired = [it for number, said in enumerate(messages) for it in watch.message(ALICE, number, said, 5.0)]
    assert [f"{it.message.role}: {it.message.content}" for it in fired] == told
    assert {it.rule.why for it in fired} <= {Why.FAILED if rule.failed else Why.SAID}


def test_a_message_waits_until_it_is_answered_or_late() -> None:
    watch = Watch((WatchRule(unanswered=60.0),))
    assert watch.patience == 60.0
    assert watch.message(ALICE, 1, ChatMessage.user("one"), 100.0) == []
    assert watch.message(BOB, 1, ChatMessage.user("two"), 110.0) == []
    assert watch.message(ALICE, 2, ChatMessage.user("still there?"), 130.0) == []
    assert watch.due == 160.0
    assert watch.clock(159.9) == []
    assert watch.message(BOB, 2, ChatMessage.assistant("here"), 140.0) == []
    [late] = watch.clock(200.0)
    assert (late.message.content, late.seen, late.rule.why) == ("one", 100.0, Why.UNANSWERED)
    assert watch.clock(10_000.0) == []
    assert watch.due is None


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_message_waits_on_when_its_file_is_imported(is_answered: bool) -> None:
    detail = Detail("sqlite", "telegram_alice", Path("/s/sessions.db"), 3)
    rows = Session(SessionId("/s/sessions.db#telegram_alice"), 2, 2, (1, 1), None, detail)
    watch = Watch((WatchRule(unanswered=60.0),))
    watch.message(ALICE, 1, ChatMessage.user("one"), 100.0)
    watch.message(BOB, 1, ChatMessage.user("two"), 100.0)
    said = ChatMessage.assistant("here") if is_answered else ChatMessage.user("still there?")
    watch.message(rows, 2, said, 110.0)
    late = {firing.message.content for firing in watch.clock(200.0)}
    assert late == ({"two"} if is_answered else {"one", "two"})


def test_each_rule_tells_for_itself() -> None:
    watch = Watch((WatchRule(REFUND), WatchRule(roles=("user",)), WatchRule(REFUND, unanswered=1.0)))
    assert len(watch.message(ALICE, 1, ChatMessage.user("refund"), 0.0)) == 2
    assert len(watch.clock(1.0)) == 1


def test_an_expression_that_takes_too_long_is_counted() -> None:
    watch = Watch((WatchRule(Query("(a|aa)+$", regex=True).matcher()),))
    assert watch.message(ALICE, 1, ChatMessage.user("a" * 60 + "b"), 0.0) == []
    assert watch.slow == 1
