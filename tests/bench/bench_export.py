"""What an export costs by the byte: Markdown made to cost much, and what is masked."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterator
from functools import partial

from earwig.core.content.reading import read_content
from earwig.core.redaction.redactor import Redactor
from earwig.export.formats.writer import writer_for
from earwig.export.message import ExportedMessage
from earwig.export.request import Format
from tests.bench.registry import Options, Result, benchmark
from tests.bench.sessions import MEGABYTE

TWICE = 2.6
"""Times what half of it takes, noise included."""

MANY = 300
BOMB = "**a*a_b_ " * 900
ORDINARY = (
    "# Order 1204\n\nIt left our depot **this morning**, see `track` or [here](https://x.example):\n\n"
    "- one parcel, 2 kg\n- one letter\n\n```sh\ncurl -s https://x.example | jq .state\n```\n\nBye!\n\n"
)

NESTED: dict[str, Callable[[int], str]] = {
    "'>' in a row": lambda size: ">" * size,
    "a list as deep as long": lambda size: "\n".join("  " * depth + "- x" for depth in range(int(size**0.5))),
    "brackets": lambda size: "[" * size,
}


def log_of(size: int) -> str:
    """Lines of a log, as tools give them back."""
    chance = random.Random(1)
    lines = (
        f"2026-06-30 16:44:{chance.randrange(60):02} INFO [worker-{chance.randrange(9)}] GET /orders/"
        f"{chance.randrange(10**6)} 200 took={chance.randrange(900)}ms id={chance.getrandbits(128):032x}"
        for _ in range(size // 100)
    )
    return "\n".join(lines)


MASKED: dict[str, Callable[[int], str]] = {
    "prose": lambda size: "the order left our depot this morning. " * (size // 39),
    "a log": log_of,
    "JSON in JSON": lambda size: json.dumps(
        json.dumps([{"id": n, "mail": f"b{n}@x.example", "text": "a\nb"} for n in range(size // 70)])
    ),
    "mails": lambda size: " ".join(f"bob{n}@x{n % 99}.example" for n in range(size // 20)),
    "digits": lambda size: "1234 " * (size // 5),
    "backslashes": lambda size: "\\" * size,
}


@benchmark("export")
def run(options: Options) -> Iterator[Result]:
    """Messages made to cost much, against half of them; what masks, against one look for words."""
    for chosen in (Format.MARKDOWN, Format.HTML):
        for name, make in NESTED.items():
            half, whole = (taken(partial(written, chosen, [text])) for text in halves(make))
            yield Result(f"{chosen.value}, {name}, 4 MB", whole, half, "half of it", TWICE)
        ordinary = ORDINARY * (len(BOMB) // len(ORDINARY))
        cost, usual = (taken(partial(written, chosen, [text] * MANY)) for text in (BOMB, ordinary))
        yield Result(f"{chosen.value}, {MANY} such messages of 8 kB", cost, usual, "ordinary ones", None)
    words = re.compile(r"\w+")
    for name, make in MASKED.items():
        half_text, text = halves(make)
        half, whole = taken(partial(masked, half_text)), taken(partial(masked, text))
        yield Result(f"masking {name}, {len(text) / MEGABYTE:.0f} MB", whole, half, "half of it", TWICE)
        plain = taken(partial(words.findall, text))
        yield Result(f"masking {name}", whole, plain, "looking for words", None)


def halves(make: Callable[[int], str]) -> tuple[str, str]:
    """Some 2 MB, and 4."""
    return make(2 * MEGABYTE), make(4 * MEGABYTE)


def taken(action: Callable[[], object]) -> float:
    """Milliseconds of the processor."""
    begun = time.process_time()
    action()
    return (time.process_time() - begun) * 1_000


def written(chosen: Format, contents: list[str]) -> int:
    writer = writer_for(chosen)
    return sum(
        len(writer.message(ExportedMessage(1, "assistant", each, read_content("assistant", each))))
        for each in contents
    )


def masked(text: str) -> str:
    return Redactor("telegram_alice").redact(text)
