"""Cases: opened, voted on, decided. What that leads to, each kind says (`kinds`)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import UNSET, UnsetType

from audits.ledger import services as ledger
from charter.registry.models import CharterVersion, RulebookVersion
from charter.registry.states import RULEBOOK_TRANSITIONS, RulebookState, StandingChoices
from governance.board import approval, ballots, councils, minutes, permissions, queries, quorum
from governance.board.events import (
    BallotCast,
    BallotChanged,
    BallotRefused,
    BallotSaid,
    CaseDecided,
    CaseOpened,
    ConsequencesAsked,
    CouncilAsked,
    FoundingAsked,
    SeatAsked,
    SettingsAsked,
    ShareNeeded,
    WaiverAsked,
)
from governance.board.kinds import KINDS, USUAL, CaseSubject, Openers, find_kind
from governance.board.models import (
    Ballot,
    BoardOutcome,
    Case,
    ConsequencesProposal,
    CouncilProposal,
    Founding,
    Seat,
    SeatProposal,
    SettingsChange,
    Waiver,
)
from governance.board.quorum import Tally
from governance.board.seat_names import SeatName
from governance.board.services import handling, notifications
from governance.board.services.refusals import log_refusals
from governance.board.states import CASE_TRANSITIONS, CaseKind, CaseState, SeatKind, Vote
from governance.board.voting_time import find_end
from governance.people.models import User
from governance.people.permissions import is_system
from ground import calendar, clock, records
from ground.daily import check_daily
from ground.errors import BadInput, Conflict, DomainError, NotFound


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
    places: Collection[str] | None = None,
    handler: User | None = None,
) -> Case:
    """Put a matter to the board: a charter version, a rulebook, or a question in words (see `CaseKind`).

    A submitted charter is then in review; one whose pilot has ended is put to the vote for all; a suspended one, to
    come back, for which `question` says what has changed. A diagnostic charter that would become a performance one is a
    change of class, whatever it is opened as (S45). `details` are the fields of a waiver, or settings by key with what
    they are to be. Votes can be cast until `closes_at` (see `voting_time`). The board may name a
    `handler` at once. A suspension opens its own case. It hears the councils whose people it touches: those of `places`, where
    it says so, else all of them.
    """
    kind = _kind_of(kind, charter_version, rulebook_version)
    if instead := KINDS[kind].instead:
        raise BadInput(str(instead), field="kind")
    case = _new_case(
        kind, by, closes_at, charter_version, rulebook_version, subject=subject, question=question
    )
    permissions.check_can_open_case(by, case)
    _check_daily(case, by)
    _check_matter(case)
    case.asked = councils.list_asked(calendar.today(), places)
    records.insert(case)
    find_kind(case).opened(case, details or {}, by=by)
    open_recorded(case, by)
    if handler is not None:
        handling.take_on(case, handler, by=by)
    return case


def open_recorded(case: Case, by: User) -> Case:
    """Tell the ledger and the board of a case that was just written."""
    ledger.append(CaseOpened(**_recorded(case)), by=by.actor)
    notifications.notify_opened(case, by)
    return case


def cast_ballot(*, case: Case, seat_kind: SeatName, vote: Vote, by: User, reason: str = "") -> Ballot:
    """Vote on an open case for a seat, once. Nobody can read the vote until the case is closed.

    A vote against, a veto and a recusal need a reason. Raises what `permissions.check_can_cast` raises; a refused vote
    is in the ledger. Once every seat has been heard the case is decided.
    """
    with log_refusals(BallotRefused, by, case=case.pk, seat=seat_kind.value):
        ballot = _cast(case, seat_kind, vote, by, reason)
    _decide_if_heard(case, by)
    return ballot


def change_ballot(*, case: Case, vote: Vote, by: User, reason: str = "") -> Ballot:
    """Cast one's ballot anew, sealed in the place of the one before, while the case is open.

    Raises NotFound where the account has cast none, and what `permissions.check_can_change` raises; a refusal is in the ledger.
    """
    own = queries.find_own_ballot(case, by)
    if own is None:
        raise NotFound(_("You have cast no ballot on this case that could be changed."), code="no_ballot")
    with log_refusals(BallotRefused, by, case=case.pk, seat=own.seat.kind):
        return _change(own, vote, by, reason)


def cast_batch(
    *, cases: Sequence[Case], seat_kind: SeatName, vote: Vote, by: User, reason: str = ""
) -> list[Ballot]:
    """Cast the same vote on several low-risk cases, each its own ballot; all of them or none.

    NotPermitted where one of them is not low-risk, or for a veto or recusal, which speak of one matter.
    """
    with log_refusals(BallotRefused, by, cases=[case.pk for case in cases], seat=seat_kind.value):
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
    tally = _tally(case, cast)
    permissions.check_can_be_decided(case, tally)
    outcome = _decide(case, tally, cast, by)
    find_kind(case).decided(case, approved=outcome.approved, by=by)
    notifications.notify_decided(case, outcome, by)
    notifications.notify_seated(case, by)
    return outcome


@transaction.atomic(durable=True)
def _cast(case: Case, seat_kind: SeatName, vote: Vote, by: User, reason: str) -> Ballot:
    return _cast_locked(_locked(case), seat_kind, vote, by, reason)


@transaction.atomic(durable=True)
def _change(ballot: Ballot, vote: Vote, by: User, reason: str) -> Ballot:
    ballot.case = _locked(ballot.case)
    permissions.check_can_change(by, ballot, vote)
    said = ballots.check_words(vote, reason)
    ballot.cast_at = max(clock.now(), ballot.cast_at + timedelta(microseconds=1))
    ballot.sealed = ballots.seal_words(ballot, said)
    ballot.save(update_fields=["sealed", "cast_at"])
    ballots.show(ballot)
    ledger.append(BallotChanged(case=ballot.case_id, **_said(ballot)), by=by.actor)
    return ballot


@transaction.atomic(durable=True)
def _cast_all(cases: Sequence[Case], seat_kind: SeatName, vote: Vote, by: User, reason: str) -> list[Ballot]:
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


def _cast_locked(case: Case, seat_kind: SeatName, vote: Vote, by: User, reason: str) -> Ballot:
    seat = Seat.objects.filter(kind=seat_kind.value).first()
    if seat is None:
        raise NotFound(_("The board has no such seat, or nobody was ever put on it."), field="seat")
    permissions.check_can_cast(by, case, seat, vote)
    ballot = Ballot(case=case, seat=seat, user=by)
    ballot.sealed = ballots.seal_words(ballot, ballots.check_words(vote, reason))
    records.insert(ballot)
    ballots.show(ballot)
    ledger.append(BallotCast(case=case.pk, **_said(ballot)), by=by.actor)
    return ballot


def _decide_if_heard(case: Case, by: User) -> None:
    """Close the case where this was the last seat. What stands in the way of its effect leaves it to be closed later."""
    if len(queries.list_heard_seats(case)) < len(SeatKind) + len(case.asked):
        return
    try:
        close_case(case=case, by=by)
    except DomainError as obstacle:
        notifications.record_obstacle(case, obstacle)


def _tally(case: Case, cast: Sequence[Ballot]) -> Tally:
    heard = {ballot.seat.named: Vote(ballot.vote) for ballot in cast}
    return quorum.count_votes(heard, councils.list_asked_seats(case.asked))


def _kind_of(
    kind: CaseKind | None, version: CharterVersion | None, rulebook: RulebookVersion | None
) -> CaseKind:
    """The kind that was named, else the usual one; another where the charter would change its metric's class (S45)."""
    if kind is None and (version is None) == (rulebook is None):
        raise BadInput(
            _("A case is about one charter version or one rulebook version."), field="charter_version"
        )
    kind = CaseKind(kind or USUAL[CaseSubject.RULEBOOK if version is None else CaseSubject.VERSION])
    changed = KINDS[kind].if_class_changes
    return changed if changed and version is not None and _changes_class(version) else kind


def _changes_class(version: CharterVersion) -> bool:
    """Whether the newest version of the metric that was in force had another class."""
    in_force = [StandingChoices.ACTIVE, StandingChoices.SUSPENDED]
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
        closes_at=find_end(now, closes_at),
        **{name: text.strip() for name, text in words.items()},
    )


def _check_daily(case: Case, by: User) -> None:
    """Raise TooMuch where an account has asked the board as often as it may in a day; what is put to it by office is not counted."""
    if find_kind(case).openers is not Openers.ANYBODY or is_system(by):
        return
    kinds = [name for name, kind in KINDS.items() if kind.openers is Openers.ANYBODY]
    asked = Case.objects.filter(opened_by=by, kind__in=kinds)
    check_daily(asked, "opened_at", account=by.pk, most=settings.QUESTIONS_A_DAY)


def _check_matter(case: Case) -> None:
    """Raise what stands in the way of this matter before anything is written."""
    version = case.charter_version
    if case.rulebook_version is not None:
        RULEBOOK_TRANSITIONS.check(case.rulebook_version.state, RulebookState.IN_FORCE)
    if find_kind(case).about is CaseSubject.QUESTION or version is None:
        return
    if version.standing == StandingChoices.SUSPENDED:
        permissions.check_can_come_back(version)
        _check_says_what_changed(case)
    if version.standing == StandingChoices.PILOT and not version.pilots.filter(exit__isnull=False).exists():
        raise Conflict(
            _("Its pilot comes first: the board votes once it has ended and what it taught is written down."),
            code="pilot_first",
        )


def _check_says_what_changed(case: Case) -> None:
    if not case.question:
        text = _("Say what has changed since it was suspended, so that the board can weigh it.")
        raise BadInput(text, field="question")


def _locked(case: Case) -> Case:
    """The case as it is now, held so that votes and closings come one after the other."""
    related = ("charter_version__metric__owner", "charter_version__metric__programme", "rulebook_version")
    return Case.objects.select_for_update(of=("self",)).select_related(*related).get(pk=case.pk)


def _decide(case: Case, tally: Tally, cast: Sequence[Ballot], by: User) -> BoardOutcome:
    approval.check_database_agrees()
    needed = approval.find_bar(case)
    approved = tally.passes(needed)
    outcome = BoardOutcome(
        case=case,
        approved=approved,
        approvals=tally.approvals,
        votes=tally.votes,
        minutes=minutes.write(case, tally, cast, approved=approved),
        decided_by=by,
    )
    state = CaseState.APPROVED if approved else CaseState.REJECTED
    CASE_TRANSITIONS.check(case.state, state)
    case.state, case.closed_at, case.closed_by = state, outcome.decided_at, by
    case.save(update_fields=["state", "closed_at", "closed_by"])
    # In this order: the database opens no ballot of an open case, and takes no outcome that opened ballots do not say.
    Ballot.objects.bulk_update(cast, ["vote", "reason", "sealed"])
    records.insert(outcome)
    decided = CaseDecided(
        **_recorded(case),
        approved=approved,
        approvals=tally.approvals,
        votes=tally.votes,
        needed=ShareNeeded(approval.find_level(case), str(needed.share), needed.must_vote),
        conditions={each.kind: each.value for each in queries.list_conditions(case)},
        ballots=[BallotSaid(**_said(ballot)) for ballot in cast],
    )
    ledger.append(decided, by=by.actor)
    return outcome


def _recorded(case: Case) -> dict[str, Any]:
    return {
        "case": case.pk,
        "case_kind": case.kind,
        "subject": case.subject,
        "question": case.question,
        "charter_version": case.charter_version_id,
        "rulebook_version": case.rulebook_version_id,
        "closes_at": case.closes_at,
        "waiver": _waiver_asked(getattr(case, "waiver", None)),
        "settings": _settings_asked(getattr(case, "settings_change", None)),
        "seat": _seat_asked(getattr(case, "seat_proposal", None)),
        "founding": _founding_asked(getattr(case, "founding", None)),
        "consequences": _consequences_asked(getattr(case, "consequences", None)),
        "council": _council_asked(getattr(case, "council_proposal", None)),
        "asked": case.asked or UNSET,
    }


def _waiver_asked(waiver: Waiver | None) -> WaiverAsked | UnsetType:
    if waiver is None:
        return UNSET
    return WaiverAsked(**{name: getattr(waiver, name) for name in WaiverAsked.__struct_fields__})


def _settings_asked(change: SettingsChange | None) -> SettingsAsked | UnsetType:
    return SettingsAsked(change.changes, change.former) if change else UNSET


def _consequences_asked(proposal: ConsequencesProposal | None) -> ConsequencesAsked | UnsetType:
    return ConsequencesAsked(proposal.act, proposal.revise_by) if proposal else UNSET


def _council_asked(named: CouncilProposal | None) -> CouncilAsked | UnsetType:
    return CouncilAsked(named.seat.kind, named.seat.name, named.territory, named.ends) if named else UNSET


def _seat_asked(named: SeatProposal | None) -> SeatAsked | UnsetType:
    return SeatAsked(named.seat.kind, named.user_id, named.alternate) if named else UNSET


def _founding_asked(founding: Founding | None) -> FoundingAsked | UnsetType:
    return FoundingAsked(founding.data_from, founding.because) if founding else UNSET


def _said(ballot: Ballot) -> dict[str, Any]:
    return {"seat": ballot.seat.kind, "user": ballot.user_id, "vote": ballot.vote, "reason": ballot.reason}
