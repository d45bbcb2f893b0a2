"""Who reads findings: auditors outside of the line of whom one is about. Nobody reads one about themself.

While it is a prompt, it is told to nobody whose use it is of: a number would accuse them before anybody has looked, and knowing what is
noticed is knowing how to stay below. Once a human takes it for a misuse it is a case, of which they are told and in which they speak.
One after an appeal is read by whoever handles that appeal and by nobody else, as it says who appealed.
"""

from django.utils.translation import gettext as _

from audits.findings.models import Finding
from audits.findings.states import FINDING_TRANSITIONS, FindingKind, FindingState
from charter.rules.vocabulary import Role
from governance.appeals.independence import read_line
from governance.appeals.permissions import handles
from governance.board.permissions import sits
from governance.people.models import User
from governance.people.permissions import holds, is_system
from ground import calendar
from ground.errors import DomainError, NotFound, NotPermitted


def check_can_open_findings(user: User) -> None:
    """Raise NotPermitted unless the account is an auditor's or sits on the board, which reads of shifts in values."""
    if not (holds(user, Role.AUDITOR) or sits(user)):
        raise NotPermitted(_("Findings are for auditors; the board reads of shifts in values."))


def check_can_look(user: User) -> None:
    """Raise NotPermitted unless it is the product itself: the clock looks, nobody by hand."""
    if not is_system(user):
        raise NotPermitted(_("Findings are made by the clock, for all alike. Nobody looks for somebody’s."))


def can_see(user: User, finding: Finding) -> bool:
    """Whether the account may read a finding."""
    if finding.kind == FindingKind.POST_APPEAL:
        appeal = finding.appeal
        return appeal is not None and not _is_in_line(user, finding) and handles(user, appeal)
    if finding.kind == FindingKind.GAMING:
        return holds(user, Role.AUDITOR) or sits(user)
    return holds(user, Role.AUDITOR) and not _is_in_line(user, finding)


def _is_in_line(user: User, finding: Finding) -> bool:
    if finding.account is None:
        return False
    line = read_line(finding.account, since=calendar.find_day(finding.since))
    return user.pk == line.account or user.person_id in line.persons


def check_can_see(user: User, finding: Finding) -> None:
    """Raise NotFound unless the account may read it."""
    if not can_see(user, finding):
        raise not_there()


def not_there() -> NotFound:
    """What whoever may not see a finding is told, whether or not there is one."""
    return NotFound(_("There is no finding with this number that you may see."), code="finding_not_found")


def check_can_dismiss(user: User, finding: Finding) -> None:
    """Raise unless the account may say why it is nothing: whoever reads it, once."""
    check_can_see(user, finding)
    FINDING_TRANSITIONS.check(finding.state, FindingState.DISMISSED)


def check_can_put_to_board(user: User, finding: Finding) -> None:
    """Raise unless the account may make a case of it: auditors, whoever handles the appeal; of a shift the board itself."""
    check_can_see(user, finding)
    if finding.kind == FindingKind.GAMING and not sits(user):
        raise NotPermitted(_("Members of the board put a shift in values to it."))
    if finding.kind != FindingKind.GAMING and not (holds(user, Role.AUDITOR) or sits(user)):
        raise NotPermitted(_("Auditors and members of the board put a look to the board."))
    FINDING_TRANSITIONS.check(finding.state, FindingState.CASE)


def can_put_to_board(user: User, finding: Finding) -> bool:
    try:
        check_can_put_to_board(user, finding)
    except DomainError:
        return False
    return True
