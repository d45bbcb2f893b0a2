"""How the organisation signs its people in, as an installation is told (governance/config/sign_in_settings.py). Knows no Django.

Nothing is there until it is said: without OIDC_ISSUER, SAML_SSO_URL or SCIM no page, door or button of all this shows.
"""

from msgspec import Struct

# The claim that is compared with the address of an account; any other is compared with a person's external id.
EMAIL = "email"
SCOPES = ("openid", "profile", "email")
PERSON_ATTRIBUTES = ("externalId", "employeeNumber", "userName")


class OidcProvider(Struct, frozen=True):
    """A provider that speaks OpenID Connect. `groups_claim` blank: groups are not asked for."""

    issuer: str
    client_id: str
    client_secret: str
    person_claim: str = EMAIL
    groups_claim: str = "groups"
    scopes: tuple[str, ...] = SCOPES


class SamlProvider(Struct, frozen=True):
    """A provider that speaks SAML 2.0, with the certificate (PEM) that its assertions are signed with."""

    entity_id: str
    sso_url: str
    certificate: str
    person_claim: str = EMAIL
    groups_claim: str = "groups"


class DirectorySettings(Struct, frozen=True):
    """All of it; `name` is what people call the organisation's sign-in."""

    name: str = ""
    oidc: OidcProvider | None = None
    saml: SamlProvider | None = None
    scim: bool = False
    scim_person: str = PERSON_ATTRIBUTES[0]
    # Whether only break-glass accounts sign in by password.
    passwords_are_kept: bool = False

    @property
    def is_there(self) -> bool:
        """Whether the organisation signs anybody in, or says who has an account."""
        return self.oidc is not None or self.saml is not None or self.scim
