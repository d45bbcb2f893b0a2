"""SAML 2.0 by allauth and python3-saml, held to more than they ask: an assertion is signed itself, is for us, and answers what we asked.

A response around an assertion need not be signed, so what it answers stands in the assertion too, or somebody could put an
assertion that was another's into a response of their own.
"""

from typing import Any

from allauth.core.internal import httpkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from allauth.socialaccount.sessions import LoginSession
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Words
from onelogin.saml2.errors import OneLogin_Saml2_Error
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from governance.directory.claims import LONGEST_SUBJECT
from governance.directory.configuration import SamlProvider
from governance.directory.refusals import AssertionRefused
from governance.directory.states import ProviderKind

_SESSION = ("saml_acs_session", "saml-acs-session")
_SECURITY = {
    "wantAssertionsSigned": True,
    "wantNameId": True,
    "wantAttributeStatement": True,
    "allowRepeatAttributeName": True,
    "rejectDeprecatedAlgorithm": True,
    "requestedAuthnContext": False,
    "signatureAlgorithm": Words.RSA_SHA256,
    "digestAlgorithm": Words.SHA256,
}


class StrictResponse(OneLogin_Saml2_Response):
    """A response whose assertion itself says for whom it is and what it answers."""

    def is_valid(
        self, request_data: Any, request_id: str | None = None, raise_exceptions: bool = False
    ) -> bool:
        if not super().is_valid(request_data, request_id, raise_exceptions):
            return False
        asked = self.get_in_response_to()
        found = self._query_assertion("/saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData")
        answers = [each.get("InResponseTo") for each in found]
        if not asked or answers != [asked] or not self.get_audiences():
            self._error = "The assertion does not say what it answers, or for whom it is."
            return False
        return True


class StrictAuth(OneLogin_Saml2_Auth):
    response_class = StrictResponse


class StrictSamlProvider(SAMLProvider):
    """The organisation's provider."""

    def extract_uid(self, data: StrictAuth) -> str:
        return str(data.get_nameid() or "")

    def extract_common_fields(self, data: StrictAuth) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: StrictAuth) -> list[Any]:
        return []

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **given: Any
    ) -> HttpResponseRedirect:
        """To the provider, with a request that its answer has to name."""
        auth = StrictAuth(_describe(request), _make_configuration())
        address = auth.login(return_to="")
        asked = auth.get_last_request_id()
        self.stash_redirect_state(request, process, next_url, data, state_id=asked, **given)
        return HttpResponseRedirect(address)


def make_provider(request: HttpRequest) -> StrictSamlProvider:
    """The provider as allauth wants it, from our settings and no table."""
    _provider_settings()
    app = SocialApp(
        provider=ProviderKind.SAML,
        provider_id=ProviderKind.SAML,
        client_id=ProviderKind.SAML,
        name=settings.DIRECTORY.name[:40],
        settings={},
    )
    return StrictSamlProvider(request, app=app)


def keep(request: HttpRequest) -> HttpResponse:
    """Keep what was posted from the provider's page, to which browsers send no session of ours, and go on in our own."""
    response = HttpResponseRedirect(reverse("sign-in-saml-finish"))
    kept = LoginSession(request, *_SESSION)
    kept.store.update({"request": httpkit.serialize_request(request)})
    kept.save(response)
    return response


def take(request: HttpRequest) -> HttpRequest:
    """What was kept for this browser, once. Raises AssertionRefused where there is nothing."""
    kept = LoginSession(request, *_SESSION)
    found = kept.store.get("request")
    kept.delete()
    if not found:
        raise AssertionRefused
    posted: HttpRequest = httpkit.deserialize_request(found, HttpRequest())
    return posted


def read(posted: HttpRequest) -> StrictAuth:
    """What the provider says. Raises AssertionRefused for what is not signed by it, not for us, over, or no answer to us."""
    try:
        auth = StrictAuth(_describe(posted), _make_configuration())
        auth.process_response()
    except (OneLogin_Saml2_Error, ValueError, SyntaxError, AttributeError) as error:
        raise AssertionRefused from error
    if auth.get_errors() or not auth.is_authenticated():
        raise AssertionRefused from OneLogin_Saml2_Error(auth.get_last_error_reason() or "not authenticated")
    if not 0 < len(auth.get_nameid() or "") <= LONGEST_SUBJECT:
        raise AssertionRefused
    return auth


def describe_ourselves() -> bytes:
    """Our metadata, for whoever sets the provider up."""
    made = OneLogin_Saml2_Settings(_make_configuration(), sp_validation_only=True)
    said: str = made.get_sp_metadata()
    return said.encode()


def _provider_settings() -> SamlProvider:
    given: SamlProvider | None = settings.DIRECTORY.saml
    if given is None:
        raise SocialApp.DoesNotExist
    return given


def _site(page: str) -> str:
    return str(settings.BASE_URL.rstrip("/") + reverse(page))


def _describe(request: HttpRequest) -> dict[str, Any]:
    """The request as python3-saml wants it: at the address of the installation, whatever host it named."""
    scheme, _, host = settings.BASE_URL.rstrip("/").partition("://")
    return {
        "https": "on" if scheme == "https" else "off",
        "http_host": host,
        "script_name": reverse("sign-in-saml-posted"),
        "get_data": {},
        "post_data": request.POST.copy(),
    }


def _make_configuration() -> dict[str, Any]:
    given = _provider_settings()
    return {
        "strict": True,
        "security": _SECURITY,
        "idp": {
            "entityId": given.entity_id,
            "x509cert": given.certificate,
            "singleSignOnService": {"url": given.sso_url, "binding": Words.BINDING_HTTP_REDIRECT},
        },
        "sp": {
            "entityId": _site("sign-in-saml-metadata"),
            "assertionConsumerService": {
                "url": _site("sign-in-saml-posted"),
                "binding": Words.BINDING_HTTP_POST,
            },
            "NameIDFormat": Words.NAMEID_PERSISTENT,
        },
    }
