"""Settings of signing in: how often passwords are tried, and how the organisation signs its people in."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from governance.directory.configuration import (
    EMAIL,
    PERSON_ATTRIBUTES,
    SCOPES,
    DirectorySettings,
    OidcProvider,
    SamlProvider,
)
from governance.installation.loopback import is_of_this_machine

AXES_HANDLER = "governance.people.sign_in.SignInHandler"
AXES_USERNAME_CALLABLE = "governance.people.sign_in.username"
AXES_CLIENT_IP_CALLABLE = "governance.people.sign_in.address"
AXES_LOCKOUT_CALLABLE = "governance.config.middleware.locked_out"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # trying on makes it no longer
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code"]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# allauth speaks OpenID Connect and SAML for us, and nothing else: it has no page, keeps no account and writes to none of its tables.
SOCIALACCOUNT_ADAPTER = "governance.directory.allauth_adapter.DirectoryAdapter"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
ACCOUNT_EMAIL_VERIFICATION = "none"


def read_directory(said: Mapping[str, str]) -> DirectorySettings:
    """What the environment says. Raises ImproperlyConfigured where it says half of it."""
    person = said.get("SCIM_PERSON_ATTRIBUTE", "") or PERSON_ATTRIBUTES[0]
    if person not in PERSON_ATTRIBUTES:
        raise ImproperlyConfigured(f"SCIM_PERSON_ATTRIBUTE is one of {', '.join(PERSON_ATTRIBUTES)}.")
    if said.get("PASSWORD_SIGN_IN", "all") not in {"all", "break-glass"}:
        raise ImproperlyConfigured("PASSWORD_SIGN_IN is all or break-glass.")
    return DirectorySettings(
        said.get("SIGN_IN_NAME", ""),
        _read_oidc(said) if said.get("OIDC_ISSUER") else None,
        _read_saml(said) if said.get("SAML_SSO_URL") else None,
        said.get("SCIM", "").lower() in {"1", "true", "on", "yes"},
        person,
        said.get("PASSWORD_SIGN_IN", "all") == "break-glass",
    )


def _read_oidc(said: Mapping[str, str]) -> OidcProvider:
    needed = _needing(said, "OIDC_ISSUER")
    _check_address(said["OIDC_ISSUER"], "OIDC_ISSUER")
    scopes = said.get("OIDC_SCOPES", "").split()
    return OidcProvider(
        said["OIDC_ISSUER"].rstrip("/"),
        needed("OIDC_CLIENT_ID"),
        needed("OIDC_CLIENT_SECRET"),
        said.get("OIDC_PERSON_CLAIM") or EMAIL,
        said.get("OIDC_GROUPS_CLAIM", "groups"),
        tuple(dict.fromkeys(["openid", *scopes])) if scopes else SCOPES,
    )


def _read_saml(said: Mapping[str, str]) -> SamlProvider:
    needed = _needing(said, "SAML_SSO_URL")
    _check_address(said["SAML_SSO_URL"], "SAML_SSO_URL")
    path = Path(needed("SAML_CERTIFICATE_FILE"))
    try:
        certificate = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"SAML_CERTIFICATE_FILE: {path} cannot be read ({error}).") from error
    return SamlProvider(
        needed("SAML_ENTITY_ID"),
        said["SAML_SSO_URL"],
        certificate,
        said.get("SAML_PERSON_ATTRIBUTE") or EMAIL,
        said.get("SAML_GROUPS_ATTRIBUTE", "groups"),
    )


def _needing(said: Mapping[str, str], beside: str) -> Callable[[str], str]:
    def needed(name: str) -> str:
        if not said.get(name):
            raise ImproperlyConfigured(f"Set {name} as well: {beside} is set.")
        return said[name]

    return needed


def _check_address(url: str, name: str) -> None:
    if not (url.startswith("https://") or is_of_this_machine(url)):
        raise ImproperlyConfigured(f"{name} begins with https://, or is of this machine alone.")
