"""The keys of a transcript, and what its help says beside them."""

from __future__ import annotations

from textual.binding import Binding, BindingType

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
    """The keys to the next of a kind and to the one before."""
    return [
        Binding(
            key, f"jump('{kind}', 1)", following, tooltip=following, id=f"transcript.next_{kind}", show=False
        ),
        Binding(
            up,
            f"jump('{kind}', -1)",
            previous,
            tooltip=previous,
            id=f"transcript.previous_{kind}",
            show=False,
        ),
    ]


BINDINGS: list[BindingType] = [
    Binding(
        "t",
        "tools",
        "Tools",
        tooltip="Tool traffic in one line, in full, or hidden",
        id="transcript.tools",
    ),
    Binding(
        "minus",
        "widen(-1)",
        "Narrower",
        tooltip="Make the text column narrower",
        id="transcript.narrower",
        show=False,
    ),
    Binding(
        "equals_sign,plus",
        "widen(1)",
        "Wider",
        tooltip="Make the text column wider",
        id="transcript.wider",
        show=False,
    ),
    Binding(
        "w",
        "toggle_wrap",
        "Wrap",
        tooltip="Wrap long lines, or cut them at the edge",
        id="transcript.wrap",
        show=False,
    ),
    Binding(
        "shift+left",
        "move_sideways(-1)",
        "Left",
        tooltip="See more of the left of long lines",
        id="transcript.left",
        show=False,
    ),
    Binding(
        "shift+right",
        "move_sideways(1)",
        "Right",
        tooltip="See more of the right of long lines",
        id="transcript.right",
        show=False,
    ),
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
    Binding("up,k", "scroll_rows(-1)", "Up", tooltip="One row up", id="transcript.up", show=False),
    Binding("down,j", "scroll_rows(1)", "Down", tooltip="One row down", id="transcript.down", show=False),
    Binding(
        "pageup,b,ctrl+b",
        "scroll_pages(-1)",
        "Page up",
        tooltip="One screen up",
        show=False,
        id="transcript.page_up",
    ),
    Binding(
        "pagedown,space,ctrl+f",
        "scroll_pages(1)",
        "Page down",
        tooltip="One screen down",
        show=False,
        id="transcript.page_down",
    ),
    Binding("home,g", "oldest", "Oldest", tooltip="Go to the first line", show=False, id="transcript.oldest"),
    Binding(
        "end,G",
        "newest",
        "Follow",
        tooltip="Go to the newest message, and follow",
        id="transcript.newest",
    ),
    Binding(
        "shift+up,K",
        "step_message(-1)",
        "Previous",
        tooltip="Go to the message before",
        id="transcript.previous",
        show=False,
    ),
    Binding(
        "shift+down,J",
        "step_message(1)",
        "Next",
        tooltip="Go to the next message",
        id="transcript.next",
        show=False,
    ),
    Binding(
        "enter",
        "stored",
        "Raw",
        tooltip="Show the line's bytes, as they are stored",
        id="transcript.stored",
    ),
    *_pair("u", "U", "user", "Next user turn", "Previous user turn"),
    *_pair("f", "F", "failed", "Next failed turn", "Previous failed turn"),
    *_pair("x", "X", "bad", "Next bad line", "Previous bad line"),
    *_pair("right_square_bracket", "left_square_bracket", "tool", "Next tool call", "Previous tool call"),
    Binding(
        "less_than_sign",
        "back",
        "Back",
        tooltip="Back to where you were before the last jump",
        id="transcript.back",
        show=False,
    ),
    Binding(
        "greater_than_sign",
        "forward",
        "Forward",
        tooltip="Forward again",
        id="transcript.forward",
        show=False,
    ),
    Binding(
        "n", "find_next(1)", "Next match", tooltip="The next match", id="transcript.find_next", show=False
    ),
    Binding(
        "N",
        "find_next(-1)",
        "Previous match",
        tooltip="The match before",
        id="transcript.find_previous",
        show=False,
    ),
    Binding(
        "o",
        "links",
        "Open link",
        tooltip="The message's links and media files: where they lead, then open one",
        id="transcript.links",
    ),
    Binding(
        "e",
        "export",
        "Export",
        tooltip="The session as a document: Markdown, HTML, text or JSON, masked or not",
        id="transcript.export",
    ),
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
