"""When a programme may begin."""

import pytest

from charter.registry import services as registry
from charter.registry.models import Programme
from charter.registry.states import ProgrammeState
from governance.board import services as board
from governance.board.models import Term
from governance.board.programme import activate_programme
from governance.people.models import Role
from ground import clock
from ground.errors import Conflict, NotPermitted
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(by) -> Programme:
    """A programme that has declared its decisions and nothing else."""
    made = registry.establish_programme(slug="p", name="P", purpose="To help.", by=by)
    registry.load_decisions(programme=made, by=by)
    return made


def test_it_begins_with_contract_course_and_filled_seats(programme, by):
    """S142: not active without a published contract, a course and filled board seats."""
    with pytest.raises(Conflict) as caught:
        activate_programme(programme=programme, by=by)
    assert caught.value.code == "seats_vacant" and "Worker representative" in caught.value.detail
    members = factories.a_board()
    with pytest.raises(Conflict) as caught:
        activate_programme(programme=programme, by=members["legal"])
    assert caught.value.code == "programme_without_course"
    factories.the_course()
    with pytest.raises(Conflict) as caught:
        activate_programme(programme=programme, by=members["legal"])
    assert caught.value.code == "programme_without_contract"
    factories.the_contract()
    term = Term.objects.get(seat__kind="security")
    board.end_term(term=term, valid_to=clock.today(), by=by)
    with pytest.raises(Conflict, match="Security"):
        activate_programme(programme=programme, by=members["legal"])
    successor = factories.an_account("new-security")
    board.fill_seat(seat_kind="security", user=successor, valid_from=clock.today(), by=by)
    active = activate_programme(programme=programme, by=members["legal"])
    assert active.state == ProgrammeState.ACTIVE and active.approved_by == members["legal"]


def test_only_the_board_or_an_administrator_lets_it_begin(programme, by):
    """S142, least privilege: no owner, no HR, no superuser."""
    factories.a_board()
    factories.the_contract()
    factories.the_course()
    for role in (Role.HR, Role.METRIC_OWNER):
        account = factories.an_account(f"an-{role.value}", is_staff=True, is_superuser=True)
        factories.a_role(account, role)
        with pytest.raises(NotPermitted):
            activate_programme(programme=programme, by=account)
    admin = factories.an_account("an-admin")
    factories.a_role(admin, Role.ADMIN)
    assert activate_programme(programme=programme, by=admin).state == ProgrammeState.ACTIVE
