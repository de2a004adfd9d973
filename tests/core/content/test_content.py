"""What a message's content is read as: every form of every release, and never a character lost."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from earwig.core.content.envelopes import sent_at
from earwig.core.content.parts import Call, Calls, Closing, Media, Part, Quiet, Result, Sent, Text
from earwig.core.content.reading import KEPT, read_content, text_of
from tests.data.content_forms import FORMS, TEXTS
from tests.data.hostile import HOSTILE


def told(part: Part, content: str) -> str:
    """A part in the words of the corpus."""
    match part:
        case Text():
            return content[part.start : part.stop]
        case Sent():
            return f"sent {part.at.isoformat()}"
        case Quiet():
            label = f"{part.kind.value}: {part.label}".rstrip()
            body = content[part.body_start : part.body_stop]
            return f"{label} | {body}" if part.body_stop else label
        case Media():
            return _media(part, content)
        case Calls():
            calls = "; ".join(map(_call, part.calls))
            return " | ".join(["calls: " + calls, *filter(None, [part.said, part.reasoning])])
        case Result():
            of = f" of {part.name}" if part.name else "" if part.pairs else " of nothing"
            status = f" ({part.status})" if part.status else ""
            return f"result{of}{status}" + (f" #{part.call}" if part.call else "") + f": {part.text}"
        case Closing():
            reason = f": {part.reason}" if part.reason else ""
            return f"closing {part.kind.value}{reason}" + (", delivered" if part.delivered else "")
    raise AssertionError(part)


def _call(call: Call) -> str:
    id_, extra = f" #{call.id}" if call.id else "", f" +{call.extra}" if call.extra else ""
    return f"{call.name}({call.arguments}){id_}{extra}"


def _media(part: Media, content: str) -> str:
    words = [part.kind.value, part.name, part.mime]
    words.append("" if part.size is None else f"{part.size} bytes")
    words += [f"<{part.source}>" if part.source else "", f"({part.remark})" if part.remark else ""]
    if part.body_stop:
        words.append("| " + content[part.body_start : part.body_stop])
    return " ".join(filter(None, words))


def check_spans(content: str, parts: tuple[Part, ...]) -> None:
    """Every character belongs to exactly one part, and what a part points at is inside of it."""
    at = 0
    for part in parts:
        assert part.start == at
        assert part.stop > part.start
        at = part.stop
        if isinstance(part, Quiet | Media) and part.body_stop:
            assert part.start <= part.body_start <= part.body_stop <= part.stop
    assert at == len(content)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_read_as_what_it_is(name: str) -> None:
    role, content, expected = FORMS[name]
    parts = read_content(role, content)
    check_spans(content, parts)
    assert [told(part, content).rstrip(" ") for part in parts] == [words.rstrip(" ") for words in expected]


@pytest.mark.parametrize("name", TEXTS)
def test_what_only_looks_like_a_form_is_text(name: str) -> None:
    role, content = TEXTS[name]
    assert read_content(role, content) == (Text(0, len(content)),)


def test_an_empty_content_has_no_parts() -> None:
    for role in ("user", "assistant", "system"):
        assert read_content(role, "") == ()


def test_the_own_time_is_found_without_the_rest() -> None:
    for role, content, _ in FORMS.values():
        own = [part.at for part in read_content(role, content) if isinstance(part, Sent)]
        assert sent_at(role, content) == (own[0] if own else None)


def test_the_text_is_what_somebody_said() -> None:
    role, content, _ = FORMS["memory, v0.8.0 gateway"]
    assert text_of(content, read_content(role, content)) == "Hi"


def test_a_second_time_is_text() -> None:
    content = "[2026-06-30 16:44:51 +08:00] [2020-01-01 00:00:00 +00:00] x"
    parts = read_content("user", content)
    assert [type(part) for part in parts] == [Sent, Text]
    assert text_of(content, parts) == "[2020-01-01 00:00:00 +00:00] x"


def test_the_size_of_data_is_what_it_decodes_to() -> None:
    import base64

    for size in (0, 1, 2, 3, 100, 34_001):
        data = base64.b64encode(b"x" * size).decode()
        (part,) = read_content("user", f"[IMAGE:data:image/png;base64,{data}]")
        assert isinstance(part, Media)
        assert part.size == size


PIECES = [
    *(content for _, content, _ in FORMS.values()),
    *(content for _, content in TEXTS.values()),
    *(
        "\n",
        "\n\n",
        " ",
        "x",
        "[",
        "]",
        "```",
        "```\n",
        "</tool_call>",
        "]\n",
        "> ",
        "> @a:\n",
        "\u2028",
        "日本",
        "\r\n",
    ),
    *(
        "[IMAGE:",
        "[IMAGE:data:",
        "[Audio transcription: ",
        "<think>",
        "<tool_call>",
        "[Attachments]\n[",
        "---\n⚡ ",
    ),
]


@settings(max_examples=400)
@given(
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | st.text(),
    st.sampled_from(["user", "assistant", "tool", "system", "USER"]),
)
@example("[Attachments]\n[Attachments]\n[a", "user")
@example("x\n\n[interrupted by user]\n\n---\n⚡ unavailable — response from", "assistant")
@example("\n\n[Attachments]\n[", "user")
def test_every_character_belongs_to_one_part(content: str, role: str) -> None:
    check_spans(content, read_content(role, content))


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_text_loses_nothing(name: str) -> None:
    for role in ("user", "assistant", "tool"):
        check_spans(HOSTILE[name], read_content(role, HOSTILE[name]))


BOMBS: dict[str, Callable[[], str]] = {
    "text": lambda: "x" * 10_000_000,
    "brackets": lambda: "[" * 10_000_000,
    "images": lambda: "[IMAGE:" * 1_400_000,
    "images of data": lambda: "[IMAGE:data:," * 700_000,
    "images of paths": lambda: "[IMAGE:/a.png]" * 700_000,
    "calls": lambda: "<tool_call>\n" * 800_000,
    "calls with an end": lambda: "<tool_call>{\n" * 80_000 + "</tool_call>",
    "thoughts": lambda: "<think>\n" * 1_000_000,
    "transcriptions": lambda: "[Audio transcription: \n" * 400_000,
    "attached": lambda: "[Image: a" + " a" * 100_000 + "\n[Image: a" * 100_000,
    "attachments": lambda: "[Attachments]\n[" * 600_000,
    "attachment": lambda: "[Attachment: a]\n" * 600_000,
    "quotes": lambda: "> @a:\n" + "> \n" * 3_000_000,
    "results": lambda: "[Tool results]\n" + '<tool_result name="a">\n' * 400_000,
    "json": lambda: '{"tool_calls":[' + "[" * 1_900_000,
    "json, long": lambda: '{"content":"' + "x" * 10_000_000 + '","tool_calls":[]}',
    "links": lambda: "[Link: a — b]\n" * 600_000,
    "spaces": lambda: "[No reply sent]" + " " * 10_000_000,
    "one picture": lambda: "[IMAGE:data:image/png;base64," + "A" * 10_000_000 + "]\n\nWhat is this?",
    "snippets": lambda: "[SNIPPET:a]\n```" * 600_000,
    "fences": lambda: "```\n" * 2_500_000,
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("role", ["user", "assistant", "tool"])
def test_a_long_content_is_read_in_little_time(name: str, role: str) -> None:
    content = BOMBS[name]()
    best, parts = 60.0, read_content(role, content)
    for _ in range(2):
        start = time.thread_time()
        parts = read_content(role, content)
        best = min(best, time.thread_time() - start)
    assert best < 1  # in proportion to its square, it would be minutes
    check_spans(content, parts)
    assert len(parts) <= 2 * KEPT
