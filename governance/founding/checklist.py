"""What a programme still lacks, in the order in which it is done: read from what is there, never ticked off by anybody."""

from collections.abc import Callable
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from msgspec import Struct

from charter.authoring.models import Draft
from charter.measures.models import PublishingRun, RunState, SourceSurvey
from charter.measures.warehouse.connecting import is_connected
from charter.programme.models import Contract, Programme
from charter.programme.states import ProgrammeState
from charter.registry import rulebooks
from charter.registry.models import CharterVersion, Metric, Source
from charter.registry.states import StandingChoices
from charter.rules.vocabulary import Outcome
from governance.agreements.models import AgreementVersion
from governance.board import holding, permissions
from governance.board.models import Invitation
from governance.board.states import CaseState, SeatKind
from governance.decisions.models import DecisionRecord
from governance.people.models import Cohort, Person, Team
from governance.training.models import Course
from governance.ui.forms import Text


class FoundingState(StrEnum):
    """How a step stands."""

    DONE = "done"
    NOW = "now"  # somebody can do it
    LATER = "later"  # what it stands on is not done
    OTHERS = "others"  # it was begun, and others are to answer


class FoundingItem(Struct, frozen=True):
    """One step: what it is, how it stands and why, who does it, and where."""

    key: str
    title: str
    state: FoundingState
    detail: str
    who: str
    url: str


class _Found(Struct, frozen=True):
    """What of a step is there: whether that is enough, in words, and whether it waits for others or for another step."""

    done: bool
    detail: str
    waits: bool = False
    after: bool = False


class _Programme(Struct, frozen=True):
    """The programme as every step asks for it, read once."""

    programme: Programme | None

    @property
    def in_force(self) -> bool:
        return self.programme is not None and self.programme.state == ProgrammeState.ACTIVE


def list_steps() -> list[FoundingItem]:
    """Every step from an empty database to a first answer."""
    given = _Programme(Programme.objects.first())
    return [_item(step, step.find(given)) for step in _STEPS]


def is_whole(steps: list[FoundingItem]) -> bool:
    """Whether nothing is left to be done."""
    return all(step.state is FoundingState.DONE for step in steps)


def find_next(steps: list[FoundingItem]) -> FoundingItem | None:
    """The first step that somebody can do now."""
    return next((step for step in steps if step.state is FoundingState.NOW), None)


class _Step(Struct, frozen=True):
    key: str
    title: Text
    who: Text
    page: str
    find: Callable[[_Programme], _Found]


def _item(step: _Step, found: _Found) -> FoundingItem:
    state = FoundingState.NOW
    if found.done:
        state = FoundingState.DONE
    elif found.after:
        state = FoundingState.LATER
    elif found.waits:
        state = FoundingState.OTHERS
    return FoundingItem(step.key, str(step.title), state, found.detail, str(step.who), reverse(step.page))


def _find_programme(given: _Programme) -> _Found:
    found = given.programme
    if found is None:
        return _Found(False, _("Say what it is called, what it is for, and in which time zone its days are."))
    return _Found(True, _("“%(name)s”, in %(zone)s.") % {"name": found.name, "zone": found.time_zone})


def _find_organisation(given: _Programme) -> _Found:
    persons, teams = Person.objects.count(), Team.objects.count()
    if not persons or not teams:
        return _Found(False, _("Five files say who there is, in which team, and who reports to whom."))
    return _Found(True, _("%(persons)s persons in %(teams)s teams.") % {"persons": persons, "teams": teams})


def _find_sources(given: _Programme) -> _Found:
    described, surveys = Source.objects.count(), list(SourceSurvey.objects.all())
    connected = [each for each in surveys if each.connected]
    if not is_connected():
        return _Found(
            False,
            _(
                "No warehouse is connected: an administrator connects one, or whoever runs this site sets WAREHOUSE_URL."
            ),
            after=not described,
        )
    if not connected:
        return _Found(
            False, _("Nobody has looked yet whether the described tables are there."), after=not described
        )
    faulty = sum(1 for each in connected if each.faults)
    said = {"connected": len(connected), "described": described, "faulty": faulty}
    detail = _(
        "%(connected)s of %(described)s described tables are there, %(faulty)s of them otherwise than described."
    )
    return _Found(not faulty, detail % said)


def _find_decisions(given: _Programme) -> _Found:
    count = given.programme.decision_kinds.count() if given.programme else 0
    if not count:
        return _Found(False, _("They come with beginning the programme."), after=given.programme is None)
    return _Found(True, _("%(count)s decisions are declared.") % {"count": count})


def _find_rules(given: _Programme) -> _Found:
    version = rulebooks.find_rulebook_in_force()
    if version is None:
        return _Found(False, _("They come with beginning the programme."), after=given.programme is None)
    return _Found(True, _("Version %(number)s is in force.") % {"number": version.number})


def _find_contract(given: _Programme) -> _Found:
    newest = Contract.objects.first()
    if newest is None:
        return _Found(False, _("Everybody is told what the programme can and cannot do before it begins."))
    return _Found(True, _("Version %(number)s is published.") % {"number": newest.number})


def _find_course(given: _Programme) -> _Found:
    newest = Course.objects.order_by("-number").first()
    if newest is None:
        after = rulebooks.find_rulebook_in_force() is None
        return _Found(False, _("Whoever looks at values of others passes it first."), after=after)
    return _Found(True, _("Course %(number)s is published.") % {"number": newest.number})


def _find_cohorts(given: _Programme) -> _Found:
    count = Cohort.objects.filter(retired_at__isnull=True).count()
    if not count:
        detail = _("Only registered groups are reported on; those that are too small are merged.")
        return _Found(False, detail, after=given.programme is None or not Team.objects.exists())
    return _Found(True, ngettext("%(count)s group.", "%(count)s groups.", count) % {"count": count})


def _find_charters(given: _Programme) -> _Found:
    count = Metric.objects.count() or Draft.objects.filter(ended_at__isnull=True).count()
    if not count:
        detail = _("A metric owner takes charters of the catalogue, or writes some.")
        return _Found(False, detail, after=given.programme is None)
    return _Found(True, ngettext("%(count)s metric.", "%(count)s metrics.", count) % {"count": count})


def _find_seats(given: _Programme) -> _Found:
    if given.in_force:
        return _Found(True, _("The first board has accepted."))
    accepted = len({each.seat.kind for each in holding.list_accepted() if each.user.is_active})
    invited = Invitation.objects.filter(ended_at__isnull=True).values("seat").distinct().count()
    said = {"accepted": accepted, "seats": len(SeatKind), "invited": invited}
    detail = _("%(invited)s of %(seats)s are invited, and %(accepted)s have accepted.") % said
    return _Found(
        accepted == len(SeatKind), detail, waits=invited == len(SeatKind), after=given.programme is None
    )


def _find_force(given: _Programme) -> _Found:
    if given.programme is not None and given.in_force:
        return _Found(True, _("It is in force."))
    if permissions.is_before_the_board():
        return _Found(False, _("The founding is being voted on by those who accepted."), waits=True)
    ready = _find_seats(given).done and _find_contract(given).done and _find_course(given).done
    return _Found(False, _("Those who accepted vote on the founding, as on any case."), after=not ready)


def _find_agreements(given: _Programme) -> _Found:
    """One that the board has passed, be it a legal basis which says that no works agreement is needed."""
    versions = AgreementVersion.objects
    passed = versions.filter(case__state=CaseState.APPROVED).values("slug").distinct().count()
    if passed:
        return _Found(
            True, ngettext("%(count)s is passed.", "%(count)s are passed.", passed) % {"count": passed}
        )
    if versions.filter(case__state=CaseState.OPEN).exists():
        return _Found(False, _("The board votes on what was put to it."), waits=True)
    if versions.exists():
        return _Found(False, _("What is written down is put to the board."), after=not given.in_force)
    detail = _(
        "Write down the works agreement, or the legal basis, also where that says that none is needed."
    )
    return _Found(False, detail, after=not given.in_force)


def _find_passed(given: _Programme) -> _Found:
    standings = CharterVersion.objects.values_list("standing", flat=True)
    passed = sum(1 for each in standings if each in {StandingChoices.ACTIVE, StandingChoices.PILOT})
    if passed:
        return _Found(
            True, ngettext("%(count)s is in force.", "%(count)s are in force.", passed) % {"count": passed}
        )
    waits = any(each in {StandingChoices.SUBMITTED, StandingChoices.IN_REVIEW} for each in standings)
    detail = (
        _("The board votes on what was handed in.")
        if waits
        else _("A metric owner hands a draft in to the board.")
    )
    return _Found(False, detail, waits=waits, after=not given.in_force or not _find_charters(given).done)


def _find_values(given: _Programme) -> _Found:
    run = (
        PublishingRun.objects.filter(state=RunState.DONE, values_written__gt=0)
        .order_by("-started_at")
        .first()
    )
    if run is not None:
        return _Found(
            True, _("The last run that wrote some wrote %(count)s.") % {"count": f"{run.values_written:,}"}
        )
    active = CharterVersion.objects.filter(standing=StandingChoices.ACTIVE).exists()
    detail = _("They are worked out within the hour, or at once with “manage.py publish”.")
    return _Found(False, detail, waits=True, after=not active)


def _find_answer(given: _Programme) -> _Found:
    if DecisionRecord.objects.filter(verdict=Outcome.PERMIT.value).exists():
        return _Found(True, _("A question was answered, with a receipt."))
    after = not _find_values(given).done
    return _Found(
        False,
        _("Whoever asks has acknowledged the rules, and for some decisions passed the course."),
        after=after,
    )


_ADMIN, _FOUNDER = _lazy("An administrator"), _lazy("The founder")
_HR, _OWNER = _lazy("HR"), _lazy("A metric owner")
_STEPS = (
    _Step("programme", _lazy("Begin the programme"), _ADMIN, "board", _find_programme),
    _Step(
        "organisation", _lazy("Import the organisation"), _ADMIN, "organisation-import", _find_organisation
    ),
    _Step("sources", _lazy("Describe the sources, and reach them"), _ADMIN, "sources", _find_sources),
    _Step("decisions", _lazy("Adopt the decisions"), _FOUNDER, "board", _find_decisions),
    _Step("rules", _lazy("Adopt the rules"), _FOUNDER, "rules", _find_rules),
    _Step("contract", _lazy("Publish the contract"), _HR, "contract", _find_contract),
    _Step("course", _lazy("Publish the course"), _lazy("HR or an administrator"), "training", _find_course),
    _Step("cohorts", _lazy("Register the groups"), _ADMIN, "founding-groups", _find_cohorts),
    _Step("charters", _lazy("Choose the first charters"), _OWNER, "charters", _find_charters),
    _Step("seats", _lazy("Fill the six seats"), _FOUNDER, "board", _find_seats),
    _Step(
        "force", _lazy("Put the programme in force"), _lazy("The founder, and the six"), "board", _find_force
    ),
    _Step(
        "agreements",
        _lazy("Put agreements on record"),
        _lazy("HR or an administrator, and the board"),
        "agreements",
        _find_agreements,
    ),
    _Step(
        "passed",
        _lazy("Pass the first charters"),
        _lazy("A metric owner, and the board"),
        "cases",
        _find_passed,
    ),
    _Step("values", _lazy("Publish the first values"), _lazy("The clock"), "metrics", _find_values),
    _Step("answer", _lazy("Ask the first question"), _lazy("Whoever may"), "ask", _find_answer),
)
