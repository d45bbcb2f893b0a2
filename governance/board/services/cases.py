"""Cases: opened, voted on, decided. What a decision leads to stands in `effects`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from audits.ledger.models import Visibility
from charter.registry import services as registry
from charter.registry.models import CharterVersion, RulebookVersion
from charter.registry.states import RulebookState, Standing, check_rulebook_can_move
from governance.board import approval, ballots, minutes, permissions, queries, quorum
from governance.board.models import Ballot, BoardOutcome, Case, Seat, SettingsChange, Waiver
from governance.board.quorum import Tally
from governance.board.services import effects, handling, telling
from governance.board.services.refusals import refusals_logged
from governance.board.services.settings import request_change
from governance.board.services.waivers import request_waiver
from governance.board.states import OF_A_QUESTION, CaseKind, CaseState, SeatKind, Vote, check_can_move
from governance.people.models import User
from ground import clock, records
from ground.errors import BadInput, Conflict, HouseError, NotFound


@transaction.atomic
def open_case(
    *,
    by: User,
    kind: CaseKind | None = None,
    charter_version: CharterVersion | None = None,
    rulebook_version: RulebookVersion | None = None,
    subject: str = "",
    question: str = "",
    closes_at: datetime | None = None,
    details: Mapping[str, object] | None = None,
    handler: User | None = None,
) -> Case:
    """Put a matter to the board: a charter version, a rulebook, or a question in words (see `CaseKind`).

    A submitted charter is then in review; one whose pilot has ended is put to the vote for all; a suspended one, to
    come back, for which `question` says what has changed. A diagnostic charter that would become a performance one is a
    change of class, whatever it is opened as (S45). `details` are the fields of a waiver, or settings by key with what
    they are to be. Votes can be cast until `closes_at`, by default BOARD_VOTING_DAYS from now. The board may name a
    `handler` at once. A suspension opens its own case.
    """
    kind = kind or _kind_of(charter_version, rulebook_version)
    if kind == CaseKind.CHARTER and charter_version is not None and _changes_class(charter_version):
        kind = CaseKind.CLASS_CHANGE
    if kind == CaseKind.SUSPENSION:
        raise BadInput(_("A suspension opens its own case. Suspend the charter instead."), field="kind")
    case = _new_case(
        kind, by, closes_at, charter_version, rulebook_version, subject=subject, question=question
    )
    permissions.check_can_open_case(by, case)
    _check_matter(case)
    records.insert(case)
    _take_up(case, details, by)
    open_recorded(case, by)
    if handler is not None:
        handling.take_on(case, handler, by)
    return case


def open_recorded(case: Case, by: User) -> Case:
    """Tell the ledger and the board of a case that was just written."""
    ledger.append(kind="board.case.opened", payload=_case_payload(case), by=by.actor)
    telling.opened(case, by)
    return case


def cast_ballot(*, case: Case, seat_kind: SeatKind, vote: Vote, by: User, reason: str = "") -> Ballot:
    """Vote on an open case for a seat, once. Nobody can read the vote until the case is closed.

    A vote against, a veto and a recusal need a reason. Raises what `permissions.check_can_cast` raises; a refused vote
    is in the ledger. Once every seat has been heard the case is decided.
    """
    with refusals_logged("board.ballot.refused", {"case": case.pk, "seat": seat_kind}, by):
        ballot = _cast(case, seat_kind, vote, by, reason)
    _decide_if_heard(case, by)
    return ballot


def cast_batch(
    *, cases: Sequence[Case], seat_kind: SeatKind, vote: Vote, by: User, reason: str = ""
) -> list[Ballot]:
    """Cast the same vote on several low-risk cases, each its own ballot; all of them or none.

    NotPermitted where one of them is not low-risk, or for a veto or recusal, which speak of one matter.
    """
    payload = {"cases": [case.pk for case in cases], "seat": seat_kind}
    with refusals_logged("board.ballot.refused", payload, by):
        votes = _cast_all(cases, seat_kind, vote, by, reason)
    for case in cases:
        _decide_if_heard(case, by)
    return votes


@transaction.atomic(durable=True)
def close_case(*, case: Case, by: User) -> BoardOutcome:
    """Decide a case by its votes and carry the outcome out; a case that is closed already gives its outcome again.

    Raises Conflict while seats are unheard and have time left. A case whose time ran out without a quorum is
    rejected.
    """
    permissions.check_can_close_case(by, case)
    case = _locked(case)
    if case.state != CaseState.OPEN:
        return case.outcome
    cast = [ballots.show(each) for each in case.ballots.select_related("seat", "user")]
    tally = _tally(cast)
    permissions.check_can_be_decided(case, tally)
    outcome = _decide(case, tally, cast, by)
    effects.carry_out(case, approved=outcome.approved, by=by)
    telling.decided(case, outcome, by)
    return outcome


@transaction.atomic(durable=True)
def _cast(case: Case, seat_kind: SeatKind, vote: Vote, by: User, reason: str) -> Ballot:
    return _cast_locked(_locked(case), seat_kind, vote, by, reason)


@transaction.atomic(durable=True)
def _cast_all(cases: Sequence[Case], seat_kind: SeatKind, vote: Vote, by: User, reason: str) -> list[Ballot]:
    if vote in {Vote.VETO, Vote.RECUSE}:
        raise BadInput(_("A veto and a recusal speak of one case. Cast them there."), field="vote")
    if not cases or len({case.pk for case in cases}) != len(cases):
        raise BadInput(_("Choose cases, each of them once."), field="cases")
    votes = []
    # In one order, so that two who vote on several never wait for each other.
    for each in sorted(cases, key=lambda case: case.pk):
        case = _locked(each)
        permissions.check_is_low_risk(case)
        votes.append(_cast_locked(case, seat_kind, vote, by, reason))
    return votes


def _cast_locked(case: Case, seat_kind: SeatKind, vote: Vote, by: User, reason: str) -> Ballot:
    seat = Seat.objects.filter(kind=seat_kind).first()
    if seat is None:
        raise NotFound(_("The board has no such seat, or nobody was ever put on it."), field="seat")
    permissions.check_can_cast(by, case, seat, vote)
    ballot = Ballot(case=case, seat=seat, user=by)
    ballot.sealed = ballots.sealed(ballot, ballots.words(vote, reason))
    records.insert(ballot)
    ballots.show(ballot)
    # Sealed: the log proves that the ballot was cast and when, and tells what it said only with the outcome.
    payload = {"case": case.pk, **_ballot_payload(ballot)}
    ledger.append(kind="board.ballot.cast", payload=payload, by=by.actor, visibility=Visibility.SEALED)
    return ballot


def _decide_if_heard(case: Case, by: User) -> None:
    """Close the case where this was the last seat. What stands in the way of its effect leaves it to be closed later."""
    if len(queries.heard(case)) < len(SeatKind):
        return
    try:
        close_case(case=case, by=by)
    except HouseError as obstacle:
        telling.obstructed(case, obstacle)


def _tally(cast: Sequence[Ballot]) -> Tally:
    return quorum.tally({SeatKind(ballot.seat.kind): Vote(ballot.vote) for ballot in cast})


def _kind_of(version: CharterVersion | None, rulebook: RulebookVersion | None) -> CaseKind:
    if (version is None) == (rulebook is None):
        raise BadInput(
            _("A case is about one charter version or one rulebook version."), field="charter_version"
        )
    return CaseKind.CHARTER if version is not None else CaseKind.RULEBOOK


def _changes_class(version: CharterVersion) -> bool:
    """Whether the newest version of the metric that was in force had another class."""
    in_force = [Standing.ACTIVE, Standing.SUSPENDED]
    before = version.metric.versions.filter(standing__in=in_force).exclude(pk=version.pk).first()
    return before is not None and before.view != version.view


def _new_case(
    kind: CaseKind,
    by: User,
    closes_at: datetime | None,
    version: CharterVersion | None,
    rulebook: RulebookVersion | None,
    **words: str,
) -> Case:
    now = clock.now()
    return Case(
        kind=kind,
        charter_version=version,
        rulebook_version=rulebook,
        opened_at=now,
        opened_by=by,
        closes_at=closes_at or now + timedelta(days=settings.BOARD_VOTING_DAYS),
        **{name: text.strip() for name, text in words.items()},
    )


def _check_matter(case: Case) -> None:
    """Raise what stands in the way of this matter before anything is written."""
    version = case.charter_version
    if case.rulebook_version is not None:
        check_rulebook_can_move(RulebookState(case.rulebook_version.state), RulebookState.IN_FORCE)
    if case.kind in OF_A_QUESTION or version is None:
        return
    if version.standing == Standing.SUSPENDED:
        permissions.check_can_come_back(version)
        _check_says_what_changed(case)
    if version.standing == Standing.PILOT and not version.pilots.filter(exit__isnull=False).exists():
        raise Conflict(
            _("Its pilot comes first: the board votes once it has ended and what it taught is written down."),
            code="pilot_first",
        )


def _check_says_what_changed(case: Case) -> None:
    if not case.question:
        text = _("Say what has changed since it was suspended, so that the board can weigh it.")
        raise BadInput(text, field="question")


def _take_up(case: Case, details: Mapping[str, object] | None, by: User) -> None:
    """Begin what goes with a case of this kind."""
    version = case.charter_version
    if case.kind == CaseKind.WAIVER:
        request_waiver(case, details or {}, by)
    elif case.kind == CaseKind.SETTINGS:
        request_change(case, details or {})
    elif case.kind in permissions.CONDITIONED and version.standing not in {
        Standing.PILOT,
        Standing.SUSPENDED,
    }:
        registry.begin_review(version=version, by=by)


def _locked(case: Case) -> Case:
    """The case as it is now, held so that votes and closings come one after the other."""
    related = ("charter_version__metric__owner", "charter_version__metric__programme", "rulebook_version")
    return Case.objects.select_for_update(of=("self",)).select_related(*related).get(pk=case.pk)


def _decide(case: Case, tally: Tally, cast: Sequence[Ballot], by: User) -> BoardOutcome:
    needed = approval.bar(case)
    approved = tally.passes(needed)
    outcome = records.insert(
        BoardOutcome(
            case=case,
            approved=approved,
            approvals=tally.approvals,
            votes=tally.votes,
            minutes=minutes.write(case, tally, cast, approved=approved),
            decided_by=by,
        )
    )
    state = CaseState.APPROVED if approved else CaseState.REJECTED
    check_can_move(CaseState(case.state), state)
    case.state, case.closed_at, case.closed_by = state, outcome.decided_at, by
    case.save(update_fields=["state", "closed_at", "closed_by"])
    # Only now: the database opens no ballot of an open case.
    Ballot.objects.bulk_update(cast, ["vote", "reason", "sealed"])
    payload = {
        **_case_payload(case),
        "approved": approved,
        "approvals": tally.approvals,
        "votes": tally.votes,
        "needed": {"level": approval.level(case), "share": str(needed.share), "must_vote": needed.must_vote},
        "conditions": {each.kind: each.value for each in queries.conditions(case)},
        "ballots": [_ballot_payload(ballot) for ballot in cast],
    }
    ledger.append(kind="board.case.decided", payload=payload, by=by.actor)
    return outcome


def _case_payload(case: Case) -> dict[str, object]:
    return {
        "case": case.pk,
        "kind": case.kind,
        "subject": case.subject,
        "question": case.question,
        "charter_version": case.charter_version_id,
        "rulebook_version": case.rulebook_version_id,
        "closes_at": case.closes_at,
        **_waiver_payload(getattr(case, "waiver", None)),
        **_settings_payload(getattr(case, "settings_change", None)),
    }


def _waiver_payload(waiver: Waiver | None) -> dict[str, object]:
    names = ("rule_id", "metric", "decision", "starts_on", "ends_on", "reason")
    return {"waiver": {name: getattr(waiver, name) for name in names}} if waiver else {}


def _settings_payload(change: SettingsChange | None) -> dict[str, object]:
    return {"settings": {"changes": change.changes, "former": change.former}} if change else {}


def _ballot_payload(ballot: Ballot) -> dict[str, object]:
    return {"seat": ballot.seat.kind, "user": ballot.user_id, "vote": ballot.vote, "reason": ballot.reason}
