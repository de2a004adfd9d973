"""Every form that a message's content takes, by release, and what each is read as.

`FORMS` names a form; each is (role, content, what its parts are). A part is written as its kind, and what
of it matters; text as it is stored.
"""

from __future__ import annotations

from typing import Final

IRC = (
    "[context: you are responding over IRC. Plain text only. No markdown, no tables, no XML/HTML tags. "
    "Never use triple backtick code fences. Use a single blank line to separate blocks instead. "
    "Be terse and concise. Use short lines. Avoid walls of text.]\n"
)
PNG = "iVBORw0KGgo="
"""Eight bytes."""

Form = tuple[str, str, list[str]]

FORMS: Final[dict[str, Form]] = {
    # User text.
    "plain, v0.4.0": ("user", "Where is my order?", ["Where is my order?"]),
    "time, v0.8.0": (
        "user",
        "[2026-06-30 16:44:51 +08:00] Hello",
        ["sent 2026-06-30T16:44:51+08:00", "Hello"],
    ),
    "time in UTC": ("user", "[2026-06-30 16:44:51 UTC] Hello", ["sent 2026-06-30T16:44:51+00:00", "Hello"]),
    "time west": ("user", "[2026-06-30 16:44:51 -03:30] x", ["sent 2026-06-30T16:44:51-03:30", "x"]),
    "memory, v0.8.0 gateway": (
        "user",
        "[Memory context]\n- name: Alice\n- likes: tea\n[/Memory context]\n\n[2026-06-30 16:44:51 +00:00] Hi",
        ["memory context: | - name: Alice\n- likes: tea\n", "sent 2026-06-30T16:44:51+00:00", "Hi"],
    ),
    "turn context": (
        "user",
        '[turn-context] time=12:00 delivery={"mode":"announce"}\nHi',
        ['turn context: | time=12:00 delivery={"mode":"announce"}', "Hi"],
    ),
    "WhatsApp group, v0.8.3": (
        "user",
        "[Current WhatsApp group message from +15551234567]\n[2026-06-30 16:44:51 +02:00] hey",
        ["group message from: +15551234567", "sent 2026-06-30T16:44:51+02:00", "hey"],
    ),
    "WhatsApp group, overheard": (
        "user",
        "[Observed WhatsApp group message from bob]\n[2026-06-30 16:44:51 +02:00] hey",
        ["observed group message from: bob", "sent 2026-06-30T16:44:51+02:00", "hey"],
    ),
    "IRC channel": ("user", IRC + "<alice> hello", [f"instructions for IRC: alice | {IRC[:-1]}", "hello"]),
    "IRC direct": (
        "user",
        IRC + "<not a nick> hello",
        [f"instructions for IRC: | {IRC[:-1]}", "<not a nick> hello"],
    ),
    "IRC with time": (
        "user",
        f"[2026-06-30 16:44:51 +02:00] {IRC}<alice> hello",
        ["sent 2026-06-30T16:44:51+02:00", f"instructions for IRC: alice | {IRC[:-1]}", "hello"],
    ),
    "email": ("user", "Subject: Order\n\nWhere is it?", ["subject: Order", "Where is it?"]),
    "email with attachments": (
        "user",
        "Subject: S\n\nbody\n[Attachment: a.txt]\none\n[Attachment: b.txt]\ntwo",
        ["subject: S", "body\n", "attachment: a.txt | one\n", "attachment: b.txt | two"],
    ),
    "Telegram reply": (
        "user",
        "> @alice:\n> Hello world\n> again\n\nYes",
        ["reply to: @alice | > Hello world\n> again\n", "Yes"],
    ),
    "Telegram forward, v0.5.8": ("user", "[Forwarded from @alice] Hi", ["forwarded from: @alice", "Hi"]),
    "Telegram forward and reply": (
        "user",
        "[Forwarded from channel: News Channel]\n\n> @bot:\n> so\n\nthen",
        ["forwarded from: channel: News Channel", "reply to: @bot | > so\n", "then"],
    ),
    "Matrix thread, v0.7.4": (
        "user",
        "[Thread root from @x:m.org]: first\nsecond\n\nanswer",
        ["thread root from: @x:m.org | first\nsecond", "answer"],
    ),
    "Matrix thread, no body": (
        "user",
        "[Thread root from @x:m.org]\n\nok",
        ["thread root from: @x:m.org |", "ok"],
    ),
    "Discord attachments": (
        "user",
        "look\n\n[Attachments]\n[notes.txt]\nsome notes\n---\n",
        ["look", "attachments: | [notes.txt]\nsome notes\n---\n"],
    ),
    "Discord attachments alone": ("user", "[Attachments]\n[a.txt]\nx", ["attachments: | [a.txt]\nx"]),
    "Slack snippet": (
        "user",
        "see\n[SNIPPET:a.py]\n```python\nx = 1\n```\nthere",
        ["see\n", "snippet: a.py | ```python\nx = 1\n```", "\nthere"],
    ),
    "Slack attachment": (
        "user",
        "[ATTACHMENT:a.pdf | mime=application/pdf | size=1234 bytes]\nread it",
        ["file a.pdf application/pdf 1234 bytes", "\nread it"],
    ),
    "links": (
        "user",
        "[Link: A page — about it]\n[Link: B — two\nlines]\nhttps://a.example https://b.example",
        ["link: A page | about it", "link: B | two\nlines", "https://a.example https://b.example"],
    ),
    "location": (
        "user",
        "[Location: 40.712800, -74.006000 — NYC]",
        ["location: 40.712800, -74.006000 — NYC"],
    ),
    "choice": ("user", "[choice]yes_1", ["choice: yes_1"]),
    # Media.
    "image by path": (
        "user",
        "[IMAGE:/home/bot/workspace/photo_99_1.jpg]\n\nWhat is this?",
        ["image photo_99_1.jpg </home/bot/workspace/photo_99_1.jpg>", "\n\nWhat is this?"],
    ),
    "image by address": (
        "user",
        "[IMAGE:https://a.example/b.png?c=d]",
        ["image b.png <https://a.example/b.png?c=d>"],
    ),
    "image of Windows": ("user", r"[IMAGE:C:\pics\a b.png]", [r"image a b.png <C:\pics\a b.png>"]),
    "image of a share": ("user", r"[IMAGE:\\host\share\a.png]", [r"image a.png <\\host\share\a.png>"]),
    "image as data": ("user", f"[IMAGE:data:image/png;base64,{PNG}]", ["image image/png 8 bytes"]),
    "image as data, cut off": ("user", f"[IMAGE:data:image/png;base64,{PNG}", ["image image/png 8 bytes"]),
    "image as data in code": (
        "user",
        f"```\n[IMAGE:data:image/png;base64,{PNG}]\n```",
        ["```\n", "image image/png 8 bytes", "\n```"],
    ),
    "media pipeline, v0.6.0": (
        "user",
        "[Image: sticker.png attached, will be processed by vision model]\n"
        f"[IMAGE:data:image/jpeg;base64,{PNG}]\n\nhm",
        [
            "image sticker.png (attached, will be processed by vision model)",
            "\n",
            "image image/jpeg 8 bytes",
            "\n\nhm",
        ],
    ),
    "image attached": ("user", "[Image: a b.png attached]\n\nsee", ["image a b.png (attached)", "\n\nsee"]),
    "image omitted": (
        "user",
        "[Image attachment omitted from history] hm",
        ["image (left out of the history)", " hm"],
    ),
    "document, Telegram": (
        "user",
        "[Document: report.pdf] /home/bot/report.pdf\n\nread",
        ["document report.pdf </home/bot/report.pdf>", "\n\nread"],
    ),
    "document, wecom_ws": ("user", "[Document: /tmp/a/b.pdf]", ["document b.pdf </tmp/a/b.pdf>"]),
    "voice": ("user", "[Voice] good morning", ["voice", " good morning"]),
    "voice behind a time, v0.8.0": (
        "user",
        "[2026-06-30 16:44:51 +08:00] [Voice] good morning",
        ["sent 2026-06-30T16:44:51+08:00", "voice", " good morning"],
    ),
    "voice without words": ("user", "[Voice message]", ["voice"]),
    "voice, Matrix": ("user", "[Voice message]: good morning", ["voice", " good morning"]),
    "voice, Matrix now": ("user", "[voice transcript]: good morning", ["voice", " good morning"]),
    "voice, QQ": (
        "user",
        "<VOICE_TRANSCRIPTION_1>good morning</VOICE_TRANSCRIPTION_1>\nbye",
        ["voice | good morning", "\nbye"],
    ),
    "audio transcription": (
        "user",
        "[Audio transcription: he said [sic] no]\n\nwell",
        ["audio | he said [sic] no", "\n\nwell"],
    ),
    "audio attached": ("user", "[Audio: attached]\n\nwell", ["audio (attached)", "\n\nwell"]),
    "audio failed": ("user", "[Audio: transcription failed]", ["audio (transcription failed)"]),
    "video attached": ("user", "[Video: clip.mp4 attached]", ["video clip.mp4 (attached)"]),
    "outbound media": (
        "assistant",
        "Here: [IMAGE:/tmp/a.png]\n[DOCUMENT:/tmp/b.pdf] [VOICE:c.ogg]\n[VIDEO:https://d.example/e.mp4]",
        [
            *("Here: ", "image a.png </tmp/a.png>", "\n", "document b.pdf </tmp/b.pdf>", " "),
            *("voice c.ogg <c.ogg>", "\n", "video e.mp4 <https://d.example/e.mp4>"),
        ],
    ),
    "outbound media, other names": (
        "assistant",
        "[PHOTO:/tmp/a.png]\n[FILE:/tmp/b.zip]\n[AUDIO:/tmp/c.mp3]",
        ["image a.png </tmp/a.png>", "\n", "file b.zip </tmp/b.zip>", "\n", "audio c.mp3 </tmp/c.mp3>"],
    ),
    # Tool traffic.
    "used tools, v0.4.0": (
        "assistant",
        "[Used tools: shell, web_search]\nDone.",
        ["used tools: shell, web_search", "Done."],
    ),
    "native call, v0.6.6": (
        "assistant",
        '{"content":null,"tool_calls":[{"arguments":"{}","id":"toolu_OK","name":"search"}]}',
        ["calls: search({}) #toolu_OK"],
    ),
    "native calls with text": (
        "assistant",
        '{"content":"One moment.","reasoning_content":"hm","tool_calls":'
        '[{"arguments":"{\\"a\\":1}","id":"a","name":"x"},{"arguments":"","id":null,"name":"y"}]}',
        ['calls: x({"a":1}) #a; y() | One moment. | hm'],
    ),
    "native call with extra content": (
        "assistant",
        '{"content":null,"tool_calls":[{"arguments":"{}","extra_content":{"s":1},"id":"a","name":"x"}]}',
        ['calls: x({}) #a +{"extra_content":{"s":1}}'],
    ),
    "tool result": (
        "tool",
        '{"content":"search results","tool_call_id":"c-1"}',
        ["result #c-1: search results"],
    ),
    "tool result without id": ("tool", '{"content":"x","tool_call_id":null}', ["result: x"]),
    "tool result as text": ("tool", "just text", ["result of nothing: just text"]),
    "tool result, other JSON": (
        "tool",
        '{"tool_call": "read_skill"}',
        ['result of nothing: {"tool_call": "read_skill"}'],
    ),
    "call in tags": (
        "assistant",
        'Let me see.\n<tool_call>\n{"name":"shell","arguments":{"command":"ls"}}\n</tool_call>',
        ["Let me see.\n", 'calls: shell({"command":"ls"})'],
    ),
    "call in other tags": (
        "assistant",
        '<toolcall>{"name":"a","arguments":{}}</toolcall>\n<tool-call>{"name":"b"}</tool-call>\n'
        '<invoke>{"name":"c"}</invoke>',
        ["calls: a({})", "\n", "calls: b({})", "\n", "calls: c({})"],
    ),
    "results in tags": (
        "user",
        '[Tool results]\n<tool_result name="shell">\na\nb\n</tool_result>',
        ["result of shell: a\nb"],
    ),
    "results in tags, v0.8.0": (
        "user",
        '[Tool results]\n<tool_result name="a" status="ok">\nx\n</tool_result>\n'
        '<tool_result name="b" status="error">\ny\n</tool_result>\n',
        ["result of a (ok): x", "result of b (error): y"],
    ),
    "pruned exchange, v0.7.3": (
        "assistant",
        "[Tool exchange: 3 tool call(s) — results collapsed]",
        ["earlier tool calls, results left out: 3"],
    ),
    "pruned context": ("user", "[context continues]", ["the context continues:"]),
    "compaction": (
        "assistant",
        "[Compaction summary]\nold things",
        ["summary of earlier messages: | old things"],
    ),
    "context summary, v0.6.2": (
        "assistant",
        "[CONTEXT SUMMARY — 12 earlier messages compressed]\n\nold things",
        ["summary of earlier messages: 12 | old things"],
    ),
    "thinking": ("assistant", "<think>hm\nhm</think>\nYes.", ["thinking: | hm\nhm", "\nYes."]),
    "thinking without an end": ("assistant", "<think>hm", ["thinking: | hm"]),
    # Closings.
    "failed": ("assistant", "[Task failed — not continuing this request]", ["closing failed"]),
    "timed out": ("assistant", "[Task timed out — not continuing this request]", ["closing timed out"]),
    "interrupted": (
        "assistant",
        "[Session interrupted — not continuing this request]",
        ["closing interrupted"],
    ),
    "no reply, v0.6.6": ("assistant", "[No reply sent: small talk]", ["closing no reply sent: small talk"]),
    "no reply": ("assistant", "[No reply sent]", ["closing no reply sent"]),
    "refused": ("assistant", "🚫 I can't help with that request.", ["closing refused, delivered"]),
    "not completed": ("assistant", "⚠️ I couldn't complete that request.", ["closing refused, delivered"]),
    "malformed": (
        "assistant",
        "I encountered malformed tool-call output and could not produce a safe reply. Please try again.",
        ["closing malformed tool call, delivered"],
    ),
    "stopped": (
        "assistant",
        "part of\n\n[interrupted by user]",
        ["part of\n\n", "closing interrupted by user"],
    ),
    "stopped at once": ("assistant", "[interrupted by user]", ["closing interrupted by user"]),
    "fallback footer": (
        "assistant",
        "Yes.\n\n---\n⚡ `a` unavailable — response from **b** (`m`)\nSwitch model: /models ",
        [
            "Yes.",
            "answered by another model: | ⚡ `a` unavailable — response from **b** (`m`)\n"
            "Switch model: /models ",
        ],
    ),
}

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "a sentence about a marker": ("user", "write [IMAGE:/path/to.png] in your reply"),
    "a marker without a place": ("assistant", "[IMAGE:…]"),
    "a marker with words": ("assistant", "[IMAGE: a cat on a sofa]"),
    "a marker in code": ("assistant", "```\n[IMAGE:/a.png]\n```"),
    "a call in code": ("assistant", '```\n<tool_call>\n{"name":"a"}\n</tool_call>\n```'),
    "a call in a sentence": ("assistant", 'say <tool_call>{"name":"a"}</tool_call>'),
    "a call that is broken": ("assistant", '<tool_call>\n{"name":"a"\n</tool_call>'),
    "a call without an end": ("assistant", '<tool_call>\n{"name":"a"}'),
    "a call by a user": ("user", '<tool_call>\n{"name":"a"}\n</tool_call>'),
    "native calls by a user": (
        "user",
        '{"content":null,"tool_calls":[{"arguments":"{}","id":"a","name":"x"}]}',
    ),
    "native calls with more": ("assistant", '{"a":1,"tool_calls":[{"arguments":"{}","id":"a","name":"x"}]}'),
    "native calls without a name": (
        "assistant",
        '{"content":null,"tool_calls":[{"arguments":"{}","id":"a"}]}',
    ),
    "native calls of none": ("assistant", '{"content":null,"tool_calls":[]}'),
    "results by the assistant": ("assistant", '[Tool results]\n<tool_result name="a">\nx\n</tool_result>'),
    "results later": ("user", 'hi\n[Tool results]\n<tool_result name="a">\nx\n</tool_result>'),
    "results without results": ("user", "[Tool results]\nnone"),
    "a time that is none": ("user", "[2026-13-30 16:44:51 +08:00] x"),
    "a time of a named zone": ("user", "[2026-06-30 16:44:51 CET] x"),
    "a time in the middle": ("user", "at [2026-06-30 16:44:51 +08:00] x"),
    "a time by the assistant": ("assistant", "[2026-06-30 16:44:51 +08:00] x"),
    "a memory without an end": ("user", "[Memory context]\n- a: b"),
    "a nick without IRC": ("user", "<alice> hello"),
    "a quote without an answer": ("user", "> @alice:\n> Hello"),
    "a quote without a name": ("user", "> Hello\n\nx"),
    "a closing by a user": ("user", "[Task failed — not continuing this request]"),
    "a closing in a sentence": ("assistant", "It said [Task failed — not continuing this request] twice"),
    "a closing and more": ("assistant", "[Task failed — not continuing this request]\nSorry."),
    "a stop in a sentence": ("assistant", "He was [interrupted by user]"),
    "a stop and more": ("assistant", "x\n\n[interrupted by user] y"),
    "a refusal and more": ("assistant", "🚫 I can't help with that request. But"),
    "used tools by a user": ("user", "[Used tools: shell]\nx"),
    "an exchange and more": ("assistant", "[Tool exchange: 3 tool call(s) — results collapsed] x"),
    "thinking in a sentence": ("assistant", "a <think>b</think>"),
    "a choice in a sentence": ("user", "the [choice]a"),
    "a location in a sentence": ("user", "at [Location: 1, 2] now"),
    "an attachment in a sentence": ("user", "the [Attachment: a.txt]\nx"),
    "another role": ("system", "[IMAGE:/a.png]"),
    "a slack attachment of nothing": ("user", "[ATTACHMENT:a.pdf]"),
}
"""Texts that only look like a form, or quote one: each is one part."""
