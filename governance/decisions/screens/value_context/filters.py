"""How notes and values under review are narrowed: by what the reader is shown of them, and by nothing else."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.decisions.models import ContextNote, Hold
from governance.decisions.states import ABOUT, NoteState
from governance.ui.narrowing import DayFilter

_SETTLED: dict[str, Q] = {
    NoteState.PROPOSED: Q(confirmed_at__isnull=True, turned_down_at__isnull=True),
    NoteState.CONFIRMED: Q(confirmed_at__isnull=False, turned_down_at__isnull=True),
    NoteState.TURNED_DOWN: Q(turned_down_at__isnull=False),
}
_OWN_AFFAIRS = frozenset(kind.value for kind, about in ABOUT.items() if about.private)


class NoteListFilter(django_filters.FilterSet):
    """By state, kind and the days that they are of.

    Without `affairs` no kind is offered that is somebody's own affair: of such a note its reader is told that context applies.
    """

    state = django_filters.ChoiceFilter(
        label=_("State"), choices=NoteState.choices, empty_label=_("Any"), method="by_state"
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"),
        choices=[(kind.value, about.label) for kind, about in ABOUT.items()],
        empty_label=_("Any"),
    )
    since = DayFilter(label=_("Goes on since"), field_name="ends_on", lookup_expr="gt")
    until = DayFilter(label=_("Begins until"), field_name="starts_on", lookup_expr="lte")

    class Meta:
        model = ContextNote
        fields = ()

    def __init__(self, *args: Any, affairs: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not affairs:
            kinds = self.form.fields["kind"]
            kinds.choices = [each for each in kinds.choices if each[0] not in _OWN_AFFAIRS]

    def by_state(self, found: QuerySet[Model], _name: str, value: str) -> QuerySet[Model]:
        """How far it is settled."""
        return found.filter(_SETTLED[value])


class HoldListFilter(django_filters.FilterSet):
    """By metric, whether the review goes on, and the days of the values. Not by whose values or why: few are shown that."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("ended", _("Review ended"))],
        empty_label=_("Under review now"),
        widget=forms.Select,
        method="by_state",
    )
    metric = django_filters.CharFilter(
        label=_("Metric"), field_name="metric__name", lookup_expr="icontains", max_length=100
    )
    since = DayFilter(label=_("Values since"), field_name="ends_on", lookup_expr="gt")
    until = DayFilter(label=_("Values until"), field_name="starts_on", lookup_expr="lte")

    class Meta:
        model = Hold
        fields = ()

    def filter_queryset(self, queryset: QuerySet[Model]) -> QuerySet[Model]:
        """What is under review now, unless those that ended are asked for."""
        found: QuerySet[Model] = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.filter(released_at__isnull=True)

    def by_state(self, found: QuerySet[Model], _name: str, _value: str) -> QuerySet[Model]:
        """Reviews that have ended."""
        return found.filter(released_at__isnull=False)
