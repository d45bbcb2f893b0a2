"""Tokens of the API: who makes, confirms and revokes them, what each may be used for, and when it was last used."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import timezone

from audits.ledger.models import Payload
from governance.people import services, tokens
from governance.people.models import AccountKind, GrantedRole, Token
from governance.people.scopes import Scope
from ground.errors import BadInput, Conflict, NotFound, NotPermitted
from ground.ids import new_id
from tests import factories
from tests.ground.test_counts import in_redis, key

__all__ = ["in_redis", "key"]

pytestmark = pytest.mark.django_db

COHORTS = "/api/v1/cohorts"
CHANGING = ("post", "put", "patch", "delete")


@pytest.fixture
def ana():
    return factories.an_account("ana")


@pytest.fixture
def bot(ana):
    return factories.an_account("bot", kind=AccountKind.MACHINE, owner=ana)


def make(user, *, by=None, **fields):
    given = {"name": "laptop", "scope": Scope.READ, "days": 30, **fields}
    return tokens.make_token(user=user, by=by or user, **given)


def ask(secret: str, path: str = COHORTS, method: str = "get") -> int:
    return getattr(Client(), method)(path, HTTP_AUTHORIZATION=f"Token {secret}").status_code


def told(kind: str) -> list[dict]:
    found = Payload.objects.filter(entry__kind=kind).order_by("entry__at")
    return [{"actor": each.actor, **json.loads(bytes(each.body))} for each in found]


def test_a_token_is_made_for_oneself_and_on_the_log(ana):
    """Issue 9: with a name, a scope and an end; neither the token nor its digest is on the log."""
    token, secret = make(ana, name="  My   laptop ")
    assert ask(secret) == 200
    assert (token.name, token.scope, token.made_by) == ("My laptop", "read", ana)
    assert timedelta(days=29) < token.expires_at - timezone.now() <= timedelta(days=30)
    (entry,) = told("people.token.made")
    assert secret not in str(entry) and token.digest not in str(entry) and entry["actor"] == ana.actor
    assert secret not in str(Token.objects.values())


def test_nobody_makes_a_token_for_somebody_else(ana):
    """Issue 9: six tokens made by one superuser passed a unanimous case; not even an administrator may, nor the system."""
    root = factories.an_account("root", is_superuser=True, is_staff=True)
    factories.an_administrator("root")
    for by in (root, factories.system(), factories.an_account("ben")):
        with pytest.raises(NotPermitted):
            make(ana, by=by)
    with pytest.raises(NotPermitted):
        make(factories.system())
    assert not Token.objects.exists()


def test_a_machines_token_needs_its_owner_and_a_second_administrator(ana, bot):
    """Issue 9: until it is confirmed it is worth nothing; the owner is no second, whatever role they hold."""
    services.grant_role(
        user=ana, role=GrantedRole.ADMIN, valid_from=factories.LONG_AGO, by=factories.system()
    )
    token, secret = make(bot, by=ana)
    assert ask(secret) == 401
    for by in (ana, factories.an_account("ben"), factories.system()):
        with pytest.raises(NotPermitted):
            tokens.confirm_token(token=token, by=by)
    tokens.confirm_token(token=token, by=factories.an_administrator())
    assert ask(secret) == 200
    with pytest.raises(Conflict):
        tokens.confirm_token(token=token, by=factories.an_administrator())
    assert len(told("people.token.confirmed")) == 1


def test_whoever_made_a_machines_token_is_no_second_under_another_account(ana, bot):
    """Issue 9 and 15: not after the account by which it was made was merged into theirs."""
    token, _secret = make(bot, by=ana)
    twin = factories.an_administrator("twin")
    factories.a_merge(ana, twin)
    token.refresh_from_db()
    with pytest.raises(NotPermitted, match="second administrator"):
        tokens.confirm_token(token=token, by=twin)


def test_a_person_s_token_cannot_be_confirmed_by_anybody_for_more(ana):
    """Misuse: there is nothing to confirm in it."""
    token, _secret = make(ana)
    with pytest.raises(Conflict):
        tokens.confirm_token(token=token, by=factories.an_administrator())


def test_only_its_owner_makes_a_machines_token(ana, bot):
    """Issue 9: an administrator confirms, and does not make."""
    for by in (bot, factories.an_administrator(), factories.an_account("ben")):
        with pytest.raises(NotPermitted):
            make(bot, by=by)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"days": 0}, "days"),
        ({"days": 91}, "days"),
        ({"days": -1}, "days"),
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"scope": "everything"}, "scope"),
    ],
)
def test_what_is_no_token_is_refused_by_name(ana, fields, field):
    """Issue 9: 90 days at most, a name, and one of four words."""
    with pytest.raises(BadInput) as refused:
        make(ana, **fields)
    assert refused.value.field == field


def test_the_database_keeps_the_promise_too(ana):
    """Issue 9: no end beyond 90 days, none confirmed by whoever made it; whose it is and for what never changes."""
    token, _secret = make(ana)
    for wrong in (
        {"expires_at": token.made_at + timedelta(days=91)},
        {"scope": Scope.BOARD},
        {"confirmed_by": ana, "confirmed_at": timezone.now()},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Token.objects.filter(pk=token.pk).update(**wrong)
    copy = Token.objects.get(pk=token.pk)
    copy.pk, copy.digest, copy.expires_at = new_id(), "0" * 128, timezone.now() + timedelta(days=400)
    with pytest.raises(DatabaseError), transaction.atomic():
        copy.save(force_insert=True)


def test_a_machine_does_no_work_of_the_board(ana, bot):
    """Issue 9: votes are people's."""
    with pytest.raises(BadInput) as refused:
        make(bot, by=ana, scope=Scope.BOARD)
    assert refused.value.field == "scope"


def test_an_account_has_ten_at_most_and_those_that_are_over_make_room(ana):
    """Limits: nobody collects tokens."""
    for _ in range(tokens.MOST):
        make(ana)
    with pytest.raises(Conflict):
        make(ana)
    with pytest.MonkeyPatch.context() as later:
        now = timezone.now() + timedelta(days=31)
        later.setattr(timezone, "now", lambda: now)
        make(ana)
    assert Token.objects.count() == 1


def test_a_token_that_is_over_is_refused(ana, monkeypatch):
    """Issue 9: at its end, also where it is remembered."""
    _token, secret = make(ana, days=1)
    assert ask(secret) == 200
    now = timezone.now() + timedelta(days=1, seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert ask(secret) == 401


def test_a_revoked_token_is_refused_at_once_and_on_the_log(ana):
    """Issue 9: revoking needs no restart, and is told."""
    token, secret = make(ana)
    assert ask(secret) == 200
    tokens.revoke_token(token=token, by=ana)
    assert ask(secret) == 401
    assert len(told("people.token.revoked")) == 1
    with pytest.raises(NotFound):
        tokens.revoke_token(token=token, by=ana)


def test_who_revokes(ana, bot):
    """Issue 9: one's own by oneself; a machine's by its owner or an administrator; else nobody is told that it is there."""
    admin, ben = factories.an_administrator(), factories.an_account("ben")
    own, machines = make(ana)[0], make(bot, by=ana)[0]
    for token, by in ((own, ben), (own, admin), (machines, ben)):
        with pytest.raises(NotPermitted):
            tokens.revoke_token(token=token, by=by)
        with pytest.raises(NotFound):
            tokens.get_token(token.pk, by=by)
    assert tokens.get_token(machines.pk, by=admin) == machines
    tokens.revoke_token(token=machines, by=admin)
    tokens.revoke_token(token=tokens.get_token(own.pk, by=ana), by=ana)


def changing() -> list[tuple[str, str, Scope]]:
    """Every address of the API that changes something: address, method and what its view declares."""
    found = []
    for first in get_resolver().url_patterns:
        within: list[Any] = getattr(first, "url_patterns", []) if str(first.pattern) == "api/v1/" else []
        for each in within:
            view = each.callback.view_class
            address = re.sub(r"<uuid:\w+>", "01890000-0000-7000-8000-000000000000", str(each.pattern))
            address = re.sub(r"<int:\w+>", "1", re.sub(r"<\w+:\w+>", "x", address))
            scope = getattr(view, "token_scope", Scope.BOARD)
            found += [(f"/api/v1/{address}", method, scope) for method in CHANGING if hasattr(view, method)]
    return found


@pytest.mark.parametrize("scope", list(Scope))
def test_a_scope_opens_what_it_says_and_nothing_else(ana, scope):
    """Issue 9: enforced where the token is looked up, before any view; what declares nothing needs the widest."""
    of_directory = scope == Scope.ACCOUNTS
    machine = factories.an_account("directory", kind=AccountKind.MACHINE) if of_directory else None
    secret = factories.a_token(machine, scope) if machine else make(ana, scope=scope)[1]
    walked = changing()
    assert len(walked) > 40 and {each[2] for each in walked} == {*Scope} - {Scope.READ, Scope.ACCOUNTS}
    for address, method, needs in walked:
        reply = getattr(Client(raise_request_exception=False), method)(
            address, "{}", content_type="application/json", HTTP_AUTHORIZATION=f"Token {secret}"
        )
        refused = reply.status_code == 403 and reply.json()["code"] == "token_scope"
        assert refused != scope.covers(needs), (method, address)
    assert ask(secret) == (403 if of_directory else 200)


def test_what_needs_the_boards_scope_is_what_the_board_decides():
    """Issue 9: a vote is never cast with a token for less."""
    needs = {(address, method): scope for address, method, scope in changing()}
    case = "/api/v1/cases/01890000-0000-7000-8000-000000000000"
    assert needs[f"{case}/ballots", "post"] == needs["/api/v1/terms", "post"] == Scope.BOARD
    assert {needs["/api/v1/queries", "post"], needs["/api/v1/checks", "post"]} == {Scope.ASK}


def test_last_use_is_kept_to_the_hour_and_costs_no_statement(ana):
    """Issue 9: it rides in the statement that counts the request."""
    token, secret = make(ana)
    assert token.last_used_at is None
    ask(secret)
    token.refresh_from_db()
    first = token.last_used_at
    assert first is not None and abs(first - timezone.now()) < timedelta(minutes=1)
    with CaptureQueriesContext(connection) as captured:
        ask(secret)
    writing = [each["sql"] for each in captured if "UPDATE people_token" in each["sql"]]
    assert len(writing) == 1 and "ground_count" in writing[0]
    token.refresh_from_db()
    assert token.last_used_at == first, "not twice in an hour"
    Token.objects.update(last_used_at=first - timedelta(minutes=61))
    ask(secret)
    token.refresh_from_db()
    assert token.last_used_at >= first


def test_last_use_forgets_nothing_that_is_remembered(ana):
    """Hot path: a use must not empty everybody's memory of tokens."""
    from ground import data_versions

    _token, secret = make(ana)
    before = data_versions.read()
    ask(secret)
    assert data_versions.read() == before


def test_last_use_is_kept_where_redis_counts(in_redis, ana):
    """As in PostgreSQL: where counts stand elsewhere there is no statement to ride in, so once an hour there is one."""
    token, secret = make(ana)
    assert ask(secret) == 200
    token.refresh_from_db()
    assert token.last_used_at is not None
    with CaptureQueriesContext(connection) as captured:
        assert ask(secret) == 200
    assert not [each for each in captured if "UPDATE" in each["sql"] and "people_token" in each["sql"]]


def test_a_token_that_is_over_or_waits_is_not_used(ana, bot):
    """What is refused was not of use: its owner would read that somebody works with it."""
    assert_unused(ana, bot)


def test_a_token_that_is_over_or_waits_is_not_used_where_redis_counts(in_redis, ana, bot):
    """The same where the use is written in a statement of its own."""
    assert_unused(ana, bot)


def assert_unused(ana, bot) -> None:
    over, secret = make(ana)
    made_at = timezone.now() - timedelta(days=2)
    factories.change(over, made_at=made_at, expires_at=made_at + timedelta(days=1))
    waiting, waiting_secret = make(bot, by=ana)
    assert (ask(secret), ask(waiting_secret)) == (401, 401)
    assert {each.last_used_at for each in Token.objects.all()} == {None}
    tokens.confirm_token(token=waiting, by=factories.an_administrator())
    assert ask(waiting_secret) == 200
    waiting.refresh_from_db()
    assert waiting.last_used_at is not None


@pytest.mark.parametrize("owner", [None, "machine", "gone"])
def test_a_machine_has_a_person_who_answers_for_it(owner):
    """Issue 9: else nobody could be asked about its tokens."""
    keeper = None
    if owner == "machine":
        keeper = factories.an_account("other-bot", kind=AccountKind.MACHINE)
    if owner == "gone":
        keeper = factories.an_account("gone")
        keeper.is_active = False
    with pytest.raises(BadInput) as refused:
        services.open_account(
            username="bot", name="Bot", kind=AccountKind.MACHINE, owner=keeper, by=factories.system()
        )
    assert refused.value.field == "owner"


def test_a_person_has_no_owner(ana):
    """Misuse: nobody makes tokens for a colleague by owning them; the database says so too."""
    with pytest.raises(BadInput):
        services.open_account(username="ben", name="Ben", owner=ana, by=factories.system())
    ben = factories.an_account("ben")
    with pytest.raises(DatabaseError), transaction.atomic():
        type(ben).objects.filter(pk=ben.pk).update(owner=ana)
