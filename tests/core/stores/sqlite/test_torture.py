"""Each answer, beside a bot that never rests, is a state that there was; `torture` does it for long."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.stores.sqlite import transcript_torture
from tests.core.stores.sqlite.torture import run


@pytest.mark.parametrize("seed", [1, 2])
def test_no_answer_is_wrong(tmp_path: Path, seed: int) -> None:
    figures = run(tmp_path, interleavings=30, seed=seed, seconds=60)
    assert figures.wrong == []
    assert figures.interleavings >= 30


@pytest.mark.usefixtures("without_apsw")
def test_no_copy_is_wrong(tmp_path: Path) -> None:
    figures = run(tmp_path, interleavings=10, seed=3, seconds=60)
    assert figures.wrong == []
    assert figures.interleavings >= 10


@pytest.mark.parametrize("seed", [1, 2])
def test_no_view_of_a_session_is_wrong_and_nothing_is_told_twice(tmp_path: Path, seed: int) -> None:
    figures = transcript_torture.run(tmp_path, interleavings=30, seed=seed, seconds=60)
    assert figures.wrong == []
    assert figures.interleavings >= 30
