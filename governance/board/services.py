"""The only writers of the board: seats, cases, ballots and outcomes."""

from datetime import date, datetime, timedelta
from fractions import Fraction

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from audits.ledger.models import Visibility
from charter.registry import services as registry
from charter.registry.models import CharterVersion, RulebookVersion
from charter.registry.states import RulebookState, check_rulebook_can_move
from governance.board import minutes, permissions, quorum
from governance.board.models import Ballot, BoardOutcome, Case, Seat, Term
from governance.board.quorum import Tally
from governance.board.states import CaseKind, CaseState, SeatKind, Vote, check_can_move
from governance.people.models import User
from governance.people.permissions import check_can_administer, check_can_grant
from ground import clock, records
from ground.errors import BadInput, Conflict, NotFound


@transaction.atomic(durable=True)
def fill_seat(
    *,
    seat_kind: SeatKind,
    user: User,
    valid_from: date,
    by: User,
    valid_to: date | None = None,
    alternate: bool = False,
) -> Term:
    """Put an account on a seat from one day (in) to another (out), as its member or as an alternate.

    A seat has one member at a time and an account is member on one seat at a time: else BadInput. NotPermitted where
    `by` is no administrator or is that account.
    """
    check_can_grant(by, to=user)
    permissions.check_can_fill_seat(user)
    seat, _made = Seat.objects.get_or_create(kind=SeatKind(seat_kind))
    term = records.insert(
        Term(seat=seat, user=user, valid_from=valid_from, valid_to=valid_to, alternate=alternate)
    )
    ledger.append(kind="board.seat.filled", payload=_term_payload(term), by=by.actor)
    return term


@transaction.atomic(durable=True)
def end_term(*, term: Term, valid_to: date, by: User) -> Term:
    """Let a term end on a day (out). What has ended already stays as it is: Conflict."""
    check_can_administer(by)
    term = Term.objects.select_for_update(of=("self",)).select_related("seat").get(pk=term.pk)
    if term.valid_to is not None and term.valid_to <= valid_to:
        raise Conflict(_("This term ends on %(day)s already.") % {"day": term.valid_to})
    if valid_to <= term.valid_from:
        raise BadInput(_("A term ends after the day on which it begins."), field="valid_to")
    term.valid_to = valid_to
    term.save(update_fields=["valid_to"])
    ledger.append(kind="board.seat.vacated", payload=_term_payload(term), by=by.actor)
    return term


@transaction.atomic
def open_case(
    *,
    by: User,
    charter_version: CharterVersion | None = None,
    rulebook_version: RulebookVersion | None = None,
    closes_at: datetime | None = None,
) -> Case:
    """Put a submitted charter version, or a proposed rulebook, to the board; a charter version is then in review.

    Votes can be cast until `closes_at`, by default BOARD_VOTING_DAYS from now.
    """
    if (charter_version is None) == (rulebook_version is None):
        raise BadInput(
            _("A case is about one charter version or one rulebook version."), field="charter_version"
        )
    now = clock.now()
    case = Case(
        kind=CaseKind.CHARTER if charter_version else CaseKind.RULEBOOK,
        charter_version=charter_version,
        rulebook_version=rulebook_version,
        opened_at=now,
        opened_by=by,
        closes_at=closes_at or now + timedelta(days=settings.BOARD_VOTING_DAYS),
    )
    permissions.check_can_open_case(by, case)
    if rulebook_version is not None:
        check_rulebook_can_move(RulebookState(rulebook_version.state), RulebookState.IN_FORCE)
    records.insert(case)
    if charter_version is not None:
        registry.begin_review(version=charter_version, by=by)
    ledger.append(kind="board.case.opened", payload=_case_payload(case), by=by.actor)
    return case


@transaction.atomic(durable=True)
def cast_ballot(*, case: Case, seat_kind: SeatKind, vote: Vote, by: User, reason: str = "") -> Ballot:
    """Vote on an open case for a seat, once. Nobody can read the vote until the case is closed.

    A vote against, a veto and a recusal need a reason. Raises what `permissions.check_can_vote` raises.
    """
    case = _locked(case)
    seat = Seat.objects.filter(kind=seat_kind).first()
    if seat is None:
        raise NotFound(_("The board has no such seat, or nobody was ever put on it."), field="seat")
    permissions.check_can_cast(by, case, seat, vote)
    ballot = records.insert(Ballot(case=case, seat=seat, user=by, vote=vote, reason=reason.strip()))
    # Sealed: the log proves that the ballot was cast and when, and tells what it said only with the outcome.
    payload = {"case": case.pk, **_ballot_payload(ballot)}
    ledger.append(kind="board.ballot.cast", payload=payload, by=by.actor, visibility=Visibility.SEALED)
    return ballot


@transaction.atomic(durable=True)
def close_case(*, case: Case, by: User) -> BoardOutcome:
    """Decide a case by its votes and carry the outcome out; a case that is closed already gives its outcome again.

    Raises Conflict while seats are unheard and have time left. A case whose time ran out without a quorum is
    rejected.
    """
    permissions.check_can_close_case(by)
    case = _locked(case)
    if case.state != CaseState.OPEN:
        return case.outcome
    ballots = list(case.ballots.select_related("seat", "user"))
    tally = quorum.tally({SeatKind(ballot.seat.kind): Vote(ballot.vote) for ballot in ballots})
    permissions.check_can_be_decided(case, tally)
    outcome = _decide(case, tally, ballots, by)
    _carry_out(case, approved=outcome.approved, by=by)
    return outcome


def _locked(case: Case) -> Case:
    """The case as it is now, held so that votes and closings come one after the other."""
    related = ("charter_version__metric", "rulebook_version")
    return Case.objects.select_for_update(of=("self",)).select_related(*related).get(pk=case.pk)


def _decide(case: Case, tally: Tally, ballots: list[Ballot], by: User) -> BoardOutcome:
    approved = tally.passes(Fraction(*settings.BOARD_APPROVAL))
    outcome = records.insert(
        BoardOutcome(
            case=case,
            approved=approved,
            approvals=tally.approvals,
            votes=tally.votes,
            minutes=minutes.write(case, tally, ballots, approved=approved),
            decided_by=by,
        )
    )
    state = CaseState.APPROVED if approved else CaseState.REJECTED
    check_can_move(CaseState(case.state), state)
    case.state, case.closed_at, case.closed_by = state, outcome.decided_at, by
    case.save(update_fields=["state", "closed_at", "closed_by"])
    payload = {
        **_case_payload(case),
        "approved": approved,
        "approvals": tally.approvals,
        "votes": tally.votes,
        "ballots": [_ballot_payload(ballot) for ballot in ballots],
    }
    ledger.append(kind="board.case.decided", payload=payload, by=by.actor)
    return outcome


def _carry_out(case: Case, *, approved: bool, by: User) -> None:
    """Let the outcome take effect. A rulebook that was rejected stays proposed and may be put again."""
    if case.kind == CaseKind.CHARTER and approved:
        registry.activate(version=case.charter_version, case_id=case.pk, by=by)
    elif case.kind == CaseKind.CHARTER:
        registry.reject(version=case.charter_version, by=by)
    elif approved:
        registry.publish_rulebook(version=case.rulebook_version, case_id=case.pk, by=by)


def _term_payload(term: Term) -> dict[str, object]:
    return {
        "term": term.pk,
        "seat": term.seat.kind,
        "user": term.user_id,
        "alternate": term.alternate,
        "valid_from": term.valid_from,
        "valid_to": term.valid_to,
    }


def _case_payload(case: Case) -> dict[str, object]:
    return {
        "case": case.pk,
        "charter_version": case.charter_version_id,
        "rulebook_version": case.rulebook_version_id,
        "closes_at": case.closes_at,
    }


def _ballot_payload(ballot: Ballot) -> dict[str, object]:
    return {"seat": ballot.seat.kind, "user": ballot.user_id, "vote": ballot.vote, "reason": ballot.reason}
