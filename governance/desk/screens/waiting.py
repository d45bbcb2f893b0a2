"""What waits for whoever has signed in, of appeals, reviews, audits, rounds and load: counted in few statements."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, DateField, Min, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audits.fairness import queries as fairness
from audits.reviews import queries as reviews
from audits.strain import queries as strain
from audits.strain.models import StrainAlert
from audits.strain.states import UNDER_WAY
from charter.measures.models import Revision
from charter.measures.states import RevisionState
from charter.registry.screens.page_context import badge
from charter.rules.vocabulary import Role
from governance.appeals import queries as appeals
from governance.appeals import watching
from governance.appeals.states import AppealKind
from governance.calibration import queries as calibration
from governance.calibration.states import RoundState
from governance.people.models import User
from governance.people.requests import PageRequest


@dataclass(frozen=True)
class Waiting:
    """Something that waits for the reader: what, why it matters, where, and until when."""

    what: str
    why: str
    url: str
    due: str = ""
    on: date | None = None  # the day of it, by which what waits is ordered
    count: int = 1


def list_duties(request: PageRequest, on: date) -> Iterator[Waiting]:
    """What the reader's part in appeals, reviews, audits, rounds and load asks of them.

    Of a confidential appeal nothing is said to whoever filed it: that stands on the page of their appeals alone.
    """
    yield from _appeals(request)
    yield from _counted(request)
    yield from _pulse(request.user, on)


def _appeals(request: PageRequest) -> Iterator[Waiting]:
    """Appeals to handle, decisions to write about, and for the board what has no handler yet."""
    handled = appeals.list_handled(request.user)
    if handled:
        number, first = len(handled), min((each for each in handled if each), default=None)
        what = ngettext(
            "%(count)s appeal is yours to handle", "%(count)s appeals are yours to handle", number
        )
        yield _say(what, number, _("What is held stays held until you have decided."), "appeal-queue", first)
    asked = watching.list_asked(request.user)
    if asked:
        what = ngettext("Write about %(count)s decision", "Write about %(count)s decisions", len(asked))
        why = _("It is taken for retaliation until somebody outside of the line has written why it is none.")
        yield _say(what, len(asked), why, "appeals", None)
    lacking = appeals.list_without_handler(request.user) if badge(request).seats else []
    if lacking:
        number, first = len(lacking), min((each for each in lacking if each), default=None)
        what = ngettext(
            "%(count)s appeal waits for a handler", "%(count)s appeals wait for a handler", number
        )
        yield _say(
            what, number, _("Members of the board find one outside of its lines."), "appeal-queue", first
        )


def _counted(request: PageRequest) -> Iterator[Waiting]:
    """What can be counted as it stands: all of it in one statement."""
    user, held = request.user, badge(request)
    parts = [
        _count(
            "followed", appeals.list_follow_ups_open(user).filter(appeal__kind=AppealKind.NAMED), "due_on"
        ),
        _count("review", reviews.list_own(user), "due_on"),
        _count("asked", reviews.list_asked_of(user), "due_on"),
        _count(
            "alert",
            StrainAlert.objects.filter(owner=user, state__in=UNDER_WAY),
            Coalesce("due_on", "choose_by"),
        ),
        _count("calibrate", calibration.list_to_answer(user).filter(round__state=RoundState.OPEN), None),
        _count("propose", Revision.objects.filter(metric__owner=user, state=RevisionState.FOUND), None),
    ]
    if held.holds(Role.AUDITOR):
        parts.append(_count("confirm", Revision.objects.filter(state=RevisionState.PROPOSED), None))
        parts.append(_count("outcomes", fairness.list_waiting(), None))
    if held.holds(Role.HR):
        parts.append(_count("apart", fairness.list_tasks(user).filter(closed_at__isnull=True), None))
    first, *others = parts
    for name, number, due in first.union(*others, all=True):
        if number:
            yield _SAID[name](number, due)


def _count(name: str, found: QuerySet[Any], due: str | Coalesce | None) -> QuerySet[Any, Any]:
    """How many there are, and the first day."""
    day = Min(due) if due else Min(Cast(Value(None), DateField()))
    named = found.order_by().annotate(waits_as=Value(name)).values("waits_as")
    counted: QuerySet[Any, Any] = named.annotate(number=Count("pk"), first=day)
    return counted.values_list("waits_as", "number", "first")


def _say(what: str, number: int, why: str, page: str, due: date | None) -> Waiting:
    day = str(formats.date_format(due, "D j F")) if due else ""
    return Waiting(what % {"count": number}, why, reverse(page), day, due, number)


def _followed(number: int, due: date | None) -> Waiting:
    what = ngettext(
        "Say how you are treated since your appeal", "Say how you are treated since your appeals", number
    )
    why = _("One click. Whoever handled it reads it, and nobody in your reporting line.")
    return _say(what, number, why, "appeals", None)


def _review(number: int, due: date | None) -> Waiting:
    what = ngettext("Review %(count)s sampled look", "Review %(count)s sampled looks", number)
    return _say(
        what,
        number,
        _("Drawn by chance, for somebody outside of the line of whoever looked."),
        "sampled-reviews",
        due,
    )


def _asked(number: int, due: date | None) -> Waiting:
    what = ngettext("Say what a look of yours was for", "Say what looks of yours were for", number)
    return _say(
        what, number, _("A look of yours was drawn by chance, and its reviewer asks."), "notices", due
    )


def _alert(number: int, due: date | None) -> Waiting:
    what = ngettext("Act on the strain of a team", "Act on the strain of %(count)s teams", number)
    return _say(what, number, _("An alert that nobody acts on goes to the board."), "strain", due)


def _calibrate(number: int, due: date | None) -> Waiting:
    what = ngettext(
        "%(count)s person of a calibration round is yours to answer for",
        "%(count)s people of calibration rounds are yours to answer for",
        number,
    )
    return _say(
        what,
        number,
        _("Each needs evidence and a level with its reasons before the round is published."),
        "calibration",
        due,
    )


def _propose(number: int, due: date | None) -> Waiting:
    what = ngettext(
        "A revision of your metric’s values was found",
        "%(count)s revisions of your metrics’ values were found",
        number,
    )
    return _say(what, number, _("Rows came late. Propose the new values, or decline them."), "revisions", due)


def _confirm(number: int, due: date | None) -> Waiting:
    what = ngettext(
        "%(count)s revision waits to be confirmed", "%(count)s revisions wait to be confirmed", number
    )
    return _say(what, number, _("Values change once an auditor has confirmed it."), "revisions", due)


def _outcomes(number: int, due: date | None) -> Waiting:
    what = ngettext(
        "Outcomes wait to be audited for fairness",
        "%(count)s sets of outcomes wait to be audited for fairness",
        number,
    )
    return _say(
        what,
        number,
        _("Until an audit is passed, no metric may be used in such a decision."),
        "fairness",
        due,
    )


def _apart(number: int, due: date | None) -> Waiting:
    what = ngettext(
        "%(count)s manager’s ratings stand apart", "%(count)s managers’ ratings stand apart", number
    )
    return _say(
        what, number, _("A gap is no proof of anything: look into it with them."), "fairness-tasks", due
    )


_SAID: dict[str, Callable[[int, date | None], Waiting]] = {
    "followed": _followed, "review": _review, "asked": _asked, "alert": _alert, "calibrate": _calibrate,
    "propose": _propose, "confirm": _confirm, "outcomes": _outcomes, "apart": _apart,
}  # fmt: skip


def _pulse(user: User, on: date) -> Iterator[Waiting]:
    """The three questions of the month, for whoever is on a team and has not answered or passed them over."""
    if user.person_id is None or not user.is_active:
        return
    pulse = strain.find_open_pulse(on)
    if pulse is None or strain.is_done_with(pulse, user) or strain.find_group_of(user) is None:
        return
    why = _(
        "Your answers are sealed apart from your name, and told of the team together. You may pass them over."
    )
    yield _say(_("Answer this month’s three questions"), 1, why, "strain-pulse", pulse.closes_on)
