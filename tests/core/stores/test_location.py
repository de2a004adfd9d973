"""Where the bot keeps its sessions, and what a path on the command line means."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from earwig.core.stores.location import FoundStores, NoSuchPath, PathTarget, find_workspaces, resolve_path
from tests.this_system import make_pipe


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


def folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def file(path: Path, text: str = "") -> Path:
    folder(path.parent)
    path.write_text(text, encoding="utf-8")
    return path


class TestDefaults:
    def test_both_layouts_are_looked_for_newest_first(self, home: Path) -> None:
        root = home / ".zeroclaw"
        assert find_workspaces({}, home) == FoundStores(
            [], [root / "data" / "sessions", root / "workspace" / "sessions"], []
        )

    @pytest.mark.parametrize("layout", ["data", "workspace"])
    def test_the_layout_that_is_there_is_shown(self, home: Path, layout: str) -> None:
        sessions = folder(home / ".zeroclaw" / layout / "sessions")
        assert find_workspaces({}, home).folders == [sessions]

    def test_both_are_shown_where_both_are_there(self, home: Path) -> None:
        new = folder(home / ".zeroclaw/data/sessions")
        old = folder(home / ".zeroclaw/workspace/sessions")
        assert find_workspaces({}, home).folders == [new, old]

    def test_one_folder_under_two_names_is_shown_once(self, home: Path) -> None:
        new = folder(home / ".zeroclaw/data/sessions")
        (home / ".zeroclaw/workspace").symlink_to(home / ".zeroclaw/data")
        assert find_workspaces({}, home).folders == [new]

    def test_a_file_in_its_place_is_no_sessions_folder(self, home: Path) -> None:
        file(home / ".zeroclaw/data/sessions")
        assert find_workspaces({}, home).folders == []


class TestVariables:
    def test_config_dir_settles_both_layouts(self, home: Path, tmp_path: Path) -> None:
        environ = {"ZEROCLAW_CONFIG_DIR": f"  {tmp_path}/etc ", "ZEROCLAW_DATA_DIR": "/elsewhere"}
        assert find_workspaces(environ, home).looked == [
            tmp_path / "etc/data/sessions",
            tmp_path / "etc/workspace/sessions",
        ]

    @pytest.mark.parametrize("value", ["", "   "])
    def test_a_blank_variable_is_not_set(self, home: Path, value: str) -> None:
        environ = dict.fromkeys(("ZEROCLAW_CONFIG_DIR", "ZEROCLAW_DATA_DIR", "ZEROCLAW_WORKSPACE"), value)
        assert find_workspaces(environ, home) == find_workspaces({}, home)

    @pytest.mark.parametrize("value", ["~/bot", "~//bot", "~bot"])
    def test_tilde_is_the_home(self, home: Path, value: str) -> None:
        looked = find_workspaces({"ZEROCLAW_CONFIG_DIR": value}, home).looked
        assert looked[0] == home / "bot/data/sessions"

    def test_old_releases_put_workspace_over_config_dir(self, home: Path, tmp_path: Path) -> None:
        environ = {"ZEROCLAW_CONFIG_DIR": str(tmp_path / "etc"), "ZEROCLAW_WORKSPACE": str(tmp_path / "w")}
        assert find_workspaces(environ, home).looked == [
            tmp_path / "etc/data/sessions",
            tmp_path / "w/workspace/sessions",
        ]

    def test_data_dir_goes_before_workspace_in_new_releases(self, home: Path, tmp_path: Path) -> None:
        environ = {"ZEROCLAW_DATA_DIR": str(tmp_path / "d"), "ZEROCLAW_WORKSPACE": str(tmp_path / "w")}
        assert find_workspaces(environ, home).looked == [
            tmp_path / "d/data/sessions",
            tmp_path / "w/workspace/sessions",
        ]

    def test_data_dir_alone_keeps_to_its_install(self, home: Path, tmp_path: Path) -> None:
        folder(home / ".zeroclaw/workspace/sessions")
        found = find_workspaces({"ZEROCLAW_DATA_DIR": str(tmp_path / "d")}, home)
        assert found.folders == []
        assert found.looked == [tmp_path / "d/data/sessions", tmp_path / "d/workspace/sessions"]


class TestDataDir:
    """`resolve_config_dir_for_data`, case by case."""

    def looked(self, home: Path, data: Path) -> Path:
        return find_workspaces({"ZEROCLAW_DATA_DIR": str(data)}, home).looked[0]

    def test_config_in_it_makes_it_the_config_folder(self, home: Path, tmp_path: Path) -> None:
        file(tmp_path / "srv/data/config.toml")
        file(tmp_path / "srv/.zeroclaw/config.toml")
        assert self.looked(home, tmp_path / "srv/data") == tmp_path / "srv/data/data/sessions"

    def test_config_beside_it(self, home: Path, tmp_path: Path) -> None:
        file(tmp_path / "srv/.zeroclaw/config.toml")
        assert self.looked(home, tmp_path / "srv/other") == tmp_path / "srv/.zeroclaw/data/sessions"

    @pytest.mark.parametrize("name", ["data", "workspace"])
    def test_its_name_alone(self, home: Path, tmp_path: Path, name: str) -> None:
        assert self.looked(home, tmp_path / name) == tmp_path / ".zeroclaw/data/sessions"

    def test_else_it_is_the_config_folder(self, home: Path, tmp_path: Path) -> None:
        assert self.looked(home, tmp_path / "srv") == tmp_path / "srv/data/sessions"


class TestOldWorkspace:
    """`resolve_config_dir_for_workspace`, case by case."""

    def looked(self, home: Path, workspace: Path) -> Path:
        return find_workspaces({"ZEROCLAW_WORKSPACE": str(workspace)}, home).looked[-1]

    def test_config_in_it(self, home: Path, tmp_path: Path) -> None:
        file(tmp_path / "workspace/config.toml")
        assert self.looked(home, tmp_path / "workspace") == tmp_path / "workspace/workspace/sessions"

    def test_config_beside_it(self, home: Path, tmp_path: Path) -> None:
        file(tmp_path / ".zeroclaw/config.toml")
        assert self.looked(home, tmp_path / "bot") == tmp_path / "bot/sessions"

    def test_its_name_alone(self, home: Path, tmp_path: Path) -> None:
        assert self.looked(home, tmp_path / "workspace") == tmp_path / "workspace/sessions"

    def test_else_a_workspace_in_it(self, home: Path, tmp_path: Path) -> None:
        assert self.looked(home, tmp_path / "bot") == tmp_path / "bot/workspace/sessions"


class TestMarker:
    def old(self, home: Path) -> Path:
        return find_workspaces({}, home).looked[-1]

    def mark(self, home: Path, text: str) -> None:
        file(home / ".zeroclaw/active_workspace.toml", text)

    def test_it_names_the_config_folder_of_old_releases_only(self, home: Path) -> None:
        self.mark(home, 'config_dir = " /srv/bot "')
        assert find_workspaces({}, home).looked == [
            home / ".zeroclaw/data/sessions",
            Path("/srv/bot/workspace/sessions"),
        ]

    def test_tilde_in_it(self, home: Path) -> None:
        self.mark(home, 'config_dir = "~/bot"')
        assert self.old(home) == home / "bot/workspace/sessions"

    def test_a_relative_path_is_relative_to_the_marker(self, home: Path) -> None:
        self.mark(home, 'config_dir = "profiles/a"')
        assert self.old(home) == home / ".zeroclaw/profiles/a/workspace/sessions"

    @pytest.mark.parametrize("name", ["ZEROCLAW_CONFIG_DIR", "ZEROCLAW_WORKSPACE", "ZEROCLAW_DATA_DIR"])
    def test_a_variable_goes_before_it(self, home: Path, name: str, tmp_path: Path) -> None:
        self.mark(home, 'config_dir = "/srv/bot"')
        looked = find_workspaces({name: str(tmp_path / "x")}, home).looked
        assert Path("/srv/bot/workspace/sessions") not in looked

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("config_dir = ", "not TOML"),
            ("config_dir = 7", "names no config_dir"),
            ('config_dir = "  "', "names no config_dir"),
            ("", "names no config_dir"),
        ],
    )
    def test_a_bad_one_is_skipped_with_a_note(self, home: Path, text: str, why: str) -> None:
        self.mark(home, text)
        found = find_workspaces({}, home)
        assert found.looked[-1] == home / ".zeroclaw/workspace/sessions"
        assert [why in note and "active_workspace.toml" in note for note in found.notes] == [True]

    def test_bytes_that_are_no_text(self, home: Path) -> None:
        folder(home / ".zeroclaw")
        (home / ".zeroclaw/active_workspace.toml").write_bytes(b"\xff\xfe")
        assert "not TOML" in find_workspaces({}, home).notes[0]

    def test_a_pipe_in_its_place_does_not_stop_us(self, home: Path) -> None:
        folder(home / ".zeroclaw")
        make_pipe(home / ".zeroclaw/active_workspace.toml")
        assert "no regular file" in find_workspaces({}, home).notes[0]


class TestResolvePath:
    def test_workspace(self, tmp_path: Path) -> None:
        sessions = folder(tmp_path / "w/sessions")
        file(tmp_path / "w/costs.jsonl")
        assert resolve_path(tmp_path / "w") == PathTarget(folders=(sessions,))

    def test_workspace_without_its_sessions_yet(self, tmp_path: Path) -> None:
        assert resolve_path(tmp_path) == PathTarget(folders=(tmp_path / "sessions",))

    def test_sessions_folder_of_any_name(self, tmp_path: Path) -> None:
        file(tmp_path / "old-chats/a.jsonl")
        assert resolve_path(tmp_path / "old-chats") == PathTarget(folders=(tmp_path / "old-chats",))

    def test_empty_sessions_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        sessions = folder(tmp_path / "sessions")
        assert resolve_path(sessions) == PathTarget(folders=(sessions,))
        monkeypatch.chdir(sessions)
        assert resolve_path(Path()) == PathTarget(folders=(Path(),))

    def test_sessions_folder_that_holds_another(self, tmp_path: Path) -> None:
        sessions = folder(tmp_path / "sessions")
        file(sessions / "a.jsonl")
        folder(sessions / "sessions")
        assert resolve_path(sessions) == PathTarget(folders=(sessions,))

    def test_install_folder(self, tmp_path: Path) -> None:
        old = folder(tmp_path / "workspace/sessions")
        assert resolve_path(tmp_path) == PathTarget(folders=(old,))
        new = folder(tmp_path / "data/sessions")
        assert resolve_path(tmp_path) == PathTarget(folders=(new, old))

    def test_new_install_folder(self, tmp_path: Path) -> None:
        file(tmp_path / "config.toml")
        assert resolve_path(tmp_path) == PathTarget(
            folders=(tmp_path / "data/sessions", tmp_path / "workspace/sessions")
        )

    def test_one_file(self, tmp_path: Path) -> None:
        path = file(tmp_path / "a.jsonl")
        assert resolve_path(path) == PathTarget(files=(path,))

    def test_a_link_that_leads_nowhere_is_left_to_the_one_who_opens_it(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        path.symlink_to(tmp_path / "gone")
        assert resolve_path(path) == PathTarget(files=(path,))

    def test_nothing_there(self, tmp_path: Path) -> None:
        with pytest.raises(NoSuchPath, match=r"no such path: .*gone; give a workspace"):
            resolve_path(tmp_path / "gone")

    def test_a_path_through_a_file(self, tmp_path: Path) -> None:
        with pytest.raises(NoSuchPath, match="no such path"):
            resolve_path(file(tmp_path / "a.jsonl") / "b")

    def test_a_file_of_another_kind(self, tmp_path: Path) -> None:
        with pytest.raises(NoSuchPath, match=r"notes\.txt is not a session file; give one that ends in"):
            resolve_path(file(tmp_path / "notes.txt"))

    def test_a_database(self, tmp_path: Path) -> None:
        path = file(tmp_path / "backup.db")
        assert resolve_path(path) == PathTarget(databases=(path,))
        with pytest.raises(NoSuchPath, match=r"-wal is a part of a database; give .*backup\.db itself"):
            resolve_path(file(tmp_path / "backup.db-wal"))

    @pytest.mark.parametrize("name", ["a.jsonl.migrated", "a.jsonl.importing"])
    def test_a_file_that_the_bot_has_imported(self, tmp_path: Path, name: str) -> None:
        path = file(tmp_path / name)
        assert resolve_path(path) == PathTarget(files=(path,))

    @pytest.mark.parametrize("name", ["sessions.db", "acp-sessions.db", "a.jsonl.migrated"])
    def test_a_folder_that_holds_no_jsonl_file(self, tmp_path: Path, name: str) -> None:
        file(tmp_path / name)
        assert resolve_path(tmp_path) == PathTarget(folders=(tmp_path,))

    def test_a_name_too_long(self, tmp_path: Path) -> None:
        with pytest.raises(NoSuchPath, match="cannot be read: File name too long"):
            resolve_path(tmp_path / ("x" * 300))

    def test_a_hostile_name_is_escaped_in_the_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(NoSuchPath) as caught:
            resolve_path(tmp_path / "a\x1b[2J\nb\udcff")
        assert caught.value.sentence.isprintable()

    def test_a_folder_that_may_not_be_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        sessions = folder(tmp_path / "sessions")
        refuse_to_list(sessions, monkeypatch)
        for path in (sessions, tmp_path):
            with pytest.raises(NoSuchPath, match="sessions cannot be read: permission denied; run as"):
                resolve_path(path)


def refuse_to_list(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root, as which tests may run, reads everything; so the system's answer is made up here."""
    listing = os.scandir

    def scandir(asked: Path) -> Iterator[os.DirEntry[str]]:
        if Path(asked) == path:
            raise PermissionError(errno.EACCES, "Permission denied", str(asked))
        return listing(asked)

    monkeypatch.setattr(os, "scandir", scandir)


def test_a_default_folder_that_may_not_be_read_is_noted(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = folder(home / ".zeroclaw/data/sessions")
    refuse_to_list(sessions, monkeypatch)
    found = find_workspaces({}, home)
    assert found.folders == [sessions]
    assert ["permission denied" in note for note in found.notes] == [True]
