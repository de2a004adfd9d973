"""The session as a document: what is in it, what is masked, where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input

from earwig.core.model.session import Session
from earwig.core.reading.filtering import EntryFilter
from earwig.core.redaction.own_patterns import redaction_of
from earwig.core.settings.settings import Settings
from earwig.core.stores.store import Store
from earwig.core.text.refusal import Refusal
from earwig.core.text.safe_text import SafeText, joined, own_text, safe_name
from earwig.core.text.sizes import human_size
from earwig.export.destination import default_name
from earwig.export.facts import masked_told
from earwig.export.job import PREVIEWED, Advanced, ExportJob, Failed, Previewed, Report, Written
from earwig.export.request import Format, Request, read_lines
from earwig.ui.rendering.plain import Plain, notify_safely, plain
from earwig.ui.widgets.choice import Choice
from earwig.ui.widgets.data_message import DataMessage
from earwig.ui.widgets.debounce import Debounce
from earwig.ui.widgets.key_bar import KeyBar
from earwig.ui.widgets.keys import bar_key, help_key

_FORMATS = (
    (own_text("Markdown"), Format.MARKDOWN),
    (own_text("HTML, one page to read or print"), Format.HTML),
    (own_text("text"), Format.TEXT),
    (own_text("JSON"), Format.JSON),
    (own_text("JSON lines"), Format.JSONL),
)


class _Part(NamedTuple):
    roles: tuple[str, ...] = ()
    limit: EntryFilter | None = None


_PARTS: tuple[tuple[SafeText, _Part], ...] = (
    (own_text("all"), _Part()),
    (own_text("user and assistant"), _Part(("user", "assistant"))),
    (own_text("user"), _Part(("user",))),
    (own_text("assistant"), _Part(("assistant",))),
    (own_text("tool"), _Part(("tool",))),
)
_MASKED = ((own_text("on"), True), (own_text("off"), False))
_SETTLE = 0.3
"""Seconds from the last change to a new preview."""


class ExportScreen(ModalScreen[None]):
    """Asks, shows what would be masked, writes in the background, and says where and how much."""

    CSS_PATH = "export.tcss"
    HELP = (
        "## Export\n\nWrites the session, or a part of it, to a new file. Redaction masks personal data and "
        "secrets by aliases that stay the same; look the document over before you hand it on."
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        bar_key("enter", "write", "export.write", "Write", "Write the file"),
        bar_key("down", "app.focus_next", "export.next", "Next", "The next field"),
        help_key("up", "app.focus_previous", "export.previous", "Previous", "The field before"),
        bar_key("escape", "leave", "export.close", "Close", "Write nothing, or stop writing"),
    ]

    class Reported(DataMessage):
        job: ExportJob
        report: Report

    def __init__(
        self,
        session: Session,
        store: Store,
        keep_out: Sequence[Path],
        *,
        limit: EntryFilter | None = None,
        settings: Settings | None = None,
    ) -> None:
        """`keep_out`: folders of the bot's; `limit`: what is shown of the session, which is offered first.

        `settings` say what else is to be masked, and how times are told.
        """
        super().__init__()
        self._settings = settings or Settings()
        self._session = session
        self._store = store
        self._keep_out = keep_out
        self._job: ExportJob | None = None
        self._writing = False
        self._settled = Debounce(self, self._preview)
        self._format = Choice(_FORMATS, id="format")
        shown = () if limit is None else ((own_text("what the filter shows"), _Part(limit=limit)),)
        self._part = Choice((*shown, *_PARTS), id="part")
        self._lines = Input(placeholder="all, or a range: 10-200", compact=True, id="lines")
        self._masked = Choice(_MASKED, id="masked")
        self._file = Input(default_name(session.key, Format.MARKDOWN), compact=True, id="file")
        self._outcome = Plain(id="outcome")
        self._samples = Plain(id="samples")

    def compose(self) -> ComposeResult:
        with Vertical(id="export") as frame:
            frame.border_title = plain(own_text("Export {}", safe_name(self._session.key)))
            for label, field in (
                (own_text("Format"), self._format),
                (own_text("Messages"), self._part),
                (own_text("Lines"), self._lines),
                (own_text("Redact"), self._masked),
                (own_text("File"), self._file),
            ):
                with Horizontal():
                    yield Plain(label, classes="label")
                    yield field
            yield Plain(own_text("in {}", safe_name(str(Path.cwd()))), id="where")
            yield self._outcome
            yield self._samples
        yield KeyBar()

    def on_mount(self) -> None:
        self._format.focus()
        self._preview()

    def on_unmount(self) -> None:
        self._stop()

    # What the reader does.

    @on(Choice.Changed, "#format")
    def _on_format_changed(self) -> None:
        """The file's ending goes with the format, whatever else its name is."""
        name, dot, ending = self._file.value.rpartition(".")
        if dot and ending in {each.value for each in Format}:
            self._file.value = f"{name}.{self._format.value.value}"

    @on(Choice.Changed, "#part")
    @on(Choice.Changed, "#masked")
    @on(Input.Changed, "#lines")
    def _on_changed(self, event: Message) -> None:
        event.stop()
        if self._writing:
            return
        self._stop()
        self._settled.call_in(_SETTLE)

    @on(Input.Changed, "#file")
    def _on_file_changed(self, event: Input.Changed) -> None:
        event.stop()

    @on(Input.Submitted)
    def _on_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_write()

    def action_write(self) -> None:
        if self._writing:
            return
        self._settled.cancel()
        self._stop()
        try:
            request = self._request()
        except Refusal as error:
            self._say(error.sentence, failed=True)
            return
        if not self._file.value.strip():
            self._say(own_text("Give the file a name."), failed=True)
            return
        self._writing = True
        self._say(own_text("Writing…"))
        self._start(request, Path(self._file.value.strip()).expanduser())

    def action_leave(self) -> None:
        if not self._writing:
            self.dismiss()
            return
        self._stop()
        self._writing = False
        self._say(own_text("Stopped: nothing was written."))

    # What the thread tells.

    def _request(self) -> Request:
        """Raises `Refusal`."""
        lines = self._lines.value.strip()
        return Request(
            format=self._format.value,
            lines=read_lines(lines) if lines and lines.casefold() != "all" else None,
            roles=self._part.value.roles,
            redaction=redaction_of(self._settings) if self._masked.value else None,
            limit=self._part.value.limit,
            utc=self._settings.utc,
        )

    def _preview(self) -> None:
        self._samples.update(own_text(""))
        try:
            request = self._request()
        except Refusal as error:
            self._say(error.sentence, failed=True)
            return
        if request.redaction is None:
            self._say(own_text("Nothing is masked: the document holds all that strangers wrote."))
            return
        self._say(own_text("Looking what is to be masked…"))
        self._start(request, None)

    def _start(self, request: Request, path: Path | None) -> None:
        self._job = ExportJob(
            self._store.open(self._session),
            self._session.key,
            request,
            lambda job, report: self.post_message(self.Reported(job, report)),
            about=lambda: self._store.about(self._session),
            path=path,
            keep_out=self._keep_out,
        )
        self._job.start()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.give_up()
            self._job = None

    @on(Reported)
    def _on_reported(self, message: Reported) -> None:
        message.stop()
        if message.job is not self._job:
            return
        match message.report:
            case Advanced(share):
                doing = own_text("Writing…") if self._writing else own_text("Looking what is to be masked…")
                self._say(own_text("{} {:.0%}", doing, share))
            case Previewed() as found:
                self._show_preview(found)
            case Failed(sentence):
                self._writing = False
                self._say(sentence, failed=True)
            case Written(path, size, facts):
                masked = own_text("") if facts.masked is None else own_text("\n{}", masked_told(facts.masked))
                name = safe_name(str(path))
                told = own_text("{}: {}, {:,} messages{}", name, human_size(size), facts.messages, masked)
                notify_safely(self.app, told, title=own_text("Exported"))
                self.dismiss()

    def _show_preview(self, found: Previewed) -> None:
        facts = found.facts
        cut = own_text("")
        if found.cut:
            cut = own_text(" in its first {}", human_size(PREVIEWED))
        messages = own_text("{:,} messages{}", facts.messages, cut)
        self._say(own_text("{} · masked: {}", messages, masked_told(facts.masked or {})))
        rows = [
            own_text("{} {}", own_text("#{}", sample.number or 0), sample.text) for sample in found.samples
        ]
        if facts.key != self._session.key:
            rows.append(own_text("The file's name is not masked: it is made from the session's key."))
        self._samples.update(joined(own_text("\n"), rows))

    def _say(self, text: SafeText, *, failed: bool = False) -> None:
        self._outcome.set_class(failed, "-failed")
        self._outcome.update(text)
