"""Signing in by SAML, with a provider that runs for real in a process of its own."""

import base64
import html
import re
from datetime import timedelta
from unittest import mock

import pytest
import requests
from django.test import Client
from lxml import etree
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Words
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from governance.directory.models import Binding
from governance.people.models import User
from tests import factories
from tests.governance.directory.test_oidc import told, who
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]
START = "/sign-in/organisation/saml"
POSTED = f"{START}/posted"


@pytest.fixture
def kim():
    return factories.a_person("kim")


@pytest.fixture(autouse=True)
def signs(by_saml):
    """Assertions are signed, whatever another test asked for."""
    requests.get(f"{by_saml}/sign?assertion=yes", timeout=10)


def consented(provider: str, begun: str, name: str, **said: str) -> dict[str, str]:
    """What the provider's page posts to us."""
    browser = requests.Session()
    assert browser.get(f"{provider}/as/{name}", params=said, timeout=10).text == "in"
    page = browser.get(begun, timeout=10)
    assert page.ok, page.text
    fields = re.findall(r'name="(SAMLResponse|RelayState)"\s+value="([^"]*)"', page.text)
    return {name: html.unescape(value) for name, value in fields}


def begun(client: Client, path: str = START) -> str:
    return client.get(path)["Location"]


def posted(client: Client, form: dict[str, str]):
    """As a browser does: what another site's page posts comes without our session, what follows with it."""
    kept = Client().post(POSTED, form)
    assert kept.status_code == 302
    client.cookies["saml-acs-session"] = kept.cookies["saml-acs-session"].value
    return client.get(kept["Location"])


def test_a_person_is_signed_in_by_saml(by_saml, kim):
    """Issue 19, 1: SAML by a real provider."""
    client = Client()
    form = consented(by_saml, begun(client, f"{START}?next=/tokens"), "s-1", employee="kim")
    back = posted(client, form)
    user = User.objects.get(person=kim)
    assert (back.status_code, back["Location"], who(client)) == (302, "/tokens", str(user.pk))
    assert Binding.objects.get().provider == "saml"
    again = posted(client, form)  # replayed in the same browser
    assert again.status_code == 401 and Page(again).says("was used already")
    other = posted(Client(), form)  # and in another
    assert other.status_code == 401


def test_who_is_unknown_by_saml_is_refused(by_saml):
    """Issue 19, 1: a person who is unknown here is not let in."""
    client = Client()
    back = posted(client, consented(by_saml, begun(client), "s-2", employee="nobody"))
    assert back.status_code == 403 and who(client) is None
    assert told("directory.sign_in.refused")[0]["why"] == "unknown_person"


@pytest.mark.parametrize("signed", ["", "response=yes"])
def test_an_assertion_that_is_not_signed_itself_is_refused(by_saml, kim, signed):
    """Issue 19, bad input: an unsigned assertion."""
    requests.get(f"{by_saml}/sign?{signed}", timeout=10)
    client = Client()
    back = posted(client, consented(by_saml, begun(client), "s-3", employee="kim"))
    assert back.status_code == 401 and who(client) is None


def rewritten(form: dict[str, str], change) -> dict[str, str]:
    said = base64.b64decode(form["SAMLResponse"]).decode()
    changed = change(said)
    assert changed != said
    return form | {"SAMLResponse": base64.b64encode(changed.encode()).decode()}


def test_what_was_changed_or_put_into_another_response_is_refused(by_saml, kim):
    """Issue 19, bad input: another person's claim, and a stolen assertion in a response of one's own."""
    factories.a_person("ann")
    client = Client()
    form = consented(by_saml, begun(client), "s-4", employee="kim")
    back = posted(client, rewritten(form, lambda said: said.replace(">kim<", ">ann<")))
    assert back.status_code == 401 and who(client) is None
    stolen = consented(by_saml, begun(Client()), "s-4", employee="kim")
    thief = Client()
    own = re.search(r'ID="([^"]+)"', _request_of(begun(thief)))[1]
    envelope = rewritten(
        stolen, lambda said: re.sub(r'InResponseTo="[^"]+"', f'InResponseTo="{own}"', said, count=1)
    )
    back = posted(thief, envelope)
    assert back.status_code == 401 and who(thief) is None


WITHOUT = {
    "what it answers": lambda data: data.attrib.pop("InResponseTo"),
    "for whom it is": lambda data: _drop(data.getroottree().find(".//{*}AudienceRestriction")),
}


@pytest.mark.parametrize("what", WITHOUT)
def test_an_assertion_that_does_not_say_what_it_has_to_is_refused(by_saml, saml_folder, kim, what):
    """Issue 19, bad input: signed by the provider itself, so that python3-saml takes it, and anybody’s to use again."""
    client = Client()
    form = consented(by_saml, begun(client), "s-6", employee="kim")
    changed = form | {"SAMLResponse": _signed_anew(form["SAMLResponse"], saml_folder, WITHOUT[what])}
    back = posted(client, changed)
    assert back.status_code == 401 and who(client) is None
    unchanged = consented(by_saml, begun(client), "s-6", employee="kim")
    same = unchanged | {
        "SAMLResponse": _signed_anew(unchanged["SAMLResponse"], saml_folder, lambda _data: None)
    }
    assert posted(client, same).status_code == 302  # else the proof were one of how it is signed


def _drop(node) -> None:
    node.getparent().remove(node)


def _signed_anew(response: str, folder, change) -> str:
    """The response with its assertion changed, and signed again by the provider's own key."""
    tree = etree.fromstring(base64.b64decode(response))
    assertion = tree.find(".//{*}Assertion")
    _drop(assertion.find("{*}Signature"))
    change(assertion.find(".//{*}SubjectConfirmationData"))
    key, certificate = (folder / "key.pem").read_text(), (folder / "certificate.pem").read_text()
    signed = OneLogin_Saml2_Utils.add_sign(
        etree.tostring(assertion),
        key,
        certificate,
        sign_algorithm=Words.RSA_SHA256,
        digest_algorithm=Words.SHA256,
    )
    assertion.getparent().replace(assertion, etree.fromstring(signed))
    return base64.b64encode(etree.tostring(tree)).decode()


def test_an_old_assertion_is_refused(by_saml, kim):
    """Issue 19, bad input: an old assertion."""
    client = Client()
    form = consented(by_saml, begun(client), "s-5", employee="kim")
    later = OneLogin_Saml2_Utils.now() + timedelta(hours=2).total_seconds()
    with mock.patch.object(OneLogin_Saml2_Utils, "now", staticmethod(lambda: int(later))):
        back = posted(client, form)
    assert back.status_code == 401 and who(client) is None


@pytest.mark.parametrize("body", ["", "no base64 !", base64.b64encode(b"<a").decode(), "PGE+PC9hPg=="])
def test_what_is_no_response_is_refused(by_saml, body):
    """Issue 19, bad input: nothing that was posted ends in a fault of ours."""
    client = Client()
    client.get(START)
    back = posted(client, {"SAMLResponse": body})
    assert back.status_code == 401 and Page(back).says("Nobody was signed in")


def test_we_describe_ourselves_and_answer_no_other_method(by_saml):
    """Whoever sets the provider up reads where assertions go."""
    said = Client().get(f"{START}/metadata")
    assert b"http://localhost:8000/sign-in/organisation/saml/posted" in said.content
    assert b'WantAssertionsSigned="true"' in said.content
    assert Client().get(POSTED).status_code == 405
    assert Client().get(f"{START}/finish").status_code == 401


def _request_of(location: str) -> str:
    from urllib.parse import parse_qs, urlsplit

    packed = parse_qs(urlsplit(location).query)["SAMLRequest"][0]
    return OneLogin_Saml2_Utils.decode_base64_and_inflate(packed).decode()
