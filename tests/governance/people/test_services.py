"""Accounts and roles: who may write them, what the ledger hears, what the database refuses."""

import json
from datetime import date
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from audits.ledger.models import Entry, Payload
from governance.people import permissions, services
from governance.people.models import (
    AccountKind,
    GrantedRole,
    Membership,
    ReportingLine,
    RoleGrant,
    Team,
    User,
    ValueStream,
)
from ground.errors import BadInput, Conflict, NotPermitted
from tests import factories, on_the_log

pytestmark = pytest.mark.django_db
MAY = date(2026, 5, 1)
JUNE = date(2026, 6, 1)
JULY = date(2026, 7, 1)


def _told(kind: str) -> list[dict]:
    """What the ledger was told of a kind, oldest first."""
    return [
        json.loads(bytes(payload.body))
        for payload in Payload.objects.filter(entry__kind=kind).order_by("entry__at")
    ]


def test_an_account_is_opened_with_its_ledger_entry(by):
    """Issue 2, 4 and 8: an account apart from a person, and an entry in the same transaction."""
    user = services.open_account(username="ana", name="Ana", password=factories.PASSWORD, by=by)
    assert user.check_password(factories.PASSWORD) and user.person is None
    told = _told("people.account.opened")[-1]
    assert told["username"] == "ana" and told["by"] == by.actor and "password" not in told


def test_the_system_account_is_made_once_and_cannot_sign_in(db):
    """Issue 2, 4: an account may be a machine; the product acts as one, made by itself."""
    first = services.get_system_account()
    assert services.get_system_account() == first and User.objects.count() == 1
    assert first.kind == AccountKind.MACHINE and not first.has_usable_password()
    assert [told["by"] for told in _told("people.account.opened")] == [first.actor]


def test_a_person_s_account_named_system_is_not_taken_for_the_system(db):
    """Issue 2, 4: nobody becomes the system account by taking its name."""
    on_the_log.make(User, username="system", name="Mallory", password="!")
    with pytest.raises(Conflict, match="Rename that account"):
        services.get_system_account()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "ana", "name": ""}, "name"),
        ({"username": "ana", "email": "not an address"}, "email"),
        ({"username": "ana", "password": "short"}, "password"),
        ({"username": "bot", "kind": AccountKind.MACHINE}, "owner"),
        ({"username": "ana", "kind": "ghost"}, "kind"),
        ({"username": "system"}, "username"),
    ],
)
def test_a_faulty_account_is_refused_by_field(by, fields, field):
    """Issue 2, bad input: the error names the field, and nothing is written."""
    entries = Entry.objects.count()
    with pytest.raises(BadInput) as refused:
        services.open_account(**{"name": "Ana", **fields}, by=by)
    assert refused.value.field == field
    assert User.objects.count() == 1 and Entry.objects.count() == entries


def test_a_machine_is_no_person(by):
    """Issue 2, 4: the database keeps machines and persons apart."""
    person = factories.a_person()
    with pytest.raises(BadInput):
        services.open_account(username="bot", name="Bot", kind=AccountKind.MACHINE, person=person, by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="bot", name="Bot", kind=AccountKind.MACHINE, person=person)


def test_a_person_has_one_account(by):
    """Issue 2, 4: a second account of the same person is refused by field."""
    person = factories.a_person()
    services.open_account(username="ana", name="Ana", person=person, by=by)
    with pytest.raises(BadInput) as refused:
        services.open_account(username="ana2", name="Ana", person=person, by=by)
    assert refused.value.field == "person"


@pytest.mark.parametrize(
    ("role", "since", "until", "active", "may"),
    [
        (GrantedRole.ADMIN, date(2020, 1, 1), None, True, True),
        (GrantedRole.ADMIN, date(2020, 1, 1), None, False, False),
        (GrantedRole.ADMIN, date(2020, 1, 1), date(2020, 2, 1), True, False),
        (GrantedRole.ADMIN, date(2999, 1, 1), None, True, False),
        (GrantedRole.HR, date(2020, 1, 1), None, True, False),
        (None, None, None, True, False),
    ],
)
def test_only_an_administrator_of_today_administers(by, role, since, until, active, may):
    """Design, ground rules: services ask `check_can_x`, which ignore `is_superuser`."""
    user = factories.an_account(is_superuser=True, is_staff=True)
    if role is not None:
        services.grant_role(user=user, role=role, valid_from=since, valid_to=until, by=by)
    user.is_active = active
    assert permissions.can_administer(user) is may
    if not may:
        with pytest.raises(NotPermitted):
            services.open_account(username="new", name="New", by=user)


def test_nobody_gives_a_role_to_themself(by):
    """Design, ground rules: an administrator cannot raise themself."""
    admin = factories.an_account()
    factories.a_role(admin, GrantedRole.ADMIN)
    with pytest.raises(NotPermitted, match="themself"):
        services.grant_role(user=admin, role=GrantedRole.LEADERSHIP, valid_from=MAY, by=admin)


def test_a_role_is_granted_and_ended_with_entries(by):
    """Issue 2, 4: roles are effective-dated, the last day being out."""
    user = factories.an_account()
    grant = services.grant_role(user=user, role=GrantedRole.HR, valid_from=MAY, by=by)
    services.end_role(grant=grant, valid_to=JULY, by=by)
    held = [
        RoleGrant.objects.on(day).filter(user=user).exists() for day in (date(2026, 4, 30), MAY, JUNE, JULY)
    ]
    assert held == [False, True, True, False]
    assert _told("people.role.granted")[-1]["valid_to"] is None
    assert _told("people.role.ended")[-1]["valid_to"] == "2026-07-01"
    with pytest.raises(Conflict):
        services.end_role(grant=grant, valid_to=JULY, by=by)
    with pytest.raises(BadInput):
        services.end_role(grant=grant, valid_to=MAY, by=by)


def test_a_role_needs_the_scope_it_is_held_over(by):
    """Issue 2, 4: a manager is one of a team, a value stream lead of a value stream, others of nothing."""
    team, user = factories.a_team("payments"), factories.an_account()
    for role, scope in [
        (GrantedRole.MANAGER, {}),
        (GrantedRole.MANAGER, {"value_stream": team.value_stream}),
        (GrantedRole.VALUE_STREAM_LEAD, {"team": team}),
        (GrantedRole.HR, {"team": team}),
    ]:
        with pytest.raises(BadInput, match="needs a team"):
            services.grant_role(user=user, role=role, valid_from=MAY, by=by, **scope)
    services.grant_role(user=user, role=GrantedRole.MANAGER, team=team, valid_from=MAY, by=by)


def test_the_same_role_is_not_held_twice_at_a_time_but_over_two_teams_it_is(by):
    """Issue 2, 4: null scopes are equal scopes, different teams are different scopes."""
    user = factories.an_account()
    one, other = factories.a_team("one"), factories.a_team("other")
    for team in (one, other):
        services.grant_role(user=user, role=GrantedRole.MANAGER, team=team, valid_from=MAY, by=by)
    services.grant_role(user=user, role=GrantedRole.HR, valid_from=MAY, valid_to=JUNE, by=by)
    services.grant_role(user=user, role=GrantedRole.HR, valid_from=JUNE, by=by)
    for role, team in ((GrantedRole.MANAGER, one), (GrantedRole.HR, None)):
        with pytest.raises(BadInput, match="already holds"):
            services.grant_role(user=user, role=role, team=team, valid_from=JULY, by=by)
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleGrant.objects.create(user=user, role=role, team=team, valid_from=JULY)


def test_a_password_is_one_s_own_to_change_or_an_administrator_s(by):
    """Issue 2, 4: the ledger hears that a password was changed, never what it is."""
    ana, ben = factories.an_account("ana"), factories.an_account("ben")
    services.change_password(user=ana, password=factories.PASSWORD, by=ana)
    assert User.objects.get(pk=ana.pk).check_password(factories.PASSWORD)
    assert _told("people.password.changed") == [{"by": ana.actor, "user": str(ana.pk)}]
    with pytest.raises(NotPermitted):
        services.change_password(user=ana, password=factories.PASSWORD, by=ben)
    with pytest.raises(BadInput):
        services.change_password(user=ana, password="ana", by=ana)


@pytest.mark.parametrize("model", [Membership, ReportingLine])
def test_the_database_refuses_two_at_a_time(db, model):
    """Issue 2, 4: one team and one manager at a time, kept by the database."""
    person, one, other = (factories.a_person() for _ in range(3))
    ends = (one, other) if model is ReportingLine else (factories.a_team("one"), factories.a_team("other"))
    name = "manager" if model is ReportingLine else "team"
    model.objects.create(person=person, **{name: ends[0]}, valid_from=MAY, valid_to=JUNE)
    model.objects.create(person=person, **{name: ends[1]}, valid_from=JUNE)
    for since, until in ((date(2026, 5, 15), date(2026, 5, 16)), (JULY, None), (JULY, JUNE)):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(person=person, **{name: ends[0]}, valid_from=since, valid_to=until)


def test_the_database_refuses_to_let_anybody_report_to_themself(db):
    """Issue 2, 4: a reporting line has two ends."""
    person = factories.a_person()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportingLine.objects.create(person=person, manager=person, valid_from=MAY)


LOOK_ALIKES = ["kim ", "Kim", "KIM", "\uff4b\uff49\uff4d", "\u212aim"]


@pytest.mark.parametrize("typed", LOOK_ALIKES, ids=ascii)
def test_names_that_look_alike_are_one_account(by, typed):
    """Issue 10, 6: `kim ` opened beside `kim`, and both voted."""
    kim = services.open_account(username="kim", name="Kim", password=factories.PASSWORD, by=by)
    with pytest.raises(BadInput, match="already") as refused:
        services.open_account(username=typed, name="Kim", by=by)
    assert refused.value.field == "username"
    assert User.objects.find(typed) == kim
    assert authenticate(HttpRequest(), username=typed, password=factories.PASSWORD) == kim


@pytest.mark.parametrize(
    "typed",
    ["k\u200bim", "kim\u200d", "\u202emik", "k im", "kim\n", "kim\0", "\ufeffkim", "", "\u3164"],
    ids=ascii,
)
def test_a_user_name_is_one_word_that_one_sees(by, typed):
    """Issue 10, 6."""
    with pytest.raises(BadInput) as refused:
        services.open_account(username=typed, name="Kim", by=by)
    assert refused.value.field == "username"


@pytest.mark.parametrize("written", ["Kim", "kim ", "\uff4b\uff49\uff4d"], ids=ascii)
def test_the_database_keeps_user_names_folded(written):
    """Whoever writes past our code meets the same name in the same shape, or a constraint."""
    with (
        pytest.raises(IntegrityError, match=r"user_name_is_folded|people_user_username"),
        transaction.atomic(),
    ):
        User.objects.bulk_create(
            [
                User(username="kim", name="Kim"),
                User(username=written.strip() if written == "kim " else written, name="Kim"),
            ]
        )


@pytest.mark.parametrize(
    "slug", ["Search", "se\u0430rch", "search ", "se\u200barch", "\uff53earch"], ids=ascii
)
def test_the_database_keeps_slugs_plain(slug):
    """Issue 10, 6: `Search` beside `search`."""
    models: tuple[Any, ...] = (ValueStream, Team)
    for model in models:
        with pytest.raises(IntegrityError, match="slug_is_plain"), transaction.atomic():
            fields = {"slug": slug, "name": "Search"}
            if model is Team:
                stream, _ = ValueStream.objects.get_or_create(slug="commerce", defaults={"name": "Commerce"})
                fields |= {
                    "value_stream": stream,
                    "context_class": "platform",
                    "valid_from": date(2020, 1, 1),
                }
            model.objects.bulk_create([model(**fields)])
