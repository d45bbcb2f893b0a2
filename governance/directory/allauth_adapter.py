"""What allauth asks of a site: it is told our providers, hands over whom one vouched for, and does nothing else."""

from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from django.http import HttpRequest
from requests import RequestException

from governance.directory import oidc, saml
from governance.directory.refusals import AssertionRefused, ProviderIsAway, SignInCancelled
from governance.directory.states import ProviderKind
from governance.people.models import User

_MAKERS: dict[ProviderKind, Any] = {
    ProviderKind.OIDC: oidc.make_provider,
    ProviderKind.SAML: saml.make_provider,
}


class DirectoryAdapter(DefaultSocialAccountAdapter):
    """Ours. No account, address or token is written by allauth."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """Of our settings, never of the table."""
        maker = _MAKERS.get(provider)
        return [maker(request).app] if maker else []

    def get_provider(self, request: HttpRequest, provider: str, client_id: Any = None) -> Any:
        return _MAKERS[ProviderKind(provider)](request)

    def new_user(self, request: HttpRequest, sociallogin: SocialLogin) -> User:
        return User()

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: object) -> User:
        return sociallogin.user  # type: ignore[no-any-return]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> NoReturn:
        """The provider has vouched; whom we let in, our own view decides (screens/sign_in.py)."""
        raise ImmediateHttpResponse(request.let_in(sociallogin))  # type: ignore[attr-defined]

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> NoReturn:
        """In our words, on our page."""
        if isinstance(exception, RequestException):
            raise ProviderIsAway from exception
        if error == AuthError.CANCELLED:
            raise SignInCancelled
        raise AssertionRefused from exception
