"""What is taken along from a transcript: copies, links, and texts for the reader's own programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.message import Message

from earwig.core.model.entries import Entry, Ghost
from earwig.core.reading.newest import exact
from earwig.core.reading.session_text import source_of
from earwig.core.stores.protocols import Transcript
from earwig.core.text.safe_text import SafeText, own_text, safe_name
from earwig.ui.messages import LineFound, LineTaken, LinkFollowed
from earwig.ui.plain import notify_safely
from earwig.ui.widgets.transcript_motion import Target
from earwig.ui.widgets.transcript_selecting import TranscriptSelecting

if TYPE_CHECKING:
    from earwig.core.model.message_link import MessageLink

LONGEST = 16 * 1024 * 1024
"""Bytes of a line that are read to be taken along."""


class TranscriptTaking(TranscriptSelecting):
    """Finds what is to be taken, and hands it to whoever can; touches no clipboard and no program itself."""

    HELP = (
        TranscriptSelecting.HELP
        + """
### Taking it along

`c` copies the message as it is stored, or what the mouse has selected; `C` shows what else can be copied.
`y` copies a link to the message: `earwig LINK` opens it, and so does `:`.
`p` shows a cleaned copy of the message in your pager, `P` of the session; `Ctrl+E` gives your editor a copy
of what is stored. They get copies only: nothing that is done to one changes the session.

`m` gives the mouse to your terminal and takes it back; most terminals also select while `Shift` is held,
on macOS `Option`.
"""
    )

    class CopyWanted(Message):
        """The reader wants these bytes in the clipboard."""

        def __init__(self, data: bytes) -> None:
            super().__init__()
            self.data = data

    class MoreWanted(Message):
        """The reader wants to choose what to copy of an entry."""

        def __init__(self, entry: Entry, source: bytes, selection: str) -> None:
            super().__init__()
            self.entry = entry
            self.source = source
            """Its text, as it is stored."""

            self.selection = selection
            """What is selected; empty if nothing is."""

    class ProgramWanted(Message):
        """The reader wants to see a text in the pager, or in the editor."""

        def __init__(self, source: bytes, *, edit: bool) -> None:
            super().__init__()
            self.source = source
            self.edit = edit

    class SessionWanted(Message):
        """The reader wants to see the session in the pager."""

    class LetGo(Message):
        """The reader does not want to wait for what was wanted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "c", "copy", "Copy", tooltip="The message as it is stored, or the selection", id="transcript.copy"
        ),
        Binding(
            "C",
            "copy_more",
            "Copy…",
            tooltip="A code block, the stored line, a link, the session",
            id="transcript.copy_more",
            show=False,
        ),
        Binding(
            "ctrl+c,super+c",
            "copy_selection",
            "Copy selection",
            tooltip="What is selected with the mouse",
            id="transcript.copy_selection",
            show=False,
        ),
        Binding(
            "y",
            "copy_link",
            "Link",
            tooltip="A link to the message: earwig LINK opens it",
            id="transcript.copy_link",
            show=False,
        ),
        Binding(
            "p",
            "page",
            "Pager",
            tooltip="A copy of the message in your pager",
            id="transcript.page",
            show=False,
        ),
        Binding(
            "P",
            "page_session",
            "Session in pager",
            tooltip="A copy of the session in your pager",
            id="transcript.page_session",
            show=False,
        ),
        Binding(
            "ctrl+e",
            "edit",
            "Editor",
            tooltip="A copy of what is stored in your editor",
            id="transcript.edit",
            show=False,
        ),
        Binding(
            "escape",
            "let_go",
            "Let go",
            tooltip="Select nothing, wait for nothing",
            id="transcript.let_go",
            show=False,
        ),
    ]

    waiting = False
    """Whether the reader waits for something that is being made."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.finding: MessageLink | None = None
        """The link whose message is looked for."""

    # Keys.

    def action_copy(self) -> None:
        """Copy what is selected; else the message that the cursor is on."""
        if self.has_selection:
            self.action_copy_selection()
        else:
            self._with_source(self._copy)

    def action_copy_selection(self) -> None:
        """Copy what is selected."""
        if not self.has_selection:
            raise SkipAction
        self._copy(self.selected_text().encode("utf-8", "surrogatepass"))

    def action_copy_more(self) -> None:
        """Let the reader choose."""
        entry, selection = self.current, self.selected_text()
        if entry is not None:
            self._with_source(lambda source: self._hand_on(self.MoreWanted(entry, source, selection)))

    def action_copy_link(self) -> None:
        """Copy a link to the message that the cursor is on."""
        entry = self.current
        if entry is not None:
            self.copy_link(entry)

    def action_page(self) -> None:
        """Show a cleaned copy of the message in the pager."""
        self._with_source(lambda source: self._hand_on(self.ProgramWanted(source, edit=False)))

    def action_edit(self) -> None:
        """Give the editor a copy of the message as it is stored."""
        self._with_source(lambda source: self._hand_on(self.ProgramWanted(source, edit=True)))

    def action_page_session(self) -> None:
        """Show a cleaned copy of the session in the pager."""
        self.post_message(self.SessionWanted())

    def action_let_go(self) -> None:
        """Drop the selection; else what is being waited for, looked for or left out, one at a time."""
        if self.has_selection:
            self.clear_selection()
        elif self.waiting:
            self.post_message(self.LetGo())
        elif self.can_leave:
            self.action_leave()
        else:
            raise SkipAction

    # What it takes.

    def copy_stored(self, entry: Entry) -> None:
        """Copy a line as it is in the file, without its newline."""
        self._with_bytes(entry, self._copy)

    def copy_link(self, entry: Entry) -> None:
        """Copy a link to a message; without its line's number, where that is not known yet."""
        from earwig.core.model.message_link import MessageLink
        from earwig.core.reading.link_search import digest_at

        def copy(digest: bytes) -> None:
            if self.feed is not None:
                number = self.blocks.numbers.number_of(entry)
                self._copy(MessageLink(self.feed.session.key, number, digest.decode()).told().encode())

        self._with_bytes(entry, copy, lambda transcript: digest_at(transcript, entry).encode())

    def _copy(self, data: bytes) -> None:
        self.post_message(self.CopyWanted(data))

    def _hand_on(self, message: Message) -> None:
        self.post_message(message)

    def _with_source(self, then: Callable[[bytes], None]) -> None:
        """Give the text of the message that the cursor is on, as it is stored; it may have to be read."""
        entry = self.current
        if entry is None:
            self._tell(own_text("There is no message here."))
            return
        source = source_of(entry.item)
        if source is not None:
            then(source)
        elif isinstance(entry.item, Ghost):
            self._tell(own_text("Its text is not kept."))
        else:
            self._with_bytes(entry, then, lambda transcript: _text(transcript, entry))

    def _with_bytes(
        self, entry: Entry, then: Callable[[bytes], None], make: Callable[[Transcript], bytes] | None = None
    ) -> None:
        """Read a line, or what is made of it, in the background, and go on with that."""
        feed = self.feed
        if isinstance(entry.item, Ghost):
            self._tell(own_text("It is not in the session any more; c copies its text."))
        elif entry.size > LONGEST:
            self._tell(own_text("{:,} bytes are too much to take along from here.", entry.size))
        elif feed is not None:

            def post(data: bytes | None) -> None:
                self.post_message(LineTaken(feed, data, then))

            stored = make or (lambda transcript: transcript.raw(entry, entry.size))
            feed.read(self.viewport.generation, stored, post)

    def on_line_taken(self, message: LineTaken) -> None:
        """Go on with what was made of a line."""
        if message.feed is not self.feed:
            return
        if message.data is None:
            self._tell(own_text("The session was rewritten just now; try again."))
        else:
            message.then(message.data)

    def _tell(self, words: SafeText) -> None:
        notify_safely(self.app, words)

    # Links.

    def follow_link(self, link: MessageLink) -> None:
        """Go to the message of a link that the reader has typed; it may be of another session."""
        if self.feed is None:
            return
        key = self.feed.session.key
        if link.key in ("", key, safe_name(key)):
            self.go_to_link(link)
        else:
            self._tell(own_text("That link is of another session: earwig {} opens it.", link.told()))

    def go_to_link(self, link: MessageLink) -> None:
        """Go to the message of a link as soon as it is found; the reader's next step ends the search."""
        if self.feed is not None:
            self.rest()
            self.finding = link
            self.feed.links.find(link)

    def _stop_seeking(self) -> None:
        super()._stop_seeking()
        self.finding = None

    def on_link_followed(self, message: LinkFollowed) -> None:
        """Go there, and say if it is not the message."""
        if message.feed is not self.feed or self.finding != message.link:
            return
        self.finding = None
        number = message.link.line or 0
        self.drop_limit()
        self._jump = Target(line=number)
        self.post_message(LineFound(message.feed, number, message.position, message.page, certain=True))
        if not message.found:
            words = own_text("That message is not in this session any more.")
            if number:
                words = own_text(
                    "That message is not in this session any more; this is where line {:,} is.", number
                )
            notify_safely(self.app, words, severity="warning")


def _text(transcript: Transcript, entry: Entry) -> bytes:
    """What a line says that was too long to be read with the others."""
    return source_of(exact(transcript, entry).item) or b""
