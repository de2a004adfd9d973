"""The one page of an HTML export: its frame, its look, and what it forbids the browser to do."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from html import escape

from earwig.core.text.safe_text import SafeText
from earwig.export.facts import Facts

STYLE = """
:root { color-scheme: light dark; --ink: #1c1e21; --muted: #5c6370; --line: #d8dce2; --page: #ffffff;
  --soft: #f3f5f8; --user: #0a6e5c; --assistant: #6a3fb5; --other: #8a5a00; --bad: #b3261e; --link: #0b57d0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7eb; --muted: #9aa3b0; --line: #353b45;
  --page: #16191d; --soft: #1f242a; --user: #5fd0ba; --assistant: #c3a6ff; --other: #e5b567; --bad: #ff8a80;
  --link: #8ab4f8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 52rem; background: var(--page);
  color: var(--ink); font: 1rem/1.55 system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.4rem; margin: 0 0 .75rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1.25rem; margin: 0 0 2rem;
  padding: .8rem 1rem; background: var(--soft); border-radius: .5rem; font-size: .92rem; }
dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
article { border-left: 3px solid var(--line); margin: 0 0 1.1rem; padding: 0 0 0 .9rem; }
article > header { display: flex; gap: .75rem; align-items: baseline; font-size: .86rem; }
.who { font-weight: 600; overflow-wrap: anywhere; color: var(--other); }
.number, .remark, summary, .language, .note, time { color: var(--muted); font-size: .82rem; }
.number { margin-left: auto; font-variant-numeric: tabular-nums; }
.user { border-color: var(--user); } .user .who { color: var(--user); }
.assistant { border-color: var(--assistant); } .assistant .who { color: var(--assistant); }
.bad { border-color: var(--bad); border-left-style: dashed; } .bad .who { color: var(--bad); }
.content { overflow: hidden; overflow-wrap: anywhere; unicode-bidi: isolate; }
.content > :first-child { margin-top: .2rem; } .content > :last-child { margin-bottom: .2rem; }
.plain { white-space: pre-wrap; margin: .2rem 0; }
pre, code { font: .9em/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
code { background: var(--soft); border-radius: .25rem; padding: .08em .3em; }
pre { background: var(--soft); border-radius: .4rem; padding: .7rem .9rem; margin: .4rem 0;
  white-space: pre-wrap; overflow-wrap: anywhere; }
pre code { padding: 0; background: none; font-size: 1em; }
.content h1, .content h2, .content h3, .content h4, .content h5, .content h6 { font-size: 1.05rem;
  margin: .8rem 0 .3rem; }
.content p { margin: .4rem 0; } .content ul, .content ol { margin: .4rem 0; padding-left: 1.6rem; }
blockquote { margin: .4rem 0; padding-left: .8rem; border-left: 2px solid var(--line); color: var(--muted); }
table { border-collapse: collapse; margin: .5rem 0; font-size: .93em; }
th, td { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; vertical-align: top; }
.right { text-align: right; } .center { text-align: center; }
hr { border: 0; border-top: 1px solid var(--line); }
a { color: var(--link); } .to { color: var(--muted); font-size: .88em; }
summary { cursor: pointer; overflow-wrap: anywhere; }
.note, details > .remark { margin: .3rem 0; }
.tool > summary { color: var(--ink); font: .88em/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas,
  monospace; }
.ending { border: 1px solid currentColor; border-radius: .6rem; padding: 0 .5rem; color: var(--muted); }
.ending.failed { color: var(--bad); font-weight: 600; }
@media print {
  :root { --ink: #000; --muted: #444; --line: #bbb; --page: #fff; --soft: #f4f4f4; --user: #064f42;
    --assistant: #452583; --other: #5e3d00; --bad: #8c1d18; --link: #000; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  article > header { break-after: avoid; } pre, blockquote, tr { break-inside: avoid-page; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
"""

_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"
"""Not even a style inside a message is obeyed; nothing can be fetched, run or sent."""


def head(facts: Facts) -> str:
    """Return all before the first message."""
    session, *rest = facts.told()
    rows = "".join(f"<dt>{escape(fact.name)}</dt><dd>{escape(fact.told)}</dd>\n" for fact in rest)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>{escape(session.told)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{escape(session.told)}</h1>\n<dl>\n{rows}</dl>\n<main>\n"
    )


def article(kind: str, place: SafeText, who: SafeText, remark: SafeText, body: str, marks: str = "") -> str:
    """One message, or a line that is none; `kind` is of ours, `body` and `marks` (of its head) are HTML."""
    said = f'<span class="remark">{escape(remark)}</span>' if remark else ""
    return (
        f'<article class="{kind}" id="{_anchor(place)}">'
        f'<header><span class="who" dir="auto">{escape(who)}</span>'
        f'{marks}{said}<span class="number">{escape(place)}</span></header>\n'
        f'<div class="content" dir="auto">{body}</div></article>\n'
    )


def ending(word: SafeText, *, failed: bool) -> str:
    """Return how a turn ended, for the head of its article."""
    return f'<span class="{"ending failed" if failed else "ending"}">{escape(word)}</span>'


def time(at: datetime, shown: SafeText) -> str:
    """Return when a message came, for the head of its article."""
    return f'<time datetime="{at.isoformat()}">{escape(shown)}</time>'


def foot() -> str:
    return "</main>\n</body>\n</html>\n"


def _anchor(place: SafeText) -> str:
    digits = place.strip("#?")
    return f"L{digits}" if digits.isdecimal() else "unnumbered"
