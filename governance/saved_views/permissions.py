"""Who may make a view, open it and change it. What it answers is for the rules to say, at each opening."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from charter.registry.clearing import read_audited
from charter.registry.models import Metric
from charter.rules.vocabulary import Role
from governance.people import queries as people
from governance.people.models import AccountKind, User
from governance.people.permissions import is_system
from governance.saved_views.models import SavedView, ViewClass
from governance.saved_views.queries import Opened, find_class
from ground import calendar
from ground.errors import BadInput, Conflict, NotPermitted
from ground.promises import promised

# Whoever decides something with a metric may keep the question; what it answers is decided anew each time.
MAKE = frozenset({Role.MANAGER, Role.VALUE_STREAM_LEAD, Role.LEADERSHIP, Role.METRIC_OWNER, Role.HR})
# Who opens a performance view: those who decide about people. Whether they may about this person is for the rules.
DECIDE_ABOUT_PEOPLE = frozenset({Role.MANAGER, Role.HR})
MOST_METRICS = 5  # as many as one question may name


def check_can_make(user: User) -> None:
    """Raise NotPermitted unless the account holds a role that decides something with metrics."""
    roles = set(user.role_grants.on(calendar.today()).values_list("role", flat=True))
    if not user.is_active or not roles & {role.value for role in MAKE}:
        raise NotPermitted(
            _("Views are made by managers, leads, leadership, metric owners and HR. Ask one of them.")
        )


@dataclass(frozen=True)
class Reader:
    """Who reads: the account, its roles today, and those it holds over the cohorts that views are about."""

    user: User
    roles: frozenset[str]
    over: Mapping[str, frozenset[Role]]


def find_reader(user: User, views: Iterable[Opened]) -> Reader:
    """What the account holds over all that these views are about, in two statements however many they are."""
    today = calendar.today()
    slugs = {slug for each in views for slug in each.view.cohorts}
    asked = people.read_cohorts_asked(sorted(slugs), user=user, on=today)
    held = user.role_grants.on(today).values_list("role", flat=True) if user.is_active else ()
    return Reader(user, frozenset(held), {slug: cohort.roles for slug, cohort in asked.items()})


def check_can_open(user: User, opened: Opened) -> None:
    """Raise NotPermitted unless the view is open to this account (S42), Conflict where the board has not let it begin.

    A diagnostic view: its owner, leadership, and whoever holds a role over all its cohorts, members included. A
    performance view: its owner and those who decide about people.
    """
    check_is_open_to(find_reader(user, [opened]), opened)


def check_is_open_to(reader: Reader, opened: Opened) -> None:
    """As `check_can_open`, for whoever reads several views."""
    check_has_begun(opened)
    if reader.user.is_active and (reader.user.pk == opened.view.owner_id or _may_open(reader, opened)):
        return
    raise NotPermitted(
        _("This view is open to leadership and to the teams it is about. What it lists, everybody can read.")
        if not opened.is_performance
        else _("A performance view is open to those who decide about people, and about one person at a time.")
    )


def _may_open(reader: Reader, opened: Opened) -> bool:
    if opened.is_performance:
        return bool(reader.roles & DECIDE_ABOUT_PEOPLE)
    cohorts = opened.view.cohorts
    return Role.LEADERSHIP in reader.roles or (
        bool(cohorts) and all(reader.over.get(slug) for slug in cohorts)
    )


def is_open_to(reader: Reader, opened: Opened) -> bool:
    try:
        check_is_open_to(reader, opened)
    except (NotPermitted, Conflict):
        return False
    return True


def can_open(user: User, opened: Opened) -> bool:
    return is_open_to(find_reader(user, [opened]), opened)


def check_has_begun(opened: Opened) -> None:
    """Raise Conflict while the board has not let a view begin."""
    if opened.view_class is None:
        raise Conflict(
            _("The board has not let this view begin. Its case says where it stands."), code="view_not_begun"
        )


def check_can_change(user: User, view: SavedView) -> None:
    """Raise NotPermitted unless the view is the account's own; Conflict where it is retired."""
    if user.pk != view.owner_id and not is_system(user):
        raise NotPermitted(_("Only its owner changes a view. Ask %(owner)s.") % {"owner": view.owner.name})
    if not user.is_active or user.kind != AccountKind.HUMAN:
        raise NotPermitted(_("A view is changed by a person's account."))
    if view.retired_at is not None:
        raise Conflict(_("This view is retired."), code="view_retired")


def check_fits(metric: Metric, view_class: ViewClass) -> None:
    """Raise BadInput unless the charter in force of the metric is of the view's class (AR10, S41).

    A performance view lists it only with a passed fairness audit that is in date (S43).
    """
    found = find_class(metric)
    if found is None:
        raise BadInput(
            _("“%(name)s” has no charter in force, so no view can list it.") % {"name": metric.name},
            field="metrics",
        )
    if found != view_class:
        raise BadInput(
            _("“%(name)s” is a %(its)s metric. A %(class)s view never lists it: the classes do not mix.")
            % {"name": metric.name, "its": found.label.lower(), "class": view_class.label.lower()},
            field="metrics",
            code="classes_mix",
        )
    if view_class == ViewClass.PERFORMANCE and not read_audited(
        [promised(metric.current_id)], calendar.today()
    ):
        raise BadInput(
            _("“%(name)s” has passed no fairness audit that is in date, so no performance view lists it.")
            % {"name": metric.name},
            field="metrics",
            code="not_audited",
        )


def check_room(opened: Opened) -> None:
    """Raise BadInput where a view lists, or waits to list, as many metrics as one question may name."""
    if len(opened.metrics) + len(opened.waiting) >= MOST_METRICS:
        raise BadInput(
            _("A view lists %(most)d metrics at most. Take one off the list first.") % {"most": MOST_METRICS},
            field="metrics",
        )
