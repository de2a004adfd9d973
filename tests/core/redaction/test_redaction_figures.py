"""How much is masked of what should be, and of what should not: on a generated set, always the same."""

from __future__ import annotations

import random
import string
from collections import Counter
from collections.abc import Callable

from earwig.core.redaction.payment import luhn
from earwig.core.redaction.redactor import Redactor

SEED = 20260315
COUNT = 60
RECALL, PRECISION = 0.97, 0.97
"""Floors; the figures are printed (`pytest -s`)."""

Chance = random.Random


def letters(chance: Chance, count: int, of: str = string.ascii_lowercase + string.digits) -> str:
    return "".join(chance.choice(of) for _ in range(count))


def email(chance: Chance) -> str:
    name = chance.choice(["bob", "ana.lima", "j_smith", "k-o", "m+shop"]) + letters(chance, 2)
    return f"{name}@{letters(chance, 6)}.{chance.choice(['com', 'example.org', 'co.uk', 'de'])}"


def phone(chance: Chance) -> str:
    forms = ["+49 30 {4}{3}", "+1 212 555 {4}", "(212) 555-{4}", "+44 20 7946 {4}", "+33 6 12 34 {2} {2}"]
    return filled(chance, chance.choice([*forms, "+4915123456{3}", "+91 98765 4{4}", "0049 30 {4}{3}"]))


def filled(chance: Chance, form: str) -> str:
    for size in range(2, 11):
        while f"{{{size}}}" in form:
            form = form.replace(f"{{{size}}}", letters(chance, size, string.digits), 1)
    return form


def card(chance: Chance) -> str:
    start = chance.choice(["4", "51", "55", "37", "6011"])
    size = 15 if start == "37" else 16
    body = start + letters(chance, size - 1 - len(start), string.digits)
    number = next(body + check for check in string.digits if luhn([int(c) for c in body + check]))
    if size == 16 and chance.random() < 0.6:
        sign = chance.choice(" -")
        return sign.join(number[at : at + 4] for at in range(0, 16, 4))
    return number


def iban(chance: Chance) -> str:
    body = letters(chance, 18, string.digits)
    check = 98 - int(body + "131400") % 97
    number = f"DE{check:02}{body}"
    return number if chance.random() < 0.5 else " ".join(number[at : at + 4] for at in range(0, 22, 4))


def address(chance: Chance) -> str:
    if chance.random() < 0.3:
        return f"2001:db8::{letters(chance, 3, string.hexdigits.lower()[:16])}:{chance.randrange(1, 9999)}"
    return ".".join(str(chance.randrange(1, 255)) for _ in range(4))


def secret(chance: Chance) -> str:
    mixed = string.ascii_letters + string.digits
    return chance.choice(
        [
            "sk-" + letters(chance, 32, mixed),
            "ghp_" + letters(chance, 36, mixed),
            "AKIA" + letters(chance, 16, string.ascii_uppercase + string.digits),
            "eyJ" + letters(chance, 20, mixed) + "." + letters(chance, 30, mixed) + "." + letters(chance, 20),
            "xoxb-" + letters(chance, 24),
            letters(chance, 9, string.digits) + ":AA" + letters(chance, 33, mixed),
        ]
    )


def handle(chance: Chance) -> str:
    return chance.choice(["alice", "@alice", "Alice"])


WANTED: dict[str, Callable[[Chance], str]] = {
    "email": email,
    "phone": phone,
    "card": card,
    "iban": iban,
    "ip": address,
    "secret": secret,
    "handle": handle,
}

HARMLESS: dict[str, Callable[[Chance], str]] = {
    "order": lambda chance: filled(chance, chance.choice(["#{6}", "ORD-{5}", "{10}", "{2}-{4}-{3}", "{8}"])),
    "date": lambda chance: f"2026-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02} 16:44:51",
    "price": lambda chance: filled(chance, chance.choice(["1,{3}.{2} EUR", "$ {4}.{2}", "{3} 000"])),
    "version": lambda chance: f"v{chance.randrange(9)}.{chance.randrange(20)}.{chance.randrange(20)}",
    "uuid": lambda chance: "-".join(letters(chance, n, "0123456789abcdef") for n in (8, 4, 4, 4, 12)),
    "hash": lambda chance: letters(chance, 40, "0123456789abcdef"),
    "path": lambda chance: f"/srv/app/{letters(chance, 8)}/main.py:{chance.randrange(999)}",
    "no card": lambda chance: "4111 1111 1111 " + letters(chance, 3, string.digits) + "x",
    "at": lambda chance: f"meet @{chance.choice(['noon', 'home', '5pm'])} or a@b",
    "words": lambda chance: chance.choice(
        [
            "the malice of it",
            "password: please ask",
            "a secret garden",
            "std::vector<int>",
            "the token is gone",
        ]
    ),
    "code": lambda chance: f"names[{chance.randrange(99)}] = x if a[1:] else f(0x{chance.randrange(9**9):x})",
    "time": lambda chance: filled(chance, "1{9}") + f" ms, {chance.randrange(24)}:{chance.randrange(60):02}",
}

SENTENCES = ("it is {}", "Please use {}, thanks!", "({})", "see {} below", "Where is {}?", "{}", "x\n{}\ny")


def test_recall_and_precision() -> None:
    chance = random.Random(SEED)
    missed: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for kind, make in WANTED.items():
        for _ in range(COUNT):
            value = make(chance)
            text = Redactor("telegram_alice").redact(chance.choice(SENTENCES).format(value))
            missed[kind] += value in text or not text.count("[")
    for kind, make in HARMLESS.items():
        for _ in range(COUNT):
            text = chance.choice(SENTENCES).format(make(chance))
            wrong[kind] += Redactor("telegram_alice").redact(text) != text
    wanted, harmless = COUNT * len(WANTED), COUNT * len(HARMLESS)
    found, false = wanted - missed.total(), wrong.total()
    recall, precision = found / wanted, found / (found + false)
    print(f"\nrecall {recall:.3f} of {wanted}, precision {precision:.3f} with {harmless} harmless ones")
    print(f"missed: {dict(+missed)}  masked for nothing: {dict(+wrong)}")
    assert recall >= RECALL, dict(+missed)
    assert precision >= PRECISION, dict(+wrong)
