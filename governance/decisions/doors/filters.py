"""How lists of holds and context notes are narrowed."""

from functools import reduce
from operator import or_

import django_filters
from django.db.models import Q, QuerySet

from charter.programme.models import choices
from charter.rules.vocabulary import ContextKind
from governance.decisions.models import ContextNote, Hold
from governance.decisions.states import ABOUT, NoteState

_IN_STATE = {
    NoteState.PROPOSED: Q(confirmed_at__isnull=True, turned_down_at__isnull=True),
    NoteState.CONFIRMED: Q(confirmed_at__isnull=False, turned_down_at__isnull=True),
    NoteState.TURNED_DOWN: Q(turned_down_at__isnull=False),
}
# Narrowing by a kind that is a person's own affair would tell of whom it is.
_OPEN_KINDS = [kind for kind in ContextKind if not ABOUT[kind].private]


class HoldFilter(django_filters.FilterSet):
    """By metric, and whether values are under review now."""

    metric = django_filters.CharFilter(field_name="metric__slug", max_length=100)
    under_review = django_filters.BooleanFilter(field_name="released_at", lookup_expr="isnull")

    class Meta:
        model = Hold
        fields = ()


class NoteFilter(django_filters.FilterSet):
    """By team, state, kind, and the days that they touch (`to` is out)."""

    team = django_filters.CharFilter(field_name="team__slug", max_length=60)
    state = django_filters.MultipleChoiceFilter(choices=NoteState.choices, method="by_state")
    kind = django_filters.MultipleChoiceFilter(choices=choices(_OPEN_KINDS))
    touches_from = django_filters.DateFilter(field_name="ends_on", lookup_expr="gt")
    touches_to = django_filters.DateFilter(field_name="starts_on", lookup_expr="lt")

    class Meta:
        model = ContextNote
        fields = ()

    def by_state(self, found: QuerySet[ContextNote], _name: str, values: list[str]) -> QuerySet[ContextNote]:
        """In one of these states."""
        return found.filter(reduce(or_, (_IN_STATE[NoteState(value)] for value in values), Q()))
