"""What setting up writes to the database: the first administrator, and the programme that they begin."""

from django.utils.text import slugify

from charter.programme.models import Programme
from charter.programme.states import ProgrammeState
from governance.board.programme import begin_programme, furnish_programme
from governance.installation.answers import SetupAnswers
from governance.people import links, services
from governance.people.models import GrantedRole, User
from governance.people.permissions import holds
from ground import calendar
from ground.errors import Conflict


def begin(answers: SetupAnswers) -> User:
    """Open the first administrator's account and begin the programme in its name: whatever of it is missing.

    Raises Conflict where the programme of this database was begun under another name or in another zone, which stay.
    """
    system = services.get_system_account()
    admin = _find_or_open(answers, system)
    programme = Programme.objects.first()
    if programme is None:
        slug = slugify(answers.name)[:100] or "programme"
        begin_programme(
            slug=slug, name=answers.name, purpose=answers.purpose, time_zone=answers.time_zone, by=admin
        )
    else:
        _check_is_the_same(programme, answers)
        if programme.state == ProgrammeState.DRAFT:
            furnish_programme(programme=programme, by=system)
    return admin


def make_first_link(admin: User) -> str:
    """Where the first administrator chooses a password, once; blank where they have one."""
    return "" if admin.has_usable_password() else links.make_link(admin)


def _find_or_open(answers: SetupAnswers, system: User) -> User:
    """The account, in the administrator's role. While somebody else holds the role already, none is given to a new account."""
    told = answers.administrator
    admin = User.objects.find(told.username)
    if admin is None:
        _check_is_first()
        admin = services.open_account(username=told.username, name=told.name, email=told.email, by=system)
    if not holds(admin, GrantedRole.ADMIN):
        _check_is_first()
        services.grant_role(user=admin, role=GrantedRole.ADMIN, valid_from=calendar.today(), by=system)
    return admin


def _check_is_first() -> None:
    """Raise Conflict where there is an administrator: setting up again must not be a way to become another one."""
    if User.objects.filter(is_active=True, role_grants__role=GrantedRole.ADMIN).exists():
        raise Conflict(
            "There is an administrator already. Ask them for an account, or name them in the answers.",
            code="administrator_exists",
        )


def _check_is_the_same(programme: Programme, answers: SetupAnswers) -> None:
    if (programme.name, programme.time_zone) != (answers.name, answers.time_zone):
        raise Conflict(
            f"This database holds the programme “{programme.name}”, whose days are those of {programme.time_zone}; both stay. "
            "Give these answers, or another database.",
            code="programme_exists",
        )
