"""From the session to the people: handed in to be audited, published after a passed audit, read, closed."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from statistics import fmean
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from audits.fairness import services as fairness
from audits.fairness.models import FairnessAudit, OutcomeSet
from audits.fairness.outcome_rows import OutcomeRow
from audits.fairness.queries import read_least
from audits.fairness.states import FairnessState
from audits.ledger import services as ledger
from charter.rules.vocabulary import DecisionType
from governance.calibration import packs, permissions, queries
from governance.calibration.events import (
    OutcomeAcknowledged,
    RoundClosed,
    RoundHandedIn,
    RoundPublished,
    RoundReopened,
)
from governance.calibration.models import (
    CalibrationItem,
    CalibrationRound,
    Challenge,
    LevelProposal,
    PackValues,
)
from governance.calibration.services.rounds import lock, lock_item
from governance.calibration.services.texts import read_text
from governance.calibration.states import TOLD, TRANSITIONS, RoundState
from governance.calibration.words import CitedAnswer, unseal
from governance.notices.services import notify
from governance.people.models import User
from ground import clock
from ground.errors import Conflict
from ground.promises import promised

READ_WITHIN = timedelta(days=30)  # after which a round may be closed, whoever has not read their outcome


@transaction.atomic(durable=True)
def hand_in(*, calibration: CalibrationRound, by: User) -> CalibrationRound:
    """Hand the proposed levels in to be audited, sealed, as fairness audits take them (S94). From here on they stand still.

    Raises Conflict naming whoever has no proposal or nobody who answers for them, and challenges that are open (S87, S93); where
    too few people have a level for any audit to compare them.
    """
    permissions.check_keeps_rounds(by)
    calibration = lock(calibration)
    TRANSITIONS.check(calibration.state, RoundState.AUDITED)
    items = _list_items(calibration)
    proposals = {key: found[-1] for key, found in queries.list_proposals(items).items() if found}
    rated = [each for each in items if each.set_aside_at is None]
    _check_whole(rated, proposals)
    outcomes = fairness.store_outcomes(
        decision=DecisionType(calibration.decision),
        starts_on=calibration.starts_on,
        ends_on=calibration.ends_on,
        metrics=calibration.metrics,
        rows=_make_rows(calibration, rated, proposals),
        favourable_from=calibration.favourable_from,
        by=by,
    )
    calibration.state, calibration.outcomes = RoundState.AUDITED, outcomes
    calibration.save(update_fields=["state", "outcomes"])
    handed_in = RoundHandedIn(
        round=calibration.pk, outcomes=outcomes.pk, people=len(rated), set_aside=len(items) - len(rated)
    )
    ledger.append(handed_in, by=by.actor)
    return calibration


def _list_items(calibration: CalibrationRound) -> list[CalibrationItem]:
    found = calibration.items.select_related(
        "person", "accountable__person", "family__profile", "family__rubric"
    ).order_by("person__external_id")
    items = list(found)
    for item in items:
        item.round = calibration
    return items


def _check_whole(rated: Sequence[CalibrationItem], proposals: Mapping[UUID, LevelProposal]) -> None:
    if nobody := [each.person.name for each in rated if each.accountable is None]:
        text = _("Name who answers for: %(names)s.") % {"names": ", ".join(nobody)}
        raise Conflict(text, code="nobody_answers")
    if missing := [each.person.name for each in rated if each.pk not in proposals]:
        text = _("No level is proposed yet for: %(names)s. Propose one, or set them aside with a reason.")
        raise Conflict(text % {"names": ", ".join(missing)}, code="not_proposed")
    open_ones = Challenge.objects.filter(item__in=rated, answered_at__isnull=True)
    challenged = set(open_ones.values_list("item_id", flat=True))
    if doubted := [each.person.name for each in rated if each.pk in challenged]:
        text = _("Challenges are open about: %(names)s.") % {"names": ", ".join(doubted)}
        raise Conflict(text, code="challenges_open")
    least = 2 * read_least()
    if len(rated) < least:
        text = _("%(people)s people have a level. Fewer than %(least)s cannot be audited, and without an audit nothing is published.")  # fmt: skip
        raise Conflict(text % {"people": len(rated), "least": least}, code="too_few")


def _make_rows(
    calibration: CalibrationRound, rated: Sequence[CalibrationItem], proposals: Mapping[UUID, LevelProposal]
) -> list[OutcomeRow]:
    records, values = packs.list_records(rated, calibration), _list_values(rated)
    return [
        OutcomeRow(
            person=item.person.external_id,
            rating=float(queries.read_words(proposals[item.pk]).level),
            evidence=packs.weigh_records(records.get(item.person_id, ())),
            manager=_name_manager(item),
            values=_read_values(values.get(item.pk), calibration.metrics),
        )
        for item in rated
    ]


def _name_manager(item: CalibrationItem) -> str:
    """Who proposed it, where the account is a person's of the organisation."""
    person = item.accountable.person if item.accountable is not None else None
    return person.external_id if person is not None else ""


def _list_values(rated: Sequence[CalibrationItem]) -> dict[UUID, PackValues]:
    """What the line last told for each pack, by person's item; one statement."""
    found = PackValues.objects.filter(item__in=rated, permitted=True)
    return {each.item_id: each for each in found.order_by("item_id", "-at", "-id").distinct("item_id")}


def _read_values(last: PackValues | None, metrics: Sequence[str]) -> dict[str, float]:
    """The mean of what the line last told of each metric, which the audit holds against context."""
    if last is None:
        return {}
    told = unseal(last.told, last.pk, "values", CitedAnswer)
    found = {
        metric: [row.value for row in told.rows if row.metric == metric and row.value is not None]
        for metric in metrics
    }
    return {metric: fmean(values) for metric, values in found.items() if values}


@transaction.atomic(durable=True)
def reopen(*, calibration: CalibrationRound, reason: str, by: User) -> CalibrationRound:
    """Open a round again that was handed in: after a flagged audit it has to be, and after a passed one it may be.

    Raises Conflict while the outcomes wait or their audit is being judged: discard them, or wait.
    """
    permissions.check_keeps_rounds(by)
    reason = read_text(reason, "reason", _("Say why it is opened again."))
    calibration = lock(calibration)
    if calibration.state != RoundState.AUDITED:
        raise Conflict(_("This round is not handed in."), code="not_handed_in")
    TRANSITIONS.check(calibration.state, RoundState.OPEN)
    outcomes = OutcomeSet.objects.get(pk=promised(calibration.outcomes_id))
    audit = find_audit(calibration)
    if outcomes.sealed is not None or (audit is not None and audit.state == FairnessState.OPEN):
        raise Conflict(
            _(
                "Its outcomes are being audited. Discard them where they wait, or wait until the audit is concluded."
            ),
            code="being_audited",
        )
    calibration.state = RoundState.OPEN
    calibration.save(update_fields=["state"])
    ledger.append(RoundReopened(round=calibration.pk, reason=reason), by=by.actor)
    return calibration


def find_audit(calibration: CalibrationRound) -> FairnessAudit | None:
    """The audit of what was handed in last; None where there is none."""
    return FairnessAudit.objects.filter(outcomes=calibration.outcomes_id).first()


@transaction.atomic(durable=True)
def publish(*, calibration: CalibrationRound, by: User) -> CalibrationRound:
    """Tell everybody their outcome, after a passed audit (S84, S94). Raises Conflict without one, and for a flagged one."""
    permissions.check_keeps_rounds(by)
    calibration = lock(calibration)
    TRANSITIONS.check(calibration.state, RoundState.PUBLISHED)
    audit = find_audit(calibration)
    if audit is None or audit.state == FairnessState.OPEN:
        raise Conflict(_("An auditor has to run and conclude the fairness audit first."), code="not_audited")
    if audit.state != FairnessState.PASSED:
        raise Conflict(
            _("The fairness audit is flagged, so nothing is published. Open the round again and look at it."),
            code="audit_flagged",
        )
    calibration.state, calibration.published_at = RoundState.PUBLISHED, clock.now()
    calibration.save(update_fields=["state", "published_at"])
    told = calibration.items.filter(set_aside_at__isnull=True).select_related("person")
    published = RoundPublished(round=calibration.pk, audit=audit.pk, people=told.count())
    ledger.append(published, by=by.actor)
    for item in told:
        _tell_outcome(calibration, item, by)
    return calibration


def _tell_outcome(calibration: CalibrationRound, item: CalibrationItem, by: User) -> None:
    for user in User.objects.filter(is_active=True, person=item.person_id).order_by("pk"):
        notify(
            to=user,
            kind="calibration.published",
            subject=_("Your outcome can be read: %(name)s") % {"name": calibration.name},
            text=_(
                "Read which level was given, why, and on which evidence. You can acknowledge it or appeal it."
            ),
            path=f"/calibration/outcomes/{item.pk}",
            once=f"calibration-published:{item.pk}:{user.pk}",
            by=by,
        )


@transaction.atomic(durable=True)
def acknowledge(*, item: CalibrationItem, by: User) -> CalibrationItem:
    """Keep that somebody has read their outcome; it says nothing of whether they agree."""
    permissions.check_reads_outcome(by, item)
    item = lock_item(item, *TOLD)
    if item.acknowledged_at is None:
        item.acknowledged_at = clock.now()
        item.save(update_fields=["acknowledged_at"])
        ledger.append(OutcomeAcknowledged(item=item.pk, person=item.person.external_id), by=by.actor)
    return item


@transaction.atomic(durable=True)
def close_round(*, calibration: CalibrationRound, by: User) -> CalibrationRound:
    """Close a published round, once everybody has read their outcome or had thirty days to. Appeals go on all the same."""
    permissions.check_keeps_rounds(by)
    calibration = lock(calibration)
    TRANSITIONS.check(calibration.state, RoundState.CLOSED)
    waiting = calibration.items.filter(set_aside_at__isnull=True, acknowledged_at__isnull=True).count()
    if waiting and clock.now() < promised(calibration.published_at) + READ_WITHIN:
        text = _("%(number)s people have not read their outcome, and have 30 days to. Close it after that.")
        raise Conflict(text % {"number": waiting}, code="not_read")
    calibration.state, calibration.ended_at = RoundState.CLOSED, clock.now()
    calibration.save(update_fields=["state", "ended_at"])
    ledger.append(RoundClosed(round=calibration.pk), by=by.actor)
    return calibration
