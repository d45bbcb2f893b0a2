"""Who hands in outcomes, audits them, and reads what. An auditor has no stake in what is audited."""

from collections.abc import Callable, Collection

from django.db import connection
from django.utils.translation import gettext as _

from audits.fairness.models import FairnessAudit, OutcomeSet, VarianceTask
from audits.fairness.outcome_rows import OutcomeRow
from charter.registry.models import Metric
from governance.board.permissions import sits
from governance.people.lines import are_in_one_line
from governance.people.models import AccountKind, GrantedRole, Person, User
from governance.people.permissions import holds
from governance.people.queries import is_same_hand
from ground import calendar
from ground.errors import DomainError, NotPermitted

_BELOW = """
WITH RECURSIVE below(person) AS (
    SELECT l.person_id FROM people_reportingline l
    WHERE l.manager_id = %(above)s AND l.valid_from < %(until)s AND (l.valid_to IS NULL OR l.valid_to > %(since)s)
    UNION
    SELECT l.person_id FROM people_reportingline l JOIN below ON l.manager_id = below.person
    WHERE l.valid_from < %(until)s AND (l.valid_to IS NULL OR l.valid_to > %(since)s)
)
SELECT p.external_id FROM below JOIN people_person p ON p.id = below.person
"""


def check_can_hand_in(user: User) -> None:
    """Raise NotPermitted unless the account is a person's and of HR."""
    if user.kind != AccountKind.HUMAN or not holds(user, GrantedRole.HR):
        raise NotPermitted(_("Outcomes are handed in by HR, which has made or collected them."))


def check_audits(user: User) -> None:
    """Raise NotPermitted unless the account is a person's and an auditor's."""
    if user.kind != AccountKind.HUMAN or not holds(user, GrantedRole.AUDITOR):
        raise NotPermitted(_("Fairness audits are run and concluded by auditors."))


def check_has_no_stake(user: User, outcomes: OutcomeSet, rows: Collection[OutcomeRow]) -> None:
    """Raise NotPermitted where the auditor handed them in, stands in a line with who answers for a metric, or with who was decided about."""
    check_audits(user)
    if is_same_hand(outcomes.handed_in_by_id, user):
        raise NotPermitted(_("You handed these in. Somebody else has to audit them."), code="has_a_stake")
    check_owns_nothing(user, outcomes.metrics)
    if user.person is None:
        return
    concerned = {each for row in rows for each in (row.person, row.manager) if each}
    mine = {user.person.external_id, *_list_below(user.person, outcomes)}
    if concerned & mine:
        raise NotPermitted(
            _(
                "These outcomes are about you or people in your reporting line. Somebody else has to audit them."
            ),
            code="has_a_stake",
        )


def check_owns_nothing(user: User, metrics: Collection[str]) -> None:
    """Raise NotPermitted where the account owns one of the metrics, or stands in one reporting line with its owner."""
    for owner in User.objects.filter(pk__in=Metric.objects.filter(slug__in=metrics).values("owner")):
        if owner.pk == user.pk or _are_in_one_line(user, owner):
            raise NotPermitted(
                _("You own one of these metrics, or stand in one reporting line with its owner."),
                code="has_a_stake",
            )


def _are_in_one_line(one: User, other: User) -> bool:
    if one.person_id is None or other.person_id is None:
        return False
    return are_in_one_line(one.person_id, other.person_id, on=calendar.today())


def _list_below(person: Person, outcomes: OutcomeSet) -> set[str]:
    """Everybody who reported to a person within the period, directly or through others."""
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, {"above": person.pk, "since": outcomes.starts_on, "until": outcomes.ends_on})
        return {row[0] for row in cursor.fetchall()}


def check_can_judge(user: User, audit: FairnessAudit) -> None:
    """Raise NotPermitted unless the account ran the audit, is still an auditor's, and owns none of its metrics."""
    check_audits(user)
    if audit.auditor_id != user.pk:
        raise NotPermitted(_("An audit is judged by the auditor who is named in it."))
    check_owns_nothing(user, audit.outcomes.metrics)


def reads_numbers(user: User) -> bool:
    """Whether the account reads an audit's tables: auditors, HR and the board. Everybody reads the summary (S107)."""
    return holds(user, GrantedRole.AUDITOR) or holds(user, GrantedRole.HR) or sits(user)


def works_on_audits(user: User) -> bool:
    """Whether the account sees outcomes that wait and audits that are being judged: HR and auditors."""
    return holds(user, GrantedRole.AUDITOR) or holds(user, GrantedRole.HR)


def check_works_on_audits(user: User) -> None:
    """Raise NotPermitted unless the account is of HR or an auditor's."""
    if not works_on_audits(user):
        raise NotPermitted(_("What waits to be audited is seen by HR and by auditors."))


def check_can_see_tasks(user: User) -> None:
    """Raise NotPermitted unless the account is of HR: a task names a manager, and is nobody else's business."""
    if not holds(user, GrantedRole.HR):
        raise NotPermitted(_("Tasks about managers’ ratings are HR’s."))


def check_can_close(user: User, task: VarianceTask) -> None:
    """Raise NotPermitted unless the account is of HR, and neither the manager nor in a line with them."""
    check_can_see_tasks(user)
    if user.person_id is not None and (
        user.person_id == task.manager_id
        or are_in_one_line(user.person_id, task.manager_id, on=calendar.today())
    ):
        raise NotPermitted(_("This task is about you or your reporting line. Somebody else has to close it."))


def can(check: Callable[..., None], *about: object) -> bool:
    """Whether a check lets through."""
    try:
        check(*about)
    except DomainError:
        return False
    return True
