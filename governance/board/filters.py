"""How lists of the board are narrowed in the API."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from charter.rules.vocabulary import Waivable
from governance.board import queries
from governance.board.models import Case, Term, Waiver
from governance.board.states import CaseKind, CaseState, SeatKind
from ground import calendar


class RuleNarrowing(forms.Form):
    """How the rules are narrowed, on their page and in the API: by words, family, and whether they can be waived."""

    text = forms.CharField(label=_("Find a rule"), max_length=100, required=False)
    family = forms.CharField(label=_("About"), max_length=40, required=False)
    waivable = forms.ChoiceField(
        label=_("Who can waive it"),
        choices=[
            ("", _("All")),
            (Waivable.NEVER.value, _("No one")),
            (Waivable.BOARD.value, _("The board")),
        ],
        required=False,
    )


class CaseApiFilter(django_filters.FilterSet):
    """By state, kind, metric, whether a seat of the asker is still to be heard, and whether they handle it."""

    state = django_filters.MultipleChoiceFilter(choices=CaseState.choices)
    kind = django_filters.MultipleChoiceFilter(choices=CaseKind.choices)
    metric = django_filters.CharFilter(field_name="charter_version__metric__slug", max_length=100)
    needs_my_vote = django_filters.BooleanFilter(method="by_need")
    handled_by_me = django_filters.BooleanFilter(method="by_handler")

    class Meta:
        model = Case
        fields = ()

    def by_need(self, found: QuerySet[Case], _name: str, value: bool) -> QuerySet[Case]:
        waiting = queries.list_cases_to_vote_on(self.request.user).order_by().values("pk")
        return found.filter(pk__in=waiting) if value else found.exclude(pk__in=waiting)

    def by_handler(self, found: QuerySet[Case], _name: str, value: bool) -> QuerySet[Case]:
        mine = Q(handling__user=self.request.user)
        return found.filter(mine) if value else found.exclude(mine)


class WaiverApiFilter(django_filters.FilterSet):
    """By rule, metric, and whether it is in force today."""

    rule_id = django_filters.CharFilter(max_length=20)
    metric = django_filters.CharFilter(max_length=100)
    in_force = django_filters.BooleanFilter(method="by_force")

    class Meta:
        model = Waiver
        fields = ()

    def by_force(self, found: QuerySet[Waiver], _name: str, value: bool) -> QuerySet[Waiver]:
        now = queries.list_waivers_in_force(calendar.today()).order_by().values("pk")
        return found.filter(pk__in=now) if value else found.exclude(pk__in=now)


class TermFilter(django_filters.FilterSet):
    """By seat, account, and whether it lasts today."""

    seat = django_filters.MultipleChoiceFilter(field_name="seat__kind", choices=SeatKind.choices)
    user = django_filters.CharFilter(field_name="user__username", max_length=100)
    today = django_filters.BooleanFilter(method="by_day")

    class Meta:
        model = Term
        fields = ()

    def by_day(self, found: QuerySet[Term], _name: str, value: bool) -> QuerySet[Term]:
        lasting = Term.objects.on(calendar.today()).order_by().values("pk")
        return found.filter(pk__in=lasting) if value else found.exclude(pk__in=lasting)
