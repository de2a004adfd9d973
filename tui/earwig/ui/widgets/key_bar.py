"""The last row of a screen: the keys that do something now."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import events
from textual.app import App
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

from earwig.core.named_tuple import NamedTuple


class ShownKey(NamedTuple):
    display: str
    description: str
    tooltip: str
    action: str
    node: DOMNode

    @property
    def always(self) -> bool:
        return isinstance(self.node, App)

    @property
    def width(self) -> int:
        """Cells, with the space around."""
        return len(self.display) + len(self.description) + 3


FIRST = (
    *("find", "tools", "copy", "export", "limit", "go_to", "newest", "toggle_source", "links"),
    *("toggle_all_folds", "stored"),
)
"""Actions in the order in which a narrow screen has room for them; all others come behind, as bound."""


def _rank(key: ShownKey) -> int:
    return FIRST.index(key.action) if key.action in FIRST else len(FIRST)


class KeyBar(Widget):
    """Shows all keys, in one widget of one row.

    Textual's `Footer` is a widget for each key, all made anew whenever the focus moves: some 10 ms, several
    times in the first moments, between a message and its frame.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-bar--key", "key-bar--description"}

    DEFAULT_CSS = """
    KeyBar {
        dock: bottom;
        height: 1;
        background: $footer-background;
    }
    KeyBar > .key-bar--key { color: $footer-key-foreground; text-style: bold; }
    KeyBar > .key-bar--description { color: $footer-description-foreground; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._active: tuple[ShownKey, ...] = ()

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._look)
        self._look(self.screen)

    def _look(self, screen: Screen[Any]) -> None:
        if screen is not self.screen or not self.is_attached:
            return
        actions: dict[str, ShownKey] = {}
        for node, binding, enabled, tooltip in screen.active_bindings.values():
            if binding.show and enabled and binding.action not in actions:
                actions[binding.action] = ShownKey(
                    self.app.get_key_display(binding),
                    binding.description,
                    tooltip or binding.description,
                    binding.action,
                    node,
                )
        active = tuple(sorted(actions.values(), key=_rank))
        if active != self._active:
            self._active = active
            self.refresh()

    @property
    def shown(self) -> list[ShownKey]:
        """What there is room for: the keys of the focus first, those that always work for certain."""
        room = self.size.width - sum(key.width for key in self._active if key.always)
        fitting: list[ShownKey] = []
        full = False
        for key in self._active:
            if not key.always:
                room -= key.width
                full = full or room < 0
            if key.always or not full:
                fitting.append(key)
        return fitting

    def render(self) -> Content:
        key_style = self.get_visual_style("key-bar--key")
        style = self.get_visual_style("key-bar--description")
        parts: list[Content | tuple[str, Any]] = []
        for key in self.shown:
            parts += [(f" {key.display}", key_style), (f" {key.description} ", style)]
        return Content.assemble(*parts)

    def _at(self, x: int) -> ShownKey | None:
        for key in self.shown:
            x -= key.width
            if x < 0:
                return key
        return None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        key = self._at(event.x)
        tooltip = None if key is None else Content(key.tooltip)
        if tooltip != self.tooltip:
            self.tooltip = tooltip

    async def on_click(self, event: events.Click) -> None:
        """A click does what the key does, also while a text is typed."""
        key = self._at(event.x)
        if key is not None:
            await self.app.run_action(key.action, key.node)
