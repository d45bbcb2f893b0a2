"""Reads of saved views: what each lists and which class it has now, as the board has let it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from charter.registry import queries as registry
from charter.registry.document import Forbidden
from charter.registry.models import Metric
from charter.registry.states import StandingChoices
from charter.rules.request import Evidence, Request, Window
from charter.rules.vocabulary import DecisionType, Grain, Period
from charter.rules.vocabulary import View as ViewClassWord
from governance.board.models import Case
from governance.board.states import CaseState
from governance.people.models import GrantedRole, Person, User
from governance.saved_views.models import Classing, Expectation, Listing, SavedView, ViewClass
from ground.errors import NotFound

# What no case was needed for, or what its case has let.
_COUNTS = Q(case__isnull=True) | Q(case__state=CaseState.APPROVED)


@dataclass(frozen=True)
class Listed:
    """A metric of a view with what its charter forbids; `case` is the open case of one that waits for the board."""

    metric: Metric
    listing: Listing
    forbidden: tuple[Forbidden, ...] = ()

    @property
    def case(self) -> Case | None:
        return self.listing.case


@dataclass(frozen=True)
class Opened:
    """A view as it stands now. `view_class` is None where the board has not let it begin yet."""

    view: SavedView
    view_class: ViewClass | None
    metrics: tuple[Listed, ...]
    waiting: tuple[Listed, ...]
    class_case: Case | None  # the open case about its class
    expectations: tuple[Expectation, ...]

    @property
    def is_performance(self) -> bool:
        return self.view_class == ViewClass.PERFORMANCE

    def expectation(self, role_family: str) -> Expectation | None:
        """What is expected of a role, where somebody has written it down."""
        return next((each for each in self.expectations if each.role_family == role_family), None)

    def requests(
        self,
        window: Window,
        *,
        persons: tuple[str, ...] = (),
        evidence: tuple[Evidence, ...] = (),
        accountable: str | None = None,
        reason: str | None = None,
    ) -> tuple[Request, ...]:
        """What opening the view asks of the line.

        A diagnostic view asks for each metric on its own, so that one which is suspended leaves the others readable. A
        performance view asks for all together, since a decision about a person needs what stands beside (AR07).
        """
        slugs = tuple(listed.metric.slug for listed in self.metrics)
        together = (slugs,) if self.is_performance else tuple((slug,) for slug in slugs)
        return tuple(
            Request(
                decision=DecisionType(self.view.decision),
                metrics=metrics,
                grain=Grain(self.view.grain),
                window=window,
                period=Period(self.view.period),
                view=ViewClassWord(self.view_class or ViewClass.DIAGNOSTIC),
                cohorts=tuple(self.view.cohorts),
                persons=persons,
                evidence=evidence,
                accountable=accountable,
                reason=reason,
            )
            for metrics in together
            if metrics
        )


def list_views() -> QuerySet[SavedView]:
    """All views that are not retired, by name, with what their class and list are read from; four statements."""
    related = (
        Prefetch("classings", Classing.objects.select_related("case")),
        Prefetch("listings", Listing.objects.select_related("metric", "case")),
        "expectations",
    )
    return (
        SavedView.objects.filter(retired_at__isnull=True).select_related("owner").prefetch_related(*related)
    )


def with_class(views: QuerySet[SavedView]) -> QuerySet[SavedView]:
    """The same, each with the class that it has now (`class_now`), as `open_view` reads it of one."""
    counts = Classing.objects.filter(_COUNTS, view=OuterRef("pk"))
    newest = counts.order_by("-classed_at", "-pk").values("view_class")[:1]
    return views.annotate(class_now=Subquery(newest))


def speaking_of(views: QuerySet[SavedView], text: str) -> QuerySet[SavedView]:
    """Those of which each word of a text stands in the name, the purpose, or a metric that they list now, as `open_view` reads it."""
    listed = Listing.objects.filter(_COUNTS, view=OuterRef("pk"), dropped_at__isnull=True)
    for word in text.split():
        of_metric = Exists(listed.filter(metric__name__icontains=word))
        views = views.filter(Q(name__icontains=word) | Q(purpose__icontains=word) | of_metric)
    return views


def get_view(slug: str) -> SavedView:
    """One view. Raises NotFound."""
    found = list_views().filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such view."), code="view_not_found")
    return found


def open_view(view: SavedView, *, with_forbidden: bool = False) -> Opened:
    """A view of `views()` as it stands now; no statement more, unless what charters forbid is asked for."""
    listed = {
        each.metric_id: each for each in view.listings.all() if _counts(each.case) and not each.dropped_at
    }
    waiting = [each for each in view.listings.all() if _waits(each.case) and not each.dropped_at]
    classes = [each for each in view.classings.all() if _counts(each.case)]
    open_class = next((each.case for each in view.classings.all() if _waits(each.case)), None)
    forbidden = _forbidden(each.metric for each in listed.values()) if with_forbidden else {}
    return Opened(
        view=view,
        view_class=ViewClass(classes[-1].view_class) if classes else None,
        metrics=tuple(
            Listed(each.metric, each, forbidden.get(each.metric_id, ())) for each in listed.values()
        ),
        waiting=tuple(Listed(each.metric, each) for each in waiting if each.metric_id not in listed),
        class_case=open_class,
        expectations=_latest(view.expectations.all()),
    )


def find_class(metric: Metric) -> ViewClass | None:
    """The class of the charter in force of a metric; None where none is."""
    version = registry.list_metrics_with_version().get(pk=metric.pk).current
    if version is None or version.standing not in (StandingChoices.ACTIVE, StandingChoices.PILOT):
        return None
    return ViewClass(version.view)


def list_reports(user: User, *, on: date) -> list[tuple[str, str]]:
    """The people whom an account leads, by name: their reports, and the members of their teams."""
    led = user.role_grants.on(on).filter(role=GrantedRole.MANAGER).values("team")
    found = Person.objects.filter(memberships__team__in=led, memberships__valid_to__isnull=True)
    if user.person_id is not None:  # nobody reports to an account that is no person's
        lines = Person.objects.filter(lines__manager=user.person_id, lines__valid_to__isnull=True)
        found = (lines | found).exclude(pk=user.person_id)
    return list(found.distinct().order_by("name").values_list("external_id", "name"))


def _counts(case: Case | None) -> bool:
    return case is None or case.state == CaseState.APPROVED


def _waits(case: Case | None) -> bool:
    return case is not None and case.state == CaseState.OPEN


def _latest(written: Iterable[Expectation]) -> tuple[Expectation, ...]:
    """The latest of each role family; they come newest first within one."""
    found: dict[str, Expectation] = {}
    for each in written:
        found.setdefault(each.role_family, each)
    return tuple(found.values())


def _forbidden(metrics: Iterable[Metric]) -> dict[object, tuple[Forbidden, ...]]:
    """What the charters that govern these metrics forbid by name, in two statements."""
    keys = [metric.pk for metric in metrics]
    versions = dict(Metric.objects.filter(pk__in=keys).values_list("pk", "current"))
    said = registry.read_which_decisions([key for key in versions.values() if key])
    return {metric: said[key].forbidden for metric, key in versions.items() if key in said}
