"""`earwig search` of what is nearly everywhere: printed as it is found, in little memory."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.running import SECONDS, Program, environment, lines

MEGABYTE = 1_000_000
LIMIT = 50 * MEGABYTE
"""Bytes that the largest process of a search may take; 25 MB are the interpreter and its libraries."""

# A small program of its own: what a process had before it became another one is counted as well.
PEAK = """
import json, resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(json.dumps([status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024]))
"""


def peak(program: Program, *arguments: str) -> int:
    """The memory of the largest process of a search that finds something, in bytes."""
    command = [sys.executable, "-c", PEAK, sys.executable, "-m", "earwig", "search", *arguments]
    run = subprocess.run(
        command,
        env=environment(program.home),
        capture_output=True,
        timeout=4 * SECONDS,
        check=True,
        text=True,
    )
    assert run.stderr == ""
    status, size = json.loads(run.stdout)
    assert status == 0
    return int(size)


@pytest.fixture
def large(sessions: Path) -> Path:
    """A session of 17 MB with the letter e in each of 40,000 lines, many times in each."""
    some = lines(*(f"the message number {number} says hello e again " * 8 for number in range(1000)))
    (sessions / "al.jsonl").write_bytes(some * 40)
    return sessions


@pytest.mark.skipif(sys.platform != "linux", reason="another system tells memory in another unit")
@pytest.mark.parametrize(
    "arguments", [["e", "--json"], ["e+", "--role", "user", "--since", "1d"], ["e", "-c"]]
)
def test_a_letter_that_is_everywhere_takes_no_memory(
    program: Program, large: Path, arguments: Sequence[str]
) -> None:
    assert peak(program, *arguments, str(large)) < LIMIT


def test_what_is_found_is_printed_before_the_rest_is_read(program: Program, sessions: Path) -> None:
    path = sessions / "al.jsonl"
    path.write_bytes(lines(*(f"the needle {number}" for number in range(40_000))))
    # So much behind it, nothing on the disk, that nobody comes to its end in time.
    os.truncate(path, 1_000_000 * MEGABYTE)
    for arguments in ([], ["--json"], ["-C", "1"]):
        command = [sys.executable, "-m", "earwig", "search", "needle", str(sessions), *arguments]
        with subprocess.Popen(
            command, env=environment(program.home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert "the needle 0" in process.stdout.readline()
            process.stdout.close()  # as `head -1` does
            assert process.wait(SECONDS) == 0
            assert process.stderr.read() == ""


@pytest.mark.parametrize("more", [[], ["--bad"]], ids=["", "bad"])
def test_a_session_that_is_only_named_is_left_at_its_first_match(
    program: Program, sessions: Path, more: Sequence[str]
) -> None:
    path = sessions / "al.jsonl"
    path.write_bytes(lines(*(f"the needle {number}" for number in range(40_000))))
    os.truncate(path, 1_000_000 * MEGABYTE)  # nobody comes to its end in time
    command = [sys.executable, "-m", "earwig", "search", "needle", str(sessions), "-l", *more]
    run = subprocess.run(
        command, env=environment(program.home), capture_output=True, timeout=SECONDS, check=False, text=True
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "al\n", "")


def test_a_search_ends_with_its_reader_also_where_nothing_more_is_found(
    program: Program, sessions: Path
) -> None:
    (sessions / "al.jsonl").write_bytes(lines("a needle"))
    os.truncate(sessions / "al.jsonl", 1_000_000 * MEGABYTE)
    (sessions / "bo.jsonl").write_bytes(lines("a needle") + lines("nothing of note") * 2_000_000)
    os.utime(sessions / "al.jsonl", (1, 1))
    command = [sys.executable, "-m", "earwig", "search", "needle", str(sessions)]
    with subprocess.Popen(command, env=environment(program.home), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"bo:1:user: a needle\n"
        process.stdout.close()
        assert process.wait(SECONDS) == 0


def expected(contents: Sequence[str], count: int) -> list[str]:
    """What is printed with so many messages before and after each that has a needle."""
    hits = {number for number, content in enumerate(contents, 1) if "needle" in content}
    shown = sorted(
        number
        for number in range(1, len(contents) + 1)
        if any(hit in hits for hit in range(number - count, number + count + 1))
    )
    rows: list[str] = []
    last = None
    for number in shown:
        if last is not None and number > last + 1:
            rows.append("--")
        mark = ":" if number in hits else "-"
        rows.append(f"al{mark}{number}{mark}user{mark} {contents[number - 1]}")
        last = number
    return rows


@pytest.mark.parametrize("often", [0.02, 0.5, 0.97])
def test_neighbours_of_many(program: Program, sessions: Path, often: float) -> None:
    chance = random.Random(often)
    contents = [
        f"{'needle' if chance.random() < often else 'hay'} {number} {'x' * chance.choice((1, 90))}"
        for number in range(3000)
    ]
    (sessions / "al.jsonl").write_bytes(lines(*contents))
    for count in (1, 3):
        result = program("search", "needle", str(sessions), "-C", str(count))
        assert result.stdout.splitlines() == expected(contents, count)


def test_counts_of_a_session_that_comes_in_parts(program: Program, sessions: Path) -> None:
    (sessions / "al.jsonl").write_bytes(lines(*(f"needle {number}" for number in range(20_000))))
    (sessions / "bo.jsonl").write_bytes(lines("needle", "hay"))
    os.utime(sessions / "al.jsonl", (1, 1))
    assert program("search", "needle", "-c", str(sessions)).stdout == "bo:1\nal:20000\n"
    assert program("search", "needle", "-l", str(sessions)).stdout == "bo\nal\n"
    found = program.records("search", "needle", "--json", str(sessions))
    assert [row["line"] for row in found] == [1, *range(1, 20_001)]
