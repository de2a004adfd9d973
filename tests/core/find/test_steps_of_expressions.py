"""How long an expression can take at most."""

from __future__ import annotations

import time

import pytest
import regex

from earwig.core.find.matcher import PATIENCE, Expression, TooSlow
from earwig.core.find.steps import Steps, steps_of


@pytest.mark.parametrize(
    ("expression", "steps"),
    [
        ("e.", Steps(1, 0)),
        (r"order \d+", Steps(1, 1)),
        (r"\bab?c{2,4}$", Steps(6, 0)),
        ("(a|bc*|d?)e", Steps(4, 1)),
        ("a{1,1000}b*", Steps(1, 2)),
        ("(?i)x+?", Steps(1, 1)),
        ("(x+x+)+y", None),
        ("(a|a)*b", None),
        (r"(a)\1", None),
        ("a(?=b*)", None),
        ("a{e<=1}", None),
        ("[[a]b]", None),
        ("(", None),
    ],
)
def test_ways(expression: str, steps: Steps | None) -> None:
    assert steps_of(expression) == steps


def test_so_many_tries_take_less_than_one_waits() -> None:
    """By the processor's time, of the worst that is not watched."""
    for pattern, length in (("a*[b-y]", 1000), ("(?:a|a|a|a)[b-y]", 250_000), ("a?a?a?a?a?a?[b-y]", 15_000)):
        steps = steps_of(pattern)
        assert steps is not None
        assert 500_000 < steps.most(length) <= 1_000_000
        found, text = regex.compile(pattern), "a" * length
        begun = time.thread_time()
        assert found.search(text) is None
        assert time.thread_time() - begun < 20 * PATIENCE  # of a machine that is much slower than any


def test_what_may_take_longer_is_given_up() -> None:
    for pattern, text in (("a*a*a*[b-y]", "a" * 20_000), ("(a|a)*[b-y]", "a" * 5000)):
        finder = Expression(pattern, fold=False)
        with pytest.raises(TooSlow):
            finder.has(text)
        with pytest.raises(TooSlow):
            list(finder.spans(text))
