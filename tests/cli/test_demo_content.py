"""What the made-up conversations show: each thing that a reader of real sessions will meet."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

import pytest

from earwig.cli.demo.workspace import build_workspace
from earwig.core.model.message import ChatMessage
from earwig.core.stores.jsonl.session_store import SessionStore

Sessions = dict[str, list[ChatMessage]]


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Sessions:
    workspace = tmp_path_factory.mktemp("workspace")
    build_workspace(workspace, now=1782808815.0)
    store = SessionStore(workspace)
    return {key: store.load(key) for key in store.list_sessions()}


@pytest.fixture(scope="module")
def told(sessions: Sessions) -> list[ChatMessage]:
    """All of them but the long one, which must not be what shows a thing."""
    return [message for key, said in sessions.items() if not key.endswith("mara_lim") for message in said]


def texts(told: list[ChatMessage], role: str) -> list[str]:
    return [message.content for message in told if message.role == role]


MARKDOWN = {
    "a heading": r"^# \S",
    "a smaller heading": r"^## \S",
    "a third heading": r"^### \S",
    "a list": r"^- \S",
    "a numbered list": r"^1\. \S",
    "a nested list": r"^    - \S",
    "a list with stars": r"^\* \S",
    "boxes to tick": r"^- \[ \] ",
    "a table": r"^\|---\|",
    "numbers to the right": r"---:\|",
    "bold": r"\*\*[^*\n]+\*\*",
    "italics": r"(?<!\*)\*[^*\n]+\*(?!\*)",
    "struck out": r"~~[^~]+~~",
    "inline code": r"(?<!`)`[^`\n]+`(?!`)",
    "a link": r"\[[^\]]+\]\(https://[^)]+\)",
    "a quote": r"^> \S",
    "Python": r"^```python\n",
    "a shell script": r"^```bash\n",
    "JSON": r"^```json\n",
    "SQL": r"^```sql\n",
    "a thinking block": r"^<thinking>\n[\s\S]+\n</thinking>$",
    "a tool call in the text": r'^<tool_call>\n\{"name":"shell","arguments":\{',
    "the old list of tools": r"\A\[Used tools: shell, shell, file_write\]\n",
    "a document sent": r"^\[DOCUMENT:/",
    "a failed turn": r"\A\[Task failed — not continuing this request\]\Z",
    "a turn that took too long": r"\A\[Task timed out — not continuing this request\]\Z",
    "an interrupted turn": r"\A\[Session interrupted — not continuing this request\]\Z",
}


@pytest.mark.parametrize("pattern", MARKDOWN.values(), ids=MARKDOWN.keys())
def test_the_assistant_shows(told: list[ChatMessage], pattern: str) -> None:
    assert any(re.search(pattern, text, re.MULTILINE) for text in texts(told, "assistant"))


USER = {
    "the time": r"\A\[2026-06-\d\d \d\d:\d\d:\d\d \+08:00\] \S",
    "an image": r"\[IMAGE:/",
    "a voice message": r"\[Voice\] ",
    "a document": r"\[Document: \S+\] /",
    "a reply's quote": r"^(\[.+\] )?> @\w+:\n> ",
    "a group's label": r"\A\[Current WhatsApp group message from Dev\]\n\[2026",
    "a mail's subject": r"^(\[.+\] )?Subject: ",
    "a tool's result in the text": r'\A\[Tool results\]\n<tool_result name="shell">\n',
}


@pytest.mark.parametrize("pattern", USER.values(), ids=USER.keys())
def test_the_user_shows(told: list[ChatMessage], pattern: str) -> None:
    assert any(re.search(pattern, text, re.MULTILINE) for text in texts(told, "user"))


@pytest.mark.parametrize(
    "script", ["HIRAGANA", "KATAKANA", "CJK UNIFIED", "HANGUL SYLLABLE", "ARABIC", "HEBREW", "DEVANAGARI"]
)
def test_both_write_in_other_scripts(told: list[ChatMessage], script: str) -> None:
    for role in ("user", "assistant"):
        letters = set("".join(texts(told, role)))
        assert any(unicodedata.name(letter, "").startswith(script) for letter in letters), role


@pytest.mark.parametrize("emoji", ["🎉", "👍🏽", "🇰🇷", "🙋🏽‍♀️", "👨‍👩‍👧‍👦"], ids=ascii)
def test_emoji_of_every_making_are_there(told: list[ChatMessage], emoji: str) -> None:
    assert any(emoji in message.content for message in told)


def test_native_tool_calls_are_answered_by_their_ids(sessions: Sessions) -> None:
    calls = 0
    for key, said in sessions.items():
        waiting: list[str] = []
        for message in said:
            if message.role == "tool":
                result: dict[str, Any] = json.loads(message.content)
                assert list(result) == ["content", "tool_call_id"]
                assert result["tool_call_id"] == waiting.pop(0), key
            else:
                assert not waiting, f"{key}: a call without its result"
                if message.content.startswith('{"content":'):
                    waiting = ids_of_calls(message.content)
                    calls += len(waiting)
    assert calls > 100


def ids_of_calls(content: str) -> list[str]:
    stored: dict[str, Any] = json.loads(content)
    assert list(stored) == ["content", "tool_calls"]
    assert stored["content"] is None or isinstance(stored["content"], str)
    for call in stored["tool_calls"]:
        assert list(call) == ["arguments", "id", "name"]
        assert isinstance(json.loads(call["arguments"]), dict), "arguments are JSON in a string"
        assert re.fullmatch(r"toolu_01\w{22}", call["id"])
    return [call["id"] for call in stored["tool_calls"]]


def test_some_calls_come_with_a_text_some_alone_some_two_at_once(told: list[ChatMessage]) -> None:
    stored = [json.loads(text) for text in texts(told, "assistant") if text.startswith('{"content":')]

    assert {call["content"] is None for call in stored} == {True, False}
    assert {len(call["tool_calls"]) for call in stored} == {1, 2}


def test_one_user_waits_for_an_answer(sessions: Sessions) -> None:
    waiting = {key for key, said in sessions.items() if said and said[-1].role == "user"}

    # In a group that the bot only observes, nobody waits.
    assert waiting == {"telegram_default_770031245_minjun_park", "whatsapp_main_120363041887302915_g_us"}


def test_tables_are_as_wide_as_their_heads(sessions: Sessions) -> None:
    """A table with a cell too many would be drawn without it."""
    for key, said in sessions.items():
        for message in said:
            for table in re.findall(r"(?:^\|.*\|$\n?)+", message.content, re.MULTILINE):
                widths = {row.count("|") for row in table.strip().split("\n")}
                assert len(widths) == 1, f"{key}: {table}"


def test_fences_are_closed(sessions: Sessions) -> None:
    for key, said in sessions.items():
        for message in said:
            assert message.content.count("```") % 2 == 0, key


def test_python_in_it_compiles(told: list[ChatMessage]) -> None:
    snippets = [
        code for text in texts(told, "assistant") for code in re.findall(r"```python\n(.*?)```", text, re.S)
    ]

    assert len(snippets) >= 2
    for snippet in snippets:
        compile(snippet, "snippet", "exec")


def test_prices_in_the_invoice_table_add_up(told: list[ChatMessage]) -> None:
    (offer,) = [text for text in texts(told, "assistant") if "Trade price" in text and "**Total**" in text]

    whole, rebate, total = (
        float(number) for number in re.findall(r"S\$ (\d+\.\d\d)\*{0,2} \|$", offer, re.MULTILINE)
    )
    assert whole - rebate == pytest.approx(total)
