"""Reads worth a name: the charter that governs a metric now, and what the programme lays down for a use."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

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
from charter.rules.vocabulary import Decision, SourceKind, Standing
from ground import statements
from ground.statements import Read


_IN_FORCE = frozenset({Standing.ACTIVE, Standing.PILOT})


class Governing(Struct, frozen=True):
    """The version that governs a metric: the active one, else that on trial; where there is none the newest, which rules refuse."""

    version_id: UUID
    metric: str
    number: int
    standing: Standing
    programme_active: bool
    activated_at: datetime | None
    expires_at: datetime | None
    fairness_until: date | None
    case_id: UUID | None = None  # the case that passed it, whose conditions bind it

    def in_force(self, at: datetime) -> bool:
        """Whether it is active or in pilot, begun and not past its expiry, also where no job has noticed yet."""
        begun = self.activated_at is not None and self.activated_at <= at
        lasting = self.expires_at is not None and self.expires_at > at
        return self.programme_active and self.standing in _IN_FORCE and begun and lasting


class Programme(Struct, frozen=True):
    """What the programme lays down for every use, and the rulebook in force."""

    time_zone: str
    minimum_group: int
    minimum_group_strain: int
    sources: tuple[tuple[str, SourceKind], ...]
    rulebook_id: UUID
    rulebook_number: int


class LaidDown(Struct, frozen=True):
    """What stands written about a use; no programme where no rulebook is in force, no decision where none is known."""

    programme: Programme | None
    decision: DecisionFacts | None
    governing: Mapping[str, Governing]


_PROGRAMME = Read(
    """
    SELECT p.time_zone, p.minimum_group, p.minimum_group_strain,
           ARRAY(SELECT jsonb_build_array(s.slug, s.kind) FROM registry_source s ORDER BY s.slug) AS sources,
           r.id AS rulebook_id, r.number AS rulebook_number
    FROM registry_programme p JOIN registry_rulebookversion r ON r.state = 'in_force'
    """,
    Programme,
)

_DECISION = Read(
    """
    SELECT d.slug AS decision, d."group", d."group" = 'people' AS consequential, d.evidence_needed,
           d.fairness_needed, d.accountable_needed
    FROM registry_decisionkind d WHERE d.slug = %(decision)s::text
    """,
    DecisionFacts,
)

_GOVERNING = Read(
    """
    SELECT DISTINCT ON (m.slug) v.id AS version_id, m.slug AS metric, v.number, v.standing,
           p.state = 'active' AS programme_active, v.activated_at, v.expires_at, v.case_id,
           (SELECT max(c.valid_until) FROM registry_clearance c
            WHERE c.charter_version_id = v.id AND c.kind = 'fairness_audit' AND c.passed) AS fairness_until
    FROM registry_metric m
    JOIN registry_programme p ON p.id = m.programme_id
    JOIN registry_charterversion v ON v.metric_id = m.id
    WHERE m.slug = ANY(%(metrics)s::text[])
    ORDER BY m.slug, v.standing = 'active' DESC, v.standing = 'suspended' DESC, v.standing = 'pilot' DESC,
             v.number DESC
    """,
    Governing,
)


@lru_cache(maxsize=10_000)
def laid_down(mark: str, decision: Decision, metrics: tuple[str, ...]) -> LaidDown:
    """What is laid down for a decision and these metrics, in one statement, and from memory while the `mark` is the same.

    Unknown metrics are left out.
    """
    parameters = {"decision": decision.value, "metrics": list(metrics)}
    programmes, decisions, found = statements.read(_PROGRAMME, _DECISION, _GOVERNING, parameters=parameters)
    return LaidDown(
        programme=programmes[0] if programmes else None,
        decision=decisions[0] if decisions else None,
        governing={each.metric: each for each in found},
    )


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

    The version is the active one, else the suspended, else the one in pilot, else the newest, as in `governing`.
    """
    rank = Case(
        When(standing=Stands.ACTIVE, then=Value(0)),
        When(standing=Stands.SUSPENDED, then=Value(1)),
        When(standing=Stands.PILOT, then=Value(2)),
        default=Value(3),
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
