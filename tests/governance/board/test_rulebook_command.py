"""`manage.py rulebook`: an organisation's own rules beside the built-in ones, from a folder to the board."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from charter.authoring import rules_folder
from charter.registry import rulebooks
from charter.registry.models import RulebookVersion
from charter.rules import rule_table
from governance.board import scans
from governance.board.models import Case
from governance.board.states import CaseKind, CaseState
from tests import factories
from tests.charter.rules.rulebooks import policy
from tests.charter.rules.upgrades import upgraded_house

PROJECT = Path(__file__).resolve().parents[3]
SPRING = policy("when { context.export }")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder with one good rule, seen from the one above it."""
    monkeypatch.chdir(tmp_path)
    made = Path("rules")
    made.mkdir()
    write(made, SPRING)
    return made


def write(folder: Path, text: str, name: str = "ours.cedar") -> None:
    (folder / name).write_text(text, encoding="utf-8")


def run(*arguments: str, **options) -> str:
    said = StringIO()
    call_command("rulebook", *arguments, stdout=said, stderr=said, **options)
    return said.getvalue()


def failing(code: int, *arguments: str) -> str:
    """What the command says where it exits with this code."""
    said = StringIO()
    with pytest.raises((CommandError, SystemExit)) as caught:
        call_command("rulebook", *arguments, stdout=said, stderr=said)
    assert getattr(caught.value, "returncode", getattr(caught.value, "code", None)) == code
    return f"{said.getvalue()}{caught.value}"


def test_good_rules_pass_the_check(folder):
    """Issue 4, item 1: exit 0."""
    assert run("check", "rules") == "1 file: 0 errors, 0 warnings, 0 notes.\n"


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("when { 9223372036854775807 + context.metrics > 0 }", "No rule can fail"),
        ("when { context.roles == resource.roles }", "equality of sets"),
    ],
)
def test_rules_that_are_not_proved_fail_the_check(folder, condition, says):
    """Issue 16: whoever writes rules learns before they are proposed what is not proved of them."""
    write(folder, policy(condition))
    assert says in failing(1, "check", "rules")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (policy("when { context.exported }"), "exported"),
        (policy("when { context.own && !context.own }"), "can never match"),
        (policy("when { context.export }", id="AR04"), "another policy has the same @id"),
        (policy("when { context.export }", id="AR99"), "for built-in rules"),
    ],
)
def test_each_fault_is_told_with_its_place(folder, text, says):
    """Issue 4, item 1: exit 1, with file, line and rule, to people, programs and GitHub."""
    write(folder, "// A comment first.\n\n" + text)
    told = failing(1, "check", "rules")
    assert "rules/ours.cedar:3: error" in told and says.casefold() in told.casefold()
    found = json.loads(failing(1, "check", "rules", "--format", "json").removesuffix("1"))
    assert (found["errors"], found["findings"][0]["line"]) == (1, 3)
    assert "::error file=rules/ours.cedar,line=3," in failing(1, "check", "rules", "--format", "github")


def test_a_changed_copy_of_a_builtin_file_is_refused(folder):
    """DESIGN Invariants: the built-in rules are there word for word; the finding says what to do."""
    text = rules_folder.add_builtin_files({})["fairness.cedar"]
    write(folder, text, "fairness.cedar")
    assert "0 errors" in run("check", "rules")
    write(folder, text.replace("unless { context.audited }", ""), "fairness.cedar")
    told = failing(1, "check", "rules")
    assert "rules/fairness.cedar:3: error AR25" in told and "Leave the built-in rules out" in told


def test_examples_of_starter_charters_are_warned_of(folder):
    """DESIGN Charters: examples run at every rulebook change; without a database, those of the catalogue."""
    write(folder, policy('when { context.decision == Decision::"retrospective" }'))
    told = run("check", "rules")
    assert (
        "0 errors" in told
        and "warning ORG01: It would change examples.correct[0] of the starter charter" in told
    )


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("Ours.cedar", b"", "in small letters"),
        ("ours.cedar", b"\xff\xfe", "not UTF-8"),
        ("ours.cedar", b"/" * (rules_folder.LARGEST_FILE + 1), "larger than 256 KiB"),
        ("notes.md", b"", "holds no rules"),
    ],
)
def test_a_folder_that_is_none_is_said_to_be(tmp_path, name, content, says):
    """Issue 4, Bad input: exit 2 where there is nothing to check."""
    (tmp_path / name).write_bytes(content)
    assert says in failing(2, "check", str(tmp_path))
    assert "There is no folder" in failing(2, "check", str(tmp_path / "elsewhere"))


def test_checking_needs_no_database(folder):
    """Issue 4, item 1: for pre-commit hooks and CI, like `charter lint`."""
    environment = {**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    command = [sys.executable, str(PROJECT / "manage.py"), "rulebook", "check", "rules"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "1 file: 0 errors, 0 warnings, 0 notes.\n"), done.stderr


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
def test_proposing_opens_a_case_and_puts_nothing_in_force(by, folder):
    """DESIGN Rules: rulebooks are approved as board cases."""
    factories.the_rules()
    factories.an_account("writer")
    told = run("propose", "rules", "--as", "writer")
    case = Case.objects.get(kind=CaseKind.RULEBOOK, state=CaseState.OPEN)
    assert str(case.pk) in told and case.rulebook_version.content_hash in told
    assert case.rulebook_version.files["ours.cedar"] == SPRING and "use.cedar" in case.rulebook_version.files
    assert "rules: 29" in run("show")
    factories.a_decided_case(case)
    shown = json.loads(run("show", "--format", "json"))
    assert (shown["number"], shown["hash"]) == (2, case.rulebook_version.content_hash)
    assert (shown["own_rules"], shown["outdated"], shown["changed_in_this_version"]) == (["ORG01"], False, [])
    assert "in force already" in failing(2, "propose", "--builtin", "--as", "writer")


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
def test_where_it_takes_long_the_clock_puts_rules_in_force(by, folder, monkeypatch):
    """Issue 16: with 10,000 charters their examples took 23 s inside a vote's request."""
    monkeypatch.setattr(rulebooks, "MOST_AT_ONCE", 0)
    factories.the_rules()
    factories.an_active_charter("deployment-frequency")
    factories.an_account("writer")
    run("propose", "rules", "--as", "writer")
    case = Case.objects.get(kind=CaseKind.RULEBOOK, state=CaseState.OPEN)
    outcome = factories.a_decided_case(case)
    assert outcome.approved and "as soon as the examples" in outcome.minutes
    assert json.loads(run("show", "--format", "json"))["number"] == 1
    assert scans.BOARD_CLOCK.once(by=by)["rulebooks put in force"] == 1
    assert scans.BOARD_CLOCK.once(by=by)["rulebooks put in force"] == 0
    assert json.loads(run("show", "--format", "json"))["hash"] == case.rulebook_version.content_hash


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
def test_what_is_refused_is_told_finding_by_finding(by, folder):
    """Issue 4, item 1: the refusal names charter and example."""
    factories.an_active_charter("deployment-frequency")
    write(folder, policy('when { context.decision == Decision::"retrospective" }'))
    factories.an_account("writer")
    told = failing(1, "propose", "rules", "--as", "writer")
    assert "Deployment frequency" in told and "examples.correct[0]" in told
    assert RulebookVersion.objects.count() == 1
    assert "no account “nobody”" in failing(2, "propose", "rules", "--as", "nobody")


@pytest.mark.django_db
def test_after_an_upgrade_the_builtin_rules_are_proposed_with_one_s_own(by, folder, tmp_path):
    """Issue 4: rules of an earlier version are told as such, and the command that proposes new ones keeps one's own."""
    assert "No rules are in force" in failing(1, "show")
    factories.the_rules()
    factories.an_account("writer")
    run("propose", "rules", "--as", "writer")
    factories.a_decided_case(Case.objects.get(kind=CaseKind.RULEBOOK))
    later = tmp_path / "later"
    later.mkdir()
    with upgraded_house(later):
        assert "outdated: True" in run("show") and "earlier version" in run("show")
        run("propose", "--builtin", "--as", "writer")
        case = Case.objects.get(kind=CaseKind.RULEBOOK, state=CaseState.OPEN)
        assert case.rulebook_version.files["ours.cedar"] == SPRING
        assert "weather" in case.rulebook_version.files["schema.cedarschema"]
        factories.a_decided_case(case)
        assert "outdated: False" in run("show") and "own rules: ORG01" in run("show")


def test_the_committed_rule_table_is_the_one_that_is_made():
    """Issue 4: the reference cannot fall behind the rules, and its examples are run to make it."""
    assert (PROJECT / rule_table.PAGE).read_text(encoding="utf-8") == rule_table.render_rule_table()
    run("table", "--check")
