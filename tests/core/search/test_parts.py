"""What a search hands over of one session, part by part, while it goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwig.core.find import literal
from earwig.core.find.literal import Literal
from earwig.core.find.matcher import Span, TooSlow
from earwig.core.model.session import Session
from earwig.core.query.control import SearchControl
from earwig.core.query.found import MOST_HITS, Found
from earwig.core.query.hits import SNIPPET, snippet_of
from earwig.core.query.search_query import SearchQuery
from earwig.core.search.job import SearchJob, portions_of
from earwig.core.stores.jsonl.folder import FolderStore, look_at
from tests.ui.browsing import line

LINES = 20_000
NUMBERED = b"".join(line("user", f"the needle {number} of many") for number in range(1, LINES + 1))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A session of more than a megabyte with a hit in each line."""
    path = tmp_path / "al.jsonl"
    path.write_bytes(NUMBERED)
    return path


def look(path: Path, text: str = "needle", *, control: SearchControl | None = None) -> Iterator[Found]:
    session = look_at(str(path))
    assert session is not None
    return SearchJob(SearchQuery(text), FolderStore(), control=control).look(session)


def numbers(parts: Sequence[Found]) -> list[int]:
    return [hit.number for found in parts for hit in found.hits]


def opened(path: Path) -> list[str]:
    """The handles that this process has on a file or its folder."""
    targets: list[str] = []
    for handle in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # that of the folder that is listed
            targets.append(str(handle.readlink()))
    return [target for target in targets if target in (str(path), str(path.parent))]


def test_the_first_hits_come_before_the_rest_is_read(path: Path) -> None:
    parts = look(path)
    first = next(parts)
    assert 0 < len(first.hits) < 2 * MOST_HITS
    assert first.more
    with path.open("r+b") as file:  # in the same place, another text
        file.seek(len(NUMBERED) - len(line("user", "the needle 20000 of many")))
        file.write(line("user", "the NEEDLE 20000 of many"))
    rest = list(parts)
    assert rest[-1].hits[-1].snippet == "the NEEDLE 20000 of many"
    assert numbers([first, *rest]) == list(range(1, LINES + 1))


def test_no_part_has_many_hits(path: Path) -> None:
    parts = list(look(path))
    assert max(len(found.hits) for found in parts) < 2 * MOST_HITS
    assert sum(found.size for found in parts) == len(NUMBERED)
    assert [found.more for found in parts] == [*[True] * (len(parts) - 1), False]


def test_small_sessions_come_in_parts_as_well(tmp_path: Path) -> None:
    for name in ("al", "bo"):
        (tmp_path / f"{name}.jsonl").write_bytes(NUMBERED[: 300 * 50])
    sessions = FolderStore([tmp_path]).sessions()
    job = SearchJob(SearchQuery("needle"), FolderStore())
    portions = [portion for asked in portions_of(sessions) for portion in job.look_through(asked)]
    assert len(portions) > 1
    assert all(portion.hits < 2 * MOST_HITS for portion in portions)
    assert sum(portion.sessions for portion in portions) == 2
    assert sum(portion.size for portion in portions) == sum(session.extent for session in sessions)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the system does not tell of handles")
def test_nothing_is_open_while_somebody_is_waited_for(path: Path) -> None:
    for _ in look(path):
        assert opened(path) == []
    (path.parent / "bo.jsonl").write_bytes(NUMBERED[: 300 * 50])
    for _ in SearchJob(SearchQuery("needle"), FolderStore()).run(FolderStore([path.parent]).sessions()):
        assert opened(path) == []


def test_what_is_rewritten_meanwhile_is_told(path: Path) -> None:
    parts = look(path)
    next(parts)
    path.write_bytes(line("user", "another text") + NUMBERED)
    *_, last = parts
    assert last.problem == "was rewritten while it was searched; search again"


def test_what_is_replaced_by_the_same_and_more_is_read_on(path: Path) -> None:
    parts = look(path)
    first = next(parts)
    other = path.with_suffix(".new")
    other.write_bytes(NUMBERED + line("user", "one more needle"))
    other.rename(path)
    assert numbers([first, *parts]) == list(range(1, LINES + 2))


def test_from_some_time_on_matches_are_only_counted(path: Path) -> None:
    control = SearchControl()
    parts = look(path, control=control)
    first = next(parts)
    control.count_only()
    rest = list(parts)
    assert sum(len(found.hits) for found in rest) < 2 * MOST_HITS
    assert sum(found.matches for found in (first, *rest)) == LINES


def test_a_search_that_is_cancelled_reads_no_more(path: Path) -> None:
    control = SearchControl()
    parts = look(path, control=control)
    next(parts)
    control.cancel()
    assert len(numbers(list(parts))) < 2 * MOST_HITS


@pytest.mark.parametrize("roles", [(), ("user",), ("assistant",)])
def test_counting_where_most_match_then_few_then_most(tmp_path: Path, roles: tuple[str, ...]) -> None:
    lines = [
        line(
            "user" if number % 3 else "assistant", f"{'needle' if number % 40_000 < 20_000 else 'x'} {number}"
        )
        for number in range(100_000)
    ]
    lines[500] = b"no JSON, but a needle\n"
    path = tmp_path / "al.jsonl"
    path.write_bytes(b"".join(lines) + json.dumps({"role": "user", "content": "a last needle"}).encode())
    session = look_at(str(path))
    assert session is not None
    query = SearchQuery("needle", roles=roles)
    hits = [hit for found in SearchJob(query, FolderStore()).look(session) for hit in found.hits]
    counted = sum(found.matches for found in SearchJob(query, FolderStore(), hits=False).look(session))
    assert counted == len(hits) > 0


def test_a_match_is_not_looked_for_behind_what_is_shown() -> None:
    taken: list[Span] = []

    def spans() -> Iterator[Span]:
        for at in range(1000, 10**9, 2):
            taken.append((at, at + 1))
            yield at, at + 1

    found = snippet_of("e" * 5000, spans())
    assert found is not None
    assert len(found[0]) == SNIPPET
    assert len(taken) < SNIPPET


def test_a_message_with_a_match_is_found_though_the_next_one_takes_too_long() -> None:
    def spans() -> Iterator[Span]:
        yield 0, 1
        raise TooSlow

    assert snippet_of("ab", spans()) == ("ab", ((0, 1),))


@settings(deadline=None)
@given(
    st.text(st.sampled_from("aAsSßẞKſ\u212aﬃfi é"), max_size=60),
    st.text(st.sampled_from("asSkfi é"), min_size=1, max_size=3),
    st.booleans(),
    st.integers(1, 9),
)
def test_a_long_text_is_folded_in_parts(text: str, needle: str, whole_words: bool, size: int) -> None:
    finder = Literal(needle, fold=True, whole_words=whole_words)
    expected = list(finder.spans(text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(literal, "_PART", size)
        assert list(finder.spans(text)) == expected
        assert finder.has(text) == bool(expected)


def test_sessions_apart_are_left_out(tmp_path: Path) -> None:
    for name in ("al", "bo"):
        (tmp_path / f"{name}.jsonl").write_bytes(line("user", "needle"))
    sessions = FolderStore([tmp_path]).sessions()
    [asked] = portions_of(sessions)

    def left(*apart: Session) -> list[Session]:
        return list(asked.without({session.id for session in apart}).sessions)

    assert left() == sessions
    assert left(sessions[0]) == sessions[1:]
    assert left(*sessions) == []
    assert list(SearchJob(SearchQuery("needle"), FolderStore()).look_through(asked.without([sessions[0].id])))
