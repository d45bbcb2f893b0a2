"""Whom the owner lets read or write along on a draft."""

from django import forms
from django.utils.translation import gettext_lazy as _

from charter.authoring.states import DraftRight
from governance.people.screens.fields import AccountField


class ShareForm(forms.Form):
    """An account by its user name, and what it is to be let do."""

    user = AccountField(
        label=_("Who?"),
        help_text=_("Their user name."),
        error_messages={"required": _("Enter a user name")},
    )
    right = forms.ChoiceField(
        label=_("What may they do?"),
        choices=DraftRight.choices,
        widget=forms.RadioSelect,
        initial=DraftRight.WRITE.value,
        error_messages={"required": _("Choose whether they read or write along")},
    )
