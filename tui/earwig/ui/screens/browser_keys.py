"""The keys of the browser's screen, wherever the focus is."""

from __future__ import annotations

from textual.binding import Binding, BindingType

BROWSER_KEYS: list[BindingType] = [
    Binding(
        "W",
        "write_file",
        "To a file",
        tooltip="Write what was copied last to a file",
        id="browser.write_file",
        show=False,
    ),
    Binding(
        "ctrl+s",
        "search",
        "Search all",
        tooltip="Find a text in all sessions",
        id="browser.search",
        show=False,
    ),
    *(
        Binding(key, f"step_hit({by})", label, tooltip=tip, id=f"browser.{name}", show=False)
        for key, by, name, label, tip in (
            ("right_parenthesis", 1, "next_hit", "Next found", "What else was found in all sessions"),
            ("left_parenthesis", -1, "previous_hit", "Found before", "The one before of what was found"),
        )
    ),
    Binding(
        "a",
        "live",
        "All live",
        tooltip="What comes in any session, as it comes",
        id="browser.live",
        show=False,
    ),
    Binding(
        "ctrl+t",
        "statistics",
        "Numbers",
        tooltip="How many messages, of whom, and how they ended",
        id="browser.statistics",
        show=False,
    ),
    Binding(
        "full_stop",
        "look_at_next",
        "Next changed",
        tooltip="The next session that changed since you last looked: failed ones first",
        id="browser.look_at_next",
        show=False,
    ),
    Binding(
        "vertical_line",
        "split",
        "Side by side",
        tooltip="Two sessions side by side, or one again",
        id="browser.split",
        show=False,
    ),
    Binding(
        "d",
        "details",
        "Details",
        tooltip="What is known of the session: people, store, an editor's plan, what became of turns",
        id="browser.details",
        show=False,
    ),
    Binding(
        "tab",
        "app.focus_next",
        "Other pane",
        tooltip="Go to the other pane: sessions or transcript",
        id="browser.next_pane",
    ),
    Binding(
        "shift+tab",
        "app.focus_previous",
        "Pane",
        tooltip="Go back to the other pane",
        show=False,
        id="browser.previous_pane",
    ),
    # First of all, so that keys typed in one burst with it are forwarded to the filter, not to the pane.
    Binding(
        "slash",
        "filter",
        "Filter",
        tooltip="Find sessions by their names and newest messages",
        id="browser.filter",
        priority=True,
    ),
    Binding(
        "ctrl+o",
        "find_session",
        "Find session",
        tooltip="Find a session by its name, from anywhere",
        id="browser.find_session",
        show=False,
        priority=True,
    ),
    Binding("s", "toggle_sidebar", "Sidebar", tooltip="Hide or show the sessions", id="browser.sidebar"),
    Binding("escape", "back", "Back", tooltip="Leave what was opened last", show=False, id="browser.back"),
]
