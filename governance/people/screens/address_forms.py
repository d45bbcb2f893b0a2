"""The forms of e-mail addresses."""

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.people.screens.forms import make_password_field
from governance.ui.forms import ServiceForm


class AddressForm(ServiceForm):
    """An e-mail address, which the service judges."""

    email = forms.CharField(
        label=_("New e-mail address"),
        max_length=254,
        error_messages={
            "required": _("Enter an e-mail address such as ana@example.org"),
            "max_length": _("No e-mail address is as long as this"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )


class OwnAddressForm(AddressForm):
    """One's own, and the password of now: whoever sits down at an open browser changes nothing."""

    current = make_password_field(_("Your password now"), _("Enter your password of now"), "current-password")
    field_order = ("current", "email")
