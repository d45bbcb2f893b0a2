"""Reads worth a name: the charter that governs a metric now, and what the programme lays down for a use."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from charter.programme.models import DecisionKind
from charter.programme.queries import make_decision_facts
from charter.registry import matrix
from charter.registry.bounds import UNBOUND, Bounds
from charter.registry.charter_facts import parse_document
from charter.registry.clearing import list_to_audit, read_audited
from charter.registry.data_versions import REGISTRY
from charter.registry.document import Access, Allowed, CharterDocument, WhichDecisions
from charter.registry.models import CharterVersion, Metric, RulebookVersion
from charter.registry.nature import find_nature
from charter.registry.source_descriptions import Columns, SourceDescription
from charter.registry.states import RulebookState
from charter.registry.states import StandingChoices as Stands
from charter.rules import Rule, Rulebook, RulebookError, compile_rulebook, read_rulebook
from charter.rules.facts import DecisionFacts
from charter.rules.vocabulary import DecisionType, Grain, Nature, SourceKind, Standing, View
from ground import calendar, statements
from ground.data_versions import cached
from ground.errors import Unavailable
from ground.promises import promised
from ground.statements import Read

RULES_OUTDATED = _(
    "The rules in force were written for an earlier version of Metric Charter, and this version cannot work them out. "
    "Nothing is answered until the board has passed new ones."
)
_IN_FORCE = frozenset({Standing.ACTIVE, Standing.PILOT})


class MetricUses(Struct, frozen=True):
    """A metric and what its governing charter allows now, within what the board bound it to; nothing of a draft is told."""

    slug: str
    name: str
    standing: Standing | None  # None where nothing governs it
    expires_at: datetime | None
    view: View | None
    allowed: tuple[Allowed, ...]
    access: tuple[Access, ...]
    bounds: Bounds

    def list_uses(self) -> list[tuple[Allowed, Grain]]:
        """Each use at each of its grains."""
        return [
            (use, grain)
            for use in self.allowed
            for grain in use.grains
            if self.bounds.allow(use.decision, grain)
        ]

    def find_use(self, decision: DecisionType, grain: Grain) -> Allowed | None:
        """The clause of a use, where there is one."""
        return next((use for use, at in self.list_uses() if (use.decision, at) == (decision, grain)), None)


class GoverningVersion(Struct, frozen=True):
    """The version that governs a metric: the active one, else that on trial; where there is none the newest, which rules refuse."""

    version_id: UUID
    metric: str
    number: int
    standing: Standing
    programme_active: bool
    activated_at: datetime | None
    expires_at: datetime | None
    fairness_until: date | None
    bounds: Bounds = UNBOUND  # what the board bound its approval to

    def in_force(self, at: datetime) -> bool:
        """Whether it is active or in pilot, begun and not past its expiry, also where no job has noticed yet."""
        begun = self.activated_at is not None and self.activated_at <= at
        lasting = self.expires_at is not None and self.expires_at > at
        return self.programme_active and self.standing in _IN_FORCE and begun and lasting


class AccessLimits(Struct, frozen=True):
    """The programme's settings on looking and on rulings, as `charter.programme.access_limits` describes them."""

    looks_a_day: int
    enumeration_share: int
    enumeration_people: int
    enumeration_minutes: int
    hop_share: int
    hop_days: int
    ruling_days: int
    notice_delay_days: int


class ProgrammeTerms(Struct, frozen=True):
    """What the programme lays down for every use, and the rulebook in force."""

    time_zone: str
    minimum_group: int
    minimum_group_strain: int
    coverage_threshold: float
    error_budget_metric: str
    error_budget_limit: float
    sources: str  # the described sources, as JSON; `read_described` parses them
    rulebook_id: UUID
    rulebook_number: int
    limits: AccessLimits


class ProgrammeFacts(Struct, frozen=True):
    """What stands written about a use; no programme where no rulebook is in force, no decision where none is known."""

    programme: ProgrammeTerms | None
    decision: DecisionFacts | None
    governing: Mapping[str, GoverningVersion]


_LIMITS = ", ".join(f"'{name}', p.{name}" for name in AccessLimits.__struct_fields__)

_PROGRAMME = Read(
    f"""
    SELECT p.time_zone, p.minimum_group, p.minimum_group_strain, p.coverage_threshold,
           p.error_budget_metric, p.error_budget_limit,
           coalesce((SELECT jsonb_object_agg(s.slug, jsonb_build_object('kind', s.kind, 'columns', s.columns))::text
                     FROM registry_source s), '{{}}') AS sources,
           r.id AS rulebook_id, r.number AS rulebook_number, jsonb_build_object({_LIMITS}) AS limits
    FROM programme_programme p JOIN registry_rulebookversion r ON r.state = 'in_force'
    """,
    ProgrammeTerms,
)

_DECISION = Read(
    """
    SELECT d.slug AS decision, d."group", d."group" = 'people' AS consequential, d.evidence_needed,
           d.fairness_needed, d.accountable_needed
    FROM programme_decisionkind d WHERE d.slug = %(decision)s::text
    """,
    DecisionFacts,
)

_DECISIONS = Read(
    """
    SELECT d.slug AS decision, d."group", d."group" = 'people' AS consequential, d.evidence_needed,
           d.fairness_needed, d.accountable_needed
    FROM programme_decisionkind d ORDER BY d.slug
    """,
    DecisionFacts,
)

_GOVERNING = Read(
    """
    SELECT v.id AS version_id, m.slug AS metric, v.number, v.standing,
           p.state = 'active' AS programme_active, v.activated_at, v.expires_at, v.bounds,
           (SELECT CASE WHEN c.passed THEN c.valid_until END FROM registry_clearance c
            WHERE c.charter_version_id = v.id AND c.kind = 'fairness_audit'
            ORDER BY c.granted_at DESC, c.id DESC LIMIT 1) AS fairness_until
    FROM registry_metric m
    JOIN programme_programme p ON p.id = m.programme_id
    JOIN registry_charterversion v ON v.id = m.current_id
    WHERE m.slug = ANY(%(metrics)s::text[])
    """,
    GoverningVersion,
)


@cached(REGISTRY)
def read_programme_facts(decision: DecisionType, metrics: tuple[str, ...]) -> ProgrammeFacts:
    """What is laid down for a decision and these metrics, in one statement, and from memory while the data version is the same.

    Unknown metrics are left out.
    """
    parameters = {"decision": decision.value, "metrics": list(metrics)}
    programmes, decisions, found = statements.read(_PROGRAMME, _DECISION, _GOVERNING, parameters=parameters)
    return ProgrammeFacts(
        programme=programmes[0] if programmes else None,
        decision=decisions[0] if decisions else None,
        governing={each.metric: each for each in found},
    )


# A suspended charter is told, so that nobody wonders where its metric went.
_USES = Read(
    """
    SELECT m.slug, m.name, told.standing, told.expires_at, told.document #>> '{what,view}' AS view,
           coalesce(told.document #> '{which_decisions,allowed}', '[]') AS allowed,
           coalesce(told.document #> '{who,access}', '[]') AS access, coalesce(told.bounds, '{}') AS bounds
    FROM registry_metric m
    LEFT JOIN registry_charterversion told
        ON told.id = m.current_id AND told.standing IN ('active', 'pilot', 'suspended')
    ORDER BY m.name, m.slug
    """,
    MetricUses,
)


@cached(REGISTRY, most=2)
def read_uses() -> tuple[MetricUses, ...]:
    """Every metric by name with what it may be used for, in one statement, and from memory while the data version is the same."""
    return tuple(statements.read(_USES, parameters={})[0])


@cached(REGISTRY, most=4)
def read_decisions() -> Mapping[DecisionType, DecisionFacts]:
    """What the programme lays down for every decision that it has declared, in one statement, and from memory likewise."""
    return {each.decision: each for each in statements.read(_DECISIONS, parameters={})[0]}


@lru_cache(maxsize=20_000)
def load_document(version: UUID) -> CharterDocument:
    """The document of a charter version; versions never change, so it is read once a process."""
    return parse_document(CharterVersion.objects.values_list("document", flat=True).get(pk=version))


class _DescribedKind(Struct, frozen=True):
    """Of a source: what the nature of a metric is read off."""

    kind: SourceKind
    columns: Columns


@lru_cache(maxsize=8)
def read_described(sources: str) -> Mapping[str, SourceDescription]:
    """The described sources of `ProgrammeTerms` by slug, with their kinds and columns and nothing else of them."""
    found = msgspec.json.decode(sources, type=dict[str, _DescribedKind])
    return {
        slug: SourceDescription(slug, slug, each.kind, "", "", "", "", each.columns)
        for slug, each in found.items()
    }


@lru_cache(maxsize=20_000)
def read_nature(version: UUID, sources: str) -> frozenset[Nature]:
    """What a charter version's metric is, by its measure and the sources as they are described now (S40)."""
    return find_nature(load_document(version).what.measure, read_described(sources))


def load_approved_document(version: CharterVersion) -> CharterDocument:
    """The document of a charter version within what the board bound its approval to: what may be done, not what was asked."""
    return _as_approved(version.pk, version.bound)


def find_first_day(version: CharterVersion, document: CharterDocument) -> date:
    """The first day whose data a charter in force may use: no data from before its approval without an agreed backfill.

    The board agrees to one by passing a charter that says why, or by the founding, for charters written before it.
    """
    approved, asked = calendar.find_day(promised(version.activated_at)), document.why.data_from
    if asked is not None and (asked >= approved or document.why.backfill_because.strip()):
        return asked
    programme = version.metric.programme
    founded_at, agreed = programme.approved_at, programme.data_from
    if agreed is None or founded_at is None or version.created_at > founded_at:
        return approved
    return min(approved, max(agreed, asked or agreed))


@lru_cache(maxsize=20_000)
def _as_approved(version: UUID, bounds: Bounds) -> CharterDocument:
    return bounds.document(load_document(version))


def load_rulebook(version: UUID) -> Rulebook:
    """A rulebook version to decide by; versions never change, so it is compiled once a process.

    Raises Unavailable where it was written for another version of the product: what cannot be worked out is not guessed.
    """
    try:
        return _compiled(version)
    except RulebookError as error:
        raise Unavailable(str(RULES_OUTDATED), code="rules_outdated") from error


@lru_cache(maxsize=8)
def load_rulebook_as_written(version: UUID) -> Rulebook:
    """A rulebook version to read and to compare, whichever version of the product it was written for."""
    return read_rulebook(_files(version))


@lru_cache(maxsize=8)
def find_rulebook(content_hash: str) -> Rulebook:
    """The rulebook that a decision was made by, which it names by its content's hash."""
    return load_rulebook(RulebookVersion.objects.values_list("pk", flat=True).get(content_hash=content_hash))


def list_rules_in_force() -> tuple[Rule, ...]:
    """The rules of the rulebook in force, in id order; none where none is."""
    version = (
        RulebookVersion.objects.filter(state=RulebookState.IN_FORCE).values_list("pk", flat=True).first()
    )
    return load_rulebook_as_written(version).rules if version else ()


@lru_cache(maxsize=8)
def _compiled(version: UUID) -> Rulebook:
    return compile_rulebook(_files(version))


def _files(version: UUID) -> dict[str, str]:
    return dict(RulebookVersion.objects.values_list("files", flat=True).get(pk=version))


def list_metrics_with_version() -> QuerySet[Metric]:
    """All metrics with `current`, the version that governs each now, its programme and owner; one statement."""
    return Metric.objects.select_related("owner", "programme", "current")


def list_metrics() -> QuerySet[Metric]:
    """The same without the documents, which are long: reading them costs more than all the rest of a list."""
    return list_metrics_with_version().defer("current__document")


@dataclass(frozen=True)
class MatrixRow:
    """One metric of the matrix. Where nothing governs it, every cell is "not set": no use is allowed now."""

    metric: Metric
    in_force: bool
    cells: tuple[matrix.Cell, ...]


def build_matrix_rows(
    metrics: Sequence[Metric], kinds: Sequence[DecisionKind], at: datetime
) -> list[MatrixRow]:
    """Rows for metrics of `list_of_metrics()`, columns as given; three statements, however many."""
    uses = read_which_decisions(
        [current.pk for metric in metrics if (current := metric.current) and _has_force(current, at)]
    )
    asked = [clause for each in uses.values() for clause in each.allowed]
    beside = {slug for clause in asked for slug in clause.beside}
    names = dict(Metric.objects.filter(slug__in=beside).values_list("slug", "name"))
    decisions = [make_decision_facts(kind) for kind in kinds]
    audited = read_audited(list_to_audit(uses, decisions), calendar.find_day(at))
    return [_matrix_row(metric, uses, decisions, names, audited) for metric in metrics]


def read_which_decisions(versions: Collection[UUID]) -> dict[UUID, WhichDecisions]:
    """What each of these charter versions, by key, says of decisions; in one statement."""
    found = CharterVersion.objects.filter(pk__in=versions).order_by()
    return {
        key: msgspec.convert(stored, WhichDecisions)
        for key, stored in found.values_list("pk", "document__which_decisions")
    }


def _has_force(version: CharterVersion | None, at: datetime) -> bool:
    """Whether a charter allows anything now: active or tried out, and not past its expiry."""
    if version is None or version.standing not in (Stands.ACTIVE, Stands.PILOT):
        return False
    return version.expires_at is None or version.expires_at > at


def _matrix_row(
    metric: Metric,
    uses: Mapping[UUID, WhichDecisions],
    decisions: Sequence[DecisionFacts],
    names: Mapping[str, str],
    audited: Collection[UUID],
) -> MatrixRow:
    version = metric.current
    said = uses.get(version.pk) if version else None
    if version is None or said is None:
        return MatrixRow(metric, False, matrix.build_cells(WhichDecisions(), decisions))
    piloted = version.standing == Stands.PILOT
    held = {"piloted": piloted, "audited": version.pk in audited}
    cells = matrix.build_cells(said, decisions, names=names, bounds=version.bound, **held)
    return MatrixRow(metric, True, cells)


def find_latest_processed(standings: Collection[Stands]) -> QuerySet[CharterVersion, Any]:
    """The keys of the version of each metric that stands in one of these: the active one, else the newest."""
    found = CharterVersion.objects.filter(standing__in=standings)
    ranked = found.order_by("metric_id", Case(When(standing=Stands.ACTIVE, then=0), default=1), "-number")
    return ranked.distinct("metric_id").values("pk")


def list_versions(metric: Metric) -> QuerySet[CharterVersion]:
    """All versions of a metric's charter, newest first, with who wrote, handed in and activated each; one statement."""
    people = ("metric", "created_by", "submitted_by", "activated_by", "ended_by")
    return metric.versions.select_related(*people).order_by("-number")


def list_metrics_of(categories: Collection[str], *, but: str) -> QuerySet[Metric]:
    """The metrics whose charter in force is of one of these categories, by name, leaving one out."""
    in_force = Q(versions__standing=Stands.ACTIVE, versions__category__in=categories)
    return Metric.objects.filter(in_force).exclude(slug=but).order_by("name")


def list_names(most: int) -> list[tuple[str, str]]:
    """Slug and name of metrics to choose from, those in force first; at most so many."""
    found = Metric.objects.filter(versions__standing=Stands.ACTIVE).order_by("name").distinct()
    return list(found.values_list("slug", "name")[:most])
