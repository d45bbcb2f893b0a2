"""Findings as a list that is narrowed and sorted."""

from datetime import datetime

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from audits.findings.models import AuditFinding
from audits.findings.states import FindingKind
from governance.people.pseudonyms import code_of_account
from governance.ui.narrowing import WithinDays
from governance.ui.templatetags.mc import day


def name_asker(found: AuditFinding) -> str:
    """The pseudonym of whose use it is of; of a shift in values its metric, group and day."""
    return code_of_account(found.account) if found.account else found.about


class FindingFilter(WithinDays):
    """By kind, and the days on which what was noticed ended."""

    kind = django_filters.ChoiceFilter(label=_("What"), choices=FindingKind.choices, empty_label=_("Any"))
    happened = "until"

    class Meta:
        model = AuditFinding
        fields = ()


class FindingTable(tables.Table):
    """Findings, each with whom or what it is of, in pseudonyms."""

    kind = tables.Column(verbose_name=_("What"))
    who = tables.Column(verbose_name=_("Of whom, or of what"), empty_values=(), orderable=False)
    until = tables.Column(verbose_name=_("When"))
    state = tables.Column(verbose_name=_("Where it stands"))

    class Meta:
        model = AuditFinding
        fields = ("kind", "who", "until", "state")
        order_by = "-until"
        attrs = {"class": "mc-table mc-stack"}

    def render_kind(self, record: AuditFinding) -> str:
        return format_html(
            '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">, {}</span></a>',
            reverse("finding", args=[record.pk]),
            record.get_kind_display(),
            name_asker(record),
        )

    def render_who(self, record: AuditFinding) -> str:
        return name_asker(record)

    def render_until(self, value: datetime) -> str:
        return day(value)

    def value_kind(self, record: AuditFinding) -> str:
        return str(record.get_kind_display())

    def value_until(self, value: datetime) -> str:
        return value.isoformat()
