"""The rules of the source tree, proven from outside: by fresh interpreters and by reading the source."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import earwig

PACKAGE = Path(earwig.__file__).parent
ROOT = Path(__file__).parent.parent
TESTS = Path(__file__).parent
LONGEST = 400
"""Lines of a file; a longer one has more than one reason to change."""

SCREEN_LIBRARIES = ("textual", "rich", "pygments", "markdown_it")


def sources(folder: Path, *endings: str) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in (endings or (".py",)))


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_by(code: str, *arguments: str) -> set[str]:
    """The top-level packages that a fresh interpreter has imported after running `code`."""
    report = f"import sys\ntry:\n{code}\nfinally:\n    print('\\n' + ' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", report, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}


def imports_of(source: bytes | str) -> set[str]:
    """The top-level packages that a module names in any import, wherever it stands."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


class TestImports:
    def test_the_core_names_no_screen_library_not_even_in_a_function(self) -> None:
        found = {
            shown(path): names
            for path in sources(PACKAGE / "core")
            if (names := imports_of(path.read_bytes()) & set(SCREEN_LIBRARIES))
        }
        assert found == {}
        assert imports_of("def f():\n    import rich.text\n    from textual import on") == {"rich", "textual"}

    def test_the_core_knows_no_screen_library(self) -> None:
        modules = [module_name(path) for path in sources(PACKAGE / "core")]
        assert "earwig.core.stores.jsonl.transcript" in modules
        found = imported_by("    import " + ", ".join(modules))
        assert found.isdisjoint(SCREEN_LIBRARIES)

    @pytest.mark.parametrize(
        "arguments",
        [
            ("--version",),
            ("--help",),
            ("list", "FOLDER"),
            ("list", "FOLDER", "--count", "--json"),
            ("check", "FOLDER"),
            ("stats", "FOLDER"),
            ("search", "h.llo", "FOLDER"),
            ("show", "one", "-w", "FOLDER"),
            ("config", "--path"),
            ("export", "one", "-w", "FOLDER", "--redact"),
        ],
        ids=" ".join,
    )
    def test_the_command_line_needs_no_screen_library(
        self, arguments: tuple[str, ...], tmp_path: Path
    ) -> None:
        (tmp_path / "sessions").mkdir()
        (tmp_path / "sessions" / "one.jsonl").write_bytes(b'{"role":"user","content":"hello **you**"}\n{\n')
        code = "    from earwig.cli.main import main\n    main(sys.argv[1:])"
        found = imported_by(code, *(str(tmp_path) if word == "FOLDER" else word for word in arguments))
        assert "earwig" in found
        assert found.isdisjoint(SCREEN_LIBRARIES)

    def test_this_test_sees_a_deferred_import(self) -> None:
        code = "    def later():\n        import rich.text\n    later()"
        assert "rich" in imported_by(code)


FILE_METHODS = {
    *(
        "open",
        "read_text",
        "read_bytes",
        "write_text",
        "write_bytes",
        "touch",
        "unlink",
        "rename",
        "replace_file",
    ),
    *(
        "mkdir",
        "rmdir",
        "chmod",
        "symlink_to",
        "hardlink_to",
        "iterdir",
        "glob",
        "rglob",
        "scandir",
        "listdir",
    ),
}
FILE_MODULES = {"io", "os", "shutil", "tempfile", "mmap", "fcntl", "sqlite3", "subprocess", "socket"}


def reaches_the_disk(tree: ast.Module) -> Iterator[str]:
    """What in a module opens, lists or changes files, or could."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            yield from (
                f"{node.lineno}: import {name}" for name in names if name.split(".")[0] in FILE_MODULES
            )
        elif isinstance(node, ast.Call) and _called(node) in FILE_METHODS and not _of_a_store(node):
            yield f"{node.lineno}: {ast.unparse(node)}"


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _of_a_store(node: ast.Call) -> bool:
    """Whether it is the core's `store.open(session)`."""
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
    return name.lstrip("_") == "store"


OPENING = "earwig.core.system.opening"
HARMLESS = {"CannotOpen", "MISSING", "reason_for_mode"}
"""What a module may import from there and open nothing."""

READING_METHODS = {
    *("open", "fdopen", "read_text", "read_bytes", "open_text", "open_binary"),
    *("iterdir", "glob", "rglob", "scandir", "listdir", "walk"),
}

OPENED = {
    "cli/demo": "the demo's own sessions, and its script",
    "cli/output.py": "the system's bin, for a reader who has left",
    "core/catalog/counted_state.py": "earwig's own memory",
    "core/catalog/reading_state.py": "earwig's own memory",
    "core/diagnostics/fault_log.py": "earwig's own log",
    "core/settings/settings_reading.py": "earwig's settings",
    "core/stores": "sessions, and the settings of the bot that keeps them",
    "core/system": "copies for the reader's programs, unfinished files, what is left of them",
}
"""By module or folder, all that is opened or listed by what is not the screen."""


def opens_files(tree: ast.Module) -> Iterator[str]:
    """What in a module opens or lists files."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == OPENING:
            yield from (f"{node.lineno}: {it.name}" for it in node.names if it.name not in HARMLESS)
        elif isinstance(node, ast.ImportFrom) and f"{node.module}.opening" == OPENING:
            yield from (f"{node.lineno}: {it.name}" for it in node.names if it.name == "opening")
        elif isinstance(node, ast.Call) and _called(node) in READING_METHODS and not _of_a_store(node):
            yield f"{node.lineno}: {ast.unparse(node)}"


SAFE_TEXT = r"\bSafeText\(|\bcast\(\s*[\"']?SafeText\b"
MARKUP = (
    r"from_markup|render_markup|markup=(?!False)|\bescape\(|from_ansi|\.markup import|"
    r"open_links=True|emoji=True"
)
MARKUP_SINK = (
    r"(?:\b(?:border_title|border_subtitle|sub_title|tooltip|label)|\.title)\s*=\s*(?:f[\"']|str\()|"
    r"\b(?:notify|Static|Label|Button|Option)\(\s*(?:f[\"']|str\()"
)
TAKES_APART = (
    r"\bos\.sep\b|\bos\.path\.(?:dirname|basename|split|splitext|join)\b|\bSUFFIX\b|"
    r"(?<!\w)[\"']\.(?:jsonl|db)[\"']|\bPath\([\w.]*\bid\)|\bPath\(session_id\)"
)
"""What takes the id of a session for a path, or asks for the ending of its file."""

KNOWS_NO_FILES = (
    *("ui", "cli", "export", "core/query", "core/reading", "core/memory", "core/statistics"),
    *("core/catalog", "core/search", "core/follow", "core/watch_rules"),
)


class TestSource:
    def test_the_screens_open_no_file(self) -> None:
        found = [
            f"{shown(path)}:{place}"
            for path in sources(PACKAGE / "ui")
            for place in reaches_the_disk(ast.parse(path.read_bytes()))
        ]
        assert found == []

    @pytest.mark.parametrize(
        "source",
        [
            "open('x')",
            "import os",
            "from os import path",
            "import io as i",
            "Path('x').read_text()",
            "path.open()",
            "self.path.iterdir()",
            "p.write_bytes(b'')",
        ],
    )
    def test_an_opened_file_would_be_seen(self, source: str) -> None:
        assert list(reaches_the_disk(ast.parse(source)))

    def test_only_the_stores_open_sessions(self) -> None:
        """Any other file that is opened or listed is named above, with what it is."""
        found: dict[str, list[str]] = {}
        for folder in ("core", "cli", "export", "markdown"):
            for path in sources(PACKAGE / folder):
                name = path.relative_to(PACKAGE).as_posix()
                place = next((it for it in OPENED if name == it or name.startswith(f"{it}/")), name)
                if opened := list(opens_files(ast.parse(path.read_bytes()))):
                    found.setdefault(place, []).extend(f"{name}:{it}" for it in opened)
        assert {place: opened for place, opened in found.items() if place not in OPENED} == {}
        assert set(found) == set(OPENED)

    @pytest.mark.parametrize(
        "source",
        [
            "open('x')",
            "os.open(path, flags)",
            "path.read_bytes()",
            "session.path.open('rb')",
            "with os.scandir(folder) as listing: pass",
            "from earwig.core.system.opening import CannotOpen, opened",
            "from earwig.core.system import opening",
        ],
    )
    def test_an_opened_session_would_be_seen(self, source: str) -> None:
        assert list(opens_files(ast.parse(source)))
        assert not list(opens_files(ast.parse("self._store.open(session)")))

    @pytest.mark.parametrize("folder", KNOWS_NO_FILES)
    def test_above_the_stores_nothing_takes_ids_or_names_of_files_apart(self, folder: str) -> None:
        found = places(TAKES_APART, PACKAGE / folder)
        # The demo writes as the bot does, and names what it writes.
        assert [it for it in found if not it.startswith("demo/")] == []

    def test_safe_text_is_made_in_one_module(self) -> None:
        assert places(SAFE_TEXT, PACKAGE) == ["core/text/safe_text.py"]

    def test_no_markup_is_made_from_data(self) -> None:
        assert places(MARKUP, PACKAGE / "ui") == []

    def test_no_text_made_at_run_time_goes_where_textual_reads_markup(self) -> None:
        """In these places a string is markup; what comes from a session must come as a `Content`."""
        assert places(MARKUP_SINK, PACKAGE / "ui") == []

    @pytest.mark.parametrize(
        ("pattern", "source"),
        [
            ("MARKUP", "Content.from_markup(x)"),
            ("MARKUP", "Static(x, markup=True)"),
            ("MARKUP", "from rich.markup import escape"),
            ("MARKUP", "Text.from_ansi(x)"),
            ("MARKUP_SINK", "self.border_title = f'{key}'"),
            ("MARKUP_SINK", "app.notify(f'{x} is gone')"),
            ("MARKUP_SINK", "widget.tooltip = str(x)"),
            ("SAFE_TEXT", "SafeText(x)"),
            ("SAFE_TEXT", "cast('SafeText', x)"),
            ("TAKES_APART", "if name.endswith('.jsonl'): pass"),
            ("TAKES_APART", "return Path(session.id)"),
            ("TAKES_APART", "folder = it.id.rpartition(os.sep)[0]"),
            ("TAKES_APART", "from earwig.core.model.session import SUFFIX"),
        ],
    )
    def test_what_is_looked_for_would_be_found(self, pattern: str, source: str, tmp_path: Path) -> None:
        (tmp_path / "module.py").write_text(f"def f():\n    {source}\n")
        assert places(globals()[pattern], tmp_path) == ["module.py"]


def places(pattern: str, folder: Path) -> list[str]:
    """The files below a folder in whose code, comments left out, a pattern is found."""
    expression = re.compile(pattern)
    return [
        path.relative_to(folder).as_posix()
        for path in sources(folder)
        if expression.search(without_comments(path))
    ]


def without_comments(path: Path) -> str:
    return ast.unparse(_without_docstrings(ast.parse(path.read_bytes())))


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [child for child in body if not _is_text(child)]
            node.body = kept or [ast.Pass()]  # type: ignore[attr-defined] # it has a body, as asked above
    return tree


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """The files of the project: what git has, or without git what lies in our folders."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode == 0:
        return [
            path for name in listing.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()
        ]
    return [*sources(PACKAGE, ".py", ".tcss", ".toml"), *sources(TESTS, ".py", ".jsonl")]


class TestFiles:
    def test_no_file_is_longer_than_one_can_keep_in_mind(self, tracked: list[Path]) -> None:
        lengths = {
            shown(path): len(path.read_bytes().splitlines())
            for path in tracked
            if path.suffix in (".py", ".tcss") and path.is_relative_to(ROOT)
        }
        assert lengths
        assert {name: length for name, length in lengths.items() if length > LONGEST} == {}

    def test_nothing_says_that_it_is_not_finished(self, tracked: list[Path]) -> None:
        unfinished = re.compile(rb"\b(?:TO" + rb"DO|FIX" + rb"ME|XX" + rb"X)\b")
        attacks = TESTS / "data" / "hostile.py"  # there it is text in brackets, as any other
        assert [shown(p) for p in tracked if p != attacks and unfinished.search(p.read_bytes())] == []

    def test_nothing_names_a_place_on_this_machine(self, tracked: list[Path]) -> None:
        parent = ROOT.parent
        # Right below the root, every word behind a slash would be one.
        beside = set() if parent == Path(parent.anchor) else {os.fsencode(it.name) for it in parent.iterdir()}
        before = re.escape(os.fsencode(parent / "x")[:-1])
        names = re.compile(rb"(?<!\w)" + before + rb"([\w.-]+\b)")
        naming = [shown(path) for path in tracked if not beside.isdisjoint(names.findall(path.read_bytes()))]
        assert naming == []

    def test_a_tool_of_the_system_is_asked_for_in_one_way(self, tracked: list[Path]) -> None:
        """Else a machine on which all must run would skip the test that lacks it."""
        asking = [
            shown(path)
            for path in tracked
            if (path.name.startswith("test_") or path.name == "conftest.py")
            and re.search(rb"\bshutil\.which\(", path.read_bytes())
        ]
        assert asking == ["tests/conftest.py"]
