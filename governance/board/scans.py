"""What is due on the board's clock, each done by its service. Days are the programme's."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from charter.programme.models import Programme
from charter.programme.states import ProgrammeState
from charter.registry import services as registry
from charter.registry.models import CharterVersion, RulebookVersion
from charter.registry.scans import Moment
from charter.registry.states import RulebookState, StandingChoices
from governance.board import consents, queries, seating, services
from governance.board.models import Case, Pilot, TeamConsent, Term, Waiver
from governance.board.services import notifications
from governance.board.states import CaseKind, CaseState
from governance.people.models import User
from ground import calendar, clock
from ground.scans import Scan, Step


def begin(by: User) -> Moment | None:
    """A pass now; none before there is a programme."""
    programme = Programme.objects.filter(state=ProgrammeState.ACTIVE).first()
    return Moment(programme, clock.now(), by) if programme else None


# What is due


def find_cases_to_decide(moment: Moment) -> Iterable[Case]:
    """Cases that every seat has been heard on or whose time is over; a suspension that is not ratified lapses."""
    due = {case.pk: case for case in queries.list_overdue_cases(moment.at)}
    return (due | {case.pk: case for case in queries.list_heard_cases()}).values()


def find_pilots_over(moment: Moment) -> Iterable[Pilot]:
    """Pilots whose last day is over (S128); their values are refused since midnight already."""
    return queries.list_pilots_to_end(moment.today)


def find_consents_fallen_short(moment: Moment) -> Iterable[TeamConsent]:
    """Consents whose teams have changed so that fewer than two thirds agree."""
    return consents.list_fallen_short(moment.today)


def find_consents_with_newcomers(moment: Moment) -> Iterable[TeamConsent]:
    """Consents that hold, of teams into which somebody has come since."""
    held = consents.list_consents().filter(given_at__isnull=False, withdrawn_at__isnull=True)
    return (each for each in held if consents.list_newcomers(each, moment.today))


def find_waivers_over(moment: Moment) -> Iterable[Waiver]:
    """Waivers whose last day is over; they count no more since midnight already."""
    return queries.list_waivers_to_end(moment.today)


def find_cases_ending_soon(moment: Moment) -> Iterable[Case]:
    """Cases whose voting ends so soon that seats are reminded."""
    return queries.list_cases_ending_before(moment.at + timedelta(days=max(settings.BOARD_REMINDER_DAYS)))


def find_passed_rulebooks(_moment: Moment) -> Iterable[Case]:
    """Cases that the board passed about rules which are not in force yet, as long as no others came into force since."""
    later = RulebookVersion.objects.filter(published_at__gte=OuterRef("closed_at"))
    passed = Case.objects.filter(
        kind=CaseKind.RULEBOOK,
        state=CaseState.APPROVED,
        rulebook_version__state=RulebookState.PROPOSED,
    )
    return passed.exclude(Exists(later)).select_related("rulebook_version").order_by("closed_at")


def find_terms_ending(moment: Moment) -> Iterable[Term]:
    """Terms that end within 30 days."""
    return seating.list_terms_ending(moment.today, moment.today + timedelta(days=30))


def find_vacancies(moment: Moment) -> Iterable[Term]:
    """Ended terms that left their seat without a member."""
    return seating.list_terms_that_left_a_vacancy(moment.today)


def find_versions_to_check(moment: Moment) -> Iterable[CharterVersion]:
    """Charters in force for BOARD_CHECK_DAYS, whose consequences come before the board, once (S51).

    A look that somebody asked for before is none at what so many days have led to.
    """
    lasting = timedelta(days=settings.BOARD_CHECK_DAYS)
    looked = Case.objects.filter(
        kind=CaseKind.UNINTENDED_CONSEQUENCES,
        charter_version=OuterRef("pk"),
        opened_at__gte=OuterRef("activated_at") + lasting,
    )
    due = CharterVersion.objects.filter(
        standing=StandingChoices.ACTIVE, activated_at__lte=moment.at - lasting
    ).exclude(Exists(looked))
    return due.select_related("metric__owner", "metric__programme").order_by("metric__slug")


def find_yearly_review(moment: Moment) -> Iterable[object]:
    """The review of the whole system, a year after the last (S100)."""
    last = queries.find_last_yearly_review()
    is_due = last is not None and last + timedelta(days=settings.BOARD_REVIEW_DAYS) <= moment.at
    return [last] if is_due else []


# What is done


def _remind(case: Case, moment: Moment) -> int:
    """Remind seats that were not heard, once for each of BOARD_REMINDER_DAYS; late, only of the nearest."""
    days = min(
        each for each in settings.BOARD_REMINDER_DAYS if case.closes_at <= moment.at + timedelta(days=each)
    )
    holders = queries.list_unheard_holders(case, calendar.today())
    return notifications.remind_unheard(case, holders, days=days, by=moment.by)


def _open_check(version: CharterVersion, by: User) -> Case:
    return services.open_case(
        kind=CaseKind.UNINTENDED_CONSEQUENCES,
        charter_version=version,
        subject=_("What %(metric)s has led to") % {"metric": version.metric.name},
        question=_(
            "It has been in use for %(days)s days. Did people change what they do because of it, was anybody harmed, and may it stay as it is? Write findings into the discussion."
        )
        % {"days": settings.BOARD_CHECK_DAYS},
        by=by,
    )


def _open_yearly_review(by: User) -> Case:
    return services.open_case(
        kind=CaseKind.YEARLY_REVIEW,
        subject=_("Yearly review of the review system"),
        question=_(
            "How did appeals end, what did audits find, how far apart do managers rate? What must change in how we decide?"
        ),
        by=by,
    )


BOARD_CLOCK = Scan(
    "board_clock",
    every=timedelta(minutes=15),
    minute=5,
    begin=begin,
    steps=(
        Step(
            "cases decided", find_cases_to_decide, lambda case, at: services.close_case(case=case, by=at.by)
        ),
        Step(
            "rulebooks put in force",
            find_passed_rulebooks,
            lambda case, at: registry.publish_rulebook(
                version=case.rulebook_version, case_id=case.pk, by=at.by
            ),
        ),
        Step("pilots ended", find_pilots_over, lambda pilot, at: services.end_pilot(pilot=pilot, by=at.by)),
        Step(
            "consents withdrawn",
            find_consents_fallen_short,
            lambda consent, at: services.count_consent(consent=consent, by=at.by),
        ),
        Step(
            "newcomers asked for consent",
            find_consents_with_newcomers,
            lambda consent, at: notifications.notify_newcomers(consent, at.by),
        ),
        Step(
            "waivers ended",
            find_waivers_over,
            lambda waiver, at: services.end_waiver(waiver=waiver, by=at.by),
        ),
        Step("seats reminded", find_cases_ending_soon, _remind),
        Step(
            "ends of terms told",
            find_terms_ending,
            lambda term, at: notifications.notify_term_end(term, at.by),
        ),
        Step("vacancies told", find_vacancies, lambda term, at: notifications.notify_vacancy(term, at.by)),
        Step(
            "consequences put to the board",
            find_versions_to_check,
            lambda version, at: _open_check(version, at.by),
        ),
        Step("yearly reviews opened", find_yearly_review, lambda _last, at: _open_yearly_review(at.by)),
    ),
)
