"""The byte scan loses nothing: hits are those of decoding every line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from unicodedata import normalize

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from earwig.core.find import line_scan
from earwig.core.find.byte_patterns import FOLDING_TO_ASCII
from earwig.core.find.matcher import BadPattern
from earwig.core.model.message import BadLine, ChatMessage
from earwig.core.query.hits import text_of_bad
from earwig.core.query.search_query import Case, SearchQuery
from earwig.core.search.job import SearchJob
from earwig.core.stores.jsonl.decoding import decode_line
from earwig.core.stores.jsonl.folder import FolderStore, look_at

LETTERS = 'aAbBkKsStTiIfFlLeE é É ß ẞ ſ \u212a İ ı ﬀ ﬁ ﬆ θ ϑ Θ µ μ ς σ Σ 😀 \u0301 _1/\\"\n\t\x01\x7f'
"""Few, so that texts and patterns meet; each has a way of its own to be stored, or to be folded."""

texts = st.text(st.sampled_from(LETTERS), max_size=12)
roles = st.sampled_from(["user", "assistant", "ass", "é"])
EXPRESSIONS = (
    *("a.b", "s+t", "[a-k]s", "[^a]b", r"\bs", r"\w\s", "(?i:K)", "a|é", "(a)b?\\1", "st$", "^s", r"\d_"),
    *(
        "(?<=a)b",
        "a(?!b)",
        "s{2}",
        "i{1,3}e",
        "[é]",
        r"[\s/]",
        r"\\",
        '"',
        r"\n",
        "é+",
        "(?i)straße",
        "[[a]b]",
    ),
    *(r"\p{L}s", "s{e<=1}", "θ", "K", "ı", "I", "😀", "a*", "(?:ss|ﬁ)l", r"\x73", r"\u00e9", "[ß-é]s", "()"),
    *("(?i)straße", "(?>s|ss)t", "s++t"),
)

Escape = Callable[[str], str]


def _upper(text: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: rf"\u{found[1].upper()}", json.dumps(text))


def _every(text: str) -> str:
    units = text.encode("utf-16-be")
    return '"' + "".join(rf"\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)) + '"'


ESCAPES: Sequence[Escape] = (
    lambda text: json.dumps(text, ensure_ascii=False),
    json.dumps,
    _upper,
    _every,
    lambda text: json.dumps(text, ensure_ascii=False).replace("/", r"\/"),
)


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """A message in one of the ways to write it, or a bad line with a text in it."""
    content, escape = draw(texts), draw(st.sampled_from(ESCAPES))
    line = f'{{"role":{json.dumps(draw(roles))},"content":{escape(content)}}}'
    line = draw(
        st.sampled_from((line, line, line, f" {line}\r", line[:-1], content.replace("\n", " "), "[]", ""))
    )
    return line.encode()


queries = st.builds(
    SearchQuery,
    text=st.one_of(st.text(st.sampled_from(LETTERS), min_size=1, max_size=3), st.sampled_from(EXPRESSIONS)),
    regex=st.booleans(),
    case=st.sampled_from(Case),
    whole_words=st.booleans(),
    accents_folded=st.booleans(),
    roles=st.sampled_from([(), ("user",), ("ass",)]),
    sessions=st.just(()),
    since_ns=st.none(),
    until_ns=st.none(),
    bad_lines=st.booleans(),
)


def by_decoding_everything(data: bytes, query: SearchQuery) -> list[int]:
    """The numbers of the lines that match."""
    matcher = query.matcher()
    found: list[int] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        item = decode_line(line)
        if isinstance(item, ChatMessage):
            wanted = not query.roles or item.role in query.roles
            text = item.content
        else:
            wanted = isinstance(item, BadLine) and query.bad_lines
            text = text_of_bad(item) if isinstance(item, BadLine) else ""
        if wanted and list(matcher.spans(text)):
            found.append(number)
    return found


@pytest.mark.parametrize("portable", [False, True])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400, deadline=None)
@given(stored=st.lists(lines(), max_size=8), query=queries)
def test_hits_are_those_of_decoding_everything(
    tmp_path: Path, portable: bool, stored: list[bytes], query: SearchQuery
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in stored))
    session = look_at(str(path))
    assert session is not None
    with pytest.MonkeyPatch.context() as patch:
        if portable:
            patch.setattr(line_scan, "hyperscan_lines", line_scan.portable_lines)
        try:
            job = SearchJob(query, FolderStore())
        except BadPattern:
            return
        except ValueError:
            assert not query.sought
            return
        hits = [hit for portion in job.run([session]) for found in portion.found for hit in found.hits]
        counted = SearchJob(query, FolderStore(), hits=False).look(session)
        matches = sum(found.matches for found in counted)
    expected = by_decoding_everything(path.read_bytes(), query)
    assert [hit.number for hit in hits] == expected
    assert matches == len(expected)
    for hit in hits:
        line = path.read_bytes()[hit.position : hit.position + hit.size]
        assert line == stored[hit.number - 1]
        assert hit.ranges
        assert all(0 <= start < stop <= len(hit.snippet) for start, stop in hit.ranges)


@pytest.mark.parametrize("portable", [False, True])
@pytest.mark.parametrize("pattern", ["{}", "[{}]", "a?{}", "(?i:{})", "{}s"])
def test_each_letter_finds_all_others_that_it_should(
    tmp_path: Path, portable: bool, pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = [letter for letter in dict.fromkeys(LETTERS) if letter not in '"/\\\n\t\x01 ']
    stored = [json.dumps({"role": "user", "content": letter + "s"}, ensure_ascii=False) for letter in letters]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(stored) + "\n", encoding="utf-8")
    session = look_at(str(path))
    assert session is not None
    if portable:
        monkeypatch.setattr(line_scan, "hyperscan_lines", line_scan.portable_lines)
    for letter in letters:
        for case in Case:
            query = SearchQuery(pattern.format(letter), regex=True, case=case)
            hits = [hit for found in SearchJob(query, FolderStore()).look(session) for hit in found.hits]
            assert [hit.number for hit in hits] == by_decoding_everything(path.read_bytes(), query), query


def test_every_character_that_folds_to_ascii_is_known() -> None:
    found: dict[str, str] = {}
    for char in map(chr, range(128, 0x110000)):
        form = char.casefold()
        if form.isascii():
            found[form] = found.get(form, "") + char
    assert found == FOLDING_TO_ASCII


def test_accents_are_folded_in_both_ways_of_writing_them() -> None:
    query = SearchQuery("cafe", accents_folded=True)
    for text in ("un café", normalize("NFD", "un café!")):
        [(start, stop)] = query.matcher().spans(text)
        assert normalize("NFC", text[start:stop]) == "café"
