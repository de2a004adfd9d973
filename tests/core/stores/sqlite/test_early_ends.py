"""Steps over rows that end early because somebody waits: nothing is left out, or counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from earwig.core.reading.counting import LineCounter
from earwig.core.stores.sqlite import row_numbers, scanned_rows, tallied_rows
from earwig.core.stores.sqlite.row_numbers import STRIDE
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.looking import KEY
from tests.core.stores.sqlite.transcripts import texts, transcript_of

ROWS = 3 * STRIDE + 5


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[BotDatabase]:
    with closing(BotDatabase(tmp_path)) as writer:
        writer.con.execute("BEGIN")
        for number in range(ROWS):
            writer.append_row(KEY, "user", str(number))
        writer.con.execute("COMMIT")
        yield writer


@pytest.fixture(autouse=True)
def somebody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (row_numbers, scanned_rows, tallied_rows):
        monkeypatch.setattr(module, "somebody_waits", lambda: True)


def test_what_is_counted_comes_to_all(bot: BotDatabase) -> None:
    transcript = transcript_of(bot.path)
    transcript.refresh()
    counter = LineCounter(transcript)
    steps = 1
    while not counter.step():
        steps += 1
    assert counter.messages == ROWS
    assert steps > ROWS // 20


def test_rows_are_numbered_to_the_end(bot: BotDatabase) -> None:
    transcript = transcript_of(bot.path)
    counted = []
    while not transcript.index_step():
        counted.append(transcript.lines_counted)
    assert counted == [STRIDE, 2 * STRIDE, 3 * STRIDE]
    assert transcript.lines == ROWS
    assert transcript.numbers_of([transcript.tail(1).start]) == [ROWS]


def test_what_is_gone_through_is_all_there(bot: BotDatabase) -> None:
    transcript = transcript_of(bot.path)
    assert texts(transcript.entries()) == [str(number) for number in range(ROWS)]
    stop = transcript.end
    backwards: list[str] = []
    while stop:
        part = transcript.scan_before(stop)
        backwards[:0] = texts(tuple(part.entries(range(len(part.items)))))
        stop = part.start
    assert backwards == [str(number) for number in range(ROWS)]
