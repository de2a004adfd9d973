"""Any sequence of what a bot does to a session, and a look at any moment: each new message is told once.

`EARWIG_SEQUENCES=10000` runs so many of them instead of the few that are run each time.
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.bot_conversation import Conversation
from tests.core.stream import Stream

SEQUENCES = int(os.environ.get("EARWIG_SEQUENCES", "150"))
BURSTS = 4
CALL = 0.001
"""Seconds that a system call of the bot takes."""


@settings(max_examples=SEQUENCES, deadline=None, derandomize=SEQUENCES <= 1000)
@given(st.integers(0, 2**32))
def test_each_new_message_is_told_once_whatever_the_bot_does_and_whenever_one_looks(seed: int) -> None:
    chance = random.Random(seed)
    with TemporaryDirectory() as folder:
        conversation = Conversation(Path(folder) / "a.jsonl", chance.choice([0, 1, 2, 3, 8, 40]), chance)
        stream = Stream(conversation.path, begins=chance.random() < 0.5, chance=chance)
        looks = chance.choice([1.0, 1.0, 0.5, 0.1, 0.0])
        share = chance.choice([0, 0.02, 0.1])
        stalls = chance.choice([[0.3], [0.3, 2.0, 7.0, 30.0]])
        still = chance.choice([0, 0.05])
        for burst in range(BURSTS):
            for _ in stream.beside(conversation.burst()):
                if chance.random() < looks:
                    stream.look()
                if chance.random() < 0.1:
                    stream.tail.rest()
                stream.sleep(CALL)
                if chance.random() < share:
                    stream.stall(chance.choice(stalls) if stream.may_stall else 0.3)
                if chance.random() < still and conversation.path.exists():  # else it was away so long
                    stream.stand_still(chance.choice([1.2, 30.0]))
            stream.look()
            stream.sleep(chance.choice([0.01, 3.0]))
            if chance.random() < 0.7 or burst == BURSTS - 1:
                stream.look()
                stream.sleep(3.0)
                conversation.check(stream.told)
                stream.sleep(chance.choice([0.0, 20.0]))
