"""The pages of the board's seats in a browser: accessible in both widths and schemes, before the founding and after."""

from datetime import timedelta

import pytest

from governance.board import services as board
from governance.board.states import NOTICE_DAYS, SeatKind
from ground import calendar
from tests import factories
from tests.browser.test_accessibility import SEATS, Eye

# These only redirect.
ACTS = {"board-furnish", "board-invitation-accept", "board-invitation-end"}
FOUNDING = {"board-begin", "board-found", "board-invite", "board-invitation"}


class TestFounding:
    @pytest.fixture
    def house(self, database) -> None:
        """Nothing is governed yet."""

    @pytest.mark.proof(alone=True)
    def test_pages_of_the_founding_are_accessible(self, window):
        """DESIGN, Accessibility: zero axe violations, for the founder, for who is invited and for everybody else."""
        founder, invited = factories.an_administrator("founder"), factories.an_account("invited")
        eye, theirs = Eye(window(founder)), Eye(window(invited))
        eye.look("/board", "board")
        theirs.look("/board", "board")
        eye.look("/board/begin", "board-begin", "Begin it")
        factories.a_beginning(founder)
        eye.look("/board", "board")
        eye.look("/board/legal/invite", "board-invite", "Invite them")
        invitation = factories.an_invitation(SeatKind.LEGAL, invited, accepted=False)
        theirs.look(f"/board/invitations/{invitation.pk}", "board-invitation")
        theirs.look("/board", "board")
        board.end_invitation(invitation=invitation, by=invited)
        factories.a_board_to_be()
        eye.look("/board", "board")
        eye.look("/board/found", "board-found")
        case = board.found_programme(
            by=founder, data_from=calendar.today() - timedelta(days=90), because="A quarter."
        )
        eye.look(f"/cases/{case.pk}", "case")
        eye.look("/board", "board")
        assert eye.faults + theirs.faults == []
        assert eye.seen | theirs.seen >= FOUNDING


@pytest.mark.proof(alone=True)
def test_pages_of_seats_are_accessible(window, house):
    """DESIGN, Accessibility: zero axe violations, for members, administrators and whoever is proposed."""
    members, admin, candidate = (
        factories.a_board(),
        factories.an_administrator(),
        factories.an_account("candidate"),
    )
    legal = members[SeatKind.LEGAL]
    board.end_term(term=legal.terms.get(), valid_to=calendar.today(), by=legal)
    soon = calendar.today() + timedelta(days=NOTICE_DAYS)
    term = board.fill_seat(seat_kind=SeatKind.LEGAL, user=candidate, valid_from=soon, by=admin)
    hr, second, theirs = Eye(window(members[SeatKind.HR])), Eye(window(admin)), Eye(window(candidate))
    hr.look("/board", "board")
    second.look("/board", "board")
    hr.look(f"/board/terms/{term.pk}", "board-term")
    hr.look(f"/board/terms/{term.pk}/confirm", "board-term-confirm")
    theirs.look(f"/board/terms/{term.pk}/decline", "board-term-decline")
    hr.look("/board/hr/alternate", "board-alternate", "Name them")
    second.look("/board/legal/member", "board-member", "Propose them")
    hr.look("/board/legal/case", "board-seat-case", "Put it to the board")
    own = members[SeatKind.HR].terms.get()
    hr.look(f"/board/terms/{own.pk}/end", "board-term-end", "End it")
    assert hr.faults + second.faults + theirs.faults == []
    # test_agreements looks at the page on which a council is asked for.
    assert hr.seen | second.seen | theirs.seen | FOUNDING | ACTS == SEATS - {"board-council"}
