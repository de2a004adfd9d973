"""Whatever is done with earwig, the bot's files stay as the bot left them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import Workspace, need_tool, wait_until
from tests.core.bot_writer import lines_of
from tests.e2e.process_use import held_open
from tests.e2e.soak import Soak
from tests.e2e.terminal import MEMORY, ROOT, SECONDS, Terminal, clean_environment, earwig, left_in
from tests.e2e.writer import writing
from tests.this_system import bound_socket, interrupt_group, make_pipe

WRITTEN = "telegram_alice"
SESSIONS = 20
"""More than there are."""

FRAME_COLUMN = 40
CALLS = "%file,ftruncate,fallocate,flock,fcntl,fchmod,fchown,fsetxattr,fremovexattr,write,pwrite64,writev"


@dataclass(frozen=True)
class Seen:
    """All that can be told of a file without changing it."""

    inode: int
    mode: int
    links: int
    owner: tuple[int, int]
    mtime_ns: int
    ctime_ns: int
    data: bytes | None


@pytest.fixture
def folder(workspace: Workspace) -> Path:
    """Sessions, and all that can lie among them."""
    folder = workspace.sessions
    good = lines_of(("assistant" if n % 2 else "user", f"words **{n}**") for n in range(1, 201))
    workspace.write("discord_bob", b"{not json}\n" + good + b'{"role":"user"}\n', age=100)
    workspace.write("empty", b"", age=200)
    workspace.write("no_newline", good[:-1], age=300)
    workspace.write("half", good[:-9], age=400)
    workspace.write("bytes", b"\xff\x00\x1b[2J\n\n\r\n" + good, age=500)
    workspace.write("long_line", lines_of([("user", "x" * 3_000_000)]), age=600)
    workspace.write("unreadable", good, age=700)
    workspace.file("unreadable").chmod(0)
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.jsonl")).write_bytes(good)
    (folder / "folder.jsonl").mkdir()
    (folder / "inside.jsonl").symlink_to(workspace.file(WRITTEN))
    (folder / "outside.jsonl").symlink_to("/etc/hostname")
    (folder / "dangling.jsonl").symlink_to("nowhere")
    make_pipe(folder / "pipe.jsonl")
    with bound_socket(folder / "s.jsonl"):
        pass
    (folder / "old.jsonl.migrated").write_bytes(good)
    (folder / ".tmpAb12").write_bytes(good)
    (folder / "archive").mkdir()
    (folder / "archive" / "old.jsonl").write_bytes(good)
    workspace.write(WRITTEN, good)  # last: the browser begins with the newest
    return folder


def seen(folder: Path) -> dict[str, Seen]:
    """The folder and all below it, by path."""
    return {str(path): _seen(path) for path in [folder, *folder.rglob("*")]}


def _seen(path: Path) -> Seen:
    status = path.lstat()
    regular = path.is_file() and not path.is_symlink()
    return Seen(
        inode=status.st_ino,
        mode=status.st_mode,
        links=status.st_nlink,
        owner=(status.st_uid, status.st_gid),
        mtime_ns=status.st_mtime_ns,
        ctime_ns=status.st_ctime_ns,
        data=path.read_bytes() if regular and os.access(path, os.R_OK) else None,
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


STEPS = [
    ("pageup", "held"),
    ("home", "words 1 "),
    ("pagedown", "words 20 "),
    ("end", "words 200 "),
    ("up", "held"),
    ("v", "words **199**"),
    ("v", "words 199 "),
    ("enter", "bytes at offset"),
]
"""A key, and what it brings to the screen."""


def use_the_browser(terminal: Terminal) -> None:
    """Do all that a reader can do: scroll, follow, look at bytes, filter, go through every session, leave."""
    terminal.wait_for("following", SECONDS * 2)
    terminal.wait_for("words 200")
    for key, then in STEPS:
        terminal.press(key)
        terminal.wait_for(then)
    terminal.press("escape")
    terminal.wait_for(lambda screen: "bytes at offset" not in "".join(screen), what="the transcript")
    terminal.press("ctrl+o")
    terminal.wait_for(lambda screen: "Raw" not in screen[-1], what="the filter's keys")
    terminal.send("bob\r")
    terminal.wait_for("discord · bob")
    terminal.press("escape")
    terminal.wait_for(lambda screen: " of " not in screen[0], what="all sessions")
    terminal.press("escape")
    terminal.wait_for(lambda screen: "Raw" in screen[-1], what="the transcript's keys")
    terminal.press("shift+tab")
    terminal.wait_for(lambda screen: "Read" in screen[-1], what="the list's keys")
    terminal.press("home")
    for _ in range(SESSIONS):
        terminal.press("down")
    terminal.wait_for(lambda screen: "unreadable" in screen[0][FRAME_COLUMN:], what="the oldest session")
    terminal.press("ctrl+s")
    terminal.wait_for("search in all sessions")
    terminal.send("words")
    terminal.wait_for(" messages in ")
    for key, title in (("ctrl+t", "─ numbers"), ("a", "─ all sessions")):
        terminal.press("escape")
        terminal.wait_for("╭─ sessions")
        terminal.press(key)
        terminal.wait_for(title)
    terminal.press("escape")
    terminal.wait_for("╭─ sessions")
    terminal.press("s", "s", "?")
    terminal.wait_for("At the newest message")
    terminal.press("q")
    assert terminal.wait(SECONDS * 2) == 0


def test_the_browser_changes_nothing(folder: Path, home: Path) -> None:
    before = seen(folder)
    with Terminal(earwig(folder.parent), environ=clean_environment(home)) as terminal:
        use_the_browser(terminal)
    assert seen(folder) == before
    assert left_in(home) == []


def test_beside_a_writer_only_its_bytes_come(folder: Path, home: Path) -> None:
    before = seen(folder)
    path = folder / f"{WRITTEN}.jsonl"
    with Terminal(earwig(folder), environ=clean_environment(home)) as terminal:
        terminal.wait_for("following")
        with writing(path, text="live {}", count=10, pace=0.05) as writer:
            written = writer.finish()
        terminal.wait_for("live 9")
        terminal.press("q")
        assert terminal.wait() == 0
    after = seen(folder)
    grown = after.pop(str(path))
    earlier = before.pop(str(path))
    assert after == before
    assert earlier.data is not None
    assert grown.data == earlier.data + lines_of(("user", content) for content, _ in written)
    assert grown.inode == earlier.inode


COMMANDS: list[tuple[str, ...]] = [
    ("list",),
    ("list", "--json", "--count"),
    ("show", "discord_bob", "--bad"),
    ("show", "bytes", "--json", "--bad", "--last", "3"),
    ("show", "pipe"),
    ("show", "nobody"),
    ("check",),
    ("check", "--json"),
    ("stats",),
    ("search", "."),
    ("search", "a", "-C", "2", "--bad", "--json"),
]


def command_line(folder: Path, *arguments: str) -> list[str]:
    """A command on a folder, which `show` and `tail` take by an option."""
    by_option = arguments[0] in ("show", "tail")
    return earwig(*arguments, *(["-w", str(folder)] if by_option else [str(folder)]))


def run(command: list[str], home: Path) -> None:
    done = subprocess.run(
        command,
        env=clean_environment(home),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS * 2,
        check=False,
    )
    assert done.returncode in (0, 1, 2), done.stderr
    assert b"Traceback" not in done.stderr


def follow(command: list[str], home: Path, append_to: Path | None = None) -> None:
    """Run a command that goes on until it has printed something, then interrupt it."""
    process = subprocess.Popen(
        command, env=clean_environment(home), cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True
    )
    stopping = threading.Event()
    if append_to is not None:
        threading.Thread(target=_append_until, args=(append_to, stopping)).start()
    try:
        assert process.stdout is not None
        assert process.stdout.readline()
        stopping.set()
        interrupt_group(process.pid)  # as a terminal does: also where it is traced
        process.communicate(timeout=SECONDS)
    finally:
        stopping.set()
        process.kill()
        process.wait()


def _append_until(path: Path, stopping: threading.Event) -> None:
    while not stopping.wait(0.2):
        with path.open("ab") as file:
            file.write(lines_of([("user", "words of now")]))


def test_the_command_line_changes_nothing(folder: Path, home: Path) -> None:
    before = seen(folder)
    for arguments in COMMANDS:
        run(command_line(folder, *arguments), home)
    follow(command_line(folder, "tail", "-n", "2"), home)
    assert seen(folder) == before
    assert left_in(home) == []


@pytest.fixture
def trace(tmp_path: Path) -> list[str]:
    """The beginning of a command that notes the system calls of what follows."""
    strace = need_tool("strace")
    if subprocess.run([strace, "-o", os.devnull, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets no process trace another")
    return [strace, "-f", "-y", "-s", "4096", "-e", f"trace={CALLS}", "-o", str(tmp_path / "trace")]


_HARMLESS = re.compile(
    r"""
    ( access | faccessat2? | stat | lstat | newfstatat | fstatat64 | statx? | statfs | readlink(at)?
    | getcwd | chdir | inotify_add_watch | [l]?getxattr | name_to_handle_at )
    \(
    """,
    re.VERBOSE,
)
_OPEN = re.compile(r"open(at2?)?\(")
_OPEN_TO_CHANGE = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE")
_QUESTION = re.compile(r"fcntl\(.*, F_(GETFD|SETFD|GETFL|DUPFD|DUPFD_CLOEXEC)\b")
_BETWEEN_ITS_PROCESSES = re.compile(r"(?:write|sendto|sendmsg)\(\d+<(?:pipe|socket):")
_REMEMBERED = re.compile(rf"write\(\d+<[^>]*/(?:{'|'.join(map(re.escape, MEMORY))})\.[0-9a-f]{{8}}\.part>")
"""What earwig writes down of its own: where sessions are is in it."""


def changes(trace: str, folder: Path) -> list[str]:
    """The calls on the folder that do more than look and read."""
    calls = [line.split(maxsplit=1)[1] for line in trace.splitlines() if str(folder) in line]
    return [
        call
        for call in calls
        if not _HARMLESS.match(call)
        and not _QUESTION.match(call)
        and not _REMEMBERED.match(call)
        and not _BETWEEN_ITS_PROCESSES.match(call)
        and not (_OPEN.match(call) and not _OPEN_TO_CHANGE.search(call))
        and not call.startswith(("execve(", "<... ", "write(1<", "write(2<"))
    ]


def test_no_system_call_of_the_browser_could_change_a_session(
    folder: Path, home: Path, tmp_path: Path, trace: list[str]
) -> None:
    with Terminal([*trace, *earwig(folder)], environ=clean_environment(home)) as terminal:
        use_the_browser(terminal)
    calls = (tmp_path / "trace").read_text(errors="replace")
    assert f"{folder}/{WRITTEN}.jsonl" in calls
    assert changes(calls, folder) == []
    opened = [line for line in calls.splitlines() if re.search(r" open(at2?)?\(", line)]
    assert not any("pipe.jsonl" in line or "/etc/hostname" in line for line in opened)


def test_nor_could_one_while_the_bot_rewrites_deletes_and_renames(
    workspace: Workspace, home: Path, tmp_path: Path, trace: list[str]
) -> None:
    folder = workspace.sessions
    soak = Soak(folder, 3)
    with Terminal([*trace, *earwig(folder)], environ=clean_environment(home)) as terminal:
        terminal.wait_for("following", SECONDS * 2)
        soak.run(terminal, 5)
        soak.come_to_rest(terminal)
        terminal.press("q")
        assert terminal.wait(SECONDS * 2) == 0
    calls = (tmp_path / "trace").read_text(errors="replace")
    assert calls.count(f"{folder}/telegram_s0") > 100
    assert changes(calls, folder) == []
    assert left_in(home) == []


def test_no_system_call_of_the_command_line_could_change_a_session(
    folder: Path, home: Path, tmp_path: Path, trace: list[str]
) -> None:
    for arguments in [
        ("list", "--count"),
        ("show", "discord_bob"),
        ("check",),
        ("stats",),
        ("search", "words", "-C", "1"),
    ]:
        run([*trace, *command_line(folder, *arguments)], home)
        calls = (tmp_path / "trace").read_text(errors="replace")
        assert f"{folder}/discord_bob.jsonl" in calls
        assert changes(calls, folder) == [], arguments


def test_no_system_call_of_watch_could_change_a_session(
    folder: Path, home: Path, tmp_path: Path, trace: list[str]
) -> None:
    bob = folder / "discord_bob.jsonl"
    watch = earwig("watch", "--match", "words of now", "--exec", "true", str(folder))
    follow([*trace, *watch], home, append_to=bob)
    calls = (tmp_path / "trace").read_text(errors="replace")
    assert str(bob) in calls
    assert changes(calls, folder) == []


@pytest.mark.parametrize(
    "code",
    [
        "open(path, 'a')",
        "open(path, 'r+b')",
        "os.utime(path)",
        "os.chmod(path, 0o600)",
        "os.rename(path, path + 'x')",
        "os.unlink(path)",
        "fcntl.flock(open(path), fcntl.LOCK_SH)",
        "fcntl.lockf(open(path), fcntl.LOCK_SH | fcntl.LOCK_NB)",
        "os.mkdir(path + 'x')",
        "os.link(path, path + 'y')",
    ],
)
def test_a_change_would_be_seen(
    folder: Path, tmp_path: Path, home: Path, trace: list[str], code: str
) -> None:
    path = folder / "discord_bob.jsonl"
    source = f"import os, fcntl\npath = {str(path)!r}\n{code}"
    run([*trace, sys.executable, "-c", source], home)
    assert changes((tmp_path / "trace").read_text(errors="replace"), folder) != []


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not list open files")
def test_no_session_is_held_open(folder: Path, home: Path) -> None:
    path = folder / f"{WRITTEN}.jsonl"
    with Terminal(earwig(folder), environ=clean_environment(home)) as terminal:
        terminal.wait_for("following")
        with writing(path, text="live {}", count=5, pace=0.05):
            terminal.wait_for("live 4")
        wait_until(lambda: not held_open(terminal.process.pid, folder), "no session is open")
        assert held_open(os.getpid(), folder) == []
        with path.open():
            assert held_open(os.getpid(), folder) == [str(path)]
