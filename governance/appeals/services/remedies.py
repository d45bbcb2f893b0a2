"""What an outcome sets in motion, in its transaction: notes, events left out, revisions, suspension, cases, and that a decision is void.

What others read of it names no appeal: it says what any other of its kind says. What would point at whoever filed an appeal that is
not by name is refused.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from msgspec import Struct

from charter.measures.revisions.excluding import exclude_events
from charter.registry.models import CharterVersion, Metric
from charter.rules.vocabulary import ContextKind
from governance.appeals.clocks import read_settings
from governance.appeals.models import Appeal, AppealOutcome
from governance.appeals.states import NOTED, AppealFinding, AppealKind, Remedy
from governance.appeals.words import AppealAbout
from governance.board import queries as board_queries
from governance.board import services as board
from governance.board.models import Case
from governance.board.permissions import sits
from governance.board.states import CaseKind, CaseState
from governance.calibration import queries as calibration
from governance.decisions import services as decisions
from governance.decisions.models import DecisionRecord
from governance.decisions.states import ABOUT, Effect
from governance.notices.services import notify
from governance.people.models import CohortKind, GrantedRole, Person, Team, User
from governance.people.permissions import holds
from governance.people.services import get_system_account
from ground import calendar
from ground.errors import BadInput
from ground.parsing import read_prose
from ground.promises import promised

_YEAR = timedelta(days=365)
REOPENS_AT = 3
LONGEST_NOTE = 300  # characters
_FOUND_RIGHT = (AppealFinding.UPHELD, AppealFinding.PARTLY_UPHELD)


class RemedyChoice(Struct, frozen=True):
    """What an outcome sets in motion; for what is noted beside values the kind of note and what it says."""

    act: Remedy = Remedy.NONE
    note_kind: str = ""
    note: str = ""


class _Case(Struct, frozen=True):
    """All that a remedy is about."""

    outcome: AppealOutcome
    appeal: Appeal
    about: AppealAbout
    choice: RemedyChoice
    by: User


def check(choice: RemedyChoice, appeal: Appeal, about: AppealAbout, *, by: User) -> None:
    """Raise BadInput where there is nothing that it could be done to, it lacks words, or it would tell who filed the appeal."""
    act = choice.act
    of_values = bool(about.starts_on and (about.cohorts or about.person))
    if act in (*NOTED, Remedy.CORRECT, Remedy.SUSPEND, Remedy.BOARD) and not about.metrics:
        raise BadInput(
            _("This appeal is about no metric, so there is none to correct or to look at again."), field="act"
        )
    if act in NOTED and not of_values:
        raise BadInput(_("This appeal is about no values that a note could stand beside."), field="act")
    if act == Remedy.VOID and about.decision is None:
        raise BadInput(_("This appeal is about no use of values that could be void."), field="act")
    if act == Remedy.MISUSE:
        _check_misuse(choice, appeal, about, by)
    if act == Remedy.SUSPEND and not board_queries.list_seats_of(by, calendar.today()):
        text = _(
            "Only a member of the board suspends a metric at once. Let its charter come before the board."
        )
        raise BadInput(text, field="act", code="no_seat")
    if act in NOTED:
        _check_note(choice, about)
    _check_tells_of_nobody(act, appeal, about)


def _check_note(choice: RemedyChoice, about: AppealAbout) -> None:
    if choice.note_kind not in set(ContextKind):
        raise BadInput(_("Choose what kind of note it is."), field="note_kind")
    meaning = ABOUT[ContextKind(choice.note_kind)]
    if choice.act == Remedy.EXCLUDE and meaning.effect != Effect.EXCLUDE:
        text = _(
            "This kind of note stands beside values and leaves nothing out. Choose another kind, or only annotate."
        )
        raise BadInput(text, field="note_kind")
    if meaning.of_persons_only and not about.person:
        raise BadInput(
            _("This kind of note is a person’s own affair. Choose leave for a team."), field="note_kind"
        )
    _read_note(choice, _("Say what stands beside the values."))
    if not about.person and not _list_teams(about):
        raise BadInput(_("No team is behind these values, so nothing can be noted beside them."), field="act")


def _check_misuse(choice: RemedyChoice, appeal: Appeal, about: AppealAbout, by: User) -> None:
    """Raise BadInput unless a look can be put to the board, in words, by somebody whose case tells nobody of an appeal."""
    if about.decision is None:
        raise BadInput(_("This appeal is about no use of values that could be a misuse."), field="act")
    _read_note(choice, _("Say what the board is asked."))
    if appeal.kind != AppealKind.NAMED and not _asks_the_board(by):
        text = _(
            "After an appeal that is not by name, an auditor or a member of the board puts it to the board, as they put what they find themselves. Hand it on to one, or choose another remedy."
        )
        raise BadInput(text, field="act", code="no_seat")


def _asks_the_board(user: User) -> bool:
    """Whether the account puts looks to the board as well without an appeal, so that its doing so tells of none."""
    return sits(user) or holds(user, GrantedRole.AUDITOR)


def _read_note(choice: RemedyChoice, missing: str) -> None:
    if not read_prose(choice.note, field="note"):
        raise BadInput(missing, field="note")
    if len(choice.note) > LONGEST_NOTE:
        raise BadInput(_("That is too long: 300 characters at most."), field="note")


def _check_tells_of_nobody(act: Remedy, appeal: Appeal, about: AppealAbout) -> None:
    """Raise BadInput where others would learn from the remedy who filed an appeal that is not by name."""
    if appeal.kind == AppealKind.NAMED:
        return
    tells = act in NOTED and bool(about.person)
    if act in (Remedy.VOID, Remedy.MISUSE):
        named = DecisionRecord.objects.values_list("subjects", flat=True).get(pk=promised(about.decision))
        tells = 0 < len(named) < read_settings().minimum_group
    if tells:
        text = _(
            "Others would read from this who filed the appeal, which is not by name. Choose another remedy, or ask whoever filed it to file by name."
        )
        raise BadInput(text, field="act", code="would_tell")


def set_in_motion(
    outcome: AppealOutcome, appeal: Appeal, about: AppealAbout, choice: RemedyChoice, *, by: User
) -> None:
    """Do what was decided; a third appeal that was right within a year reopens a charter by itself."""
    case = _Case(outcome, appeal, about, choice, by)
    acts: Mapping[Remedy, Callable[[Metric, _Case], None]] = {
        Remedy.ANNOTATE: _annotate,
        Remedy.EXCLUDE: _exclude,
        Remedy.CORRECT: _tell_owner,
        Remedy.SUSPEND: _suspend,
        Remedy.BOARD: lambda metric, _of: _reopen(metric),
    }
    if choice.act == Remedy.VOID:
        _void(about)
    if about.calibration is not None:
        _tell_who_answers(about.calibration, case)
    if choice.act == Remedy.MISUSE:
        _ask_whether_misuse(case)
    metrics = Metric.objects.filter(slug__in=outcome.metrics, current__isnull=False).order_by("slug")
    for metric in metrics.select_related("current", "owner"):
        if choice.act in acts:
            acts[choice.act](metric, case)
        if _is_third(metric, outcome):
            _reopen(metric)


def _tell_who_answers(item: UUID, case: _Case) -> None:
    """Tell who answers for an outcome of calibration that an appeal by name of it was right; of others none would be unknown."""
    found = calibration.get_item(item)
    if (
        case.outcome.finding not in _FOUND_RIGHT
        or case.appeal.kind != AppealKind.NAMED
        or found.accountable is None
    ):
        return
    notify(
        to=found.accountable,
        kind="calibration.appealed",
        subject=_("An appeal of an outcome was right: %(name)s") % {"name": found.round.name},
        text=_(
            "Read what was decided and the evidence again, and propose the level that it shows, with why it changes."
        ),
        path=f"/calibration/packs/{found.pk}",
        once=f"calibration-appealed:{case.outcome.pk}",
        by=get_system_account(),
    )


def _annotate(metric: Metric, case: _Case) -> None:
    """Note beside the values what was found, confirmed by whoever decided."""
    about, choice = case.about, case.choice
    whose: list[tuple[Team | None, Person | None]] = [(team, None) for team in _list_teams(about)]
    if about.person:
        whose = [(None, Person.objects.get(external_id=about.person))]
    for team, person in whose:
        decisions.note_as_found(
            kind=ContextKind(choice.note_kind),
            starts_on=promised(about.starts_on),
            ends_on=promised(about.ends_on),
            says=choice.note,
            metric=metric,
            team=team,
            person=person,
            found_by=case.by,
            by=get_system_account(),
        )


def _exclude(metric: Metric, case: _Case) -> None:
    """Leave it out of values to come and, by the next revision, of those that are out; until then a note says so."""
    about = case.about
    person = Person.objects.filter(external_id=about.person).first() if about.person else None
    for team in [None] if person else _list_teams(about):
        exclude_events(
            metric=metric,
            starts_on=promised(about.starts_on),
            ends_on=promised(about.ends_on),
            reason=case.choice.note,
            person=person,
            team=team,
            by=get_system_account(),
        )
    _annotate(metric, case)


def _list_teams(about: AppealAbout) -> list[Team]:
    """The teams of the groups that it is about; none of the whole organisation, of which no note speaks."""
    of = {"cohorts__slug__in": about.cohorts, "cohorts__kind__in": [CohortKind.TEAM, CohortKind.VALUE_STREAM]}
    return list(Team.objects.filter(**of).distinct().order_by("slug"))


def _suspend(metric: Metric, case: _Case) -> None:
    """Take the charter out of use at once, for a seat that whoever decided holds; the board ratifies it in time, or it lapses."""
    board.suspend_together(
        version=promised(metric.current),
        seat_kind=board_queries.list_seats_of(case.by, calendar.today())[0],
        reason=_("Values of it were found to be wrong. Nobody uses them until the board has looked."),
        by=case.by,
    )


def _void(about: AppealAbout) -> None:
    decisions.void_decision(
        decision=DecisionRecord.objects.get(pk=promised(about.decision)),
        because=_("It was made without the explanation that it owes."),
        by=get_system_account(),
    )


def _ask_whether_misuse(case: _Case) -> None:
    """Put the look to the board, unless it is there; for whoever decided, where they do so of what they find themselves as well."""
    decision = DecisionRecord.objects.get(pk=promised(case.about.decision))
    subject = decisions.name_misuse(decision)
    if Case.objects.filter(kind=CaseKind.MISUSE, subject=subject, state=CaseState.OPEN).exists():
        return
    by = case.by if _asks_the_board(case.by) else get_system_account()
    decisions.put_to_board(decision=decision, because=case.choice.note, by=by)


def _is_third(metric: Metric, outcome: AppealOutcome) -> bool:
    """Whether this is one of three appeals that were right in a year, and since its charter last came before the board so."""
    if outcome.finding not in _FOUND_RIGHT:
        return False
    since = outcome.decided_at - _YEAR
    reopened = Case.objects.filter(
        kind=CaseKind.UNINTENDED_CONSEQUENCES, charter_version__metric=metric, opened_by=get_system_account()
    ).order_by("-opened_at")
    last = reopened.values_list("opened_at", flat=True).first()
    found = AppealOutcome.objects.filter(
        metrics__contains=[metric.slug], decided_at__gt=max(since, last or since)
    )
    return _count_right(found) >= REOPENS_AT


def _count_right(found: QuerySet[AppealOutcome]) -> int:
    """How many appeals were right in the end: what other people found stands in the place of what was found at first."""
    finally_ = dict(found.order_by("instance").values_list("appeal", "finding"))
    return sum(finding in _FOUND_RIGHT for finding in finally_.values())


def _reopen(metric: Metric) -> None:
    version: CharterVersion | None = metric.current
    running = Case.objects.filter(
        kind=CaseKind.UNINTENDED_CONSEQUENCES, charter_version=version, state=CaseState.OPEN
    )
    if version is None or running.exists():
        return
    board.open_case(
        kind=CaseKind.UNINTENDED_CONSEQUENCES,
        charter_version=version,
        subject=_("What %(metric)s has led to") % {"metric": metric.name},
        question=_(
            "It is looked at again before its time. Did people change what they do because of it, was anybody harmed, and may it stay as it is? Write findings into the discussion."
        ),
        by=get_system_account(),
    )


def _tell_owner(metric: Metric, case: _Case) -> None:
    notify(
        to=metric.owner,
        kind="appeals.correct",
        subject=_("Look whether rows of %(metric)s are missing") % {"metric": metric.name},
        text=_(
            "What you find is proposed as a revision, with all that came late, and confirmed by an auditor."
        ),
        path="/revisions",
        once=f"correct:{case.outcome.pk}:{metric.pk}",
        by=get_system_account(),
    )
