"""How the list of cases is narrowed."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.board.models import Case
from governance.board.states import CaseKind, CaseState
from governance.ui.forms import DayField
from ground import calendar


class DayFilter(django_filters.Filter):
    """A day, as days are typed everywhere."""

    field_class = DayField


class CaseFilter(django_filters.FilterSet):
    """By words, kind, state, and whether the reader's seat is still to be heard (`waiting`, their keys)."""

    vote = django_filters.ChoiceFilter(
        label=_("My vote"),
        choices=[("needed", _("Needed"))],
        empty_label=_("Any"),
        method="by_need",
    )
    handler = django_filters.ChoiceFilter(
        label=_("Handled by"),
        choices=[("me", _("Me"))],
        empty_label=_("Anybody"),
        method="by_handler",
    )
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=CaseState.choices, widget=forms.CheckboxSelectMultiple
    )
    kind = django_filters.MultipleChoiceFilter(
        label=_("Kind"), choices=CaseKind.choices, widget=forms.CheckboxSelectMultiple
    )
    text = django_filters.CharFilter(label=_("Words or number"), method="by_text", max_length=100)
    since = DayFilter(label=_("Opened since"), method="by_since")
    until = DayFilter(label=_("Opened until"), method="by_until")

    class Meta:
        model = Case
        fields = ()

    def __init__(self, *args: Any, waiting: frozenset[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting = waiting

    def by_need(self, found: QuerySet[Case], _name: str, _value: str) -> QuerySet[Case]:
        """Open cases that the reader's seats have not been heard on."""
        return found.filter(pk__in=self._waiting)

    def by_handler(self, found: QuerySet[Case], _name: str, _value: str) -> QuerySet[Case]:
        """Cases that the reader handles, or handled until they closed."""
        return found.filter(handling__user=self.request.user)

    def by_since(self, found: QuerySet[Case], _name: str, value: date) -> QuerySet[Case]:
        """Opened on this day of the programme or later."""
        return found.filter(opened_at__gte=calendar.find_midnight(value))

    def by_until(self, found: QuerySet[Case], _name: str, value: date) -> QuerySet[Case]:
        """Opened on this day of the programme or before."""
        return found.filter(opened_at__lt=calendar.find_midnight(value + timedelta(days=1)))

    def by_text(self, found: QuerySet[Case], _name: str, value: str) -> QuerySet[Case]:
        """Part of the subject, or of the metric's name; `27` and `case 27` are its number too."""
        fits = Q(subject__icontains=value) | Q(charter_version__metric__name__icontains=value)
        number = value.strip().lower().removeprefix("case").strip()
        return found.filter(fits | Q(number=int(number)) if number.isdecimal() and len(number) < 9 else fits)
