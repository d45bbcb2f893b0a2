"""Naming an account in a form."""

from typing import Any

from django import forms

from governance.people.models import User
from governance.people.object_permissions import find_account_to_name
from ground.errors import BadInput


class AccountField(forms.CharField):
    """A person's account in use, by its user name; all others read like one that is not there."""

    def __init__(self, **kwargs: Any) -> None:
        typed = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        super().__init__(max_length=100, widget=forms.TextInput(attrs=typed), **kwargs)

    def clean(self, value: object) -> User | None:
        name = super().clean(value).strip()
        try:
            return find_account_to_name(name) if name else None
        except BadInput as error:
            raise forms.ValidationError(error.detail) from error
