"""Home: what one may use, and what waits for one."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from charter.programme import contract as contracts
from charter.programme.states import ProgrammeState
from charter.registry import queries as registry
from charter.registry import reviews
from charter.registry.models import CharterVersion, Metric
from charter.registry.queries import MetricUses
from charter.registry.screens.page_context import badge, programme, today
from charter.registry.states import StandingChoices
from charter.rules import words
from charter.rules.vocabulary import DecisionType, Role, Standing
from governance.about_me.screens.pages import show_about_me
from governance.board import queries as board
from governance.board import seating
from governance.board.models import Case
from governance.board.screens import case_summary
from governance.board.screens.founding import list_founding_steps
from governance.decisions import naming
from governance.decisions import queries as decisions
from governance.decisions.models import DecisionRecord
from governance.decisions.screens import possible_uses
from governance.desk.screens.waiting import Waiting, list_duties
from governance.people.models import CohortKind, User
from governance.people.requests import PageRequest
from governance.training import queries as training
from governance.training.queries import Readiness
from governance.training.screens.overview import is_asked_to_train
from governance.ui import questions
from ground import calendar, clock

LAST_ANSWERS = 5
# Decisions of a review, of which HR's home says what may be used for each.
REVIEWED = (DecisionType.PERFORMANCE_RATING, DecisionType.PROMOTION_EVIDENCE)
USES = "uses"  # what `?show=` asks for where home is what is held about the reader
A_PAGE = 20  # of metrics
# Charters that wait for their owner, with what for.
OWNER_WAITS = {
    StandingChoices.DRAFT: gettext_lazy(
        "A draft. Nobody can use it until you hand it in and the board approves it."
    ),
    StandingChoices.REJECTED: gettext_lazy("The board rejected it. Its reasons stand on the page."),
    StandingChoices.SUSPENDED: gettext_lazy("It is suspended, so nobody can use it."),
    StandingChoices.EXPIRED: gettext_lazy("It has expired, so nobody can use it."),
}


SOON_DAYS = 30  # from when on a review or an expiry that is to come stands among what waits
CASES_BY_NAME = 5  # that need one's vote; further ones stand in one line
CHARTERS_BY_NAME = 10  # of one's own that ask something; likewise


def home(request: PageRequest) -> HttpResponse:
    """What the reader may use today, what waits for them, and what they asked last; an employee's begins with themself."""
    user, on = request.user, today(request)
    ready = training.read_readiness(user)
    own = _read_own(user)
    waiting = _list_waiting(request, own, ready, on)
    if _begins_with_oneself(request):
        return show_about_me(request, waiting=waiting, is_home=True)
    reader = possible_uses.read_reader(user, on)
    open_to = _open_to(reader)
    listed = Paginator(open_to, A_PAGE).get_page(request.GET.get("page"))
    given = {
        "mine": [cohort for cohort in reader.cohorts if cohort.roles and cohort.kind == CohortKind.TEAM],
        "listed": listed,
        "usable": possible_uses.foresee_uses(
            reader, list(listed.object_list), among=open_to[: possible_uses.MOST_OTHERS]
        ),
        "waiting": waiting,
        "waiting_count": sum(each.count for each in waiting),
        "owned": own.first,
        "owned_count": own.number,
        "answers": _last_answers(decisions.list_asked_by(user)[:LAST_ANSWERS], reader.names),
        "rules": ready.rules,
        "counts": _counts(reader.metrics),
        "is_person": user.person_id is not None,
        "auditor": badge(request).holds(Role.AUDITOR),
        "administrator": badge(request).holds(Role.ADMIN),
        "hr": badge(request).holds(Role.HR),
        "people_decisions": [
            (each.value, str(questions.FOR.get(each) or questions.name_decision(each))) for each in REVIEWED
        ],
    }
    return render(request, "desk/home.html", given)


def about(request: HttpRequest) -> HttpResponse:
    """What this is, for whoever meets it for the first time."""
    return render(request, "desk/about.html", {"contract": contracts.find_contract_in_force()})


def accessibility(request: HttpRequest) -> HttpResponse:
    """What works, what does not, and whom to tell."""
    return render(request, "desk/accessibility.html")


def _by_due(waits: list[Waiting]) -> list[Waiting]:
    """What is asked now first, then by day, then what has no day."""
    return sorted(waits, key=lambda each: (not (each.due and each.on is None), each.on or date.max))


def _begins_with_oneself(request: PageRequest) -> bool:
    """Whether the reader is an employee and nothing else here: then home is what is held about them."""
    held = badge(request)
    if request.user.person_id is None or not request.user.is_active or request.GET.get("show") == USES:
        return False
    return not held.seats and all(role is Role.TEAM_MEMBER for role, _scope in held.roles)


@dataclass(frozen=True)
class OwnCharters:
    """The reader's own metrics: the first of them, and how many there are."""

    first: list[Metric]
    number: int

    @property
    def are_all(self) -> bool:
        return len(self.first) == self.number


def _read_own(user: User) -> OwnCharters:
    """One statement, or two where they are many."""
    owned = registry.list_metrics().filter(owner=user)
    first = list(owned[: A_PAGE + 1])
    return OwnCharters(first[:A_PAGE], owned.count() if len(first) > A_PAGE else len(first))


def _list_waiting(request: PageRequest, own: OwnCharters, ready: Readiness, on: date) -> list[Waiting]:
    """What waits for the reader, what is due first."""
    user = request.user
    return _by_due(
        [
            *_training(request, ready, on),
            *_board(request),
            *_seats(user, on),
            *_matrix_review(request, on),
            *list_duties(request, on),
            *_notes(user, hr=badge(request).holds(Role.HR)),
            *_own_charters(own, user, on),
        ]
    )


def _open_to(reader: possible_uses.UseReader) -> list[MetricUses]:
    """The metrics whose charters open some use to the reader; suspended ones last, so that nobody wonders."""
    roles, now = possible_uses.find_roles(reader), clock.now()
    found = [
        metric
        for metric in reader.metrics
        if possible_uses.is_open_to(metric, roles)
        and (metric.expires_at is None or metric.expires_at > now or metric.standing is Standing.SUSPENDED)
    ]
    return sorted(found, key=lambda metric: metric.standing is Standing.SUSPENDED)


def _training(request: PageRequest, ready: Readiness, on: date) -> list[Waiting]:
    """What is asked of the reader before they may ask: the rules of everybody, the course of those who look at others."""
    waits = []
    if ready.rules is not None and ready.rules.acknowledged_at is None:
        what = _("Read and acknowledge the rules, version %(number)s") % {"number": ready.rules.number}
        why = _("Until you have, every question you ask is refused.")
        waits.append(Waiting(what, why, reverse("rules"), _("Now")))
    if ready.course is not None and not ready.attests(on) and is_asked_to_train(request):
        what = _("Go on with the course") if ready.course.attempt else _("Take the course about the rules")
        why = _("Until you have passed it, performance views of others are shut to you.")
        waits.append(Waiting(what, why, reverse("training"), _("Lapsed") if ready.attested else ""))
    return waits


def _board(request: PageRequest) -> list[Waiting]:
    """What the board's seats ask of the reader: an invitation, the founding, somebody to confirm."""
    found = programme(request)
    if found is not None and found.state == ProgrammeState.ACTIVE:
        return _to_confirm(request.user)
    return [Waiting(each.what, each.why, each.url) for each in list_founding_steps(request.user, found)]


def _to_confirm(user: User) -> list[Waiting]:
    """Who is to be a member, and waits for the members of the other seats."""
    return [
        Waiting(
            _("Confirm %(name)s for the seat “%(seat)s”") % {"name": term.user.name, "seat": term.seat},
            _("They sit once more than half of the members of the other seats have confirmed them."),
            reverse("board-term", args=[term.pk]),
        )
        for term in seating.list_to_confirm(user, calendar.today())
    ]


def _seats(user: User, on: date) -> list[Waiting]:
    """Open cases that the reader's seats have not been heard on."""
    seats = board.list_seats_of(user, on)
    if not seats:
        return []
    cases = list(board.list_cases_to_vote_on(user))
    seat = words.listed(words.inside(str(seat.label)) for seat in seats)
    why = _("Your seat has not been heard: %(seat)s. Votes are sealed until a case closes.") % {"seat": seat}
    named = cases if len(cases) <= CASES_BY_NAME else cases[: CASES_BY_NAME - 1]
    waits = [
        Waiting(
            _("Vote on case %(number)s: %(name)s")
            % {"number": case.number, "name": case_summary.name_case(case)},
            why,
            reverse("case", args=[case.pk]),
            _day(case.closes_at),
            _local_day(case.closes_at),
        )
        for case in named
    ]
    return [*waits, *_further_cases(cases[len(named) :], why)]


def _further_cases(cases: list[Case], why: str) -> list[Waiting]:
    """Cases that stand in one line, as there are too many to name."""
    if not cases:
        return []
    what = _("%(count)s further cases need your vote") % {"count": len(cases)}
    first = cases[0].closes_at
    url = reverse("cases") + "?vote=needed"
    return [Waiting(what, why, url, _day(first), _local_day(first), len(cases))]


def _matrix_review(request: PageRequest, on: date) -> list[Waiting]:
    """The review of the matrix, for the board that does it, once it is near."""
    found = programme(request)
    if found is None or not badge(request).holds(Role.BOARD_MEMBER):
        return []
    due = reviews.find_due_review(found, on)
    if due is None or (due.open is None and due.on > on + timedelta(days=SOON_DAYS)):
        return []
    what = _("Go on with the review of the matrix") if due.open else _("Review the matrix")
    why = _("What nobody confirms is suspended.")
    url = reverse("review", args=[due.open.pk]) if due.open else reverse("reviews")
    day = due.open.due_on if due.open else due.on
    return [Waiting(what, why, url, _plain_day(day), day)]


def _notes(user: User, *, hr: bool) -> list[Waiting]:
    """Context notes that wait for the reader to confirm them."""
    count = len(decisions.list_notes_to_settle(user, hr=hr))
    if not count:
        return []
    what = ngettext("%(count)s context note waits for you", "%(count)s context notes wait for you", count) % {
        "count": count
    }
    why = _("Until each is confirmed or turned down, decisions about people wait for it.")
    return [Waiting(what, why, reverse("context"))]


def _own_charters(own: OwnCharters, user: User, on: date) -> list[Waiting]:
    """The reader's charters that cannot be used, that expire soon, or whose uses are soon to be confirmed; of many the first by name."""
    if own.are_all:
        return _name_charters(own.first, on)
    asking = _list_asking(user, on)
    return [
        *_name_charters(asking[:CHARTERS_BY_NAME], on),
        *_further_charters(asking.count() - CHARTERS_BY_NAME),
    ]


def _list_asking(user: User, on: date) -> QuerySet[Metric]:
    """Those of which `_name_charters` says something."""
    soon = on + timedelta(days=SOON_DAYS)
    asks = Q(current__review_due_on__lte=soon) | Q(
        current__expires_at__lt=calendar.find_midnight(soon + timedelta(days=1))
    )
    asks = Q(current__standing__in=OWNER_WAITS) | (asks & Q(current__standing=StandingChoices.ACTIVE))
    return registry.list_metrics().filter(asks, owner=user)


def _further_charters(number: int) -> list[Waiting]:
    """Charters that stand in one line, as there are too many to name."""
    if number <= 0:
        return []
    what = ngettext("%(count)s further charter of yours", "%(count)s further charters of yours", number)
    why = _("Each cannot be used now, expires soon, or has uses that are soon to be confirmed.")
    return [Waiting(what % {"count": number}, why, reverse("charters"), count=number)]


def _name_charters(metrics: Iterable[Metric], on: date) -> list[Waiting]:
    waits = []
    for metric in metrics:
        version: CharterVersion | None = metric.current
        if version is None:
            continue
        if version.standing in OWNER_WAITS:
            waits.append(
                Waiting(
                    metric.name,
                    str(OWNER_WAITS[StandingChoices(version.standing)]),
                    reverse("metric", args=[metric.slug]),
                )
            )
        waits += _own_days(metric, version, on)
    return waits


def _own_days(metric: Metric, version: CharterVersion, on: date) -> Iterator[Waiting]:
    """What a charter in force asks of its owner within the next weeks."""
    if version.standing != StandingChoices.ACTIVE:
        return
    soon = on + timedelta(days=SOON_DAYS)
    review, url = version.review_due_on, reverse("metric", args=[metric.slug])
    if review is not None and review <= soon:
        what = _("The uses of %(metric)s are to be confirmed") % {"metric": words.inside(metric.name)}
        why = _("The board confirms them in its review. Look whether each is still right, and tell it.")
        yield Waiting(what, why, f"{url}#which-decisions", _plain_day(review), review)
    if version.expires_at is not None and (ends := _local_day(version.expires_at)) <= soon:
        what = _("%(metric)s expires") % {"metric": metric.name}
        why = _("Hand in its next version before, or nobody can use it.")
        yield Waiting(what, why, reverse("charter-new") + f"?metric={metric.slug}", _plain_day(ends), ends)


def _local_day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def _plain_day(day: date) -> str:
    return formats.date_format(day, "D j F")


def _day(moment: datetime) -> str:
    """The day on which something is due, in the programme's zone."""
    return formats.date_format(timezone.localtime(moment), "D j F")


def _last_answers(
    found: Iterable[DecisionRecord], names: dict[str, str]
) -> list[tuple[object, questions.QuestionInWords]]:
    return [(each, naming.put_own_in_words(each, names)) for each in found]


def _counts(found: Collection[MetricUses]) -> dict[str, int]:
    """How many metrics there are, and how many are in force."""
    active = sum(1 for metric in found if metric.standing is Standing.ACTIVE)
    return {"metrics": len(found), "active": active}
