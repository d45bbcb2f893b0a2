"""Accounts, persons, teams, lines, roles and the cohorts that may be reported on.

An account is apart from a person: a person may have none, and an account may be a machine. Memberships, lines and
roles are effective-dated: `valid_from` is in, `valid_to` is out, and null means still so.
"""

from datetime import date
from typing import Self, TypeVar
from uuid import UUID

from django.contrib.auth import hashers
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from charter.rules.vocabulary import ContextClass as ContextClassWord
from charter.rules.vocabulary import Role as RoleWord
from governance.people.events import (
    AccountOpened,
    CohortChanged,
    CohortRegistered,
    CohortRetired,
    OrganisationImported,
    PasswordChanged,
    PasswordRehashed,
    PasswordReset,
    RoleEnded,
    RoleGranted,
    TokenConfirmed,
    TokenMade,
    TokenRevoked,
)
from governance.people.managers import UserManager
from governance.people.models.signing_in import AccountMail as AccountMail
from governance.people.models.signing_in import AccountMailKind as AccountMailKind
from governance.people.models.signing_in import Session as Session
from governance.people.scopes import LONGEST, Scope
from governance.people.source_names import Identity as Identity
from governance.people.source_names import TeamAlias as TeamAlias
from ground import clock
from ground.models import Record, is_folded, is_slug


class AccountKind(models.TextChoices):
    HUMAN = "human", _("A person's account")
    MACHINE = "machine", _("A machine's account")


class WorkingArrangement(models.TextChoices):
    ON_SITE = "on_site", _("On site")
    HYBRID = "hybrid", _("Hybrid")
    REMOTE = "remote", _("Remote")


class ContextClassChoices(models.TextChoices):
    GREENFIELD = ContextClassWord.GREENFIELD.value, _("Greenfield")
    RESCUE = ContextClassWord.RESCUE.value, _("Rescue")
    PLATFORM = ContextClassWord.PLATFORM.value, _("Platform")
    INCIDENT_HEAVY = ContextClassWord.INCIDENT_HEAVY.value, _("Incident-heavy")
    MIGRATION = ContextClassWord.MIGRATION.value, _("Migration")
    STABLE_PRODUCT = ContextClassWord.STABLE_PRODUCT.value, _("Stable product")


class GrantedRole(models.TextChoices):
    """Roles that are granted. `team_member` and `self` are not: they follow from membership and from who one is."""

    MANAGER = RoleWord.MANAGER.value, _("Manager")
    VALUE_STREAM_LEAD = RoleWord.VALUE_STREAM_LEAD.value, _("Value stream lead")
    LEADERSHIP = RoleWord.LEADERSHIP.value, _("Leadership")
    METRIC_OWNER = RoleWord.METRIC_OWNER.value, _("Metric owner")
    BOARD_MEMBER = RoleWord.BOARD_MEMBER.value, _("Board member")
    HR = RoleWord.HR.value, _("HR")
    AUDITOR = RoleWord.AUDITOR.value, _("Auditor")
    ADMIN = RoleWord.ADMIN.value, _("Administrator")


# The import is the whole truth about these at once, and one entry tells of it.
_BY_IMPORT = told(OrganisationImported, about="")

SLUG_LENGTH = 100  # of a cohort, as long as a request may write


class CohortKind(models.TextChoices):
    ORG = "org", _("Organisation")
    VALUE_STREAM = "value_stream", _("Value stream")
    TEAM = "team", _("Team")


class _DateRange(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


VALID = _DateRange("valid_from", "valid_to", RangeBoundary())


def _or_none(field: str) -> Coalesce:
    """A reference in which null equals null, which SQL's does not."""
    return Coalesce(F(field), Value(UUID(int=0)), output_field=models.UUIDField())


DatedRow = TypeVar("DatedRow", bound=models.Model)


class DatedQuerySet(models.QuerySet[DatedRow]):
    def on(self, day: date) -> Self:
        """Those that are so on this day."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)


class Dated(Record):
    """Something that is so from one day (in) to another (out, or null while it lasts)."""

    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="%(class)s_ends_after_it_begins",
                violation_error_message=_("The last day must come after the first."),
            )
        ]


class Person(Record):
    """Someone who works here. `external_id` is what source systems call them."""

    external_id = models.CharField(_("external id"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=200)
    location = models.CharField(_("location"), max_length=100, blank=True)
    working_arrangement = models.CharField(max_length=20, choices=WorkingArrangement, blank=True)
    role_family = models.CharField(_("role family"), max_length=100, blank=True)
    employed_from = models.DateField(_("employed from"))
    employed_to = models.DateField(_("employed until"), null=True, blank=True)

    class Meta:
        ordering = ["external_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(employed_to__isnull=True) | Q(employed_to__gt=F("employed_from")),
                name="person_leaves_after_joining",
            ),
            is_slug("external_id", name="person_external_id_is_plain"),
        ]
        triggers = [*tied(insert=[_BY_IMPORT], update=[_BY_IMPORT])]

    def __str__(self) -> str:
        return self.name


class User(Record, AbstractBaseUser, PermissionsMixin):
    """An account. The reporting rules never ask whether it is a superuser.

    Its user name is kept folded (`texts.fold`), so that names that look alike are one account's.
    """

    username = models.CharField(_("user name"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(blank=True)
    kind = models.CharField(max_length=10, choices=AccountKind, default=AccountKind.HUMAN)
    person = models.OneToOneField(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="account"
    )
    # Who answers for a machine's account. The system's own has nobody.
    owner = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="machines"
    )
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [
            is_folded(
                "username",
                name="user_name_is_folded",
                message=_("A user name is kept in small letters, as one word."),
            ),
            models.CheckConstraint(
                condition=Q(kind=AccountKind.HUMAN) | Q(person__isnull=True), name="user_machine_is_no_person"
            ),
            models.CheckConstraint(
                condition=Q(kind=AccountKind.MACHINE) | Q(owner__isnull=True), name="user_person_has_no_owner"
            ),
        ]
        triggers = [
            *tied(
                insert=[told(AccountOpened, says={"username": "{row}.username", "kind": "{row}.kind"})],
                update=[told(PasswordChanged, PasswordRehashed, PasswordReset)],
                of=["password"],
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> str:
        """What the ledger calls this account."""
        return f"user:{self.pk}"

    def check_password(self, raw_password: str) -> bool:
        """Whether it is the password. Unlike Django's, this writes nothing: keeping it anew is for `services.rehash_password`."""
        return hashers.check_password(raw_password, self.password)


class Token(Record):
    """A token of the API: its digest, never itself, and what its account calls it, may do with it and until when.

    A machine's is worth nothing until a second administrator has confirmed it. Times are the real clock's.
    """

    digest = models.CharField(max_length=128, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    last_used_at = models.DateTimeField(null=True, blank=True)  # to the hour (authentication.py)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__lte=F("made_at") + LONGEST), name="token_ends_in_time"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("made_by"))),
                name="token_confirmed_by_a_second",
            ),
        ]
        triggers = [
            *tied(
                insert=[told(TokenMade, says={"user": "{row}.user_id", "scope": "{row}.scope"})],
                update=[told(TokenConfirmed)],
                of=["confirmed_at", "confirmed_by_id"],
                delete=[told(TokenRevoked), told(TokenMade, about="", says={"user": "{row}.user_id"})],
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def waits(self) -> bool:
        """Whether a second administrator has yet to confirm it."""
        return self.user.kind == AccountKind.MACHINE and self.confirmed_by_id is None


class ValueStream(Record):
    """Teams that serve one outcome together."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["slug"]
        constraints = [is_slug("slug", name="valuestream_slug_is_plain")]
        triggers = [*tied(insert=[_BY_IMPORT], update=[_BY_IMPORT])]

    def __str__(self) -> str:
        return self.name


class Team(Dated):
    """A team; `context_class` says what kind of project it works in (S75)."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    value_stream = models.ForeignKey(ValueStream, on_delete=models.PROTECT, related_name="teams")
    context_class = models.CharField(max_length=20, choices=ContextClassChoices)

    class Meta(Dated.Meta):
        ordering = ["slug"]
        constraints = [*Dated.Meta.constraints, is_slug("slug", name="team_slug_is_plain")]
        triggers = [*tied(insert=[_BY_IMPORT], update=[_BY_IMPORT])]

    def __str__(self) -> str:
        return self.name


class Membership(Dated):
    """A person belongs to one team at a time."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="membership_one_team_at_a_time",
                expressions=[("person", RangeOperators.EQUAL), (VALID, RangeOperators.OVERLAPS)],
            ),
        ]
        triggers = [*tied(insert=[_BY_IMPORT], update=[_BY_IMPORT], delete=[_BY_IMPORT])]


class ReportingLine(Dated):
    """A person reports to one manager at a time, and never to themself."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="lines")
    manager = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="reports")

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="reportingline_one_manager_at_a_time",
                expressions=[("person", RangeOperators.EQUAL), (VALID, RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(condition=~Q(person=F("manager")), name="reportingline_not_to_oneself"),
        ]
        triggers = [*tied(insert=[_BY_IMPORT], update=[_BY_IMPORT], delete=[_BY_IMPORT])]


class RoleGrant(Dated):
    """A role of an account; a manager's is held over one team, a value stream lead's over one value stream."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=20, choices=GrantedRole)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="role_grants"
    )
    value_stream = models.ForeignKey(
        ValueStream, null=True, blank=True, on_delete=models.PROTECT, related_name="role_grants"
    )

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                name="rolegrant_scope_fits_the_role",
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
            ExclusionConstraint(
                name="rolegrant_not_twice_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (_or_none("team"), RangeOperators.EQUAL),
                    (_or_none("value_stream"), RangeOperators.EQUAL),
                    (VALID, RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This account already holds that role in part of that time."),
            ),
        ]
        triggers = [
            *tied(
                insert=[
                    told(
                        RoleGranted,
                        says={
                            "user": "{row}.user_id",
                            "role": "{row}.role",
                            "team": "{row}.team_id",
                            "value_stream": "{row}.value_stream_id",
                            "valid_from": "{row}.valid_from",
                            "valid_to": "{row}.valid_to",
                        },
                    )
                ],
                update=[told(RoleEnded, says={"valid_to": "{row}.valid_to"})],
            )
        ]


class Cohort(Record):
    """A registered set of people that may be reported on: whole teams, never a list of persons."""

    slug = models.CharField(max_length=SLUG_LENGTH, unique=True)
    kind = models.CharField(max_length=20, choices=CohortKind)
    name = models.TextField()
    teams: "models.ManyToManyField[Team, CohortTeam]" = models.ManyToManyField(
        Team, related_name="cohorts", through="CohortTeam"
    )
    registered_at = models.DateTimeField(default=clock.now)
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["kind", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, retired_by__isnull=True)
                | Q(retired_at__isnull=False, retired_by__isnull=False),
                name="cohort_retired_at_and_by",
            ),
            is_slug("slug", name="cohort_slug_is_plain"),
        ]
        triggers = [*tied(insert=[told(CohortRegistered)], update=[told(CohortChanged, CohortRetired)])]

    def __str__(self) -> str:
        return self.name


class CohortTeam(Record):
    """A team that is part of a cohort; a table of our own, so that it can be tied to the log."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "people_cohort_teams"
        constraints = [models.UniqueConstraint(fields=["cohort", "team"], name="cohortteam_once")]
        triggers = [
            *tied(
                insert=[told(CohortRegistered, CohortChanged, about="{row}.cohort_id")],
                delete=[told(CohortChanged, about="{row}.cohort_id")],
            )
        ]
