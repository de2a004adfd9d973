"""What libraries keep private is used in `textual_compat` and nowhere else in the screens."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widget import Widget

import earwig.ui

SCREENS = Path(earwig.ui.__file__).parent
ALLOWED = SCREENS / "textual_compat"

OF_TUPLES = {"_replace", "_fields", "_asdict", "_make"}
"""Public, whatever their names look like."""

LEFT: dict[str, list[str]] = {}
"""By module, the names that are still used elsewhere: the list may only shrink."""


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in OF_TUPLES and name != "_"


def of_others(tree: ast.Module) -> Iterator[str]:
    """The private names of other objects, and of other packages, that a module uses."""
    own = {it.attr for it in ast.walk(tree) if isinstance(it, ast.Attribute) and is_stored_by_self(it)}
    own |= {it.name for it in ast.walk(tree) if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            if not is_self(node.value) and node.attr not in own:
                yield node.attr
        elif isinstance(node, ast.ImportFrom):
            parts = (node.module or "").split(".") + [it.name for it in node.names]
            yield from (part for part in parts if is_private(part))
        elif isinstance(node, ast.Import):
            yield from (part for it in node.names for part in it.name.split(".") if is_private(part))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("getattr", "hasattr", "setattr"):
            name = node.args[1] if len(node.args) > 1 else None
            if isinstance(name, ast.Constant) and isinstance(name.value, str) and is_private(name.value):
                yield name.value


def is_self(node: ast.expr) -> bool:
    return ast.unparse(node) in ("self", "cls", "super()")


def is_stored_by_self(node: ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Store) and is_self(node.value)


def inherited(kind: type) -> Iterator[str]:
    """The private names of what is not ours that a class uses or has for something else."""
    theirs = {name for it in kind.__mro__ if not is_ours(it) for name in names_of(it)}
    for node in ast.walk(source_of(kind)):
        if isinstance(node, ast.Attribute) and node.attr in theirs and is_self(node.value):
            yield node.attr
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in theirs:
            yield node.name


def is_ours(kind: type) -> bool:
    return kind.__module__.partition(".")[0] in ("earwig", "tests")


@functools.cache
def names_of(kind: type) -> frozenset[str]:
    """The private names that a class has: its methods, what stands in it, and what its methods set."""
    try:
        tree = source_of(kind)
    except (TypeError, OSError):
        return frozenset()  # built in
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Attribute) and is_stored_by_self(node):
            found.add(node.attr)
        elif isinstance(node, ast.AnnAssign | ast.Assign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {it.id for it in targets if isinstance(it, ast.Name)}
    return frozenset(name for name in found if is_private(name))


@functools.cache
def parsed(path: str) -> ast.Module:
    return ast.parse(Path(path).read_bytes())


def source_of(kind: type) -> ast.ClassDef:
    path = inspect.getsourcefile(kind)
    for node in ast.walk(parsed(path or "")):
        if isinstance(node, ast.ClassDef) and node.name == kind.__name__:
            return node
    raise TypeError(kind)


def classes_in(module: str) -> Iterator[type]:
    for value in vars(sys.modules[module]).values():
        if inspect.isclass(value) and value.__module__ == module:
            yield value


def test_no_private_name_is_used_elsewhere() -> None:
    found: dict[str, set[str]] = {}
    for path in sorted(SCREENS.rglob("*.py")):
        if not path.is_relative_to(ALLOWED):
            names = set(of_others(ast.parse(path.read_bytes())))
            found.setdefault(path.relative_to(SCREENS).as_posix(), set()).update(names)
    for module in pkgutil.walk_packages(earwig.ui.__path__, "earwig.ui."):
        place = module.name.removeprefix("earwig.ui.").replace(".", "/") + ".py"
        if not module.name.startswith("earwig.ui.textual_compat"):
            importlib.import_module(module.name)
            for kind in classes_in(module.name):
                found.setdefault(place, set()).update(inherited(kind))
    assert {place: sorted(names) for place, names in found.items() if names} == LEFT


@pytest.mark.parametrize(
    "source",
    [
        "app._driver.write('x')",
        "from textual._compositor import Compositor",
        "import textual._compositor",
        "from textual.app import _x",
        "getattr(app, '_driver', None)",
        "self.app._driver",
    ],
)
def test_a_private_name_would_be_seen(source: str) -> None:
    assert list(of_others(ast.parse(source)))


@pytest.mark.parametrize(
    "source", ["self._x", "cls._x()", "pair._replace(a=1)", "def f(self, o): self._x = o._x", "_x = _y"]
)
def test_a_name_of_one_s_own_is_no_private_name(source: str) -> None:
    assert not list(of_others(ast.parse(source)))


class Uses(Widget):
    def do(self) -> None:
        self._dirty_regions.clear()


class Clashes(Widget):
    def __init__(self) -> None:
        super().__init__()
        self._size = self._own = 1  # type: ignore[assignment]  # what must not be done

    def _render(self) -> None:  # type: ignore[override]  # as above
        """Something else."""


def test_what_is_inherited_is_a_private_name_as_well_and_so_is_one_that_is_had_twice() -> None:
    assert set(inherited(Uses)) == {"_dirty_regions"}
    assert set(inherited(Clashes)) == {"_size", "_render"}
