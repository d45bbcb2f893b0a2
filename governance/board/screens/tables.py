"""Lists of the board that sort by their columns."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from charter.rules import words
from governance.board.models import Case, Pilot, Waiver
from governance.board.screens import case_details, case_summary
from governance.board.screens.waiver_standing import WaiverStanding
from governance.board.states import CaseState, PilotState
from governance.ui.templatetags.mc import day, tag, verdict_tag

SHAPES = {CaseState.OPEN: "due", CaseState.APPROVED: "permit", CaseState.REJECTED: "deny"}
WAIVER_SHAPES = {
    WaiverStanding.ASKED: "due",
    WaiverStanding.REFUSED: "deny",
    WaiverStanding.COMING: "if",
    WaiverStanding.IN_FORCE: "if",
}


def state_tag(state: str) -> str:
    """Where a case stands, by shape and word."""
    shape = SHAPES.get(CaseState(state))
    label = str(CaseState(state).label)
    return verdict_tag(shape, label) if shape else tag(label)


class CaseTable(tables.Table):
    """Cases, each with whether the reader's seat is still to be heard."""

    matter = tables.Column(verbose_name=_("Case"), empty_values=(), orderable=False)
    kind = tables.Column(verbose_name=_("Kind"))
    state = tables.Column(verbose_name=_("State"))
    opened_at = tables.Column(verbose_name=_("Opened"))
    closes_at = tables.Column(verbose_name=_("Until"))
    yours = tables.Column(verbose_name=_("Your seat"), empty_values=(), orderable=False)

    class Meta:
        model = Case
        fields = ("matter", "kind", "state", "opened_at", "closes_at", "yours")
        order_by = "-opened_at"
        attrs = {"class": "mc-table mc-stack"}

    def __init__(self, *args: Any, waiting: frozenset[UUID], changed: frozenset[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting, self._changed = waiting, changed

    def render_matter(self, record: Case) -> str:
        link = format_html(
            '<a class="govuk-link" href="{}">{}</a>',
            reverse("case", args=[record.pk]),
            case_summary.name_case(record),
        )
        said = [str(_("Case %(number)s") % {"number": record.number})]
        if record.pk in self._changed:
            said.append(str(_("changed since you last looked")))
        return format_html('{}<span class="sub">{}</span>', link, ", ".join(said))

    def render_state(self, value: str, record: Case) -> str:
        return state_tag(record.state)

    def render_opened_at(self, value: datetime) -> str:
        return day(value)

    def render_closes_at(self, value: datetime, record: Case) -> str:
        return day(record.closed_at or value)

    def render_yours(self, record: Case) -> str:
        return verdict_tag("due", str(_("Needs your vote"))) if record.pk in self._waiting else "–"


class WaiverTable(tables.Table):
    """Waivers, each with its rule, its scope, its time and its case."""

    rule_id = tables.Column(verbose_name=_("Rule"))
    scope = tables.Column(verbose_name=_("For"), empty_values=(), orderable=False)
    starts_on = tables.Column(verbose_name=_("From"))
    ends_on = tables.Column(verbose_name=_("To and including"))
    standing = tables.Column(verbose_name=_("Standing"))
    case = tables.Column(verbose_name=_("Case"), orderable=False)

    class Meta:
        model = Waiver
        fields = ("rule_id", "scope", "starts_on", "ends_on", "standing", "case")
        order_by = "-starts_on"
        attrs = {"class": "mc-table mc-stack"}

    def render_rule_id(self, value: str) -> str:
        return format_html(
            '<a class="govuk-link mc-mono" href="{}">{}</a>', reverse("rule", args=[value]), value
        )

    def render_scope(self, record: Waiver) -> str:
        return words.sentence(case_details.describe_scope(record))

    def render_starts_on(self, value: date) -> str:
        return day(value)

    def render_ends_on(self, value: date) -> str:
        return day(case_details.last_day(value))

    def render_standing(self, value: str) -> str:
        shape, label = WAIVER_SHAPES.get(WaiverStanding(value)), str(WaiverStanding(value).label)
        return verdict_tag(shape, label) if shape else tag(label)

    def value_scope(self, record: Waiver) -> str:
        return case_details.describe_scope(record)

    def value_ends_on(self, value: date) -> date:
        return case_details.last_day(value)

    def value_standing(self, value: str) -> str:
        return str(WaiverStanding(value).label)

    def value_case(self, record: Waiver) -> int:
        return record.case.number

    def render_case(self, record: Waiver) -> str:
        link = '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden"> {}</span></a>'
        of = _("of the waiver of %(rule)s") % {"rule": record.rule_id}
        return format_html(link, reverse("case", args=[record.case_id]), _("Case"), of)


class PilotTable(tables.Table):
    """Pilots, each with its team and time."""

    metric = tables.Column(
        verbose_name=_("Metric"),
        accessor="charter_version__metric__name",
        order_by="charter_version__metric__name",
    )
    cohort = tables.Column(verbose_name=_("Team"))
    starts_on = tables.Column(verbose_name=_("From"))
    ends_on = tables.Column(verbose_name=_("To and including"))
    state = tables.Column(verbose_name=_("State"))

    class Meta:
        model = Pilot
        fields = ("metric", "cohort", "starts_on", "ends_on", "state")
        order_by = "-starts_on"
        attrs = {"class": "mc-table mc-stack"}

    def render_metric(self, value: str, record: Pilot) -> str:
        return format_html(
            '<a class="govuk-link" href="{}">{}</a>', reverse("pilot", args=[record.pk]), value
        )

    def render_cohort(self, value: str) -> str:
        return words.sentence(words.cohort(value))

    def render_starts_on(self, value: date) -> str:
        return day(value)

    def render_ends_on(self, value: date) -> str:
        return day(case_details.last_day(value))

    def render_state(self, value: str, record: Pilot) -> str:
        label = str(PilotState(record.state).label)
        return verdict_tag("if", label) if record.state == PilotState.RUNNING else tag(label)

    def value_ends_on(self, value: date) -> date:
        return case_details.last_day(value)

    def value_state(self, record: Pilot) -> str:
        return str(PilotState(record.state).label)
