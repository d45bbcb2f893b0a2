"""What the doctor says of the organisation's sign-in: nothing where none is told, a sentence and a remedy where something is wrong."""

import pytest
from django.test import override_settings

from governance.config.doctor_sign_in import look_at_accounts, look_at_providers
from governance.config.looked_over import PartState
from governance.config.sign_in_settings import read_directory
from governance.directory import services
from governance.directory.configuration import DirectorySettings, OidcProvider, SamlProvider
from governance.people.scopes import Scope
from tests import factories, web_server
from tests.governance.directory import hostile
from tests.governance.directory.conftest import make_certificate
from tests.governance.directory.scim_client import a_directory


def looked(check, **told):
    with override_settings(DIRECTORY=DirectorySettings(**told)):
        return [(each.state, each.sentence, each.remedy) for each in check()]


def test_a_provider_that_answers_one_that_is_away_and_one_of_another_name():
    """Issue 19: doctor checks it with sentence and remedy."""
    with hostile.running() as provider:
        [(state, sentence, remedy)] = looked(look_at_providers, oidc=OidcProvider(provider.address, "c", "s"))
        assert (state, remedy) == (PartState.OK, "") and "answers" in sentence
        named = OidcProvider(provider.address.replace("127.0.0.1", "localhost"), "c", "s")
        [(state, sentence, remedy)] = looked(look_at_providers, oidc=named)
        assert state == PartState.FAULT and "calls itself" in sentence and "OIDC_ISSUER" in remedy
    away = OidcProvider(f"http://127.0.0.1:{web_server.free_port()}", "c", "s")
    [(state, sentence, remedy)] = looked(look_at_providers, oidc=away)
    assert state == PartState.FAULT and "does not answer" in sentence and "reached from here" in remedy


def test_a_certificate_that_ends_soon_and_one_that_is_none(tmp_path):
    """An expired certificate signs nobody in, and nobody knows why."""
    soon = SamlProvider("e", "https://idp.example/", make_certificate(tmp_path))
    [(state, sentence, remedy)] = looked(look_at_providers, saml=soon)
    assert state == PartState.NOTE and "ends on" in sentence and "SAML_CERTIFICATE_FILE" in remedy
    [(state, sentence, _remedy)] = looked(look_at_providers, saml=SamlProvider("e", "https://x/", "nothing"))
    assert state == PartState.FAULT and "cannot be read" in sentence
    assert looked(look_at_providers) == []


@pytest.mark.django_db
@pytest.mark.stands_on("board")
def test_who_gets_in_when_it_fails_and_whether_the_directory_still_may():
    """A break-glass account is wanted, and needed where passwords are for it alone."""
    assert looked(look_at_accounts) == []
    assert looked(look_at_accounts, scim=True)[0][0] == PartState.NOTE
    assert looked(look_at_accounts, scim=True, passwords_are_kept=True)[0][0] == PartState.FAULT
    glass = factories.an_account("glass", password=factories.PASSWORD)
    services.keep_break_glass(user=glass, by=factories.an_administrator())
    found = looked(look_at_accounts, scim=True)
    assert [each[0] for each in found] == [PartState.OK, PartState.NOTE] and "scope “accounts”" in found[1][2]
    factories.a_token(a_directory(), Scope.ACCOUNTS)  # for a day
    assert looked(look_at_accounts, scim=True)[1][0] == PartState.NOTE


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"OIDC_ISSUER": "https://idp.example"}, "OIDC_CLIENT_ID"),
        (
            {"OIDC_ISSUER": "http://idp.example", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"},
            "OIDC_ISSUER",
        ),
        (
            {"SAML_SSO_URL": "https://idp.example", "SAML_CERTIFICATE_FILE": "/nowhere.pem"},
            "SAML_CERTIFICATE_FILE",
        ),
        ({"SCIM": "true", "SCIM_PERSON_ATTRIBUTE": "shoeSize"}, "SCIM_PERSON_ATTRIBUTE"),
        ({"PASSWORD_SIGN_IN": "none"}, "PASSWORD_SIGN_IN"),
    ],
)
def test_half_of_it_stops_the_start(said, named):
    """An installation that is told half signs nobody in by the other half."""
    with pytest.raises(Exception, match=named):
        read_directory(said)


def test_what_is_said_is_read(tmp_path):
    """Of the environment, and nothing where nothing is said."""
    make_certificate(tmp_path)
    said = {
        "SIGN_IN_NAME": "Example Ltd", "OIDC_ISSUER": "https://idp.example/", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b",
        "OIDC_PERSON_CLAIM": "employee_id", "OIDC_SCOPES": "profile groups", "SAML_SSO_URL": "https://saml.example/sso",
        "SAML_ENTITY_ID": "https://saml.example", "SAML_CERTIFICATE_FILE": str(tmp_path / "certificate.pem"), "SCIM": "on",
        "PASSWORD_SIGN_IN": "break-glass",
    }  # fmt: skip
    told = read_directory(said)
    assert told.oidc == OidcProvider(
        "https://idp.example", "a", "b", "employee_id", "groups", ("openid", "profile", "groups")
    )
    assert (told.saml.person_claim, told.scim, told.passwords_are_kept) == ("email", True, True)
    assert read_directory({}) == DirectorySettings() and not read_directory({}).is_there
