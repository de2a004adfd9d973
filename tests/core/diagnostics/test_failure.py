"""What is told of a fault: where it is, and not a word of a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwig.core.diagnostics.failure import faults_of, report_of
from earwig.core.system.opening import CannotOpen, open_session
from tests.data.hostile import HOSTILE, forbidden_characters

SAID = "what alice told the bot"


def read(content: str) -> None:
    try:
        int(content)
    except ValueError as error:
        raise LookupError(content + HOSTILE["crowd"]) from error


def deeper(depth: int) -> None:
    if depth == 0:
        raise ValueError(SAID)
    deeper(depth - 1)


def test_a_report_has_the_places_and_the_kinds_of_an_error_and_its_cause() -> None:
    with pytest.raises(LookupError, match=SAID) as caught:
        read(SAID)
    report = report_of(faults_of(caught.value))
    assert report.index("ValueError") < report.index("LookupError (its text is left out")
    assert "test_failure.py:18, in read" in report
    assert SAID not in report
    assert not forbidden_characters(report)


def test_a_circle_of_causes_is_told_once() -> None:
    first, second = ValueError("a"), KeyError("b")
    first.__cause__, second.__cause__ = second, first
    assert [fault.kind for fault in faults_of(first)] == ["KeyError", "ValueError"]


def test_a_report_is_short_however_deep_the_fault_and_long_the_chain() -> None:
    with pytest.raises(ValueError, match=SAID) as caught:
        deeper(300)
    error: Exception = caught.value
    for _ in range(100):
        later = KeyError("later")
        later.__context__, error = error, later
    faults = faults_of(error)
    assert len(faults) == 8
    assert len(report_of(faults_of(caught.value)).splitlines()) < 50


def test_it_does_not_tell_where_the_program_is_kept() -> None:
    with pytest.raises(CannotOpen) as caught:
        open_session(Path("/nowhere/at/all"))
    assert "  at earwig/core/system/opening.py:" in report_of(faults_of(caught.value))
