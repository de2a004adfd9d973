"""What the browser does with what is taken along: clipboard, files, pager, editor."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from earwig.core.stores.store import Store
from earwig.core.system.background import Background, Priority
from earwig.core.system.opening import CannotOpen
from earwig.core.text.safe_text import SafeText, clean, clean_line, own_text, safe_name
from earwig.core.text.sizes import human_size
from earwig.ui.plain import notify_safely
from earwig.ui.widgets.transcript_taking import TranscriptTaking

if TYPE_CHECKING:
    # What does it is loaded with the first key that asks for it, not at the start.
    from earwig.core.reading.session_copy import SessionCopy, Told
    from earwig.core.system.clipboard import Method, Put
    from earwig.core.system.copies import Copy

_TOLD_EVERY = 2.0
"""Seconds between two words on how far a long work is."""

_LONG = 8.0
"""Seconds that a sentence with something to do in it stays."""


class TakingScreen(Screen[None]):
    """Does it for the transcript in it; what takes time happens in a thread, and is told when it is done."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "W",
            "write_file",
            "To a file",
            tooltip="Write what was copied last to a file",
            id="browser.write_file",
            show=False,
        ),
    ]

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """What has the keys. What then looks different draws itself again; all of the screen need not."""

    class _Done(Message):
        """Something that was done in a thread is to be gone on with here."""

        def __init__(self, then: Callable[[], object]) -> None:
            super().__init__()
            self.then = then

    def __init__(self, store: Store, background: Background, *, clipboard: Method | None = None) -> None:
        super().__init__()
        self._store = store
        self._background = background
        self._clipboard = clipboard
        self._taken: bytes | Copy | None = None
        """What was to be copied last."""

        self._copying: SessionCopy | None = None
        self.away = False
        """Whether another program has the terminal: nothing need be read for it meanwhile."""

    @property
    def view(self) -> TranscriptTaking:
        """The transcript."""
        return self.query_one(TranscriptTaking)

    # The clipboard, and files.

    @on(TranscriptTaking.CopyWanted)
    def _on_copy_wanted(self, message: TranscriptTaking.CopyWanted) -> None:
        self.copy(message.data)

    def copy(self, data: bytes) -> None:
        """Copy these bytes, and say how; in a thread, because a program for it may take seconds."""
        self._keep(data)
        if data:
            threading.Thread(target=self._copy, args=(data,), name="earwig-clipboard", daemon=True).start()
        else:
            self._tell(own_text("It is empty: nothing was copied."))

    def _keep(self, taken: bytes | Copy | None) -> None:
        if self._taken is not None and not isinstance(self._taken, bytes):
            self._taken.remove()
        self._taken = taken

    def _copy(self, data: bytes) -> None:
        """In a thread."""
        from earwig.core.system.clipboard import CannotCopy, Method, put

        try:
            done = put(data, self._clipboard or Method.AUTO)
        except CannotCopy as error:
            self._warn(error.sentence)
        else:
            self._go_on(lambda: self._finish_copy(done))

    def _finish_copy(self, done: Put) -> None:
        driver = self.app._driver  # the terminal's only door; Textual's own copy knows of no tmux
        if done.send and driver is not None:
            driver.write(done.send)
        self._tell(done.words, timeout=_LONG if done.send else None)

    def action_write_file(self) -> None:
        """Write what was to be copied last to a file; in a thread, because a disk may be slow."""
        taken = self._taken
        if taken is None:
            self._tell(own_text("Nothing was copied yet: c copies a message, C more."))
            return
        folders = self._store.bots_folders
        arguments = (taken, folders)
        threading.Thread(target=self._write, args=arguments, name="earwig-file", daemon=True).start()

    def _write(self, taken: bytes | Copy, folders: Sequence[Path]) -> None:
        """In a thread."""
        from earwig.core.system.copies import CannotWrite, file_to_keep

        try:
            path = file_to_keep([taken] if isinstance(taken, bytes) else taken.pieces(), folders)
        except CannotWrite as error:
            self._warn(error.sentence)
        else:
            self._tell(own_text("Written to {}", safe_name(str(path))), timeout=_LONG)

    @on(TranscriptTaking.MoreWanted)
    def _on_more_wanted(self, message: TranscriptTaking.MoreWanted) -> None:
        from earwig.ui.screens.copying import Choice, CopyScreen, text_choices

        entry, view = message.entry, self.view
        choices = text_choices(message.source, message.selection, self.copy)
        stored = human_size(entry.size)
        choices += [
            Choice(own_text("stored line"), stored, lambda: view.copy_stored(entry)),
            Choice(own_text("session"), own_text("all of it, as text"), self._copy_session),
            Choice(own_text("link"), own_text("opens it again: earwig LINK"), lambda: view.copy_link(entry)),
        ]
        self.app.push_screen(CopyScreen(choices))

    # The whole session.

    def _copy_session(self) -> None:
        from earwig.core.reading.session_text import as_source

        self._make("session.txt", as_source, self._copy_text)

    def _copy_text(self, made: SessionCopy) -> None:
        from earwig.core.system.clipboard import SYSTEM_LIMIT

        if made.copy.size <= SYSTEM_LIMIT:
            data = b"".join(made.copy.pieces())
            made.copy.remove()
            self.copy(data)
            return
        self._keep(made.copy)
        words = own_text("{} are too much for a clipboard. W writes a file.", human_size(made.copy.size))
        self._tell(words, timeout=_LONG)

    @on(TranscriptTaking.SessionWanted)
    def _on_session_wanted(self) -> None:
        from earwig.core.reading.session_text import as_shown
        from earwig.core.system.programs import NoProgram, pager

        try:
            command = pager()
        except NoProgram as error:
            self._warn(error.sentence)
            return
        self._make("session.txt", as_shown, lambda made: self._run(command, made.copy))

    def _make(self, name: str, told: Told, then: Callable[[SessionCopy], object]) -> None:
        """Write the session to a file, in steps, and go on with it."""
        from earwig.core.reading.session_copy import SessionCopy
        from earwig.core.system.copies import CannotWrite

        feed = self.view.feed
        if feed is None:
            return
        self._let_go()
        try:
            making = SessionCopy(self._store.open(feed.session), told, name)
        except CannotWrite as error:
            self._warn(error.sentence)
            return
        self._copying = making
        self.view.waiting = True
        self._background.submit(lambda: self._make_step(making, then), Priority.IDLE)
        self.set_timer(_TOLD_EVERY, lambda: self._tell_share(making))

    def _make_step(self, making: SessionCopy, then: Callable[[SessionCopy], object]) -> None:
        """In the background."""
        from earwig.core.system.copies import CannotWrite

        if self._copying is not making:
            making.copy.remove()
            return
        try:
            done = making.step()
        except CannotWrite as error:
            sentence = error.sentence
            self._go_on(lambda: self._fail(making, sentence))
        except CannotOpen as error:
            words = own_text("Nothing was copied: the session {}.", clean_line(error.reason))
            self._go_on(lambda: self._fail(making, words))
        else:
            if done:
                self._go_on(lambda: self._made(making, then))
            else:
                self._background.submit(lambda: self._make_step(making, then), Priority.IDLE)

    def _made(self, making: SessionCopy, then: Callable[[SessionCopy], object]) -> None:
        if self._copying is not making:
            making.copy.remove()
            return
        self._copying = None
        self.view.waiting = False
        if making.is_cut:
            words = own_text("Only the newest {} of the session are taken.", human_size(making.most))
            self._tell(words, timeout=_LONG)
        then(making)

    def _fail(self, making: SessionCopy, words: SafeText) -> None:
        if self._copying is making:
            self._let_go()
            self._warn(words)

    def _tell_share(self, making: SessionCopy) -> None:
        if self._copying is making:
            words = own_text("Copying the session: {:.0%}. Escape stops it.", making.share)
            self._tell(words, timeout=_TOLD_EVERY)
            self.set_timer(_TOLD_EVERY, lambda: self._tell_share(making))

    @on(TranscriptTaking.LetGo)
    def _let_go(self) -> None:
        """Stop what is being made; its file goes with its last step."""
        self._copying = None
        self.view.waiting = False

    # Programs.

    @on(TranscriptTaking.ProgramWanted)
    def _on_program_wanted(self, message: TranscriptTaking.ProgramWanted) -> None:
        from earwig.core.system.copies import CannotWrite, Copy
        from earwig.core.system.programs import NoProgram, editor, pager

        try:
            command = editor() if message.edit else pager()
        except NoProgram as error:
            self._warn(error.sentence)
            return
        source, edit = message.source, message.edit

        def write() -> None:
            """In the background."""
            text = source if edit else clean(source.decode("utf-8", "backslashreplace")).encode() + b"\n"
            try:
                made = Copy("message.txt", [text])
            except CannotWrite as error:
                self._warn(error.sentence)
            else:
                self._go_on(lambda: self._run(command, made, edit=edit))

        self._background.submit(write)

    def _run(self, command: Sequence[str], copy: Copy, *, edit: bool = False) -> None:
        """Give the terminal to a program, and wait: meanwhile nothing else can be done here."""
        from earwig.core.system.programs import run_in_terminal

        self.away = True
        try:
            with self.app.suspend():
                ran = run_in_terminal(command, copy.path)
        except SuspendNotSupported:
            copy.remove()
            self._warn(own_text("The terminal cannot be given to another program here; c copies."))
            return
        finally:
            self.away = False
        if ran.problem is not None:
            self._warn(ran.problem)
        if edit and copy.is_changed():
            self._warn(own_text("What was changed is a copy, and is gone: the session is as it was."))
        if not (edit and ran.at_once):
            copy.remove()  # else it goes with earwig: an editor with a window of its own may still read it

    # From a thread to here.

    def _go_on(self, then: Callable[[], object]) -> None:
        self.post_message(self._Done(then))

    @on(_Done)
    def _on_done(self, message: _Done) -> None:
        message.then()

    def _tell(self, words: SafeText, *, timeout: float | None = None) -> None:
        notify_safely(self.app, words, timeout=timeout)

    def _warn(self, words: SafeText) -> None:
        notify_safely(self.app, words, severity="warning", timeout=_LONG)

    def on_unmount(self) -> None:
        """Leave nothing behind."""
        self._let_go()
        self._keep(None)
