"""Tens of thousands of rules: the start does not wait for them, and a message takes a bounded time."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import ClassVar

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from earwig.core.find.matcher import Matcher, Query, TooSlow
from earwig.core.model.message import ChatMessage
from earwig.core.model.session import Session, SessionId
from earwig.core.settings.settings_reading import lines_in
from earwig.core.settings.settings_source import Loaded, load_settings
from earwig.core.watch_rules import rules as module
from earwig.core.watch_rules.literals import WordIndex, words_in
from earwig.core.watch_rules.rules import Watch, WatchRule, WatchRules

ALICE = Session(SessionId("/s/telegram_alice.jsonl"), 1, 1, (1, 1))
MANY = "".join(f'[[watch]]\nmatch = "order {number}x"\n' for number in range(3_000))


def loaded(tmp_path: Path, text: str) -> Loaded:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings({"EARWIG_CONFIG": str(path)})


def fired(watch: Watch, content: str) -> int:
    return len(watch.message(ALICE, 1, ChatMessage.user(content), 0.0))


class TestWords:
    @pytest.mark.parametrize(
        ("expression", "words"),
        [
            ("refund", ("refund",)),
            ("refund|Chargeback", ("refund", "chargeback")),
            (r"order \d+x", ("order ",)),
            (r"colou?r", ("colo",)),
            (r"a+bcd", ("bcd",)),
            (r"a\.b", ("a.b",)),
            (r"^wo\b.*rd$", ("wo",)),
            (r"x{2,3}yz", ("yz",)),
            ("a very long word that is looked for", ("a very long ",)),
            *(
                (text, None)
                for text in ("", ".*", "a|", "|a", "a*", r"\d+", "(?i)a", "[ab]c", "(a)", "a(", "*a")
            ),
            *((text, None) for text in (r"\x41", r"a\p{L}", "a++", "a{2}?", r"a\1", "a{,b}", "ab\\", "é")),
        ],
    )
    def test_of_an_expression(self, expression: str, words: tuple[str, ...] | None) -> None:
        assert words_in(expression) == words

    @settings(max_examples=400)
    @given(
        st.lists(
            st.sampled_from([*"abAkKsi .^$+*?|{}2,\\-", r"\d", r"\b", r"\.", "{0,2}", "ab"]), max_size=8
        ),
        st.text(st.sampled_from("abkKsS iIİıſ\u212a.1\n-"), max_size=14),
    )
    def test_whatever_matches_has_one(self, pieces: list[str], text: str) -> None:
        expression = "".join(pieces)
        words = words_in(expression)
        if words is None:
            return
        found = Query(expression, regex=True).matcher()  # it is an expression
        regex.compile(expression)
        if found.count(text):
            assert list(WordIndex([(7, words)]).found(text))


class TestWatch:
    def test_only_rules_of_which_a_word_is_there_are_tried(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rules = tuple(each.rule for each in loaded(tmp_path, MANY).settings.watch)
        made: list[str] = []
        matcher = Query.matcher

        def counted(query: Query) -> Matcher:
            made.append(query.text)
            return matcher(query)

        monkeypatch.setattr(Query, "matcher", counted)
        watch = Watch(rules)
        assert fired(watch, "nothing " * 1_000) == 0
        assert fired(watch, "see ORDER 1204X and order 2999x") == 2
        assert sorted(made) == ["order 1204x", "order 2999x"]

    def test_a_message_is_worth_so_much_work_and_what_is_left_out_is_counted(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "WORK", 50_000)
        looked: list[str] = []

        class Looks:
            may_be_slow: ClassVar[bool] = True

            def spans(self, text: str) -> list[tuple[int, int]]:
                return []

            def count(self, text: str) -> int:
                return 1

            def has(self, text: str) -> bool:
                looked.append(text)
                return True

        watch = Watch((*(WatchRule(Looks()) for _ in range(500)), WatchRule(roles=("user",))))
        assert fired(watch, "x" * 1_000) == 26  # of 2,000 characters each; and the one that looks at none
        assert watch.slow == 1
        assert fired(watch, "x" * 49_000) == 2
        assert watch.slow == 2

    def test_expressions_that_take_too_long_are_not_all_tried(self) -> None:
        tried: list[str] = []

        class Slow:
            may_be_slow: ClassVar[bool] = True

            def spans(self, text: str) -> list[tuple[int, int]]:
                raise TooSlow

            def count(self, text: str) -> int:
                raise TooSlow

            def has(self, text: str) -> bool:
                tried.append(text)
                raise TooSlow

        watch = Watch(tuple(WatchRule(Slow()) for _ in range(20_000)))
        assert fired(watch, "x") == 0
        assert len(tried) <= module.WORK // module._SLOW
        assert watch.slow == 1


class TestReading:
    def test_the_settings_are_there_before_the_rules(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        parsed: list[int] = []
        loads = tomllib.loads

        def counted(text: str) -> dict[str, object]:
            parsed.append(len(text.split()))
            return loads(text)

        monkeypatch.setattr(tomllib, "loads", counted)
        found = loaded(tmp_path, f'theme = "nord"\n{MANY}[keys]\n"transcript.wrap" = "f5"\n')
        assert found.settings.theme == "nord"
        assert found.settings.keys == {"transcript.wrap": "f5"}
        assert parsed == [7]
        assert found.early_problems == ()
        assert len(found.settings.watch) == 3_000
        assert found.settings.watch[1204].name == "rule 1205"

    @pytest.mark.parametrize("before", ["", MANY], ids=["few", "many"])
    def test_a_faulty_rule_is_told_with_its_line(self, tmp_path: Path, before: str) -> None:
        found = loaded(tmp_path, f'{before}[[watch]]\nfailed = true\n[[watch]]\nmatch = "a("\n')
        number, line = (3_002, 6_003) if before else (2, 3)
        assert found.early_problems == ()
        (sentence,) = found.problems
        assert f"config.toml, line {line}: rule {number} of [[watch]] has no regular expression" in sentence
        assert len(found.settings.watch) == number - 1

    def test_what_is_no_toml_among_many_rules_is_told(self, tmp_path: Path) -> None:
        found = loaded(tmp_path, f"theme = 'nord'\n{MANY}[[watch]]\nmatch = \n")
        assert found.settings.theme == "nord"
        assert "is not TOML" in found.problems[0]
        assert len(found.settings.watch) == 0

    @pytest.mark.parametrize(
        "text",
        [
            f'{MANY}[[watch]]\nsession = [\n "a",\n "b",\n]\nmatch = "x"\n[colors]\nuser = "#ffb454"\n',
            f'{MANY}[[watch]]\nsession = [\n [\n"a"]]\nmatch = "x"\n',
            f'[redact]\npatterns = [\n{{name = """b\n[[watch]]\nc""", pattern = "x"}}]\n{MANY}',
            f"{MANY}[keys]\n[[watch]] # one more\nfailed = true\n   [colors]\nuser = '#ffb454'\n",
        ],
        ids=["lists", "lists in lists", "texts of several lines", "blanks"],
    )
    def test_nothing_is_taken_for_a_rule_that_is_none(self, tmp_path: Path, text: str) -> None:
        found = loaded(tmp_path, text)
        whole = tomllib.loads(text)
        assert dict(found.settings.colours) == whole.get("colors", {})
        assert len(found.settings.redact_patterns) == len(whole.get("redact", {}).get("patterns", ()))
        assert len(found.settings.watch) + len(found.problems) == len(whole["watch"])

    def test_they_are_read_once_and_others_have_a_turn(self, tmp_path: Path) -> None:
        rules = loaded(tmp_path, MANY).settings.watch
        turns: list[int] = []
        assert isinstance(rules, WatchRules)
        read = rules.get(lambda: turns.append(1))
        assert len(turns) == 150
        assert rules.get() is read

    def test_lines_of_rules_are_no_other_tables(self) -> None:
        lines = lines_in('[keys]\na = "b"\n[[watch]]\nname = "x"\n[[watch]]\nname = "y"\n')
        assert lines["watch", "rule 2"] == 5
        assert ("keys", "name") not in lines
