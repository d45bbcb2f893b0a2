"""What a page knows of its request: the programme, the present day in its zone, and what the reader is. Each read once."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, TypedDict, cast
from uuid import UUID

from django.db.models import Subquery
from django.http import HttpRequest

from charter.programme.models import Programme
from charter.programme.states import ProgrammeState
from charter.registry.models import RulebookVersion
from charter.registry.states import RulebookState
from governance.people.badges import Badge, read_badge
from governance.people.requests import PageRequest
from governance.ui.page_access import PageAccess
from ground import calendar

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

_RULES_IN_FORCE = Subquery(RulebookVersion.objects.filter(state=RulebookState.IN_FORCE).values("pk")[:1])


class _Rules(TypedDict):
    rules_in_force: UUID | None


class _Knowing(PageRequest):
    """A request with what was read for it."""

    _programme: "WithAnnotations[Programme, _Rules] | None"
    _badge: Badge


def programme(request: HttpRequest) -> "WithAnnotations[Programme, _Rules] | None":
    """The one programme with `rules_in_force`, the key of its rulebook, read once a request."""
    known = cast("_Knowing", request)
    if not hasattr(known, "_programme"):
        known._programme = Programme.objects.annotate(rules_in_force=_RULES_IN_FORCE).first()
    return known._programme


def is_readable_by_visitors(request: HttpRequest) -> bool:
    """Whether contract and rules are open to whoever reaches this address: a setting, off unless the board turned it on."""
    found = programme(request)
    return found is not None and found.readable_by_visitors and found.state == ProgrammeState.ACTIVE


def time_zone(request: HttpRequest) -> str:
    """The name of the programme's time zone; UTC before there is a programme."""
    found = programme(request)
    return found.time_zone if found else "UTC"


def today(request: HttpRequest) -> date:
    """The present day in the programme's time zone."""
    return calendar.today()


def settled_day(request: HttpRequest) -> date:
    """The day by which a month must have ended to be closed: late events have had their days to come in."""
    found = programme(request)
    return today(request) - timedelta(days=found.settling_days if found else 0)


def badge(request: PageRequest) -> Badge:
    """What the reader is here today, read once a request."""
    known = cast("_Knowing", request)
    if not hasattr(known, "_badge"):
        known._badge = read_badge(known.user, today(request))
    return known._badge


# Of what the programme promises to everybody it is about; names, cases and values stay out of it.
READABLE = PageAccess(
    "Everybody who has signed in; anyone, without names and cases, where a setting of the programme says so.",
    visitors=is_readable_by_visitors,
)
