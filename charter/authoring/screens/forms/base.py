"""What the forms of all headings have in common."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from charter.registry.document import CharterDocument
from charter.registry.headings import Heading
from governance.ui.forms import Text

Section = tuple[Text, Text, tuple[str, ...]]
LINES = _("One a line.")


class HeadingForm(forms.Form):
    """One heading as it is typed; `part` is the heading as the document writes it.

    `sections` group the fields: title, note, names. `places` tell which part of the document a field is, where it is
    not called the same.
    """

    heading: ClassVar[Heading]
    sections: tuple[Section, ...]
    places: ClassVar[Mapping[str, str]] = {}

    def __init__(self, data: Any, *, document: CharterDocument) -> None:
        self.document = document
        super().__init__(data, initial=self._initial(document))
        for field in self.fields.values():
            label = {"label": str(field.label)}
            field.error_messages["invalid_choice"] = _("%(label)s: choose from the list") % label
            field.error_messages["max_length"] = _("%(label)s: this is too long") % label

    def place(self, name: str) -> str:
        """The dotted place in the document that a field speaks of."""
        return self.places.get(name, f"{self.heading.value}.{name}")

    @property
    def part(self) -> Any:
        """The heading, once the form is valid."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        """A new name of the metric, where this heading gives one."""
        return ""

    def _initial(self, document: CharterDocument) -> dict[str, Any]:
        part = getattr(document, self.heading.value)
        return {field: getattr(part, field) for field in part.__struct_fields__}

    def _words(self, name: str, kind: Any) -> Any:
        """What was chosen, as the document's word; None where nothing was."""
        value = self.cleaned_data[name]
        return kind(value) if value else None
