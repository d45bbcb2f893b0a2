"""Forms whose service may object, and their fields."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ground.errors import DomainError
from ground.parsing import parse_day

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    Text: TypeAlias = StrOrPromise
else:
    Text = str | Promise  # words for people, translated when they are shown


def choice_field(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """A field of the form whose choices are those of the occasion."""
    return cast("forms.ChoiceField", form.fields[name])


class ServiceForm(forms.Form):
    """A form whose service may object; `status` is then that of the reply."""

    status = 200
    # The service's names of fields, where the form's differ.
    called: Mapping[str, str] = MappingProxyType({})

    def accepted(self, act: Callable[[], object]) -> bool:
        """Whether the form is whole and the service did it; what is at fault stands beside its field."""
        if not self.is_valid():
            self.status = 400
            return False
        try:
            act()
        except DomainError as error:
            self._object(error)
            return False
        return True

    def _object(self, error: DomainError) -> None:
        name = self.called.get(error.field or "", error.field)
        self.status = error.status
        self.add_error(name if name in self.fields else None, error.detail)


class DayField(forms.DateField):
    """A day from the browser's own picker, or typed as 2026-04-14; its messages can be other ones."""

    def __init__(self, *, error_messages: Mapping[str, Any] = MappingProxyType({}), **kwargs: Any) -> None:
        wrong = _("%(label)s: enter a day such as 2026-04-14") % {"label": str(kwargs["label"])}
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d"],
            error_messages={"required": wrong, "invalid": wrong, **error_messages},
            **kwargs,
        )

    def strptime(self, value: str, format: str) -> date:
        """As days are read everywhere."""
        return parse_day(value)
