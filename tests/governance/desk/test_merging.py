"""Two accounts of one person become one: previewed, confirmed, for good, and never two votes (issue 15, 3)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from audits.ledger.models import Entry
from charter.registry.models import Metric
from governance.board.states import SeatKind, Vote
from governance.desk import merging
from governance.notices.models import Notice
from governance.people import merging as waiting
from governance.people import services as people
from governance.people.models import AccountMerge, GrantedRole, MergeProposal, Session, Token, User
from ground import calendar
from ground.errors import BadInput, Conflict, NotFound, NotPermitted
from tests import factories
from tests.governance.decisions.conftest import governed, house, stopped
from tests.pages import browse

__all__ = ["browse", "governed", "house", "stopped"]


@pytest.fixture
def admin(house):
    return factories.an_administrator("admin")


@pytest.fixture
def twin(house) -> User:
    """The second account of the manager, with HR's role."""
    found = factories.an_account("manager-again")
    factories.a_role(found, GrantedRole.HR)
    return found


def merge(account: User, into: User, by: User, because: str = "She told me."):
    """Proposed by one administrator and confirmed by another."""
    waits = merging.propose_merge(account=account, into=into, because=because, by=by)
    return merging.confirm_merge(proposal=waits, by=factories.an_administrator("confirms"))


def roles(user: User) -> set[str]:
    return set(user.role_grants.on(calendar.today() + timedelta(days=2)).values_list("role", flat=True))


def test_what_it_may_do_moves_and_the_other_is_closed_for_good(house, admin, twin):
    """Roles and metrics move; sessions and tokens end; it is not opened again."""
    factories.a_token(twin)
    Client().force_login(twin)
    metric = Metric.objects.first()
    factories.change(metric, owner=twin)
    entries = Entry.objects.count()
    merged = merge(twin, house.manager, admin)
    again, stays = User.objects.get(pk=twin.pk), User.objects.get(pk=house.manager.pk)
    assert not again.is_active
    assert roles(stays) == {"manager", "hr"} and roles(again) == set()
    assert Metric.objects.get(pk=metric.pk).owner == stays
    assert not Session.objects.filter(user=again).exists() and not Token.objects.filter(user=again).exists()
    assert merged.into == stays and Entry.objects.count() > entries
    with pytest.raises(Conflict, match="stays closed"):
        people.reopen_account(user=again, by=admin)


def test_what_was_written_stays_under_its_name(house, admin, twin):
    """The log's entries are as they were, whoever signs in now."""
    factories.a_token(twin)
    kept = {entry.pk: bytes(entry.payload.body) for entry in Entry.objects.select_related("payload")}
    hashes = dict(Entry.objects.values_list("pk", "leaf_hash"))
    merge(twin, house.manager, admin)
    after = Entry.objects.filter(pk__in=kept).select_related("payload")
    assert {entry.pk: bytes(entry.payload.body) for entry in after} == kept
    assert dict(after.values_list("pk", "leaf_hash")) == hashes
    assert twin.actor.encode() in b"".join(kept.values()) or str(twin.pk).encode() in b"".join(kept.values())


def obstacles(account: User, into: User, by: User) -> str:
    return " ".join(merging.preview(account=account, into=into, by=by).plan.obstacles)


def test_a_seat_and_a_vote_stay_whose_they_are(house, admin):
    """Two seats never become two votes of one person: an account that sits, or has voted on an open case, is not merged."""
    board = factories.a_board()
    legal, product = board[SeatKind.LEGAL], board[SeatKind.PRODUCT]
    with pytest.raises(Conflict, match="holds the seat"):
        merge(legal, product, admin)
    with pytest.raises(Conflict, match="holds the seat"):
        merge(legal, house.manager, admin)
    case = factories.an_open_case("change-failure-rate")
    from governance.board import services

    services.cast_ballot(case=case, seat_kind=SeatKind.LEGAL, vote=Vote.APPROVE, by=legal)
    assert "voted on a case that is open" in obstacles(legal, house.manager, admin)
    assert User.objects.get(pk=legal.pk).is_active and not AccountMerge.objects.exists()


def test_what_is_refused(house, admin, twin):
    """Oneself, one and the same, a machine, a closed one, two persons; auditor with administrator; no reason."""
    assert "are one account" in obstacles(twin, twin, admin)
    assert "of their own" in obstacles(twin, admin, admin)
    assert "Machines" in obstacles(factories.system(), twin, admin)
    assert "auditor and administrator" in obstacles(house.auditor, factories.an_administrator("third"), admin)
    factories.change(twin, person=factories.a_person("m-1"))
    assert "two different persons" in obstacles(twin, house.employee, admin)
    # An administrator would read through the other account what is held about somebody.
    assert "is its person’s account, and stays" in obstacles(twin, house.manager, admin)
    factories.change(twin, person=None)
    with pytest.raises(NotPermitted):
        merge(twin, house.manager, house.auditor)
    with pytest.raises(BadInput):
        merge(twin, house.manager, admin, because=" ")
    people.close_account(user=twin, by=admin)
    twin.refresh_from_db()
    assert "is closed" in obstacles(twin, house.manager, admin)
    assert not AccountMerge.objects.exists()


def test_the_database_keeps_it_among_three(house, admin, twin):
    """Whoever writes past the services cannot merge for themself, nor change whose account it is."""
    with pytest.raises(DatabaseError), transaction.atomic():
        AccountMerge.objects.create(
            account=twin, into=house.manager, because="x", asked_by=admin, merged_by=twin
        )
    with pytest.raises(DatabaseError, match="confirmed_by_a_second"), transaction.atomic():
        AccountMerge.objects.create(
            account=twin, into=house.manager, because="x", asked_by=admin, merged_by=admin
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        User.objects.filter(pk=twin.pk).update(person=factories.a_person("m-2"))


def test_by_hand_with_preview_and_confirmation(browse, house, admin, twin):
    """From the account's page: whom with whom, what moves, that it is for good; only then is it done."""
    assert browse(f"/accounts/{twin.pk}", by=admin).says("Merge it into the other")
    page = f"/accounts/{twin.pk}/merge"
    assert browse(f"{page}?into=nobody-of-this-name", by=admin).status == 400
    shown = browse(f"{page}?into={house.manager.username}", by=admin)
    assert shown.says("What moves", "HR", "What ends", "cannot be opened again", "What stays under its name")
    assert not AccountMerge.objects.exists()
    assert browse(f"{page}?into={house.manager.username}", by=admin, data={}).status == 400
    assert (
        browse(f"{page}?into={house.manager.username}", by=admin, data={"because": "She told me."}).status
        == 302
    )
    waits = MergeProposal.objects.get()
    assert (
        browse(f"/accounts/{twin.pk}", by=admin).says("A merge waits") and not AccountMerge.objects.exists()
    )
    confirm, second = f"/merges/{waits.pk}/confirm", factories.an_administrator("second")
    assert browse(confirm, by=admin).status == 403
    assert browse("/accounts", by=second).says("Merges that wait for you")
    assert browse(confirm, by=second).says("What moves", "She told me.", "What ends")
    assert browse(confirm, by=second, data={}).status == 400 and not AccountMerge.objects.exists()
    assert browse(confirm, by=second, data={"sure": "on"}).status == 302
    assert browse(f"/accounts/{twin.pk}", by=admin).says("It was merged into", "stays closed")
    refused = browse(f"/accounts/{house.manager.pk}/merge?into={admin.username}", by=admin)
    assert refused.says("They cannot be merged now.") and "Propose to merge them" not in refused.html


def test_the_same_by_the_api(house, admin, twin):
    client = Client(headers={"authorization": f"Token {factories.a_token(admin)}"})
    address = f"/api/v1/accounts/{twin.pk}/merge"
    assert client.get(f"{address}?into={house.manager.username}").json()["roles"] == ["hr"]
    body = {"into": house.manager.username, "because": "She told me."}
    refused = client.post(
        f"/api/v1/accounts/{house.auditor.pk}/merge",
        {**body, "into": "admin"},
        content_type="application/json",
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "merge_refused")
    waits = client.post(address, body, content_type="application/json").json()
    assert (waits["into"], client.get("/api/v1/merges").json()) == (house.manager.username, [waits])
    confirm = f"/api/v1/merges/{waits['id']}/confirm"
    assert client.post(confirm).status_code == 403
    second = Client(
        headers={"authorization": f"Token {factories.a_token(factories.an_administrator('second'))}"}
    )
    assert second.post(confirm).json()["account"] == twin.username
    assert second.post(confirm).status_code == 404
    stranger = Client(headers={"authorization": f"Token {factories.a_token(house.manager)}"})
    assert stranger.get(f"{address}?into=admin").status_code == 403


def test_nobody_confirms_what_they_proposed_nor_a_merge_of_their_own(house, admin, twin):
    """Issue 15: two administrators, neither of whom is whom it is about; and either drops it."""
    waits = merging.propose_merge(account=twin, into=house.manager, because="She told me.", by=admin)
    with pytest.raises(NotPermitted):
        merging.confirm_merge(proposal=waits, by=admin)
    with pytest.raises(NotPermitted):
        merging.confirm_merge(proposal=waits, by=house.auditor)
    factories.a_role(house.manager, GrantedRole.ADMIN)
    with pytest.raises(NotPermitted):
        merging.confirm_merge(proposal=waits, by=house.manager)
    with pytest.raises(Conflict, match="waits already"):
        merging.propose_merge(account=twin, into=house.manager, because="Again.", by=admin)
    waiting.drop_merge(proposal=waits, by=admin)
    assert not MergeProposal.objects.exists() and not AccountMerge.objects.exists()
    with pytest.raises(NotFound):
        merging.confirm_merge(proposal=waits, by=factories.an_administrator("second"))


def test_what_came_between_is_asked_again(house, admin, twin):
    """Issue 15: a seat taken, or an account closed, between the proposal and its confirmation stands against it."""
    waits = merging.propose_merge(account=twin, into=house.manager, because="She told me.", by=admin)
    people.close_account(user=twin, by=admin)
    with pytest.raises(Conflict, match="is closed"):
        merging.confirm_merge(proposal=waits, by=factories.an_administrator("second"))


def test_both_accounts_are_told_before_anything_moves(house, admin, twin):
    """Issue 15: it cannot be undone, so that whoever it is about can object in time."""
    merging.propose_merge(account=twin, into=house.manager, because="She told me.", by=admin)
    told = Notice.objects.filter(kind="accounts.merge")
    assert {notice.to_id for notice in told} == {twin.pk, house.manager.pk}
