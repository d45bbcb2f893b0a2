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


class _OfEntry(Event):
    """What the directory calls somebody stays out of it: that may be their name or address."""

    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    names_row = "entry"

    entry: UUID
    user: UUID | None  # whose account it is, where it is anybody's who works here


class EntryWritten(_OfEntry):
    kind = "directory.entry.written"
    sentence = _("The organisation’s directory wrote an entry of somebody.")


class EntryRemoved(_OfEntry):
    kind = "directory.entry.removed"
    sentence = _("The organisation’s directory removed an entry of somebody.")


class _OfGroup(Event):
    visibility = Visibility.RESTRICTED
    retention = Retention.GOVERNANCE
    names_row = "group"

    group: UUID
    name: str
    added: int
    removed: int


class GroupWritten(_OfGroup):
    kind = "directory.group.written"
    sentence = _("The organisation’s directory wrote the group “%(name)s”: %(added)s in, %(removed)s out.")


class GroupRemoved(_OfGroup):
    kind = "directory.group.removed"
    sentence = _("The organisation’s directory removed the group “%(name)s”.")


class ClosingsAllowed(Event):
    kind = "directory.closings.allowed"
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    sentence = _("For an hour the organisation’s directory may close any number of accounts.")
    names_row = "allowance"

    allowance: UUID


class _OfBreakGlass(Event):
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    names_row = "kept"

    kept: UUID
    user: UUID


class BreakGlassKept(_OfBreakGlass):
    kind = "directory.break_glass.kept"
    sentence = _("An account is kept as break-glass: for when the organisation’s sign-in lets nobody in.")


class BreakGlassEnded(_OfBreakGlass):
    kind = "directory.break_glass.ended"
    sentence = _("An account is no break-glass account any more.")


class BreakGlassUsed(Event):
    kind = "directory.break_glass.used"
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    sentence = _("A break-glass account was signed in to; the board and administrators were told.")

    user: UUID
