"""An exported page in a real browser: it is only shown. No script runs, and nothing is fetched."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest

from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.export.document import Document
from earwig.export.request import Format, Request
from tests.conftest import need_tool, wait_until
from tests.data.bombs import BOMBS
from tests.data.hostile_sessions import line, session_of_all, session_of_lines
from tests.export_session import TALK, call, calls, result

SECONDS = 90
RAN = "a-script-ran"


class Listener:
    """Answers nobody, and remembers who asked."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.asked: list[bytes] = []
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    self.asked.append(connection.recv(200))
                    connection.sendall(b"HTTP/1.0 204 No Content\r\n\r\n")
                except OSError:
                    self.asked.append(b"")

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


def attacks(address: str) -> list[str]:
    """What would fetch, run or send something, in HTML and where Markdown makes HTML."""
    run = f"document.title='{RAN}';fetch('http://{address}/ran')"
    return [
        f"<script>{run}</script>",
        f'</pre></p></div><script>{run}</script><img src="http://{address}/i" onerror="{run}">',
        f'<svg onload="{run}"><image href="http://{address}/s"/></svg>',
        f'<link rel="stylesheet" href="http://{address}/c"><link rel="prefetch" href="http://{address}/p">',
        f'<style>@import "http://{address}/t"; body {{ display: none }}</style>',
        f'<meta http-equiv="refresh" content="0;url=http://{address}/r"><base href="http://{address}/">',
        f'<iframe src="http://{address}/f"></iframe><object data="http://{address}/o"></object>',
        f'<form action="http://{address}/a"><input autofocus onfocus="{run}"></form>',
        f"![pixel](http://{address}/m) ![a](http://{address}/m2 '\"onerror={run}')",
        f"[a](javascript:{run}) [b](JAVASCRIPT:{run}) [c](data:text/html,<script>{run}</script>)",
        f"[a](http://{address}/x\"onmouseover=\"{run}) [b](<http://{address}/'onclick='{run}>)",
        f'```"><script>{run}</script>\nx\n```',
        f'`<script>{run}</script>` **<img src=x onerror="{run}">**',
        f"| <script>{run}</script> | b |\n|---|---|\n| <img src=http://{address}/q> | d |",
        f"--><script>{run}</script><!-- ]]></style></title><script>{run}</script>",
        "</main></body></html><plaintext>",
        f"<http://{address}/auto> <a href=http://{address}/ping ping=http://{address}/ping>x</a>",
    ]


def exported(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    request = Request(format=Format.HTML, bad=True)
    page = path.with_suffix(".html")
    with Document(FileTranscript(path), path.stem, request) as document:
        document.collect(datetime(2026, 1, 2, tzinfo=UTC))
        page.write_bytes(b"".join(document.blocks()))
    return page


def shown(chromium: str, page: Path, folder: Path) -> tuple[str, set[str]]:
    """What a browser makes of a page, and the addresses that it was about to fetch."""
    log = folder / "net.json"
    done = subprocess.run(
        [
            chromium,
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *(f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}"),
            *("--virtual-time-budget=3000", "--dump-dom", page.as_uri()),
        ],
        capture_output=True,
        timeout=SECONDS,
        check=True,
    )
    fetched = set(re.findall(r'"url":"((?:http|ws|ftp)[^"]*)"', log.read_text("utf-8", "replace")))
    return done.stdout.decode("utf-8", "replace"), fetched


@pytest.fixture(scope="module")
def chromium() -> str:
    return need_tool("chromium")


def test_nothing_runs_and_nothing_is_fetched(chromium: str, listener: Listener, tmp_path: Path) -> None:
    texts = attacks(listener.address)
    data = session_of_all() + session_of_lines()
    data += b"".join(line(role, text) for text in texts for role in ("user", "tool", text))
    for text in texts:
        data += calls(call(text, text, command=text), said=text) + result(text, text) + result("?", text)
        data += line("user", f"[Memory context]\n{text}\n[/Memory context]\n[Document: {text} attached]\nx")
        data += line("assistant", f"[Task failed — {text}]")
    data += TALK
    data += b"{" + texts[1].encode() + b"\n" + line("user", "the very last")
    page = exported(tmp_path / "telegram_<script>alert(1)<!--.jsonl", data)
    dom, fetched = shown(chromium, page, tmp_path)
    assert listener.asked == []
    assert {url for url in fetched if listener.address in url or "example" in url} == set()
    assert "<title>telegram_&lt;script&gt;alert(1)&lt;!--</title>" in dom
    assert re.findall(r"<(?:script|img|svg|iframe|object|form|input|link|base|embed|plaintext)\b", dom) == []
    assert re.findall(r"<[a-z]+[^>]*?\s(?:on\w+|style|src|ping)=", dom) == []
    links = set(re.findall(r'href="(\w+):', dom))
    assert links <= {"http", "https", "mailto"}
    assert "http" in links
    assert dom.count("<a ") == dom.count('rel="noreferrer noopener nofollow"')
    assert dom.count("<article ") == data.count(b"\n")
    # What was written is there to be read.
    for text in texts[0], texts[4], texts[15]:
        assert escape(text, quote=False) in dom
    assert "the very last" in dom


def test_a_page_that_fetches_would_be_seen(chromium: str, listener: Listener, tmp_path: Path) -> None:
    page = tmp_path / "unsafe.html"
    page.write_text("<!DOCTYPE html><title>before</title>" + attacks(listener.address)[1])
    dom, fetched = shown(chromium, page, tmp_path)
    assert RAN in dom
    wait_until(lambda: any(b"/i" in request for request in listener.asked), "the listener has heard of it")
    assert any(listener.address in url for url in fetched)


def test_the_policy_holds_where_the_escaping_would_fail(
    chromium: str, listener: Listener, tmp_path: Path
) -> None:
    """The second line of defence: the same attacks as real HTML in the page's own frame."""
    page = exported(tmp_path / "one.jsonl", line("user", "MARK"))
    meta = [text for text in attacks(listener.address) if "refresh" not in text and "plaintext" not in text]
    page.write_text(page.read_text().replace("MARK", "".join(meta)))
    dom, _ = shown(chromium, page, tmp_path)
    # A policy does not keep a browser from opening a connection ahead; on it, nothing is asked for.
    assert [request for request in listener.asked if request] == []
    assert f"<title>{RAN}" not in dom


def test_bombs_become_pages_in_time(tmp_path: Path) -> None:
    small = {name: make() for name, make in BOMBS.items()}
    data = b"".join(
        json.dumps({"role": role, "content": content}).encode() + b"\n"
        for role, content in small.values()
        if len(content) <= 200_000
    )
    page = exported(tmp_path / "bombs.jsonl", data).read_text()
    assert page.count("<article ") == data.count(b"\n")
    assert "shown as plain text: " in page
