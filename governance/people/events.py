"""What the log keeps of accounts, roles, cohorts and the organisation's import."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from msgspec import UNSET, UnsetType, field

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class AccountOpened(Event):
    kind = "people.account.opened"
    visibility = Visibility.OPEN
    retention = Retention.PERSONAL
    sentence = _("The account “%(username)s” was opened.")
    names_row = "user"

    user: UUID
    username: str
    account_kind: str = field(name="kind")
    # The system's own account has none of these.
    name: str | UnsetType = UNSET
    person: UUID | UnsetType | None = UNSET
    is_staff: bool | UnsetType = UNSET
    is_superuser: bool | UnsetType = UNSET
    owner: UUID | UnsetType | None = UNSET  # who answers for a machine


class _OfUse(Event):
    visibility = Visibility.OPEN
    retention = Retention.PERSONAL
    names_row = "user"

    user: UUID


class AccountClosed(_OfUse):
    kind = "people.account.closed"
    sentence = _("An account was closed: nobody signs in to it.")


class AccountReopened(_OfUse):
    kind = "people.account.reopened"
    sentence = _("A closed account was opened again.")


class AccountsMerged(Event):
    """One account was merged into another: closed for good, and what it may do moved. What it wrote stays under its name."""

    kind = "people.accounts.merged"
    visibility = Visibility.OPEN
    retention = Retention.PERSONAL
    sentence = _("An account was merged into another one and closed for good. %(because)s")
    names_row = "user"

    user: UUID
    into: UUID
    because: str
    roles: int
    tokens: int


class PasswordChanged(Event):
    """That it was, never what it is."""

    kind = "people.password.changed"
    visibility = Visibility.OPEN
    retention = Retention.PERSONAL
    sentence = _("The password of an account was changed.")
    names_row = "user"

    user: UUID


class PasswordRehashed(Event):
    """The same password, kept by the means of today: Django does so when somebody signs in."""

    kind = "people.password.rehashed"
    visibility = Visibility.OPEN
    retention = Retention.OPERATIONAL
    sentence = _("The password of an account was kept anew, hashed as passwords are today.")
    names_row = "user"

    user: UUID


class PasswordLinkMailed(Event):
    """As asked at the sign-in page by who may be anybody; never the link."""

    kind = "people.password.link_mailed"
    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    sentence = _("A link for a new password was mailed to an account, as somebody asked at the sign-in page.")

    user: UUID


class PasswordLinkSent(Event):
    kind = "people.password.link_sent"
    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    sentence = _("An administrator let a link for a new password be mailed to an account.")

    user: UUID


class PasswordReset(Event):
    kind = "people.password.reset"
    visibility = Visibility.OPEN
    retention = Retention.PERSONAL
    sentence = _("The password of an account was set by a link that was mailed to it.")
    names_row = "user"

    user: UUID


class AddressLinkAsked(Event):
    """Never the address: whose it is may be nobody who knows of us."""

    kind = "people.address.link_asked"
    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    sentence = _("Whoever has an account asked for a link to confirm a new e-mail address.")

    user: UUID


class _OfMergeProposal(Event):
    visibility = Visibility.OPEN
    retention = Retention.PERSONAL
    names_row = "proposal"

    proposal: UUID
    user: UUID
    into: UUID


class MergeProposed(_OfMergeProposal):
    kind = "people.merge.proposed"
    sentence = _("An administrator proposed to merge an account into another one. %(because)s")

    because: str


class MergeDropped(_OfMergeProposal):
    kind = "people.merge.dropped"
    sentence = _("A proposed merge of two accounts was dropped.")


class _OfAddressChange(Event):
    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    names_row = "change"

    change: UUID
    user: UUID


class AddressProposed(_OfAddressChange):
    kind = "people.address.proposed"
    sentence = _("An administrator proposed a new e-mail address of an account.")


class AddressDropped(_OfAddressChange):
    kind = "people.address.dropped"
    sentence = _("A proposed e-mail address of an account was dropped.")


class AddressChanged(Event):
    """That it was, and by whom: its owner by a link, or a second administrator. Never what it is."""

    kind = "people.address.changed"
    visibility = Visibility.OPEN
    retention = Retention.PERSONAL
    sentence = _("The e-mail address of an account was changed.")
    names_row = "user"

    user: UUID


class SessionsEnded(Event):
    """Never their keys."""

    kind = "people.sessions.ended"
    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    sentence = _("Sessions of an account were ended: %(sessions)s.")

    user: UUID
    sessions: int


class _OfSecondStep(Event):
    visibility = Visibility.OPEN
    retention = Retention.PERSONAL
    names_row = "step"

    step: UUID
    user: UUID


class SecondStepSet(_OfSecondStep):
    kind = "people.second_step.set"
    sentence = _("An account asks for a code when it is signed in to by password.")


class SecondStepRemoved(_OfSecondStep):
    kind = "people.second_step.removed"
    sentence = _("An account asks for no code any more.")


class RecoveryCodeUsed(Event):
    kind = "people.second_step.recovery_code_used"
    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    sentence = _("A recovery code of an account was used; %(left)s are left.")

    user: UUID
    left: int


class _OfToken(Event):
    """Never the token, nor its digest."""

    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    names_row = "token"

    token: UUID
    user: UUID


class TokenMade(_OfToken):
    kind = "people.token.made"
    sentence = _("A token “%(name)s” of an account was made, for “%(scope)s” until %(expires_at)s.")

    name: str
    scope: str
    expires_at: datetime


class TokenConfirmed(_OfToken):
    kind = "people.token.confirmed"
    sentence = _("A machine’s token was confirmed by a second administrator.")


class TokenRevoked(_OfToken):
    kind = "people.token.revoked"
    sentence = _("A token of an account was revoked.")


class _OfRole(Event):
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    names_row = "grant"

    grant: UUID
    user: UUID
    role: str
    team: UUID | None
    value_stream: UUID | None
    valid_from: date
    valid_to: date | None


class RoleGranted(_OfRole):
    kind = "people.role.granted"
    sentence = _("An account was given the role “%(role)s” from %(valid_from)s on.")


class RoleEnded(_OfRole):
    kind = "people.role.ended"
    sentence = _("The role “%(role)s” of an account ends on %(valid_to)s.")


class OrganisationImported(Event):
    """Counts and hashes by file, and nobody's name."""

    kind = "people.organisation.imported"
    visibility = Visibility.OPEN
    retention = Retention.OPERATIONAL
    sentence = _("The organisation was imported from its files.")

    value_streams: dict[str, Any] = field(name="value_streams.csv")
    teams: dict[str, Any] = field(name="teams.csv")
    people: dict[str, Any] = field(name="people.csv")
    memberships: dict[str, Any] = field(name="memberships.csv")
    lines: dict[str, Any] = field(name="lines.csv")
    # Where the folder holds them.
    identities: dict[str, Any] | UnsetType = field(name="identities.csv", default=UNSET)
    aliases: dict[str, Any] | UnsetType = field(name="aliases.csv", default=UNSET)


class _OfIdentity(Event):
    """Names a person beside what a source calls them, so that not everybody reads it."""

    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    names_row = "identity"

    identity: UUID
    source: str
    name: str
    person: UUID | None  # None for a bot


class IdentityGiven(_OfIdentity):
    kind = "people.identity.given"
    sentence = _("“%(name)s” of a source was said to be a person, or a bot.")


class IdentityEnded(_OfIdentity):
    kind = "people.identity.ended"
    sentence = _("“%(name)s” of a source is nobody’s from now on.")


class _OfAlias(Event):
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    names_row = "alias"

    alias: UUID
    source: str
    name: str
    team: str | None  # None for one that is not ours


class TeamAliasGiven(_OfAlias):
    kind = "people.team_alias.given"
    sentence = _("“%(name)s” of a source was said to be a team: %(team)s.")


class TeamAliasEnded(_OfAlias):
    kind = "people.team_alias.ended"
    sentence = _("“%(name)s” of a source is no team’s from now on.")


class _OfCohort(Event):
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    names_row = "cohort"

    cohort: UUID
    slug: str
    teams: Sequence[str]


class CohortRegistered(_OfCohort):
    kind = "people.cohort.registered"
    sentence = _("The cohort “%(slug)s” was registered, of these teams: %(teams)s.")


class CohortChanged(_OfCohort):
    kind = "people.cohort.changed"
    sentence = _("The cohort “%(slug)s” was changed; its teams are: %(teams)s.")


class CohortRetired(_OfCohort):
    kind = "people.cohort.retired"
    sentence = _("The cohort “%(slug)s” is reported on no more.")


class CohortJoined(_OfCohort):
    kind = "people.cohort.joined"
    sentence = _("These teams are reported on together for good, as “%(slug)s”: %(teams)s.")
