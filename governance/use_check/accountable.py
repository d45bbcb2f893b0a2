"""Who may answer for a decision: a person with a role over those whom it concerns, and never one of them (S93)."""

from django.utils.translation import gettext as _

from charter.rules.request import Request
from charter.rules.vocabulary import Role
from governance.people import queries as people
from governance.people.models import User
from ground import calendar, data_versions
from ground.errors import BadInput

# Roles that answer for people: over a team or a stream, or over all.
ANSWERING = frozenset({Role.MANAGER, Role.VALUE_STREAM_LEAD, Role.LEADERSHIP, Role.HR})
# Whoever asks as these alone may name themself and learns nothing of other accounts.
_WITHOUT_NAMES = frozenset({Role.TEAM_MEMBER, Role.SELF})


def check_accountable(request: Request, *, by: User) -> None:
    """Raise BadInput where the account that a request names as accountable cannot be it; nothing where none is named.

    One sentence for all that may be wrong, so that it says of nobody whether there is such an account or what it may do.
    """
    name = request.accountable
    if name is None:
        return
    own = name == by.username
    named = by if own else User.objects.filter(username=name, is_active=True).first()
    if named is None or not (own or _may_name(request, by)) or not can_answer(request, named):
        raise BadInput(
            _(
                "The person who answers for a decision has a role over those whom it concerns, and is none of them. "
                "Name their manager, the lead of their value stream, leadership or HR."
            ),
            field="accountable",
            code="accountable_unfit",
        )


def can_answer(request: Request, user: User) -> bool:
    """Whether an account may answer for a decision about those whom a request is about."""
    named = _read(request, user).accountable
    return named is not None and not named.concerned and (named.leads or named.answers)


def answers_for(request: Request, user: User) -> bool:
    """Whether an account holds a role that answers for all whom a request is about."""
    return bool(_roles_over(request, user) & ANSWERING)


def _may_name(request: Request, by: User) -> bool:
    return bool(_roles_over(request, by) - _WITHOUT_NAMES)


def _roles_over(request: Request, user: User) -> frozenset[Role]:
    """The roles that an account holds over all that a request is about."""
    found = _read(request, user)
    over = [each.roles for each in found.cohorts.values()]
    over += [found.persons[name].roles if name in found.persons else frozenset() for name in request.persons]
    held = frozenset.intersection(*over) if over else frozenset()
    return found.asker.roles | held


def _read(request: Request, user: User) -> people.PeopleFacts:
    """What an account is to all whom a request is about, and whether it may answer for them."""
    found: people.PeopleFacts = people.read_people_facts(
        data_versions.read(),
        user.pk,
        user.person_id,
        calendar.today(),
        cohorts=request.cohorts,
        persons=request.persons,
        own=False,
        accountable=user.username,
    )
    return found
