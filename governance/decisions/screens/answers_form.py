"""How one's answers are narrowed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.decisions.queries import Narrowing
from governance.ui.forms import DayField
from ground.parsing import clean_word

NEWEST, OLDEST = "newest", "oldest"


class AnswersForm(forms.Form):
    """Words of the question or of its receipt, days, and the order."""

    text = forms.CharField(
        label=_("Find"), max_length=100, required=False, empty_value="",
        help_text=_("A metric, a decision, a group, a word of the reason, or the first eight characters of a receipt."),
        error_messages={"max_length": _("Find: 100 characters at most")},
    )  # fmt: skip
    since = DayField(label=_("Asked since"), required=False)
    until = DayField(label=_("Asked until"), required=False)
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
            oldest_first=given.get("sort") == OLDEST,
        )

    @property
    def is_narrowing(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("text", "since", "until"))
