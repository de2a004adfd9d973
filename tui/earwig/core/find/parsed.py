"""An expression as Python reads it: only its own parser tells what an expression is made of."""

from __future__ import annotations

import re
import warnings
from typing import Any, Final

_READ_OTHERWISE: Final = re.compile(r"\{(?!\d*(?:,\d*)?\})|\[\^?\[|\[:|&&|\|\||--|~~")
"""What the `regex` module reads otherwise: fuzzy braces, sets of sets."""


def parsed(expression: str) -> Any | None:
    """Return the parts of an expression; None where Python refuses it, or may read it otherwise."""
    if _READ_OTHERWISE.search(expression):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return re._parser.parse(expression)  # type: ignore[attr-defined]  # the only parser there is
    except (re.error, Warning, RecursionError, OverflowError):
        return None
