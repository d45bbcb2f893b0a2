"""What is kept of the organisation's own sign-in: bindings of accounts, mappings of groups to roles, and roles that came of them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from governance.directory.events import (
    AccountBound,
    BindingEnded,
    BreakGlassEnded,
    BreakGlassKept,
    ClosingsAllowed,
    EntryRemoved,
    EntryWritten,
    GroupRemoved,
    GroupWritten,
    MappingConfirmed,
    MappingEnded,
    MappingProposed,
    RoleFollowed,
)
from governance.directory.states import MAPPED_ROLES, GroupSource, ProviderKind
from governance.people.models import GrantedRole, RoleGrant, Team, ValueStream
from governance.people.models.dated import or_none
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class Binding(Record):
    """That an account is signed in to by one subject of a provider, and by no other."""

    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="bindings")
    provider = models.CharField(max_length=10, choices=ProviderKind)
    subject = models.CharField(max_length=191)  # as the provider calls it, for good
    bound_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="binding_one_account_of_a_subject"),
            models.UniqueConstraint(fields=["provider", "user"], name="binding_one_subject_of_an_account"),
        ]
        triggers = [
            *tied(
                insert=[told(AccountBound, says={"user": "{row}.user_id", "provider": "{row}.provider"})],
                delete=[told(BindingEnded, says={"user": "{row}.user_id", "provider": "{row}.provider"})],
            )
        ]

    def __str__(self) -> str:
        return self.get_provider_display()


class GroupMapping(Record):
    """That a group of the organisation gives a role: proposed by one, worth something once another has confirmed it.

    `role`, `team` and `value_stream` are those of the grant. A group may have several; a role of the board is no group's to give.
    """

    group = models.CharField(_("group"), max_length=200)
    role = models.CharField(_("role"), max_length=20, choices=GrantedRole)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    value_stream = models.ForeignKey(
        ValueStream, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(default=clock.now)
    proposed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["group", "role", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=MAPPED_ROLES),
                name="groupmapping_no_seat_by_a_group",
                violation_error_message=_(
                    "A group cannot give this role: who sits on the board is the board’s to say."
                ),
            ),
            models.CheckConstraint(
                name="groupmapping_scope_fits_the_role",
                violation_error_message=_(
                    "A manager's role needs a team, a value stream lead's a value stream, and other roles neither."
                ),
                condition=(
                    Q(role=GrantedRole.MANAGER, team__isnull=False, value_stream__isnull=True)
                    | Q(role=GrantedRole.VALUE_STREAM_LEAD, team__isnull=True, value_stream__isnull=False)
                    | (
                        ~Q(role__in=[GrantedRole.MANAGER, GrantedRole.VALUE_STREAM_LEAD])
                        & Q(team__isnull=True, value_stream__isnull=True)
                    )
                ),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (
                    Q(confirmed_by__isnull=False, confirmed_at__isnull=False)
                    & ~Q(confirmed_by=F("proposed_by"))
                ),
                name="groupmapping_confirmed_by_a_second",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="groupmapping_ended_at_and_by",
            ),
            models.UniqueConstraint(
                "group",
                "role",
                or_none("team"),
                or_none("value_stream"),
                condition=Q(ended_at__isnull=True),
                name="groupmapping_not_twice",
                violation_error_message=_("This group gives that role already, or it was proposed."),
            ),
        ]
        triggers = [
            *tied(
                insert=[told(MappingProposed, says={"group": '{row}."group"', "role": "{row}.role"})],
                update=[told(MappingConfirmed, MappingEnded)],
            )
        ]

    def __str__(self) -> str:
        return self.group

    @property
    def waits(self) -> bool:
        """Whether a second has yet to confirm it."""
        return self.confirmed_by_id is None and self.ended_by_id is None


class FollowedRole(Record):
    """That a role was given as a group says, so that it ends with the group and by nobody's hand."""

    grant = models.OneToOneField(RoleGrant, on_delete=models.PROTECT, related_name="followed")
    mapping = models.ForeignKey(GroupMapping, on_delete=models.PROTECT, related_name="given")
    source = models.CharField(max_length=10, choices=GroupSource)

    class Meta:
        triggers = [
            *tied(
                insert=[told(RoleFollowed, says={"grant": "{row}.grant_id", "mapping": "{row}.mapping_id"})]
            )
        ]

    def __str__(self) -> str:
        return str(self.mapping)


class DirectoryEntry(Record):
    """Somebody as the organisation's directory has them over SCIM. It is an account only where it names a person who works here.

    `said` is what the directory wrote of the attributes that we take, and `key` its user name folded. `account` stays who it was.
    """

    key = models.CharField(max_length=200, unique=True)
    external_id = models.CharField(max_length=200, blank=True)
    said = models.JSONField()
    active = models.BooleanField(default=True)
    account = models.OneToOneField(
        _USER, null=True, blank=True, on_delete=models.PROTECT, related_name="directory_entry"
    )
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["external_id"], name="directoryentry_external_id")]
        triggers = [
            *tied(insert=[told(EntryWritten)], update=[told(EntryWritten)], delete=[told(EntryRemoved)])
        ]

    def __str__(self) -> str:
        return self.key


class DirectoryGroup(Record):
    """A group of the organisation's directory; `name` is what mappings name."""

    name = models.CharField(max_length=200)
    external_id = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    entries: "models.ManyToManyField[DirectoryEntry, GroupEntry]" = models.ManyToManyField(
        DirectoryEntry, related_name="groups", through="GroupEntry"
    )

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["name"], name="directorygroup_name")]
        triggers = [
            *tied(insert=[told(GroupWritten)], update=[told(GroupWritten)], delete=[told(GroupRemoved)])
        ]

    def __str__(self) -> str:
        return self.name


class GroupEntry(Record):
    """That an entry is in a group."""

    group = models.ForeignKey(DirectoryGroup, on_delete=models.CASCADE)
    entry = models.ForeignKey(DirectoryEntry, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "entry"], name="groupentry_once")]
        triggers = [
            *tied(
                insert=[told(GroupWritten, about="{row}.group_id")],
                delete=[
                    told(GroupWritten, GroupRemoved, about="{row}.group_id"),
                    told(EntryRemoved, about="{row}.entry_id"),
                ],
            )
        ]


class DirectoryClosing(Record):
    """That the directory closed an account; no more than a tenth in a day without an administrator's word."""

    account = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        triggers = [*tied(insert=[told(EntryWritten, EntryRemoved, about="")])]


class ClosingAllowance(Record):
    """An administrator's word that the directory may close any number of accounts until then."""

    allowed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    allowed_at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()

    class Meta:
        triggers = [*tied(insert=[told(ClosingsAllowed)])]


class BreakGlass(Record):
    """That an account is kept for when the organisation's sign-in lets nobody in: by password, whatever else is off."""

    user = models.OneToOneField(_USER, on_delete=models.PROTECT, related_name="break_glass")
    kept_at = models.DateTimeField(default=clock.now)
    kept_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [
            *tied(
                insert=[told(BreakGlassKept, says={"user": "{row}.user_id"})],
                delete=[told(BreakGlassEnded, says={"user": "{row}.user_id"})],
            )
        ]

    def __str__(self) -> str:
        return self.user.name
