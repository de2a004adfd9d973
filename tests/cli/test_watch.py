"""`earwig watch`: in processes of their own, as sessions are appended to and rewritten."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.running import Program, lines, message
from tests.core.watch_rules.processes import is_alive
from tests.e2e.terminal import ROOT, clean_environment, earwig

assert sys.platform != "win32"

SECONDS = 30.0


class Watching:
    """A running `earwig watch`, whose output goes to files."""

    def __init__(self, process: subprocess.Popen[bytes], out: Path, err: Path) -> None:
        self.process = process
        self.out = out
        self.err = err

    def records(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.out.read_text(encoding="utf-8").splitlines()]

    def wait_for(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < end, (self.out.read_text(), self.err.read_text())
            time.sleep(0.02)


@contextmanager
def watching(home: Path, tmp_path: Path, *arguments: str, status: int = 0) -> Iterator[Watching]:
    out, err = tmp_path / "out", tmp_path / "err"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        environ = clean_environment(home)
        process = subprocess.Popen(
            earwig("watch", *arguments), env=environ, cwd=ROOT, stdout=stdout, stderr=stderr
        )
    try:
        yield Watching(process, out, err)
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == status, err.read_text()
    finally:
        process.kill()
        process.wait()


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def begin(seen: Watching, path: Path) -> None:
    """Wait until it watches: by a message that fires, sent until one does."""
    for _ in range(200):
        append(path, lines("zebra"))
        end = time.monotonic() + 0.25
        while time.monotonic() < end:
            if seen.out.stat().st_size:
                return
            time.sleep(0.02)
    raise AssertionError(seen.err.read_text())


def test_each_message_fires_once_also_across_a_rewrite(home: Path, tmp_path: Path, sessions: Path) -> None:
    path = sessions / "telegram_al.jsonl"
    path.write_bytes(lines("an old refund", "zebra of old"))
    with watching(home, tmp_path, str(sessions), "--match", "refund|zebra", "--json") as seen:
        begin(seen, path)
        append(path, lines("a refund", "nothing", "Refund!"))

        def refunds() -> list[dict[str, object]]:
            return [it for it in seen.records() if "efund" in str(it["content"])]

        seen.wait_for(lambda: len(refunds()) == 2)
        rewritten = tmp_path / "new"
        rewritten.write_bytes(path.read_bytes() + lines("one more refund"))
        rewritten.rename(path)
        (sessions / "web_new.jsonl").write_bytes(lines("a refund in a new session"))
        seen.wait_for(lambda: len(refunds()) >= 4)
        contents = [it["content"] for it in refunds()]
        assert sorted(map(str, contents)) == [
            "Refund!",
            "a refund",
            "a refund in a new session",
            "one more refund",
        ]
        first = refunds()[0]
        assert (first["why"], first["session"], first["role"]) == ("said", "telegram_al", "user")
        assert first["path"] == str(path)
        assert isinstance(first["line"], int)


def test_a_command_gets_the_message_as_data(home: Path, tmp_path: Path, sessions: Path) -> None:
    path, kept = sessions / "al.jsonl", tmp_path / "kept"
    path.write_bytes(lines("one"))
    evil = 'zebra "; touch pwned #$(touch pwned)`touch pwned`'
    code = f"import sys; open({str(kept)!r}, 'ab').write(sys.stdin.buffer.read())"
    command = f'{sys.executable} -c "{code}"'
    with watching(home, tmp_path, str(sessions), "--role", "user", "--exec", command) as seen:
        begin(seen, path)
        append(path, message("user", evil) + b"\n")
        seen.wait_for(lambda: kept.exists() and "pwned" in kept.read_text())
    records = [json.loads(line) for line in kept.read_text().splitlines()]
    assert evil in [record["content"] for record in records]  # commands run side by side
    assert seen.err.read_text() == ""
    assert not list(ROOT.glob("pwned*"))


def test_a_failing_command_is_reported_and_holds_nothing_up(
    home: Path, tmp_path: Path, sessions: Path
) -> None:
    path = sessions / "al.jsonl"
    path.write_bytes(lines("one"))
    command = f"{sys.executable} -c \"import sys; sys.exit('no use')\""
    with watching(home, tmp_path, str(sessions), "--match", "zebra", "--exec", command) as seen:
        begin(seen, path)
        seen.wait_for(lambda: "ended with status 1: no use" in seen.err.read_text())
        append(path, lines("another zebra"))
        seen.wait_for(lambda: "another zebra" in seen.out.read_text())


STAYS = """
import os, signal, sys, time
for it in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(it, signal.SIG_IGN)
os.fork()
open(f'{sys.argv[1]}/{os.getpid()}', 'w').close()
time.sleep(600)
"""


@pytest.mark.parametrize(
    ("numbers", "status"),
    [
        ([signal.SIGTERM, signal.SIGTERM], 0),
        ([signal.SIGINT, signal.SIGINT], 0),
        ([signal.SIGHUP, signal.SIGHUP], 0),
        ([signal.SIGUSR1], -signal.SIGUSR1),
        ([signal.SIGTERM, signal.SIGUSR1], -signal.SIGUSR1),
    ],
)
def test_told_to_end_it_ends_the_commands_that_it_began(
    home: Path, tmp_path: Path, sessions: Path, numbers: Sequence[signal.Signals], status: int
) -> None:
    path, pids, script = sessions / "al.jsonl", tmp_path / "pids", tmp_path / "stays.py"
    path.write_bytes(lines("one"))
    pids.mkdir()
    script.write_text(STAYS)
    command = f"{sys.executable} {script} {pids}"
    arguments = (str(sessions), "--match", "zebra", "--exec", command)
    with watching(home, tmp_path, *arguments, status=status) as seen:
        begin(seen, path)
        seen.wait_for(lambda: len(list(pids.iterdir())) >= 2)
        for number in numbers:
            seen.process.send_signal(number)
            if len(numbers) > 1:  # two that come before the first is seen are one
                seen.wait_for(lambda: "^C ends it" in seen.err.read_text())
        assert seen.process.wait(SECONDS) == status
        started = [int(it.name) for it in pids.iterdir()]
        seen.wait_for(lambda: not any(map(is_alive, started)))
    assert status or "still running for" in seen.err.read_text()


def test_a_message_that_waited_already_is_told_of(home: Path, tmp_path: Path, sessions: Path) -> None:
    path, late = sessions / "al.jsonl", sessions / "bo.jsonl"
    path.write_bytes(lines("one"))
    late.write_bytes(lines("where is it?"))
    os.utime(path, (1000, 1000))
    records: list[dict[str, object]] = []
    for patience in (2, 10, 30):  # whether the program has begun to watch by then is the machine's affair
        now = time.time()
        os.utime(late, (now, now))
        with watching(home, tmp_path, str(sessions), "--unanswered", f"{patience}s", "--json") as seen:
            while not (records := seen.records()) and time.time() < now + patience + SECONDS / 3:
                time.sleep(0.02)
        if records:
            break
    [told] = records
    assert (told["why"], told["session"], told["content"], told["line"]) == (
        "unanswered",
        "bo",
        "where is it?",
        1,
    )


def test_failed_turns(home: Path, tmp_path: Path, sessions: Path) -> None:
    path = sessions / "al.jsonl"
    path.write_bytes(lines("one"))
    with watching(home, tmp_path, str(sessions), "--failed") as seen:
        end = time.monotonic() + SECONDS
        while "assistant  #" not in seen.out.read_text() and time.monotonic() < end:
            append(path, message("assistant", "[Task failed — no model]") + b"\n")
            time.sleep(0.25)
        assert "assistant  #" in seen.out.read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "what is to be watched for?"),
        (["--match", "a("], "a( is no regular expression"),
        (["--unanswered", "soon"], "'soon' is no time"),
        (["--match", "a", "--exec", "'"], "--exec cannot be run: it has a quote that is not closed"),
        (["--match", "a", "/gone"], "no such path: /gone"),
    ],
)
def test_mistakes(program: Program, arguments: list[str], words: str) -> None:
    result = program("watch", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_expression_that_takes_too_long_is_told_once(home: Path, tmp_path: Path, sessions: Path) -> None:
    path = sessions / "al.jsonl"
    path.write_bytes(lines("one"))
    with watching(home, tmp_path, str(sessions), "--match", "zebra|(?:a|a|aa)+$") as seen:
        begin(seen, path)
        append(path, lines(*["a" * 40 + "b"] * 5, "a zebra more"))
        seen.wait_for(lambda: "a zebra more" in seen.out.read_text())
    told = [words for words in seen.err.read_text().splitlines() if "took too long" in words]
    assert told == [told[0], f"{told[0]} (4 more times)"]
