"""Settings: what a file, the environment and flags make of them, and what is said of what is wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwig.core.settings.settings import Settings
from earwig.core.settings.settings_reading import LARGEST
from earwig.core.settings.settings_source import Loaded, Source, config_path, load_settings
from earwig.core.text.safe_text import clean
from tests.data.hostile import HOSTILE
from tests.this_system import make_pipe


def load(path: Path, text: str | bytes, **more: str) -> Loaded:
    """The settings of a file with this text."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_settings({"EARWIG_CONFIG": str(path), **more})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "earwig.toml"


def one_problem(loaded: Loaded, path: Path) -> str:
    """The one sentence, without the file that it begins with."""
    (sentence,) = loaded.problems
    assert sentence.startswith(str(path))
    return sentence.removeprefix(str(path)).removeprefix(", ").removeprefix(": ")


def test_where_nothing_is_set_all_is_as_usual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    loaded = load_settings({})
    assert loaded.settings == Settings()
    assert loaded.problems == ()
    assert loaded.sources == {}
    assert not loaded.settings.utc
    assert loaded.path is not None
    assert loaded.path.is_relative_to(tmp_path)
    assert loaded.path.name == "config.toml"
    assert list(tmp_path.iterdir()) == []


def test_a_file_sets_everything(file: Path) -> None:
    loaded = load(
        file,
        """
        theme = "nord"
        sort = "name"
        time = "utc"
        width = 72
        wrap = false
        mouse = false
        poll = true
        plain = true
        [keys]
        "transcript.newest" = "end, G"
        [colors]
        user = "#FFcc00"
        [redact]
        patterns = [{ name = "order", pattern = 'A-\\d+' }]
        """,
    )
    assert loaded.problems == ()
    settings = loaded.settings
    assert (settings.theme, settings.sort, settings.utc, settings.width) == ("nord", "name", True, 72)
    assert (settings.wrap, settings.mouse, settings.poll, settings.plain) == (False, False, True, True)
    assert settings.keys == {"transcript.newest": "end,G"}
    assert settings.colours == {"user": "#ffcc00"}
    (pattern,) = settings.redact_patterns
    assert pattern.name == "order"
    assert pattern.pattern.sub("…", "for A-123") == "for …"
    assert set(loaded.sources.values()) == {Source.FILE}
    assert len(loaded.sources) == 11


def test_flags_go_before_the_environment_and_that_before_the_file(file: Path) -> None:
    file.write_text('theme = "nord"\nsort = "name"\ntime = "utc"\n')
    environ = {
        "EARWIG_CONFIG": str(file),
        "EARWIG_THEME": "gruvbox",
        "EARWIG_SORT": "size",
        "EARWIG_POLL": "",
    }
    loaded = load_settings(environ, {"theme": "dracula", "poll": None})
    assert (loaded.settings.theme, loaded.settings.sort, loaded.settings.time) == ("dracula", "size", "utc")
    assert loaded.sources == {"theme": Source.FLAG, "sort": Source.ENVIRONMENT, "time": Source.FILE}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1", True), ("true", True), (" YES ", True), ("on", True), ("0", False), ("Off", False), ("no", False)],
)
def test_a_switch_in_the_environment(text: str, expected: bool) -> None:
    loaded = load_settings({"EARWIG_CONFIG": os.devnull, "EARWIG_WRAP": text})
    assert loaded.settings.wrap is expected
    assert loaded.sources["wrap"] is Source.ENVIRONMENT


@pytest.mark.parametrize(
    ("variable", "text", "said"),
    [
        ("EARWIG_WRAP", "maybe", 'EARWIG_WRAP is "maybe"; it may be true or false'),
        ("EARWIG_TIME", "UTC+1", 'EARWIG_TIME is "UTC+1"; it may be "local" or "utc"'),
        ("EARWIG_WIDTH", "19", 'EARWIG_WIDTH is "19"; it may be a whole number from 20 to 1000'),
        ("EARWIG_WIDTH", "-5", 'EARWIG_WIDTH is "-5"; it may be a whole number'),
        ("EARWIG_WIDTH", "9" * 5000, "it may be a whole number"),
    ],
)
def test_a_wrong_variable_is_told_and_changes_nothing(
    variable: str, text: str, said: str, file: Path
) -> None:
    loaded = load(file, "wrap = false", **{variable: text})
    (sentence,) = loaded.problems
    assert said in sentence
    assert len(sentence) < 250
    assert loaded.settings == Settings(wrap=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n\ntime = 'noon'", 'line 3: time is "noon"; it may be "local" or "utc"'),
        ("time = 3", 'line 1: time is 3; it may be "local" or "utc"'),
        ("time = 1979-05-27", 'line 1: time is 1979-05-27; it may be "local" or "utc"'),
        ("width = true", "line 1: width is true; it may be a whole number from 20 to 1000, or 0 for all"),
        ("width = 1001", "line 1: width is 1001; it may be a whole number"),
        ("width = 0x" + "f" * 5000, "line 1: width is a very large number; it may be a whole number"),
        ("wrap = 1", "line 1: wrap is 1; it may be true or false"),
        ("wrap = []", "line 1: wrap is a list; it may be true or false"),
        ("theme = {}", "line 1: theme is a table; it may be the name of a theme"),
        ("# x\ncolour = 1", 'line 2: there is no setting "colour"; did you mean colors?'),
        ("zzz = 1", 'line 1: there is no setting "zzz"; there are theme, sort, time'),
        ("keys = 1", 'line 1: keys is 1; it may be a table of "action" = "key,key"'),
        ("[keys]\nx = 1", "line 2: x is 1; it may be one key or several"),
        ("[keys]\nx = ' , '", 'line 2: x is " , "; it may be one key or several'),
        ("[keys]\n'a.x' = 'j'\n\n\"a.y\" = 'k,j'", 'line 4: a.y has the key "j", and so has a.x'),
        ("colors = 'red'", 'line 1: colors is "red"; it may be a table'),
        ("[colors]\nuser = 'red'", 'line 2: user is "red"; it may be a "#" and six'),
        ("[colors]\nusr = '#123456'", 'line 2: there is no color for "usr"; did you mean user?'),
        ("colors.bad = '#12345'", 'line 1: bad is "#12345"; it may be a "#"'),
        ("redact = 1", "line 1: redact is 1; it may be a table with patterns"),
        (
            "[redact]\npattern = []",
            'line 2: there is no setting in [redact] "pattern"; did you mean patterns?',
        ),
        ("[redact]\npatterns = 'x'", 'line 2: patterns is "x"; it may be patterns = [{name'),
        ("[redact]\npatterns = ['x']", "line 2: pattern 1 of [redact] is to have a name and a pattern"),
        (
            "[redact]\npatterns = [{name='a', pattern='('}]",
            "line 2: pattern 1 of [redact] is no regular expression: missing )",
        ),
        ("[redact]\npatterns = [{name='a', pattern='x*'}]", "line 2: pattern 1 of [redact] matches an empty"),
        ("[redact]\npatterns = [{name='', pattern='x'}]", "line 2: pattern 1 of [redact] is to have texts"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_may_be_there(text: str, said: str, file: Path) -> None:
    loaded = load(file, text)
    assert one_problem(loaded, file).startswith(said)
    settings = loaded.settings
    assert settings.keys in ({}, {"a.x": "j"})
    assert (settings.time, settings.width, settings.wrap, settings.theme) == ("local", 100, True, "")
    assert settings.colours == {}
    assert settings.redact_patterns == ()


def test_what_is_right_beside_it_is_used(file: Path) -> None:
    loaded = load(
        file, "width = 5\nwrap = false\n[colors]\nuser = 'x'\ntool = '#123'\n[keys]\na = ''\nb = 'c'"
    )
    assert len(loaded.problems) == 3
    assert loaded.settings == Settings(wrap=False, colours={"tool": "#123"}, keys={"b": "c"})


def test_one_key_may_do_two_things_in_two_places(file: Path) -> None:
    loaded = load(file, "[keys]\n'sessions.up' = 'p'\n'transcript.up' = 'p'")
    assert loaded.problems == ()
    assert loaded.settings.keys == {"sessions.up": "p", "transcript.up": "p"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"theme = ", " is not TOML: Invalid value (at end of document); no setting of it is used"),
        (b"a = 1\na = 2\n", " is not TOML: Cannot overwrite a value (at line 2,"),
        (b"a = " + b"[" * 100_000, " is not TOML: "),
        (b"a = " + b"9" * 5000, " is not TOML: "),
        (b"wrap = false\n# gr\xfc\xdfe", " is not UTF-8 in line 2; no setting"),
        (b" " * (LARGEST + 1), " is too large to be settings; no setting"),
    ],
)
def test_a_file_that_cannot_be_understood(data: bytes, said: str, file: Path) -> None:
    loaded = load(file, data)
    (sentence,) = loaded.problems
    assert sentence.startswith(f"{file}{said}")
    assert loaded.settings == Settings(redact_fault=loaded.problems[0])


def test_a_file_that_is_named_and_not_there(file: Path) -> None:
    loaded = load_settings({"EARWIG_CONFIG": str(file)})
    (sentence,) = loaded.problems
    assert sentence == f"{file} is not there; EARWIG_CONFIG names it: make it, or unset that"
    beneath = load_settings({"EARWIG_CONFIG": __file__ + "/x"})
    assert "is not there" in beneath.problems[0]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (sentence,) = load_settings({"EARWIG_CONFIG": str(tmp_path)}).problems
    assert sentence == f"{tmp_path} is a folder; no setting of it is used"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    make_pipe(tmp_path / "pipe")
    (sentence,) = load_settings({"EARWIG_CONFIG": str(tmp_path / "pipe")}).problems
    assert "is a named pipe" in sentence


def test_a_file_that_may_not_be_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    file.write_text("wrap = false")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    (sentence,) = load_settings({"EARWIG_CONFIG": str(file)}).problems
    assert sentence == f"{file} cannot be read: Permission denied; no setting of it is used"


def test_a_path_that_cannot_be(tmp_path: Path) -> None:
    for name in ("x" * 5000, "a\0b"):
        (sentence,) = load_settings({"EARWIG_CONFIG": str(tmp_path / name)}).problems
        assert "cannot be read" in sentence


def test_without_a_home_there_is_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_config_path", lambda *_, **__: Path("~/.config/earwig"))
    assert config_path({}) is None
    assert load_settings({}).settings == Settings()


def test_a_home_in_the_files_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert config_path({"EARWIG_CONFIG": "~/mine.toml"}) == tmp_path / "mine.toml"


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Settings().wrap = False  # type: ignore[misc] # what the test is about


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_what_is_hostile_stays_harmless_in_a_sentence(name: str, file: Path) -> None:
    text = HOSTILE[name]
    quoted = (
        '"'
        + re.sub(r'[\\"\x00-\x1f\x7f\ud800-\udfff]', lambda m: f"\\u{min(ord(m[0]), 0xD7FF):04x}", text)
        + '"'
    )
    for body in (
        f"theme = 1\n{quoted} = 2",
        f"time = {quoted}",
        f"[keys]\n{quoted} = 1",
        f"[colors]\nuser = {quoted}",
    ):
        loaded = load(file, body.encode("utf-8", "surrogatepass"))
        assert loaded.problems
        for sentence in loaded.problems:
            assert sentence == clean(sentence)
            assert "\n" not in sentence
            assert len(sentence) < 700


VALUES: st.SearchStrategy[object] = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["theme", "sort", "time", "width", "wrap", "mouse", "poll", "plain", "keys", "colors", "redact", "x"]
)


@given(st.dictionaries(NAMES, VALUES, max_size=6))
def test_whatever_a_file_holds_there_are_settings(table: Mapping[str, object]) -> None:
    from earwig.core.settings.settings_reading import SettingsReader
    from earwig.core.text.safe_text import own_text

    reading = SettingsReader(own_text("x.toml"))
    reading._take_table(table)
    settings = Settings(**reading.values)
    assert settings.width == 0 or 20 <= settings.width <= 1000
    assert settings.time in ("local", "utc")
    for sentence in reading.problems:
        assert sentence == clean(sentence)
        assert sentence.startswith("x.toml: ")


def test_only_a_file_makes_its_parser_load(tmp_path: Path) -> None:
    code = (
        "import sys; from earwig.core.settings.settings_source import load_settings; import os\n"
        "load_settings(os.environ); print('tomllib' in sys.modules)"
    )
    for name, loaded in (("none.toml", "False\n"), ("some.toml", "True\n")):
        (tmp_path / "some.toml").write_text("wrap = true")
        environ = os.environ | {
            "EARWIG_CONFIG": str(tmp_path / name),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        done = subprocess.run(
            [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
        )
        assert done.stdout == loaded
