"""What is not the provider's word, or not for this sign-in, signs nobody in: each of these is one lie and no other."""

import time

import jwt
import pytest
from django.test import Client
from django.test.utils import override_settings

from governance.directory.configuration import DirectorySettings, OidcProvider
from governance.directory.models import Binding
from tests import factories
from tests.governance.directory import hostile
from tests.governance.directory.hostile import ANOTHER, KEY, Hostile
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]


@pytest.fixture(scope="module")
def running():
    with hostile.running() as provider:
        yield provider


@pytest.fixture
def provider(running: Hostile):
    factories.a_person("kim")
    running.reset()
    told = OidcProvider(running.address, hostile.CLIENT, "secret", person_claim="employee")
    with override_settings(DIRECTORY=DirectorySettings(oidc=told)):
        yield running


def come(provider: Hostile) -> tuple[Client, Page]:
    client = Client()
    begun = client.get("/sign-in/organisation/oidc")["Location"]
    return client, Page(client.get(provider.begin(begun)))


def test_the_truth_signs_in(provider):
    """Else all that follows would prove nothing."""
    client, page = come(provider)
    assert page.status == 302 and "_auth_user_id" in client.session


def unsigned(said):
    return jwt.encode(said, None, algorithm="none", headers={"kid": "1"})


def by_another_key(said):
    return jwt.encode(said, ANOTHER, algorithm="RS256", headers={"kid": "1"})


def by_another_kid(said):
    return jwt.encode(said, KEY, algorithm="RS256", headers={"kid": "2"})


def by_a_shared_secret(said):
    """The confusion of algorithms: what both sides know is no proof of who said it."""
    return jwt.encode(said, "secret" * 8, algorithm="HS256", headers={"kid": "1"})


def changed_afterwards(said):
    head, _body, mark = hostile.sign(said).split(".")
    other = hostile.sign(said | {"employee": "ann"}).split(".")[1]
    return ".".join((head, other, mark))


NOW = int(time.time())
LIES = {
    "unsigned": {"token": unsigned},
    "signed by another's key": {"token": by_another_key},
    "signed by a key that is not the provider's": {"token": by_another_kid},
    "signed by a secret": {"token": by_a_shared_secret},
    "changed after it was signed": {"token": changed_afterwards},
    "no token at all": {"token": lambda _said: None},
    "no token in form": {"token": lambda _said: "not.a.token"},
    "of another sign-in": {"nonce": "somebody-else"},
    "without the sign-in it is of": {"nonce": None},
    "over": {"exp": NOW - 3600, "iat": NOW - 3900},
    "old": {"iat": NOW - 3600},
    "of the future": {"iat": NOW + 36_000},
    "without an end": {"exp": None},
    "for somebody else": {"aud": "another-site"},
    "for us and others": {"aud": ["charter", "another-site"]},
    "by another issuer": {"iss": "https://elsewhere.example"},
    "about nobody": {"sub": None},
    "userinfo of somebody else": {"userinfo": {"sub": "s-2"}},
    "a subject of 10 kB": {"sub": "s" * 10_000, "userinfo": {"sub": "s" * 10_000}},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_signs_nobody_in(provider, lie):
    """Issue 19, bad input: unsigned, replayed and old assertions, and those that are for somebody else."""
    provider.reset(**LIES[lie])
    client, page = come(provider)
    assert page.status == 401 and page.says("You could not be signed in", "Begin again")
    assert "_auth_user_id" not in client.session and not Binding.objects.exists()


@pytest.mark.parametrize("employee", [None, "", 7.5, ["kim", "ann"], {"is": "kim"}])
def test_a_claim_that_names_no_one_person_is_nobodys(provider, employee):
    """Issue 19, bad input: which of several is meant nobody can say."""
    provider.reset(userinfo={"employee": employee}, employee=employee)
    client, page = come(provider)
    assert page.status == 403 and page.says("does not say who you are")
    assert "_auth_user_id" not in client.session


NO_ANSWERS = {
    "/userinfo": [[], "kim", None, {"sub": ["s-1"]}],
    "/keys": [[], {}, {"keys": []}, {"keys": "all"}, None],
    "/token": [[], {}, {"access_token": "x"}, {"access_token": "x", "id_token": 7}],
    "/.well-known/openid-configuration": [[], {}, None, "hello"],
}


@pytest.mark.parametrize(
    ("path", "said"), [(path, said) for path, those in NO_ANSWERS.items() for said in those]
)
def test_an_answer_of_another_shape_is_no_fault_of_ours(provider, path, said):
    """Issue 19, bad input: whatever a provider answers, nobody is signed in and a page says so."""
    client = Client()
    begun = client.get("/sign-in/organisation/oidc")["Location"]
    provider.instead = {path: said}
    page = Page(client.get(provider.begin(begun)))
    assert page.status in {401, 503} and page.says("Nobody was signed in", "Back to signing in")
    assert "_auth_user_id" not in client.session
    assert Client().get("/sign-in/organisation/oidc").status_code in {302, 401, 503}
