"""Issue 15, item 2: a programme's file applied, again and from where it was cut short; and what it leaves to people."""

import pytest

from audits.ledger.models import Entry
from charter.authoring.models import Draft
from charter.programme.models import Programme
from charter.programme.states import ProgrammeState
from governance.board import services as board
from governance.board.models import Case, Invitation
from governance.board.states import SeatKind, Vote
from governance.founding import checklist
from governance.founding.applying import Applying
from governance.founding.checklist import FoundingState
from governance.founding.programme_file import parse_programme_file, read_programme_file
from governance.people.models import Cohort, GrantedRole, Person, User
from ground.errors import BadInput, NotPermitted
from tests import factories
from tests.governance.founding.conftest import FILE


def apply(folder, by):
    read = read_programme_file(folder / "programme.yaml")
    return {done.key: done for done in Applying(read, system=by).run()}


def states():
    return {step.key: step.state for step in checklist.list_steps()}


def test_from_an_empty_database_to_a_board_that_is_asked(by, folder):
    """Issue 15, item 2: one file founds as far as one may alone; whoever is invited accepts themself."""
    assert states()["programme"] is FoundingState.NOW and states()["seats"] is FoundingState.LATER
    done = apply(folder, by)
    assert all(done[key].changed for key in ("programme", "organisation", "accounts", "contract", "course"))
    programme = Programme.objects.get()
    assert (programme.name, programme.time_zone, programme.state) == (
        "Forge", "Europe/Berlin", ProgrammeState.DRAFT,
    )  # fmt: skip
    assert programme.established_by.username == "ada"
    assert Person.objects.count() == 20
    assert {draft.owner.username for draft in Draft.objects.all()} == {"olga"} and Draft.objects.count() == 2
    assert Cohort.objects.filter(retired_at__isnull=True).count() == 4
    assert Invitation.objects.filter(accepted_at__isnull=True).count() == len(SeatKind)
    assert done["force"].waits and "Nobody has accepted these seats yet" in done["force"].sentence
    manager = User.objects.get(username="mo")
    assert manager.person.external_id == "p00"
    assert manager.role_grants.get().team.slug == "payments"
    assert not User.objects.get(username="ada").has_usable_password()
    found = states()
    assert found["seats"] is FoundingState.OTHERS and found["force"] is FoundingState.LATER
    assert found["contract"] is FoundingState.DONE


def test_applied_again_it_changes_nothing(by, folder):
    """Issue 15, item 2: idempotent, to the last entry of the log."""
    apply(folder, by)
    before = Entry.objects.count()
    assert not [done.key for done in apply(folder, by).values() if done.changed]
    assert Entry.objects.count() == before


LONG = pytest.mark.proof(alone=True)


@pytest.mark.parametrize(
    "step",
    [pytest.param(step, marks=LONG) for step in ("open_accounts", "begin", "publish_course", "invite")],
)
def test_cut_short_it_goes_on_where_it_stopped(by, folder, monkeypatch, step):
    """Issue 15, bad input: whatever cuts it short, the next call does the rest and nothing twice."""

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    from governance.founding import applying

    steps = applying._STEPS
    at = [each.__name__ for each in steps].index(step)
    monkeypatch.setattr(applying, "_STEPS", (*steps[:at], cut))
    with pytest.raises(KeyboardInterrupt):
        apply(folder, by)
    monkeypatch.setattr(applying, "_STEPS", steps)
    apply(folder, by)
    assert User.objects.filter(username__in=["ada", "aud", "mo"]).count() == 3
    assert Invitation.objects.count() == len(SeatKind)
    assert Draft.objects.count() == 2


@pytest.mark.proof(alone=True)
def test_once_six_have_accepted_it_puts_the_founding_to_their_vote(by, folder):
    """Issue 15, item 2: then “put the programme in force”, a case of the board itself, with the backfill that the file asks for."""
    apply(folder, by)
    for invitation in Invitation.objects.select_related("user"):
        board.accept_invitation(invitation=invitation, by=invitation.user)
    done = apply(folder, by)
    assert done["force"].changed and done["force"].waits
    case = Case.objects.get()
    assert case.founding.data_from.isoformat() == "2026-01-01"
    assert states()["force"] is FoundingState.OTHERS
    for seat in SeatKind:
        member = User.objects.get(username=f"seat-{seat.value.replace('_', '-')}")
        board.cast_ballot(case=case, seat_kind=seat, vote=Vote.APPROVE, reason="", by=member)
    board.close_case(case=case, by=by)
    assert Programme.objects.get().state == ProgrammeState.ACTIVE
    assert not [each.key for each in apply(folder, by).values() if each.changed or each.waits]
    assert states()["passed"] is FoundingState.NOW


def _file_without_folders() -> str:
    return FILE.replace("organisation: organisation\n", "").replace(
        "person: p00, roles: [{role: manager, team: payments}]", "roles: []"
    )


def test_in_the_api_the_founder_alone_applies_it_and_hr_publishes_the_contract(by):
    """Issue 15, item 2: the API does nothing in anybody else's name."""
    founder = factories.an_administrator("ada")
    read = parse_programme_file(_file_without_folders(), name="programme.yaml")
    with pytest.raises(NotPermitted, match="The founder applies the file"):
        list(Applying(read, system=None).run(by=factories.an_administrator("other")))
    done = {each.key: each for each in Applying(read, system=None).run(by=founder)}
    assert done["programme"].changed and done["contract"].waits
    assert states()["contract"] is FoundingState.NOW


def test_nobody_gives_a_role_to_themself_by_a_file(by):
    """Issue 15, item 2: the file is no way round the rule; nothing is written."""
    founder = factories.an_administrator("ada")
    text = _file_without_folders().replace("[{role: admin}]", "[{role: admin}, {role: hr}]")
    with pytest.raises(BadInput, match=r"line 6, .*Nobody gives a role to themself"):
        list(Applying(parse_programme_file(text, name="programme.yaml"), system=None).run(by=founder))
    assert not founder.role_grants.filter(role=GrantedRole.HR).exists()
    assert not Programme.objects.exists()
