"""The one table of what a reader can do: every `Binding` with an id that a screen or a widget declares.

Keys, palette, help, the reader's own keys and `earwig config` all read it, so none can lack an action.
Nothing is listed here: to declare a binding is enough.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

from earwig.core.text.safe_text import SafeText, clean_line, own_text


def declared_by(kind: type[DOMNode]) -> Iterator[Binding]:
    """Yield the bindings with an id that a class declares itself, with all their keys (`end,G`) in one."""
    for binding in kind.__dict__.get("BINDINGS", ()):
        if isinstance(binding, Binding) and binding.id:
            yield binding


def actions_of(node: DOMNode) -> Iterator[Binding]:
    """Yield all that a node declares and inherits."""
    for kind in type(node).__mro__:
        if issubclass(kind, DOMNode):
            yield from declared_by(kind)


def kinds(base: type[DOMNode] = DOMNode) -> Iterator[type[DOMNode]]:
    for kind in base.__subclasses__():
        yield kind
        yield from kinds(kind)


def table() -> dict[str, Binding]:
    found: dict[str, Binding] = {}
    for kind in kinds():
        for binding in declared_by(kind):
            found.setdefault(binding.id or "", binding)
    return found


def whole_table() -> dict[str, Binding]:
    """Return all actions that there are: loads the screens and widgets that nobody has wanted to see yet."""
    import earwig.ui

    for module in pkgutil.walk_packages(earwig.ui.__path__, "earwig.ui."):
        if not module.name.startswith("earwig.ui.textual_compat."):  # no action there; one is Unix's alone
            importlib.import_module(module.name)
    return table()


def group_of(action_id: str) -> str:
    return action_id.partition(".")[0].replace("_", " ")


def title_of(binding: Binding) -> SafeText:
    """Return an action as the palette names it: `transcript: go to the newest message`."""
    words = binding.tooltip or binding.description
    return own_text(
        "{}: {}", clean_line(group_of(binding.id or "")), clean_line(words[:1].lower() + words[1:])
    )


def keys_of(binding: Binding, app: App[Any], own: str | None) -> SafeText:
    """Return the keys of an action as the help shows them; `own` are the reader's, if any."""
    keys = Binding.make_bindings([binding if own is None else binding.with_key(own)])
    return clean_line(" ".join(dict.fromkeys(map(app.get_key_display, keys))))


def actions_on(screen: Screen[Any]) -> Iterator[tuple[Binding, DOMNode]]:
    """Yield what can be done on a screen, each once, with the node to do it on; the focus's own first."""
    focused = screen.focused
    first = [] if focused is None else [node for node in focused.ancestors_with_self if node is not screen]
    nodes: Iterable[DOMNode] = dict.fromkeys([*first, *screen.walk_children(Widget), screen, screen.app])
    seen: set[str] = set()
    for node in nodes:
        if isinstance(node, Widget) and node is not screen and focus_for(node) is None:
            continue  # it is not there to be seen
        for binding in actions_of(node):
            if binding.id not in seen:
                seen.add(binding.id or "")
                yield binding, node


def focus_for(node: Widget) -> Widget | None:
    """Return what has to have the focus for a widget to do what its keys do; None where that cannot be."""
    if not all(around.display for around in node.ancestors_with_self if isinstance(around, Widget)):
        return None
    return next(
        (inner for inner in node.walk_children(Widget, with_self=True) if inner.focusable and inner.display),
        None,
    )
