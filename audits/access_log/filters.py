"""How the access log is narrowed, on its page and in the API alike."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from audits.access_log import permissions, queries
from audits.access_log.searching import LookKind, Part, Search, read_search
from charter.rules import words
from charter.rules.vocabulary import DecisionType, Grain, Outcome
from governance.decisions.models import DecisionRecord
from governance.decisions.naming import ROLE_WORDS
from governance.people.pseudonyms import read_code
from governance.ui.forms import DayField
from governance.ui.questions import name_decision
from governance.ui.templatetags.mc import OUTCOMES

_ANY = _("Any")


class LogForm(forms.Form):
    """The filters as typed; a name is no pseudonym, whoever it may be of."""

    def clean_person(self) -> str:
        given = self.cleaned_data["person"]
        code = read_code(given) if given else ""
        if code is None:
            raise ValidationError(
                _(
                    "Person: enter a pseudonym such as 4F2A-91C0. Auditors find somebody by name on a page of its own, and say why."
                )
            )
        return code

    def clean(self) -> dict[str, Any]:
        super().clean()
        since, until = (self.cleaned_data.get(name) for name in ("since", "until"))
        if since and until and until < since:
            self.add_error("until", _("To: this day comes before the other"))
        return self.cleaned_data


class _Day(django_filters.DateFilter):
    field_class = DayField


def _words(label: Any, **more: Any) -> django_filters.CharFilter:
    return django_filters.CharFilter(field_name="use", label=label, max_length=100, **more)


def _choice(label: Any, choices: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(field_name="use", label=label, choices=list(choices), empty_label=_ANY)


def _several(label: Any, choices: Any) -> django_filters.MultipleChoiceFilter:
    """Any of several words."""
    return django_filters.MultipleChoiceFilter(
        field_name="use", label=label, choices=list(choices), widget=forms.CheckboxSelectMultiple
    )


class LogFilter(django_filters.FilterSet):
    """Words, who, what for, what was said, and when."""

    text = _words(
        _("Find"),
        help_text=_(
            "A metric, a group, a decision, a whole word of the reason, or how a receipt’s number begins."
        ),
    )
    person = _words(_("Person"), help_text=_("A pseudonym, such as 4F2A-91C0."))
    part = _choice(_("Who"), Part.choices)
    metric = _words(_("Metric"), help_text=_("Its short name, such as lead-time-for-changes."))
    cohort = _words(_("Group"), help_text=_("Such as team:payments."))
    verdict = _several(_("Answer"), ((each.value, OUTCOMES[each.value]) for each in Outcome))
    decision = _several(
        _("Decision"), ((each.value, words.sentence(name_decision(each))) for each in DecisionType)
    )
    rule = _words(_("Rule"), help_text=_("Such as AR04."))
    role = _several(_("Role that asked"), ((role.value, word) for role, word in ROLE_WORDS.items()))
    grain = _several(_("Level"), ((each.value, words.sentence(words.level(each))) for each in Grain))
    kind = _choice(_("Kind"), LookKind.choices)
    since = _Day(field_name="at", label=_("From"))
    until = _Day(field_name="at", label=_("To"))

    class Meta:
        model = DecisionRecord
        fields = ()
        form = LogForm

    @property
    def search(self) -> Search:
        """What is looked for; of filters that are at fault nothing."""
        self.is_valid()
        given = {name: value for name, value in self.form.cleaned_data.items() if value}
        return read_search(given)

    def filter_queryset(self, queryset: QuerySet[DecisionRecord]) -> QuerySet[DecisionRecord]:
        return queries.narrow(queryset, self.search, reasons=permissions.reads_reasons(self.request.user))
