"""What the light `NamedTuple` makes is what that of `typing` makes."""

from __future__ import annotations

import pickle
import typing

import pytest

from earwig.core.named_tuple import NamedTuple


class Light(NamedTuple):
    """A value."""

    first: int
    second: str = "two"
    """Told beside it."""

    third: tuple[int, ...] = ()

    @property
    def both(self) -> str:
        return f"{self.first} {self.second}"

    @classmethod
    def usual(cls) -> Light:
        return cls(1)

    def __bool__(self) -> bool:
        return self.first > 0


class Usual(typing.NamedTuple):
    """A value."""

    first: int
    second: str = "two"
    """Told beside it."""

    third: tuple[int, ...] = ()

    @property
    def both(self) -> str:
        return f"{self.first} {self.second}"

    @classmethod
    def usual(cls) -> Usual:
        return cls(1)

    def __bool__(self) -> bool:
        return self.first > 0


MADE = {"__orig_bases__", "__annotate__", "__annotate_func__", "__annotations_cache__"}
"""What says how a class was made, by Python's version."""


def test_it_has_the_same_members_as_that_of_typing() -> None:
    assert set(vars(Light)) - MADE == set(vars(Usual)) - MADE
    assert (Light._fields, Light._field_defaults) == (Usual._fields, Usual._field_defaults)
    assert (Light.__name__, Light.__qualname__, Light.__module__) == ("Light", "Light", __name__)
    assert Light.__doc__ == Usual.__doc__
    assert list(Light.__annotations__) == list(Usual.__annotations__)
    assert Light.__mro__ == (Light, tuple, object)
    assert type(Light) is type


def test_its_values_are_those_of_typing() -> None:
    light, usual = Light(7, third=(1, 2)), Usual(7, third=(1, 2))
    assert tuple(light) == tuple(usual) == (7, "two", (1, 2))
    assert repr(light) == repr(usual).replace("Usual", "Light")
    assert light._asdict() == usual._asdict()
    assert tuple(light._replace(second="x")) == (7, "x", (1, 2))
    assert (light.both, bool(light), bool(Light(0))) == ("7 two", True, False)
    assert Light.usual() == Light(1)
    assert pickle.loads(pickle.dumps(light)) == light  # noqa: S301 - our own
    with pytest.raises(TypeError, match="first"):
        Light()  # type: ignore[call-arg]  # what is tried
    with pytest.raises(AttributeError):
        light.first = 8  # type: ignore[misc]  # what is tried


def test_a_class_in_a_function_is_called_by_its_place() -> None:
    class Within(NamedTuple):
        one: int

    assert Within.__qualname__.endswith("<locals>.Within")
    assert Within(1)._replace(one=2).one == 2
