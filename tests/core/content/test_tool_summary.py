"""What of a call is shown first, and JSON laid out with every token as it is stored."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwig.core.content.parts import Call
from earwig.core.content.tool_summary import DEEPEST, JSON_LIMIT, SHOWN, laid_out, telling_argument


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ('{"command":"ls -la /orders"}', "ls -la /orders"),
        ('{"timeout":"5","command":"ls"}', "ls"),
        ('{"content":"long text","path":"/a"}', "/a"),
        ('{"url":"http://a.example","query":"tea"}', "tea"),
        ('{"n":1,"other":"first text","more":"second"}', "first text"),
        ('{"n":1,"flag":true}', '{"n":1,"flag":true}'),
        ('{"command":"","path":"/a"}', "/a"),
        ("{}", ""),
        ('"just text"', "just text"),
        ("[1,2]", "[1,2]"),
        ("", ""),
        ("{torn", "{torn"),
        ('{"command":"' + "x" * 1000 + '"}', "x" * SHOWN),
        ("x" * (JSON_LIMIT + 1), "x" * SHOWN),
    ],
)
def test_the_most_telling_argument_is_shown(arguments: str, told: str) -> None:
    assert telling_argument(Call(None, "a", arguments)) == told


def test_json_is_laid_out() -> None:
    assert laid_out('{"a":[1,{"b":null}],"c":{},"d":[]}') == (
        '{\n  "a": [\n    1,\n    {\n      "b": null\n    }\n  ],\n  "c": {},\n  "d": []\n}'
    )


def test_what_is_stored_is_kept() -> None:
    text = '{"a":1.0e5,"a":2,"b":12345678901234567890123,"c":"x\\u0041\\n"}'
    shown = laid_out(text)
    assert shown is not None
    assert re.sub(r"\s", "", shown) == text
    for other in ("", "text", '"text"', "1", "{torn", "[1,]", "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1)):
        assert laid_out(other) is None
    assert laid_out("[" + "1," * JSON_LIMIT + "1]") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.lists(JSON) | st.dictionaries(st.text(), JSON), st.booleans())
def test_it_means_the_same_laid_out(data: object, ascii_only: bool) -> None:
    shown = laid_out(json.dumps(data, ensure_ascii=ascii_only))
    assert shown is not None
    assert json.loads(shown) == data
    assert shown == json.dumps(data, ensure_ascii=ascii_only, indent=2)
