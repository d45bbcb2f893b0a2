"""The queue of appeals as a list that is narrowed and sorted: by days and states, and by nothing that an appeal says."""

from datetime import date

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from governance.appeals.models import Appeal
from governance.appeals.states import AboutKind, AppealKind, AppealState
from governance.ui.narrowing import DayFilter
from governance.ui.templatetags.mc import day


class AppealFilter(django_filters.FilterSet):
    """By where it stands, what it is about, who may know, whether it is urgent, and its next day."""

    state = django_filters.ChoiceFilter(
        label=_("Where it stands"), choices=AppealState.choices, empty_label=_("Any")
    )
    about = django_filters.ChoiceFilter(
        label=_("About"), field_name="about_kind", choices=AboutKind.choices, empty_label=_("Anything")
    )
    kind = django_filters.ChoiceFilter(
        label=_("Who may know"),
        choices=[(kind.value, kind.label) for kind in AppealKind],
        empty_label=_("Any"),
    )
    urgent = django_filters.ChoiceFilter(
        label=_("Urgent"), choices=[("True", _("Urgent ones"))], empty_label=_("All")
    )
    since = DayFilter(label=_("Next day since"), field_name="next_due", lookup_expr="gte")
    until = DayFilter(label=_("Next day until"), field_name="next_due", lookup_expr="lte")

    class Meta:
        model = Appeal
        fields = ()


class AppealTable(tables.Table):
    """Appeals by what is due first. None says whose it is or what it says."""

    about = tables.Column(verbose_name=_("About"), accessor="about_kind")
    kind = tables.Column(verbose_name=_("Who may know"))
    state = tables.Column(verbose_name=_("Where it stands"))
    next_due = tables.Column(verbose_name=_("Next day"))
    handler = tables.Column(verbose_name=_("Handler"), accessor="handling__user__name", default="–")

    class Meta:
        model = Appeal
        fields = ("about", "kind", "state", "next_due", "handler")
        attrs = {"class": "mc-table mc-stack"}

    def render_about(self, record: Appeal) -> str:
        return format_html(
            '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">, {}</span></a>{}',
            reverse("appeal", args=[record.pk]),
            record.get_about_kind_display(),
            record.pk,
            format_html('<span class="sub">{}</span>', _now("Urgent")) if record.urgent else "",
        )

    def render_next_due(self, value: date) -> str:
        return day(value)

    def value_about(self, record: Appeal) -> str:
        urgent = f" ({_now('Urgent')})" if record.urgent else ""
        return f"{record.get_about_kind_display()}{urgent}"

    def value_next_due(self, value: date) -> date:
        return value
