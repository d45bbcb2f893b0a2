"""Evidence as a list that is narrowed and sorted."""

from datetime import date

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from charter.rules.vocabulary import EvidenceKind
from governance.evidence.models import EvidenceRecord
from governance.evidence.screens.forms import KINDS
from governance.evidence.states import EvidenceState
from governance.ui.narrowing import DayFilter
from governance.ui.templatetags.mc import day


class EvidenceFilter(django_filters.FilterSet):
    """By words of it, kind, state and the days on which it happened."""

    text = django_filters.CharFilter(label=_("Words or a name"), method="by_text", max_length=100)
    kind = django_filters.ChoiceFilter(
        label=_("Kind"),
        choices=[(kind.value, label) for kind, label in KINDS.items()],
        empty_label=_("Any"),
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=EvidenceState.choices, empty_label=_("Any"))
    since = DayFilter(label=_("Since"), field_name="happened_on", lookup_expr="gte")
    until = DayFilter(label=_("Until"), field_name="happened_on", lookup_expr="lte")

    class Meta:
        model = EvidenceRecord
        fields = ()

    def by_text(self, found: QuerySet[EvidenceRecord], _name: str, value: str) -> QuerySet[EvidenceRecord]:
        """Part of the project, of who says so, of what it shows, or of whom it is about."""
        said = Q(project__icontains=value) | Q(said_by__icontains=value) | Q(shows__icontains=value)
        return found.filter(said | Q(person__name__icontains=value))


class EvidenceTable(tables.Table):
    """Evidence, each with whom it is about and whether somebody else has opened it."""

    kind = tables.Column(verbose_name=_("Evidence"))
    about = tables.Column(
        verbose_name=_("About"), accessor="person__name", empty_values=(), order_by="person__name"
    )
    happened_on = tables.Column(verbose_name=_("Day"))
    said_by = tables.Column(verbose_name=_("Who says so"))
    state = tables.Column(verbose_name=_("State"))

    class Meta:
        model = EvidenceRecord
        fields = ("kind", "about", "happened_on", "said_by", "state")
        attrs = {"class": "mc-table mc-stack"}

    def render_kind(self, record: EvidenceRecord) -> str:
        return format_html(
            '<a class="govuk-link" href="{}">{}</a>',
            reverse("evidence-record", args=[record.pk]),
            self.value_kind(record),
        )

    def render_about(self, record: EvidenceRecord) -> str:
        return record.person.name if record.person else _now("A group’s work")

    def render_happened_on(self, value: date) -> str:
        return day(value)

    def value_kind(self, record: EvidenceRecord) -> str:
        return f"{KINDS[EvidenceKind(record.kind)]}, {record.project}"

    def value_happened_on(self, value: date) -> date:
        return value
