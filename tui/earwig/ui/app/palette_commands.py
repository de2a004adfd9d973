"""The palette: all actions of the screen by name, with their keys, done on the widget that they belong to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.dom import DOMNode
from textual.fuzzy import FuzzySearch
from textual.screen import Screen
from textual.widget import Widget

from earwig.core.text.safe_text import own_text
from earwig.ui.app.actions import actions_on, focus_for, keys_of, title_of
from earwig.ui.rendering.plain import notify_safely

if TYPE_CHECKING:
    from collections.abc import Iterable


class ActionProvider(Provider):
    """Shows the app's commands as text; Textual's own provider reads markup in names and help."""

    def _commands(self) -> Iterable[SystemCommand]:
        return self.app.get_system_commands(self.screen)

    async def discover(self) -> Hits:
        for title, about, callback, discover in sorted(self._commands(), key=lambda command: command.title):
            if discover:
                yield DiscoveryHit(Content(title), callback, text=title, help=_as_text(about))

    async def search(self, query: str) -> Hits:
        fuzzy = FuzzySearch()
        for title, about, callback, _ in self._commands():
            score, offsets = fuzzy.match(query, title)
            if score > 0:
                content = Content(title)
                for offset in offsets:
                    content = content.stylize("reverse", offset, offset + 1)
                yield Hit(score, content, callback, text=title, help=_as_text(about))


def _as_text(text: str) -> str:
    """Content where Textual would read markup; its annotation says `str`, its code takes both."""
    return cast("str", Content(text))


def commands_for(screen: Screen[Any], keys: Mapping[str, str]) -> Iterator[SystemCommand]:
    """Yield a command for each action on the screen; `keys` are the reader's own, by id."""
    for binding, node in actions_on(screen):
        shown = keys_of(binding, screen.app, keys.get(binding.id or ""))
        yield SystemCommand(title_of(binding), shown, _runner(screen, binding, node))


def _runner(screen: Screen[Any], binding: Binding, node: DOMNode) -> Callable[[], None]:
    """Return what does the action, after the focus has come to where its key would be pressed."""

    async def do() -> None:
        app: App[Any] = screen.app
        if not await app.run_action(binding.action, node):
            notify_safely(app, own_text("That cannot be done here and now."), severity="warning")

    def begin() -> None:
        target = focus_for(node) if isinstance(node, Widget) and node is not screen else None
        if target is None:
            screen.call_later(do)
            return
        if screen.focused is None or node not in screen.focused.ancestors_with_self:
            screen.set_focus(target)
        # Behind the news of the focus, which some actions ask for, in the same queue.
        (screen.focused or target).call_later(do)

    return begin
