"""The same sentence is said once, and then how often."""

from __future__ import annotations

from earwig.core.text.repeats import APART, Repeats
from earwig.core.text.safe_text import SafeText, own_text

FULL = own_text("no room")


class Heard:
    def __init__(self) -> None:
        self.now = 0.0
        self.told: list[SafeText] = []
        self.repeats = Repeats(self.told.append, lambda: self.now)


def test_once_and_then_the_number_at_intervals_and_at_the_end() -> None:
    heard = Heard()
    for _ in range(4_000):
        heard.repeats.say(FULL)
    heard.repeats.tick()
    assert heard.told == ["no room"]
    heard.now = APART
    heard.repeats.tick()
    heard.repeats.tick()
    assert heard.told[1:] == ["no room (3,999 more times)"]
    heard.repeats.say(FULL)
    heard.repeats.finish()
    heard.repeats.finish()
    assert heard.told[2:] == ["no room (once more)"]


def test_sentences_of_one_kind_are_told_as_one() -> None:
    heard = Heard()
    for number in range(3):
        heard.repeats.say(own_text("status 1: {}", number), "status 1")
    heard.repeats.say(FULL)
    heard.repeats.finish()
    assert heard.told == ["status 1: 0", "no room", "status 1: 0 (2 more times)"]


def test_few_are_remembered_and_no_count_is_lost() -> None:
    heard = Heard()
    for number in range(5_000):
        heard.repeats.say(own_text("{}", number))
        heard.repeats.say(own_text("{}", number))
    heard.repeats.finish()
    assert len(heard.told) == 10_000
    assert len(heard.repeats._kinds) <= 1_000
