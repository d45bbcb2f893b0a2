"""Words of the organisation's own sign-in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from governance.people.models import GrantedRole


class ProviderKind(models.TextChoices):
    """How the organisation's provider speaks."""

    OIDC = "oidc", _("OpenID Connect")
    SAML = "saml", _("SAML")


class GroupSource(models.TextChoices):
    """Who said that somebody is in a group. Each ends only what itself gave."""

    SIGN_IN = "sign_in", _("The provider, at signing in")
    SCIM = "scim", _("The directory, over SCIM")


# Who sits on the board, and so has its role, the board says; no group of a directory that others look after.
MAPPED_ROLES = tuple(role.value for role in GrantedRole if role != GrantedRole.BOARD_MEMBER)
