"""The model of the bot's import leaves the files that the bot leaves, and the rows are read."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.core.bot_writer import lines_of
from tests.core.stores.sqlite.bot_database import BotDatabase
from tests.core.stores.sqlite.bot_import import ImportRefused, import_jsonl, names_in
from tests.core.stores.sqlite.looking import KEY, contents

ALL = ["one", "two"]
DATA = lines_of([("user", "one")]) + b"{damaged\n" + lines_of([("assistant", "two")])

CASES = [
    ("v0.7.5", "", [".jsonl.migrated"], ALL, ALL),
    ("v0.8.4", "rows", [".jsonl"], ALL, ALL + ALL),
    ("head", "", [".jsonl.migrated"], ALL, ALL),
    ("head", "staged", [".jsonl.importing"], [], ALL),
    ("head", "committed", [".jsonl.importing"], ALL, ALL),
    ("head", "linked", [".jsonl.importing", ".jsonl.migrated"], ALL, ALL),
]


@pytest.mark.parametrize(("era", "stop", "names", "first", "then"), CASES)
def test_what_an_import_leaves_and_the_next_start_makes_of_it(
    era: str, stop: str, names: list[str], first: list[str], then: list[str], tmp_path: Path
) -> None:
    with closing(BotDatabase(tmp_path, era)) as bot:
        (bot.folder / f"{KEY}.jsonl").write_bytes(DATA)
        import_jsonl(bot, stop)
        assert names_in(bot.folder) == [f"{KEY}{name}" for name in names]
        assert contents(bot.path) == first
        import_jsonl(bot)
        assert names_in(bot.folder) == [f"{KEY}.jsonl.migrated"]
        assert contents(bot.path) == then


def test_what_is_there_already_is_refused_and_put_back(tmp_path: Path) -> None:
    with closing(BotDatabase(tmp_path)) as bot:
        bot.append(KEY, "user", "here")
        (bot.folder / f"{KEY}.jsonl").write_bytes(DATA)
        with pytest.raises(ImportRefused):
            import_jsonl(bot)
        assert names_in(bot.folder) == [f"{KEY}.jsonl"]
        assert contents(bot.path) == ["here"]
