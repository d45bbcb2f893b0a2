"""A folder of charters: what is read, what is refused and where, and what lint says of all of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from charter import rules
from charter.authoring import linting, reports
from charter.authoring.folder import read_folder
from charter.registry import catalogue
from charter.registry.charter_files import dump_charter, read_charter
from charter.registry.finding import Severity
from ground.errors import BadInput
from ground.strict_yaml import LARGEST_FILE

STARTERS = catalogue.FOLDER / "charters"
BOOK = rules.compile_rulebook(rules.builtin_files())
HEAD = "charter: 1\nmetric: {slug}\nname: A metric\n"


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder with one good charter, seen from the folder above it."""
    monkeypatch.chdir(tmp_path)
    made = Path("charters")
    made.mkdir()
    write(made / "pr-size.yaml", dump_charter(catalogue.read_starter_charters()["pr-size"]))
    return made


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def lint(folder: Path) -> linting.LintReport:
    read = read_folder(folder)
    return linting.lint_folder(read, linting.judge_starters(BOOK, read.documents))


def test_files_below_the_folder_are_read_and_hidden_ones_are_not(folder):
    """Issue 3, item 2: a folder of a repository, with folders of its own."""
    write(folder / "flow" / "pr-age.yml", dump_charter(catalogue.read_starter_charters()["pr-age"]))
    for hidden in (".git/config.yaml", ".draft.yaml", "readme.md"):
        write(folder / hidden, "no charter")
    read = read_folder(folder)
    assert [charter.name for charter in read.charters] == [
        "charters/flow/pr-age.yml",
        "charters/pr-size.yaml",
    ]
    assert not read.faults


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        (HEAD.format(slug="a") + "what:\n  colour: red\n", 5, "what.colour", "no such key"),
        (HEAD.format(slug="a") + "what:\n  unit: 5\n", 5, "what.unit", "Expected `str`"),
        (HEAD.format(slug="a") + "what: &a [x]\nwhy: [*a, *a]\n", 4, "what", "Anchors"),
        (HEAD.format(slug="pr-size"), 2, "metric", "charters/pr-size.yaml holds the charter of “pr-size” already"),
        ("x" * 10 * 1024 * 1024, 1, None, "larger than 256 KiB"),
    ],
    ids=["unknown key", "wrong type", "anchor bomb", "duplicate slug", "10 MB"],
)  # fmt: skip
def test_a_bad_file_is_named_with_line_and_key_and_the_folder_is_not_whole(folder, text, line, key, says):
    """Issue 3, bad input: each refused with file, line and key; the other files are read all the same."""
    write(folder / "zz.yaml", text)
    read = read_folder(folder)
    (fault,) = read.faults
    assert (fault.extra["file"], fault.extra["line"], fault.field) == ("charters/zz.yaml", line, key)
    assert says in fault.detail
    assert "pr-size" in read.documents
    with pytest.raises(BadInput, match=f"zz.yaml, line {line}") as caught:
        read.check_is_whole()
    assert caught.value.extra["file"] == "charters/zz.yaml"


def test_a_large_file_is_not_read_whole(folder, monkeypatch):
    """Issue 3, bad input: 10 MB are refused for the price of the first 256 KiB."""
    write(folder / "zz.yaml", "x" * 10 * 1024 * 1024)
    seen = []

    def read(text: bytes, *, name: str):
        seen.append(len(text))
        return read_charter(text, name=name)

    monkeypatch.setattr("charter.authoring.folder.read_charter", read)
    read_folder(folder)
    assert max(seen) == LARGEST_FILE + 1


def test_every_fault_is_told_at_once(folder):
    """DESIGN Interfaces: who mends files wants to know all that is wrong, not the first."""
    write(folder / "a.yaml", "charter: 1\n")
    write(folder / "b.yaml", "- a list\n")
    assert [Path(fault.extra["file"]).name for fault in read_folder(folder).faults] == ["a.yaml", "b.yaml"]


@pytest.mark.parametrize("place", ["nowhere", "empty"])
def test_a_folder_that_holds_nothing_is_refused(folder, place):
    """Issue 3, item 2: a slip in the path must not read as “no errors”."""
    Path("empty").mkdir()
    with pytest.raises(BadInput, match=place):
        read_folder(Path(place))


def test_the_starter_catalogue_is_clean():
    """Issue 3, item 1: no error, warning or note in any starter charter, examples included."""
    report = lint(STARTERS)
    assert report.files == len(catalogue.read_starter_charters())
    assert report.placed == ()


def test_findings_stand_at_the_line_of_their_key(folder):
    """Issue 3, item 2: findings can be shown beside the line that they concern."""
    text = dump_charter(catalogue.read_starter_charters()["pr-size"]).replace("unit: line", "unit: ' '")
    write(folder / "pr-size.yaml", text)
    (placed,) = lint(folder).placed
    assert text.splitlines()[placed.line - 1].strip() == "unit: ' '"
    assert (placed.finding.rule, placed.finding.field) == ("CH02", "what.unit")


def test_an_example_that_gets_another_verdict_is_an_error(folder):
    """DESIGN Charters: examples run against the rules; a mismatch blocks, at its own line."""
    text = dump_charter(catalogue.read_starter_charters()["pr-size"])
    write(folder / "pr-size.yaml", text.replace("      verdict: deny\n", "      verdict: refer\n", 1))
    (placed,) = lint(folder).placed
    assert (placed.finding.rule, placed.finding.level) == ("CH43", Severity.ERROR)
    assert placed.finding.field == "examples.incorrect[0]"


def test_charters_of_a_folder_know_each_other(folder):
    """S26: a counter-metric may be one that stands in the same folder, of reliability as a companion of lines has to be."""
    charter = dump_charter(catalogue.read_starter_charters()["pr-size"])
    write(
        folder / "a.yaml",
        charter.replace("metric: pr-size", "metric: ours-a").replace(
            "counter_metric: ", "counter_metric: ours-"
        ),
    )
    (unknown,) = lint(folder).placed
    name = unknown.finding.text.split("“")[1].split("”")[0]
    companion = dump_charter(catalogue.read_starter_charters()["slo-compliance"])
    write(folder / "b.yaml", companion.replace("metric: slo-compliance", f"metric: {name}"))
    assert lint(folder).count(Severity.ERROR) == 0


BROKEN = HEAD.format(slug="a") + "what:\n  colour: red\n"


def test_the_report_as_text_and_json(folder):
    """Issue 3, item 2: a summary that people read, and one that programs do."""
    write(folder / "zz.yaml", BROKEN)
    report = lint(folder)
    text = reports.format_text(report).splitlines()
    assert text[0].startswith("charters/zz.yaml:5: error CH00 what.colour: There is no such key here. ")
    assert text[-1] == "2 files: 1 error, 0 warnings, 0 notes."
    told = json.loads(reports.format_json(report))
    assert (told["files"], told["errors"], told["warnings"], told["notes"]) == (2, 1, 0, 0)
    (finding,) = told["findings"]
    assert {key: finding[key] for key in ("file", "line", "level", "rule", "field")} == {
        "file": "charters/zz.yaml", "line": 5, "level": "error", "rule": "CH00", "field": "what.colour",
    }  # fmt: skip


def test_annotations_cannot_be_forged_by_what_a_file_holds(folder):
    """Issue 3, item 2: GitHub's workflow commands, with whatever the file holds encoded."""
    write(folder / "a,b%.yaml", HEAD.format(slug="a") + 'what:\n  "x\\n::error::y": red\n')
    lines = reports.format_github(lint(folder)).splitlines()
    assert [line for line in lines if line.startswith("::")] == [lines[0]]
    assert lines[0].startswith("::error file=charters/a%2Cb%25.yaml,line=5,title=CH00 what.x%0A%3A%3Aerror")


def run_lint(*arguments: str) -> subprocess.CompletedProcess:
    """The command as a hook runs it: in a folder without an installation, and no server to be found."""
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    }  # fmt: skip
    command = [sys.executable, str(Path(__file__).parents[3] / "manage.py"), "charter", "lint", *arguments]
    environment["VAR_DIR"] = str(Path.cwd() / "nothing-here")
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_lint_needs_no_database_and_says_by_its_exit_code_what_it_found(folder):
    """Issue 3, item 2: lint needs no database and suits a hook or CI: 0 clean, 1 errors, 2 nothing to lint."""
    clean = run_lint("charters")
    assert (clean.returncode, clean.stdout) == (0, "1 file: 0 errors, 0 warnings, 0 notes.\n"), clean.stderr
    write(folder / "zz.yaml", BROKEN)
    wrong = run_lint("charters", "--format", "json")
    assert (wrong.returncode, json.loads(wrong.stdout)["errors"]) == (1, 1)
    nothing = run_lint("nowhere")
    assert nothing.returncode == 2
    assert "no folder nowhere" in nothing.stderr
    assert not Path("nothing-here").exists()
