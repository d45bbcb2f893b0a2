"""A round of calibration that was lived through from its pack to the outcomes, and one that opens today, of the demo's team.

Made through the services, each step where it is missing. Only of made-up people: nobody real is given a level here.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from audits.fairness import services as fairness
from audits.fairness.models import FairnessAudit
from charter.rules.vocabulary import DecisionType, EvidenceKind
from governance.calibration import queries
from governance.calibration import services as calibration
from governance.calibration.models import CalibrationItem, CalibrationRound, Rubric
from governance.calibration.services import LevelSaid, RoundSaid
from governance.calibration.states import TOLD, NoteKind, ProposalKind, RoundState
from governance.demo import appeals
from governance.demo import fairness as audits
from governance.demo.dataset import DataSet
from governance.evidence import services as evidence
from governance.evidence.models import EvidenceRecord
from governance.evidence.services import EvidenceSaid
from governance.evidence.states import EvidenceSource
from governance.people.cohorts import find_covering_cohort
from governance.people.models import Person, User
from governance.use_check.services.profiles import write_profile
from ground import calendar
from ground.promises import promised

SECOND_HALF, SPRING = "Second half of 2025", "Spring 2026"
_LEVELS = (
    LevelSaid("Growing", "Does known work with help.", ("Shipped a form that a colleague had designed.",)),
    LevelSaid("Solid", "Does new work alone.", ("Designed and shipped the import, and ran it for a year.",)),
    LevelSaid("Leading", "Makes others’ work better.", ("Her reviews changed how three teams write migrations.",)),
)  # fmt: skip
_OUTCOMES = ("Software that others can change", "Services that stay up, and are mended for good")
# What evidence shows, by kind; each person has two kinds of the four.
_SHOWS = {
    EvidenceKind.MENTORING: "Two newcomers ship alone after a quarter of pairing.",
    EvidenceKind.DESIGN_REVIEW: "Reviewed the ledger's design; its two gaps were found before it was built.",
    EvidenceKind.INCIDENT_LEADERSHIP: "Led the outage of the payment gateway, and wrote down what it taught.",
    EvidenceKind.PROJECT_OUTCOME: "Refunds are worked out again within an hour, where it took a day.",
}
_UNSEEN = (NoteKind.MENTORING, NoteKind.DESIGN_REVIEW, NoteKind.CROSS_TEAM_SUPPORT)


def announce(
    data: DataSet, accounts: Mapping[str, User], name: str, period: tuple[date, date], *, days: int
) -> None:
    """Write what the role families of the team need, and announce a round of theirs, so many days before it opens; once."""
    cohort = find_covering_cohort(data.team)
    if data.name != "made-up" or cohort is None or CalibrationRound.objects.filter(name=name).exists():
        return
    hr = accounts["hr"]
    _write_rubrics(data, hr)
    said = RoundSaid(
        name=name,
        decision=DecisionType.CALIBRATION_INPUT,
        cohort=cohort,
        starts_on=period[0],
        ends_on=period[1],
        opens_on=calendar.today() + timedelta(days=days),
        metrics=audits.RESULTS,
        says="Demo: these people are made up. What stands in their packs is made up as well.",
    )
    drafted = calibration.draft_round(said=said, by=hr)
    calibration.announce(calibration=drafted, by=hr)


def hold(name: str, accounts: Mapping[str, User]) -> None:
    """Open a round on its day, write its packs, propose a level for everybody, talk one over, and hand them in."""
    found = CalibrationRound.objects.filter(
        name=name, state__in=[RoundState.ANNOUNCED, RoundState.OPEN]
    ).first()
    if found is None:
        return
    open_round(name, accounts)
    for at, item in enumerate(_list_items(found)):
        if not item.proposals.exists():
            # The employee's is too low at first, as the appeal shows.
            is_appealed = item.person_id == accounts["employee"].person_id
            _propose(item, at, 2 if is_appealed else 2 + at % 2, accounts["hr"])
    solid = (item for at, item in enumerate(_list_items(found)) if at % 2 == 0)
    _talk_over(next(item for item in solid if item.accountable != accounts["hr"]), accounts["hr"])
    calibration.hand_in(calibration=found, by=accounts["hr"])


def open_round(name: str, accounts: Mapping[str, User]) -> None:
    """Open an announced round, and let HR answer for whom nobody else does."""
    found = CalibrationRound.objects.filter(name=name, state=RoundState.ANNOUNCED).first()
    if found is None:
        return
    for item in _list_items(found):
        if item.accountable is None:
            calibration.name_answerer(item=item, accountable=accounts["hr"], by=accounts["hr"])
    calibration.open_round(calibration=found, by=accounts["hr"])


def publish(name: str, accounts: Mapping[str, User]) -> None:
    """Audit what was handed in and tell everybody their outcome; the employee reads theirs."""
    found = CalibrationRound.objects.filter(name=name, state=RoundState.AUDITED).first()
    if found is not None:
        audit = FairnessAudit.objects.filter(outcomes=found.outcomes_id).first()
        audit = audit or fairness.run_audit(outcomes=promised(found.outcomes), by=accounts["auditor"])
        audits.judge(audit, accounts["auditor"])
        calibration.publish(calibration=found, by=accounts["hr"])
    item = find_item(name, accounts["employee"])
    if item is not None and item.acknowledged_at is None:
        calibration.acknowledge(item=item, by=accounts["employee"])


def contest(name: str, accounts: Mapping[str, User]) -> None:
    """The employee appeals their outcome and is right; whoever answered for them proposes another level."""
    item = find_item(name, accounts["employee"])
    if item is None:
        return
    appeals.contest(accounts, item.pk)
    last = queries.list_proposals([item])[item.pk][-1]
    if last.kind == ProposalKind.CORRECTED:
        return
    calibration.propose(
        item=item,
        level=3,
        reasons="Demo: with the two design reviews the evidence is like the third level's worked example.",
        evidence=last.evidence,
        change="Demo: the appeal named two design reviews that were not weighed.",
        by=promised(item.accountable),
    )


def find_item(name: str, user: User) -> CalibrationItem | None:
    """What a round says of an account's own person, once it was told."""
    items = CalibrationItem.objects.filter(round__name=name, person=user.person_id, round__state__in=TOLD)
    key = items.values_list("pk", flat=True).first()
    return queries.get_item(key) if key else None


def _write_rubrics(data: DataSet, hr: User) -> None:
    families = Person.objects.filter(memberships__team__slug=data.team).values_list("role_family", flat=True)
    for family in sorted(set(families)):
        if Rubric.objects.filter(role_family=family).exists():
            continue
        calibration.write_rubric(role_family=family, levels=_LEVELS, by=hr)
        write_profile(
            role_family=family,
            outcomes=list(_OUTCOMES),
            evidence_kinds=set(EvidenceKind),
            review_months=6,
            by=hr,
        )


def _list_items(found: CalibrationRound) -> list[CalibrationItem]:
    keys = (
        CalibrationItem.objects.filter(round=found)
        .order_by("person__external_id")
        .values_list("pk", flat=True)
    )
    return [queries.get_item(key) for key in keys]


def _propose(item: CalibrationItem, at: int, level: int, hr: User) -> None:
    """Two pieces of evidence that HR has opened, what was asked for by name, values by the line, and a level."""
    by = promised(item.accountable)
    records = _write_evidence(item, at, hr)
    for kind in _UNSEEN:
        calibration.write_note(
            item=item, kind=kind, text="Demo: I asked two colleagues what there was of it.", by=by
        )
    told = calibration.ask_values(item=item, by=by)
    calibration.propose(
        item=item,
        level=level,
        reasons="Demo: the evidence is like the rubric's worked example of this level.",
        evidence=[record.pk for record in records],
        receipts=[told.entry_id] if told.permitted else [],
        by=by,
    )


def _write_evidence(item: CalibrationItem, at: int, hr: User) -> list[EvidenceRecord]:
    """Of two kinds and two projects, months apart; opened by another account than the one that wrote it."""
    kinds, by = list(_SHOWS), promised(item.accountable)
    days = (item.round.starts_on + timedelta(days=20 + at), item.round.ends_on - timedelta(days=80 - at))
    records = []
    for number, day in enumerate(days):
        kind = kinds[(at + number) % len(kinds)]
        said = EvidenceSaid(
            kind=kind,
            happened_on=day,
            project=("Ledger", "Refunds")[number],
            source=EvidenceSource.PEER,
            said_by="A colleague (demo)",
            link=f"https://docs.demo.example/{item.person.external_id}/{number}",
            shows=f"Demo: {_SHOWS[kind]}",
        )
        record = evidence.write_evidence(said=said, person=item.person, by=by)
        if by != hr:
            record = evidence.check_evidence(record=record, holds=True, says="", by=hr)
        records.append(record)
    return records


def _talk_over(item: CalibrationItem, hr: User) -> None:
    """One level is challenged, answered, and changed with its reason (S89)."""
    by = promised(item.accountable)
    if item.proposals.count() > 1:
        return
    raised = calibration.challenge(
        item=item, text="Demo: two people with like evidence were given the third level.", by=hr
    )
    calibration.answer_challenge(raised=raised, text="Demo: they were. I change it.", by=by)
    records = queries.list_proposals([item])[item.pk][-1].evidence
    calibration.propose(
        item=item,
        level=3,
        reasons="Demo: the evidence is like the rubric's worked example of the third level.",
        evidence=records,
        change="Demo: like evidence was given the third level.",
        by=by,
    )
