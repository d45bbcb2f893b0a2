"""What an appeal is about, looked up: that it is there, is the asker's to contest, and is not too old."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from msgspec import Struct, structs

from charter.measures.models import PublishedValue
from charter.registry import queries as registry
from charter.registry import rulebooks
from charter.registry.models import Metric
from charter.rules.request import Window
from governance.about_me.queries import looks
from governance.appeals.services.holding import Contested
from governance.appeals.states import AboutKind
from governance.appeals.words import AppealAbout
from governance.calibration import queries as calibration
from governance.decisions import permissions as decisions
from governance.decisions import queries as decision_queries
from governance.decisions.models import DecisionRecord
from governance.people.models import Cohort, Person, Team, User
from ground import calendar
from ground.errors import BadInput, NotFound
from ground.promises import promised


class FoundSubject(Struct, frozen=True):
    """What is contested, whose use that was, and the teams whose leaders it concerns."""

    about: AppealAbout
    values: Contested = Contested()
    contested: User | None = None
    teams: tuple[UUID, ...] = ()


def find(about: AppealAbout, *, asker: User | None, since: date) -> FoundSubject:
    """What an appeal says that it is about. Raises BadInput where it is not there, not the asker's, or older than `since`."""
    finders = {
        AboutKind.RECEIPT: _find_use,
        AboutKind.VALUE: _find_value,
        AboutKind.RULE: _find_rule,
        AboutKind.CHARTER: _find_charter,
        AboutKind.CALIBRATION: _find_outcome,
    }
    finder = finders.get(about.kind)
    return finder(about, asker, since) if finder else FoundSubject(about)


class _Use(Struct, frozen=True):
    """A use behind a receipt, whose it was where that may be contested, and the groups whose values it was of."""

    decision: DecisionRecord
    whose: User | None
    cohorts: Sequence[str]


def _find_decision(key: UUID, asker: User | None) -> _Use:
    """The use behind a receipt and whose it was; nobody without an account is shown more than that its number is known."""
    if asker is None:
        known = DecisionRecord.objects.filter(Q(entry=key) | Q(pk=key)).select_related("actor", "entry")
        found = known.first()
        if found is None:
            raise _no_receipt()
        return _Use(found, found.actor, found.cohorts)
    try:
        seen = decision_queries.get_decision_of_entry(key, by=asker)
    except NotFound:
        return _find_look(key, asker)
    if not decisions.sees_names(asker, seen):
        return _find_unnamed(key, asker, seen)
    return _Use(seen, seen.actor if seen.actor_id != asker.pk else None, seen.cohorts)


def _find_unnamed(key: UUID, asker: User, seen: DecisionRecord) -> _Use:
    """What auditors read in pseudonyms is contested as nobody's, unless it was a look at them: an appeal tells them whose it names."""
    try:
        return _find_look(key, asker)
    except BadInput:
        return _Use(seen, None, seen.cohorts)


def _find_look(key: UUID, asker: User) -> _Use:
    """A look at a group that the asker is in: the decision is not theirs to see, and theirs to contest.

    Of the groups that were asked about only theirs. A colleague who looked at the group that they share is not named
    to them, so that nobody's use is contested.
    """
    if asker.person is None:
        raise _no_receipt()
    try:
        look = looks.get_look(key, asker, asker.person)
    except NotFound:
        raise _no_receipt() from None
    own = looks.list_seen_groups(look, looks.list_group_spans(asker.person))
    return _Use(look, look.actor if looks.was_opened_by_office(look) else None, own)


def _no_receipt() -> BadInput:
    return BadInput(
        _("There is no receipt of this number that you may contest."), field="about", code="no_receipt"
    )


def _find_use(about: AppealAbout, asker: User | None, since: date) -> FoundSubject:
    if about.entry is None:
        raise _no_receipt()
    use = _find_decision(about.entry, asker)
    decision = use.decision
    if calendar.find_day(decision.at) < since:
        raise _too_old()
    window = Window(decision.window_from, decision.window_to)
    person = asker.person if asker is not None else None
    looked_at = person is not None and person.external_id in decision.subjects
    cohorts = () if looked_at else tuple(Cohort.objects.filter(slug__in=use.cohorts))
    values = Contested(
        metrics=tuple(Metric.objects.filter(slug__in=decision.metrics)) if looked_at or cohorts else (),
        cohorts=cohorts,
        person=person if looked_at else None,
        starts_on=window.start,
        ends_on=window.end,
    )
    told = structs.replace(_tell(about, values, window), decision=decision.pk, entry=decision.entry_id)
    return FoundSubject(told, values, use.whose, _teams(cohorts))


def _find_value(about: AppealAbout, asker: User | None, since: date) -> FoundSubject:
    metric = Metric.objects.filter(slug__in=about.metrics).first()
    if metric is None or about.starts_on is None or about.ends_on is None or about.ends_on <= about.starts_on:
        raise _no_value()
    window = Window(start=about.starts_on, end=about.ends_on)
    if about.person:
        return _find_own(about, metric, window, asker, since)
    cohorts = tuple(Cohort.objects.filter(slug__in=about.cohorts))
    told = PublishedValue.objects.filter(
        metric=metric,
        cohort__in=cohorts,
        starts_on__lt=window.end,
        ends_on__gt=window.start,
        superseded_at__isnull=True,
    )
    published = told.order_by("-published_at").first()
    if published is None or (asker is not None and not _concerns(asker, cohorts)):
        raise _no_value()
    if calendar.find_day(published.published_at) < since:
        raise _too_old()
    values = Contested((metric,), cohorts, None, window.start, window.end)
    return _with_use(FoundSubject(_tell(about, values, window), values, None, _teams(cohorts)), asker, since)


def _find_own(
    about: AppealAbout, metric: Metric, window: Window, asker: User | None, since: date
) -> FoundSubject:
    """A value of the asker's own; of anybody else's there is none to contest."""
    person: Person | None = asker.person if asker is not None else None
    if person is None or person.external_id != about.person or metric.current_id is None:
        raise _no_value()
    values = Contested((metric,), (), person, window.start, window.end)
    return _with_use(FoundSubject(_tell(about, values, window), values), asker, since)


def _with_use(found: FoundSubject, asker: User | None, since: date) -> FoundSubject:
    """The same with whose use of the value it was, where one is contested: one of those that are told to the asker."""
    if found.about.entry is None:
        return found
    used = {look.entry_id: look for look in list_uses(found.about, asker=asker, since=since)}
    look = used.get(found.about.entry)
    if look is None:
        text = _("This is no use of that value that you may contest. Choose another, or contest the value.")
        raise BadInput(text, field="about", code="no_such_use")
    return structs.replace(found, about=structs.replace(found.about, decision=look.pk), contested=look.actor)


def list_uses(about: AppealAbout, *, asker: User | None, since: date) -> Sequence[DecisionRecord]:
    """The uses of a value that may be contested with it, newest first: looks that are told to the asker, and by whom."""
    if asker is None or asker.person is None or about.starts_on is None or about.ends_on is None:
        return []
    return looks.list_looks_at(
        asker,
        asker.person,
        metric=about.metrics[0],
        group=about.cohorts[0] if about.cohorts else "",
        window=Window(start=about.starts_on, end=about.ends_on),
        since=since,
    )


def _concerns(asker: User, cohorts: Sequence[Cohort]) -> bool:
    """Whether values of these cohorts are the asker's to contest: who was in one of them, or leads a team of it."""
    teams = list(Team.objects.filter(cohorts__in=cohorts).distinct())
    member = asker.person is not None and asker.person.memberships.filter(team__in=teams).exists()
    return member or any(decisions.leads(asker, team) for team in teams)


def _find_rule(about: AppealAbout, asker: User | None, since: date) -> FoundSubject:
    if asker is None:
        return FoundSubject(
            about
        )  # whoever has not signed in learns by no refusal which rules and metrics there are
    version = rulebooks.find_rulebook_in_force()
    if version is None or about.rule not in registry.load_rulebook_as_written(version.pk).by_id:
        raise BadInput(_("There is no rule of this number in force."), field="about", code="no_rule")
    return FoundSubject(about)


def _find_charter(about: AppealAbout, asker: User | None, since: date) -> FoundSubject:
    if (
        asker is not None
        and not Metric.objects.filter(slug__in=about.metrics, current__isnull=False).exists()
    ):
        raise BadInput(_("There is no charter in force of this name."), field="about", code="no_charter")
    return FoundSubject(about)


def _find_outcome(about: AppealAbout, asker: User | None, since: date) -> FoundSubject:
    """An outcome of the asker's own: with the evidence it rests on, and whoever answers for it as whose use is contested (S84)."""
    if asker is None or about.calibration is None:
        raise _no_outcome()
    try:
        item = calibration.get_outcome(about.calibration, by=asker)
    except NotFound:
        raise _no_outcome() from None
    proposals = calibration.list_proposals([item])[item.pk]
    if not proposals:
        raise _no_outcome()
    told = max(promised(item.round.published_at), proposals[-1].at)
    if calendar.find_day(told) < since:
        raise _too_old()
    found = structs.replace(
        about,
        person=item.person.external_id,
        starts_on=item.round.starts_on,
        ends_on=item.round.ends_on,
        evidence=tuple(proposals[-1].evidence),
    )
    return FoundSubject(found, contested=proposals[-1].by)


def _no_outcome() -> BadInput:
    return BadInput(
        _("There is no outcome of yours at this address that you may contest."),
        field="about",
        code="no_outcome",
    )


def _tell(about: AppealAbout, values: Contested, window: Window) -> AppealAbout:
    return structs.replace(
        about,
        metrics=tuple(sorted(metric.slug for metric in values.metrics)),
        cohorts=tuple(sorted(cohort.slug for cohort in values.cohorts)),
        person=values.person.external_id if values.person else "",
        starts_on=window.start,
        ends_on=window.end,
    )


def _teams(cohorts: Sequence[Cohort]) -> tuple[UUID, ...]:
    return tuple(Team.objects.filter(cohorts__in=cohorts).values_list("pk", flat=True).distinct())


def _no_value() -> BadInput:
    text = _(
        "There is no such value that includes you. Check the metric, whose values they are, and the months."
    )
    return BadInput(text, field="about", code="no_value")


def _too_old() -> BadInput:
    text = _("This is longer ago than appeals reach. You can still write about a rule or a charter.")
    return BadInput(text, field="about", code="too_late")
