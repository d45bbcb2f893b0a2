"""The only writers of views. What needs the board opens its case in the same transaction, and counts once it is approved."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.registry.models import Metric
from charter.rules.vocabulary import GROUP_OF, DecisionGroup, DecisionType, Grain, Period
from governance.board import services as board
from governance.board.models import Case
from governance.board.states import CaseKind
from governance.people.models import Cohort, User
from governance.saved_views import permissions, queries
from governance.saved_views.events import (
    ViewClassProposed,
    ViewExpectationWritten,
    ViewMade,
    ViewMetricDropped,
    ViewMetricProposed,
    ViewRetired,
)
from governance.saved_views.models import Classing, Expectation, Listing, SavedView, ViewClass
from ground import clock, records
from ground.errors import BadInput, Conflict
from ground.promises import promised

_SINGLE = (Grain.PERSON, Grain.SELF)


@transaction.atomic(durable=True)
def make_view(
    *,
    slug: str,
    name: str,
    purpose: str,
    view_class: ViewClass,
    decision: DecisionType,
    grain: Grain,
    metrics: Sequence[Metric],
    cohorts: Sequence[str] = (),
    period: Period = Period.MONTH,
    by: User,
) -> SavedView:
    """Keep a question: a diagnostic view is there at once, a performance view once the board has approved its case.

    Raises NotPermitted where the account decides nothing with metrics; BadInput for a decision about people in a
    diagnostic view (AR10), for metrics of another class, and for cohorts that are not registered.
    """
    permissions.check_can_make(by)
    view_class = ViewClass(view_class)
    _check_question(view_class, decision, grain, cohorts)
    _check_metrics(metrics, view_class)
    view = records.insert(
        SavedView(
            slug=slug,
            name=name.strip(),
            purpose=purpose.strip(),
            decision=decision.value,
            grain=grain.value,
            cohorts=list(cohorts),
            period=period.value,
            owner=by,
            created_by=by,
        )
    )
    case = _case(view, _begins(view, metrics), by) if view_class == ViewClass.PERFORMANCE else None
    records.insert(Classing(view=view, view_class=view_class, case=case, classed_by=by))
    for metric in metrics:
        records.insert(Listing(view=view, metric=metric, founding=True, case=case, listed_by=by))
    slugs = [metric.slug for metric in metrics]
    made = ViewMade(view=view.slug, view_class=view_class, metrics=slugs, case=case.pk if case else None)
    ledger.append(made, by=by.actor)
    return view


@transaction.atomic(durable=True)
def propose_metric(*, view: SavedView, metric: Metric, why: str, by: User) -> Listing:
    """Ask the board to put a metric on a view's list; until it has, the view does not show it (S47)."""
    view, opened = _locked(view)
    permissions.check_can_change(by, view)
    permissions.check_has_begun(opened)
    permissions.check_room(opened)
    if metric.pk in {listed.metric.pk for listed in (*opened.metrics, *opened.waiting)}:
        raise Conflict(_("This metric is on the list, or waits for the board, already."), code="listed")
    permissions.check_fits(metric, promised(opened.view_class))
    subject = _("“%(view)s” would also list %(metric)s") % {"view": view.name, "metric": metric.name}
    case = _case(view, (subject, why), by)
    listing = records.insert(Listing(view=view, metric=metric, founding=False, case=case, listed_by=by))
    proposed = ViewMetricProposed(view=view.slug, metric=metric.slug, case=case.pk)
    ledger.append(proposed, by=by.actor)
    return listing


@transaction.atomic(durable=True)
def drop_metric(*, view: SavedView, metric: Metric, by: User) -> Listing:
    """Take a metric off a view's list at once: showing less needs nobody's leave. Putting it back does."""
    view, opened = _locked(view)
    permissions.check_can_change(by, view)
    listed = next((each.listing for each in opened.metrics if each.metric.pk == metric.pk), None)
    if listed is None:
        raise BadInput(_("This metric is not on the list."), field="metric")
    if len(opened.metrics) == 1:
        raise Conflict(_("A view lists at least one metric. Retire the view instead."), code="last_metric")
    listed.dropped_at, listed.dropped_by = clock.now(), by
    listed.save(update_fields=["dropped_at", "dropped_by"])
    ledger.append(ViewMetricDropped(view=view.slug, metric=metric.slug), by=by.actor)
    return listed


@transaction.atomic(durable=True)
def propose_class(*, view: SavedView, view_class: ViewClass, why: str, by: User) -> Classing:
    """Ask the board to change a view's class; no role can do it directly (S45).

    Raises BadInput where a metric on its list is of another class: its charter's class comes first.
    """
    view, opened = _locked(view)
    permissions.check_can_change(by, view)
    permissions.check_has_begun(opened)
    view_class = ViewClass(view_class)
    if view_class == opened.view_class:
        raise Conflict(_("The view has this class already."), code="same_class")
    if opened.class_case is not None:
        raise Conflict(_("Its class is before the board already."), code="class_waits")
    _check_question(view_class, DecisionType(view.decision), Grain(view.grain), view.cohorts)
    for listed in (*opened.metrics, *opened.waiting):
        permissions.check_fits(listed.metric, view_class)
    said = {
        "view": view.name,
        "old": promised(opened.view_class).label.lower(),
        "new": view_class.label.lower(),
    }
    case = _case(view, (_("“%(view)s” would become a %(new)s view instead of a %(old)s one") % said, why), by)
    classing = records.insert(Classing(view=view, view_class=view_class, case=case, classed_by=by))
    proposed = ViewClassProposed(view=view.slug, view_class=view_class, case=case.pk)
    ledger.append(proposed, by=by.actor)
    return classing


@transaction.atomic(durable=True)
def write_expectation(*, view: SavedView, role_family: str, text: str, by: User) -> Expectation:
    """Write what a role is expected to show beside a performance view; an earlier text stays readable."""
    permissions.check_can_change(by, view)
    written = records.insert(
        Expectation(view=view, role_family=role_family.strip(), text=text.strip(), written_by=by)
    )
    event = ViewExpectationWritten(view=view.slug, role_family=written.role_family, text=written.text)
    ledger.append(event, by=by.actor)
    return written


@transaction.atomic(durable=True)
def retire_view(*, view: SavedView, by: User) -> SavedView:
    """Retire a view: it opens no more, and what was asked through it stays on the log."""
    view, _opened = _locked(view)
    permissions.check_can_change(by, view)
    view.retired_at, view.retired_by = clock.now(), by
    view.save(update_fields=["retired_at", "retired_by"])
    ledger.append(ViewRetired(view=view.slug), by=by.actor)
    return view


def _locked(view: SavedView) -> tuple[SavedView, queries.Opened]:
    """The view as it is now, held so that changes come one after the other."""
    SavedView.objects.select_for_update().get(pk=view.pk)
    found = queries.list_views().filter(pk=view.pk).first()
    if found is None:
        raise Conflict(_("This view is retired."), code="view_retired")
    return found, queries.open_view(found)


def _check_question(
    view_class: ViewClass, decision: DecisionType, grain: Grain, cohorts: Sequence[str]
) -> None:
    """Raise BadInput where such a view could never answer anything."""
    about_people = GROUP_OF[decision] is DecisionGroup.PEOPLE
    if about_people and view_class == ViewClass.DIAGNOSTIC:
        raise BadInput(_("A diagnostic view never informs a decision about a person."), field="decision")
    if view_class == ViewClass.PERFORMANCE and grain not in _SINGLE:
        raise BadInput(
            _("A performance view is about one person at a time, without peers beside."), field="grain"
        )
    known = set(
        Cohort.objects.filter(slug__in=cohorts, retired_at__isnull=True).values_list("slug", flat=True)
    )
    for slug in cohorts:
        if slug not in known:
            raise BadInput(_("There is no cohort called “%(slug)s”.") % {"slug": slug}, field="cohorts")


def _check_metrics(metrics: Sequence[Metric], view_class: ViewClass) -> None:
    keys = {metric.pk for metric in metrics}
    if not metrics or len(keys) != len(metrics) or len(metrics) > permissions.MOST_METRICS:
        text = _("Choose between one and %(most)d metrics, each once.")
        raise BadInput(text % {"most": permissions.MOST_METRICS}, field="metrics")
    for metric in metrics:
        permissions.check_fits(metric, view_class)


def _begins(view: SavedView, metrics: Sequence[Metric]) -> tuple[str, str]:
    names = ", ".join(metric.name for metric in metrics)
    return (
        _("A new performance view: “%(view)s”") % {"view": view.name},
        _("%(purpose)s\nIt would list: %(metrics)s.") % {"purpose": view.purpose, "metrics": names},
    )


def _case(view: SavedView, words: tuple[str, str], by: User) -> Case:
    subject, why = words
    if not why.strip():
        raise BadInput(_("Say why, for the board."), field="why")
    return board.open_case(kind=CaseKind.VIEW_CHANGE, subject=subject[:200], question=why, by=by)
