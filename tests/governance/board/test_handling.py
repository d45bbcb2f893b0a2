"""Who handles a case: one row a kind of account, one column a state of the case and something to do."""

import pytest
from django.db import ProgrammingError, transaction
from guardian.core import ObjectPermissionChecker

from audits.ledger.models import Entry
from governance.board import permissions, queries, services
from governance.board.models import Case, CaseHandler
from governance.board.states import CaseKind, SeatKind, Vote
from governance.notices.models import Notice
from governance.people.models import AccountKind, GrantedRole
from ground.errors import BadInput, Conflict, DomainError, NotPermitted
from tests import factories, snapshots

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

LEGAL = SeatKind.LEGAL


@snapshots.fixture
def house(founded):
    """A board, an open case about the owner's metric, and an account of every kind that might try something with it."""
    by = factories.system()
    board = factories.a_board()
    accounts = {
        "handler": factories.an_account("handler"),
        "former handler": factories.an_account("former"),
        "member": board[LEGAL],
        "owner": factories.an_account("owner"),
        "nobody": factories.an_account("nobody"),
        "superuser": factories.an_account("root", is_superuser=True, is_staff=True),
        "administrator": factories.an_account("administrator"),
        "auditor": factories.an_account("auditor"),
        "system": by,
    }
    factories.a_role(accounts["administrator"], GrantedRole.ADMIN)
    factories.a_role(accounts["auditor"], GrantedRole.AUDITOR)
    case = factories.an_open_case(owner=accounts["owner"])
    for name in ("former handler", "handler"):
        services.name_handler(case=case, handler=accounts[name], by=board[LEGAL])
    return accounts, case


def why_not(check, user, case) -> str | None:
    try:
        check(user, Case.objects.get(pk=case.pk))
    except DomainError as error:
        return error.code
    return None


SEE = {"handler", "member", "owner", "administrator", "auditor", "system"}
CLOSE = {"handler", "member", "administrator", "system"}
NAME = {"member", "system"}
RELEASE = NAME | {"handler"}
NOT_TO_HANDLE = {"owner": "own_proposal", "system": "invalid"}


@pytest.mark.parametrize("state", ["open", "closed"])
def test_who_may_do_what_with_a_case_in_which_state(house, state):
    """Issue 3, item 8 and Done when: a handler sees an open case, takes part and closes it; superusers get nothing."""
    accounts, case = house
    if state == "closed":
        factories.a_decided_case(case)
    over = None if state == "open" else "case_closed"
    for check, may, goes_on in (
        (permissions.check_can_see_case, SEE if state == "open" else set(accounts), None),
        (permissions.check_can_comment, SEE if state == "open" else set(accounts), over),
        (permissions.check_can_close_case, CLOSE, None),
        (permissions.check_can_name_handler, NAME, over),
        (permissions.check_can_release_handler, RELEASE, over),
    ):
        expected = {name: goes_on if name in may else "not_permitted" for name in accounts}
        assert {name: why_not(check, user, case) for name, user in accounts.items()} == expected, check


def test_who_can_be_named(house):
    """Issue 3, item 8: anybody whose account is a person's and in use, but whoever proposes the case."""
    accounts, case = house
    said = {name: why_not(permissions.check_can_handle, user, case) for name, user in accounts.items()}
    assert said == {name: NOT_TO_HANDLE.get(name) for name in accounts}
    machine, gone = factories.an_account("bot", kind=AccountKind.MACHINE), factories.an_account("gone")
    gone.is_active = False
    for user in (machine, gone, accounts["owner"]):
        with pytest.raises(BadInput) as caught:
            services.name_handler(case=case, handler=user, by=accounts["member"])
        assert caught.value.field == "handler"


def test_whoever_asks_for_a_ruling_does_not_handle_it(house):
    """Issue 3, item 8: never one whose own proposal it is, of whatever kind."""
    accounts, _case = house
    asked = services.open_case(
        kind=CaseKind.EDGE_CASE, subject="On loan", question="Whose team is theirs?", by=accounts["nobody"]
    )
    assert why_not(permissions.check_can_handle, accounts["nobody"], asked) == "own_proposal"
    assert why_not(permissions.check_can_handle, accounts["owner"], asked) is None


def test_nobody_in_the_owners_line_handles_what_decides_about_people(house, monkeypatch):
    """Issue 3, item 3: conflict of interest, of handlers as of voters."""
    accounts, case = house
    boss = factories.a_person("boss")
    factories.change(accounts["owner"], person=factories.a_person("report", manager=boss))
    factories.change(accounts["nobody"], person=boss)
    assert why_not(permissions.check_can_handle, accounts["nobody"], case) is None
    monkeypatch.setattr(permissions.cases, "decides_about_people", lambda _version: True)
    assert why_not(permissions.check_can_handle, accounts["nobody"], case) == "conflict_of_interest"


def test_a_handler_who_becomes_the_proposer_handles_it_no_more(house):
    """Issue 3, item 8: the table is no way round one's own proposal."""
    accounts, case = house
    metric = case.charter_version.metric
    factories.change(metric, owner=accounts["handler"])
    assert why_not(permissions.check_can_close_case, accounts["handler"], case) == "not_permitted"


def test_an_account_out_of_use_handles_nothing(house):
    """DESIGN, Ground rules: an account that is closed can do nothing."""
    accounts, case = house
    accounts["handler"].is_active = False
    for check in (permissions.check_can_see_case, permissions.check_can_close_case):
        assert why_not(check, accounts["handler"], case) == "not_permitted"


def test_superusers_get_nothing_from_guardian_or_django(house):
    """DESIGN, Ground rules: the attack of a superuser for whom guardian and Django say yes."""
    accounts, case = house
    root = accounts["superuser"]
    assert root.has_perm("board.handle_case") and ObjectPermissionChecker(root).has_perm("handle_case", case)
    for check in (permissions.check_can_see_case, permissions.check_can_close_case):
        assert why_not(check, root, case) == "not_permitted"
    assert not queries.list_visible_cases(root).exists()
    with pytest.raises(NotPermitted):
        services.name_handler(case=case, handler=root, by=root)


def test_the_votes_decide_and_the_handler_closes(house):
    """Issue 3, item 8: a handler closes what is heard, and neither votes nor reads a ballot before."""
    accounts, case = house
    handler = accounts["handler"]
    with pytest.raises(Conflict) as caught:
        services.close_case(case=case, by=handler)
    assert caught.value.code == "no_quorum"
    with pytest.raises(NotPermitted):
        services.cast_ballot(case=case, seat_kind=LEGAL, vote=Vote.APPROVE, by=handler)
    factories.votes(case, {LEGAL: Vote.VETO})
    outcome = services.close_case(case=case, by=handler)
    assert not outcome.approved
    with pytest.raises(Conflict, match="nobody handles it any more"):
        services.name_handler(case=case, handler=accounts["nobody"], by=accounts["member"])


def test_a_case_has_one_handler_who_is_told_and_may_step_down(house):
    """Issue 3, item 8: named by the board, told with a link once, and every change is in the ledger."""
    accounts, case = house
    handler, member = accounts["handler"], accounts["member"]
    assert Case.objects.get(pk=case.pk).handling.user == handler
    services.name_handler(case=case, handler=handler, by=member)  # the same again
    (notice,) = Notice.objects.filter(to=handler, subject__startswith="You handle a case")
    assert notice.path == f"/cases/{case.pk}"
    services.comment(case=case, text="Prepared.", by=handler)
    services.comment(case=case, text="Thank you.", by=member)
    assert Notice.objects.filter(to=handler, once__contains=":comment:").count() == 1
    services.release_handler(case=case, by=handler)
    services.release_handler(case=case, by=member)  # nothing left to do
    assert why_not(permissions.check_can_see_case, handler, case) == "not_permitted"
    kinds = Entry.objects.filter(kind__startswith="board.handler").values_list("kind", flat=True)
    assert sorted(kinds) == ["board.handler.named"] * 2 + ["board.handler.released"]


def test_a_case_is_opened_with_its_handler_by_the_board_alone(house):
    """Issue 3, item 8: named when the case is opened; whoever else asks for it opens nothing."""
    accounts, _case = house
    asked = {"kind": CaseKind.EDGE_CASE, "subject": "On loan", "question": "Whose team is theirs?"}
    opened = services.open_case(**asked, handler=accounts["handler"], by=accounts["member"])
    assert opened.handling.user == accounts["handler"]
    before = Case.objects.count()
    with pytest.raises(NotPermitted, match="Only members of the board"):
        services.open_case(**asked, handler=accounts["handler"], by=accounts["nobody"])
    assert Case.objects.count() == before


def test_what_was_given_is_never_changed(house):
    """ADR 8: the runtime role names and releases; who named whom stays as it was."""
    _accounts, case = house
    with pytest.raises(ProgrammingError), transaction.atomic():
        CaseHandler.objects.filter(content_object=case).update(given_at=case.opened_at)
