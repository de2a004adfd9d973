"""`earwig [PATH]...`: the browser; and the help on all commands."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from earwig.cli.output import CannotDo, Output, can_draw, on_terminal
from earwig.cli.sessions import complain, find_linked, link_of, store_at, store_in, workspaces
from earwig.core.settings.settings_source import Loaded, load_settings
from earwig.core.stores.first_look import FirstLook
from earwig.core.stores.store import Store
from earwig.core.system.collecting import begin_collections
from earwig.core.system.open_files import files_to_spare, too_few
from earwig.core.text.safe_text import clean_line, own_text
from earwig.version import VERSION

if TYPE_CHECKING:
    from earwig.cli.parser import Parser
    from earwig.core.model.message_link import MessageLink

_USAGE = """\
earwig [PATH]... | LINK [-w PATH] [--plain] [--theme NAME] [--utc] [--no-mouse] [--poll]
       earwig list|show|search|tail|watch|stats|export|check|config|demo ...   (earwig list --help)"""

_MORE = """\
commands (a folder that is called like one is opened as ./list):
  list     one line a session, newest first
  show     print one session's transcript
  search   find what was said, in any session
  tail     print the newest messages, then what is appended
  watch    tell of messages by rules, and run a command for each
  stats    count messages, bad lines, failed and unanswered turns
  check    report the lines that the bot would skip
  config   the settings that hold, and where each comes from
  completion  what teaches your shell to complete commands and sessions
  man      the manual page
  demo     a made-up workspace with conversations going on, to look around in

The status is 0 if done; 1 if nothing was found, or `check` found bad lines; 2 if it could not be done.

examples:
  earwig                                browse the bot's own sessions
  earwig ~/bot/workspace                ... or another workspace's
  earwig backup/sessions bob.jsonl      ... or a folder of sessions, and one more
  earwig telegram_alice:12~1b2c3d4e5f   one message, by its link (copied with y)
  earwig list --count                   what is there
  earwig show telegram_alice --last 20  what was said
  earwig search refund                  where somebody said it
  earwig tail --json                    what is being said, for a program
  earwig watch --failed                 what goes wrong, as it does
  earwig stats                          how much, and by whom
  earwig check                          what the bot would lose
  earwig config --path                  the file for what you want to stay so
  earwig completion zsh                 for your shell: it completes commands and sessions
  earwig man | man -l -                 the manual
  earwig demo                           without a bot
"""


_FILES = 20
"""Open at once beside the terminal: 8 when idle, 13 while a search begins, and some to spare."""


class _Options:
    """What the arguments say; None for an option that is not among them."""

    paths: list[Path]
    workspace: Path | None = None
    plain: bool | None = None
    poll: bool | None = None
    theme: str | None = None
    time: str | None = None
    mouse: bool | None = None


def run(arguments: list[str], out: Output, err: Output) -> int:
    """Open the browser; its exit status."""
    options = _options(arguments)
    link = _link_in(options.paths)
    paths = options.paths if link is None else []
    paths += [options.workspace] if options.workspace is not None else []
    found = None if paths else workspaces()
    store = store_at(paths) if found is None else store_in(found)
    target = None if link is None else (find_linked(link, store), link)
    if options.plain:
        return _plain(store, load_settings(os.environ, _flags(options)), out, err)
    if not on_terminal():
        raise CannotDo(
            own_text("the browser needs a terminal, and there is none; `earwig tail` follows without one")
        )
    if not can_draw():
        raise CannotDo(
            own_text("TERM says that this terminal cannot draw; `earwig --plain` prints line by line instead")
        )
    if files_to_spare(_FILES) < _FILES:
        raise CannotDo(too_few(own_text("the browser")))
    first = FirstLook(store)
    first.start()
    first.go_ahead()
    loaded = load_settings(os.environ, _flags(options))
    if loaded.settings.plain:
        return _plain(store, loaded, out, err)
    from earwig.core.catalog.reading_state import ReadingState  # the disk is read meanwhile
    from earwig.ui.app.run_browser import run_browser

    reading = ReadingState()
    return run_browser(
        store, os.environ, found=found, loaded=loaded, first=first, reading=reading, link=target
    )


def _options(arguments: list[str]) -> _Options:
    options = _Options()
    if any(argument.startswith("-") for argument in arguments):
        return parser().parse_args(arguments, options)
    options.paths = [Path(argument) for argument in arguments]  # as most start it: nothing is to be parsed
    return options


def _link_in(paths: Sequence[Path]) -> MessageLink | None:
    """Return the link that is given in place of paths; what is there as a path is one. Raises `CannotDo`."""
    links = [link for path in paths if (link := link_of(str(path))) is not None]
    if links and len(paths) > 1:
        raise CannotDo(own_text("a message's link is opened alone; -w says where its session is"))
    return links[0] if links else None


def _flags(options: _Options) -> dict[str, object]:
    return {name: getattr(options, name) for name in ("plain", "poll", "theme", "time", "mouse")}


def _plain(store: Store, loaded: Loaded, out: Output, err: Output) -> int:
    from earwig.cli.plain.browser import PlainBrowser

    begin_collections()
    for problem in loaded.problems:
        complain(err, problem)
    return PlainBrowser(store, loaded.settings, out, err).run()


def parser() -> Parser:
    from earwig.cli.parser import Parser

    taken = Parser("earwig", "Browse a bot's chat sessions, live. It only ever reads.", _MORE)
    taken.usage = _USAGE
    taken.add_paths()
    taken.add_workspace()
    taken.add_argument(
        "--plain",
        action="store_const",
        const=True,
        help="print line by line instead of drawing: for screen readers and simple terminals",
    )
    taken.add_argument("--theme", metavar="NAME", help="the colours to start with")
    taken.add_argument(
        "--utc",
        dest="time",
        action="store_const",
        const="utc",
        help="show times in UTC, not in your own zone",
    )
    taken.add_argument(
        "--no-mouse",
        dest="mouse",
        action="store_const",
        const=False,
        help="leave the mouse to the terminal, which selects and copies with it",
    )
    taken.add_argument(
        "--poll",
        action="store_const",
        const=True,
        help="look for changes by the clock: for folders of another machine",
    )
    taken.add_argument(
        "-V", "--version", action="version", version=clean_line(f"earwig {VERSION}"), help="print the version"
    )
    return taken
