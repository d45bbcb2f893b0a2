"""Home: what one may use, and what waits for one."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from charter.registry import queries as registry
from charter.registry.models import CharterVersion, Metric
from charter.registry.states import Standing
from charter.rules import words
from charter.rules.vocabulary import Role
from governance.board import queries as board
from governance.decisions import queries as decisions
from governance.desk import questions, uses
from governance.desk.context import badge, is_asked_to_train, today
from governance.desk.openings import anyone, opens_to, signed_in
from governance.people import queries as people
from governance.people.models import Cohort, CohortKind, User
from governance.training import queries as training
from governance.training.queries import Readiness
from ground import clock

LAST_ANSWERS = 5
# Charters that wait for their owner, with what for.
OWNER_WAITS = {
    Standing.DRAFT: gettext_lazy(
        "A draft. Nobody can use it until you hand it in and the board approves it."
    ),
    Standing.REJECTED: gettext_lazy("The board rejected it. Its reasons stand on the page."),
    Standing.SUSPENDED: gettext_lazy("It is suspended, so nobody can use it."),
    Standing.EXPIRED: gettext_lazy("It has expired, so nobody can use it."),
}


@dataclass(frozen=True)
class Waiting:
    """Something that waits for the reader: what, why it matters, where, and until when."""

    what: str
    why: str
    url: str
    due: str = ""


@opens_to(signed_in, stored=False)
def home(request: HttpRequest) -> HttpResponse:
    """What the reader may use today, what waits for them, and what they asked last."""
    user, on = request.user, today(request)
    cohorts = _cohorts(user, on)
    asker = people.asker(user, on=on)
    found = list(registry.list_of_metrics())
    names = {metric.slug: metric.name for metric in found}
    ready = training.readiness(user)
    given = {
        "mine": [cohort for cohort in cohorts if cohort.kind == CohortKind.TEAM],
        "usable": _usable(found, uses.roles_at(asker, cohorts)),
        "waiting": [
            *_training(request, ready, on),
            *_seats(user, on),
            *_notes(user, hr=badge(request).holds(Role.HR)),
            *_own_charters(found, user),
        ],
        "owned": [metric for metric in found if metric.owner_id == user.pk],
        "answers": _last_answers(decisions.asked_by(user)[:LAST_ANSWERS], names),
        "rules": ready.rules,
        "counts": _counts(found),
        "auditor": badge(request).holds(Role.AUDITOR),
    }
    return render(request, "desk/home.html", given)


@opens_to(anyone)
def accessibility(request: HttpRequest) -> HttpResponse:
    """What works, what does not, and whom to tell."""
    return render(request, "accessibility.html")


def _cohorts(user: User, on) -> list[people.CohortAsked]:
    """The registered cohorts over which the reader holds a role."""
    slugs = Cohort.objects.filter(retired_at__isnull=True).values_list("slug", flat=True)
    return [cohort for cohort in people.cohorts_asked(list(slugs), user=user, on=on).values() if cohort.roles]


def _usable(found: list[Metric], roles) -> list[uses.Usable]:
    """The metrics in force that the reader may use; suspended ones stay on the list, so that nobody wonders."""
    now = clock.now()
    shown = []
    for metric in found:
        version = metric.current
        if version is None or version.standing not in (Standing.ACTIVE, Standing.SUSPENDED):
            continue
        usable = uses.usable(registry.as_approved(version), roles)
        if usable is not None and (version.standing == Standing.SUSPENDED or version.expires_at > now):
            shown.append((usable, version))
    return sorted(shown, key=lambda pair: (pair[1].standing != Standing.ACTIVE, pair[0].name))


def _training(request: HttpRequest, ready: Readiness, on: date) -> list[Waiting]:
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


def _seats(user: User, on) -> list[Waiting]:
    """Open cases that the reader's seats have not been heard on."""
    seats = board.seats_of(user, on)
    if not seats:
        return []
    count = board.needs_my_vote(user).count()
    if not count:
        return []
    seat = words.listed(words.inside(str(seat.label)) for seat in seats)
    what = ngettext("%(count)s case needs your vote", "%(count)s cases need your vote", count) % {
        "count": count
    }
    why = _("The board has not heard your seat yet: %(seat)s. Votes are sealed until a case closes.") % {
        "seat": seat
    }
    return [Waiting(what, why, reverse("cases") + "?vote=needed")]


def _notes(user: User, *, hr: bool) -> list[Waiting]:
    """Context notes that wait for the reader to confirm them."""
    count = len(decisions.notes_waiting_for(user, hr=hr))
    if not count:
        return []
    what = ngettext("%(count)s context note waits for you", "%(count)s context notes wait for you", count) % {
        "count": count
    }
    why = _("Until each is confirmed or turned down, decisions about people wait for it.")
    return [Waiting(what, why, reverse("context"))]


def _own_charters(found: list[Metric], user: User) -> list[Waiting]:
    """The reader's charters that cannot be used, or whose decisions are due for review."""
    waits = []
    for metric in found:
        version: CharterVersion | None = metric.current
        if metric.owner_id != user.pk or version is None:
            continue
        if version.standing in OWNER_WAITS:
            waits.append(
                Waiting(
                    metric.name, str(OWNER_WAITS[version.standing]), reverse("metric", args=[metric.slug])
                )
            )
    return waits


def _last_answers(found: QuerySet, names: dict[str, str]) -> list[tuple[object, questions.Question]]:
    return [(each, questions.in_words(questions.stored(each.request), names)) for each in found]


def _counts(found: list[Metric]) -> dict[str, int]:
    """How many metrics there are, and how many are in force."""
    active = sum(1 for metric in found if metric.current and metric.current.standing == Standing.ACTIVE)
    return {"metrics": len(found), "active": active}
