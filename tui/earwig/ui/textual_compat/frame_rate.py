"""How many frames Textual may draw in a second.

Why: Textual 8.2.8 draws a change up to a frame's time after it, 16.7 ms at its 60; here what happens decides
how many frames there are, and a frame waits only for the one before. It takes the number from `$TEXTUAL_FPS`,
which every program that is started here would inherit.
Private: `constants.MAX_FPS`, which is final, and `screen.UPDATE_PERIOD`, which is made of it.
Without this module: an append and a key are on the screen up to 15 ms later.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from textual import constants

from earwig.ui.textual_compat.private_use import PrivateUse

USE = PrivateUse(
    "frame rate",
    "of 20 changes, 19 are drawn within 3 ms, in place of 9 ms",
    lambda: hasattr(constants, "MAX_FPS"),
)

_VARIABLE = "TEXTUAL_FPS"


def set_frame_rate(frames: int, environ: Mapping[str, str]) -> None:
    """Let Textual draw so many frames in a second at most, unless the reader's environment says how many."""
    if _VARIABLE in environ or not USE.works:
        return
    vars(constants)["MAX_FPS"] = frames
    screen = sys.modules.get("textual.screen")
    if screen is not None:  # else it takes the number when it is imported
        vars(screen)["UPDATE_PERIOD"] = 1 / frames
