"""Cases from opening to outcome, on the ledger and in the database."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from audits.ledger.models import Entry, Payload
from audits.ledger.states import Visibility
from charter import rules
from charter.authoring import services as authoring
from charter.registry import services as registry
from charter.registry.models import CharterVersion, RulebookVersion
from charter.registry.states import RulebookState, StandingChoices
from governance.board import services
from governance.board.models import Ballot, BoardOutcome, Case, Term
from governance.board.states import CaseKind, CaseState, SeatKind, Vote
from governance.people.models import GrantedRole
from ground import clock
from ground.errors import BadInput, Conflict, NotFound, TooMuch
from ground.ids import new_id
from tests import factories


def _told(kind: str) -> dict:
    """The newest thing that the ledger was told of a kind."""
    return json.loads(bytes(Payload.objects.filter(entry__kind=kind).latest("entry__at").body))


@pytest.mark.django_db
class TestSeats:
    @pytest.fixture(autouse=True)
    def long_ago(self):
        """Terms begin when they are announced, or later."""
        with clock.stopped_at(factories.BEGINNING):
            yield

    def test_a_seat_has_one_member_and_a_member_one_seat(self, by):
        """Design, board: a member a seat at a time; the database keeps it, and nobody is proposed in its way."""
        factories.a_programme()
        ana, ben, cy = (factories.an_account(name) for name in ("ana", "ben", "cy"))
        first = factories.a_term(SeatKind.HR, ana, until=date(2026, 7, 1))
        services.fill_seat(seat_kind=SeatKind.HR, user=ben, valid_from=date(2026, 7, 1), by=by)
        for seat, user in ((SeatKind.HR, cy), (SeatKind.LEGAL, ana)):
            with pytest.raises(BadInput):
                services.fill_seat(seat_kind=seat, user=user, valid_from=date(2026, 6, 30), by=by)
            term = Term(seat=first.seat if seat == SeatKind.HR else factories.a_seat(seat), user=user)
            term.valid_from, term.announced_by, term.confirmed_at = date(2026, 6, 30), by, clock.now()
            with (
                pytest.raises(IntegrityError),
                transaction.atomic(),
                factories.past_trigger("board_term", "announced_before"),
            ):
                term.save()

    def test_a_term_ends_once(self, by):
        """Design, board: terms have dates; the ledger hears of both."""
        factories.a_programme()
        term = services.fill_seat(
            seat_kind=SeatKind.HR, user=factories.an_account(), valid_from=date(2026, 1, 1), by=by
        )
        services.end_term(term=term, valid_to=date(2026, 7, 1), by=by)
        assert _told("board.seat.filled")["valid_to"] is None
        assert _told("board.seat.vacated")["valid_to"] == "2026-07-01"
        with pytest.raises(Conflict):
            services.end_term(term=term, valid_to=date(2026, 8, 1), by=by)
        with pytest.raises(BadInput):
            services.end_term(term=term, valid_to=date(2026, 1, 1), by=by)


@pytest.mark.django_db
class TestCases:
    def test_an_opened_case_takes_the_charter_into_review(self, by, settings):
        """Design, charters: submitted, then in review; a case lasts as the setting says."""
        settings.BOARD_VOTING_DAYS = 3
        version = factories.a_submitted_charter()
        case = services.open_case(charter_version=version, by=by)
        assert CharterVersion.objects.get(pk=version.pk).standing == StandingChoices.IN_REVIEW
        assert case.closes_at - case.opened_at == timedelta(days=3)
        assert _told("board.case.opened")["charter_version"] == str(version.pk)
        with pytest.raises(BadInput, match="open already"):
            services.open_case(charter_version=version, by=by)

    def test_a_case_is_about_one_thing_and_has_time(self, by):
        """Issue 2, bad input: a sentence for each fault, and the charter stays where it was."""
        version, rulebook = factories.a_submitted_charter(), factories.the_rules()
        for fields in (
            {},
            {"charter_version": version, "rulebook_version": rulebook},
            {"charter_version": version, "closes_at": clock.now() - timedelta(days=1)},
        ):
            with pytest.raises(BadInput):
                services.open_case(**fields, by=by)
        assert CharterVersion.objects.get(pk=version.pk).standing == StandingChoices.SUBMITTED

    def test_only_a_submitted_charter_is_put_to_the_board(self, by):
        """Design, charters: the transition table decides; an open case does not outlive a refused transition."""
        draft = authoring.register_charter(
            programme=factories.a_programme(),
            document=factories.a_document("pr-age"),
            owner=factories.an_account("owner"),
            by=by,
        )
        with pytest.raises(Conflict):
            services.open_case(charter_version=draft, by=by)
        assert not Case.objects.exists()

    def test_a_passed_case_activates_its_charter(self, case):
        """Issue 2, 5: no charter becomes active except by a passed case, here by recorded votes."""
        outcome = factories.a_decided_case(case, {SeatKind.HR: Vote.REJECT, SeatKind.PRODUCT: Vote.ABSTAIN})
        version = CharterVersion.objects.get(pk=case.charter_version_id)
        assert version.standing == StandingChoices.ACTIVE and version.case_id == case.pk
        assert (outcome.approved, outcome.approvals, outcome.votes) == (True, 4, 5)
        assert Case.objects.get(pk=case.pk).state == CaseState.APPROVED

    def test_the_minutes_say_who_said_what_and_why(self, case):
        """Design, board: reasons and dissent are published when the case closes, and stand in the ledger."""
        outcome = factories.a_decided_case(case, {SeatKind.HR: Vote.REJECT})
        lines = outcome.minutes.splitlines()
        assert lines[0] == "The board approved deployment-frequency@1."
        assert lines[1] == "5 of 6 votes cast were for it."
        assert "HR, Board-Hr: Against it. reject is right" in lines
        told = _told("board.case.decided")
        assert told["approved"] is True and len(told["ballots"]) == 6
        assert {"seat": "hr", "vote": "reject"}.items() <= next(
            ballot for ballot in told["ballots"] if ballot["seat"] == "hr"
        ).items()

    @pytest.mark.parametrize(
        "said",
        [
            {SeatKind.LEGAL: Vote.VETO},
            {SeatKind.HR: Vote.REJECT, SeatKind.LEGAL: Vote.REJECT, SeatKind.PRODUCT: Vote.REJECT},
        ],
    )
    def test_a_failed_case_rejects_its_charter(self, case, said):
        """S50: a rejected metric is not active; a veto outweighs five approvals."""
        outcome = factories.a_decided_case(case, said)
        assert not outcome.approved and outcome.minutes.startswith("The board rejected")
        assert CharterVersion.objects.get(pk=case.charter_version_id).standing == StandingChoices.REJECTED

    def test_a_case_is_not_decided_while_a_seat_can_still_be_heard(self, case, by):
        """S48: a vote cannot pass while a seat has not voted; after its time an unheard case fails."""
        board = factories.a_board()
        for seat in list(SeatKind)[:-1]:
            services.cast_ballot(case=case, seat_kind=seat, vote=Vote.APPROVE, by=board[seat])
        with pytest.raises(Conflict, match="Worker representative"):
            services.close_case(case=case, by=by)
        with clock.stopped_at(case.closes_at):
            outcome = services.close_case(case=case, by=by)
        assert (
            not outcome.approved and "without a quorum. Not heard: Worker representative" in outcome.minutes
        )

    def test_a_vacant_seat_blocks(self, by):
        """S48: a vote cannot pass while a required seat is vacant."""
        case = factories.an_open_case()
        with pytest.raises(NotFound):
            services.cast_ballot(case=case, seat_kind=SeatKind.HR, vote=Vote.APPROVE, by=by)
        with pytest.raises(
            Conflict, match="Engineering, Product, HR, Legal, Security, Worker representative"
        ):
            services.close_case(case=case, by=by)

    def test_closing_again_gives_the_same_outcome(self, case, by):
        """Design, board: a case is decided once."""
        outcome = factories.a_decided_case(case)
        entries = Entry.objects.count()
        assert services.close_case(case=case, by=by) == outcome
        assert Entry.objects.count() == entries

    def test_a_passed_rulebook_is_published_and_a_failed_one_stays_proposed(self, by):
        """Design, rules: rulebooks are versioned, content-hashed and approved as board cases."""
        factories.the_rules()
        files = rules.builtin_files()
        name = next(name for name in files if name.endswith(".cedar"))
        proposed = registry.propose_rulebook(files={**files, name: files[name] + "\n// Read again.\n"}, by=by)
        factories.a_decided_case(
            services.open_case(rulebook_version=proposed, by=by), {SeatKind.LEGAL: Vote.VETO}
        )
        assert RulebookVersion.objects.get(pk=proposed.pk).state == RulebookState.PROPOSED
        case = services.open_case(rulebook_version=proposed, by=by)
        factories.a_decided_case(case)
        now = RulebookVersion.objects.get(state=RulebookState.IN_FORCE)
        assert (now.pk, now.case_id) == (proposed.pk, case.pk)

    def test_a_ballot_s_entry_is_sealed_while_the_case_is_open(self, case):
        """Design, ledger: ballots before closing are sealed and not searchable by actor."""
        board = factories.a_board()
        services.cast_ballot(case=case, seat_kind=SeatKind.HR, vote=Vote.APPROVE, by=board[SeatKind.HR])
        entry = Entry.objects.get(kind="board.ballot.cast")
        assert entry.visibility == Visibility.SEALED and entry.payload.actor == ""


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
class TestDatabase:
    """What the database keeps, whatever the code above it does; these run as the runtime role."""

    def _make_active(self, version, case_id):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE registry_charterversion SET standing = 'active', activated_at = now(), activated_by_id = %s,"
                " expires_at = now() + interval '1 year', case_id = %s WHERE id = %s",
                [version.created_by_id, case_id, version.pk],
            )

    def test_no_charter_becomes_active_without_a_passed_case(self, by):
        """Issue 2, 5: not even by a bare UPDATE: no case, an open one, a failed one, another charter's."""
        passed = factories.an_active_charter("pr-size").case_id
        failed = factories.an_open_case("cycle-time")
        factories.a_decided_case(failed, {SeatKind.HR: Vote.VETO})
        open_case = factories.an_open_case("pr-age")
        for version, case_id in [
            (open_case.charter_version, new_id()),
            (open_case.charter_version, open_case.pk),
            (failed.charter_version, failed.pk),
            (open_case.charter_version, passed),
        ]:
            with pytest.raises(IntegrityError, match="only by a case that the board has passed"):
                self._make_active(version, case_id)

    def test_no_charter_is_born_active(self, by):
        """Issue 2, 5: nor by a bare INSERT."""
        draft = factories.a_submitted_charter()
        draft.pk, draft.number, draft.standing = new_id(), 2, StandingChoices.ACTIVE
        draft.activated_at = draft.expires_at = clock.now()
        draft.activated_by, draft.case_id = by, new_id()
        with (
            pytest.raises(IntegrityError, match="only by a case that the board has passed"),
            transaction.atomic(),
        ):
            draft.save(force_insert=True)

    def test_no_session_s_own_tables_stand_in_for_the_board_s(self, case):
        """Issue 2, 5: a temporary table of the same name does not hide the real one from the check."""
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE board_boardoutcome AS SELECT %s::uuid AS case_id, true AS approved",
                [case.pk],
            )
        try:
            with pytest.raises(IntegrityError, match="only by a case"):
                self._make_active(case.charter_version, case.pk)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE pg_temp.board_boardoutcome")

    def test_ballots_and_outcomes_are_written_once(self, by):
        """Issue 2, 2 and 5: what was voted and decided cannot be changed or taken back."""
        factories.an_active_charter()
        for change in (
            lambda: Ballot.objects.all()._raw_delete("default"),
            lambda: BoardOutcome.objects.update(approved=False),
            lambda: BoardOutcome.objects.all()._raw_delete("default"),
            lambda: Case.objects.update(charter_version=None),
            lambda: Case.objects.all()._raw_delete("default"),
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                change()
        with pytest.raises(IntegrityError, match="while its case is open"), transaction.atomic():
            Ballot.objects.update(cast_at=clock.now())

    def test_a_seat_and_an_account_have_one_ballot_a_case(self, case):
        """Design, board: once a seat, once an account, and reasons where they are due."""
        board = factories.a_board()
        ballot = services.cast_ballot(
            case=case, seat_kind=SeatKind.HR, vote=Vote.APPROVE, by=board[SeatKind.HR]
        )
        for seat, user in ((SeatKind.HR, board[SeatKind.LEGAL]), (SeatKind.LEGAL, ballot.user)):
            factories.an_alternate(seat, user)
        for fields in (
            {"seat": ballot.seat, "user": board[SeatKind.LEGAL]},
            {"seat": factories.a_seat(SeatKind.LEGAL), "user": ballot.user},
        ):
            with pytest.raises(IntegrityError, match="ballot_one"), transaction.atomic():
                Ballot.objects.create(case=case, sealed=b"words", **fields)


def _close(case: Case) -> BoardOutcome:
    try:
        return services.close_case(case=case, by=factories.system())
    finally:
        connection.close()


def test_two_simultaneous_closings_decide_once(committed_db):
    """Issue 2, 5: whoever comes second gets the outcome of the first."""
    case = factories.an_open_case()
    factories.votes(case)
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(_close, [case] * 4))
    assert len({outcome.pk for outcome in outcomes}) == 1
    assert BoardOutcome.objects.count() == 1
    assert Entry.objects.filter(kind="board.case.decided").count() == 1
    assert CharterVersion.objects.get(pk=case.charter_version_id).standing == StandingChoices.ACTIVE


def _vote(case: Case, vote: Vote) -> str:
    try:
        services.cast_ballot(
            case=case,
            seat_kind=SeatKind.HR,
            vote=vote,
            reason="Because.",
            by=factories.a_board()[SeatKind.HR],
        )
        return "cast"
    except Conflict as refused:
        return refused.code
    finally:
        connection.close()


def test_two_simultaneous_votes_of_a_seat_are_one(committed_db):
    """Design, board: a seat votes once, however fast it clicks."""
    case = factories.an_open_case()
    factories.a_board()
    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(lambda vote: _vote(case, vote), (Vote.APPROVE, Vote.REJECT)))
    assert said == ["already_voted", "cast"]
    assert Ballot.objects.count() == 1


def _vote_last(case: Case, seat: SeatKind, user) -> None:
    try:
        services.cast_ballot(case=case, seat_kind=seat, vote=Vote.APPROVE, by=user)
    finally:
        connection.close()


def test_two_simultaneous_last_votes_decide_once(committed_db):
    """Issue 3, Bad input: both votes count, and one outcome, one entry and one activation come of them."""
    case, board = factories.an_open_case(), factories.a_board()
    *first, fifth, sixth = SeatKind
    for seat in first:
        services.cast_ballot(case=case, seat_kind=seat, vote=Vote.APPROVE, by=board[seat])
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda seat: _vote_last(case, seat, board[seat]), (fifth, sixth)))
    assert Ballot.objects.filter(case=case).count() == len(SeatKind)
    outcome = BoardOutcome.objects.get()
    assert (outcome.approved, outcome.votes) == (True, len(SeatKind))
    for kind in ("board.case.decided", "registry.charter.active"):
        assert Entry.objects.filter(kind=kind).count() == 1


def test_an_account_asks_the_board_so_often_a_day(board, settings):
    """Issue 9: 30 edge cases in 5 s reached six members each. What is put to it by office is not counted."""
    settings.QUESTIONS_A_DAY = 2
    ana = factories.an_account()
    asked = {"subject": "An export", "question": "May it?"}
    for kind in (CaseKind.EDGE_CASE, CaseKind.EDGE_CASE):
        services.open_case(kind=kind, by=ana, **asked)
    with pytest.raises(TooMuch) as refused:
        services.open_case(kind=CaseKind.EDGE_CASE, by=ana, **asked)
    assert (refused.value.status, refused.value.code) == (429, "daily_limit")
    assert services.open_case(kind=CaseKind.EDGE_CASE, by=factories.an_account(), **asked)
    factories.a_role(ana, GrantedRole.ADMIN)
    assert services.open_case(kind=CaseKind.YEARLY_REVIEW, by=ana, **asked)
    with clock.stopped_at(clock.now() + timedelta(hours=24, seconds=1)):
        assert services.open_case(kind=CaseKind.EDGE_CASE, by=ana, **asked)
