"""The list of metrics, and each metric's charter in plain language."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django_tables2 import RequestConfig

from charter.registry import permissions, queries
from charter.registry.filters import MetricFilter
from charter.registry.models import CharterVersion, Metric
from charter.registry.states import Standing
from charter.rules.vocabulary import Role
from governance.board.models import Case
from governance.board.permissions import CONDITIONED
from governance.board.states import CaseState
from governance.decisions import queries as decisions
from governance.desk import charter_page, narrowing
from governance.desk.context import badge
from governance.desk.openings import opens_to, signed_in
from governance.desk.tables import MetricTable, standing_tag
from governance.desk.views.board.returning import way_back
from governance.people.models import User
from ground import clock

A_PAGE = 25
# Who finds the way to putting values under review here; whether they may, its page says.
HOLD = (Role.HR, Role.AUDITOR, Role.ADMIN, Role.BOARD_MEMBER)
COUNTED = {"category": "current__category", "standing": "current__standing"}


@dataclass(frozen=True)
class Event:
    """Something that happened to a charter: when, what, and in `mark` its shape."""

    at: datetime
    mark: str
    what: str
    note: str = ""
    minutes: str = ""


@opens_to(signed_in)
def metrics(request: HttpRequest) -> HttpResponse:
    """All metrics, to narrow and to sort. That one exists is no secret, whatever its standing (S85)."""
    everything = queries.list_of_metrics()
    narrowed = MetricFilter(request.GET, queryset=everything)
    counts = narrowing.counts(everything, COUNTED)
    narrowing.offer(request, narrowed, counts)
    table = MetricTable(narrowed.qs)
    table.caption = _("Metrics")
    RequestConfig(request, paginate={"per_page": A_PAGE}).configure(table)
    given = {
        "form": narrowed.form,
        "table": table,
        "total": sum(counts["standing"].values()),
        "chips": list(narrowing.chips(request, narrowed, COUNTED, reverse("metrics"))),
    }
    return render(request, "desk/metrics.html", given, status=200 if narrowed.form.is_valid() else 400)


@opens_to(signed_in)
def metric(request: HttpRequest, slug: str) -> HttpResponse:
    """One metric's charter: the version that governs it, or with `?version=` another that the reader may see."""
    found = get_object_or_404(Metric.objects.select_related("owner", "programme"), slug=slug)
    versions = list(queries.version_history(found))
    governs = _governing(found, versions)
    shown = _asked_for(request, versions) if "version" in request.GET else governs
    given = {"metric": found, "version": shown, "standing": None}
    if shown is None or not permissions.can_see_version(request.user, shown):
        return render(request, "desk/metric_closed.html", given)
    document = queries.as_approved(shown)
    names = dict(Metric.objects.filter(slug__in=_named(document)).values_list("slug", "name"))
    counter = document.what.counter_metric
    may_hold = found.owner_id == request.user.pk or any(map(badge(request).holds, HOLD))
    given |= {
        "page": charter_page.page(document, names),
        "kept": charter_page.kept(document),
        "bounds": charter_page.bounds(shown.bound, queries.document(shown.pk)),
        "counter": (counter, names.get(counter, counter)) if counter else None,
        "standing": standing_tag(shown.standing),
        "in_force": shown.standing == Standing.ACTIVE and shown.expires_at > clock.now(),
        "governs": shown == governs,
        "earlier": _earlier(shown, versions, request.user),
        "sits": badge(request).holds(Role.BOARD_MEMBER),
        "way_back": way_back(request.user, shown),
        "may_hold": may_hold,
        "held": decisions.held_by(request.user, found) if may_hold else (),
        "history": _history(versions, request.user),
    }
    return render(request, "desk/metric.html", given)


def _asked_for(request: HttpRequest, versions: Sequence[CharterVersion]) -> CharterVersion:
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


def _named(document) -> set[str]:
    """The other metrics that a charter names."""
    beside = {slug for use in document.which_decisions.allowed for slug in use.beside}
    return beside | ({document.what.counter_metric} if document.what.counter_metric else set())


def _history(versions: Sequence[CharterVersion], user: User) -> list[Event]:
    """What happened to the versions that the reader may see, newest first."""
    seen = [version for version in versions if permissions.can_see_version(user, version)]
    cases: dict[object, list[Case]] = {version.pk: [] for version in seen}
    for case in Case.objects.filter(charter_version__in=seen, outcome__isnull=False).select_related(
        "outcome"
    ):
        cases[case.charter_version_id].append(case)
    events = [event for version in seen for event in _events(version, cases[version.pk])]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _events(version: CharterVersion, cases: Sequence[Case]) -> Iterator[Event]:
    number = {"number": version.number}
    yield from (_decided(case, version) for case in cases)
    if version.ended_at:
        what = _("Version %(number)s ended: %(standing)s") % {
            **number,
            "standing": version.get_standing_display().lower(),
        }
        yield Event(version.ended_at, "dash", what)
    if version.submitted_at:
        said = {**number, "name": version.submitted_by.name}
        yield Event(version.submitted_at, "note", _("Version %(number)s handed in by %(name)s") % said)
    said = {**number, "name": version.created_by.name}
    yield Event(version.created_at, "dash", _("Version %(number)s written down by %(name)s") % said)


def _decided(case: Case, version: CharterVersion) -> Event:
    """What the board decided of a version: that it governs, or anything else that it was asked about it."""
    approved = case.state == CaseState.APPROVED
    said = {"number": version.number, "about": case.get_kind_display().lower()}
    if case.pk == version.case_id and version.activated_at:
        until = formats.date_format(timezone.localtime(version.expires_at), "j F Y")
        what = _("Version %(number)s approved, in force until %(day)s") % {**said, "day": until}
    elif case.kind in CONDITIONED and not approved and version.standing == Standing.REJECTED:
        what = _("Version %(number)s rejected") % said
    elif approved:
        what = _("The board said yes on version %(number)s: %(about)s") % said
    else:
        what = _("The board said no on version %(number)s: %(about)s") % said
    return Event(
        case.outcome.decided_at, "permit" if approved else "deny", what, _outcome(case), case.outcome.minutes
    )


def _outcome(case: Case) -> str:
    said = {"approvals": case.outcome.approvals, "votes": case.outcome.votes}
    return _("%(approvals)s of %(votes)s votes cast were for it.") % said
