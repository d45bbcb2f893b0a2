"""The forms of signing in, of changing a password, and of making a token."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from governance.people.models import AccountKind, User
from governance.people.scopes import Scope
from governance.ui.forms import ServiceForm, Text, choice_field

_SCOPE_HINTS = {
    Scope.READ: _("Look at what you may look at. It changes nothing."),
    Scope.ASK: _("Also put questions to the rules; each stands on the log under your name."),
    Scope.WRITE: _(
        "Also drafts, reviews, recorded changes, holds, notes, views, training, the contract, and putting things to the board."
    ),
    Scope.BOARD: _("Also vote, comment and decide, where you are on the board. Never for a machine."),
    Scope.ACCOUNTS: _(
        "Your organisation’s directory writes accounts and groups here over SCIM. A machine’s alone."
    ),
}
_HOW = _("12 characters or more. Three or four words that do not belong together are easy to keep in mind.")
_DAYS = [(7, _("7 days")), (30, _("30 days")), (90, _("90 days"))]


def make_code_field(hint: Text = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=_("Code from your app"),
        help_text=hint,
        max_length=20,
        required=required,
        error_messages={"required": _("Enter the six digits that your app shows")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )


class CodeForm(ServiceForm):
    """A code, of the secret that the page showed where one sets it up."""

    code = make_code_field()
    shown = forms.CharField(widget=forms.HiddenInput, required=False)


class SignInForm(AuthenticationForm):
    """User name and password; the same sentence for a wrong name and a wrong password."""

    username = forms.CharField(
        label=_("User name"),
        error_messages={"required": _("Enter your user name")},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        error_messages={"required": _("Enter your password")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = make_code_field(_("If you set it up. A recovery code does as well."), required=False)
    error_messages = {
        "invalid_login": _(
            "The user name and password do not match. Check both; capitals count in the password. If you set up a code, enter the one "
            "of now."
        ),
        "inactive": _("This account is closed. Ask an administrator."),
    }

    def clean(self) -> dict[str, Any]:
        """As Django's, with the code beside the password."""
        given = self.cleaned_data
        username, password = given.get("username"), given.get("password")
        if username is not None and password:
            code = given.get("code", "")
            self.user_cache = authenticate(self.request, username=username, password=password, code=code)
            if self.user_cache is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(self.user_cache)
        return given


def make_password_field(label: Text, missing: Text, autocomplete: str, hint: Text = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=1000,
        help_text=hint,
        error_messages={"required": missing},
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class ForgottenForm(ServiceForm):
    """Whose password was forgotten, as its owner would type it."""

    typed = forms.CharField(
        label=_("User name or e-mail address"),
        max_length=254,
        error_messages={
            "required": _("Enter your user name or e-mail address"),
            "max_length": _("No user name and no e-mail address is as long as this"),
        },
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class NewPasswordForm(ServiceForm):
    """A new password, typed twice as nobody sees what they type."""

    password = make_password_field(_("New password"), _("Enter a new password"), "new-password", _HOW)
    again = make_password_field(
        _("New password, once more"), _("Enter the new password once more"), "new-password"
    )

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise forms.ValidationError(_("This is not the new password that you entered above."))
        return again


class PasswordForm(NewPasswordForm):
    """The password of now, a code where the account has a second step, and a new password."""

    current = make_password_field(_("Your password now"), _("Enter your password of now"), "current-password")
    code = make_code_field(required=False)
    field_order = ("current", "code", "password", "again")

    def __init__(self, *args: Any, with_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_code:
            del self.fields["code"]


class _Whose(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes none while it runs
    def label_from_instance(self, obj: object) -> str:
        return getattr(obj, "username", "")


class TokenForm(ServiceForm):
    """What a token is called, for whom, for what and for how long."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("Where you will use it, such as “laptop” or “nightly report”."),
        error_messages={"required": _("Say where you will use it")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(
        label=_("What it may be used for"),
        choices=Scope.choices,
        error_messages={"required": _("Choose what it may be used for")},
        widget=forms.RadioSelect,
    )
    days = forms.TypedChoiceField(
        label=_("How long it is valid"),
        choices=_DAYS,
        coerce=int,
        error_messages={"required": _("Choose how long it is valid")},
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by = by
        self.fields["scope"].widget.choice_hints = _SCOPE_HINTS
        if not settings.DIRECTORY.scim:
            choice_field(self, "scope").choices = [
                each for each in Scope.choices if each[0] != Scope.ACCOUNTS
            ]
        machines = User.objects.filter(owner=by, kind=AccountKind.MACHINE, is_active=True).order_by(
            "username"
        )
        if machines:
            self.fields["user"] = _Whose(
                label=_("Whose token"), queryset=machines, required=False, empty_label=_("Mine")
            )

    def clean(self) -> dict[str, object]:
        given = super().clean() or self.cleaned_data
        given["user"] = given.get("user") or self._by
        return given
