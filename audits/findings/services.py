"""The only writers of findings: made by the clock, then dismissed with a reason or put to the board by a human."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.findings import collecting, detectors, permissions, queries
from audits.findings.detectors import Noticed
from audits.findings.events import FindingDismissed, FindingMade, FindingToBoard
from audits.findings.models import AuditFinding
from audits.findings.states import FINDING_TRANSITIONS, FindingKind, FindingState
from audits.ledger import services as ledger
from charter.registry.models import CharterVersion
from governance.appeals.independence import read_above
from governance.appeals.models import Appeal
from governance.board import services as board
from governance.board.models import Case
from governance.board.states import CaseKind
from governance.decisions.services import put_to_board
from governance.people.models import AccountKind, User
from ground import calendar, clock, records
from ground.errors import BadInput, Conflict
from ground.parsing import read_prose


class Suspicion(Struct, frozen=True):
    """Something that a detector noticed of one account, or of a series of values, not recorded yet."""

    kind: FindingKind
    account: UUID | None
    noticed: Noticed
    about: str = ""
    appeal: UUID | None = None


def look_for_all(*, by: User) -> list[Suspicion]:
    """All that the detectors notice now and that was not found before."""
    permissions.check_can_look(by)
    humans = set(User.objects.filter(kind=AccountKind.HUMAN).values_list("pk", flat=True))
    found = [*_of_accounts(humans), *_after_appeals(), *_shifts()]
    return [
        each
        for each in found
        if not queries.is_found_already(
            each.kind, each.account, each.about, each.noticed.since, each.noticed.until
        )
    ]


def _of_accounts(humans: set[UUID]) -> Iterator[Suspicion]:
    limits, teams, reviews = (
        collecting.read_thresholds(),
        collecting.read_teams(),
        collecting.list_review_dates(),
    )
    for each in collecting.read_looks():
        if each.account not in humans:
            continue
        noticed = {
            FindingKind.ENUMERATION: detectors.find_enumeration(
                each.looks, teams, limits, within=detectors.HOUR
            ),
            FindingKind.REPEATED_ENUMERATION: detectors.find_repeated_enumeration(each.looks, teams, limits),
            FindingKind.PURPOSE_HOPPING: detectors.find_purpose_hopping(each.looks, limits),
            FindingKind.LOOKING_OUTSIDE: detectors.find_looking_outside(each.looks),
            FindingKind.CONTEXT_MISMATCH: detectors.find_context_mismatch(each.looks),
            FindingKind.PRE_REVIEW_SPIKE: [
                spike for day in reviews if (spike := detectors.find_spike(each.looks, day))
            ],
        }
        for kind, some in noticed.items():
            yield from (Suspicion(kind, each.account, one) for one in some)


def _after_appeals() -> Iterator[Suspicion]:
    looks = {each.account: each.looks for each in collecting.read_looks()}
    for appeal, contested, person in collecting.list_named_appeals():
        for account in _leads(appeal, contested) & looks.keys():
            noticed = detectors.find_looks_after_appeal(looks[account], person, appeal.filed_at)
            if noticed is not None:
                yield Suspicion(FindingKind.POST_APPEAL, account, noticed, appeal=appeal.pk)


def _leads(appeal: Appeal, contested: UUID | None) -> set[UUID]:
    """The account that an appeal contests, and those above whoever filed it."""
    named = {contested} if contested else set()
    if appeal.appellant is None:
        return named
    filed = calendar.find_day(appeal.filed_at)
    month = timedelta(days=detectors.APPEAL_DAYS)
    above = read_above(appeal.appellant, on=filed + month, since=filed)
    leads = User.objects.filter(person__in=above).exclude(pk=appeal.appellant.pk)
    return {*named, *leads.values_list("pk", flat=True)}


def _shifts() -> Iterator[Suspicion]:
    for series in collecting.list_series():
        change = detectors.find_shift(series.before, series.after)
        if change is not None:
            begins = calendar.find_midnight(series.day)
            numbers: dict[str, float | int | str] = {
                "change": round(change, 4),
                "metric": series.metric,
                "cohort": series.cohort,
                "version": str(series.version),
            }
            noticed = Noticed(begins, begins + timedelta(days=92), (), numbers)
            yield Suspicion(FindingKind.GAMING, None, noticed, about=series.about)


@transaction.atomic(durable=True)
def record_finding(*, suspicion: Suspicion, by: User) -> AuditFinding:
    """Write one finding, for humans to look at. Raises Conflict where it was found meanwhile."""
    permissions.check_can_look(by)
    noticed = suspicion.noticed
    if queries.is_found_already(
        suspicion.kind, suspicion.account, suspicion.about, noticed.since, noticed.until
    ):
        raise Conflict(_("This was found already."), code="found_already")
    evidence: dict[str, Any] = {"receipts": list(noticed.receipts), "numbers": dict(noticed.numbers)}
    made = records.insert(
        AuditFinding(
            kind=suspicion.kind,
            account_id=suspicion.account,
            appeal_id=suspicion.appeal,
            about=suspicion.about,
            since=noticed.since,
            until=noticed.until,
            evidence=evidence,
        )
    )
    event = FindingMade(finding=made.pk, finding_kind=made.kind, account=suspicion.account, evidence=evidence)
    ledger.append(event, by=by.actor)
    return made


@transaction.atomic(durable=True)
def dismiss(*, finding: AuditFinding, because: str, by: User) -> AuditFinding:
    """Say why a finding is nothing."""
    finding = _locked(finding)
    permissions.check_can_dismiss(by, finding)
    because = _read_reason(because, _("Say why it is nothing."))
    _settle(finding, FindingState.DISMISSED, because, by)
    event = FindingDismissed(finding=finding.pk, finding_kind=finding.kind, because=because)
    ledger.append(event, by=by.actor)
    return finding


@transaction.atomic(durable=True)
def open_case(*, finding: AuditFinding, because: str, by: User) -> AuditFinding:
    """Put a finding to the board, with why: a look as a possible misuse, a shift as a consequence of its charter that nobody wanted.

    Whoever looked is told of the case. It names nobody, and must not say that anybody appealed.
    """
    finding = _locked(finding)
    permissions.check_can_put_to_board(by, finding)
    because = _read_reason(because, _("Say why the board should look at it."))
    case = (
        _shift_case(finding, because, by)
        if finding.kind == FindingKind.GAMING
        else _look_case(finding, because, by)
    )
    finding.case = case
    _settle(finding, FindingState.CASE, because, by, "case")
    event = FindingToBoard(finding=finding.pk, finding_kind=finding.kind, case=case.pk)
    ledger.append(event, by=by.actor)
    return finding


def _look_case(finding: AuditFinding, because: str, by: User) -> Case:
    decisions = queries.list_decisions(finding)
    if not decisions:
        raise Conflict(_("The looks that this rests on are kept no more."), code="purged")
    return put_to_board(decision=decisions[0], because=because, by=by)


def _shift_case(finding: AuditFinding, because: str, by: User) -> Case:
    return board.open_case(
        kind=CaseKind.UNINTENDED_CONSEQUENCES,
        charter_version=CharterVersion.objects.get(pk=finding.evidence["numbers"]["version"]),
        subject=_("A sudden shift: %(about)s") % {"about": finding.about[:180]},
        question=because,
        by=by,
    )


def _settle(finding: AuditFinding, new: FindingState, because: str, by: User, *fields: str) -> None:
    FINDING_TRANSITIONS.check(finding.state, new)
    finding.state, finding.because = new, because
    finding.settled_at, finding.settled_by = clock.now(), by
    finding.save(update_fields=["state", "because", "settled_at", "settled_by", *fields])


def _read_reason(text: str, missing: str) -> str:
    said = read_prose(text, field="because")
    if not said:
        raise BadInput(missing, field="because", code="required")
    return said


def _locked(finding: AuditFinding) -> AuditFinding:
    related = ("account__person", "appeal")
    return AuditFinding.objects.select_for_update(of=("self",)).select_related(*related).get(pk=finding.pk)
