"""The layers that most tests stand on, each made once: a programme with rules and a board, and one active charter."""

from charter.programme.models import Programme
from charter.registry.models import CharterVersion
from governance.people.models import User
from tests import factories, snapshots


@snapshots.fixture
def founded() -> Programme:
    """An approved programme, with rules in force and a board whose seats are filled."""
    factories.the_rules()
    factories.a_board()
    return factories.a_programme()


@snapshots.fixture
def board(founded) -> dict[str, User]:
    """The members of the board."""
    return factories.a_board()


@snapshots.fixture
def active_charter(founded) -> CharterVersion:
    """The charter of deployment frequency, passed by the board."""
    return factories.an_active_charter()
