"""Signing in by OpenID Connect, with a provider that runs for real."""

import json

import pytest
import requests
from django.test import Client
from django.test.utils import override_settings

from audits.ledger.models import Payload
from governance.directory.configuration import DirectorySettings, OidcProvider
from governance.directory.models import Binding
from governance.people.models import GrantedRole, User
from tests import factories, web_server
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]


@pytest.fixture
def kim():
    return factories.a_person("kim")


def claims(provider: str, subject: str, **said: object) -> None:
    """Let the provider say this of a subject."""
    assert requests.put(f"{provider}/users/{subject}", json=said, timeout=10).ok


def begun(client: Client, path: str = "/sign-in/organisation/oidc") -> str:
    """The provider's address that signing in leads to."""
    return client.get(path)["Location"]


def consented(address: str, subject: str) -> str:
    """The address to which the provider sends a browser back."""
    answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=10)
    return answer.headers["Location"].removeprefix("http://localhost:8000")


def signed_in(subject: str, client: Client | None = None, path: str = "/sign-in/organisation/oidc"):
    client = client or Client()
    return client, client.get(consented(begun(client, path), subject))


def told(kind: str) -> list[dict]:
    return [json.loads(bytes(each.body)) for each in Payload.objects.filter(entry__kind=kind)]


def who(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_a_person_is_signed_in_by_a_claim_and_bound(by_oidc, kim):
    """Issue 19, 1: an account is bound to a person by a claim; somebody who has none yet is opened one."""
    claims(by_oidc, "s-1", employee="kim", name="Kim")
    client, back = signed_in("s-1", path="/sign-in/organisation/oidc?next=/tokens")
    user = User.objects.get(person=kim)
    assert (back.status_code, back["Location"], who(client)) == (302, "/tokens", str(user.pk))
    assert client.get("/sessions").status_code == 200
    assert told("directory.account.bound")[0] | {"binding": ""} == {
        "by": factories.system().actor, "binding": "", "user": str(user.pk), "provider": "oidc",
    }  # fmt: skip
    signed_in("s-1")
    assert User.objects.filter(person=kim).count() == Binding.objects.count() == 1


def test_who_is_unknown_is_refused_and_it_is_written_down(by_oidc):
    """Issue 19, 1: a person who is unknown here is not let in."""
    claims(by_oidc, "s-2", employee="nobody")
    client, back = signed_in("s-2")
    assert back.status_code == 403
    assert Page(back).says("You are not known here as somebody who works here today", "Back to signing in")
    assert who(client) is None and not Binding.objects.exists()
    assert told("directory.sign_in.refused")[0]["why"] == "unknown_person"


def test_the_sign_in_page_offers_it_where_it_is_configured(by_oidc):
    """Issue 19: nothing of it shows until it is configured."""
    assert Page(Client().get("/sign-in")).says("Sign in by Example Ltd")
    with override_settings(DIRECTORY=DirectorySettings()):
        assert "organisation/oidc" not in Client().get("/sign-in").content.decode()
        assert Client().get("/sign-in/organisation/oidc").status_code == 404
        assert Client().get("/sign-in/organisation/saml/metadata").status_code == 404


def test_another_persons_claim_is_refused(by_oidc, kim):
    """Issue 19, bad input: a provider that sends another person's claim."""
    factories.an_account("ann", person=factories.a_person("ann"))
    claims(by_oidc, "s-3", employee="kim")
    signed_in("s-3")
    claims(by_oidc, "s-3", employee="ann")
    client, back = signed_in("s-3")
    assert back.status_code == 403 and Page(back).says("named somebody else than before")
    claims(by_oidc, "s-4", employee="kim")
    other, again = signed_in("s-4")
    assert again.status_code == 403 and Page(again).says("another sign-in of your organisation")
    assert who(client) is None and who(other) is None
    assert [each["why"] for each in told("directory.sign_in.refused")] == [
        "another_person",
        "bound_elsewhere",
    ]


@pytest.mark.parametrize("verified", [False, None, "yes please"])
def test_an_address_that_the_provider_does_not_vouch_for_is_nobodys(oidc_provider, verified):
    """Issue 19, bad input: an unverified address."""
    factories.an_account("bo", email="bo@example.org")
    provider = OidcProvider(oidc_provider, "charter", "secret")
    said = {"email": "bo@example.org"} | ({} if verified is None else {"email_verified": verified})
    with override_settings(DIRECTORY=DirectorySettings(oidc=provider)):
        claims(oidc_provider, "s-5", **said)
        client, back = signed_in("s-5")
        assert back.status_code == 403 and who(client) is None
        assert Page(back).says("does not vouch for your address")
        claims(oidc_provider, "s-5", email="BO@example.org", email_verified=True)
        assert signed_in("s-5")[1].status_code == 302


def test_what_was_used_comes_from_elsewhere_or_was_refused_there_signs_nobody_in(by_oidc, kim):
    """Issue 19, bad input: a replayed assertion."""
    claims(by_oidc, "s-6", employee="kim")
    client = Client()
    back = consented(begun(client), "s-6")
    assert Client().get(back).status_code == 401  # another browser's, as a link that somebody was sent
    client.get(back)
    client.post("/sign-out")
    again = client.get(back)
    assert again.status_code == 401 and who(client) is None
    assert Page(again).says("was used already", "Nobody was signed in")
    refused = requests.post(begun(client), data={"action": "deny"}, allow_redirects=False, timeout=10)
    stopped = client.get(refused.headers["Location"].removeprefix("http://localhost:8000"))
    assert stopped.status_code == 401 and Page(stopped).says("was stopped there")


def test_a_provider_that_is_down_is_said_to_be(by_oidc):
    """Issue 19, bad input: a provider that is down; passwords go on."""
    away = OidcProvider(f"http://127.0.0.1:{web_server.free_port()}", "charter", "secret")
    with override_settings(DIRECTORY=DirectorySettings(oidc=away)):
        page = Page(Client().get("/sign-in/organisation/oidc"))
    assert page.status == 503
    assert page.says("sign-in does not answer", "Nothing is the matter with your account")


def test_a_closed_account_and_a_page_of_elsewhere(by_oidc, kim):
    """Issue 19: who signs in goes to a page of this site alone."""
    claims(by_oidc, "s-7", employee="kim")
    _client, back = signed_in("s-7", path="/sign-in/organisation/oidc?next=https://evil.example/")
    assert back["Location"] == "/"


def test_a_group_that_no_mapping_names_gives_nothing(by_oidc, kim):
    """Issue 19, bad input: an unmapped group."""
    claims(by_oidc, "s-8", employee="kim", groups=["admin", "board_member"])
    client, _back = signed_in("s-8")
    assert not User.objects.get(person=kim).role_grants.exists()
    assert GrantedRole.ADMIN not in client.get("/").content.decode()
