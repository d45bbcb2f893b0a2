"""What is written into a pack by name, and what the line is asked for it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from msgspec.structs import replace

from audits.ledger import services as ledger
from audits.ledger.models import Entry
from charter.measures.models import Withheld
from charter.measures.rows import Row
from charter.programme.models import DecisionKind
from charter.registry.models import Metric
from charter.registry.queries import read_uses
from charter.rules.request import Request
from charter.rules.vocabulary import Grain
from governance.calibration import packs, permissions
from governance.calibration.events import PackNoteWritten, PackValuesAsked
from governance.calibration.models import CalibrationItem, PackNote, PackValues
from governance.calibration.services.rounds import lock_item
from governance.calibration.services.texts import read_text
from governance.calibration.states import NoteKind, RoundState
from governance.calibration.words import CalibrationText, CitedAnswer, CitedRow, seal
from governance.decisions.models import Door
from governance.decisions.services import answer
from governance.decisions.services.answers import Answer
from governance.evidence.queries import make_reference
from governance.people.models import Membership, User
from ground import calendar, data_versions, records
from ground.errors import Conflict
from ground.ids import new_id

_COVERAGE = "AR27"
_MOST_PIECES = 20  # that one request may name


@transaction.atomic(durable=True)
def write_note(*, item: CalibrationItem, kind: NoteKind, text: str, by: User) -> PackNote:
    """Write growth or unseen work into a pack: by whoever answers, by HR, and by the person themself (S69, S96)."""
    permissions.check_writes_note(by, item)
    text = read_text(text, "text", _("Say it in a sentence. Where there was none, say whom you asked."))
    item = lock_item(item, RoundState.ANNOUNCED, RoundState.OPEN)
    note = PackNote(id=new_id(), item=item, kind=kind, by=by)
    note.said = seal(CalibrationText(text), note.pk, "note")
    records.insert(note)
    written = PackNoteWritten(item=item.pk, person=item.person.external_id, note=note.pk, about=note.kind)
    ledger.append(written, by=by.actor)
    return note


def ask_values(*, item: CalibrationItem, by: User) -> PackValues:
    """Ask the line for the values of a round's metrics, as whoever answers for the person, and keep what it told (S88).

    A refusal is kept as such. The question is a decision of its own, so it stands though keeping it should fail.
    Raises as `decisions.services.answer`; NotPermitted, Conflict.
    """
    permissions.check_proposes(by, item)
    if item.round.state != RoundState.OPEN:
        raise Conflict(_("Values are asked while a round is open."), code="not_open")
    if not item.round.metrics:
        raise Conflict(_("This round rests on evidence alone: it looks at no metric."), code="no_metrics")
    given = answer(request=make_request(item, by=by), by=by, door=Door.SCREEN)
    return _keep(item, given, by)


def make_request(item: CalibrationItem, *, by: User) -> Request:
    """What the line is asked: of the person where programme and charters let this decision look so closely, else of their team."""
    records = sorted(packs.read_pack(item).records, key=lambda each: not each.is_checked)  # those count
    asked = replace(
        permissions.make_question(item),
        evidence=tuple(make_reference(each) for each in records[:_MOST_PIECES]),
        accountable=by.username,
    )
    if _looks_at_persons(asked):
        return asked
    return replace(asked, grain=Grain.TEAM, persons=(), about=asked.persons, cohorts=_find_team(item))


def _looks_at_persons(asked: Request) -> bool:
    """Whether the programme lets the decision look at single people, and each metric's charter does."""
    if DecisionKind.objects.get(slug=asked.decision).minimum_grain != Grain.PERSON.value:
        return False
    uses = {each.slug: each for each in read_uses(data_versions.read()) if each.slug in asked.metrics}
    return all(slug in uses and uses[slug].find_use(asked.decision, Grain.PERSON) for slug in asked.metrics)


def _find_team(item: CalibrationItem) -> tuple[str, ...]:
    """The cohort of the team that the person was on when the period ended. Raises Conflict where it is not reported on."""
    last = min(item.round.ends_on, calendar.today())
    on = Membership.objects.on(_before(last)).filter(person=item.person).select_related("team").first()
    cohort = on and on.team.cohorts.filter(kind="team", retired_at__isnull=True).first()
    if not cohort:
        text = _(
            "%(name)s was on no team that is reported on when the period ended, so there is no value to cite."
        )
        raise Conflict(text % {"name": item.person.name}, code="no_team")
    return (cohort.slug,)


def _before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


@transaction.atomic(durable=True)
def _keep(item: CalibrationItem, given: Answer, by: User) -> PackValues:
    item = lock_item(item, RoundState.OPEN)
    entry = Entry.objects.get(pk=given.receipt.id)
    values = PackValues(id=new_id(), item=item, entry=entry, permitted=given.verdict.permits, by=by)
    values.told = seal(_cite(item, given), values.pk, "values")
    records.insert(values)
    asked = PackValuesAsked(
        item=item.pk,
        person=item.person.external_id,
        values=values.pk,
        receipt=entry.pk,
        verdict=given.verdict.outcome.value,
    )
    ledger.append(asked, by=by.actor)
    return values


def _cite(item: CalibrationItem, given: Answer) -> CitedAnswer:
    rows: Sequence[Row] = (*given.rows, *(row for each in given.paired for row in each.rows))
    rules: dict[str, Any] = {match.id: match.text for match in given.verdict.rules}
    names = dict(Metric.objects.filter(slug__in={row.metric for row in rows}).values_list("slug", "name"))
    thin = any(row.withheld == Withheld.LOW_COVERAGE for row in rows)
    return CitedAnswer(
        rows=tuple(_cite_row(row, item, names.get(row.metric, row.metric)) for row in rows),
        rules=tuple(sorted(rules.items())),
        gap=thin or _COVERAGE in rules,
        starts_on=item.round.starts_on,
        ends_on=item.round.ends_on,
    )


def _cite_row(row: Row, item: CalibrationItem, name: str) -> CitedRow:
    return CitedRow(
        metric=row.metric,
        name=name,
        whose=row.cohort or item.person.external_id,
        period=row.period,
        value=row.value,
        unit=row.unit,
        notes=tuple(dict.fromkeys(f"{note.label}. {note.says}".strip() for note in row.context)),
        because=row.withheld_because or "",
    )
