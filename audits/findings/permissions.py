"""Who reads findings: auditors outside of the line of whom one is about. Nobody reads one about themself.

While it is a prompt, it is told to nobody whose use it is of: a number would accuse them before anybody has looked, and knowing what is
noticed is knowing how to stay below. Once a human takes it for a misuse it is a case, of which they are told and in which they speak.
One after an appeal is read by whoever handles that appeal and by nobody else, as it says who appealed.
"""

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from audits.findings.models import AuditFinding
from audits.findings.states import FINDING_TRANSITIONS, FindingKind, FindingState
from charter.rules.vocabulary import Role
from governance.appeals.independence import ReportLine, read_line
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


class FindingReader:
    """An account that reads findings; of many, its roles and the line of each account are looked up once."""

    def __init__(self, user: User) -> None:
        self._user = user
        self._audits, self._sits = holds(user, Role.AUDITOR), sits(user)
        self._lines: dict[UUID, ReportLine] = {}

    def sees(self, finding: AuditFinding) -> bool:
        """Whether the account may read a finding."""
        if finding.kind == FindingKind.POST_APPEAL:
            appeal = finding.appeal
            return appeal is not None and not self._is_in_line(finding) and handles(self._user, appeal)
        if finding.kind == FindingKind.GAMING:
            return self._audits or self._sits
        return self._audits and not self._is_in_line(finding)

    def _is_in_line(self, finding: AuditFinding) -> bool:
        account = finding.account
        if account is None:
            return False
        if account.pk not in self._lines:
            # On any day of the year before, so that one look serves all findings of an account.
            since = calendar.find_day(finding.since) - timedelta(days=366)
            self._lines[account.pk] = read_line(account, since=since)
        line = self._lines[account.pk]
        return self._user.pk in line.accounts or self._user.person_id in line.persons


def can_see(user: User, finding: AuditFinding) -> bool:
    """Whether the account may read a finding."""
    return FindingReader(user).sees(finding)


def check_can_see(user: User, finding: AuditFinding) -> None:
    """Raise NotFound unless the account may read it."""
    if not can_see(user, finding):
        raise not_there()


def not_there() -> NotFound:
    """What whoever may not see a finding is told, whether or not there is one."""
    return NotFound(_("There is no finding with this number that you may see."), code="finding_not_found")


def check_can_dismiss(user: User, finding: AuditFinding) -> None:
    """Raise unless the account may say why it is nothing: whoever reads it, once."""
    check_can_see(user, finding)
    FINDING_TRANSITIONS.check(finding.state, FindingState.DISMISSED)


def check_can_put_to_board(user: User, finding: AuditFinding) -> None:
    """Raise unless the account may make a case of it: auditors, whoever handles the appeal; of a shift the board itself."""
    check_can_see(user, finding)
    if finding.kind == FindingKind.GAMING and not sits(user):
        raise NotPermitted(_("Members of the board put a shift in values to it."))
    if finding.kind != FindingKind.GAMING and not (holds(user, Role.AUDITOR) or sits(user)):
        raise NotPermitted(_("Auditors and members of the board put a look to the board."))
    FINDING_TRANSITIONS.check(finding.state, FindingState.CASE)


def can_put_to_board(user: User, finding: AuditFinding) -> bool:
    try:
        check_can_put_to_board(user, finding)
    except DomainError:
        return False
    return True
