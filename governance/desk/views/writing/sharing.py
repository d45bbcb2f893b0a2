"""Whom the owner lets read or write along on a draft."""

from django import forms
from django.utils.translation import gettext_lazy as _

from charter.registry.states import DraftRight
from governance.people.models import AccountKind, User


class ShareForm(forms.Form):
    """An account by its user name, and what it is to be let do."""

    user = forms.CharField(
        label=_("Who?"),
        help_text=_("Their user name."),
        max_length=100,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Enter a user name")},
    )
    right = forms.ChoiceField(
        label=_("What may they do?"),
        choices=DraftRight.choices,
        widget=forms.RadioSelect,
        initial=DraftRight.WRITE.value,
        error_messages={"required": _("Choose whether they read or write along")},
    )

    def clean_user(self) -> User:
        """The person's account of that name."""
        name = self.cleaned_data["user"].strip()
        found = User.objects.filter(username=name, kind=AccountKind.HUMAN).first()
        if found is None:
            raise forms.ValidationError(_("Nobody has the user name “%(name)s”."), params={"name": name})
        return found
