"""Commands that go on until they are interrupted."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from queue import SimpleQueue

import pytest

from earwig.cli import following
from earwig.cli.following import end_by_interrupt, next_facts
from earwig.core.following.facts import Facts


@pytest.fixture
def interruptible() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    end_by_interrupt()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    following._interrupted.clear()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_whose_exception_is_lost_ends_the_command_all_the_same(number: signal.Signals) -> None:
    facts = SimpleQueue[Facts]()
    assert not next_facts(facts, time.monotonic())
    with suppress(KeyboardInterrupt):  # as Python does in callbacks of its own
        signal.raise_signal(number)
    with pytest.raises(KeyboardInterrupt):
        next_facts(facts, time.monotonic())
