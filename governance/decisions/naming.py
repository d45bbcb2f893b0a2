"""A decision as it is told without names: who asked and who was asked about in pseudonyms, and no name in a reason."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec.structs import replace

from audits.ledger.packing import UnreadableRecord
from charter.rules import words
from charter.rules.request import Request, Window
from charter.rules.vocabulary import DecisionType, Grain, Role
from governance.decisions.models import DecisionRecord
from governance.people import pseudonyms
from governance.people.models import AccountKind, User
from governance.ui import questions

# What whoever asked is called before their pseudonym: the first that they held at that time.
ROLE_WORDS = {
    Role.MANAGER: gettext_lazy("Manager"),
    Role.VALUE_STREAM_LEAD: gettext_lazy("Value stream lead"),
    Role.BOARD_MEMBER: gettext_lazy("Board member"),
    Role.AUDITOR: gettext_lazy("Auditor"),
    Role.HR: gettext_lazy("HR"),
    Role.METRIC_OWNER: gettext_lazy("Metric owner"),
    Role.LEADERSHIP: gettext_lazy("Leadership"),
    Role.ADMIN: gettext_lazy("Administrator"),
    Role.TEAM_MEMBER: gettext_lazy("Team member"),
    Role.SELF: gettext_lazy("Employee"),
}


def call_asker(decision: DecisionRecord) -> str:
    """`Manager 4F2A-91C0`, by the role that they had at that time."""
    return f"{_role_word(decision.actor, decision.roles)} {pseudonyms.code_of_account(decision.actor)}"


def call_person(external_id: str) -> str:
    """`Person 4F2A-91C0`."""
    return _("Person %(code)s") % {"code": pseudonyms.code_of_person(external_id)}


def _role_word(account: User, roles: Iterable[str]) -> str:
    if account.kind == AccountKind.MACHINE:
        return _("Machine")
    held = set(roles)
    return str(next((word for role, word in ROLE_WORDS.items() if role in held), _("Employee")))


def ask_without_names(request: Request, known: pseudonyms.KnownNames, *, with_reason: bool = True) -> Request:
    """The request with pseudonyms for persons and no name in its words; references are left out, as they may hold any."""
    reason = known.hide(request.reason) if request.reason and with_reason else None
    return replace(
        request,
        persons=tuple(map(call_person, request.persons)),
        about=tuple(map(call_person, request.about)),
        reason=reason,
        accountable=_("a named person") if request.accountable else None,
        evidence=tuple(replace(each, ref="") for each in request.evidence),
    )


def put_own_in_words(decision: DecisionRecord, names: Mapping[str, str]) -> questions.QuestionInWords:
    """What its asker asked, in their own words; `names` are those of metrics."""
    try:
        return questions.put_in_words(questions.read_request(decision.request), names)
    except UnreadableRecord:
        return _say_unreadable(decision, names)


def put_in_words(
    decision: DecisionRecord, names: dict[str, str], known: pseudonyms.KnownNames, *, with_reason: bool = True
) -> questions.QuestionInWords:
    """What was asked, without names; `names` are those of metrics."""
    try:
        asked = questions.read_request(decision.request)
    except UnreadableRecord:
        return _say_unreadable(decision, names)
    request = ask_without_names(asked, known, with_reason=with_reason)
    said = questions.put_in_words(request, names)
    if request.grain is Grain.SELF and not request.persons:
        return replace(said, whose=_("the asker’s own work"))
    return said


def _say_unreadable(decision: DecisionRecord, names: Mapping[str, str]) -> questions.QuestionInWords:
    """What the columns say of a question whose record is broken: whom it was about is among what cannot be read."""
    return questions.QuestionInWords(
        metrics=words.listed(words.inside(names.get(slug, slug)) for slug in decision.metrics),
        whose=_("what else was asked cannot be read"),
        often="",
        window=words.window(Window(decision.window_from, decision.window_to)),
        decision=questions.name_decision(DecisionType(decision.use)),
        extras=(),
        reason="",
    )
