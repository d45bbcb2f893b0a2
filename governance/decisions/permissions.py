"""Who may see a decision that was made about a request."""

from datetime import date

from charter.rules.vocabulary import Role
from governance.decisions.models import Decision
from governance.people import queries as people
from governance.people.models import User
from ground.errors import NotFound


def check_can_see_decision(*, user: User, decision: Decision, on: date) -> None:
    """Whoever asked may, and auditors. To all others it is not there, so that an id tells nothing."""
    if decision.actor_id == user.pk:
        return
    if Role.AUDITOR not in people.asker(user, on=on).roles:
        raise NotFound("There is no receipt with this id that you may see.", code="receipt_not_found")
