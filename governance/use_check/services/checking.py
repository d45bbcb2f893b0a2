"""May we use this? One question to the line that reads no values, told with what would make a no into a yes."""

from uuid import UUID

from charter.registry import queries as registry
from charter.rules.request import Request
from charter.rules.vocabulary import EvidenceKind
from governance.decisions import permissions as decisions
from governance.decisions.models import DecisionRecord, Door
from governance.decisions.services import answer
from governance.decisions.services.answers import Answer
from governance.people.models import User
from governance.use_check import permissions, queries
from governance.use_check.accountable import check_accountable
from governance.use_check.asked import UseAsked
from governance.use_check.changes import UseChange, Wish, find_changes
from governance.use_check.clauses import list_clauses
from governance.use_check.judged import CheckedUse, UseDecided
from governance.use_check.models import RoleProfile
from governance.use_check.requests import RequestMaker
from governance.use_check.states import UseAnswer
from governance.use_check.warnings import list_warnings
from ground import calendar, data_versions
from ground.errors import DomainError, NotFound


def check_use(*, asked: UseAsked, by: User, door: Door) -> tuple[CheckedUse, Answer]:
    """Check a use by the line, as one entry of the log that is marked as a check.

    Raises BadInput naming the field for what is not there, for a profile that is not whole or of another role (S36, S37), and
    for somebody who cannot answer for the decision (S93); else as `decisions.services.answer`.
    """
    permissions.check_can_check(by)
    request = RequestMaker.of(by).make(asked)
    profile = queries.get_profile_for(asked.role_family, request, by=by)
    check_accountable(request, by=by)
    given = answer(request=request, by=by, door=door, rows=False)
    decision = DecisionRecord.objects.select_related("entry").get(pk=given.id)
    return _tell(UseDecided.of(decision), profile, by=by), given


def recall_check(*, decision: UUID, role_family: str | None = None, by: User) -> CheckedUse:
    """A check that was made, as it is recorded; what would make it a yes is worked out by the rules of today.

    Raises NotFound for what is no check or is not the account's to see.
    """
    found = DecisionRecord.objects.select_related("entry").filter(pk=decision, checked_only=True).first()
    if found is None:
        raise NotFound("There is no check with this id that you may see.", code="check_not_found")
    decisions.check_can_see_decision(user=by, decision=found, on=calendar.today())
    decided = UseDecided.of(found)
    return _tell(decided, _find_profile(role_family, decided.request, by), by=by)


def _tell(decided: UseDecided, profile: RoleProfile | None, *, by: User) -> CheckedUse:
    request = decided.request
    names = {each.slug: each.name for each in registry.read_uses(data_versions.read())}
    wish = Wish(tuple(EvidenceKind(kind) for kind in profile.evidence_kinds)) if profile else Wish()
    changes = () if decided.answer == UseAnswer.YES else _find_changes(request, wish, by=by)
    return CheckedUse(
        decided=decided,
        clauses=list_clauses(request, decided.charters),
        changes=changes,
        warnings=list_warnings(request, profile),
        names=names,
        profile=profile,
    )


def _find_changes(request: Request, wish: Wish, *, by: User) -> tuple[UseChange, ...]:
    """None where what the question names is there no more, or no rules are in force."""
    try:
        return find_changes(request, by=by, wish=wish)
    except DomainError:
        return ()


def _find_profile(role_family: str | None, request: Request, by: User) -> RoleProfile | None:
    try:
        return queries.get_profile_for(role_family, request, by=by)
    except DomainError:
        return None
