"""How messages are shown: rendered or as they are stored, whole or folded."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from earwig.ui.widgets.transcript_column import TranscriptColumn


class TranscriptShape(TranscriptColumn):
    """Changes the shape of messages, and leaves what is being read where it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "v",
            "toggle_source",
            "Source",
            tooltip="The message as it is stored, or rendered",
            id="transcript.source",
        ),
        Binding(
            "z",
            "toggle_fold",
            "Fold one",
            tooltip="What is folded in a message unfolded, or folded again",
            id="transcript.fold",
            show=False,
        ),
        Binding(
            "Z",
            "toggle_all_folds",
            "Fold",
            tooltip="All long messages folded, or whole",
            id="transcript.fold_all",
        ),
    ]

    def action_toggle_source(self) -> None:
        """Show the message under the cursor as it is stored, or rendered."""
        entry = self.current
        if entry is not None:
            self.blocks.toggle_source(entry)
            self.viewport.settle()
            self.changed()

    def action_toggle_fold(self) -> None:
        """Fold the message under the cursor, or unfold it."""
        index = self.cursor_index
        if index is not None:
            self.toggle_fold(index)

    def toggle_fold(self, index: int) -> None:
        """Fold a message or unfold it: its first row stays, or comes onto the screen."""
        index = self.leader(index)
        first = self.viewport.row_of(index) or 0
        entry = self.viewport.entries[index]
        self.put_cursor(entry)
        self.blocks.toggle_fold(entry)
        self.put_entry(index, first)

    def action_toggle_all_folds(self) -> None:
        """Fold all messages, or unfold them; the one that is read stays, with the row that is at the top."""
        self.reshape(self.blocks.toggle_all_folds)
