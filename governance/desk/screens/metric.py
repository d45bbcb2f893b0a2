"""One metric: its charter in plain language, what the board decided of it, and what stands under review."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from charter.registry import permissions, queries
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion, Metric
from charter.registry.screens import charter_page
from charter.registry.screens.page_context import badge, today
from charter.registry.screens.tables import standing_tag
from charter.registry.states import StandingChoices
from charter.rules.vocabulary import Role
from governance.board import queries as board
from governance.board.kinds import find_kind
from governance.board.models import Case
from governance.board.screens.bring_back import find_way_back
from governance.board.states import CaseState
from governance.decisions import queries as decisions
from governance.decisions.models import Hold
from governance.decisions.screens import possible_uses
from governance.decisions.screens.possible_uses import MOST_OTHERS, PossibleMetric
from governance.decisions.screens.value_context.tables import name_subject
from governance.people.models import User
from governance.people.requests import PageRequest
from ground import clock
from ground.promises import promised

# Who finds the way to putting values under review here; whether they may, its page says.
HOLD = (Role.HR, Role.AUDITOR, Role.ADMIN, Role.BOARD_MEMBER)


@dataclass(frozen=True)
class CharterEvent:
    """Something that happened to a charter: when, what, and in `mark` its shape."""

    at: datetime
    mark: str
    what: str
    note: str = ""
    minutes: str = ""


def metric(request: PageRequest, slug: str) -> HttpResponse:
    """One metric's charter: the version that governs it, or with `?version=` another that the reader may see."""
    found = get_object_or_404(Metric.objects.select_related("owner", "programme"), slug=slug)
    versions = list(queries.list_versions(found))
    governs = _governing(found, versions)
    shown = _asked_for(request, versions) if "version" in request.GET else governs
    given: dict[str, Any] = {"metric": found, "version": shown, "standing": None}
    if shown is None or not permissions.can_see_version(request.user, shown):
        return render(request, "desk/metric_closed.html", given)
    document = queries.load_approved_document(shown)
    names = dict(Metric.objects.filter(slug__in=_named(document)).values_list("slug", "name"))
    counter = document.what.counter_metric
    may_hold = found.owner_id == request.user.pk or any(map(badge(request).holds, HOLD))
    given |= {
        "charter": charter_page.lay_out_charter(document, names, holds=_holds(shown, governs)),
        "kept": charter_page.describe_retention(document),
        "bounds": charter_page.explain_bounds(shown.bound, queries.load_document(shown.pk)),
        "counter": (counter, names.get(counter, counter)) if counter else None,
        "standing": standing_tag(shown.standing),
        "in_force": shown.standing == StandingChoices.ACTIVE and promised(shown.expires_at) > clock.now(),
        "governs": shown == governs,
        "suspension": board.find_suspension(shown) if shown.standing == StandingChoices.SUSPENDED else None,
        "possible": _find_possible(request, found) if shown == governs else None,
        "earlier": _earlier(shown, versions, request.user),
        "sits": badge(request).holds(Role.BOARD_MEMBER),
        "way_back": find_way_back(request.user, shown),
        "may_hold": may_hold,
        "sees_withheld": _sees_withheld(request, found),
        "held": _held(request.user, found) if may_hold else (),
        "history": _history(versions, request.user),
    }
    return render(request, "desk/metric.html", given)


def _holds(shown: CharterVersion, governs: CharterVersion | None) -> bool:
    """Whether what a version allows may be done now, by its team alone where it is on trial."""
    in_use = shown.standing in (StandingChoices.ACTIVE, StandingChoices.PILOT)
    return shown == governs and in_use and (shown.expires_at is None or shown.expires_at > clock.now())


def _find_possible(request: PageRequest, found: Metric) -> PossibleMetric | None:
    """What the reader may use the metric for, and with what; None where nothing is open to them."""
    reader = possible_uses.read_reader(request.user, today(request))
    some = [each for each in reader.metrics if each.slug == found.slug]
    possible = possible_uses.foresee_uses(reader, some, among=reader.metrics[:MOST_OTHERS])
    return next((each for each in possible if each.uses), None)


def _sees_withheld(request: PageRequest, found: Metric) -> bool:
    """By the roles that are known already, as this page is everybody's."""
    return found.owner_id == request.user.pk or badge(request).holds(Role.AUDITOR)


def _held(user: User, found: Metric) -> list[tuple[Hold, str]]:
    """What the reader put under review of this metric, each with whose values they are."""
    held = list(decisions.list_held_by(user, found))
    names = decisions.knows_person_of(user) if held else None
    return [(hold, name_subject(hold, names)) for hold in held] if names else []


def _asked_for(request: PageRequest, versions: Sequence[CharterVersion]) -> CharterVersion:
    """The version asked for by number."""
    number = request.GET["version"]
    asked = next((version for version in versions if str(version.number) == number), None)
    if asked is None:
        raise Http404
    return asked


def _governing(found: Metric, versions: Sequence[CharterVersion]) -> CharterVersion | None:
    """The version that governs the metric."""
    return next((version for version in versions if version.pk == found.current_id), None)


def _earlier(shown: CharterVersion, versions: Sequence[CharterVersion], user: User) -> CharterVersion | None:
    """The version before the one shown that the reader may see, to compare them."""
    before = (version for version in versions if version.number < shown.number)
    return next((version for version in before if permissions.can_see_version(user, version)), None)


def _named(document: CharterDocument) -> set[str]:
    """The other metrics that a charter names."""
    beside = {slug for use in document.which_decisions.allowed for slug in use.beside}
    return beside | ({document.what.counter_metric} if document.what.counter_metric else set())


def _history(versions: Sequence[CharterVersion], user: User) -> list[CharterEvent]:
    """What happened to the versions that the reader may see, newest first."""
    seen = [version for version in versions if permissions.can_see_version(user, version)]
    cases: dict[object, list[Case]] = {version.pk: [] for version in seen}
    for case in Case.objects.filter(charter_version__in=seen, outcome__isnull=False).select_related(
        "outcome"
    ):
        cases[case.charter_version_id].append(case)
    events = [event for version in seen for event in _events(version, cases[version.pk])]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _events(version: CharterVersion, cases: Sequence[Case]) -> Iterator[CharterEvent]:
    number = {"number": version.number}
    yield from (_decided(case, version) for case in cases)
    if version.ended_at:
        what = _("Version %(number)s ended: %(standing)s") % {
            **number,
            "standing": version.get_standing_display().lower(),
        }
        yield CharterEvent(version.ended_at, "dash", what)
    if version.submitted_at:
        said = {**number, "name": promised(version.submitted_by).name}
        yield CharterEvent(version.submitted_at, "note", _("Version %(number)s handed in by %(name)s") % said)
    said = {**number, "name": version.created_by.name}
    yield CharterEvent(version.created_at, "dash", _("Version %(number)s written down by %(name)s") % said)


def _decided(case: Case, version: CharterVersion) -> CharterEvent:
    """What the board decided of a version: that it governs, or anything else that it was asked about it."""
    approved = case.state == CaseState.APPROVED
    said = {"number": version.number, "about": case.get_kind_display().lower()}
    if case.pk == version.case_id and version.activated_at:
        what = _approved(version)
    elif find_kind(case).puts_in_force and not approved and version.standing == StandingChoices.REJECTED:
        what = _("Version %(number)s rejected") % said
    elif approved:
        what = _("The board said yes on version %(number)s: %(about)s") % said
    else:
        what = _("The board said no on version %(number)s: %(about)s") % said
    return CharterEvent(
        case.outcome.decided_at, "permit" if approved else "deny", what, _outcome(case), case.outcome.minutes
    )


def _approved(version: CharterVersion) -> str:
    """That a version was approved, and until when it is in force where it is."""
    if version.standing != StandingChoices.ACTIVE:
        return _("Version %(number)s approved") % {"number": version.number}
    until = formats.date_format(timezone.localtime(version.expires_at), "j F Y")
    return _("Version %(number)s approved, in force until %(day)s") % {"number": version.number, "day": until}


def _outcome(case: Case) -> str:
    said = {"approvals": case.outcome.approvals, "votes": case.outcome.votes}
    return _("%(approvals)s of %(votes)s votes cast were for it.") % said
