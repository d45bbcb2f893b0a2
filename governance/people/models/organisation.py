"""The organisation: its people, teams and value streams, who belongs where, and the cohorts that values are told of."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from charter.rules.vocabulary import ContextClass as ContextClassWord
from governance.people.events import (
    CohortChanged,
    CohortJoined,
    CohortRegistered,
    CohortRetired,
    OrganisationImported,
)
from governance.people.models.dated import VALID, Dated
from governance.people.models.signing_in import AccountMail as AccountMail
from governance.people.models.signing_in import AccountMailKind as AccountMailKind
from governance.people.models.signing_in import Session as Session
from governance.people.source_names import Identity as Identity
from governance.people.source_names import TeamAlias as TeamAlias
from ground import clock
from ground.models import Record, is_slug


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


# The import is the whole truth about these at once, and one entry tells of it.
_BY_IMPORT = told(OrganisationImported, about="")


SLUG_LENGTH = 100  # of a cohort, as long as a request may write


class CohortKind(models.TextChoices):
    ORG = "org", _("Organisation")
    VALUE_STREAM = "value_stream", _("Value stream")
    TEAM = "team", _("Team")


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


class Circumstances(Dated):
    """Where, how and as what somebody worked from one day to another, as imports said it; the open one is what `Person` says.

    The first one of a person reaches back to the first day they worked here, since nothing else is known of before.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="circumstances")
    location = models.CharField(max_length=100, blank=True)
    working_arrangement = models.CharField(max_length=20, choices=WorkingArrangement, blank=True)
    role_family = models.CharField(max_length=100, blank=True)

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="circumstances_one_at_a_time",
                expressions=[("person", RangeOperators.EQUAL), (VALID, RangeOperators.OVERLAPS)],
            ),
        ]
        triggers = [*tied(insert=[_BY_IMPORT], update=[_BY_IMPORT])]


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


class Cohort(Record):
    """A registered set of people that may be reported on: whole teams, never a list of persons."""

    slug = models.CharField(max_length=SLUG_LENGTH, unique=True)
    kind = models.CharField(max_length=20, choices=CohortKind)
    name = models.TextField()
    teams: "models.ManyToManyField[Team, CohortTeam]" = models.ManyToManyField(
        Team, related_name="cohorts", through="CohortTeam"
    )
    # An administrator joined its teams for good: every tree keeps them together.
    is_joined = models.BooleanField(_("joined for good"), default=False)
    registered_at = models.DateTimeField(default=clock.now)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

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
        triggers = [
            *tied(insert=[told(CohortRegistered)], update=[told(CohortChanged, CohortRetired, CohortJoined)])
        ]

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
