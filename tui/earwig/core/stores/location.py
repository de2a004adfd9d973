"""Finds where the bot keeps its sessions, as the bot does, and what a path on the command line means."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from earwig.core.model.session import Session
from earwig.core.named_tuple import NamedTuple
from earwig.core.text.refusal import Refusal, system_reason
from earwig.core.text.safe_text import SafeText, clean_line, own_text, safe_name

_SUFFIX = ".jsonl"
_FILES = (_SUFFIX, f"{_SUFFIX}.migrated", f"{_SUFFIX}.importing")
_DATABASES = ("sessions.db", "acp-sessions.db")
_DATABASE_SUFFIXES = (".db", ".sqlite", ".sqlite3")
_SIDE_FILES = ("-wal", "-shm", "-journal")
_SESSIONS = "sessions"
_MARKER = "active_workspace.toml"


class FoundStores(NamedTuple):
    """The sessions folders found, and where they were looked for."""

    folders: list[Path]
    """The sessions folders that exist, each once, whatever links lead to it."""

    looked: list[Path]
    """Every sessions folder that the bot may use, the newest layout first, whether or not it exists."""

    notes: Sequence[SafeText] = ()
    """Sentences that say what was skipped and why."""


class PathTarget(NamedTuple):
    """The meaning of a path on the command line: sessions folders (some may not exist yet), or one file."""

    folders: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    databases: tuple[Path, ...] = ()


class NoSuchPath(Refusal):
    """A path that can mean no sessions. The sentence says what is wrong and what to do."""


def find_workspaces(environ: Mapping[str, str], home: Path) -> FoundStores:
    """Return the sessions folders of a bot that is started with this environment and home.

    Which release wrote them cannot be told from outside, so both layouts are looked for: `data/sessions` in
    the config folder (releases from 0.8.0: `load_or_init` in `zeroclaw-config/src/schema.rs`) and `sessions`
    in the workspace (older ones: `resolve_runtime_config_dirs` in `src/config/schema.rs`; an upgrade may
    leave sessions there). A variable's value is trimmed. The place that a Homebrew service has on macOS hangs
    on the path of the bot's own program and is not looked for: name it.
    """
    notes: list[SafeText] = []
    config = _config_folder(environ, home)
    old = _old_workspace(environ, home, config, notes)
    looked = list(dict.fromkeys((config / "data" / _SESSIONS, old / _SESSIONS)))
    folders: dict[Path, Path] = {}
    for folder in filter(_is_folder, looked):
        folders.setdefault(folder.resolve(), folder)
        try:
            os.scandir(folder).close()
        except OSError as error:
            notes.append(_cannot_use(folder, error))
    return FoundStores(list(folders.values()), looked, notes)


def config_files(folder: Path, environ: Mapping[str, str], home: Path) -> list[Path]:
    """Return where the settings may be of the bot that writes to a sessions folder, the likeliest first.

    Both layouts have them beside the folder that holds the sessions folder, if that has the bot's own name; a
    workspace of a name of its own has them in `.zeroclaw` beside it (`resolve_config_dir_for_workspace`). A
    copy may have them in the workspace.
    """
    holder = folder.parent
    places = [holder.parent / ".zeroclaw", holder]
    if holder.name in {"data", "workspace"}:
        places.insert(0, holder.parent)
    config, workspace = _value(environ, "ZEROCLAW_CONFIG_DIR"), _value(environ, "ZEROCLAW_WORKSPACE")
    # Old releases take the workspace from the one variable and the settings from the other.
    if config and workspace and folder == _old_workspace_for(_expand(workspace, home)) / _SESSIONS:
        places.insert(0, _expand(config, home))
    return [place / "config.toml" for place in places]


def resolve_path(path: Path) -> PathTarget:
    """Return the sessions that a workspace, a sessions folder, an install folder or one file stands for.

    The sessions folder of a workspace need not be there yet. Raises `NoSuchPath`.
    """
    try:
        is_folder = path.is_dir()
        if not is_folder:
            path.lstat()
    except (OSError, ValueError) as error:
        raise NoSuchPath(_cannot_use(path, error)) from error
    if is_folder:
        folders = tuple(_folders_of(path))
        for folder in filter(_is_folder, folders):
            _holds_sessions(folder)
        return PathTarget(folders=folders)
    if path.name.endswith(_FILES):
        return PathTarget(files=(path,))
    if path.name.endswith(_DATABASE_SUFFIXES):
        return PathTarget(databases=(path,))
    for ending in _SIDE_FILES:
        if path.name.endswith(tuple(suffix + ending for suffix in _DATABASE_SUFFIXES)):
            database = path.with_name(path.name.removesuffix(ending))
            raise NoSuchPath(
                own_text("{} is a part of a database; give {} itself", _shown(path), _shown(database))
            )
    raise NoSuchPath(
        own_text("{} is not a session file; give one that ends in .jsonl or .db, or a folder", _shown(path))
    )


def target_away(path: Path) -> PathTarget | None:
    """Return what a path means where nothing is: a folder that may come; None for the name of a file."""
    is_file = path.name.endswith((*_FILES, *_DATABASE_SUFFIXES))
    return None if is_file else PathTarget(folders=(path,))


def is_at(session: Session, name: str) -> bool:
    """Return whether a text is a path, absolute or not, to the file that a session is."""
    return session.is_file and session.file == os.path.abspath(name)  # noqa: PTH100 - links are not followed


def key_typed(name: str) -> str:
    """Return the key that a text most likely means: the text without the ending of a session's file."""
    for ending in sorted(_FILES, key=len, reverse=True):
        name = name.removesuffix(ending)
    return name


def databases_beside(folder: Path) -> list[Path]:
    """Return the databases that the bot keeps in a sessions folder, whether or not they are there."""
    return [folder / name for name in _DATABASES]


def databases_in(archive: Path) -> list[Path]:
    """Return the databases in an archive. The bot adds a number to names that are taken."""
    try:
        with os.scandir(archive) as listing:
            found = [Path(item.path) for item in listing if item.name.endswith(".db")]
    except OSError:
        found = []
    return [*dict.fromkeys((*databases_beside(archive), *sorted(found)))]


def _config_folder(environ: Mapping[str, str], home: Path) -> Path:
    """Return the config folder of releases from 0.8.0 on; the first variable that is set decides."""
    if value := _value(environ, "ZEROCLAW_CONFIG_DIR"):
        return _expand(value, home)
    for name in ("ZEROCLAW_DATA_DIR", "ZEROCLAW_WORKSPACE"):
        if value := _value(environ, name):
            return _config_folder_for_data(_expand(value, home))
    return home / ".zeroclaw"


def _config_folder_for_data(data: Path) -> Path:
    """Return what the bot's `resolve_config_dir_for_data` does."""
    beside = data.parent / ".zeroclaw"
    if _exists(data / "config.toml"):
        return data
    if _exists(beside / "config.toml") or data.name in {"data", "workspace"}:
        return beside
    return data


def _old_workspace(environ: Mapping[str, str], home: Path, config: Path, notes: list[SafeText]) -> Path:
    """Return the workspace of releases before 0.8.0."""
    # They ask for this variable once more when the config folder is settled, so it wins over all.
    if value := _value(environ, "ZEROCLAW_WORKSPACE"):
        return _old_workspace_for(_expand(value, home))
    if not any(_value(environ, name) for name in ("ZEROCLAW_CONFIG_DIR", "ZEROCLAW_DATA_DIR")):
        config = _marked_folder(home / ".zeroclaw", home, notes) or config
    # Old releases know no ZEROCLAW_DATA_DIR: with it, this is what the upgrade left in the same install.
    return config / "workspace"


def _old_workspace_for(workspace: Path) -> Path:
    """Return the second value of the bot's `resolve_config_dir_for_workspace`: the workspace."""
    if _exists(workspace / "config.toml"):
        return workspace / "workspace"
    if _exists(workspace.parent / ".zeroclaw" / "config.toml") or workspace.name == "workspace":
        return workspace
    return workspace / "workspace"


def _marked_folder(default: Path, home: Path, notes: list[SafeText]) -> Path | None:
    """Return the config folder that the bot's `active_workspace.toml` names; None where it names none."""
    marker = default / _MARKER
    if not _exists(marker):
        return None
    if not marker.is_file():  # reading a pipe would wait for ever
        notes.append(_skipped(marker, own_text("it is no regular file")))
        return None
    import tomllib  # few homes have a marker: the others need not wait for it

    try:
        value = tomllib.loads(marker.read_text(encoding="utf-8")).get("config_dir")
    except OSError as error:
        notes.append(_skipped(marker, clean_line(f"it cannot be read ({error.strerror})")))
        return None
    except (ValueError, RecursionError):
        notes.append(_skipped(marker, own_text("it is not TOML")))
        return None
    if not isinstance(value, str) or not value.strip():
        notes.append(_skipped(marker, own_text("it names no config_dir")))
        return None
    # A relative path is relative to the marker's folder; an absolute one replaces it.
    return default / _expand(value.strip(), home)


def _folders_of(path: Path) -> Iterator[Path]:
    inside = path / _SESSIONS
    layouts = [path / "data" / _SESSIONS, path / "workspace" / _SESSIONS]
    is_named_so = _SESSIONS in {path.name, path.resolve().name}
    holds_some = _holds_sessions(path)
    if is_named_so and holds_some:
        yield path
    elif _is_folder(inside):
        # A workspace may hold other .jsonl files, such as the bot's logs: they are no sessions.
        yield inside
    elif existing := [folder for folder in layouts if _is_folder(folder)]:
        yield from existing
    elif is_named_so or holds_some:
        yield path
    elif _exists(path / "config.toml"):
        yield from layouts
    else:
        yield inside


def _holds_sessions(folder: Path) -> bool:
    try:
        with os.scandir(folder) as listing:
            return any(item.name.endswith(_FILES) or item.name in _DATABASES for item in listing)
    except OSError as error:
        raise NoSuchPath(_cannot_use(folder, error)) from error


def _cannot_use(path: Path, error: OSError | ValueError) -> SafeText:
    if isinstance(error, FileNotFoundError | NotADirectoryError) or not isinstance(error, OSError):
        return own_text(
            "no such path: {}; give a workspace, a sessions folder, or a .jsonl or .db file", _shown(path)
        )
    if error.errno == errno.EACCES:
        return own_text("{} cannot be read: permission denied; run as a user who may read it", _shown(path))
    reason = system_reason(error)
    return own_text("{} cannot be read: {}; give another path", _shown(path), reason)


def _skipped(marker: Path, why: SafeText) -> SafeText:
    return own_text("{} was skipped: {}", _shown(marker), why)


def _shown(path: Path) -> SafeText:
    return safe_name(str(path))


def _value(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name, "").strip()


def _expand(value: str, home: Path) -> Path:
    """Return what the bot's `expand_tilde_path` does: `~` is the home, in front of anything."""
    return home / value[1:].lstrip("/\\") if value.startswith("~") else Path(value)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _exists(path: Path) -> bool:
    """Return whether it is there; a folder that may not be looked into hides it from the bot as well."""
    try:
        return path.exists()
    except OSError:
        return False
