"""No class is a whole program in disguise, and none has another's name: proven of all that are loaded."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FunctionType

import pytest

import earwig

PACKAGE = Path(earwig.__file__).parent

MOST_ANCESTORS = 2
"""Classes of ours that a class may stand on; what more it needs, it is handed."""

MOST_MEMBERS = 60
"""Methods and properties of a class, with those that it inherits from classes of ours."""

TOWERS: set[str] = set()
"""Classes that stand on more than that, or have more: the list may only shrink."""

NAMED_TWICE: set[str] = set()
"""Names that several classes have: as above."""


@functools.cache
def classes() -> tuple[type, ...]:
    """All classes of ours that stand in a module, and those that stand in them."""
    found: list[type] = []
    for module in pkgutil.walk_packages([str(PACKAGE)], "earwig."):
        if not module.name.endswith("__main__"):
            names = vars(importlib.import_module(module.name))
            found += (it for it in names.values() if inspect.isclass(it) and it.__module__ == module.name)
    return tuple(dict.fromkeys(each for kind in found for each in with_nested(kind)))


def with_nested(kind: type) -> Iterator[type]:
    yield kind
    for value in vars(kind).values():
        if inspect.isclass(value) and value.__qualname__.startswith(f"{kind.__qualname__}."):
            yield from with_nested(value)


def is_ours(kind: type) -> bool:
    return kind.__module__.partition(".")[0] == "earwig"


def ancestors(kind: type) -> list[type]:
    return [it for it in kind.__mro__[1:] if is_ours(it)]


def members(kind: type) -> set[str]:
    """The names of methods and properties that are written in a class or in ancestors of ours."""
    lines = [it for it in kind.__mro__ if is_ours(it)]
    return {name for it in lines for name, value in vars(it).items() if is_written(value, it)}


def is_written(value: object, kind: type) -> bool:
    """Whether something in a class is a function, and was not made by `NamedTuple` or `dataclass`."""
    if isinstance(value, property):
        value = value.fget
    elif isinstance(value, functools.cached_property):
        value = value.func
    elif isinstance(value, classmethod | staticmethod):
        value = value.__func__
    value = inspect.unwrap(value) if callable(value) else value
    return isinstance(value, FunctionType) and value.__module__ == kind.__module__ and has_source(value)


def has_source(function: FunctionType) -> bool:
    return Path(function.__code__.co_filename).is_relative_to(PACKAGE)


def breaks_a_rule(kind: type) -> bool:
    return len(ancestors(kind)) > MOST_ANCESTORS or len(members(kind)) > MOST_MEMBERS


def named_twice(kinds: Iterable[type]) -> set[str]:
    """The public names that several classes have which stand in modules, not in classes."""
    names = [it.__name__ for it in kinds if it.__name__ == it.__qualname__ and it.__name__[0] != "_"]
    return {name for name in names if names.count(name) > 1}


def empty_hooks(tree: ast.Module) -> Iterator[int]:
    """The lines that leave it to a subclass, whichever it is, to do something."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "NotImplementedError":
            yield node.lineno


class TestClasses:
    def test_all_are_looked_at(self) -> None:
        names = {kind.__qualname__ for kind in classes()}
        assert {"BrowserScreen", "Session", "Sidebar.Learned"} <= names

    def test_none_is_a_tower_or_does_everything(self) -> None:
        found = {kind.__name__ for kind in classes() if breaks_a_rule(kind)}
        assert found == TOWERS, "the list of those that do may only shrink"

    def test_no_two_have_one_name(self) -> None:
        assert named_twice(classes()) == NAMED_TWICE, "the list of those that do may only shrink"

    def test_none_leaves_a_hook_to_be_filled(self) -> None:
        found = {
            path.relative_to(PACKAGE).as_posix(): lines
            for path in sorted(PACKAGE.rglob("*.py"))
            if (lines := list(empty_hooks(ast.parse(path.read_bytes()))))
        }
        assert found == {}


class First:
    def one(self) -> None: ...
    @property
    def two(self) -> int:
        return 2


class Second(First):
    def one(self) -> None: ...
    @functools.cached_property
    def three(self) -> int:
        return 3

    @classmethod
    def four(cls) -> None: ...


class Third(Second):
    five = 5


class Fourth(Third):
    pass


class TestTheRulesThemselves:
    @pytest.fixture(autouse=True)
    def ours(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The classes of this file stand for ours."""
        monkeypatch.setattr(f"{__name__}.is_ours", lambda kind: kind.__module__ == __name__)
        monkeypatch.setattr(f"{__name__}.has_source", lambda _: True)

    def test_ancestors_are_counted(self) -> None:
        assert not breaks_a_rule(Third)
        assert breaks_a_rule(Fourth)

    def test_members_are_counted_once(self) -> None:
        assert members(Fourth) == {"one", "two", "three", "four"}

    def test_a_class_with_too_many_members_breaks_the_rule(self) -> None:
        def do(_: object) -> None: ...

        many = type("Many", (), {"__module__": __name__} | {f"do_{at}": do for at in range(61)})
        assert breaks_a_rule(many)
        assert not breaks_a_rule(type("Few", (), {"__module__": __name__, "do": do}))

    def test_names_are_compared(self) -> None:
        again = type("First", (), {})
        assert named_twice([First, Second, again]) == {"First"}

    @pytest.mark.parametrize("source", ["raise NotImplementedError", "raise NotImplementedError('x')"])
    def test_a_hook_is_found(self, source: str) -> None:
        assert list(empty_hooks(ast.parse(source)))
