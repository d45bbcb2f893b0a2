"""Lists of notes and of values under review."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from charter.rules import words
from governance.decisions.models import ContextNote, Hold
from governance.decisions.states import HoldCause, NoteState
from governance.ui.templatetags.mc import day, tag, verdict_tag

NOTE_SHAPES = {NoteState.PROPOSED: "due", NoteState.CONFIRMED: "permit", NoteState.TURNED_DOWN: "deny"}
Known = Callable[[ContextNote], bool]


def note_tag(note: ContextNote) -> str:
    """How far a note is settled, by shape and word."""
    return verdict_tag(NOTE_SHAPES[note.state], str(note.state.label))


def note_label(note: ContextNote, in_full: bool) -> str:
    """Its kind, or only that context applies."""
    label = note.about.label if in_full else note.about.group.label
    return f"{label} ({note.service})" if note.service else str(label)


def last_day_of_hold(end: date) -> date:
    """The last day of a window whose end is out."""
    return end - timedelta(days=1)


def name_subject(hold: Hold, names: Callable[[Hold], bool]) -> str:
    """Whose values are under review; `names` says of which holds the reader may know the person."""
    if hold.person is not None:
        return hold.person.name if names(hold) else _now("One person")
    return words.sentence(words.cohort(hold.cohort.slug)) if hold.cohort else _now("All values")


class NoteTable(tables.Table):
    """Notes, each with whose it is, its time and how far it is settled."""

    what = tables.Column(verbose_name=_("What"), empty_values=(), orderable=False)
    of = tables.Column(verbose_name=_("Of"), empty_values=(), orderable=False)
    starts_on = tables.Column(verbose_name=_("From"))
    ends_on = tables.Column(verbose_name=_("To and including"))
    state = tables.Column(verbose_name=_("State"), empty_values=(), orderable=False)

    class Meta:
        model = ContextNote
        fields = ("what", "of", "starts_on", "ends_on", "state")
        order_by = "-starts_on"
        attrs = {"class": "mc-table mc-stack"}

    def __init__(self, *args: Any, known: Known, **kwargs: Any) -> None:
        """`known` says of which notes the reader may know what is a person's own affair."""
        super().__init__(*args, **kwargs)
        self._known = known

    def render_what(self, record: ContextNote) -> str:
        in_full = self._known(record)
        return format_html(
            '<a class="govuk-link" href="{}">{}</a><span class="sub">{}</span>',
            reverse("note", args=[record.pk]),
            note_label(record, in_full),
            record.says if in_full else "",
        )

    def render_of(self, record: ContextNote) -> str:
        return str(record.team or record.person)

    def render_starts_on(self, value: date) -> str:
        return day(value)

    def render_ends_on(self, value: date) -> str:
        return day(last_day_of_hold(value))

    def render_state(self, record: ContextNote) -> str:
        return note_tag(record)

    def value_what(self, record: ContextNote) -> str:
        in_full = self._known(record)
        said = f": {record.says}" if in_full and record.says else ""
        return f"{note_label(record, in_full)}{said}"

    def value_starts_on(self, value: date) -> date:
        return value

    def value_ends_on(self, value: date) -> date:
        return last_day_of_hold(value)

    def value_state(self, record: ContextNote) -> str:
        return str(record.state.label)


class HoldTable(tables.Table):
    """Values under review. Why, by whom and since when is for auditors and whoever placed the hold."""

    metric = tables.Column(verbose_name=_("Metric"))
    whose = tables.Column(verbose_name=_("Whose values"), empty_values=(), orderable=False)
    starts_on = tables.Column(verbose_name=_("From"))
    ends_on = tables.Column(verbose_name=_("To and including"))
    state = tables.Column(verbose_name=_("State"), empty_values=(), orderable=False)
    why = tables.Column(verbose_name=_("Why"), empty_values=(), orderable=False)

    class Meta:
        model = Hold
        fields = ("metric", "whose", "starts_on", "ends_on", "state", "why")
        attrs = {"class": "mc-table mc-stack"}

    def __init__(
        self, *args: Any, known: Callable[[Hold], bool], names: Callable[[Hold], bool], **kwargs: Any
    ) -> None:
        """`known` says of which holds the reader may know why they were placed, `names` of which the person."""
        super().__init__(*args, **kwargs)
        self._known, self._names = known, names

    def render_metric(self, record: Hold) -> str:
        return format_html(
            '<a class="govuk-link" href="{}">{}</a>',
            reverse("metric", args=[record.metric.slug]),
            record.metric.name,
        )

    def render_whose(self, record: Hold) -> str:
        return name_subject(record, self._names)

    def render_starts_on(self, value: date) -> str:
        return day(value)

    def render_ends_on(self, value: date) -> str:
        return day(last_day_of_hold(value))

    def render_state(self, record: Hold) -> str:
        if record.released_at is not None:
            return tag(_now("Review ended"))
        return verdict_tag("withheld", _now("Under review"))

    def render_why(self, record: Hold) -> str:
        if not self._known(record):
            return "–"
        said = format_html("{}<span class='sub'>{}</span>", HoldCause(record.cause).label, record.reason)
        if record.released_at is not None or record.cause == HoldCause.APPEAL:
            return said
        hidden = _now("of %(metric)s, %(whose)s") % {
            "metric": record.metric.name,
            "whose": name_subject(record, self._names),
        }
        return format_html(
            '{}<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden"> {}</span></a>',
            said,
            reverse("hold-release", args=[record.pk]),
            _now("End the review"),
            hidden,
        )

    def value_metric(self, record: Hold) -> str:
        return record.metric.name

    def value_starts_on(self, value: date) -> date:
        return value

    def value_ends_on(self, value: date) -> date:
        return last_day_of_hold(value)

    def value_state(self, record: Hold) -> str:
        return _now("Under review") if record.released_at is None else _now("Review ended")

    def value_why(self, record: Hold) -> str:
        return f"{HoldCause(record.cause).label}: {record.reason}" if self._known(record) else ""
