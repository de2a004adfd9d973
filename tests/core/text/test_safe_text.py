"""What becomes of every class of character, and that nothing else does."""

from __future__ import annotations

import ast
import json
import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import earwig
from earwig.core.text import safe_text
from earwig.core.text.safe_text import (
    clean,
    clean_line,
    hidden_count,
    joined,
    json_safe,
    lines_of,
    own_text,
    part,
    safe_name,
    without_symbols,
    without_tabs,
)
from tests.data.hostile import AS_IT_IS, HOSTILE, forbidden_characters

SPICY = (
    "\x00\x1b\t\n\r\x7f\x85\x9b\xad\u0301\u0316\u20dd\u200b\u200d\u200e\u202e\u2028\ufe0f\ufeff\u2800"
    '\\x1 a<"{\u00e9e\u0301\u212b\u0323\u1100\u1161\u1e69\u00a0\U000e0041\U0001f3fd\udc80\x80\ud800'
)
ANY_TEXT = st.text(st.sampled_from(SPICY) | st.characters(exclude_categories=()))
VALID_TEXT = ANY_TEXT.map(lambda text: text.encode("utf-8", "ignore").decode())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, twice\n\tover", "plain text, twice\n\tover"),
        ("a\r\nb", "a\nb"),
        ("a\rb", "a␍b"),
        ("a\r\r\nb", "a␍\nb"),
        ("\x00\x07\x08\x0b\x0c\x1b\x1f", "␀␇␈␋␌␛␟"),
        ("\x7f", "␡"),
        ("a\x85b\u2028c\u2029d", "a\nb\nc\nd"),
        ("\x80\x84\x86\x9b\x9d\x9f", "\ufffd" * 6),
        ("\u202a\u202b\u202c\u202d\u202e", "\ufffd" * 5),
        ("\u2066\u2067\u2068\u2069\u200e\u200f\u061c", "\ufffd" * 7),
        ("\ud800\udfff", "\ufffd\ufffd"),
        ("\ufffe\uffff\ufdd0\U0001fffe\U0010ffff", "\ufffd" * 5),
        ("\u0378\U000e0fff", "\ufffd\ufffd"),
        ("\ue000\uf8ff\U000f0000\U0010fffd", "\ue000\uf8ff\U000f0000\U0010fffd"),
        ("a\xad\u034f\u115f\u1160\u180e\u200b\u200c\u2060\u2064\u3164\ufeff\uffa0\ufff9\ufffbb", "ab"),
        ("a\U000e0000\U000e0001\U000e0041\U000e007fb", "ab"),
        ("\u2764\ufe0f\u2764\ufe0e\u845b\U000e0100\u1820\u180b", "\u2764\u2764\u845b\u1820"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\U0001f469"),
        ("\U0001f44d\U0001f3fb\U0001f44d\U0001f3ff", "\U0001f44d\U0001f44d"),
        ("e" + "\u0301" * 4, "e" + "\u0301" * 4),
        ("e" + "\u0301\u0316\u20dd" * 9 + "f" + "\u0489" * 5, "e\u0301\u0316\u20dd\u0301f" + "\u0489" * 4),
        ("e" + "\u0301\u200b" * 9, "e" + "\u0301" * 4),
        ("नमस्ते का 漢字 ที่นี่ é ✓ 🙂", "नमस्ते का 漢字 ที่นี่ é ✓ 🙂"),
    ],
)
def test_each_class_becomes_what_its_reader_can_see(text: str, shown: str) -> None:
    assert clean(text) == shown


def expected(char: str) -> str:
    """The same table in another form, by category first; for characters that stand alone."""
    kind = unicodedata.category(char)
    if char in "\t\n":
        return char
    if char in "\x85\u2028\u2029":
        return "\n"
    if char == "\x7f":
        return "␡"
    if kind == "Cc":
        return chr(0x2400 + ord(char)) if char < " " else "\ufffd"
    if re.match("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", char):
        return "\ufffd"
    if forbidden_characters(char) and (kind != "Cn" or "\U000e0000" <= char <= "\U000e007f"):
        return ""
    return "\ufffd" if kind == "Cn" else char


# The planes in use, and a few points of those that have no characters.
CODE_POINTS = [
    *range(0x3_4000),
    *range(0x3_4000, 0xE_0000, 997),
    *range(0xE_0000, 0xF_0100),
    0xF_FFFD,
    0x10_FFFD,
]


@pytest.mark.parametrize("after", [0, 1 << 40], ids=["by pattern", "one by one"])
def test_every_code_point_is_treated_as_its_class_wherever_it_stands(
    after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safe_text, "_quick_look", safe_text._QuickLook(after))
    characters = list(map(chr, CODE_POINTS))
    wanted = list(map(expected, characters))
    alone = list(map(clean, characters))
    among_others = clean("|a|".join(characters)).split("|a|")
    for shown in (alone, among_others):
        assert [got for got in zip(characters, shown, wanted, strict=True) if got[1] != got[2]] == []


def test_a_screenful_is_cleaned_without_the_pattern_that_takes_long_to_make(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(safe_text, "_quick_look", safe_text._QuickLook())
    safe_text._uncommon.cache_clear()
    clean("Größe " * 5_000)
    assert safe_text._uncommon.cache_info().currsize == 0
    for _ in range(10):
        clean("Größe " * 5_000)
    assert safe_text._uncommon.cache_info().currsize == 1


def test_every_combining_mark_is_bounded() -> None:
    marks = [char for char in map(chr, CODE_POINTS) if unicodedata.category(char) in ("Mn", "Me")]
    drawn = [char for char in marks if clean(char)]
    assert len(drawn) > 1500
    assert [char for char in drawn if clean(f"a{char * 7}b{char * 4}") != f"a{char * 4}b{char * 4}"] == []


@given(ANY_TEXT)
def test_what_was_cleaned_is_clean(text: str) -> None:
    shown = clean(text)
    assert forbidden_characters(shown) == set()
    assert clean(shown) == shown
    assert hidden_count(shown) == 0


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_harmless_and_readable(name: str) -> None:
    text = HOSTILE[name]
    shown = clean(text)
    assert forbidden_characters(shown) == set()
    for word in ("before", "after", "one", "two", "100", "999"):
        assert (word in shown) == (word in text)


@pytest.mark.parametrize("name", AS_IT_IS)
def test_text_that_only_looks_dangerous_is_shown_letter_for_letter(name: str) -> None:
    assert clean(AS_IT_IS[name]) == AS_IT_IS[name]


@given(ANY_TEXT, st.one_of(st.none(), st.integers(1, 40)))
def test_a_line_is_one_line_and_within_its_limit(text: str, limit: int | None) -> None:
    line = clean_line(text, limit)
    assert forbidden_characters(line) == set()
    assert not {"\n", "\t"} & set(line)
    assert clean_line(line) == line
    if limit is not None:
        assert len(line) <= limit
        assert line.endswith("…") or len(text) <= limit


def test_a_line_shows_where_it_was_broken_and_cut() -> None:
    assert clean_line("a\nb\tc\r\nd\u2028e\rf") == "a␊b c␊d␊e␍f"
    assert clean_line("abcdef", 6) == "abcdef"
    assert clean_line("abcdefg", 6) == "abcde…"
    assert clean_line("abc", 0) == "…"


def test_a_limit_spares_the_work_on_the_rest() -> None:
    huge = "\x1b\u202e\u0301" * 1_000_000
    started = time.thread_time()
    clean(huge)
    whole = time.thread_time() - started
    started = time.thread_time()
    clean_line(huge, 32)
    assert time.thread_time() - started < whole / 10


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("nothing hidden: é 漢字 🙂 \x1b\r\n\u202e", 0),
        ("a\u200bb\xadc\ufeff", 3),
        ("".join(chr(0xE0000 + ord(letter)) for letter in "obey"), 4),
        ("\u200b" * 1000, 1000),
        ("\u2764\ufe0f 1\ufe0f\u20e3 \U0001f468\u200d\U0001f469 \U0001f44d\U0001f3fd", 0),
        ("\u2764\ufe0f\u200d\U0001f525 \u845b\U000e0100 \u1820\u180b", 0),
        ("\U0001f600" + "".join(chr(0xE0100 + byte) for byte in b"secret"), 5),
        ("a\ufe01b\ufe02c\U000e0101", 3),
        ("\ufe0fx", 1),
        ("a\u200d\u200d\u200db", 3),
    ],
)
def test_hidden_characters_are_counted_but_not_the_joints_of_emoji(text: str, count: int) -> None:
    assert hidden_count(text) == count


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("telegram_alice", "telegram_alice"),
        ("Straße-日本_ñ.2", "Straße-日本_ñ.2"),
        ("a\\b", r"a\\b"),
        ("a\x1b[2J", r"a\x1b[2J"),
        ("a␛[2J", "a␛[2J"),
        ("a\tb\nc\rd\x7f", r"a\x09b\x0ac\x0dd\x7f"),
        ("bad\udcff\udc80", r"bad\xff\x80"),
        ("bad\xff\x80", "bad\xff\\u0080"),
        ("a\u202eb\u200bc\ufe0f", r"a\u202eb\u200bc\ufe0f"),
        ("\U000e0041\U0001f3fd\U0010ffff", r"\U000e0041\U0001f3fd\U0010ffff"),
        (" a b ", r"\x20a b\x20"),
        ("  ", r"\x20\x20"),
        ("a\xa0b\u3000c\u2800", r"a\u00a0b\u3000c\u2800"),
        ("\u0301a", r"\u0301a"),
        ("q" + "\u0331" * 6, "q" + "\u0331" * 4 + r"\u0331\u0331"),
        ("caf\u00e9", "caf\u00e9"),
        ("cafe\u0301", r"cafe\u0301"),
        ("\u212b", r"\u212b"),
        ("[@click=app.quit]q[/]", "[@click=app.quit]q[/]"),
    ],
)
def test_a_name_is_escaped_where_it_cannot_be_shown(name: str, shown: str) -> None:
    assert safe_name(name) == shown


def parse_safe_name(shown: str) -> str:
    """What a reader of the escapes makes of them."""

    def unescape(match: re.Match[str]) -> str:
        body = match[1]
        code = int(body[1:], 16) if body != "\\" else ord("\\")
        return chr(0xDC00 + code if body[0] == "x" and code >= 0x80 else code)

    return re.sub(r"\\(\\|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})", unescape, shown)


@given(ANY_TEXT)
def test_a_name_can_be_told_from_every_other_name(name: str) -> None:
    shown = safe_name(name)
    assert parse_safe_name(shown) == name  # so no two names are shown alike,
    assert unicodedata.is_normalized("NFC", shown)  # nor in two spellings that look alike
    assert clean_line(shown) == shown
    assert shown == shown.strip()
    assert {char for char in shown if unicodedata.category(char) == "Zs"} <= {" "}


def test_names_that_a_folder_can_hold_side_by_side_are_all_different() -> None:
    names = [
        "a\x1b",
        "a␛",
        r"a\x1b",
        "a\x80",
        "a\udc80",
        r"a\x80",
        "\u00e9",
        "e\u0301",
        "a ",
        "a",
        "a\u200b",
        "a\xa0",
    ]
    names += [*map(chr, range(0x3000)), *HOSTILE.values()]
    assert len({safe_name(name) for name in names}) == len(set(names))


JSON_VALUE = st.recursive(
    VALID_TEXT, lambda inner: st.lists(inner) | st.dictionaries(VALID_TEXT, inner), max_leaves=6
)


@given(JSON_VALUE, st.sampled_from([None, 0, 2, "\t"]))
def test_json_for_a_terminal_means_the_same(value: object, indent: int | str | None) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    shown = json_safe(text)
    assert json.loads(shown) == value
    assert clean(shown) == shown


def test_json_is_escaped_as_json_does() -> None:
    assert json_safe('{"a":"é\x7f\u202e\U000e0041"}') == r'{"a":"é\u007f\u202e\udb40\udc41"}'
    assert json_safe('"\ud800"') == r'"\ud800"'
    assert json_safe("[1,\r\n2,\r3]") == "[1, \n2, 3]"
    assert json_safe('"e' + "\u0301" * 6 + '"') == '"e' + "\u0301" * 4 + r'\u0301\u0301"'


def test_own_words_take_numbers_and_safe_values() -> None:
    assert own_text("{not a field}") == "{not a field}"
    assert own_text("{:,} messages in {}", 1204, clean("{0}\x1b")) == "1,204 messages in {0}␛"
    assert joined(own_text(", "), [own_text("a"), own_text("b")]) == "a, b"
    assert lines_of(clean("a\n\nb")) == ["a", "", "b"]
    assert without_tabs(clean("a\tb\n\tc"), 4) == "a   b\n    c"
    assert part(own_text("abcdef"), 1, 3) == "bc"
    assert part(own_text("abcdef"), 4) == "ef"


def casts(path: Path) -> list[str]:
    """The places of a module that make `SafeText` of a `str` without `safe_text`'s functions."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func).rsplit(".", 1)[-1]
        makes = called == "cast" and node.args and "SafeText" in ast.unparse(node.args[0])
        if called == "SafeText" or makes:
            found.append(f"{path.name}:{node.lineno}")
    return found


def test_safe_text_is_made_in_one_module_only() -> None:
    root = Path(earwig.__file__).parent
    maker = root / "core" / "text" / "safe_text.py"
    assert casts(maker)
    assert [place for path in sorted(root.rglob("*.py")) if path != maker for place in casts(path)] == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("bob - 80 (messages) #1", "bob - 80 (messages) #1"),
        ("bob · 80 ● ─ ╮", r"bob \u00b7 80 \u25cf \u2500 \u256e"),
        ("gr\u00fc\u00dfe_\u65e5\u672c_\u0939\u093f", "gr\u00fc\u00dfe_\u65e5\u672c_\u0939\u093f"),
        ("\U0001f642", r"\U0001f642"),
        (r"\u00b7", r"\\u00b7"),
    ],
)
def test_a_name_without_symbols_has_none_that_a_frame_is_drawn_with(name: str, shown: str) -> None:
    assert without_symbols(safe_name(name)) == shown
    assert parse_safe_name(without_symbols(safe_name(name))) == name
