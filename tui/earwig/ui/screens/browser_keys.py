"""The keys of the browser's screen, wherever the focus is."""

from __future__ import annotations

from textual.binding import BindingType

from earwig.ui.widgets.keys import bar_key, help_key

BROWSER_KEYS: list[BindingType] = [
    help_key("W", "write_file", "browser.write_file", "To a file", "Write what was copied last to a file"),
    help_key("ctrl+s", "search", "browser.search", "Search all", "Find a text in all sessions"),
    *(
        help_key(key, f"step_hit({by})", f"browser.{name}", label, tip)
        for key, by, name, label, tip in (
            ("right_parenthesis", 1, "next_hit", "Next found", "What else was found in all sessions"),
            ("left_parenthesis", -1, "previous_hit", "Found before", "The one before of what was found"),
        )
    ),
    help_key("a", "live", "browser.live", "All live", "What comes in any session, as it comes"),
    help_key(
        "ctrl+t",
        "statistics",
        "browser.statistics",
        "Numbers",
        "How many messages, of whom, and how they ended",
    ),
    help_key(
        "full_stop",
        "look_at_next",
        "browser.look_at_next",
        "Next changed",
        "The next session that changed since you last looked: failed ones first",
    ),
    help_key(
        "vertical_line", "split", "browser.split", "Side by side", "Two sessions side by side, or one again"
    ),
    help_key(
        "d",
        "details",
        "browser.details",
        "Details",
        "What is known of the session: people, store, an editor's plan, what became of turns",
    ),
    bar_key(
        "tab",
        "app.focus_next",
        "browser.next_pane",
        "Other pane",
        "Go to the other pane: sessions or transcript",
    ),
    help_key("shift+tab", "app.focus_previous", "browser.previous_pane", "Pane", "Go back to the other pane"),
    # First of all, so that keys typed in one burst with it are forwarded to the filter, not to the pane.
    bar_key(
        "slash",
        "filter",
        "browser.filter",
        "Filter",
        "Find sessions by their names and newest messages",
        priority=True,
    ),
    help_key(
        "ctrl+o",
        "find_session",
        "browser.find_session",
        "Find session",
        "Find a session by its name, from anywhere",
        priority=True,
    ),
    bar_key("s", "toggle_sidebar", "browser.sidebar", "Sidebar", "Hide or show the sessions"),
    help_key("escape", "back", "browser.back", "Back", "Leave what was opened last"),
]
