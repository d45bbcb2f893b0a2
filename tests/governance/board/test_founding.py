"""The first board: its founder invites, each accepts, and their vote seats them and puts the programme in force (issue 9, S142)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from audits.ledger.models import Entry
from charter.programme import services as programmes
from charter.programme.models import Programme
from charter.programme.states import ProgrammeState
from governance.board import permissions, queries, seating, services
from governance.board.models import Case, Invitation, Term
from governance.board.programme import begin_programme
from governance.board.states import CaseKind, CaseState, SeatKind, Vote
from governance.notices.models import Notice
from governance.people.models import AccountKind, User
from ground import calendar, clock
from ground.errors import BadInput, Conflict, NotFound, NotPermitted
from ground.ids import new_id
from tests import factories, on_the_log, snapshots
from tests.governance.board import test_ties as ties
from tests.governance.board.test_seats import run, why_not
from tests.governance.board.test_ties import find_constraint

pytestmark = [pytest.mark.django_db]
HR, LEGAL = SeatKind.HR, SeatKind.LEGAL
GIVEN = {"slug": "p", "name": "P", "purpose": "To help."}


@snapshots.fixture
def begun() -> dict[str, User]:
    """A programme that was begun and has no board, and everybody who might try to make one."""
    founder = factories.an_administrator("founder")
    factories.a_beginning(founder)
    return {
        "founder": founder,
        "administrator": factories.an_administrator("administrator"),
        "superuser": factories.an_account("root", is_superuser=True, is_staff=True),
        "candidate": factories.an_account("candidate"),
        "somebody": factories.an_account("somebody"),
        "system": factories.system(),
    }


@snapshots.fixture
def accepted(begun) -> dict[str, User]:
    """The same, with six who have accepted its seats."""
    members = factories.a_board_to_be()
    return begun | {SeatKind(seat).value: user for seat, user in members.items()}


def programme() -> Programme:
    return Programme.objects.get()


def vote(case: Case, house, said=None) -> None:
    for seat in SeatKind:
        word = (said or {}).get(seat, Vote.APPROVE)
        services.cast_ballot(case=case, seat_kind=seat, vote=word, reason="So it is.", by=house[seat.value])


def refuses(name: str, statement: str, *given: object) -> None:
    """The database refuses a statement of the runtime role, by the constraint that is named."""
    with pytest.raises(DatabaseError) as refused:
        run(statement, *given)
    assert find_constraint(refused.value) == name


class TestBeginning:
    @pytest.mark.parametrize(("who", "may"), [("administrator", True), ("root", False), ("anybody", False)])
    def test_an_administrator_begins_a_programme(self, who, may):
        """Issue 9: whoever begins it invites its board; a superuser without the role does not."""
        account = factories.an_account(who, is_superuser=who == "root", is_staff=who == "root")
        if may:
            factories.an_administrator(who)
            begin_programme(**GIVEN, by=account)
            assert programme().established_by == account and not permissions.sits(account)
        else:
            with pytest.raises(NotPermitted):
                begin_programme(**GIVEN, by=account)

    def test_one_database_holds_one_programme_whatever_writes(self, begun):
        """Issue 9: a second row would be another founding, with a founder of its own."""
        with pytest.raises(Conflict):
            programmes.establish_programme(**GIVEN, by=begun["administrator"])
        copied = "INSERT INTO programme_programme SELECT (jsonb_populate_record(p, jsonb_build_object('id', %s::text, 'slug', 'q'))).* FROM programme_programme p"
        refuses("programme_one_a_database", copied, str(new_id()))


class TestInvitations:
    @pytest.mark.parametrize(
        ("who", "invites", "accepts", "ends"),
        [
            ("founder", None, "not_yours", None),
            ("candidate", "not_the_founder", None, None),
            ("administrator", "not_the_founder", "not_yours", "not_yours"),
            ("superuser", "not_the_founder", "not_yours", "not_yours"),
            ("somebody", "not_the_founder", "not_yours", "not_yours"),
            ("system", "not_the_founder", "not_yours", "not_yours"),
        ],
    )
    def test_the_founder_invites_and_whoever_is_invited_answers(self, begun, who, invites, accepts, ends):
        """Issue 9: nobody accepts for another, the founder least of all."""
        invitation = factories.an_invitation(LEGAL, begun["candidate"], accepted=False)
        assert why_not(permissions.check_can_invite, begun[who]) == invites
        assert why_not(permissions.check_can_accept, begun[who], invitation) == accepts
        assert why_not(permissions.check_can_end_invitation, begun[who], invitation) == ends

    def test_both_sides_are_told(self, begun):
        """Issue 9: the one that they are invited, the other how they answered."""
        invitation = factories.an_invitation(LEGAL, begun["candidate"])
        told = {notice.to.username: notice.path for notice in Notice.objects.filter(kind="board.invitation")}
        assert told == {"candidate": f"/board/invitations/{invitation.pk}", "founder": "/board"}
        assert list(
            Entry.objects.filter(kind__startswith="board.invitation").values_list("kind", flat=True)
        ) == [
            "board.invitation.made",
            "board.invitation.accepted",
        ]

    def test_a_founder_does_not_fill_the_board_alone(self, begun):
        """Issue 9: not with themself, not with one account on two seats, not with machines."""
        founder, candidate = begun["founder"], begun["candidate"]
        machine = factories.an_account("bot", kind=AccountKind.MACHINE)
        with pytest.raises(NotPermitted):
            services.invite_member(seat_kind=LEGAL, user=founder, by=founder)
        with pytest.raises(BadInput):
            services.invite_member(seat_kind=LEGAL, user=machine, by=founder)
        factories.an_invitation(LEGAL, candidate)
        for seat, user in ((HR, candidate), (LEGAL, begun["somebody"])):
            with pytest.raises(BadInput):
                services.invite_member(seat_kind=seat, user=user, by=founder)
        assert not permissions.sits(candidate) and not Term.objects.exists()

    def test_an_invitation_is_nobody_elses_business(self, begun):
        """Issue 9: the founder knows all, one's own each, and who accepted those who have accepted as well."""
        first = factories.an_invitation(LEGAL, begun["candidate"], accepted=False)
        second = factories.an_invitation(HR, begun["somebody"])
        known = {name: set(seating.list_invitations(user)) for name, user in begun.items()}
        assert known.pop("founder") == {first, second}
        assert known.pop("candidate") == {first}
        assert known.pop("somebody") == {second}
        assert not any(known.values())
        with pytest.raises(NotFound):
            seating.get_invitation(first.pk, by=begun["somebody"])

    def test_who_declines_leaves_the_seat_for_another(self, begun):
        """Issue 9: an invitation that has ended is not answered again."""
        invitation = factories.an_invitation(LEGAL, begun["candidate"], accepted=False)
        services.end_invitation(invitation=invitation, by=begun["candidate"])
        with pytest.raises(Conflict):
            services.accept_invitation(invitation=invitation, by=begun["candidate"])
        factories.an_invitation(LEGAL, begun["somebody"])

    def test_where_the_founder_is_gone_an_administrator_goes_on(self, begun):
        """Issue 9: nobody is locked out of their own founding."""
        factories.change(begun["founder"], is_active=False)
        assert permissions.founds(begun["administrator"], permissions.find_draft())
        services.invite_member(seat_kind=LEGAL, user=begun["candidate"], by=begun["administrator"])


class TestFounding:
    def test_who_accepted_founds_it_without_notice(self, accepted):
        """Issue 9, S142: the founding case confirms them and puts the programme in force."""
        case = services.found_programme(by=accepted["founder"])
        assert not permissions.sits(accepted["legal"]) and programme().state == ProgrammeState.DRAFT
        vote(case, accepted)
        assert programme().state == ProgrammeState.ACTIVE
        assert queries.list_vacant_seats(calendar.today()) == ()
        for seat in SeatKind:
            term = accepted[seat.value].terms.get()
            assert (term.valid_from, term.case, term.alternate) == (calendar.today(), case, False)
        assert "sits on the seat" in Case.objects.get(pk=case.pk).outcome.minutes
        assert list(queries.list_cases_to_vote_on(accepted["legal"])) == []
        later = services.open_case(
            kind=CaseKind.EDGE_CASE, subject="x", question="x", by=accepted["somebody"]
        )
        assert list(queries.list_cases_to_vote_on(accepted["legal"])) == [later]

    @pytest.mark.parametrize(
        ("who", "code"),
        [
            ("founder", None),
            ("legal", "not_the_founder"),
            ("administrator", "not_the_founder"),
            ("superuser", "not_the_founder"),
            ("somebody", "not_the_founder"),
        ],
    )
    def test_who_puts_it_to_the_vote(self, accepted, who, code):
        assert why_not(permissions.check_can_found, accepted[who]) == code

    def test_it_takes_six_decisions_contract_and_course(self, by):
        """S142: not active without a published contract, a course and filled board seats."""
        founder = factories.an_administrator("founder")
        begun = programmes.establish_programme(**GIVEN, by=founder)

        def missing() -> str | None:
            return why_not(services.found_programme, by=founder)

        assert missing() == "seats_vacant"
        factories.a_board_to_be()
        assert missing() == "programme_without_decision"
        programmes.load_decisions(programme=begun, by=by)
        assert missing() == "programme_without_contract"
        factories.the_contract()
        assert missing() == "programme_without_course"
        factories.the_course()
        assert missing() is None

    def test_only_they_vote_and_see_it_and_each_for_their_own_seat(self, accepted):
        """Issue 9: nobody sits yet, so nobody else has a voice; the founder has none."""
        case = services.found_programme(by=accepted["founder"])
        seats = {
            name: permissions.list_seats_on(case, user, calendar.today()) for name, user in accepted.items()
        }
        assert {name: held for name, held in seats.items() if held} == {
            seat.value: (seat,) for seat in SeatKind
        }
        assert list(queries.list_cases_to_vote_on(accepted["legal"])) == [case]
        assert list(queries.list_visible_cases(accepted["somebody"])) == []
        with pytest.raises(NotPermitted):
            queries.get_case(case.pk, by=accepted["somebody"])
        for who, seat in (("founder", LEGAL), ("hr", LEGAL), ("administrator", LEGAL)):
            with pytest.raises(NotPermitted):
                services.cast_ballot(case=case, seat_kind=seat, vote=Vote.APPROVE, by=accepted[who])

    def test_who_votes_on_it_is_told_what_is_wrong_with_a_ballot(self, accepted):
        """Issue 9: who may in no case vote is refused before a ballot is read, and these six may, though nobody sits."""
        case = services.found_programme(by=accepted["founder"])
        for who, code in (("legal", 400), ("founder", 403)):
            client = Client(headers={"Authorization": f"Token {factories.a_token(accepted[who])}"})
            said = client.post(f"/api/v1/cases/{case.pk}/ballots", {}, content_type="application/json")
            assert said.status_code == code

    def test_who_accepted_has_no_other_voice(self, accepted):
        """Issue 9: six whom somebody invited pass nothing but their own founding."""
        case = services.open_case(kind=CaseKind.EDGE_CASE, subject="x", question="x", by=accepted["somebody"])
        assert list(queries.list_cases_to_vote_on(accepted["legal"])) == []
        with pytest.raises(NotPermitted):
            services.cast_ballot(case=case, seat_kind=LEGAL, vote=Vote.APPROVE, by=accepted["legal"])
        cast = "INSERT INTO board_ballot (id, case_id, seat_id, user_id, vote, reason, sealed, cast_at) VALUES (%s, %s, %s, %s, '', '', 'x', %s)"
        seat = factories.a_seat(LEGAL).pk
        refuses(
            "ballot_by_who_holds_the_seat", cast, new_id(), case.pk, seat, accepted["legal"].pk, clock.now()
        )

    def test_the_board_stays_as_it_is_while_it_votes(self, accepted):
        """Issue 9: all six vote on the same six, and no newcomer is slipped in."""
        case = services.found_programme(by=accepted["founder"])
        invitation = Invitation.objects.get(user=accepted["legal"])
        for who in ("founder", "legal"):
            with pytest.raises(Conflict):
                services.end_invitation(invitation=invitation, by=accepted[who])
        with pytest.raises(Conflict):
            services.found_programme(by=accepted["founder"])
        refuses(
            "invitation_before_the_founding",
            "UPDATE board_invitation SET ended_at = %s, ended_by_id = user_id WHERE id = %s",
            clock.now(),
            invitation.pk,
        )
        assert case.state == CaseState.OPEN

    def test_turned_down_it_can_be_put_again_to_another_board(self, accepted):
        """Issue 9: nobody sits by a founding that was rejected."""
        case = services.found_programme(by=accepted["founder"])
        vote(case, accepted, {LEGAL: Vote.VETO})
        assert programme().state == ProgrammeState.DRAFT and not Term.objects.exists()
        invitation = Invitation.objects.get(user=accepted["legal"])
        services.end_invitation(invitation=invitation, by=accepted["legal"])
        factories.an_invitation(LEGAL, accepted["somebody"])
        again = services.found_programme(by=accepted["founder"])
        vote(again, accepted | {"legal": accepted["somebody"]})
        assert programme().state == ProgrammeState.ACTIVE
        assert not permissions.sits(accepted["legal"]) and permissions.sits(accepted["somebody"])

    def test_a_founder_who_leaves_while_it_is_voted_on_changes_nothing(self, accepted):
        case = services.found_programme(by=accepted["founder"])
        factories.change(accepted["founder"], is_active=False)
        vote(case, accepted)
        assert programme().state == ProgrammeState.ACTIVE


class TestAfterwards:
    def test_no_way_of_the_founding_is_left(self, accepted):
        """Issue 9: neither invitations nor a second founding, whoever asks and whatever writes."""
        case = services.found_programme(by=accepted["founder"])
        vote(case, accepted)
        founder, somebody = accepted["founder"], accepted["somebody"]
        for attempt in (
            lambda: services.invite_member(seat_kind=LEGAL, user=somebody, by=founder),
            lambda: services.found_programme(by=founder),
            lambda: services.fill_seat(
                seat_kind=LEGAL, user=somebody, valid_from=calendar.today(), by=founder
            ),
        ):
            with pytest.raises((NotPermitted, BadInput)):
                attempt()
        now = clock.now()
        refuses(
            "invitation_by_the_founder",
            "INSERT INTO board_invitation (id, seat_id, user_id, invited_at, invited_by_id) VALUES (%s, %s, %s, %s, %s)",
            new_id(), factories.a_seat(LEGAL).pk, somebody.pk, now, founder.pk,
        )  # fmt: skip
        refuses(
            "case_founded_by_who_accepted",
            "INSERT INTO board_case (id, kind, subject, question, state, opened_at, opened_by_id, closes_at) VALUES (%s, 'founding', 'x', 'x', 'open', %s, %s, %s)",
            new_id(), now, founder.pk, now + timedelta(days=1),
        )  # fmt: skip
        refuses(
            "term_after_notice",
            "INSERT INTO board_term (id, seat_id, user_id, alternate, valid_from, announced_at, announced_by_id, confirmed_at, case_id) VALUES (%s, %s, %s, false, %s, %s, %s, %s, %s)",
            new_id(), factories.a_seat(LEGAL).pk, somebody.pk, calendar.today(), now, founder.pk, now, case.pk,
        )  # fmt: skip


TERM = "INSERT INTO board_term (id, seat_id, user_id, alternate, valid_from, announced_at, announced_by_id, confirmed_at, case_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"


class TestTheDatabase:
    """Issue 9: what the runtime role's own SQL does not do to a founding."""

    @pytest.mark.parametrize("alternate", [False, True])
    @pytest.mark.parametrize("back", [0, 400])
    def test_nobody_is_seated_before_it(self, accepted, alternate, back):
        at = clock.now() - timedelta(days=back)
        case = services.found_programme(by=accepted["founder"])
        for of in (None, case.pk):
            given = [new_id(), factories.a_seat(LEGAL).pk, accepted["legal"].pk, alternate, at.date(), at]
            refuses("term_by_the_founding", TERM, *given, accepted["founder"].pk, at, of)

    def test_no_programme_begins_without_it(self, accepted):
        begin = "UPDATE programme_programme SET state = 'active', approved_at = %s, approved_by_id = established_by_id"
        refuses("programme_founded_by_its_board", begin, clock.now())
        case = services.found_programme(by=accepted["founder"])
        refuses("programme_founded_by_its_board", begin, clock.now())
        assert case.state == CaseState.OPEN

    def test_a_forged_founding_seats_nobody_else_and_begins_the_programme_or_is_none(self, accepted):
        """Even with six ballots of those who accepted: only they sit, that day, and nothing is left half done."""
        case = services.found_programme(by=accepted["founder"])
        with ties.refused("case_founded_at_once"):
            ballots = [ties.cast(case.pk, seat, accepted[seat.value]) for seat in SeatKind]
            ties.close(case.pk)
            for ballot in ballots:
                ties.run(ties.OPEN, "approve", ballot)
            ties.decide(case.pk)
            on_the_log.append("board.ballot.cast", str(case.pk), {})
            on_the_log.append("board.case.decided", str(case.pk), {"approved": True})
            now, today = clock.now(), calendar.today()
            legal = factories.a_seat(LEGAL).pk
            for who, alternate, day in (
                ("somebody", False, today),
                ("hr", False, today),
                ("legal", True, today),
                ("legal", False, today + timedelta(days=1)),
            ):
                given = [new_id(), legal, accepted[who].pk, alternate, day, now]
                with transaction.atomic():
                    refuses("term_by_the_founding", TERM, *given, accepted["founder"].pk, now, case.pk)

    def test_nobody_accepts_before_they_were_asked_or_twice(self, begun):
        invitation = factories.an_invitation(LEGAL, begun["candidate"], accepted=False)
        accept = "UPDATE board_invitation SET accepted_at = %s WHERE id = %s"
        refuses("invitation_accepted_after_it", accept, clock.now() - timedelta(days=400), invitation.pk)
        run(accept, clock.now(), invitation.pk)
        on_the_log.tell_of(invitation, word="update")
        refuses("invitation_answered_once", accept, clock.now(), invitation.pk)
        made = "INSERT INTO board_invitation (id, seat_id, user_id, invited_at, invited_by_id, accepted_at) VALUES (%s, %s, %s, %s, %s, %s)"
        given = [new_id(), factories.a_seat(HR).pk, begun["somebody"].pk, clock.now()]
        refuses("invitation_begins_unanswered", made, *given, begun["founder"].pk, clock.now())
        refuses("invitation_by_the_founder", made, *given, begun["administrator"].pk, None)

    def test_no_founding_is_put_to_fewer_than_six(self, begun):
        factories.an_invitation(LEGAL, begun["candidate"])
        now = clock.now()
        refuses(
            "case_founded_by_who_accepted",
            "INSERT INTO board_case (id, kind, subject, question, state, opened_at, opened_by_id, closes_at) VALUES (%s, 'founding', 'x', 'x', 'open', %s, %s, %s)",
            new_id(), now, begun["founder"].pk, now + timedelta(days=1),
        )  # fmt: skip

    def test_a_backfill_that_was_not_asked_for_does_not_come_into_force(self, accepted):
        """Issue 9: nor does one that was forged beforehand: the founding says what it is."""
        case = services.found_programme(by=accepted["founder"])
        run("UPDATE programme_programme SET data_from = '2000-01-01'")
        vote(case, accepted)
        assert programme().data_from is None


def test_a_seat_whose_account_left_meanwhile_is_vacant(accepted):
    """Issue 9: a founding that could not be voted on by all six is not put to them."""
    factories.change(accepted["legal"], is_active=False)
    assert why_not(permissions.check_can_found, accepted["founder"]) == "seats_vacant"


def test_people_who_have_left_do_not_accept(begun):
    """Issue 9: an account out of use answers nothing."""
    invitation = factories.an_invitation(LEGAL, begun["candidate"], accepted=False)
    factories.change(begun["candidate"], is_active=False)
    begun["candidate"].refresh_from_db()
    assert why_not(permissions.check_can_accept, begun["candidate"], invitation) == "not_yours"
