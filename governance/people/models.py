"""Accounts, persons, teams, lines, roles and the cohorts that may be reported on.

An account is apart from a person: a person may have none, and an account may be a machine. Memberships, lines and
roles are effective-dated: `valid_from` is in, `valid_to` is out, and null means still so.
"""

from datetime import date
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from charter.rules.vocabulary import ContextClass as ContextClassWord
from charter.rules.vocabulary import Role as RoleWord
from governance.people.managers import UserManager
from ground import clock
from ground.models import Record


class AccountKind(models.TextChoices):
    HUMAN = "human", _("A person's account")
    MACHINE = "machine", _("A machine's account")


class WorkingArrangement(models.TextChoices):
    ON_SITE = "on_site", _("On site")
    HYBRID = "hybrid", _("Hybrid")
    REMOTE = "remote", _("Remote")


class ContextClass(models.TextChoices):
    GREENFIELD = ContextClassWord.GREENFIELD.value, _("Greenfield")
    RESCUE = ContextClassWord.RESCUE.value, _("Rescue")
    PLATFORM = ContextClassWord.PLATFORM.value, _("Platform")
    INCIDENT_HEAVY = ContextClassWord.INCIDENT_HEAVY.value, _("Incident-heavy")
    MIGRATION = ContextClassWord.MIGRATION.value, _("Migration")
    STABLE_PRODUCT = ContextClassWord.STABLE_PRODUCT.value, _("Stable product")


class Role(models.TextChoices):
    """Roles that are granted. `team_member` and `self` are not: they follow from membership and from who one is."""

    MANAGER = RoleWord.MANAGER.value, _("Manager")
    VALUE_STREAM_LEAD = RoleWord.VALUE_STREAM_LEAD.value, _("Value stream lead")
    LEADERSHIP = RoleWord.LEADERSHIP.value, _("Leadership")
    METRIC_OWNER = RoleWord.METRIC_OWNER.value, _("Metric owner")
    BOARD_MEMBER = RoleWord.BOARD_MEMBER.value, _("Board member")
    HR = RoleWord.HR.value, _("HR")
    AUDITOR = RoleWord.AUDITOR.value, _("Auditor")
    ADMIN = RoleWord.ADMIN.value, _("Administrator")


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


class DatedQuerySet(models.QuerySet):
    def on(self, day: date) -> "DatedQuerySet":
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
            )
        ]

    def __str__(self) -> str:
        return self.name


class User(Record, AbstractBaseUser, PermissionsMixin):
    """An account. The reporting rules never ask whether it is a superuser."""

    username = models.CharField(_("user name"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(blank=True)
    kind = models.CharField(max_length=10, choices=AccountKind, default=AccountKind.HUMAN)
    person = models.OneToOneField(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="account"
    )
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=AccountKind.HUMAN) | Q(person__isnull=True), name="user_machine_is_no_person"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> str:
        """What the ledger calls this account."""
        return f"user:{self.pk}"


class ValueStream(Record):
    """Teams that serve one outcome together."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class Team(Dated):
    """A team; `context_class` says what kind of project it works in (S75)."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    value_stream = models.ForeignKey(ValueStream, on_delete=models.PROTECT, related_name="teams")
    context_class = models.CharField(max_length=20, choices=ContextClass)

    class Meta(Dated.Meta):
        ordering = ["slug"]

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


class RoleGrant(Dated):
    """A role of an account; a manager's is held over one team, a value stream lead's over one value stream."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role)
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
                    Q(role=Role.MANAGER, team__isnull=False, value_stream__isnull=True)
                    | Q(role=Role.VALUE_STREAM_LEAD, team__isnull=True, value_stream__isnull=False)
                    | (
                        ~Q(role__in=[Role.MANAGER, Role.VALUE_STREAM_LEAD])
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


class Cohort(Record):
    """A registered set of people that may be reported on: whole teams, never a list of persons."""

    slug = models.CharField(max_length=100, unique=True)  # as long as a request may write
    kind = models.CharField(max_length=20, choices=CohortKind)
    name = models.TextField()
    teams = models.ManyToManyField(Team, related_name="cohorts")
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
            )
        ]

    def __str__(self) -> str:
        return self.name
