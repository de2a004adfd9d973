"""What all commands have in common: choosing one, help, complaints, ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from earwig.version import VERSION
from tests.cli.running import SECONDS, Program, environment, lines

COMMANDS = ["list", "show", "search", "tail", "watch", "stats", "check", "demo", "completion", "man"]


@pytest.fixture
def alice(sessions: Path) -> Path:
    path = sessions / "telegram_alice.jsonl"
    path.write_bytes(lines("one", "gr\u00fc\u00dfe"))
    return path


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(program: Program, option: str) -> None:
    result = program(option)
    assert (result.returncode, result.stdout, result.stderr) == (0, f"earwig {VERSION}\n", "")


def test_help_names_every_command(program: Program) -> None:
    result = program("--help")
    assert (result.returncode, result.stderr) == (0, "")
    for command in COMMANDS:
        assert f"earwig {command}" in result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_has_examples(program: Program, command: str) -> None:
    result = program(command, "--help", environ={"PYTHON_COLORS": "1", "FORCE_COLOR": "1"})
    assert (result.returncode, result.stderr) == (0, "")
    assert f"\n  earwig {command}" in result.stdout.split("examples:")[1]
    assert result.stdout.isascii()
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nonsense"],
        ["list", "--nonsense\x1b[2J"],
        ["list", "--js"],
        ["show"],
        ["show", "a", "b"],
        ["show", "a", "--last", "-1"],
        ["show", "a", "--last", "x\n"],
        ["tail", "-n"],
        ["check", "-n", "1"],
        ["demo", "more"],
    ],
)
def test_wrong_usage(program: Program, arguments: list[str]) -> None:
    result = program(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("earwig: ")
    assert result.stderr.endswith("--help` shows what it takes\n")
    assert "\x1b" not in result.stderr


def test_browser_without_a_terminal(program: Program, workspace: Path, alice: Path) -> None:
    for arguments in ([], [str(workspace)], [str(alice), "--poll"]):
        result = program(*arguments)
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr == (
            "earwig: the browser needs a terminal, and there is none; `earwig tail` follows without one\n"
        )


def test_browser_of_a_path_that_is_not_there(program: Program) -> None:
    result = program("gone")
    assert (result.returncode, result.stderr) == (
        2,
        "earwig: no such path: gone; give a workspace, a sessions folder, or a .jsonl or .db file\n",
    )


def test_a_folder_that_is_called_like_a_command(program: Program) -> None:
    (program.home / "list").mkdir()
    assert "needs a terminal" in program("./list").stderr
    assert "no sessions in" in program("list").stderr


def test_options_and_paths_mix(program: Program, workspace: Path, alice: Path) -> None:
    assert (
        program("list", str(workspace), "--json").stdout == program("list", "--json", str(workspace)).stdout
    )
    assert program("show", "--json", "telegram_alice", "-w", str(workspace)).returncode == 0


@pytest.mark.parametrize("locale", ["C", "POSIX", "de_DE.ISO-8859-1"])
def test_output_is_utf_8_in_any_locale(program: Program, alice: Path, locale: str) -> None:
    for environ in ({"LC_ALL": locale}, {"LC_ALL": locale, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}):
        shown = program("show", str(alice), environ=environ)
        assert "gr\u00fc\u00dfe" in shown.stdout


MODULES = "import json, sys; sys.argv = ['earwig'] + {arguments}; from earwig.__main__ import main\n"
MODULES += "try: main()\nfinally: print(json.dumps(sorted(sys.modules)), file=sys.stderr)"


@pytest.mark.parametrize(
    "arguments",
    [["--version"], ["--help"], ["list"], ["list", "--count", "."], ["show", "a"], ["check", "."]],
)
def test_what_is_imported(program: Program, arguments: list[str]) -> None:
    (program.home / "a.jsonl").write_bytes(lines("one"))
    result = subprocess.run(
        [sys.executable, "-c", MODULES.format(arguments=arguments)],
        env=environment(program.home),
        cwd=program.home,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    modules = set(json.loads(result.stderr.splitlines()[-1]))
    assert "earwig.cli.main" in modules
    assert not modules & {"textual", "rich", "markdown_it", "pygments", "watchfiles", "asyncio"}
    if arguments == ["--version"]:
        assert not modules & {"argparse", "regex", "tomllib", "earwig.core.stores.jsonl.folder"}


COLLECTED = """
import gc, importlib, json, sys
collected, load = [], importlib.import_module
def seen(name):
    collected.append(gc.isenabled())
    return load(name)
importlib.import_module = seen
sys.argv = ["earwig", *sys.argv[1:]]
from earwig.__main__ import main
try: main()
finally: print(json.dumps([*collected, gc.isenabled()]), file=sys.stderr)
"""


@pytest.mark.parametrize("arguments", [["list", "."], ["--plain", "."]])
def test_garbage_is_collected_once_the_command_is_loaded(program: Program, arguments: list[str]) -> None:
    (program.home / "a.jsonl").write_bytes(lines("one"))
    result = subprocess.run(
        [sys.executable, "-c", COLLECTED, *arguments],
        env=environment(program.home),
        cwd=program.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert json.loads(result.stderr.splitlines()[-1]) == [False, True]


class TestReaderThatLeaves:
    """Standard output is closed before all is printed."""

    @pytest.fixture
    def big(self, sessions: Path) -> Path:
        path = sessions / "big.jsonl"
        path.write_bytes(lines("x" * 100) * 5000 + b"{bad\n" * 5000)
        for number in range(2000):
            (sessions / f"telegram_{number:0200}.jsonl").touch()
        return path

    @pytest.mark.parametrize("command", [["list"], ["list", "--json"], ["check"], ["show", "big", "-w"]])
    def test_ends_quietly(self, program: Program, big: Path, command: list[str]) -> None:
        with subprocess.Popen(
            [sys.executable, "-m", "earwig", *command, str(big.parent)],
            env=environment(program.home),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.readline() != b""
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(SECONDS) == 0

    @pytest.mark.parametrize(
        "command", [["--version"], ["--help"], ["list"], ["show"], ["tail"], ["gone", "x"]]
    )
    def test_that_never_read(self, program: Program, alice: Path, command: list[str]) -> None:
        arguments = [*command, str(alice)] if command[0] in {"list", "show", "tail"} else command
        reading, writing = os.pipe()
        os.close(reading)
        result = subprocess.run(
            [sys.executable, "-m", "earwig", *arguments],
            env=environment(program.home),
            stdout=writing,
            stderr=writing if command[0] == "gone" else subprocess.PIPE,
            check=False,
            timeout=SECONDS,
        )
        os.close(writing)
        assert result.returncode == (2 if command[0] == "gone" else 0)
        assert not result.stderr

    def test_without_any_standard_output(self, program: Program, big: Path) -> None:
        script = 'exec "$@" >&-'
        command = ["sh", "-c", script, "sh", sys.executable, "-m", "earwig", "list", str(big)]
        result = subprocess.run(command, env=environment(program.home), capture_output=True, check=False)
        assert (result.returncode, result.stderr) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device here")  # noqa: PTH110
def test_no_room_for_the_output(program: Program, alice: Path) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        result = subprocess.run(
            [sys.executable, "-m", "earwig", "show", str(alice)],
            env=environment(program.home),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert result.returncode == 2
    assert result.stderr == b"earwig: cannot write the output: No space left on device; write it elsewhere\n"


FAULTY = """
import sys
from earwig.__main__ import main
from earwig.cli import list_command
from earwig.core.stores.jsonl.follower import Follower

def fail(*_):
    raise ValueError("what alice told the bot")

list_command.run = Follower._look_at = fail
sys.argv = ["earwig", *sys.argv[1:]]
sys.exit(main())
"""


def run_faulty(program: Program, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", FAULTY, *arguments],
        env=environment(program.home),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=SECONDS,
    )


def test_a_fault_of_a_command_is_a_short_report_and_a_log(program: Program) -> None:
    result = run_faulty(program, "list")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("earwig: a fault in earwig itself ended it; no session was changed\n")
    assert "ValueError (its text is left out: it may quote a message)\n  at <string>:" in result.stderr
    assert "Traceback" not in result.stderr
    (log,) = [path for path in program.home.rglob("*") if path.is_file()]
    assert f"\n  {log}\n" in result.stderr
    assert "alice" not in result.stderr + log.read_text()


@pytest.mark.parametrize("environ", [{}, {"HOME": "/dev/null"}, {"HOME": "/proc/self"}, {"HOME": "relative"}])
def test_a_home_is_not_needed(program: Program, alice: Path, environ: dict[str, str]) -> None:
    bare = {name: value for name, value in environment(program.home).items() if name != "HOME"} | environ
    for command in ("list", "show"):
        result = subprocess.run(
            [sys.executable, "-m", "earwig", command, str(alice)],
            env=bare,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=SECONDS,
        )
        assert (result.returncode, result.stderr) == (0, "")
