"""The scripts and their slots: what a scene becomes when it is played."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwig.cli.demo import script
from earwig.cli.demo.diary import bag
from earwig.cli.demo.performance import Performance
from earwig.cli.demo.script import ZONE, Scene, ScriptLine, pools, scenes, seeded
from earwig.cli.demo.slots import Slots
from earwig.core.model.message import ChatMessage

AT = datetime(2026, 6, 30, 16, 44, 51, tzinfo=ZONE)
FILES = ["customer", "depot", "web", "developer", "owner", "newcomers"]


def filled(text: str, seed: int = 1) -> str:
    return Slots(pools(), seeded(seed)).fill(text, AT)


@pytest.mark.parametrize(
    ("slot", "becomes"),
    [
        ("«stamp»", "[2026-06-30 16:44:51 +08:00]"),
        ("«+1day»", "Wednesday"),
        ("«-2date»", "28 June"),
        ("«+1iso»", "2026-07-01"),
        ("«-45min»", "15:59"),
        ("«-1440at»", "29 Jun 16:44"),
        ("«-41925at»", " 1 Jun 13:59"),
        ("«7..7»", "7"),
        ("«3*n:5..5» is 3 × «n» and not «2*n»", "15 is 3 × 5 and not 10"),
    ],
)
def test_slots(slot: str, becomes: str) -> None:
    assert filled(slot) == becomes


def test_a_word_stays_the_same_in_a_scene_and_a_numbered_one_differs() -> None:
    for seed in range(50):
        first, again, other = filled("«item»|«item»|«item2»", seed).split("|")
        assert first == again != other


def test_an_unknown_slot_is_an_error() -> None:
    with pytest.raises(KeyError, match="nonsense"):
        filled("«nonsense»")


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_number_is_between_its_bounds(lowest: int, more: int) -> None:
    assert lowest <= int(filled(f"«{lowest}..{lowest + more}»")) <= lowest + more


@pytest.mark.parametrize("name", FILES)
def test_every_scene_can_be_played_with_every_draw(name: str) -> None:
    words = pools()
    for scene in scenes(name):
        for seed in range(40):
            playing = Performance(scene, words, seeded(seed))
            for line in scene.lines:
                said = playing.say(line, AT)
                assert isinstance(said, ChatMessage)
                assert said.content.strip()
                assert not re.search(r"[«»]|\w#", said.content), said
                if line.kind == "calls":
                    for call in json.loads(said.content)["tool_calls"]:
                        json.loads(call["arguments"])


@pytest.mark.parametrize("name", FILES)
def test_a_scene_answers_every_call_it_makes(name: str) -> None:
    for scene in scenes(name):
        calls = sum(len(line.calls) for line in scene.lines)
        assert calls == sum(line.kind == "result" for line in scene.lines), scene


def test_equally_long_lists_of_wordings_belong_together() -> None:
    scene = Scene(
        (ScriptLine("user", ("a?", "b?", "c?")), ScriptLine("assistant", ("a!", "b!", "c!"))), stamped=False
    )
    for seed in range(30):
        playing = Performance(scene, {}, seeded(seed))
        question, answer = (playing.say(line, AT) for line in scene.lines)
        assert isinstance(question, ChatMessage)
        assert isinstance(answer, ChatMessage)
        assert question.content[0] == answer.content[0]


def test_user_lines_are_stamped_where_the_scene_says_so() -> None:
    line = ScriptLine("user", ("hello",))
    stamped = Performance(Scene((line,)), {}, seeded(1)).say(line, AT)
    plain = Performance(Scene((line,), stamped=False), {}, seeded(1)).say(line, AT)

    assert stamped == ChatMessage.user("[2026-06-30 16:44:51 +08:00] hello")
    assert plain == ChatMessage.user("hello")


def test_the_zone_is_the_bots_and_not_the_readers() -> None:
    assert AT.astimezone(UTC).hour == 8


def test_a_line_that_says_nothing_or_two_things_is_an_error() -> None:
    for line in ({"gap": 1}, {"user": "a", "assistant": "b"}, {"user": "a", "colour": "red"}):
        with pytest.raises(ValueError, match=r"scenes/x, line 1: needs exactly one of user, assistant"):
            script._scene("scenes/x", {"line": [line]})


def test_a_bag_plays_all_before_it_repeats_and_never_the_same_twice_running() -> None:
    some = scenes("depot")
    drawn = list(islice(bag(some, seeded(3)), len(some) * 30))

    assert drawn[: len(some)] == list(some)
    for start in range(0, len(drawn), len(some)):
        assert {id(scene) for scene in drawn[start : start + len(some)]} == {id(scene) for scene in some}
    assert all(one is not other for one, other in pairwise(drawn))


@pytest.mark.parametrize("name", FILES)
def test_the_bot_has_the_last_word(name: str) -> None:
    """Only a session that shall show an unanswered user ends with one."""
    assert all(scene.lines[-1].kind == "assistant" for scene in scenes(name))
