"""What only the browser can tell of settings: whether themes, keys and actions are of these names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from textual.binding import Binding
from textual.keys import REPLACED_KEYS, Keys, key_to_character
from textual.theme import BUILTIN_THEMES

from earwig.core.settings.settings import Settings
from earwig.core.settings.settings_source import Loaded, Source
from earwig.core.text.refusal import Refusal
from earwig.core.text.safe_text import SafeText, clean_line, joined, own_text
from earwig.ui.rendering.plain import Tell

MODIFIERS = frozenset({"shift", "ctrl", "alt", "meta", "super", "hyper"})

_ALLOWED = own_text('keys such as "G", "f5", "ctrl+g", "shift+up", "question_mark"')
_NAMED = frozenset([*(key.value for key in Keys), *REPLACED_KEYS])


_TOLD = 3
"""Sentences that a notification has room for."""

_SHOWN = 15.0
"""Seconds that it takes to read them."""


def settings_of(loaded: Loaded | None) -> tuple[Settings, Callable[[], Sequence[SafeText]]]:
    """Return what holds, and what tells why the rest does not; raises `Refusal` for a theme just typed."""
    if loaded is None:
        return Settings(), tuple
    theme = loaded.settings.theme
    if loaded.sources.get("theme") is Source.FLAG and theme not in BUILTIN_THEMES:
        known = clean_line(", ".join(sorted(BUILTIN_THEMES)))
        raise Refusal(own_text("there is no theme {}; choose one of {}", clean_line(theme), known))
    return usable(loaded), lambda: problems_of(loaded)


def tell_problems(tell: Tell, problems: Sequence[SafeText]) -> None:
    if not problems:
        return
    told = [*problems[:_TOLD]]
    if len(problems) > len(told):
        told.append(own_text("and {} more", len(problems) - len(told)))
    told.append(own_text("`earwig config` shows what holds."))
    title = own_text("Settings that are not used")
    tell(joined(own_text("\n"), told), title=title, severity="warning", timeout=_SHOWN)


def is_key(name: str) -> bool:
    """Return whether Textual could report a key of this name."""
    *modifiers, base = name.split("+")
    known = base in _NAMED or (len(base) == 1 and base.isprintable()) or _is_character(base)
    return known and MODIFIERS.issuperset(modifiers)


def _is_character(name: str) -> bool:
    return len(name) > 1 and name == name.lower() and key_to_character(name) is not None


def usable(loaded: Loaded) -> Settings:
    """Return the settings without what the browser could make nothing of; takes no time to speak of."""
    settings = loaded.settings
    theme = settings.theme if settings.theme in BUILTIN_THEMES else ""
    keys = {action: text for action, text in settings.keys.items() if all(map(is_key, text.split(",")))}
    return settings._replace(theme=theme, keys=keys)


def problems_of(loaded: Loaded) -> list[SafeText]:
    """Return what is wrong with the settings, a sentence each; of watch rules, who reads them tells."""
    problems = [*loaded.early_problems]
    theme = loaded.settings.theme
    if theme and theme not in BUILTIN_THEMES:
        from earwig.core.settings.settings_rules import unknown

        place = (
            loaded.place("theme") if loaded.sources.get("theme") is Source.FILE else own_text("EARWIG_THEME")
        )
        sentence = unknown(own_text("theme"), theme, tuple(sorted(BUILTIN_THEMES)))
        problems.append(own_text("{}: {}", place, sentence))
    problems += _key_problems(loaded)
    return problems


def _key_problems(loaded: Loaded) -> Iterator[SafeText]:
    keys = loaded.settings.keys
    if not keys:
        return
    from earwig.core.settings.settings_rules import is_but_may_be, unknown
    from earwig.ui.app.actions import whole_table  # loads all screens: only for who has keys of their own

    actions = whole_table()
    for action, text in keys.items():
        place = loaded.place("keys", action)
        wrong = next((key for key in text.split(",") if not is_key(key)), None)
        if action not in actions:
            yield own_text("{}: {}", place, unknown(own_text("action"), action, tuple(sorted(actions))))
        elif wrong is not None:
            yield own_text("{}: {}", place, is_but_may_be(action, text, _ALLOWED))
    for action, losers in _taken(usable(loaded).keys, actions).items():
        names = joined(own_text(" and "), map(clean_line, losers))
        yield own_text(
            "{}: {} has the key of {} now; give that another one",
            *(loaded.place("keys", action), clean_line(action), names),
        )


def _taken(keys: Mapping[str, str], actions: Mapping[str, Binding]) -> dict[str, list[str]]:
    """By action, those of the same group that lose all their keys to it."""
    owners = {
        (_group(action), key): action
        for action, text in keys.items()
        if action in actions
        for key in _normal(text)
    }
    taken: dict[str, list[str]] = {}
    for action, binding in actions.items():
        if action in keys:
            continue
        by = [owners.get((_group(action), key)) for key in _normal(binding.key)]
        if all(by):
            taken.setdefault(by[0] or "", []).append(action)
    return taken


def _group(action: str) -> str:
    return action.partition(".")[0]


def _normal(text: str) -> Iterable[str]:
    return [binding.key for binding in Binding.make_bindings([Binding(text, "x")])]
