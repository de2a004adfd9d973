"""The reader's own programs: gives the terminal to a pager or an editor, with a copy to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from earwig.core.system.background import Background
from earwig.core.text.safe_text import clean, own_text
from earwig.ui.screens.controllers.host import ScreenHost, warn

if TYPE_CHECKING:
    from earwig.core.system.copies import Copy


@dataclass(eq=False)
class Programs:
    _host: ScreenHost
    _background: Background
    away: bool = False

    def show_text(self, source: bytes, *, edit: bool) -> None:
        """Show a copy of a message in the pager, cleaned; or give it to the editor as it is stored."""
        command = self.find(edit=edit)
        if command is None:
            return

        def write() -> None:
            """In the background."""
            from earwig.core.system.copies import CannotWrite, Copy

            text = source if edit else clean(source.decode("utf-8", "backslashreplace")).encode() + b"\n"
            try:
                made = Copy("message.txt", [text])
            except CannotWrite as error:
                warn(self._host, error.sentence)
            else:
                self._host.go_on(lambda: self.run(command, made, edit=edit))

        self._background.submit(write)

    def run(self, command: Sequence[str], copy: Copy, *, edit: bool = False) -> None:
        """Give the terminal to a program, and wait: meanwhile nothing else can be done here."""
        from earwig.core.system.programs import run_in_terminal

        self.away = True
        try:
            with self._host.suspend():
                ran = run_in_terminal(command, copy.path)
        except SuspendNotSupported:
            copy.remove()
            warn(self._host, own_text("The terminal cannot be given to another program here; c copies."))
            return
        finally:
            self.away = False
        if ran.problem is not None:
            warn(self._host, ran.problem)
        if edit and copy.is_changed():
            warn(self._host, own_text("What was changed is a copy, and is gone: the session is as it was."))
        if not (edit and ran.at_once):
            copy.remove()  # else it goes with earwig: an editor with a window of its own may still read it

    def find(self, *, edit: bool) -> Sequence[str] | None:
        """Return the reader's editor, or pager; None, and a warning, if there is none."""
        from earwig.core.system.programs import NoProgram, editor, pager

        try:
            return editor() if edit else pager()
        except NoProgram as error:
            warn(self._host, error.sentence)
            return None
