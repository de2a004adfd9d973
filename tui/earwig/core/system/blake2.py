"""BLAKE2, which tells whether something is what it was.

`hashlib` has it from the same module, and loads all of OpenSSL's hashes beside it: 3 ms of each start.
Python's own `random` leaves it out for that too.
"""

from __future__ import annotations

try:
    from _blake2 import blake2b
except ImportError:  # no promise of Python's
    from hashlib import blake2b

__all__ = ["blake2b"]
