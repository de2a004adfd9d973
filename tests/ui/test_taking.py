"""What is copied is what is stored; which way it went is told."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from earwig.core.model.message_link import MessageLink, digest_of
from earwig.core.system import clipboard
from tests.data.hostile_sessions import cases
from tests.programs import Programs
from tests.ui.browsing import Browser, append, browsing, line, rewrite, talk

CODE = "for x in y:\n    print('\x1b]0;t\x07')\n"
TEXT = f"**see**\n\n```python\n{CODE}```\n\n- a very long line {'on and on ' * 30}\n\n~~~\nls\n~~~\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sessions"
    folder.mkdir()
    (folder / "telegram_alice.jsonl").write_bytes(line("user", "no link") + line("assistant", TEXT))
    return folder


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """A reader who sits at this machine, with a clipboard, a pager and an editor."""
    programs = Programs(tmp_path / "bin")
    programs.add("xclip")
    for name in ("TMUX", "STY", "WAYLAND_DISPLAY", *clipboard._REMOTE, "WSL_INTEROP", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", os.pathsep.join([str(programs.folder), "/usr/bin", "/bin"]))
    monkeypatch.setenv("DISPLAY", ":0")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return programs


async def told(browser: Browser, words: str) -> None:
    def heard() -> bool:
        return any(words in notice for notice in browser.notifications())

    await browser.wait_for(heard, f"{words!r} told, not only {browser.notifications()}")


async def copied(browser: Browser, programs: Programs, *keys: str) -> bytes:
    """What is in the clipboard after these keys."""
    (programs.folder / "xclip.data").unlink(missing_ok=True)
    await browser.pilot.press(*keys)
    await browser.wait_for(lambda: programs.was_run("xclip"), "something copied")
    return programs.given("xclip")


async def test_a_message_is_copied_as_it_is_stored(folder: Path, programs: Programs) -> None:
    async with browsing(folder, size=(60, 40)) as browser:
        await browser.wait_for_counts()
        assert await copied(browser, programs, "c") == TEXT.encode()
        await told(browser, f"Copied {len(TEXT):,} bytes to the system's clipboard (xclip).")
        assert await copied(browser, programs, "K", "c") == b"no link"


async def test_all_hostile_messages(folder: Path, programs: Programs) -> None:
    path = folder / "telegram_alice.jsonl"
    chosen = [case for case in cases() if case.content][::9]
    path.write_bytes(b"".join(line("user", case.content) for case in chosen))
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("end")
        for case in reversed(chosen):
            assert await copied(browser, programs, "c") == case.content.encode("utf-8", "surrogatepass")
            await browser.pilot.press("K")


async def test_what_can_be_chosen(folder: Path, programs: Programs) -> None:
    stored = (folder / "telegram_alice.jsonl").read_bytes().splitlines()[1]
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("C")
        await browser.expect_shown("python")
        await browser.expect_shown("for x in y:")
        await browser.pilot.press("escape")
        assert await copied(browser, programs, "C", "1") == TEXT.encode()
        assert await copied(browser, programs, "C", "down", "enter") == CODE.encode()
        assert await copied(browser, programs, "C", "3") == b"ls\n"
        assert await copied(browser, programs, "C", "4") == stored
        assert await copied(browser, programs, "C", "5") == (
            b"user  #1\nno link\n\nassistant  #2\n" + TEXT.encode() + b"\n"
        )
        link = MessageLink("telegram_alice", 2, digest_of(stored)).told()
        assert await copied(browser, programs, "C", "6") == link.encode()
        assert await copied(browser, programs, "y") == link.encode()
        assert list((folder.parent / "temporary").iterdir()) == []


async def test_bad_and_unfinished_lines_are_copied_byte_for_byte(folder: Path, programs: Programs) -> None:
    bad = b'{"role":"user","content":"\xff\x1b[2J"}'
    (folder / "telegram_alice.jsonl").write_bytes(bad + b"\n" + b'{"role":"us')
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        assert await copied(browser, programs, "c") == b'{"role":"us'
        assert await copied(browser, programs, "K", "c") == bad
        assert await copied(browser, programs, "C", "2") == bad


async def test_a_line_too_long_to_draw_is_copied_whole(folder: Path, programs: Programs) -> None:
    content = "x" * 8_500_000
    (folder / "telegram_alice.jsonl").write_bytes(line("user", content))
    async with browsing(folder) as browser:
        await browser.expect_shown("too long to draw")
        assert await copied(browser, programs, "c") == content.encode()


async def test_a_removed_is_copied_too(folder: Path, programs: Programs) -> None:
    path = folder / "telegram_alice.jsonl"
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        rewrite(path, line("user", "no link"))
        await browser.expect_shown("withdrawn")
        assert await copied(browser, programs, "K", "J", "c") == TEXT.encode()
        await browser.pilot.press("y")
        await told(browser, "It is not in the session any more; c copies its text.")


async def test_over_a_terminal_it_is_sent_and_the_reader_told(
    folder: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_TTY", "/dev/pts/0")
    sent: list[str] = []
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        monkeypatch.setattr(browser.app._driver, "write", sent.append)
        await browser.pilot.press("c")
        await told(browser, f"Sent {len(TEXT):,} bytes to your terminal (OSC 52).")
        assert clipboard.osc52(TEXT.encode()) in sent
        assert not programs.was_run("xclip")


async def test_what_is_too_much_goes_to_a_file(
    folder: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_TTY", "/dev/pts/0")
    content = "\x1b]52;c;QQ==\x07" + "x" * clipboard.TERMINAL_LIMIT
    append(folder / "telegram_alice.jsonl", line("user", content))
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("W")
        await told(browser, "Nothing was copied yet")
        await browser.pilot.press("c")
        await told(browser, "W writes a file")
        await browser.pilot.press("W")
        await told(browser, "Written to ")
        (path,) = (folder.parent / "here").iterdir()
        assert path.read_bytes() == content.encode()
        assert str(path) in browser.notifications()[-1]


async def test_a_session_over_the_bound_is_offered_as_a_file(
    folder: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipboard, "SYSTEM_LIMIT", 100)
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("C", "5")
        await told(browser, "too much for a clipboard. W writes a file.")
        await browser.pilot.press("W")
        await told(browser, "Written to ")
        (path,) = (folder.parent / "here").iterdir()
        assert path.read_bytes().startswith(b"user  #1\nno link\n")
        assert not programs.was_run("xclip")
    assert list((folder.parent / "temporary").iterdir()) == []


async def test_a_clipboard_that_fails_is_told(folder: Path, programs: Programs) -> None:
    programs.add("xclip", status=1, complaint="no display \x1b[2J")
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("c")
        await told(browser, "Not copied: xclip says: no display ␛[2J. W writes a file.")


async def test_what_is_empty_is_not_copied(folder: Path, programs: Programs) -> None:
    append(folder / "telegram_alice.jsonl", line("user", ""))
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("c")
        await told(browser, "It is empty")
        assert not programs.was_run("xclip")


async def test_where_the_terminal_cannot_be_given_away_it_is_said(folder: Path, programs: Programs) -> None:
    for name in ("less", "vi"):
        programs.add(name)
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        for key in ("p", "ctrl+e", "P"):
            browser.app.clear_notifications()
            await browser.pilot.press(key)
            await told(browser, "The terminal cannot be given to another program here; c copies.")
        assert not programs.was_run("less")
    assert list((folder.parent / "temporary").iterdir()) == []


async def test_a_missing_program_is_told(
    folder: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGER", "no-such-pager -R")
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("p")
        await told(browser, "There is no program no-such-pager; set $PAGER to one that you have.")
        await browser.pilot.press("P")


async def test_a_long_session_is_made_while_keys_work_and_can_be_stopped(
    folder: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs.add("less")
    (folder / "telegram_alice.jsonl").write_bytes(talk(400))
    monkeypatch.setattr("earwig.core.reading.session_copy._STEP", -1.0)  # no step ends it
    async with browsing(folder) as browser:
        await browser.wait_for_counts()
        await browser.pilot.press("P")
        await browser.pilot.press("home")
        await browser.expect_shown("question 1")
        await browser.wait_for(lambda: browser.view.parts.clipboard.waiting, "the session being copied")
        assert len(list((folder.parent / "temporary").iterdir())) == 1
        await browser.pilot.press("escape")
        await browser.wait_for(
            lambda: not list((folder.parent / "temporary").iterdir()), "nothing left of the copy"
        )
        assert not browser.view.parts.clipboard.waiting
        assert not programs.was_run("less")


async def test_the_mouse_cannot_be_freed_where_there_is_none(folder: Path) -> None:
    async with browsing(folder) as browser:
        await browser.pilot.press("m")
        await told(browser, "most terminals select while Shift is held")
        assert browser.app.mouse_is_wanted
