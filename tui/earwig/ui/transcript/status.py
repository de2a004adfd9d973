"""How a transcript stands: what its frame and its bars say of it."""

from __future__ import annotations

from earwig.core.named_tuple import NamedTuple
from earwig.core.text.safe_text import SafeText, clean_line, many, own_text
from earwig.ui.rendering.shape import Level
from earwig.ui.session.messages import Counted, FilterCounted, Remembered
from earwig.ui.transcript.filtering import Filtering
from earwig.ui.transcript.finder import Finder
from earwig.ui.transcript.navigator import Navigator
from earwig.ui.transcript.pursuit import Pursuit
from earwig.ui.transcript.screenful import OnScreen
from earwig.ui.transcript.session_model import SessionModel


class TranscriptStatus(NamedTuple):
    """All that a transcript's surroundings show of it, at one moment."""

    following: bool = True
    gone: bool = False
    problem: SafeText | None = None
    tools: Level = Level.LINE
    counted: Counted | None = None
    memory: Remembered | None = None
    left: FilterCounted | None = None
    filters: tuple[tuple[SafeText, SafeText], ...] = ()
    """Each condition of the filter, and what it hides."""

    find: SafeText = own_text("")
    """What the bar says in which a text to find is typed."""

    below: SafeText = own_text("")
    """What the frame says at the bottom."""


class StatusTeller(NamedTuple):
    session: SessionModel
    on_screen: OnScreen
    pursuit: Pursuit
    navigator: Navigator
    finder: Finder
    filtering: Filtering

    def status(self) -> TranscriptStatus:
        session = self.session
        return TranscriptStatus(
            following=self.on_screen.viewport.following,
            gone=session.gone,
            problem=session.problem,
            tools=self.on_screen.cache.folds.tools,
            counted=session.counted,
            memory=session.memory,
            left=session.left,
            filters=tuple(self.filtering.words()),
            find=self.finder.bar_words(),
            below=self._below(),
        )

    @property
    def new(self) -> int:
        """Messages that came since the view was held."""
        counted = self.session.counted
        return 0 if self.on_screen.viewport.following or counted is None else counted.new

    def _below(self) -> SafeText:
        pursuit = self.pursuit
        if pursuit.no_line is not None:
            lines = pursuit.no_line.lines
            return own_text("there {} {}", clean_line("is" if lines == 1 else "are"), many(lines, "line"))
        search = self.finder.frame_words()
        if search is not None:
            return search
        if pursuit.line is not None and not self.navigator.jumping:
            return own_text("about line {:,} · still counting", pursuit.line)
        if self.new:
            return own_text("▼ {:,} new · End to follow", self.new)
        return own_text("") if self.on_screen.viewport.following else own_text("End to follow")
