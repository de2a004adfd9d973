"""The keys of a transcript, and what its help says beside them."""

from __future__ import annotations

from textual.binding import BindingType

from earwig.ui.widgets.keys import bar_key, help_key

HELP = """\
## Transcript

At the newest message the view **follows**: what the bot appends is on the screen at once.
One step up **holds** it: nothing moves, and the corner counts what is new. `End` follows again.

A line that the bot would skip stands in its place as a bad line; `Enter` shows its bytes.
What the bot withdraws or replaces stays as a ghost: struck through, with the time and no number.
The frame tells how full the bot's memory is. Over a limit it would compact away what is above the ruler `┄┄`.
`o` shows where the links of a message lead, and opens one if you confirm.
`v` shows a message as it is stored. `z` unfolds what is folded in a message, or folds it; `Z` folds all that
are long.
`-` and `=` make the text narrower and wider, `w` cuts long lines at the edge instead of wrapping them.
`t` shows tool traffic in one line, in full, or not at all.

Rows with a sign in the second column, such as `▸`, are in earwig's own words. No message can write there.

`u`, `f`, `x` and `]` go to the next user turn, failed turn, bad line or tool call; `U`, `F`, `X` and `[` to
the one before. From the last they go on to the first, as `n` does, and say so. `<` goes back to where you
were before a jump, `>` forward again.

`/` finds text: all of it is marked and counted, `n` and `N` go on. `Enter` keeps the marks, `Esc` clears
them. `l` shows only some messages: `role:user -tools failed invoice`, all of which must hold; a minus turns
a word round, and `bad` is for bad lines. `Esc` clears it. What takes long says so, and ends with `Esc`.

`:` goes to a line by its number, as in `#1202`, or to a place: `50%`. While lines are still being counted,
`#~1202` is about that line.
### Taking it along

`c` copies the message as it is stored, or what the mouse has selected; `C` shows what else can be copied.
`y` copies a link to the message: `earwig LINK` opens it, and so does `:`.
`p` shows a cleaned copy of the message in your pager, `P` of the session; `Ctrl+E` gives your editor a copy
of what is stored. They get copies only: nothing that is done to one changes the session.

`m` gives the mouse to your terminal and takes it back; most terminals also select while `Shift` is held,
on macOS `Option`.
"""


def _pair(key: str, up: str, kind: str, following: str, previous: str) -> list[BindingType]:
    return [
        help_key(key, f"jump('{kind}', 1)", f"transcript.next_{kind}", following, following),
        help_key(up, f"jump('{kind}', -1)", f"transcript.previous_{kind}", previous, previous),
    ]


BINDINGS: list[BindingType] = [
    bar_key("t", "tools", "transcript.tools", "Tools", "Tool traffic in one line, in full, or hidden"),
    help_key("minus", "widen(-1)", "transcript.narrower", "Narrower", "Make the text column narrower"),
    help_key("equals_sign,plus", "widen(1)", "transcript.wider", "Wider", "Make the text column wider"),
    help_key("w", "toggle_wrap", "transcript.wrap", "Wrap", "Wrap long lines, or cut them at the edge"),
    help_key(
        "shift+left", "move_sideways(-1)", "transcript.left", "Left", "See more of the left of long lines"
    ),
    help_key(
        "shift+right", "move_sideways(1)", "transcript.right", "Right", "See more of the right of long lines"
    ),
    bar_key("v", "toggle_source", "transcript.source", "Source", "The message as it is stored, or rendered"),
    help_key(
        "z",
        "toggle_fold",
        "transcript.fold",
        "Fold one",
        "What is folded in a message unfolded, or folded again",
    ),
    bar_key("Z", "toggle_all_folds", "transcript.fold_all", "Fold", "All long messages folded, or whole"),
    help_key("up,k", "scroll_rows(-1)", "transcript.up", "Up", "One row up"),
    help_key("down,j", "scroll_rows(1)", "transcript.down", "Down", "One row down"),
    help_key("pageup,b,ctrl+b", "scroll_pages(-1)", "transcript.page_up", "Page up", "One screen up"),
    help_key(
        "pagedown,space,ctrl+f", "scroll_pages(1)", "transcript.page_down", "Page down", "One screen down"
    ),
    help_key("home,g", "oldest", "transcript.oldest", "Oldest", "Go to the first line"),
    bar_key("end,G", "newest", "transcript.newest", "Follow", "Go to the newest message, and follow"),
    help_key("shift+up,K", "step_message(-1)", "transcript.previous", "Previous", "Go to the message before"),
    help_key("shift+down,J", "step_message(1)", "transcript.next", "Next", "Go to the next message"),
    bar_key("enter", "stored", "transcript.stored", "Raw", "Show the line's bytes, as they are stored"),
    *_pair("u", "U", "user", "Next user turn", "Previous user turn"),
    *_pair("f", "F", "failed", "Next failed turn", "Previous failed turn"),
    *_pair("x", "X", "bad", "Next bad line", "Previous bad line"),
    *_pair("right_square_bracket", "left_square_bracket", "tool", "Next tool call", "Previous tool call"),
    help_key(
        "less_than_sign", "back", "transcript.back", "Back", "Back to where you were before the last jump"
    ),
    help_key("greater_than_sign", "forward", "transcript.forward", "Forward", "Forward again"),
    help_key("n", "find_next(1)", "transcript.find_next", "Next match", "The next match"),
    help_key("N", "find_next(-1)", "transcript.find_previous", "Previous match", "The match before"),
    bar_key(
        "o",
        "links",
        "transcript.links",
        "Open link",
        "The message's links and media files: where they lead, then open one",
    ),
    bar_key(
        "e",
        "export",
        "transcript.export",
        "Export",
        "The session as a document: Markdown, HTML, text or JSON, masked or not",
    ),
    bar_key("c", "copy", "transcript.copy", "Copy", "The message as it is stored, or the selection"),
    help_key(
        "C",
        "copy_more",
        "transcript.copy_more",
        "Copy…",
        "A code block, the stored line, a link, the session",
    ),
    help_key(
        "ctrl+c,super+c",
        "copy_selection",
        "transcript.copy_selection",
        "Copy selection",
        "What is selected with the mouse",
    ),
    help_key("y", "copy_link", "transcript.copy_link", "Link", "A link to the message: earwig LINK opens it"),
    help_key("p", "page", "transcript.page", "Pager", "A copy of the message in your pager"),
    help_key(
        "P",
        "page_session",
        "transcript.page_session",
        "Session in pager",
        "A copy of the session in your pager",
    ),
    help_key("ctrl+e", "edit", "transcript.edit", "Editor", "A copy of what is stored in your editor"),
    help_key("escape", "let_go", "transcript.let_go", "Let go", "Select nothing, wait for nothing"),
]
