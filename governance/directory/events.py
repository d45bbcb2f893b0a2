"""What the log keeps of the organisation's own sign-in: who is bound to what, which group gives which role, and who was refused."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class _OfBinding(Event):
    """Never what the provider calls somebody: that may be their address."""

    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    names_row = "binding"

    binding: UUID
    user: UUID
    provider: str


class AccountBound(_OfBinding):
    kind = "directory.account.bound"
    sentence = _("An account was bound to its sign-in at the organisation (%(provider)s).")


class BindingEnded(_OfBinding):
    kind = "directory.account.unbound"
    sentence = _("An administrator ended what bound an account to its sign-in at the organisation.")


class SignInRefused(Event):
    """An assertion that was the provider's, and was refused; `user` where it is known whose account it was about."""

    kind = "directory.sign_in.refused"
    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    sentence = _("A sign-in by the organisation (%(provider)s) was refused: %(why)s.")

    provider: str
    why: str
    user: UUID | None


class _OfMapping(Event):
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    names_row = "mapping"

    mapping: UUID
    group: str
    role: str
    team: UUID | None
    value_stream: UUID | None


class MappingProposed(_OfMapping):
    kind = "directory.mapping.proposed"
    sentence = _("It was proposed that the group “%(group)s” gives the role “%(role)s”.")


class MappingConfirmed(_OfMapping):
    kind = "directory.mapping.confirmed"
    sentence = _("The group “%(group)s” gives the role “%(role)s” from now on.")


class MappingEnded(_OfMapping):
    kind = "directory.mapping.ended"
    sentence = _("The group “%(group)s” gives the role “%(role)s” no more.")


class RoleFollowed(Event):
    """A role that a group gave; it ends when the group does not name the account any more."""

    kind = "directory.role.followed"
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    sentence = _("A group gave an account its role, as a mapping says.")
    names_row = "given"

    given: UUID
    grant: UUID
    mapping: UUID
