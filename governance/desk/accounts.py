"""Naming an account in a form."""

from django import forms
from django.utils.translation import gettext as _

from governance.people.models import User


class AccountField(forms.CharField):
    """An account, by its user name."""

    def __init__(self, **kwargs: object) -> None:
        typed = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        super().__init__(max_length=100, widget=forms.TextInput(attrs=typed), **kwargs)

    def clean(self, value: object) -> User | None:
        name = super().clean(value).strip()
        found = User.objects.filter(username=name).first() if name else None
        if name and found is None:
            raise forms.ValidationError(_("Nobody has the user name “%(name)s”."), params={"name": name})
        return found
