"""Charters from files to the board, and the command that people and hooks run."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from msgspec.structs import replace

from charter.authoring import importing
from charter.authoring.folder import read_folder
from charter.registry import catalogue
from charter.registry.charter_files import dump_charter
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion, Metric
from charter.registry.states import StandingChoices
from governance.board import proposing
from governance.board.models import Case
from governance.people.models import GrantedRole
from ground.errors import BadInput, Conflict, NotPermitted
from tests import factories, snapshots

pytestmark = pytest.mark.django_db

SIZE, AGE = catalogue.read_starter_charters()["pr-size"], catalogue.read_starter_charters()["pr-age"]


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder with two charters, seen from the one above it."""
    monkeypatch.chdir(tmp_path)
    made = Path("charters")
    made.mkdir()
    write(made, SIZE, AGE)
    return made


@snapshots.fixture
def owner(founded):
    """The account that owns the metrics and proposes them, in an approved programme with rules in force."""
    factories.the_rules()
    factories.a_programme()
    account = factories.an_account("owner")
    factories.a_role(account, GrantedRole.METRIC_OWNER)
    return account


def write(folder: Path, *documents: CharterDocument) -> None:
    for document in documents:
        (folder / f"{document.metric}.yaml").write_text(dump_charter(document), encoding="utf-8")


def propose(folder: Path, by, **options) -> list[Case]:
    proposals = importing.make_plan(read_folder(folder)).to_register
    return proposing.propose(programme=factories.a_programme(), proposals=proposals, by=by, **options)


def run(*arguments: str, **options) -> str:
    said = StringIO()
    call_command("charter", *arguments, stdout=said, **options)
    return said.getvalue()


def nothing_happened() -> bool:
    return not (Metric.objects.exists() or CharterVersion.objects.exists() or Case.objects.exists())


def test_each_proposal_is_a_case_and_none_is_active(folder, owner):
    """Issue 3, item 2: `apply` opens proposals and never activates anything."""
    said: list[tuple[int, int, str]] = []
    cases = propose(folder, owner, progress=lambda *what: said.append(what))
    assert [case.charter_version.metric.slug for case in cases] == ["pr-age", "pr-size"]
    assert {case.opened_by for case in cases} == {owner}
    assert set(CharterVersion.objects.values_list("standing", flat=True)) == {StandingChoices.IN_REVIEW}
    assert said == [(1, 2, "pr-age@1"), (2, 2, "pr-size@1")]


def test_one_charter_with_an_error_holds_all_back_and_is_named(folder, owner):
    """Issue 3, bad input: refused with file, line and key, nothing applied."""
    write(folder, replace(SIZE, what=replace(SIZE.what, unit="")))
    with pytest.raises(BadInput) as caught:
        propose(folder, owner)
    assert caught.value.field == "what.unit"
    assert caught.value.extra["file"] == "charters/pr-size.yaml"
    assert caught.value.detail.startswith("charters/pr-size.yaml, line ")
    assert nothing_happened()


def test_nobody_proposes_for_a_metric_of_somebody_else(folder, owner):
    """DESIGN Charters: whoever owns no metric may not hand its charter in, from a file either."""
    propose(folder, owner)
    other = factories.an_account("other")
    write(folder, replace(SIZE, name="Another name"))
    with pytest.raises(NotPermitted):
        propose(folder, other)
    assert Case.objects.count() == 2


def test_a_programme_without_approval_takes_no_proposals(folder, by, monkeypatch):
    """S1: no charter is handed in before its programme is approved."""
    from charter.programme import services as programmes

    factories.an_account("owner")
    programme = programmes.establish_programme(slug="p", name="P", purpose="To help.", by=by)
    programmes.load_decisions(programme=programme, by=by)
    proposals = importing.make_plan(read_folder(folder)).to_register
    with pytest.raises(Conflict, match="not approved"):
        proposing.propose(programme=programme, proposals=proposals, by=by)
    assert nothing_happened()


def test_more_than_a_board_can_read_are_refused(folder, owner, monkeypatch):
    """DESIGN Board: a flood of cases is no proposal; the message says how many may come at once."""
    monkeypatch.setattr(proposing, "MOST", 1)
    with pytest.raises(BadInput, match="1 at most"):
        propose(folder, owner)
    assert nothing_happened()


def test_the_command_plans_applies_and_exports(folder, owner):
    """Issue 3, item 2: plan tells field by field, apply tells progress, export → apply comes to nothing."""
    assert (
        run("plan", "charters")
        == "+ pr-age: new\n+ pr-size: new\n2 new, 0 changed, 0 unchanged, 0 missing here.\n"
    )
    applied = run("apply", "charters", "--as", "owner").splitlines()
    assert applied[:2] == ["2 new, 0 changed, 0 unchanged, 0 missing here.", "1/2 pr-age@1"]
    assert applied[-1] == "Opened 2 cases. Nothing is active before the board passes it."
    write(folder, replace(SIZE, how_long=replace(SIZE.how_long, values="P5Y")))
    plan = run("plan", "charters")
    assert "~ pr-size: changed, against version 1 (in review)\n    How long it is kept" in plan
    assert "      was " in plan and "      is  " in plan
    assert run("export", "out").startswith("Wrote 2 charters and ")
    assert "Nothing to propose" in run("apply", "out", "--as", "owner")
    assert run("plan", "out").endswith("0 new, 0 changed, 2 unchanged, 0 missing here.\n")
    assert Case.objects.count() == 2


def test_the_command_can_register_drafts_alone(folder, owner):
    """Issue 3, measured: an import of many is registered and put to the board later."""
    assert run("apply", "charters", "--as", "owner", "--drafts").endswith("Registered 2 as drafts.\n")
    assert set(CharterVersion.objects.values_list("standing", flat=True)) == {StandingChoices.DRAFT}
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("apply", "charters", "--as", "nobody-here"), 2, "nobody-here"),
        (("apply", "nowhere", "--as", "owner"), 2, "no folder nowhere"),
        (("plan", "broken"), 1, r"broken/a\.yaml, line 1, metric: This key is missing"),
        (("apply", "broken", "--as", "owner"), 1, "This key is missing"),
    ],
)
def test_the_exit_code_says_whether_charters_or_the_command_are_at_fault(
    folder, owner, arguments, code, says
):
    """DESIGN Interfaces: each command exits non-zero on failure and says what to mend."""
    Path("broken").mkdir()
    Path("broken/a.yaml").write_text("charter: 1\n")
    with pytest.raises(CommandError, match=says) as caught:
        run(*arguments)
    assert caught.value.returncode == code
    assert nothing_happened()


def test_without_a_programme_nothing_is_applied(folder, by):
    """DESIGN Interfaces: exits non-zero on failure."""
    factories.an_account("owner")
    with pytest.raises(CommandError, match="no programme"):
        run("apply", "charters", "--as", "owner")
