"""Ballots are sealed in the database until their case closes, and opened once by its closing."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from audits.ledger import keyfiles, sealing
from audits.ledger.models import Entry
from governance.board import ballots, permissions, queries, services
from governance.board.models import Ballot, Case
from governance.board.states import CaseState, SeatKind, Vote
from ground.errors import BadInput, Conflict, NotFound, NotPermitted
from tests import factories

HR, LEGAL = SeatKind.HR, SeatKind.LEGAL
SECRET = "It would be used against the two of us."


def cast(case, seat, vote, reason=""):
    member = factories.a_board()[seat]
    return services.cast_ballot(case=case, seat_kind=seat, vote=vote, reason=reason, by=member)


def row(case, seat) -> Ballot:
    return Ballot.objects.get(case=case, seat__kind=seat)


def read_all(table: str) -> str:
    """Every row of a table as whoever reads the database sees it, bytes included."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT string_agg(t::text, '') FROM {table} t")
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
class TestSealed:
    def test_the_database_does_not_hold_what_was_voted(self, case):
        """DESIGN, board: votes are blind until the case closes, to whoever reads the database as well."""
        for seat, vote in ((HR, Vote.REJECT), (LEGAL, Vote.APPROVE)):
            assert cast(case, seat, vote, SECRET).vote == vote  # the voter is told what was cast
        tables = [read_all("board_ballot"), read_all("ledger_payload")]
        for hidden in (SECRET, SECRET.encode().hex(), Vote.REJECT.value.encode().hex()):
            assert not any(hidden in table for table in tables)
        hr, legal = row(case, HR), row(case, LEGAL)
        assert (hr.vote, hr.reason) == (legal.vote, legal.reason) == ("", "")
        assert len(hr.sealed) == len(legal.sealed)

    def test_closing_opens_them_all(self, case):
        factories.votes(case, {HR: Vote.REJECT})
        case.refresh_from_db()
        assert case.state == CaseState.APPROVED
        opened = {each.seat.kind: (each.vote, each.reason) for each in queries.list_ballots(case)}
        assert opened[HR] == ("reject", "reject is right") and len(opened) == len(SeatKind)
        assert not Ballot.objects.filter(sealed__isnull=False).exists()

    @pytest.mark.parametrize("vote", [Vote.REJECT, Vote.VETO, Vote.RECUSE])
    def test_a_vote_that_must_say_why_says_why(self, case, vote):
        """DESIGN, board: it is checked before it is sealed, since nobody can check it afterwards."""
        with pytest.raises(BadInput, match="Say why") as refused:
            cast(case, HR, vote, "  ")
        assert refused.value.field == "reason" and not Ballot.objects.exists()

    def test_ballots_that_were_exchanged_decide_nothing(self, case):
        """The attack: whoever writes the database gives one seat's sealed words to another."""
        cast(case, HR, Vote.VETO, SECRET)
        approving = cast(case, LEGAL, Vote.APPROVE)
        forged = bytes(row(case, LEGAL).sealed)
        with pytest.raises(IntegrityError, match="opened once"), transaction.atomic():
            Ballot.objects.filter(seat__kind=HR).update(sealed=forged)
        another = factories.an_open_case("pr-age")
        exchanged = Ballot(case=another, seat=approving.seat, user=approving.user, sealed=forged)
        exchanged.save(force_insert=True)
        for seat in set(SeatKind) - {LEGAL, SeatKind.PRODUCT}:
            cast(another, seat, Vote.APPROVE)
        cast(another, SeatKind.PRODUCT, Vote.APPROVE)  # the last: it stands, and the case does not close
        with pytest.raises(Conflict) as refused:
            services.close_case(case=another, by=factories.system())
        assert refused.value.code == "ballot_does_not_open"
        another.refresh_from_db()
        assert another.state == CaseState.OPEN

    def test_another_key_opens_nothing_and_decides_nothing(self, case, settings, tmp_path):
        """Fail closed: a key that was lost leaves the case open, rather than counting what it cannot read."""
        kept = settings.LEDGER_SEALING_KEY_FILE
        for seat in set(SeatKind) - {LEGAL}:
            cast(case, seat, Vote.APPROVE)
        settings.LEDGER_SEALING_KEY_FILE = tmp_path / "another.key"
        keyfiles.place(settings.LEDGER_SEALING_KEY_FILE, sealing.make_key())
        cast(case, LEGAL, Vote.APPROVE)
        with pytest.raises(Conflict, match="key"):
            services.close_case(case=case, by=factories.system())
        case.refresh_from_db()
        assert case.state == CaseState.OPEN
        settings.LEDGER_SEALING_KEY_FILE = kept
        assert row(case, HR).vote == ""

    def test_the_database_takes_no_open_ballot_and_opens_none_early(self, case):
        """Promises of the database: cast sealed, opened once, when the case has closed."""
        cast(case, HR, Vote.APPROVE)
        member = factories.a_board()[LEGAL]
        open_one = Ballot(case=case, seat=factories.a_seat(LEGAL), user=member, vote=Vote.APPROVE)
        early = {"vote": Vote.APPROVE, "sealed": None}
        for change, refused in (
            (lambda: open_one.save(force_insert=True), "cast sealed"),
            (lambda: Ballot.objects.update(**early), "when its case closes"),
            (lambda: Ballot.objects.update(sealed=None), "ballot_sealed_or_opened|when its case closes"),
            (lambda: Ballot.objects.update(sealed=b"other"), "opened once"),
        ):
            with pytest.raises(IntegrityError, match=refused), transaction.atomic():
                change()


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
class TestChanged:
    """Issue 11: a ballot is changed by whoever cast it, until its case closes; ADR 11 holds throughout."""

    def change(self, case, seat, vote, reason="", by=None):
        return services.change_ballot(case=case, vote=vote, reason=reason, by=by or factories.a_board()[seat])

    def test_what_was_cast_last_counts_and_is_sealed_again(self, case):
        cast(case, HR, Vote.APPROVE)
        before = row(case, HR)
        changed = self.change(case, HR, Vote.REJECT, SECRET)
        after = row(case, HR)
        assert (changed.vote, changed.reason) == (Vote.REJECT, SECRET)
        assert (after.vote, after.reason) == ("", "") and after.pk == before.pk
        assert bytes(after.sealed) != bytes(before.sealed) and after.cast_at > before.cast_at
        assert SECRET not in read_all("board_ballot") + read_all("ledger_payload")
        for seat in set(SeatKind) - {HR}:
            cast(case, seat, Vote.APPROVE)
        assert {each.seat.kind: each.vote for each in queries.list_ballots(case)}[HR] == Vote.REJECT

    def test_the_log_tells_that_it_was_changed_and_not_how(self, case):
        cast(case, HR, Vote.APPROVE)
        self.change(case, HR, Vote.VETO, SECRET)
        kinds = list(Entry.objects.filter(kind__startswith="board.ballot").values_list("kind", "visibility"))
        assert kinds == [("board.ballot.cast", "sealed"), ("board.ballot.changed", "sealed")]

    def test_its_author_alone_reads_it_before_the_case_closes(self, case):
        cast(case, HR, Vote.REJECT, SECRET)
        board = factories.a_board()
        own = queries.find_own_ballot(case, board[HR])
        assert ballots.open_ballot(own).reason == SECRET
        assert queries.find_own_ballot(case, board[LEGAL]) is None
        with pytest.raises(Conflict):
            queries.list_ballots(case)

    def test_nobody_changes_what_another_cast_or_was_never_cast(self, case):
        ballot = cast(case, HR, Vote.APPROVE)
        with pytest.raises(NotFound):
            self.change(case, LEGAL, Vote.APPROVE)
        with pytest.raises(NotPermitted) as refused:
            permissions.check_can_change(factories.a_board()[LEGAL], ballot)
        assert refused.value.code == "not_your_ballot"

    def test_a_change_keeps_to_what_a_ballot_keeps_to(self, case):
        """A reason where one is needed, a veto only by a seat that has one; the refusal is on the log."""
        cast(case, SeatKind.PRODUCT, Vote.APPROVE)
        with pytest.raises(BadInput, match="Say why"):
            self.change(case, SeatKind.PRODUCT, Vote.REJECT)
        with pytest.raises(NotPermitted) as refused:
            self.change(case, SeatKind.PRODUCT, Vote.VETO, SECRET)
        assert refused.value.code == "no_veto"
        assert Entry.objects.filter(kind="board.ballot.refused").count() == 2

    def test_nothing_changes_once_the_case_is_closed(self, case):
        factories.votes(case, {})
        with pytest.raises(Conflict) as refused:
            self.change(case, HR, Vote.REJECT, SECRET)
        assert refused.value.code == "case_closed"

    def test_the_database_takes_no_ballot_from_before_a_change_back(self, case):
        """The attack: whoever writes the database puts the bytes of the first ballot back in the place of the second."""
        cast(case, HR, Vote.APPROVE)
        first = row(case, HR)
        self.change(case, HR, Vote.REJECT, SECRET)
        with pytest.raises(IntegrityError, match="opened once"), transaction.atomic():
            Ballot.objects.filter(pk=first.pk).update(sealed=bytes(first.sealed), cast_at=first.cast_at)
        replayed = row(case, HR)
        replayed.sealed = bytes(first.sealed)
        with pytest.raises(Conflict) as refused:
            ballots.open_ballot(replayed)
        assert refused.value.code == "ballot_does_not_open"

    @pytest.mark.parametrize("column", ["user_id", "seat_id"])
    def test_the_database_lets_nobody_take_a_ballot_over(self, case, column):
        cast(case, HR, Vote.APPROVE)
        other = cast(case, LEGAL, Vote.APPROVE)
        own = Ballot.objects.filter(case=case, seat__kind=HR)
        later = row(case, HR).cast_at + timedelta(seconds=1)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            own.update(**{column: getattr(other, column), "cast_at": later})

    def test_the_database_opens_none_with_another_time(self, case):
        cast(case, HR, Vote.APPROVE)
        later = row(case, HR).cast_at + timedelta(seconds=1)
        with pytest.raises(IntegrityError, match="was cast"), transaction.atomic():
            Ballot.objects.filter(seat__kind=HR).update(vote="approve", sealed=None, cast_at=later)


@pytest.mark.django_db
@pytest.mark.stands_on("founded")
def test_cases_are_numbered_one_after_the_other_by_the_database(case):
    """Issue 11: a number to say aloud. What the writer says of it counts for nothing."""
    another = factories.an_open_case("pr-age")
    assert another.number == case.number + 1
    case.refresh_from_db()
    assert case.number >= 1 and Case.objects.filter(number=0).count() == 0
