"""The browser in a real terminal while another process rewrites what it shows, by a seed each time."""

from __future__ import annotations

import pytest

from tests.e2e.rewrites import WAYS, driving

BURSTS = 6


@pytest.mark.parametrize(("way", "seed"), [("following", 11), ("held", 12), ("filtered", 13)])
def test_after_any_rewrites_the_screen_says_what_the_file_does(way: str, seed: int) -> None:
    with driving(seed, long_stalls=False) as driver:
        driver.press(*WAYS[way])
        for number in range(BURSTS):
            did = driver.burst()
            problem = driver.settle(following=way == "following")
            assert problem is None, f"burst {number}: {did}\n{problem}"
