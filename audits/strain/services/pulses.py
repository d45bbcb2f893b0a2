"""What people say themselves: the pulse, opened at most monthly, and what those who lead a team saw."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from audits.strain import envelopes, permissions, queries
from audits.strain.events import LoadObserved, PulseClosed, PulseDone, PulseOpened
from audits.strain.limits import PULSE_APART_DAYS, PULSE_DAYS
from audits.strain.models import LoadObservation, PulseEnvelope, PulseResult, PulseRound, PulseTaken
from audits.strain.pulse import PulseAnswer, sum_answers
from audits.strain.states import Sight
from charter.measures.values.people_bands import find_band
from charter.rules import words
from governance.notices.services import notify
from governance.people.models import Cohort, User
from ground import calendar, clock, records
from ground.errors import BadInput, Conflict


@transaction.atomic(durable=True)
def open_pulse(*, by: User) -> PulseRound:
    """Open the pulse of this month, and tell those whom it asks. Raises NotPermitted; Conflict where the month has one already, or one is still open."""
    permissions.check_opens_pulses(by)
    today = calendar.today()
    month, since = today.replace(day=1), today - timedelta(days=PULSE_APART_DAYS)
    asked_lately = Q(month=month) | Q(closed_at__isnull=True) | Q(opens_on__gt=since)
    if PulseRound.objects.filter(asked_lately).exists():
        raise Conflict(
            _("A pulse is asked at most once a month, and the last one was less than a month ago."),
            code="pulse_this_month",
        )
    pulse = records.insert(
        PulseRound(month=month, opens_on=today, closes_on=today + timedelta(days=PULSE_DAYS), opened_by=by)
    )
    ledger.append(PulseOpened(pulse=pulse.pk, closes_on=pulse.closes_on), by=by.actor)
    _tell_opened(pulse, by)
    return pulse


def _tell_opened(pulse: PulseRound, by: User) -> None:
    """Tell everybody whom it asks, once. It says nothing of anybody's load, and the same to all."""
    text = _(
        "Three questions about the last month are open until %(day)s. You can pass over any of them, or all. Your answers are sealed "
        "apart from your name, and nobody is reminded."
    ) % {"day": words.day(pulse.closes_on)}
    for user in queries.list_asked():
        notify(
            to=user,
            kind="strain.pulse",
            subject=_("Three questions about your last month"),
            text=text,
            path="/strain/pulse",
            once=f"strain-pulse:{pulse.pk}:{user.pk}",
            by=by,
        )


@transaction.atomic(durable=True)
def take_pulse(*, pulse: PulseRound, answer: PulseAnswer, by: User) -> None:
    """Be done with a pulse, by answers or, with none, by passing it over; nobody can tell which.

    Raises NotPermitted; Conflict where it is over, or one is done with it already; BadInput for somebody of no team.
    """
    permissions.check_takes_pulses(by)
    today = calendar.today()
    if pulse.closed_at is not None or not pulse.opens_on <= today <= pulse.closes_on:
        raise Conflict(_("This pulse is over."), code="pulse_over")
    group = queries.find_group_of(by)
    if group is None:
        raise BadInput(_("You are on no team today, so there is no group to answer with."), field="team")
    if queries.is_done_with(pulse, by):
        raise Conflict(_("You are done with this pulse. What you answered cannot be found again."), code="pulse_done")  # fmt: skip
    records.insert(PulseTaken(pulse=pulse, person=by.person))
    envelope = PulseEnvelope(pulse=pulse, cohort=group)
    envelope.sealed = envelopes.seal_answer(answer, envelope=envelope.pk, pulse=pulse.pk)
    records.insert(envelope)
    ledger.append(PulseDone(pulse=pulse.pk), by=by.actor)


@transaction.atomic(durable=True)
def close_pulse(*, pulse: PulseRound, by: User) -> PulseRound:
    """Open what was sealed, keep the middle answers of groups of which enough people answered, and erase the rest unread."""
    permissions.check_tells(by)
    pulse = PulseRound.objects.select_for_update().get(pk=pulse.pk)
    if pulse.closed_at is not None:
        raise Conflict(_("This pulse is closed already."), code="pulse_over")
    results = list(_sum_up(pulse, PulseEnvelope.objects.filter(pulse=pulse)))
    pulse.closed_at = clock.now()
    pulse.save(update_fields=["closed_at"])
    PulseResult.objects.bulk_create(results)
    PulseEnvelope.objects.filter(pulse=pulse).delete()
    told = len({each.cohort_id for each in results})
    ledger.append(PulseClosed(pulse=pulse.pk, cohorts=told), by=by.actor)
    return pulse


def _sum_up(pulse: PulseRound, sealed: Iterable[PulseEnvelope]) -> Iterable[PulseResult]:
    minimum = queries.read_minimum()
    groups: dict[UUID, list[PulseEnvelope]] = {}
    for each in sealed:
        groups.setdefault(each.cohort_id, []).append(each)
    for cohort, letters in groups.items():
        if len(letters) < minimum:
            continue  # never opened
        answers = [envelopes.open_answer(each.sealed, envelope=each.pk, pulse=pulse.pk) for each in letters]
        for question, summed in sum_answers(answers, minimum=minimum).items():
            yield PulseResult(
                pulse=pulse,
                cohort_id=cohort,
                question=question.value,
                middle=summed.middle.value,
                answered=find_band(summed.answered),
            )


@transaction.atomic(durable=True)
def observe_load(*, cohort: Cohort, saw: Sequence[Sight], by: User) -> LoadObservation:
    """Say what one saw of a team's load this month.

    Raises NotPermitted; BadInput where it contradicts itself; Conflict where it was said already, or of a team of too few people.
    """
    permissions.check_leads(by, cohort)
    least = queries.read_minimum()
    if queries.count_people(cohort) < least:
        raise Conflict(
            _(
                "Of a team of fewer than %(least)d people nothing is said of its load: it would be of each of them."
            )
            % {"least": least},
            code="too_few_people",
        )
    if not saw:
        raise BadInput(
            _("Choose what you saw, or that the load looks bearable."), field="saw", code="required"
        )
    if Sight.GOES_WELL in saw and len(set(saw)) > 1:
        raise BadInput(_("Either the load looks bearable, or choose what you saw."), field="saw")
    month = calendar.today().replace(day=1)
    if LoadObservation.objects.filter(cohort=cohort, month=month, observed_by=by).exists():
        raise Conflict(_("You said this month already what you saw of this team."), code="observed")
    found = records.insert(
        LoadObservation(cohort=cohort, month=month, saw=sorted({each.value for each in saw}), observed_by=by)
    )
    ledger.append(LoadObserved(observation=found.pk, cohort=cohort.slug), by=by.actor)
    return found
