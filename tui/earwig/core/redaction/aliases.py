"""What stands for a masked value: always the same for the same value."""

from __future__ import annotations

from collections import Counter

from earwig.core.system.blake2 import blake2b


class Aliases:
    """Gives out aliases, and remembers values only by their hash: a session may hold millions."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._used: Counter[str] = Counter()

    def alias(self, kind: str, value: str) -> str:
        """`[email-1]`."""
        name = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
        known = blake2b(name, digest_size=16).digest()
        number = self._numbers.get(known)
        if number is None:
            self._used[kind] += 1
            number = self._numbers[known] = self._used[kind]
        return f"[{kind}-{number}]"
