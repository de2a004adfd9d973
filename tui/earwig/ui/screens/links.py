"""A message's links and files: each shows where it leads, and opens only when the reader has seen that."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from earwig.core.system.viewer import CannotView, view
from earwig.core.text.safe_text import SafeText, clean_line, joined, own_text
from earwig.ui.rendering.links import Link, LocalFile
from earwig.ui.rendering.plain import Plain, notify_safely, plain
from earwig.ui.widgets.key_bar import KeyBar
from earwig.ui.widgets.keys import bar_key, help_key

_IN_THE_TERMINAL = frozenset({"www-browser", "links", "elinks", "lynx", "w3m"})
"""Browsers that would take the terminal away from this program."""


class LinksScreen(ModalScreen[None]):
    """Shows one link at a time, over the browser, and opens it if the reader says so."""

    CSS_PATH = "links.tcss"
    HELP = (
        "## Links and files\n\nThe whole address or path is shown as it would be opened. `Esc` opens nothing."
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        bar_key(
            "enter,y", "open", "links.open", "Open", "Open this address in a browser, this file in its viewer"
        ),
        bar_key("down,j,tab", "step(1)", "links.next", "Next link", "The next link of the message"),
        help_key("up,k,shift+tab", "step(-1)", "links.previous", "Previous link", "The link before"),
        bar_key("escape,q,n,o", "dismiss", "links.close", "Close", "Open nothing"),
    ]

    def __init__(self, links: Sequence[Link | LocalFile]) -> None:
        """`links` are at least one."""
        super().__init__()
        self._links = links
        self._at = 0
        self._address = Plain(id="address")
        self._about = Plain(id="about")

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="links"):
            yield self._address
            yield self._about
        yield KeyBar()

    def on_mount(self) -> None:
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where there is one link, there is no next."""
        return action != "step" or len(self._links) > 1

    def action_step(self, step: int) -> None:
        self._at = (self._at + step) % len(self._links)
        self._show()

    def _show(self) -> None:
        link, total = self._links[self._at], len(self._links)
        frame = self.query_one("#links", VerticalScroll)
        title = own_text("Open this file?" if isinstance(link, LocalFile) else "Open this link?")
        if total > 1:
            title = own_text("{} · {} of {}", title, self._at + 1, total)
        frame.border_title = plain(title)
        self._address.update(link.shown if isinstance(link, LocalFile) else link.address)
        self._about.update(joined(own_text("\n"), _about(link)))
        frame.scroll_home(animate=False)

    def action_open(self) -> None:
        """Open what is shown: in a thread, because a browser may take seconds to answer."""
        link = self._links[self._at]
        # Taken now: when there is something to tell, this screen may be gone, and know of no app any more.
        warn = partial(notify_safely, self.app, severity="warning")
        if isinstance(link, LocalFile):
            threading.Thread(target=_view, args=(link, warn), name="earwig-viewer", daemon=True).start()
        else:
            opening = link.address, warn
            threading.Thread(target=_open, args=opening, name="earwig-link", daemon=True).start()
        self.dismiss()


def _view(file: LocalFile, warn: Callable[[SafeText], None]) -> None:
    try:
        view(file.path)
    except CannotView as error:
        warn(own_text("{} {}.", file.shown, clean_line(error.reason)))


def _open(address: SafeText, warn: Callable[[SafeText], None]) -> None:
    # They take a start some milliseconds, and most never open a link.
    import webbrowser

    from earwig.core.system.viewer import open_address

    try:
        name = str(getattr(webbrowser.get(), "name", ""))
    except webbrowser.Error:
        warn(own_text("No browser was found here."))
        return
    if name in _IN_THE_TERMINAL:
        warn(own_text("The browser found here would take this terminal: nothing was opened."))
        return
    try:
        open_address(address)
    except OSError:
        warn(own_text("The browser could not be started."))


def _about(link: Link | LocalFile) -> list[SafeText]:
    lines: list[SafeText] = []
    if isinstance(link, LocalFile):
        return [own_text("a file of this machine; the system's viewer opens it")]
    if link.host:
        lines.append(own_text("leads to: {}", link.host))
    if link.host_as_read:
        lines.append(own_text("reads as: {}", link.host_as_read))
    if link.text:
        lines.append(own_text("in the message: {}", link.text))
    return lines
