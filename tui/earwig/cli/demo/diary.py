"""The long conversation: weeks of the owner's days, out of the same scenes that go on while one watches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from random import Random

from earwig.cli.demo.performance import Performance, Said
from earwig.cli.demo.script import Pools, Scene

_HOURS = {"morning": (7, 8), "day": (9, 17), "evening": (19, 22)}


def bag(scenes: Sequence[Scene], chance: Random) -> Iterator[Scene]:
    """Yield the scenes without end: once as they stand, then each once in an ever new order."""
    rest = list(scenes)
    while True:
        yield from rest
        last = rest[-1]
        chance.shuffle(rest)
        if rest[0] is last:  # nobody says the same thing twice running
            rest.append(rest.pop(0))


def weeks_of(
    scenes: Sequence[Scene], pools: Pools, chance: Random, *, weeks: int, end: datetime
) -> Iterable[tuple[datetime, Said]]:
    """Yield the messages of so many weeks up to `end`, each with its time, in their order."""
    bags = {when: bag([scene for scene in scenes if scene.when == when], chance) for when in _HOURS}
    for days in range(weeks * 7, -1, -1):
        free = datetime.combine(end.date() - timedelta(days=days), time(), end.tzinfo)
        for start, when in _day(free, chance):
            playing = Performance(next(bags[when]), pools, chance)
            lines = list(playing.times(max(start, free)))
            if lines[-1][1] > end:
                return
            yield from ((at, playing.say(line, at)) for line, at in lines)
            free = lines[-1][1] + timedelta(minutes=2)


def _day(midnight: datetime, chance: Random) -> list[tuple[datetime, str]]:
    """When one talks on that day, in order: a few times, mostly over breakfast and in the evening too."""
    talks = ["day"] * chance.randint(2, 5)
    talks += [when for when in ("morning", "evening") if chance.random() < 0.8]
    starts = []
    for when in talks:
        first, last = _HOURS[when]
        seconds = chance.randrange(first * 3600, (last + 1) * 3600)
        starts.append((midnight + timedelta(seconds=seconds), when))
    return sorted(starts)
