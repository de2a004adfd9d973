"""Who talks next: several sessions at a time, newcomers, and the ways in which a line reaches a file."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice, pairwise

import pytest

from earwig.cli.demo.schedule import Cue, Manner
from earwig.cli.demo.script import ZONE, conversations
from earwig.cli.demo.talker import cues
from earwig.core.model.message import ChatMessage

START = datetime(2026, 6, 30, 16, 44, tzinfo=ZONE)
LIVE = {told.opening.key for told in conversations() if told.live}


def story(count: int, seed: int = 7) -> list[tuple[Cue, ChatMessage]]:
    at = START
    told = []
    for cue in islice(cues(seed), count):
        at += timedelta(seconds=cue.pause)
        said = cue.say(at)
        assert isinstance(said, ChatMessage)
        told.append((cue, said))
    return told


def test_the_first_line_comes_at_once_and_where_the_reader_looks() -> None:
    cue, said = story(1)[0]

    assert cue.pause < 1
    assert cue.key == "telegram.default_5512048837_alice_k"
    assert said.role == "user"


@pytest.mark.parametrize("seed", range(4))
def test_pauses_are_one_to_four_seconds(seed: int) -> None:
    assert all(1 <= cue.pause <= 4 for cue, _ in story(300, seed)[1:])


@pytest.mark.parametrize("seed", range(4))
def test_all_live_sessions_go_on_within_two_minutes(seed: int) -> None:
    assert len(LIVE) == 5
    assert {cue.key for cue, _ in story(50, seed)} >= LIVE


def test_newcomers_open_sessions_once_in_a_while_and_not_for_ever() -> None:
    keys = [cue.key for cue, _ in story(3000)]
    newcomers = list(dict.fromkeys(key for key in keys if key not in LIVE))

    assert 5 <= keys.index(newcomers[0]) <= 15
    assert 10 <= len(newcomers) <= 24
    assert set(keys[2000:]) == LIVE


def test_every_session_makes_sense_by_itself() -> None:
    """A question begins; a tool never answers a user, nor a user a tool."""
    told = story(400)
    for key in {cue.key for cue, _ in told}:
        roles = [said.role for cue, said in told if cue.key == key]
        assert roles[0] == "user"
        assert not {("user", "tool"), ("tool", "user")} & set(pairwise(roles)), key


def test_the_second_ten_minutes_are_not_the_first_again() -> None:
    said = [message.content.partition("] ")[2] for _, message in story(480) if message.role == "user"]
    first, second = said[: len(said) // 2], said[len(said) // 2 :]

    assert first != second
    assert len(set(said)) > len(said) * 0.6


def test_the_same_seed_tells_the_same_and_another_another() -> None:
    def told(seed: int) -> list[tuple[str, ChatMessage]]:
        return [(cue.key, said) for cue, said in story(60, seed)]

    assert told(7) == told(7)
    assert told(7) != told(8)


def test_lines_come_whole_in_two_writes_and_now_and_then_torn() -> None:
    manners = [cue.manner for cue, _ in story(300)]

    assert manners.index(Manner.TORN) < 15, "a newcomer sees one within the first minute"
    assert 5 <= manners.count(Manner.TORN) <= 20
    assert manners.count(Manner.SPLIT) > 50
    assert manners.count(Manner.WHOLE) > 100


def test_web_lines_bear_no_stamp_and_the_others_do() -> None:
    for cue, said in story(300):
        if said.role == "user":
            assert said.content.startswith("[2026-06-30 1") == (not cue.key.startswith("gw_")), cue.key
