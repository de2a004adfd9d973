"""The search of all sessions finds what decoding every line would find, and nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import regex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earwig.core.decoding import decode_line
from earwig.core.find.matcher import BadPattern
from earwig.core.message import BadLine, ChatMessage
from earwig.core.search import candidates
from earwig.core.search.blocks import blocks_of
from earwig.core.search.job import Hit, Progress, SearchJob, text_of_bad
from earwig.core.search.query import Case, SearchQuery
from earwig.core.search.required import required_texts
from earwig.core.store import FolderStore

NASTY = 'aAsSkKiIeEnu/\\"\n\t 0_.éÉßẞſKİıσςΣŉʼ\u0301\u0307\u0345ﬁﬀfΐιά😀\x00\x1f\x7f'
WORDS = ["ss", "ﬁ", "fi", "\\n", "\\u", "\\u00e9", "user", "role", '"', "straße", "STRASSE", "é", "I\u0307"]
TEXT = st.lists(st.sampled_from([*NASTY, *WORDS]), max_size=8).map("".join)
ROLE = st.sampled_from(["user", "assistant", "ss", "é"])


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    kind = draw(st.integers(0, 9))
    text = draw(TEXT)
    if kind == 0:
        return draw(st.binary(max_size=12)).replace(b"\n", b" ")
    if kind == 1:
        return text.encode().replace(b"\n", b"\\n")
    encoded = json.dumps({"role": draw(ROLE), "content": text}, ensure_ascii=draw(st.booleans()))
    if draw(st.booleans()):
        encoded = encoded.replace("/", "\\/")
    if kind == 2:
        encoded = encoded.replace("\\ud83d", "\\uD83D").replace("\\u00e9", "\\u00E9")
    if kind == 3:
        encoded = encoded[:-1]
    return encoded.encode()


PATTERN = st.lists(
    st.sampled_from(
        [*NASTY, *WORDS, ".", "s+", "a|k", "(ss|fi)", "[ks]", r"\w", "^", "$", "i?", "(?:a)", "n{2}"]
    ),
    min_size=1,
    max_size=4,
).map("".join)

QUERIES = st.builds(
    SearchQuery,
    text=st.one_of(TEXT.filter(bool), PATTERN),
    regex=st.booleans(),
    case=st.sampled_from(Case),
    whole_words=st.booleans(),
    fold_accents=st.booleans(),
    roles=st.sampled_from([(), ("user",), ("ss", "é")]),
    bad_lines=st.sampled_from([False, False, False, True]),
)


def by_decoding_everything(data: bytes, query: SearchQuery) -> list[tuple[int, int]]:
    """Line numbers, and how many matches each has."""
    found = []
    matcher = query.matcher()
    raw = data.split(b"\n")
    for number, line in enumerate(raw, 1):
        item = decode_line(line)
        if isinstance(item, ChatMessage) and (not query.roles or item.role in query.roles):
            text = item.content
        elif isinstance(item, BadLine) and query.bad_lines and number < len(raw):
            text = text_of_bad(item)
        else:
            continue
        if count := len(list(matcher.spans(text))):
            found.append((number, count))
    return found


def all_hits(job: SearchJob) -> list[Hit]:
    hits: list[Hit] = []
    job.run(hits.extend, lambda _: None, lambda: False)
    return hits


def store_with(folder: Path, **sessions: bytes) -> FolderStore:
    for age, (key, data) in enumerate(sessions.items()):
        path = folder / f"{key}.jsonl"
        path.write_bytes(data)
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    return FolderStore([folder])


def line(content: str, role: str = "user", *, escaped: bool = False) -> bytes:
    return json.dumps({"role": role, "content": content}, ensure_ascii=escaped).encode() + b"\n"


@pytest.mark.parametrize("portable", [False, True])
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.lists(lines(), max_size=6).map(b"\n".join), ended=st.booleans(), query=QUERIES)
def test_a_scan_finds_what_decoding_everything_does(
    tmp_path: Path, data: bytes, ended: bool, query: SearchQuery, portable: bool
) -> None:
    data += b"\n" if ended else b""
    try:
        expected = by_decoding_everything(data, query)
    except BadPattern:
        return
    job = SearchJob(store_with(tmp_path, a=data), query, portable=portable)
    hits = all_hits(job)
    assert [hit.number for hit in hits] == [number for number, _ in expected]
    assert [len(hit.ranges) for hit in hits] == [count for _, count in expected]
    assert job.count(job.sessions[0]) == len(expected)


def test_no_letter_of_any_script_is_lost_to_the_case_of_another() -> None:
    """The rare letters hold all those that the `regex` module takes for one of ASCII's."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    everything = "".join(map(chr, [*range(0x80, 0xD800), *range(0xE000, 0x20000)]))
    found = set(regex.findall(f"[{letters}]", everything, regex.VERSION0 | regex.IGNORECASE))
    found |= {char for letter in letters for char in regex.findall(letter, everything, regex.V0 | regex.I)}
    assert found <= set(candidates._EXPRESSION_RARE)


@pytest.mark.parametrize("portable", [False, True])
@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("straße", "STRASSE"),
        ("Kelvin", "kelvin"),
        ("ﬁn", "fin"),
        ("İ", "i̇"),
        ('say "hi"\n', 'y "HI"\n'),
        ("CAFÉ", "é"),
    ],
)
@pytest.mark.parametrize("escaped", [False, True])
def test_letters_whose_case_is_another_text(
    tmp_path: Path, content: str, text: str, escaped: bool, portable: bool
) -> None:
    store = store_with(tmp_path, a=line("nothing") + line(content, escaped=escaped))
    query = SearchQuery(text, regex=False, case=Case.IGNORE)
    assert [hit.number for hit in all_hits(SearchJob(store, query, portable=portable))] == [2]


def test_role_and_json_are_no_content(tmp_path: Path) -> None:
    store = store_with(tmp_path, a=line("hello", "user") + b'{"role":"user","content":"user"\n')
    assert all_hits(SearchJob(store, SearchQuery("user"))) == []
    assert all_hits(SearchJob(store, SearchQuery('"'))) == []
    (hit,) = all_hits(SearchJob(store, SearchQuery("user", bad_lines=True)))
    assert (hit.number, hit.role) == (2, "")


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("needle", ["needle"]),
        (r"or\w+der", ["der"]),
        ("(refund|invoice) number", [" number"]),
        ("(refund|invoice)x?", ["refund", "invoice"]),
        ("a*", None),
        ("(?i)a", None),
        ("(?<=a)bc", None),
        ("(?:needle){e<=1}", None),
        ("[[:alpha:]]x", None),
        (r"\p{L}x", None),
        (r"(a)\1", None),
        ("(unclosed", None),
    ],
)
def test_what_an_expression_cannot_do_without(pattern: str, texts: list[str] | None) -> None:
    assert required_texts(pattern) == texts


def test_newest_first_and_what_is_around_a_match(tmp_path: Path) -> None:
    store = store_with(tmp_path, new=line("x" * 100 + "needle" + "y" * 900 + "needle"), old=line("a needle"))
    hits = all_hits(SearchJob(store, SearchQuery("needle")))
    assert [hit.session.key for hit in hits] == ["new", "old"]
    assert [hits[0].snippet[start:stop] for start, stop in hits[0].ranges] == ["needle"]
    assert hits[1].snippet == "a needle"
    assert hits[1].ranges == ((2, 8),)


def test_what_was_appended_is_found_from_where_the_search_stopped(tmp_path: Path) -> None:
    store = store_with(tmp_path, a=line("needle") + line("needle")[:-1])
    job = SearchJob(store, SearchQuery("needle"))
    (session,) = job.sessions
    batches = list(job.search_from(session))
    assert [hit.complete for batch in batches for hit in batch.hits] == [True, False]
    stop = batches[-1].stop
    assert stop == len(line("needle"))
    with session.path.open("ab") as file:
        file.write(b"\n" + line("other") + line("Needle"))
    found = [hit.offset for batch in job.search_from(session, stop) for hit in batch.hits]
    assert found == [stop, session.path.read_bytes().rindex(b'{"role"')]


def test_it_can_be_left_and_tells_how_far_it_is(tmp_path: Path) -> None:
    store = store_with(tmp_path, a=line("needle"), b=line("needle"))
    seen: list[Progress] = []
    job = SearchJob(store, SearchQuery("needle"))
    job.run(lambda _: None, seen.append, lambda: bool(seen))
    assert [(progress.sessions, progress.of_sessions) for progress in seen] == [(0, 2)]
    job.run(lambda _: None, seen.append, lambda: False)
    assert seen[-1] == Progress(2, 2, seen[-1].of_bytes, seen[-1].of_bytes)


def test_which_sessions(tmp_path: Path) -> None:
    store = store_with(tmp_path, telegram_a=line("x"), discord_b=line("x"), telegram_c=line("x"))
    assert [s.key for s in SearchJob(store, SearchQuery("x", sessions=("tele*",))).sessions] == [
        "telegram_a",
        "telegram_c",
    ]
    since = SearchQuery("x", since_ns=999_999 * 10**9, until_ns=999_999 * 10**9)
    assert [session.key for session in SearchJob(store, since).sessions] == ["discord_b"]


def test_what_cannot_be_searched_is_told(tmp_path: Path) -> None:
    store = store_with(tmp_path, a=line("a" * 40), b=b"")
    (tmp_path / "b.jsonl").unlink()
    (tmp_path / "b.jsonl").symlink_to(tmp_path / "a.jsonl")
    job = SearchJob(store, SearchQuery("(a+)+$|(a|aa)+b", case=Case.EXACT))
    all_hits(job)
    assert [(session.key, reason) for session, reason in job.unreadable] == [("b", "is a symbolic link")]


def test_an_expression_that_takes_too_long_is_counted(tmp_path: Path) -> None:
    store = store_with(tmp_path, a=line("a" * 5000) + line("b"))
    job = SearchJob(store, SearchQuery("(a|aa)+(a|aa)+(a|aa)+[bc]$"))
    all_hits(job)
    assert job.too_slow == 1


@pytest.mark.parametrize("step", [1, 7, 64, 1 << 20])
def test_blocks_are_the_file_but_for_lines_over_the_limit(tmp_path: Path, step: int) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"one\n\n" + b"x" * 500 + b"\ntwo\nlast")
    blocks = list(blocks_of(path, 0, limit=100, step=step))
    whole = b"".join(block.data for block in blocks)
    if step < 100:
        assert whole == b"one\n\ntwo\nlast\n"
        assert sum(block.oversized for block in blocks) == 1
    else:
        assert whole == path.read_bytes() + b"\n"
    for block in blocks:
        read = path.read_bytes()[block.start : block.start + len(block.data)]
        assert block.data == read + (b"" if block.complete else b"\n")
    assert blocks[-1].stop == path.read_bytes().index(b"last")


def test_a_bad_pattern_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadPattern):
        SearchJob(FolderStore([tmp_path]), SearchQuery("(", regex=True))
    with pytest.raises(BadPattern):
        SearchJob(FolderStore([tmp_path]), SearchQuery("\u0301", regex=False, fold_accents=True))
