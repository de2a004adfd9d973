"""Filling the `«…»` slots of a script, so that a scene played twice is not the same text twice.

| slot | becomes |
|---|---|
| `«stamp»` | the line's time as the bot writes it, `[2026-06-30 16:44:51 +08:00]` |
| `«ts»` | the line's time as a Slack thread's name, `1782809091.004100` |
| `«+2day»` `«-1date»` `«+3iso»` | a weekday, `29 June`, `2026-07-03`: that many days from the line's |
| `«-75min»` `«-75at»` | a clock time, a date with one: that many minutes from the line's |
| `«12..90»` `«n:12..90»` | a number between these two; with a name it is the same again as `«n»` |
| `«3*n:12..90»` `«3*n»` | three times that number |
| `«item»` `«item2»` | a word of that pool, the same in the whole scene; with a digit another one |
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from random import Random

from earwig.cli.demo.script import Pools

_SLOT = re.compile(r"«([^«»]+)»")
_MOMENT = re.compile(r"([+-]\d+)(day|date|iso|min|at)")
_TIMES = re.compile(r"(\d+)\*(.+)")
_NUMBER = re.compile(r"(?:(\w+):)?(\d+)\.\.(\d+)")


class Slots:
    """The values drawn in one playing of one scene."""

    def __init__(self, pools: Pools, chance: Random) -> None:
        self._pools = pools
        self._chance = chance
        self._drawn: dict[str, str] = {}

    def fill(self, text: str, at: datetime) -> str:
        """Return the text of a line that is said at that time. Raises `KeyError` for an unknown slot."""
        return _SLOT.sub(lambda slot: self._value(slot[1], at), text)

    def _value(self, slot: str, at: datetime) -> str:
        if slot == "stamp":
            return stamp(at)
        if slot == "ts":
            return f"{int(at.timestamp())}.{self._chance.randrange(10_000):04}00"
        if moment := _MOMENT.fullmatch(slot):
            return _moment(int(moment[1]), moment[2], at)
        if product := _TIMES.fullmatch(slot):
            return str(int(product[1]) * int(self._value(product[2], at)))
        if number := _NUMBER.fullmatch(slot):
            return self._number(number[1], int(number[2]), int(number[3]))
        if slot not in self._drawn:
            self._drawn[slot] = self._word(slot)
        return self._drawn[slot]

    def _number(self, name: str | None, lowest: int, highest: int) -> str:
        value = str(self._chance.randint(lowest, highest))
        return self._drawn.setdefault(name, value) if name else value

    def _word(self, slot: str) -> str:
        pool = self._pools[slot.rstrip("0123456789")]
        fresh = [word for word in pool if word not in self._drawn.values()]
        word = self._chance.choice(fresh or pool)
        return re.sub("#", lambda _: str(self._chance.randrange(10)), word)


def stamp(at: datetime) -> str:
    """Return the time that the bot puts before a user's text (`%Y-%m-%d %H:%M:%S %Z` in its orchestrator)."""
    return f"[{at:%Y-%m-%d %H:%M:%S %Z}]"


def _moment(count: int, unit: str, at: datetime) -> str:
    then = at + (timedelta(minutes=count) if unit in ("min", "at") else timedelta(days=count))
    match unit:
        case "day":
            return f"{then:%A}"
        case "iso":
            return f"{then:%Y-%m-%d}"
        case "min":
            return f"{then:%H:%M}"
        case "at":
            return f"{then.day:2} {then:%b %H:%M}"
        case _:
            return f"{then.day} {then:%B}"
