"""The made-up workspace is what a bot would have left: the files, their lines, their times."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from earwig.cli.demo.script import conversations
from earwig.cli.demo.workspace import build_workspace
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.stores.jsonl.decoding import decode_line
from earwig.core.stores.jsonl.session_store import SessionStore

NOW = 1782808815.0
"""2026-06-30 16:40:15, where the bot is."""

NAMES = {
    "discord_ops_1187340021553487913_208512339017760768",
    "email_default_hana_sato_tanuki-mail_example_hana_sato_tanuki-mail_example",
    "gw_7c1e4b52-90d3-4f6a-8a27-5be1d0f3c964",
    "matrix_home__kQzXvFhWpLmrTnBs_kiln_example__tobias_kiln_example",
    "signal_default_group_Zk9wT3hMa2VyYWFu___97245550134",
    "telegram_default_-1002078114263_17_17_ines_depot",
    "telegram_default_48210077_mara_lim",
    "telegram_default_5512048837_alice_k",
    "telegram_default_770031245_minjun_park",
    "wecom_ws_shop_wrkSFfCgAA9x2Ld0",
    "whatsapp_main_120363041887302915_g_us",
}
"""Those whose names hold no time; beside them there are three of Slack."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    build_workspace(folder, now=NOW)
    return folder


def lines_of(path: Path) -> list[ChatMessage | BadLine]:
    return [item for line in path.read_bytes().split(b"\n") if (item := decode_line(line)) is not None]


def contents(workspace: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (workspace / "sessions").iterdir()}


def age_of(path: Path) -> float:
    return NOW - path.stat().st_mtime


def test_the_names_are_those_that_the_bot_makes(workspace: Path) -> None:
    keys = set(SessionStore(workspace).list_sessions())

    assert keys >= NAMES
    threads = [r"slack_\d{10}_\d{6}_Bo_Larsen"]
    threads += [rf"slack_work_C05QK2N8R1P_\d{{10}}_\d{{6}}_{name}" for name in ("Priya_Raman", "Tom_Okafor")]
    slack = keys - NAMES
    assert [sum(bool(re.fullmatch(thread, key)) for key in slack) for thread in threads] == [1, 1, 1]
    assert len(slack) == 3


def test_the_bot_loads_every_message_and_skips_two_lines(workspace: Path) -> None:
    store = SessionStore(workspace)
    bad: dict[str, int] = {}
    for key in store.list_sessions():
        items = lines_of(store.session_path(key))
        assert store.load(key) == [item for item in items if isinstance(item, ChatMessage)]
        if wrong := [item for item in items if isinstance(item, BadLine)]:
            bad[key] = len(wrong)
            assert all(item.raw.count(b'{"role"') == 2 for item in wrong), "two messages fused on a line"

    assert bad == {
        "discord_ops_1187340021553487913_208512339017760768": 1,
        "whatsapp_main_120363041887302915_g_us": 1,
    }


def test_as_many_lines_as_the_scripts_say(workspace: Path) -> None:
    store = SessionStore(workspace)
    for told in conversations():
        if told.weeks or "«" in told.opening.key:
            continue
        kinds = [line.kind for line in told.opening.lines]
        # A raw line swallows what it fuses with: the torn one takes the next line, the fused one only itself.
        lost = kinds.count("raw") + (told.name == "jonas")
        assert len(store.load(told.opening.key)) == len(kinds) - lost, told.name


def test_a_dozen_sessions_one_empty_one_long(workspace: Path) -> None:
    counts = {path.stem: len(lines_of(path)) for path in (workspace / "sessions").iterdir()}

    assert 12 <= len(counts) <= 14
    assert [key for key, count in counts.items() if not count] == [
        next(k for k in counts if "Tom_Okafor" in k)
    ]
    assert counts["telegram_default_48210077_mara_lim"] >= 400
    assert len({key.split("_")[0] for key in counts}) >= 9, "channels"


@pytest.mark.parametrize("seed", range(5))
def test_the_long_one_is_long_and_varied_for_every_seed(tmp_path: Path, seed: int) -> None:
    build_workspace(tmp_path, now=NOW, seed=seed)

    messages = SessionStore(tmp_path).load("telegram_default_48210077_mara_lim")
    assert len(messages) >= 400
    questions = [message.content.partition("] ")[2] for message in messages if message.role == "user"]
    assert len(set(questions)) > len(questions) * 0.5, "too often the same words"


def test_the_same_now_and_seed_give_the_same_files(workspace: Path, tmp_path: Path) -> None:
    build_workspace(tmp_path, now=NOW)

    assert contents(tmp_path) == contents(workspace)
    for path in (tmp_path / "sessions").iterdir():
        assert path.stat().st_mtime_ns == (workspace / "sessions" / path.name).stat().st_mtime_ns


def test_another_seed_gives_another_story(workspace: Path, tmp_path: Path) -> None:
    build_workspace(tmp_path, now=NOW, seed=8)

    name = "telegram_default_48210077_mara_lim.jsonl"
    assert contents(tmp_path)[name] != contents(workspace)[name]


def test_another_now_moves_the_times_along(tmp_path: Path) -> None:
    build_workspace(tmp_path, now=NOW + 86_400)

    text = (tmp_path / "sessions/telegram_default_5512048837_alice_k.jsonl").read_text(encoding="utf-8")
    assert "[2026-07-01 16:" in text
    assert "«" not in text


def test_the_newest_is_seconds_old_and_the_oldest_weeks(workspace: Path) -> None:
    ages = sorted((age_of(path), path.stem) for path in (workspace / "sessions").iterdir())

    assert ages[0][1] == "telegram_default_5512048837_alice_k"
    assert 0 < ages[0][0] < 60
    assert ages[-1][1].endswith("Bo_Larsen")
    assert ages[-1][0] > 14 * 86_400
    assert len({round(age) for age, _ in ages}) == len(ages), "two sessions of the same age"


def test_a_file_is_as_old_as_its_last_stamp(workspace: Path) -> None:
    path = workspace / "sessions/telegram_default_770031245_minjun_park.jsonl"
    last = lines_of(path)[-1]

    assert isinstance(last, ChatMessage)
    assert last.content.startswith("[2026-06-30 16:39:27 +08:00] ")
    assert age_of(path) == pytest.approx(48)


@pytest.mark.parametrize("hour", range(0, 24, 5))
def test_nothing_is_dated_after_now(tmp_path: Path, hour: int) -> None:
    now = NOW + hour * 3600
    build_workspace(tmp_path, now=now)

    latest = f"[{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(now + 8 * 3600))} +08:00]"
    for path in (tmp_path / "sessions").iterdir():
        assert path.stat().st_mtime <= now
        for item in lines_of(path):
            if isinstance(item, ChatMessage) and item.content.startswith("[20"):
                assert item.content[: len(latest)] <= latest


def test_times_never_run_backwards(workspace: Path) -> None:
    for path in (workspace / "sessions").iterdir():
        stamps = [
            item.content[:28]
            for item in lines_of(path)
            if isinstance(item, ChatMessage) and item.content.startswith("[20")
        ]
        assert stamps == sorted(stamps), path.stem


def test_no_slot_is_left_unfilled(workspace: Path) -> None:
    for name, data in contents(workspace).items():
        assert "«".encode() not in data, name
        assert "»".encode() not in data, name
