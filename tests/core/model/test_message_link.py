"""A link to a message: written, read, and followed also where the file was written anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwig.core.model.message_link import HASHED, MessageLink, digest_of, read_link
from earwig.core.reading import link_search
from earwig.core.reading.link_search import LinkSearch
from earwig.core.stores.jsonl.transcript import FileTranscript
from tests.core.bot_writer import line_of

DIGEST = "0123456789"


def test_a_link_is_short_and_reads_back() -> None:
    link = MessageLink("telegram_alice", 1204, digest_of(b'{"role":"user","content":"x"}'))
    assert link.told() == f"telegram_alice:1204~{link.digest}"
    assert read_link(f" {link.told()}\n") == link
    assert len(link.digest) == 10


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="\\"), min_size=1))
def test_any_plain_key_reads_back(key: str) -> None:
    for line in (None, 1, 10**17):
        link = MessageLink(key, line, DIGEST)
        assert read_link(link.told()) == link


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("a:b:3~0123456789", MessageLink("a:b", 3, DIGEST)),
        ("a:3~0123456789:4~0123456789", MessageLink("a:3~0123456789", 4, DIGEST)),
        ("key:~ABCDEF0123", MessageLink("key", None, "abcdef0123")),
        ("key:0~0123456789", MessageLink("key", None, DIGEST)),
        ("12~0123456789", MessageLink("", 12, DIGEST)),
        ("~0123456789", MessageLink("", None, DIGEST)),
        ("key", None),
        ("key:12", None),
        ("key:12~012345678", None),
        ("key:12~01234567890", None),
        ("key:-1~0123456789", None),
        ("key:1x~0123456789", None),
        ("", None),
    ],
)
def test_what_is_a_link(text: str, link: MessageLink | None) -> None:
    assert read_link(text) == link


def test_a_key_that_could_act_is_escaped() -> None:
    told = MessageLink("a\x1b[2J\u202e", 1, DIGEST).told()
    assert told == r"a\x1b[2J\u202e:1~0123456789"


# Following one.


def say(number: int) -> bytes:
    return line_of("user", f"message {number}") + b"\n"


def raw(number: int) -> bytes:
    return say(number)[:-1]


def follow(path: Path, link: MessageLink) -> tuple[int | None, int]:
    search = LinkSearch(FileTranscript(path), link)
    steps = 1
    while not search.step():
        steps += 1
        assert steps < 10_000
    return search.found, search.place


@pytest.fixture(params=[1 << 20, 200, 1])
def step(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Bytes of a step: more than the file, some lines, less than a line."""
    monkeypatch.setattr(link_search, "STEP", request.param)
    return int(request.param)


def test_at_its_line(tmp_path: Path, step: int) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"".join(map(say, range(100))))
    place = path.read_bytes().index(say(40))
    assert follow(path, MessageLink("s", 41, digest_of(raw(40)))) == (place, place)


@pytest.mark.parametrize("moved", [-37, -1, 1, 55])
def test_moved_by_a_rewrite(tmp_path: Path, step: int, moved: int) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"\n".join(map(raw, range(100))))  # the last without a newline
    found, _ = follow(path, MessageLink("s", 41 + moved, digest_of(raw(40))))
    assert found == path.read_bytes().index(say(40))


@pytest.mark.parametrize(("line", "nearest"), [(20, 10), (51, 50), (60, 50), (79, 90), (99, 90)])
def test_the_nearest_of_several(tmp_path: Path, line: int, nearest: int) -> None:
    path = tmp_path / "s.jsonl"
    lines = [say(7777) if at in (10, 50, 90) else say(1000 + at) for at in range(100)]
    path.write_bytes(b"".join(lines))
    found, _ = follow(path, MessageLink("s", line, digest_of(raw(7777))))
    assert found == sum(map(len, lines[:nearest]))


def test_without_a_line_the_newest(tmp_path: Path, step: int) -> None:
    path = tmp_path / "s.jsonl"
    lines = [say(7777) if at in (10, 50) else say(1000 + at) for at in range(100)]
    path.write_bytes(b"".join(lines))
    found, _ = follow(path, MessageLink("s", None, digest_of(raw(7777))))
    assert found == sum(map(len, lines[:50]))


def test_the_last_line_without_a_newline(tmp_path: Path, step: int) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(say(1) + say(2) + raw(3))
    for line in (3, 1, 99, None):
        assert follow(path, MessageLink("s", line, digest_of(raw(3))))[0] == len(say(1) + say(2))


def test_a_line_over_the_limit_is_known_by_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    long = b'{"role":"user","content":"' + b"x" * HASHED + b'"}'
    path.write_bytes(say(1) + long + b"\n" + say(2))
    for line in (2, 3, None):
        assert follow(path, MessageLink("s", line, digest_of(long)))[0] == len(say(1))


def test_not_there_any_more(tmp_path: Path, step: int) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"".join(map(say, range(10))))
    gone = digest_of(b"gone")
    assert follow(path, MessageLink("s", 4, gone)) == (None, len(b"".join(map(say, range(3)))))
    assert follow(path, MessageLink("s", 400, gone)) == (None, path.stat().st_size)
    assert follow(path, MessageLink("s", None, gone)) == (None, path.stat().st_size)
    path.write_bytes(b"")
    assert follow(path, MessageLink("s", 4, gone)) == (None, 0)


def test_a_file_that_is_rewritten_meanwhile_is_searched_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_search, "STEP", 64)
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"".join(map(say, range(200))))
    search = LinkSearch(FileTranscript(path), MessageLink("s", None, digest_of(raw(7777))))
    for _ in range(20):
        assert not search.step()
    path.write_bytes(say(7777) + b"".join(map(say, range(500, 700))))
    while not search.step():
        pass
    assert search.found == 0
