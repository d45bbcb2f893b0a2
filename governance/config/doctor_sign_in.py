"""How the organisation's sign-in is: its provider, its certificate, and who gets in when it lets nobody in. Nothing where none is told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import requests
from cryptography import x509
from django.conf import settings
from django.utils import timezone

from governance.config.looked_over import LookedOver, PartState
from governance.directory.models import BreakGlass
from governance.people.models import Token
from governance.people.scopes import Scope

_SOON = timedelta(days=30)
_SECONDS = 5.0


def look_at_providers() -> Iterator[LookedOver]:
    """What is asked of nobody's database."""
    if (oidc := settings.DIRECTORY.oidc) is not None:
        yield _look_at_oidc(oidc.issuer)
    if (saml := settings.DIRECTORY.saml) is not None:
        yield _look_at_certificate(saml.certificate)


def look_at_accounts() -> Iterator[LookedOver]:
    """What the database says: break-glass accounts, and the directory's token."""
    if not settings.DIRECTORY.is_there:
        return
    if BreakGlass.objects.filter(user__is_active=True).exists():
        yield LookedOver("break-glass", PartState.OK, "There is an account for when the sign-in fails.")
    else:
        state = PartState.FAULT if settings.DIRECTORY.passwords_are_kept else PartState.NOTE
        sentence = "There is no break-glass account: if the organisation’s sign-in fails, who has no password is kept out."
        yield LookedOver("break-glass", state, sentence, "Keep one at /directory/break-glass.")
    if settings.DIRECTORY.scim:
        yield _look_at_token()


def _look_at_oidc(issuer: str) -> LookedOver:
    try:
        said = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=_SECONDS)
        said.raise_for_status()
        named = said.json()["issuer"]
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        sentence = f"The provider at {issuer} does not answer as OpenID Connect says: {type(error).__name__}."
        return LookedOver(
            "sign-in", PartState.FAULT, sentence, "See OIDC_ISSUER, and whether it can be reached from here."
        )
    if str(named).rstrip("/") != issuer:
        sentence = f"The provider calls itself {named}, so that nothing it says is trusted."
        return LookedOver("sign-in", PartState.FAULT, sentence, "Set OIDC_ISSUER to that.")
    return LookedOver("sign-in", PartState.OK, f"The provider at {issuer} answers.")


def _look_at_certificate(pem: str) -> LookedOver:
    part = "sign-in (SAML)"
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        sentence = "The provider’s certificate cannot be read, so that nobody is signed in by it."
        return LookedOver(part, PartState.FAULT, sentence, "Put it into SAML_CERTIFICATE_FILE as PEM.")
    ends = certificate.not_valid_after_utc
    remedy = "Ask whoever looks after the provider for the next one, and put it into SAML_CERTIFICATE_FILE."
    if ends < datetime.now(UTC) + _SOON:
        over = ends < datetime.now(UTC)
        sentence = f"The provider’s certificate {'ended' if over else 'ends'} on {ends:%Y-%m-%d}."
        return LookedOver(part, PartState.FAULT if over else PartState.NOTE, sentence, remedy)
    return LookedOver(part, PartState.OK, f"The provider’s certificate lasts until {ends:%Y-%m-%d}.")


def _look_at_token() -> LookedOver:
    lasting = Token.objects.filter(
        scope=Scope.ACCOUNTS, confirmed_at__isnull=False, expires_at__gt=timezone.now() + timedelta(days=7)
    )
    if lasting.exists():
        return LookedOver("directory", PartState.OK, "A token of the directory lasts for more than a week.")
    sentence = (
        "No token of the directory lasts for a week, so that accounts are not opened and closed any more."
    )
    return LookedOver(
        "directory",
        PartState.NOTE,
        sentence,
        "Make one of the scope “accounts” for its machine, and let a second one confirm it.",
    )
