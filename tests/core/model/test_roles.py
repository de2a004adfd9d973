"""A role is one of the bot's, in letters of any case; another program's is asked for by a sign."""

from __future__ import annotations

import pytest

from earwig.core.model.roles import read_role
from earwig.core.reading.filtering import BadFilter, read_filter


@pytest.mark.parametrize(
    ("typed", "role"),
    [
        ("user", "user"),
        ("Assistant", "assistant"),
        ("TOOL", "tool"),
        ("=operator", "operator"),
        ("=User", "User"),
    ],
)
def test_a_role(typed: str, role: str) -> None:
    assert read_role(typed) == role


@pytest.mark.parametrize("typed", ["usr", "", "users", "bot", "us\u0435r"])
def test_an_unknown_one_is_told_with_what_there_is(typed: str) -> None:
    with pytest.raises(ValueError, match="user, assistant, tool, system"):
        read_role(typed)


@pytest.mark.parametrize("typed", ["role:User", "role:user,Tool", "-role:=operator", "role:=operator,user"])
def test_a_filter_says_again_what_it_was_told(typed: str) -> None:
    read = read_filter(typed)
    assert read is not None
    assert read_filter(read.description) == read


@pytest.mark.parametrize(
    "typed", ["http://h.example", "10:30", "a:b", "C:\\dir", "note:", "file:///x", "x: y"]
)
def test_a_colon_in_a_text_is_no_filter(typed: str) -> None:
    assert read_filter(typed) is not None


@pytest.mark.parametrize(
    "typed", ["rol:user", "since:tomorow", "-stor:x", "role:usr", "role:user,bot", "role:="]
)
def test_an_unknown_filter_is_told(typed: str) -> None:
    with pytest.raises(BadFilter):
        read_filter(typed)
    assert typed == "role:=" or read_filter(f'"{typed}"') is not None
