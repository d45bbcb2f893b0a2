"""Reads worth a name: the charter that governs a metric now, and what the programme lays down for a use."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import (
    Case,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from msgspec import Struct

from charter.registry.charter_facts import read_document
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion, Metric, RulebookVersion
from charter.registry.states import RulebookState
from charter.registry.states import Standing as Stands
from charter.rules import Rule, Rulebook, compile_rulebook
from charter.rules.facts import DecisionFacts
from charter.rules.vocabulary import Decision, DecisionGroup, SourceKind, Standing


class Governing(Struct, frozen=True):
    """The version that governs a metric: the active one, or where there is none the newest, which rules then refuse."""

    version_id: UUID
    metric: str
    number: int
    standing: Standing
    in_force: bool
    fairness_until: date | None


class Use(Struct, frozen=True):
    """What the programme lays down for one decision, and the rulebook in force."""

    decision: DecisionFacts
    time_zone: str
    minimum_group: int
    minimum_group_strain: int
    sources: tuple[tuple[str, SourceKind], ...]
    rulebook_id: UUID
    rulebook_number: int


_GOVERNING = """
SELECT DISTINCT ON (m.slug) v.id, m.slug, v.number, v.standing,
       p.state = 'active' AND v.standing = 'active' AND v.activated_at <= %(at)s AND v.expires_at > %(at)s,
       (SELECT max(c.valid_until) FROM registry_clearance c
        WHERE c.charter_version_id = v.id AND c.kind = 'fairness_audit' AND c.passed)
FROM registry_metric m
JOIN registry_programme p ON p.id = m.programme_id
JOIN registry_charterversion v ON v.metric_id = m.id
WHERE m.slug = ANY(%(slugs)s)
ORDER BY m.slug, v.standing = 'active' DESC, v.standing = 'suspended' DESC, v.number DESC
"""

_USE = """
SELECT d."group", d.evidence_needed, d.fairness_needed, d.accountable_needed, p.time_zone, p.minimum_group,
       p.minimum_group_strain, ARRAY(SELECT ARRAY[s.slug, s.kind] FROM registry_source s ORDER BY s.slug), r.id, r.number
FROM registry_decisionkind d
JOIN registry_programme p ON p.id = d.programme_id
JOIN registry_rulebookversion r ON r.state = 'in_force'
WHERE d.slug = %s
"""


def governing(metrics: Sequence[str], *, at: datetime) -> dict[str, Governing]:
    """The governing versions of these metrics by slug, in one statement; unknown metrics are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_GOVERNING, {"slugs": list(metrics), "at": at})
        rows = cursor.fetchall()
    return {
        slug: Governing(version, slug, number, Standing(standing), bool(in_force), fairness)
        for version, slug, number, standing, in_force, fairness in rows
    }


def use(decision: Decision) -> Use | None:
    """What is laid down for a decision, in one statement; None where nothing is, or no rulebook is in force."""
    with connection.cursor() as cursor:
        cursor.execute(_USE, [decision.value])
        row = cursor.fetchone()
    return _use(decision, *row) if row else None


def _use(decision: Decision, group: str, evidence: int, fairness: bool, accountable: bool, *rest: Any) -> Use:
    zone, minimum, minimum_strain, sources, rulebook, number = rest
    decision_facts = DecisionFacts(
        decision=decision,
        group=DecisionGroup(group),
        consequential=group == DecisionGroup.PEOPLE,
        evidence_needed=evidence,
        fairness_needed=fairness,
        accountable_needed=accountable,
    )
    kinds = tuple((slug, SourceKind(kind)) for slug, kind in sources)
    return Use(decision_facts, zone, minimum, minimum_strain, kinds, rulebook, number)


@lru_cache(maxsize=20_000)
def document(version: UUID) -> CharterDocument:
    """The document of a charter version; versions never change, so it is read once a process."""
    return read_document(CharterVersion.objects.values_list("document", flat=True).get(pk=version))


@lru_cache(maxsize=8)
def rulebook(version: UUID) -> Rulebook:
    """A rulebook version, compiled; versions never change, so it is compiled once a process."""
    return compile_rulebook(RulebookVersion.objects.values_list("files", flat=True).get(pk=version))


def rules_in_force() -> tuple[Rule, ...]:
    """The rules of the rulebook in force, in id order; none where none is."""
    version = (
        RulebookVersion.objects.filter(state=RulebookState.IN_FORCE).values_list("pk", flat=True).first()
    )
    return rulebook(version).rules if version else ()


def metrics_with_current_version() -> QuerySet[Metric]:
    """All metrics with `current`, the version that governs each now, its programme and owner; one statement.

    The version is the active one, else the suspended, else the newest, as in `governing`.
    """
    rank = Case(
        When(standing=Stands.ACTIVE, then=Value(0)),
        When(standing=Stands.SUSPENDED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    governs = CharterVersion.objects.filter(metric=OuterRef("pk")).order_by(rank, "-number").values("pk")[:1]
    return (
        Metric.objects.annotate(governs=Subquery(governs))
        .annotate(current=FilteredRelation("versions", condition=Q(versions__pk=F("governs"))))
        .select_related("owner", "programme", "current")
    )


def version_history(metric: Metric) -> QuerySet[CharterVersion]:
    """All versions of a metric's charter, newest first, with who wrote, handed in and activated each; one statement."""
    people = ("metric", "created_by", "submitted_by", "activated_by", "ended_by")
    return metric.versions.select_related(*people).order_by("-number")
