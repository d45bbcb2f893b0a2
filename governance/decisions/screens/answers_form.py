"""How one's answers are narrowed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from charter.rules import words
from charter.rules.vocabulary import DecisionType, Outcome
from governance.decisions.queries import Narrowing
from governance.ui.forms import DayField, choice_field
from governance.ui.questions import name_decision
from governance.ui.templatetags.mc import OUTCOMES
from ground.parsing import clean_word

NEWEST, OLDEST = "newest", "oldest"


def _several(label: Any, choices: Any) -> forms.MultipleChoiceField:
    """Any of several words."""
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": format_lazy("{}: {}", label, _("choose from the list"))},
    )


class AnswersForm(forms.Form):
    """Words of the question or of its receipt, days, its answer, what it was for, and the order."""

    text = forms.CharField(
        label=_("Find"), max_length=100, required=False, empty_value="",
        help_text=_("A metric, a decision, a group, a word of the reason, or the first eight characters of a receipt."),
        error_messages={"max_length": _("Find: 100 characters at most")},
    )  # fmt: skip
    since = DayField(label=_("Asked since"), required=False)
    until = DayField(label=_("Asked until"), required=False)
    verdict = _several(_("Answer"), [(each.value, OUTCOMES[each.value]) for each in Outcome])
    decision = _several(
        _("Decision"), [(each.value, words.sentence(name_decision(each))) for each in DecisionType]
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        choices=[(NEWEST, _("Newest first")), (OLDEST, _("Oldest first"))],
        required=False,
        initial=NEWEST,
        error_messages={"invalid_choice": _("Order: choose one from the list")},
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        since, until = (self.cleaned_data.get(name) for name in ("since", "until"))
        if since and until and until < since:
            self.add_error("until", _("Asked until: this day comes before the other"))
        return self.cleaned_data

    @property
    def narrowing(self) -> Narrowing:
        """What is asked for; nothing of what is at fault."""
        self.is_valid()
        given = self.cleaned_data
        return Narrowing(
            words=tuple(clean_word(given.get("text", "")).casefold().split()),
            since=given.get("since"),
            until=given.get("until") if not self.errors else None,
            uses=tuple(given.get("decision", ())),
            verdicts=tuple(given.get("verdict", ())),
            oldest_first=given.get("sort") == OLDEST,
        )

    def offer_counted(self, numbers: Mapping[str, int]) -> None:
        """Say how many questions had each answer, whichever are chosen."""
        choices = [(each.value, f"{OUTCOMES[each.value]} ({numbers.get(each.value, 0)})") for each in Outcome]
        choice_field(self, "verdict").choices = choices

    @property
    def is_narrowing(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("text", "since", "until", "decision", "verdict"))
