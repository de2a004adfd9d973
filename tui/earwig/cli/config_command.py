"""`earwig config`: the settings that hold, and where each comes from."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from typing import NamedTuple

from earwig.cli.output import CannotDo, Output
from earwig.cli.parser import Parser
from earwig.cli.sessions import complain
from earwig.core.settings.settings import COLOURED
from earwig.core.settings.settings_rules import RULES, shown
from earwig.core.settings.settings_source import Loaded, Source, load_settings
from earwig.core.text.safe_text import SafeText, clean_line, own_text, safe_name

_MORE = """
Settings are in one file of TOML, whose place --path prints; EARWIG_CONFIG names another. A variable such as
EARWIG_THEME goes before the file, and a flag of `earwig` before both. Where a setting cannot be used, a line
on standard error says why, and the status is 1.
JSON: setting, value (null: the theme decides), source (file, environment, default), line (of the file).

examples:
  earwig config                         what holds
  earwig config --json | jq -r 'select(.source == "file").setting'
  $EDITOR "$(earwig config --path)"
"""


class _Options(argparse.Namespace):
    json: bool
    path: bool


class _Line(NamedTuple):
    """One setting."""

    place: tuple[str, ...]
    """The keys that lead to it in the file."""

    value: str | int | bool | None
    source: Source

    @property
    def name(self) -> str:
        """As one would write it in the file's first table."""
        return ".".join(json.dumps(key) if "." in key else key for key in self.place)


def run(arguments: list[str], out: Output, err: Output) -> int:
    """Print the settings; 1 if some cannot be used."""
    options = parser().parse_args(arguments, _Options())
    loaded = load_settings(os.environ)
    if options.path:
        return _print_path(loaded, out)
    from earwig.ui.app.own_settings import problems_of  # only the browser's parts know keys and themes

    problems = [*problems_of(loaded), *loaded.rule_problems]
    for problem in problems:
        complain(err, problem)
    for line in _lines(loaded):
        if options.json:
            number = loaded.lines.get(line.place) if line.source is Source.FILE else None
            out.record(
                {"setting": line.name, "value": line.value, "source": line.source.value, "line": number}
            )
        else:
            out.line(_words(line, loaded))
    return 1 if problems else 0


def parser() -> Parser:
    taken = Parser("earwig config", "Show the settings that hold, and where each comes from.", _MORE)
    taken.add_flag("--path", words="print the file's path, whether it is there or not")
    taken.add_json()
    return taken


def _print_path(loaded: Loaded, out: Output) -> int:
    if loaded.path is None:
        raise CannotDo(own_text("no home folder is known; name a file in EARWIG_CONFIG"))
    # As a name is shown, which is the name itself wherever it can be typed.
    out.line(safe_name(str(loaded.path)))
    return 0


def _lines(loaded: Loaded) -> Iterator[_Line]:
    from earwig.ui.app.actions import whole_table
    from earwig.ui.app.own_settings import usable

    settings = usable(loaded)
    for rule in RULES:
        value = getattr(settings, rule.name)
        changed = value != getattr(loaded.settings, rule.name)
        source = Source.DEFAULT if changed else loaded.sources.get(rule.name, Source.DEFAULT)
        yield _Line((rule.name,), value, source)
    for role in COLOURED:
        own = settings.colours.get(role)
        yield _Line(("colors", role), own, Source.DEFAULT if own is None else Source.FILE)
    for number, pattern in enumerate(settings.redact_patterns, 1):
        place = ("redact", f"patterns[{number}]")
        yield _Line(place, f"{pattern.name}: {pattern.pattern.pattern}", Source.FILE)
    for number, watched in enumerate(settings.watch, 1):
        yield _Line(("watch", f"rule {number}"), watched.name, Source.FILE)
    for action, binding in sorted(whole_table().items()):
        own = settings.keys.get(action)
        yield _Line(
            ("keys", action),
            binding.key if own is None else own,
            Source.DEFAULT if own is None else Source.FILE,
        )


def _words(line: _Line, loaded: Loaded) -> SafeText:
    """As text: what it is, and where it is from unless it is as usual."""
    if line.value is None:
        value = own_text("(the theme's)")
    else:
        value = own_text("(Textual's)") if line.value == "" else shown(line.value)
    setting = own_text("{} = {}", clean_line(line.name), value)
    if line.source is Source.DEFAULT:
        return own_text("{:<48}  default", setting)
    if line.source is Source.FILE:
        return own_text("{:<48}  {}", setting, loaded.place(*line.place))
    return own_text("{:<48}  {}", setting, clean_line(f"EARWIG_{line.name.upper()}"))
