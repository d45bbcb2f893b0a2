"""The metrics that include a person: whose charter has events counted, of a group that the person is in."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from msgspec import Struct

from charter.registry import queries as registry
from charter.registry.charter_facts import PERSON_DEFAULT
from charter.registry.document import CharterDocument
from charter.registry.facts_sql import carries_person
from charter.registry.models import CharterVersion, Metric
from charter.registry.states import StandingChoices
from charter.rules import words
from charter.rules.vocabulary import DecisionType, Grain
from governance.board import facts as board
from governance.people.models import Cohort, Membership, Person
from ground import data_versions
from ground.promises import promised

# A suspended charter lets nobody look, and what was made under it is still there.
_PROCESSED = (StandingChoices.ACTIVE, StandingChoices.PILOT, StandingChoices.SUSPENDED)


class IncludedMetric(Struct, frozen=True):
    """A metric that counts what a person does, or where `names_person` is false what their team's services do.

    `cohorts` are the groups that it is told of and that the person is in, by slug; `own_use` is what the person may look
    at their own figure for, None where the charter opens it to nobody.
    """

    slug: str
    name: str
    version: int
    standing: str
    definition: str
    affects_me: str
    names_person: bool
    cohorts: tuple[str, ...]
    sources: tuple[str, ...]
    facts_kept: str
    values_kept: str
    own_use: DecisionType | None

    @property
    def whose(self) -> str:
        """The groups in words."""
        return words.cohorts(self.cohorts)

    @property
    def counts(self) -> str:
        """Whether its events are somebody's, in a sentence."""
        if self.names_person:
            return _(
                "Counts events that carry your name in their source. Others see you together with others."
            )
        return _("Counts what happens to your team’s work. No event carries a name.")


def list_own_cohorts(person: Person, on: date) -> list[Cohort]:
    """The registered groups that a person is in on a day, widest first."""
    teams = Membership.objects.on(on).filter(person=person).values("team")
    return list(
        Cohort.objects.filter(retired_at__isnull=True, teams__in=teams).distinct().order_by("kind", "slug")
    )


def list_included(person: Person, on: date) -> list[IncludedMetric]:
    """By name; none where the person is in no group that anything is told of."""
    return list_included_in(tuple(cohort.slug for cohort in list_own_cohorts(person, on)), on)


def list_included_in(cohorts: tuple[str, ...], on: date) -> list[IncludedMetric]:
    """The same of whoever is in these groups, by slug."""
    if not cohorts:
        return []
    metrics = list(registry.list_metrics().filter(current__standing__in=_PROCESSED).order_by("name", "slug"))
    tried_by = _read_pilots([promised(metric.current) for metric in metrics], on)
    found = (_include(metric, cohorts, tried_by) for metric in metrics)
    return [each for each in found if each is not None]


def _read_pilots(versions: Sequence[CharterVersion], on: date) -> Mapping[UUID, frozenset[str]]:
    """The groups that try out each version that is on trial."""
    tried = tuple(version.pk for version in versions if version.standing == StandingChoices.PILOT)
    if not tried:
        return {}
    # Pilots do not depend on what a use is for.
    return board.read_board_facts(data_versions.read(), DecisionType.RETROSPECTIVE, (), tried, on).pilots


def _include(
    metric: Metric, cohorts: tuple[str, ...], tried_by: Mapping[UUID, frozenset[str]]
) -> IncludedMetric | None:
    version = promised(metric.current)
    if version.standing == StandingChoices.PILOT:
        cohorts = tuple(slug for slug in cohorts if slug in tried_by.get(version.pk, frozenset()))
    return describe_inclusion(metric, version, cohorts)


def describe_inclusion(
    metric: Metric, version: CharterVersion, cohorts: tuple[str, ...]
) -> IncludedMetric | None:
    """What a charter version counts of whoever is in these groups; None where it counts nothing."""
    document = registry.load_approved_document(version)
    measure = document.what.measure
    if measure is None or not cohorts:
        return None
    names_person = carries_person(measure)
    return IncludedMetric(
        slug=metric.slug,
        name=metric.name,
        version=version.number,
        standing=version.standing,
        definition=document.what.definition,
        affects_me=document.what.affects_me,
        names_person=names_person,
        cohorts=cohorts,
        sources=measure.sources,
        facts_kept=document.how_long.facts or PERSON_DEFAULT,
        values_kept=document.how_long.values or "",
        own_use=_find_own_use(document) if names_person else None,
    )


def _find_own_use(document: CharterDocument) -> DecisionType | None:
    uses = document.which_decisions.allowed
    return next((use.decision for use in uses if Grain.SELF in use.grains), None)
