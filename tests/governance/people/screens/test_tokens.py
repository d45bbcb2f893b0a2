"""The pages of tokens: what is shown to whom, and what is told of tokens that are somebody else's."""

import pytest

from governance.people import tokens
from governance.people.models import AccountKind, Token
from governance.people.scopes import Scope
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

FORM = {"name": "laptop", "scope": "ask", "days": "30"}


@pytest.fixture
def ana():
    return factories.an_account("ana")


@pytest.fixture
def page(client, ana):
    client.force_login(ana)
    return client


def of(user, by=None) -> Token:
    return tokens.make_token(user=user, name="nightly", scope=Scope.READ, days=7, by=by or user)[0]


def test_a_token_is_shown_once_and_kept_by_no_cache(page, ana):
    """Issue 9: shown once; the page that shows it is stored nowhere."""
    shown = page.post("/tokens/new", FORM)
    secret = shown.context["secret"]
    assert shown.status_code == 200 and tokens.is_valid(secret, of=ana)
    assert "no-store" in shown["Cache-Control"]
    assert secret in shown.content.decode() and secret not in page.get("/tokens").content.decode()
    assert (token := Token.objects.get()).scope == Scope.ASK and token.made_by == ana


@pytest.mark.parametrize("wrong", [{"name": ""}, {"scope": "everything"}, {"days": "91"}, {"days": ""}])
def test_what_is_wrong_stands_beside_its_field(page, wrong):
    """Bad input: 400, the field, and nothing made."""
    refused = page.post("/tokens/new", {**FORM, **wrong})
    assert refused.status_code == 400 and set(refused.context["form"].errors) == set(wrong)
    assert not Token.objects.exists()


def test_a_form_makes_tokens_of_ones_own_machines_alone(page, ana):
    """Issue 9: whose account the form names is not believed."""
    mine = factories.an_account("my-bot", kind=AccountKind.MACHINE, owner=ana)
    other = factories.an_account("other-bot", kind=AccountKind.MACHINE)
    for whose in (other, factories.an_account("ben"), factories.system()):
        assert page.post("/tokens/new", {**FORM, "user": str(whose.pk)}).status_code == 400
    assert page.post("/tokens/new", {**FORM, "user": str(mine.pk)}).status_code == 200
    assert Token.objects.get().user == mine


def test_of_others_tokens_nothing_is_told(page):
    """Issue 9: the same answer for another's and for none."""
    theirs = of(factories.an_account("ben")).pk
    for key in (theirs, "01890000-0000-7000-8000-000000000000"):
        for act in ("revoke", "confirm"):
            assert page.get(f"/tokens/{key}/{act}").status_code == 404
            assert page.post(f"/tokens/{key}/{act}").status_code == 404
    assert "nightly" not in page.get("/tokens").content.decode()
    assert Token.objects.count() == 1


def test_a_second_administrator_confirms_on_a_page(client, page, ana):
    """Issue 9: the owner may not; an administrator finds it in the list."""
    token = of(factories.an_account("bot", kind=AccountKind.MACHINE, owner=ana), by=ana)
    assert "Waits for a second administrator" in page.get("/tokens").content.decode()
    assert page.post(f"/tokens/{token.pk}/confirm").status_code == 403
    client.force_login(factories.an_administrator())
    assert f"/tokens/{token.pk}/confirm" in client.get("/tokens").content.decode()
    assert client.post(f"/tokens/{token.pk}/confirm").status_code == 302
    assert not Token.objects.select_related("user").get().waits


def test_nothing_is_revoked_by_looking(page, ana):
    """Confirmation: a page says what follows; only the button does it."""
    token = of(ana)
    assert page.get(f"/tokens/{token.pk}/revoke").status_code == 200 and Token.objects.exists()
    assert page.post(f"/tokens/{token.pk}/revoke").status_code == 302 and not Token.objects.exists()
