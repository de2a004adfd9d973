"""Who says what next while one watches: a few talks at a time, without end, no minute like another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import count
from random import Random

from earwig.cli.demo.diary import bag
from earwig.cli.demo.performance import Performance, Said
from earwig.cli.demo.script import Pools, Scene, ScriptLine

_TALKS = 3
_FIRST_NEWCOMER, _NEWCOMER_EVERY, _NEWCOMERS = 6, 17, 24
_FIRST_TORN, _TORN_EVERY = 9, 29


class Manner(Enum):
    """How the bytes of a line reach the file."""

    WHOLE = "the line with its newline, in one write"
    SPLIT = "the JSON, then the newline: the bot's usual two writes"
    TORN = "half of the JSON, and the rest a moment later"


@dataclass(frozen=True, slots=True)
class Stage:
    """A session in which a talk goes on now and then."""

    key: str
    scenes: Iterator[Scene]


@dataclass(frozen=True, slots=True)
class Cue:
    """The next line: how long to wait for it (seconds), where it goes, and how."""

    pause: float
    key: str
    manner: Manner
    say: Callable[[datetime], Said]


class _Talk:
    """A scene that is being played."""

    def __init__(self, key: str, stage: Stage | None, playing: Performance) -> None:
        self.key = key
        self.stage = stage
        self.playing = playing
        self.lines = list(playing.scene.lines)

    @property
    def urgency(self) -> int:
        """How likely it goes on next: somebody who asked is answered before the next one asks."""
        return 1 if self.lines[0].kind == "user" else 3


class Schedule:
    """Makes the cues; all chance comes from one source, so that a seed tells the whole story."""

    def __init__(
        self, stages: Sequence[Stage], newcomers: Sequence[Scene], words: Pools, chance: Random
    ) -> None:
        self._resting = list(stages)
        self._newcomers = bag(newcomers, chance)
        self._opened = 0
        self._words = words
        self._chance = chance
        self._talks: list[_Talk] = []

    def cues(self, clock: Callable[[], datetime]) -> Iterator[Cue]:
        """Yield the cues, without end; `clock` dates the session that a newcomer opens."""
        for number in count():
            self._begin(number, clock)
            talk = self._chance.choices(self._talks, [talk.urgency for talk in self._talks])[0]
            yield self._cue(number, talk)
            if not talk.lines:
                self._talks.remove(talk)
                if talk.stage is not None:
                    self._resting.append(talk.stage)

    def _begin(self, number: int, clock: Callable[[], datetime]) -> None:
        if number % _NEWCOMER_EVERY == _FIRST_NEWCOMER and self._opened < _NEWCOMERS:
            self._opened += 1
            playing = Performance(next(self._newcomers), self._words, self._chance)
            self._talks.append(_Talk(playing.key(clock()), None, playing))
        elif not self._talks or (len(self._talks) < _TALKS and self._chance.random() < 0.3):
            stage = self._resting.pop(0)
            playing = Performance(next(stage.scenes), self._words, self._chance)
            self._talks.append(_Talk(stage.key, stage, playing))

    def _cue(self, number: int, talk: _Talk) -> Cue:
        line = talk.lines.pop(0)
        pause = self._chance.uniform(1.5, 4.0) if line.kind == "user" else self._chance.uniform(1.0, 3.0)
        return Cue(pause if number else 0.7, talk.key, self._manner(number), _said(talk.playing, line))

    def _manner(self, number: int) -> Manner:
        if number % _TORN_EVERY == _FIRST_TORN:
            return Manner.TORN
        return Manner.SPLIT if self._chance.random() < 0.3 else Manner.WHOLE


def _said(playing: Performance, line: ScriptLine) -> Callable[[datetime], Said]:
    return lambda at: playing.say(line, at)
