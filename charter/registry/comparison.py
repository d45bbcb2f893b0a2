"""Kinds of metrics beside each other: what each is good for, what not, its risk and what to do (S136, S137).

Read from the charters that govern, so that nothing is written twice. Of a kind that everybody asks about but no charter
here governs, the starter catalogue's charter speaks, and the table says that it cannot be used.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charter.registry import catalogue, matrix, queries
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion, Metric
from charter.registry.risk import RiskLevel, assess_risk
from charter.registry.states import StandingChoices
from charter.rules import words
from charter.rules.vocabulary import GROUP_OF, DecisionGroup, DecisionType, Kind
from ground import clock, statements

# What everybody asks about first, each with the metrics that it is made of.
ASKED = {
    gettext_lazy("The four DORA metrics"): (
        "deployment-frequency", "lead-time-for-changes", "change-failure-rate", "time-to-restore-service",
    ),
    gettext_lazy("SLO compliance"): ("slo-compliance",),
    gettext_lazy("Cycle time"): ("cycle-time",),
    gettext_lazy("Commit count"): ("commit-count",),
    gettext_lazy("Hours online"): ("hours-online",),
    gettext_lazy("Pull request age"): ("pr-age",),
    gettext_lazy("Incident burden"): ("incident-burden",),
}  # fmt: skip
GOVERNS = (StandingChoices.ACTIVE, StandingChoices.PILOT)
_STATE = """
SELECT m.slug, v.number, v.content_hash, v.standing
FROM registry_metric m JOIN registry_charterversion v ON v.id = m.current_id ORDER BY m.slug COLLATE "C"
"""


@dataclass(frozen=True)
class Member:
    """A metric of a kind, and whether a charter in force lets it be used."""

    slug: str
    name: str
    in_force: bool
    registered: bool


@dataclass(frozen=True)
class KindComparison:
    """One kind of metric."""

    name: str
    members: tuple[Member, ...]
    good: str
    bad: str
    risk_level: RiskLevel
    risk: str
    action: str


def compare_kinds() -> list[KindComparison]:
    """The kinds that everybody asks about."""
    found = _governing([slug for slugs in ASKED.values() for slug in slugs])
    return [_row(str(name), slugs, found) for name, slugs in ASKED.items()]


def compare_others(asked_for: Sequence[Metric]) -> list[KindComparison]:
    """Rows for metrics of `other_metrics`, one each."""
    found = _governing([metric.slug for metric in asked_for])
    return [_row(metric.name, (metric.slug,), found) for metric in asked_for]


def list_other_metrics() -> QuerySet[Metric]:
    """Metrics in force that belong to none of the kinds, by name."""
    asked = [slug for slugs in ASKED.values() for slug in slugs]
    in_force = Metric.objects.filter(
        versions__standing=StandingChoices.ACTIVE, versions__expires_at__gt=clock.now()
    )
    return in_force.exclude(slug__in=asked).order_by("name", "pk")


def hash_registry_state() -> str:
    """SHA-256 over where every governing charter stands: the version of all that is generated from the registry."""
    lines = ("\t".join(map(str, row)) for row in statements.fetch(_STATE, {}))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _governing(slugs: Sequence[str]) -> dict[str, tuple[str, CharterDocument, bool, bool]]:
    """Name, document, whether it is in force, whether it is registered; from the catalogue where nothing governs."""
    starters = {slug: each for slug, each in catalogue.read_starter_charters().items() if slug in slugs}
    names = dict(Metric.objects.filter(slug__in=slugs).values_list("slug", "name"))
    found = {
        slug: (names.get(slug, each.name), each, False, slug in names) for slug, each in starters.items()
    }
    active = CharterVersion.objects.filter(
        metric__slug__in=slugs, standing__in=GOVERNS, expires_at__gt=clock.now()
    ).order_by("standing")
    for version in active.select_related("metric").defer("document"):
        found[version.metric.slug] = (
            version.metric.name,
            queries.load_approved_document(version),
            True,
            True,
        )
    return found


def _row(
    name: str, slugs: Sequence[str], found: Mapping[str, tuple[str, CharterDocument, bool, bool]]
) -> KindComparison:
    there = [(slug, *found[slug]) for slug in slugs if slug in found]
    documents = [document for _slug, _name, document, _force, _known in there]
    return KindComparison(
        name=name,
        members=tuple(Member(slug, label, force, known) for slug, label, _document, force, known in there),
        good=_good(documents),
        bad=_bad(documents),
        risk_level=assess_risk(documents).level,
        risk=_risk(documents),
        action=_action(documents, used=any(force for _slug, _name, _document, force, _known in there)),
    )


def _good(documents: Sequence[CharterDocument]) -> str:
    decisions = dict.fromkeys(use.decision for each in documents for use in each.which_decisions.allowed)
    return _listed(decisions) or _("None")


def _bad(documents: Sequence[CharterDocument]) -> str:
    uses = dict.fromkeys(use.use for each in documents for use in each.which_decisions.forbidden)
    return ". ".join(uses) or _("Every use that is not listed")


def _risk(documents: Sequence[CharterDocument]) -> str:
    risks = dict.fromkeys(each.what.gaming_risks[0] for each in documents if each.what.gaming_risks)
    return " ".join((assess_risk(documents).because, *risks))


def _action(documents: Sequence[CharterDocument], *, used: bool) -> str:
    """What to do with it, from what its charters allow, demand and forbid."""
    said = [] if used else [_("Do not use it before the board approves its charter.")]
    said += list(_to_do(documents))
    return " ".join(said)


def _to_do(documents: Sequence[CharterDocument]) -> Iterator[str]:
    allowed = [use for each in documents for use in each.which_decisions.allowed]
    groups = {GROUP_OF[use.decision] for use in allowed}
    if not allowed:
        yield _("Use it for nothing.")
        return
    if DecisionGroup.PEOPLE not in groups:
        yield _("Use it for the work, never about a person.")
    names = {slug: each.name for slug, each in catalogue.read_starter_charters().items()}
    if bound := dict.fromkeys(said for use in allowed if (said := matrix.describe_condition(use, names))):
        yield _first(bound)
    if counters := dict.fromkeys(each.what.counter_metric for each in documents if each.what.counter_metric):
        yield _("Show it beside %(metrics)s.") % {"metrics": words.listed(_called(slug) for slug in counters)}
    if all(each.what.type is Kind.ACTIVITY for each in documents):
        yield _("It counts doing, so set no target.")


def _called(slug: str) -> str:
    """A metric's name within a sentence; of one that is not in the starter catalogue, its slug in words."""
    starter = catalogue.read_starter_charters().get(slug)
    return words.inside(starter.name) if starter else slug.replace("-", " ")


def _first(conditions: Mapping[str, None]) -> str:
    """The one condition, or that each use has its own."""
    return next(iter(conditions)) if len(conditions) == 1 else _("Keep to the condition of each use.")


def _listed(decisions: Mapping[DecisionType, None]) -> str:
    return words.sentence(words.listed(words.spoken(decision) for decision in decisions)) if decisions else ""
