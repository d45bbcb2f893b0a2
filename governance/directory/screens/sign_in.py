"""Signing in by the organisation: to its provider, back from it, and in as the account that it vouches for."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import requests
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from msgspec import Struct

from governance.directory import oidc, saml, services
from governance.directory.claims import Asserted, read_claims
from governance.directory.refusals import AssertionRefused, ProviderIsAway, SignInCancelled
from governance.directory.states import GroupSource, ProviderKind
from governance.people import request_rate
from governance.people.services import get_system_account
from ground import counts
from ground.errors import DomainError, NotFound, TooMuch
from ground.promises import promised

View = Callable[[HttpRequest], HttpResponseBase]
_LOG = logging.getLogger(__name__)
_BACKEND = "governance.directory.backends.DirectoryBackend"


class Way(Struct, frozen=True):
    """A way to sign in beside a password, as the sign-in page offers it."""

    name: str
    address: str


def list_ways() -> list[Way]:
    """Those that are configured."""
    known, name = settings.DIRECTORY, settings.DIRECTORY.name
    both = known.oidc is not None and known.saml is not None
    found = [(known.oidc, "sign-in-oidc", "OpenID Connect"), (known.saml, "sign-in-saml", "SAML")]
    called = name or _("your organisation")
    return [
        Way(f"{called} ({kind})" if both else called, reverse(page)) for given, page, kind in found if given
    ]


def guard(view: View) -> View:
    """What goes wrong on the way is told on one page of ours; where nothing is configured there is nothing."""

    def guarded(request: HttpRequest) -> HttpResponseBase:
        try:
            return view(request)
        except SocialApp.DoesNotExist:
            raise NotFound(_("Your organisation’s sign-in is not connected here.")) from None
        except (requests.RequestException, KeyError) as error:
            return _tell(request, ProviderIsAway(), error)
        except (OAuth2Error, PermissionDenied, ValueError) as error:
            return _tell(request, AssertionRefused(), error)
        except (NotFound, TooMuch):
            raise
        except DomainError as error:
            return _tell(request, error, error.__cause__)

    return wraps(view)(guarded)


def _tell(request: HttpRequest, error: DomainError, cause: BaseException | None) -> HttpResponse:
    """The page of it. Why an assertion is not trusted is for whoever runs this, and stands in their log alone."""
    if cause is not None:
        _LOG.warning("A sign-in by the organisation failed: %s: %s", error.code, str(cause)[:500])
    return render(request, "directory/refused.html", {"problem": error}, status=error.status)


@require_GET
def start_oidc(request: HttpRequest) -> HttpResponseBase:
    """To the provider. A link and no form: the site's policy lets no form lead to another site."""
    _count(request)
    nonce = get_random_string(32)
    return oidc.make_provider(request).redirect(  # type: ignore[no-any-return]
        request, "login", next_url=_find_next(request), nonce=nonce, auth_params={"nonce": nonce}
    )


@require_GET
def finish_oidc(request: HttpRequest) -> HttpResponseBase:
    """Back from the provider, with a code that is exchanged for what it says."""
    if request.GET.get("error") == "access_denied":  # by some providers without what we sent along
        raise SignInCancelled
    request.let_in = lambda found: _let_in_by_oidc(request, found)  # type: ignore[attr-defined]
    view = OAuth2CallbackView.adapter_view(oidc.StrictAdapter(request, ProviderKind.OIDC.value))
    return view(request)  # type: ignore[no-any-return]


@require_GET
def start_saml(request: HttpRequest) -> HttpResponseBase:
    """To the provider, with a request that its answer has to name."""
    _count(request)
    return saml.make_provider(request).redirect(request, "login", next_url=_find_next(request))


@csrf_exempt
@require_POST
def post_saml(request: HttpRequest) -> HttpResponseBase:
    """What the provider's page posts. No session of ours comes with it, so it is kept for the next request, in which one does."""
    saml.make_provider(request)
    _count(request)
    return saml.keep(request)


@require_GET
def finish_saml(request: HttpRequest) -> HttpResponseBase:
    """What was kept is read, held to what we asked, and used up."""
    provider = saml.make_provider(request)
    auth = saml.read(saml.take(request))
    found = provider.sociallogin_from_response(request, auth)
    found.state = provider.unstash_redirect_state(request, auth.get_last_response_in_response_to())
    request.let_in = lambda each: _let_in_by_saml(request, each)  # type: ignore[attr-defined]
    return complete_social_login(request, found)  # type: ignore[no-any-return]


@require_GET
def describe_saml(request: HttpRequest) -> HttpResponseBase:
    """Our metadata."""
    saml.make_provider(request)
    return HttpResponse(saml.describe_ourselves(), content_type="application/samlmetadata+xml")


def _let_in_by_oidc(request: HttpRequest, found: SocialLogin) -> HttpResponse:
    said: dict[str, Any] = found.account.extra_data
    if said["id_token"].get("nonce") != found.state.get("nonce"):
        raise AssertionRefused
    given = promised(settings.DIRECTORY.oidc)
    claims = {**said["userinfo"], **said["id_token"]}
    names = {"person_claim": given.person_claim, "groups_claim": given.groups_claim}
    return _let_in(request, found, ProviderKind.OIDC, claims, vouched=False, **names)


def _let_in_by_saml(request: HttpRequest, found: SocialLogin) -> HttpResponse:
    given = promised(settings.DIRECTORY.saml)
    names = {"person_claim": given.person_claim, "groups_claim": given.groups_claim}
    return _let_in(request, found, ProviderKind.SAML, found.account.extra_data, vouched=True, **names)


def _let_in(
    request: HttpRequest, found: SocialLogin, kind: ProviderKind, said: dict[str, Any], **names: Any
) -> HttpResponse:
    asserted = read_claims(said, provider=kind.value, subject=found.account.uid, **names)
    _sign_in(request, asserted)
    return redirect(found.state.get("next") or settings.LOGIN_REDIRECT_URL)


def _sign_in(request: HttpRequest, asserted: Asserted) -> None:
    """Their roles first, so that the first page shows what they may see."""
    system = get_system_account()
    user = services.find_account(asserted=asserted, by=system)
    if asserted.groups is not None:
        services.follow_groups(user=user, groups=asserted.groups, source=GroupSource.SIGN_IN, by=system)
    login(request, user, backend=_BACKEND)


def _find_next(request: HttpRequest) -> str | None:
    """Where to go afterwards: a page of this site, or nowhere in particular."""
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else None


def _count(request: HttpRequest) -> None:
    """Each start writes a session of nobody's, so that one address begins as often as it may ask the API."""
    spent = counts.spend(f"sign-in from {request_rate.origin(request)}", settings.API_RATE)
    if not spent.granted:
        raise TooMuch(_("Too many sign-ins were begun from here. Wait a moment."), wait=spent.wait)
