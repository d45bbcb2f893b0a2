"""Forms of the matrix: one sitting of a review, a change that reaches it, and the contract."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charter.registry.models import ReviewItem
from charter.registry.states import ReviewKind, ReviewResult
from governance.ui.forms import DayField, choice_field

KEEP, FLAG = ReviewResult.CONFIRMED.value, ReviewResult.FLAGGED.value


class SittingForm(forms.Form):
    """What the board says of each charter that has to be looked at: it stays as it is, or it is flagged with a reason."""

    def __init__(self, items: Sequence[ReviewItem], data: Mapping[str, str] | None = None) -> None:
        super().__init__(data)
        self.items = items
        for item in items:
            self.fields[f"result-{item.pk}"] = self._result(item)
            self.fields[f"note-{item.pk}"] = forms.CharField(
                label=_("Note; a flag needs one"), required=False, max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip

    def clean(self) -> dict[str, str]:
        for item in self.items:
            chosen = self.cleaned_data.get(f"result-{item.pk}")
            if chosen == FLAG and not self.cleaned_data.get(f"note-{item.pk}", "").strip():
                said = {"metric": item.charter_version.metric.name}
                self.add_error(f"note-{item.pk}", _("Say why you flag %(metric)s") % said)
        return self.cleaned_data

    def notes(self, result: str) -> dict[UUID, str]:
        """The notes of the items that were given this result."""
        return {
            item.pk: self.cleaned_data[f"note-{item.pk}"]
            for item in self.items
            if self.cleaned_data[f"result-{item.pk}"] == result
        }

    @staticmethod
    def _result(item: ReviewItem) -> forms.ChoiceField:
        metric = item.charter_version.metric.name
        return forms.ChoiceField(
            label=_("What is to happen with %(metric)s?") % {"metric": metric},
            choices=[(KEEP, _("Its uses stay as they are")), (FLAG, _("Flag it: retire it or justify it"))],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose what is to happen with %(metric)s") % {"metric": metric}},
        )


class ChangeForm(forms.Form):
    """A change of the organisation or of a platform."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of change is it?"),
        choices=[(kind.value, kind.label) for kind in (ReviewKind.ORG_CHANGE, ReviewKind.MIGRATION)],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what kind of change it is")},
    )
    says = forms.CharField(
        label=gettext_lazy("What changed?"),
        help_text=gettext_lazy("One or two sentences that somebody outside the team understands."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say what changed")},
    )
    on = DayField(
        label=gettext_lazy("When did it happen?"),
        help_text=gettext_lazy("Year, month and day, such as 2026-04-01."),
        error_messages={
            "required": gettext_lazy("Say when it happened"),
            "invalid": gettext_lazy("Write the day as 2026-04-01"),
        },
    )
    teams = forms.MultipleChoiceField(
        label=gettext_lazy("Which teams?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    sources = forms.MultipleChoiceField(
        label=gettext_lazy("Which sources?"),
        help_text=gettext_lazy("For a migration: only charters that read one of these are reviewed."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        data: Mapping[str, str] | None,
        *,
        teams: Sequence[tuple[str, str]],
        sources: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(data)
        choice_field(self, "teams").choices = list(teams)
        choice_field(self, "sources").choices = list(sources)


class ContractForm(forms.Form):
    """The three blocks of the contract, which are always these three (S135)."""

    can = forms.CharField(
        label=gettext_lazy("What the programme can do"),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": gettext_lazy("Say what the programme can do")},
    )
    cannot = forms.CharField(
        label=gettext_lazy("What the programme cannot do"),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": gettext_lazy("Say what the programme cannot do")},
    )
    disputes = forms.CharField(
        label=gettext_lazy("How to dispute something"),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": gettext_lazy("Say how to dispute something")},
    )
