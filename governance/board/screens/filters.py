"""How the lists of the board are narrowed."""

from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.board.models import Case, Pilot, Waiver
from governance.board.screens.waiver_standing import WaiverStanding
from governance.board.states import CaseKind, CaseState, PilotState
from governance.ui.narrowing import DayFilter, WithinDays


class CaseFilter(WithinDays):
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
    happened = "opened_at"

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

    def by_text(self, found: QuerySet[Case], _name: str, value: str) -> QuerySet[Case]:
        """Part of the subject, or of the metric's name; `27` and `case 27` are its number too."""
        fits = Q(subject__icontains=value) | Q(charter_version__metric__name__icontains=value)
        number = value.strip().lower().removeprefix("case").strip()
        return found.filter(fits | Q(number=int(number)) if number.isdecimal() and len(number) < 9 else fits)


class WaiverFilter(django_filters.FilterSet):
    """By rule, standing, and days on which it holds. The waivers bear their standing."""

    standing = django_filters.MultipleChoiceFilter(
        label=_("Standing"), choices=WaiverStanding.choices, widget=forms.CheckboxSelectMultiple
    )
    rule = django_filters.CharFilter(
        label=_("Rule"), field_name="rule_id", lookup_expr="iexact", max_length=20
    )
    since = DayFilter(label=_("Holds since"), field_name="ends_on", lookup_expr="gt")
    until = DayFilter(label=_("Holds until"), field_name="starts_on", lookup_expr="lte")

    class Meta:
        model = Waiver
        fields = ()


class PilotFilter(django_filters.FilterSet):
    """By metric, state, and days on which it runs."""

    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=PilotState.choices, widget=forms.CheckboxSelectMultiple
    )
    metric = django_filters.CharFilter(
        label=_("Metric"), field_name="charter_version__metric__name", lookup_expr="icontains", max_length=100
    )
    since = DayFilter(label=_("Runs since"), field_name="ends_on", lookup_expr="gt")
    until = DayFilter(label=_("Runs until"), field_name="starts_on", lookup_expr="lte")

    class Meta:
        model = Pilot
        fields = ()
