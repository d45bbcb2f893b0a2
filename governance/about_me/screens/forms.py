"""How one's own lists are narrowed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.about_me.queries.looks import LookNarrowing
from governance.ui.forms import DayField
from ground.parsing import clean_word

NAMED, GROUP = "me", "group"


class LooksForm(forms.Form):
    """Words of a look or of its receipt, days, and whether the reader was named in it."""

    text = forms.CharField(
        label=_("Find"), max_length=100, required=False, empty_value="",
        help_text=_("A metric, a decision, a group, or the first eight characters of a receipt."),
        error_messages={"max_length": _("Find: 100 characters at most")},
    )  # fmt: skip
    of = forms.ChoiceField(
        label=_("Whose values"),
        choices=[("", _("Any")), (NAMED, _("Mine alone, by name")), (GROUP, _("A group’s that I am in"))],
        required=False,
        error_messages={"invalid_choice": _("Whose values: choose one from the list")},
    )
    since = DayField(label=_("Looked since"), required=False)
    until = DayField(label=_("Looked until"), required=False)

    def clean(self) -> dict[str, Any]:
        super().clean()
        since, until = (self.cleaned_data.get(name) for name in ("since", "until"))
        if since and until and until < since:
            self.add_error("until", _("Looked until: this day comes before the other"))
        return self.cleaned_data

    @property
    def narrowing(self) -> LookNarrowing:
        """What is asked for; nothing of what is at fault."""
        self.is_valid()
        given = self.cleaned_data
        return LookNarrowing(
            words=tuple(clean_word(given.get("text", "")).casefold().split()),
            since=given.get("since"),
            until=given.get("until") if not self.errors else None,
            of_me={NAMED: True, GROUP: False}.get(given.get("of", "")),
        )

    @property
    def is_narrowing(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("text", "of", "since", "until"))
