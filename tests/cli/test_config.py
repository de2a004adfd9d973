"""`earwig config`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.running import Program


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.toml"


def test_as_usual(program: Program) -> None:
    result = program("config")
    assert (result.returncode, result.stderr) == (0, "")
    rows = result.stdout.splitlines()
    assert "width = 100" in rows[3]
    assert all(row.endswith(" default") for row in rows)
    assert any(row.startswith('keys."transcript.newest" = "end,G" ') for row in rows)
    assert any(row.startswith("colors.user = (the theme's) ") for row in rows)


def test_where_each_comes_from(program: Program, file: Path) -> None:
    file.write_text(
        "# mine\nwrap = false\nwidth = 80\n[keys]\n'transcript.newest' = 'f9'\n[colors]\nuser = '#123456'\n"
        "[redact]\npatterns = [{ name = 'order', pattern = 'A-\\d+' }]\n"
    )
    environ = {"EARWIG_CONFIG": str(file), "EARWIG_WIDTH": "90"}
    rows = {
        row.split(" = ")[0]: row.split() for row in program("config", environ=environ).stdout.splitlines()
    }
    assert rows["wrap"][2:] == ["false", f"{file},", "line", "2"]
    assert rows["width"][2:] == ["90", "EARWIG_WIDTH"]
    assert rows["time"][2:] == ['"local"', "default"]
    assert rows['keys."transcript.newest"'][2:] == ['"f9"', f"{file},", "line", "5"]
    records = {each["setting"]: each for each in program.records("config", "--json", environ=environ)}
    assert records["wrap"] == {"setting": "wrap", "value": False, "source": "file", "line": 2}
    assert records["width"] == {"setting": "width", "value": 90, "source": "environment", "line": None}
    assert records["colors.user"]["value"] == "#123456"
    assert records["colors.tool"] == {
        "setting": "colors.tool",
        "value": None,
        "source": "default",
        "line": None,
    }
    assert records["redact.patterns[1]"]["value"] == "order: A-\\d+"
    assert records['keys."transcript.newest"']["line"] == 5
    assert records['keys."transcript.newest"']["value"] == "f9"


@pytest.mark.parametrize("rules", [1, 500])
def test_a_watch_rule_that_cannot_be_used_is_told(program: Program, file: Path, rules: int) -> None:
    """Few rules are read with the rest of the file, many later."""
    good = '[[watch]]\nname = "a rule with a name"\nmatch = "a refund"\n'
    file.write_text(good * (rules - 1) + "[[watch]]\nmatsch = 'x'\n")
    result = program("config", environ={"EARWIG_CONFIG": str(file)})
    assert result.returncode == 1
    assert result.stderr.startswith(
        f"earwig: {file}, line {3 * rules - 2}: rule {rules} of [[watch]] has matsch, which is none of name,"
    )


def test_what_is_wrong_is_told_and_not_used(program: Program, file: Path) -> None:
    file.write_text("width = 'x'\ntheme = 'nrod'\n[keys]\n'app.quit' = 'ende'\n'app.qit' = 'x'\n")
    result = program("config", environ={"EARWIG_CONFIG": str(file)})
    assert result.returncode == 1
    said = result.stderr.splitlines()
    assert len(said) == 4
    assert all(line.startswith(f"earwig: {file}, line ") for line in said)
    assert 'line 2: there is no theme "nrod"; did you mean nord?' in result.stderr
    assert 'line 5: there is no action "app.qit"; did you mean app.quit?' in result.stderr
    rows = {row.split(" = ")[0]: row.split() for row in result.stdout.splitlines()}
    assert rows["width"][2:] == ["100", "default"]
    assert rows["theme"][-1] == "default"
    assert rows['keys."app.quit"'][2:] == ['"q"', "default"]


def test_the_files_path(program: Program, file: Path, home: Path) -> None:
    usual = program("config", "--path").stdout.strip()
    assert Path(usual).is_relative_to(home)
    assert Path(usual).name == "config.toml"
    assert not Path(usual).exists(), "nothing is made"
    assert program("config", "--path", environ={"EARWIG_CONFIG": str(file)}).stdout == f"{file}\n"


def test_the_usual_file_is_read(program: Program) -> None:
    path = Path(program("config", "--path").stdout.strip())
    path.parent.mkdir(parents=True)
    path.write_text("time = 'utc'\n")
    os.utime(path)
    rows = [row.split() for row in program("config").stdout.splitlines()]
    assert ["time", "=", '"utc"', f"{path},", "line", "1"] in rows
    (record,) = (each for each in program.records("config", "--json") if each["setting"] == "time")
    assert record["source"] == "file"


def test_a_broken_file(program: Program, file: Path) -> None:
    file.write_text("width = [\n")
    result = program("config", environ={"EARWIG_CONFIG": str(file)})
    assert result.returncode == 1
    assert result.stderr.startswith(f"earwig: {file} is not TOML: ")
    assert len(result.stderr.splitlines()) == 1
    assert "width = 100" in result.stdout


def test_help_names_what_can_be_set(program: Program) -> None:
    text = program("--help").stdout
    for words in ("--plain", "--utc", "--no-mouse", "--theme", "--poll", "earwig config --path", "  config "):
        assert words in text
    assert "EARWIG_CONFIG" in program("config", "--help").stdout
