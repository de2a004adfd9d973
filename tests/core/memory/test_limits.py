"""The bot's own limits, found and read beside its sessions; whatever is there, nothing breaks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from earwig.core.memory.limits import BotLimits
from earwig.core.memory.rules import Limits
from earwig.core.model.session import NEVER_SEEN, Session, SessionId
from earwig.core.stores.bot_settings import BotSettingsReader
from earwig.core.stores.location import find_workspaces
from tests.this_system import make_pipe

SETTINGS = "[agent]\nmax_context_tokens = 9000\nmax_history_messages = 30\n"
OWN = Limits(9000, 30)


def put(path: Path, text: str = SETTINGS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def session_in(folder: Path) -> Session:
    return Session(SessionId(str(folder / "alice.jsonl")), 0, 0, NEVER_SEEN)


def of(folder: Path, environ: Mapping[str, str] | None = None, home: Path | None = None) -> Limits:
    limits, note = BotLimits(BotSettingsReader(environ or {}, home or folder)).of(session_in(folder))
    assert note is None
    return limits


class TestPlaces:
    @pytest.mark.parametrize(
        ("sessions", "settings"),
        [
            (".zeroclaw/workspace/sessions", ".zeroclaw/config.toml"),
            (".zeroclaw/data/sessions", ".zeroclaw/config.toml"),
            ("bot/sessions", ".zeroclaw/config.toml"),
            ("workspace/sessions", ".zeroclaw/config.toml"),
            ("copy/sessions", "copy/config.toml"),
        ],
    )
    def test_the_settings_are_where_the_bot_has_them(
        self, tmp_path: Path, sessions: str, settings: str
    ) -> None:
        put(tmp_path / settings)
        assert of(tmp_path / sessions) == OWN

    def test_the_nearest_layout_wins(self, tmp_path: Path) -> None:
        put(tmp_path / "config.toml")
        put(tmp_path / ".zeroclaw" / "config.toml", "[agent]\nmax_context_tokens = 1\n")
        assert of(tmp_path / "data" / "sessions") == OWN

    def test_settings_and_workspace_may_be_named_apart(self, tmp_path: Path) -> None:
        put(tmp_path / "elsewhere" / "config.toml")
        sessions = tmp_path / "work" / "workspace" / "sessions"
        sessions.mkdir(parents=True)
        environ = {
            "ZEROCLAW_CONFIG_DIR": str(tmp_path / "elsewhere"),
            "ZEROCLAW_WORKSPACE": str(tmp_path / "work"),
        }
        assert sessions in find_workspaces(environ, tmp_path).folders
        assert of(sessions, environ) == OWN
        assert of(tmp_path / "other" / "sessions", environ) == Limits()

    def test_without_settings_the_defaults_count(self, tmp_path: Path) -> None:
        assert of(tmp_path / "workspace" / "sessions") == Limits(32_000, 50)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return put(tmp_path / "config.toml")


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return session_in(tmp_path / "workspace" / "sessions")


@pytest.fixture
def limits(tmp_path: Path) -> BotLimits:
    return BotLimits(BotSettingsReader({}, tmp_path))


class TestContents:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", Limits()),
            ("[agent]\nmax_context_tokens = 1_000", Limits(1000, 50)),
            ("agent = { max_history_messages = 0 }", Limits(32_000, 0)),
            ('api_key = "secret"\n[agent]\nname = "max_context_tokens = 1"', Limits()),
        ],
    )
    def test_what_is_not_set_is_as_the_bot_has_it(
        self, settings: Path, session: Session, limits: BotLimits, text: str, expected: Limits
    ) -> None:
        put(settings, text)
        assert limits.of(session) == (expected, None)

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("api_key = secret", "is not TOML"),
            ("x = " + "[" * 100_000, "is not TOML"),
            ("agent = 3", "has no table agent"),
            ("[agent]\nmax_context_tokens = -1", "has no whole number for agent.max_context_tokens"),
            ("[agent]\nmax_context_tokens = 1.5", "has no whole number for agent.max_context_tokens"),
            ("[agent]\nmax_history_messages = true", "has no whole number for agent.max_history_messages"),
            ("[agent]\nmax_history_messages = '5'", "has no whole number for agent.max_history_messages"),
            ("[agent]\nmax_history_messages = " + "9" * 6000, "is not TOML"),
            ("#" * 1_100_000, "is too large"),
        ],
        ids=lambda value: value[:40],
    )
    def test_what_cannot_be_used_is_told_without_a_word_of_it(
        self, settings: Path, session: Session, limits: BotLimits, text: str, why: str
    ) -> None:
        put(settings, text)
        found, note = limits.of(session)
        assert found == Limits()
        sentence = f"{settings} {why}: what the bot remembers is estimated by its default limits"
        assert note == sentence.replace("\\", "\\\\")

    def test_bytes_that_are_no_text_are_told(
        self, settings: Path, session: Session, limits: BotLimits
    ) -> None:
        settings.write_bytes(b"\xff\xfe")
        assert "is not TOML" in (limits.of(session)[1] or "")

    def test_no_pipe_is_waited_for_and_no_link_is_followed(
        self, settings: Path, session: Session, limits: BotLimits
    ) -> None:
        settings.unlink()
        make_pipe(settings)
        assert "is a named pipe" in (limits.of(session)[1] or "")
        settings.unlink()
        settings.symlink_to("/dev/zero")
        assert "is a symbolic link" in (limits.of(session)[1] or "")

    def test_a_change_is_seen_and_nothing_is_read_twice(
        self, settings: Path, session: Session, limits: BotLimits
    ) -> None:
        assert limits.of(session) == (OWN, None)
        settings.chmod(0)
        settings.chmod(0o600)
        put(settings, "[agent]\nmax_context_tokens = 123\n")
        assert limits.of(session)[0].tokens == 123
        settings.unlink()
        assert limits.of(session) == (Limits(), None)

    def test_what_is_known_is_not_opened_again(
        self, settings: Path, session: Session, limits: BotLimits, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        limits.of(session)
        monkeypatch.setattr("earwig.core.stores.bot_settings.opened", None)
        assert limits.of(session) == (OWN, None)
