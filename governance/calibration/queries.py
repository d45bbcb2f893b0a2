"""Reads of rounds, rubrics and outcomes that are worth a name. Packs are read in `packs`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from audits.fairness.models import AuditedMetric
from audits.fairness.queries import find_clearance
from audits.fairness.states import FairnessState
from charter.authoring.lint.uses import NEVER_ABOUT_PEOPLE
from charter.registry.models import Metric
from charter.rules.vocabulary import Category, Kind
from governance.calibration import permissions
from governance.calibration.models import (
    CalibrationItem,
    CalibrationRound,
    Challenge,
    LevelProposal,
    Rubric,
)
from governance.calibration.states import KNOWN, TOLD, ProposalKind
from governance.calibration.words import ProposalWords, unseal
from governance.decisions.models import DecisionRecord
from governance.people.models import Circumstances, Membership, Person, User
from ground import calendar
from ground.errors import NotFound
from ground.promises import promised


def list_metrics() -> QuerySet[Metric]:
    """Metrics with a charter in force that a decision about a person may look at, as far as their labels say (S57).

    Activity, strain, surveys and the like never are, so no round names them. Whether one may indeed, the line decides.
    """
    never = Q(current__category__in=[each.value for each in (*NEVER_ABOUT_PEOPLE, Category.AI_ASSIST)])
    activity = Q(current__kind=Kind.ACTIVITY.value)
    return Metric.objects.filter(current__isnull=False).exclude(never | activity).order_by("name", "slug")


def list_rubrics() -> QuerySet[Rubric]:
    """The rubric that counts of each role family, by family."""
    latest = Rubric.objects.order_by("role_family", "-written_at", "-id").distinct("role_family")
    return (
        Rubric.objects.filter(pk__in=latest.values("pk")).select_related("written_by").order_by("role_family")
    )


def find_rubric(role_family: str) -> Rubric | None:
    """The rubric that counts of one role family."""
    return list_rubrics().filter(role_family=role_family).first()


def list_rounds(user: User) -> QuerySet[CalibrationRound]:
    """The rounds whose announcement the account may read, newest first; HR also reads those being prepared or dropped."""
    found = CalibrationRound.objects.select_related("cohort").annotate(people=Count("items"))
    if not permissions.keeps_rounds(user):
        found = found.filter(state__in=KNOWN)
    return found.order_by("-drafted_at", "-id")


def get_round(key: UUID, *, by: User) -> CalibrationRound:
    """A round that the account may know of. Raises NotFound."""
    found = CalibrationRound.objects.select_related("cohort", "drafted_by", "outcomes").filter(pk=key).first()
    if found is None or (found.state not in KNOWN and not permissions.keeps_rounds(by)):
        raise NotFound(
            _("There is no calibration round at this address that you may see."), code="round_not_found"
        )
    return found


def list_items(calibration: CalibrationRound, *, by: User) -> list[CalibrationItem]:
    """Whom a session is about, by number, without the account's own person. Raises NotFound."""
    permissions.check_joins(by, calibration)
    found = calibration.items.select_related(
        "person", "accountable", "family__rubric", "family__profile", "round__cohort"
    )
    if by.person_id is not None:
        found = found.exclude(person=by.person_id)
    return list(found.order_by("person__external_id"))


def get_item(key: UUID) -> CalibrationItem:
    """One person in a round. Raises NotFound; who may open what of it, its caller asks."""
    found = (
        CalibrationItem.objects.select_related(
            "round__cohort", "person", "accountable", "family__rubric", "family__profile"
        )
        .filter(pk=key)
        .first()
    )
    if found is None:
        raise NotFound(
            _("There is no evidence pack at this address that you may open."), code="pack_not_found"
        )
    return found


def get_pack_item(key: UUID, *, by: User) -> CalibrationItem:
    """The same, whose pack the account may open. Raises NotFound."""
    found = get_item(key)
    permissions.check_sees_pack(by, found)
    return found


def get_outcome(key: UUID, *, by: User) -> CalibrationItem:
    """An outcome of the account's own person. Raises NotFound."""
    found = get_item(key)
    permissions.check_reads_outcome(by, found)
    return found


def list_outcomes(person: Person) -> QuerySet[CalibrationItem]:
    """The outcomes that were told to a person, newest first."""
    found = CalibrationItem.objects.filter(person=person, round__state__in=TOLD, proposals__isnull=False)
    return found.select_related("round", "family__rubric").distinct().order_by("-round__published_at", "-id")


def list_own_packs(person: Person) -> QuerySet[CalibrationItem]:
    """The rounds that a person is in, newest first."""
    found = CalibrationItem.objects.filter(person=person, round__state__in=KNOWN)
    return found.select_related("round").order_by("-round__drafted_at", "-id")


def list_to_answer(user: User) -> QuerySet[CalibrationItem]:
    """The people of rounds that go on for whom the account answers."""
    found = CalibrationItem.objects.filter(
        accountable=user, round__state__in=KNOWN, round__ended_at__isnull=True
    )
    return found.select_related("round", "person").order_by("round__opens_on", "person__external_id")


def list_to_look_again(user: User) -> list[CalibrationItem]:
    """Whose told levels cite a metric that an audit flagged since: those the account answers for, for HR all but their own."""
    failed = _list_flagged_since()
    if not failed:
        return []
    told = CalibrationItem.objects.filter(round__state__in=TOLD).select_related(
        "round", "person", "accountable"
    )
    if permissions.keeps_rounds(user):
        told = told.exclude(person=user.person_id) if user.person_id else told
    else:
        told = told.filter(accountable=user)
    items = list(told.order_by("-round__published_at", "person__external_id"))
    return [each for each in items if each.pk in _find_flagged(items, failed)]


def is_flagged(item: CalibrationItem) -> bool:
    """Whether an audit flagged a metric, since it was proposed, that a level cites."""
    return bool(_find_flagged([item], _list_flagged_since()))


def list_flagged_receipts(receipts: Sequence[UUID]) -> list[str]:
    """The names of metrics that these receipts are of and whose latest audit was not passed."""
    slugs = {slug for found in _list_metrics_of(receipts).values() for slug in found}
    metrics = (
        Metric.objects.filter(slug__in=slugs, current__isnull=False)
        .select_related("current")
        .order_by("name")
    )
    cleared = {each.pk: find_clearance(promised(each.current)) for each in metrics}
    return [each.name for each in metrics if (found := cleared[each.pk]) is not None and not found.passed]


def _list_flagged_since() -> list[tuple[str, datetime]]:
    """Metrics of audits that were concluded as flagged, and when."""
    found = AuditedMetric.objects.filter(audit__state=FairnessState.FAILED).select_related(
        "charter_version__metric", "audit"
    )
    return [(each.charter_version.metric.slug, promised(each.audit.concluded_at)) for each in found]


def _find_flagged(items: Sequence[CalibrationItem], failed: Sequence[tuple[str, datetime]]) -> set[UUID]:
    """Those of which what was proposed last cites a metric that was flagged after that."""
    if not failed:
        return set()
    last = {key: found[-1] for key, found in list_proposals(items).items() if found}
    metrics = _list_metrics_of([each for proposal in last.values() for each in proposal.receipts])
    return {
        key
        for key, proposal in last.items()
        if any(
            slug in metrics.get(receipt, ()) and at > proposal.at
            for receipt in proposal.receipts
            for slug, at in failed
        )
    }


def _list_metrics_of(receipts: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The metrics that the line answered for, by receipt."""
    return dict(DecisionRecord.objects.filter(entry__in=receipts).values_list("entry", "metrics"))


def list_proposals(items: Sequence[CalibrationItem]) -> Mapping[UUID, list[LevelProposal]]:
    """All that was proposed of each, the first one first."""
    found: dict[UUID, list[LevelProposal]] = {each.pk: [] for each in items}
    for proposal in LevelProposal.objects.filter(item__in=items).select_related("by").order_by("number"):
        found[proposal.item_id].append(proposal)
    return found


def read_words(proposal: LevelProposal) -> ProposalWords:
    """What a proposal says."""
    return unseal(proposal.said, proposal.pk, "proposal", ProposalWords)


def list_challenges(item: CalibrationItem) -> QuerySet[Challenge]:
    """What was doubted of somebody's level, in its order."""
    return item.challenges.select_related("by", "answered_by").order_by("at", "id")


def list_participants(calibration: CalibrationRound) -> list[Person]:
    """Who is in a round: who was on a team of its cohort on the period's last day, and works here today."""
    today = calendar.today()
    last = min(calibration.ends_on - timedelta(days=1), today)
    on_teams = Membership.objects.on(last).filter(team__cohorts=calibration.cohort).values("person")
    employed = Q(employed_to__isnull=True) | Q(employed_to__gt=today)
    return list(Person.objects.filter(employed, pk__in=on_teams).order_by("external_id"))


def list_teams_of(person: Person, starts_on: date, ends_on: date) -> list[str]:
    """The teams that a person was on within a period, in their order; `ends_on` is out."""
    found = (
        Membership.objects.filter(person=person, valid_from__lt=ends_on)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=starts_on))
        .select_related("team")
        .order_by("valid_from")
    )
    return list(dict.fromkeys(each.team.name for each in found))


def list_moved(items: Sequence[CalibrationItem], starts_on: date, ends_on: date) -> set[UUID]:
    """The persons among these who were on more than one team within a period, in one statement."""
    found = (
        Membership.objects.filter(person__in=[each.person_id for each in items], valid_from__lt=ends_on)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=starts_on))
        .values("person")
        .annotate(teams=Count("team", distinct=True))
        .filter(teams__gt=1)
    )
    return {each["person"] for each in found}


def list_changed_roles(items: Sequence[CalibrationItem], starts_on: date, ends_on: date) -> set[UUID]:
    """The persons among these who were of more than one role family within a period, in one statement."""
    found = (
        Circumstances.objects.filter(person__in=[each.person_id for each in items], valid_from__lt=ends_on)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=starts_on))
        .values("person")
        .annotate(roles=Count("role_family", distinct=True))
        .filter(roles__gt=1)
    )
    return {each["person"] for each in found}


def list_alone(items: Sequence[CalibrationItem]) -> list[str]:
    """Who answers for one person alone, so that nothing they propose can be compared with anything of theirs, by name."""
    counted: dict[str, int] = {}
    for item in items:
        if item.accountable is not None:
            counted[item.accountable.name] = counted.get(item.accountable.name, 0) + 1
    return sorted(name for name, number in counted.items() if number == 1)


def count_year(year: int) -> dict[str, Any]:
    """What the yearly review of the system reads of calibration (S100): numbers of rounds published in a year, and of nobody."""
    rounds = CalibrationRound.objects.filter(published_at__year=year)
    items = CalibrationItem.objects.filter(round__in=rounds)
    proposals = LevelProposal.objects.filter(item__in=items)
    return {
        "rounds": rounds.count(),
        "people": items.filter(set_aside_at__isnull=True).count(),
        "set_aside": items.filter(set_aside_at__isnull=False).count(),
        "acknowledged": items.filter(acknowledged_at__isnull=False).count(),
        "changed": proposals.filter(kind=ProposalKind.CHANGED).count(),
        "corrected": proposals.filter(kind=ProposalKind.CORRECTED).count(),
        "confirmed": proposals.filter(kind=ProposalKind.CONFIRMED).count(),
        "challenged": Challenge.objects.filter(item__in=items).count(),
    }
