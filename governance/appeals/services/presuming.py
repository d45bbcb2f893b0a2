"""After an appeal by name the contested line decides nothing about who filed it, until somebody outside has written why it may (S147).

After a confidential or anonymous one nothing is refused to the line: that would tell of it. `watching` sees to the former.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.appeals import permissions, queries
from governance.appeals.events import PresumptionAnswered
from governance.appeals.models import Appeal
from governance.appeals.services.filing_text import read_text
from governance.appeals.states import AppealKind
from governance.appeals.watching import PRESUMED_FOR
from governance.decisions import services as decisions
from governance.people.models import User
from governance.people.services import get_system_account
from ground import calendar
from ground.errors import Conflict
from ground.promises import promised


def protect(appeal: Appeal, contested: User | None) -> None:
    """Keep the contested account and those above it from deciding about who filed an appeal by name, for 90 days."""
    if appeal.kind != AppealKind.NAMED or contested is None:
        return
    today, appellant = calendar.today(), promised(appeal.appellant)
    for account in queries.list_line_of(contested):
        if account.person_id != appellant.person_id:
            decisions.protect(
                person=promised(appellant.person),
                account=account,
                starts_on=today,
                ends_on=today + PRESUMED_FOR,
                by=get_system_account(),
            )


@transaction.atomic(durable=True)
def answer_presumption(*, appeal: Appeal, why: str, by: User) -> int:
    """Write why decisions of the contested line are no retaliation, as somebody outside of it; gives for how many accounts."""
    permissions.check_can_see(by, appeal)
    permissions.check_answers_presumption(by, appeal)
    said = read_text(why, "why", _("Write why this is no retaliation."))
    standing = queries.list_protections(appeal)
    if not standing:
        raise Conflict(_("Nothing is presumed of anybody here."), code="nothing_presumed")
    for each in standing:
        decisions.end_protection(protection=each, why=said, by=by)
    ledger.append(PresumptionAnswered(appeal=appeal.pk, appeal_kind=appeal.kind, why=said), by=by.actor)
    return len(standing)
