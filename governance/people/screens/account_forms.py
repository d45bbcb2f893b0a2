"""What an administrator fills in to open an account and to give it a role."""

from typing import TypeVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.people.models import GrantedRole, Person, Team, ValueStream
from governance.ui.forms import DayField, ServiceForm
from ground import calendar

Found = TypeVar("Found", Team, ValueStream)


class OpenAccountForm(ServiceForm):
    """Somebody who is to sign in."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=100,
        error_messages={"required": gettext_lazy("Enter a user name")},
    )
    name = forms.CharField(
        label=gettext_lazy("Name, as pages show it"),
        max_length=200,
        error_messages={"required": gettext_lazy("Enter a name")},
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("A link to set a password is mailed there."),
        error_messages={"required": gettext_lazy("Enter an address such as name@example.org")},
    )
    person = forms.CharField(
        label=gettext_lazy("Whose account it is"),
        help_text=gettext_lazy(
            "What people.csv calls them. It cannot be told later. Empty for somebody of elsewhere."
        ),
        max_length=100,
        required=False,
    )

    def clean_person(self) -> Person | None:
        typed = self.cleaned_data["person"].strip()
        if not typed:
            return None
        found = Person.objects.filter(external_id=typed).first()
        if found is None:
            raise forms.ValidationError(_("There is no person of this id. Import them first."))
        return found


class GiveRoleForm(ServiceForm):
    """A role, from a day to another, over what it is held."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=GrantedRole.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a role")},
    )
    team = forms.CharField(
        label=gettext_lazy("Of a manager: the team"),
        help_text=gettext_lazy("Its slug."),
        max_length=60,
        required=False,
    )
    value_stream = forms.CharField(
        label=gettext_lazy("Of a value stream lead: the value stream"),
        help_text=gettext_lazy("Its slug."),
        max_length=60,
        required=False,
    )
    valid_from = DayField(label=gettext_lazy("From"), initial=calendar.today)
    valid_to = DayField(label=gettext_lazy("First day without it"), required=False)

    def clean_team(self) -> Team | None:
        typed = self.cleaned_data["team"].strip()
        return _check_is_there(Team.objects.filter(slug=typed).first()) if typed else None

    def clean_value_stream(self) -> ValueStream | None:
        typed = self.cleaned_data["value_stream"].strip()
        return _check_is_there(ValueStream.objects.filter(slug=typed).first()) if typed else None


class EndRoleForm(ServiceForm):
    """When a role ends."""

    valid_to = DayField(label=gettext_lazy("First day without it"), initial=calendar.today)


def _check_is_there(found: Found | None) -> Found:
    if found is None:
        raise forms.ValidationError(_("There is none of this name."))
    return found
