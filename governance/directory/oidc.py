"""OpenID Connect by allauth, held to more than it asks: every ID token's signature, nonce, issuer and age are looked at.

allauth trusts a token that came over TLS unread, and userinfo of whoever it is about. OpenID Connect Core 3.1.3.7 and 5.3.2
are kept here in full, so that a provider's cache or a proxy in between cannot lend somebody a name.
"""

import time
from datetime import timedelta
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from governance.directory.claims import LONGEST_SUBJECT
from governance.directory.configuration import OidcProvider
from governance.directory.states import ProviderKind

# What may sign: keys that only the provider has. Never "none", and no secret that both sides know.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
OLDEST = timedelta(minutes=10)  # of a token, which was made for this sign-in
_LEEWAY = timedelta(seconds=60)  # between the provider's clock and ours


class StrictAdapter(OpenIDConnectOAuth2Adapter):
    """One sign-in with the organisation's provider."""

    @property
    def openid_config(self) -> dict[str, Any]:
        try:
            said: dict[str, Any] = super().openid_config
        except AttributeError as error:  # an answer that is no object
            raise OAuth2Error("The provider does not describe itself.") from error
        if said.get("issuer", "").rstrip("/") != _provider_settings().issuer:
            raise OAuth2Error("The provider calls itself another issuer than OIDC_ISSUER.")
        return said

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **given: Any) -> Any:
        """What both the ID token and userinfo say; the first is asked for, and of the second only the same subject's counts."""
        id_token = given["response"].get("id_token")
        if not isinstance(id_token, str):
            raise OAuth2Error("There is no ID token.")
        said = {"id_token": self._decode_id_token(app, id_token), "userinfo": {}}
        if self.openid_config.get("userinfo_endpoint"):
            said["userinfo"] = found = self._fetch_user_info(token.token)
            if not isinstance(found, dict) or found.get("sub") != said["id_token"]["sub"]:
                raise OAuth2Error("Userinfo is about somebody else than the ID token.")
        return self.get_provider().sociallogin_from_response(request, said)

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            said: dict[str, Any] = jwt.decode(
                id_token,
                key=self._find_key(id_token),
                algorithms=ALGORITHMS,
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                leeway=_LEEWAY,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise OAuth2Error(f"The ID token is not to be trusted: {error}") from error
        _check_token(said)
        return said

    def _find_key(self, id_token: str) -> jwt.PyJWK:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            said = answer.json()
        if not isinstance(said, dict):
            raise OAuth2Error("The provider’s keys are none.")
        keys = jwt.PyJWKSet.from_dict(said).keys
        named = jwt.get_unverified_header(id_token).get("kid")
        fitting = [key for key in keys if named is None or key.key_id == named]
        if len(fitting) != 1:
            raise OAuth2Error("No one key of the provider's signed this ID token.")
        return fitting[0]

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """At the address of the installation, whatever host the request named."""
        site: str = settings.BASE_URL.rstrip("/")
        return site + reverse("sign-in-oidc-done")


class StrictOidcProvider(OpenIDConnectProvider):
    """The organisation's provider. What is asked of it is ours to say, and nothing in an address."""

    oauth2_adapter_class = StrictAdapter
    pkce_enabled_default = True

    def extract_uid(self, data: dict[str, Any]) -> str:
        return str(data["id_token"]["sub"])

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []


def make_provider(request: HttpRequest) -> StrictOidcProvider:
    """The provider as allauth wants it, from our settings and no table."""
    given = _provider_settings()
    app = SocialApp(
        provider=ProviderKind.OIDC,
        provider_id=ProviderKind.OIDC,
        name=settings.DIRECTORY.name[:40],
        client_id=given.client_id,
        secret=given.client_secret,
        settings={"server_url": given.issuer, "scope": list(given.scopes)},
    )
    return StrictOidcProvider(request, app=app)


def _provider_settings() -> OidcProvider:
    given: OidcProvider | None = settings.DIRECTORY.oidc
    if given is None:
        raise SocialApp.DoesNotExist
    return given


def _check_token(said: dict[str, Any]) -> None:
    """A token is of the sign-in that goes on, for us alone, about somebody; PyJWT has looked that it is not of the future, and not over."""
    if said["iat"] < time.time() - (OLDEST + _LEEWAY).total_seconds():
        raise OAuth2Error("The ID token is too old.")
    if isinstance(said["aud"], list) and len(said["aud"]) > 1:
        raise OAuth2Error("The ID token is for others as well.")
    if not 0 < len(said["sub"]) <= LONGEST_SUBJECT:
        raise OAuth2Error("The ID token is about nobody that can be kept.")
