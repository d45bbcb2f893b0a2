"""How the list of rulings is narrowed."""

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.decisions.models import Referral
from governance.decisions.states import RulingStanding
from governance.ui.narrowing import WithinDays


class RulingFilter(WithinDays):
    """By rule, standing, and the day on which it was asked for. The referrals bear their standing."""

    standing = django_filters.MultipleChoiceFilter(
        label=_("Standing"), choices=RulingStanding.choices, widget=forms.CheckboxSelectMultiple
    )
    rule = django_filters.CharFilter(label=_("Rule"), method="by_rule", max_length=20)
    happened = "asked_at"

    class Meta:
        model = Referral
        fields = ()

    def by_rule(self, found: QuerySet[Referral], _name: str, value: str) -> QuerySet[Referral]:
        """Put to the board because of this rule."""
        return found.filter(rules__contains=[value.strip().upper()])
