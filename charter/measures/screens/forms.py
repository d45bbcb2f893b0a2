"""The form in which a source is described."""

from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charter.registry.source_descriptions import ColumnType, Meaning, SourceDescription
from charter.rules.vocabulary import SourceKind
from governance.ui.forms import ServiceForm
from ground.msgspec_errors import locate_fault, strip_place

_KINDS = [(kind.value, kind.value.replace("_", " ").capitalize()) for kind in SourceKind]
_COLUMNS_HINT = gettext_lazy(
    "One a line: its name, its type and, where it is one of these, what it is: %(meanings)s. Types are %(types)s. "
    "For example: merged_at TIMESTAMPTZ time"
) % {"meanings": ", ".join(Meaning), "types": ", ".join(ColumnType)}


def _text(label: Any, hint: Any = "", **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, error_messages={"required": _("Fill this in")}, **more
    )


class SourceForm(ServiceForm):
    """A source as it is described; `slug` is asked for once."""

    slug = _text(
        gettext_lazy("Table"),
        gettext_lazy("The name of its table in the warehouse. It cannot be changed later."),
        max_length=60,
    )
    name = _text(gettext_lazy("Name"), max_length=200)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=_KINDS,
        help_text=gettext_lazy(
            "How the system behind it knows what it knows. Monitoring of people is refused."
        ),
    )
    description = _text(
        gettext_lazy("What a row is"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    owner = _text(gettext_lazy("Who answers for it"), max_length=200)
    cadence = _text(
        gettext_lazy("How often it is loaded"),
        gettext_lazy("Such as P1D for daily, PT6H for every six hours, P1W for weekly."),
        max_length=10,
    )
    region = _text(gettext_lazy("Where its rows are kept"), max_length=100)
    columns = _text(gettext_lazy("Columns"), _COLUMNS_HINT, widget=forms.Textarea(attrs={"rows": 12}))

    def clean(self) -> dict[str, Any]:
        given = dict(super().clean() or self.cleaned_data)
        if not self.errors:
            try:
                self.described = msgspec.convert(given, SourceDescription)
            except msgspec.ValidationError as error:
                place = locate_fault(str(error))[1].partition(".")[0].partition("[")[0]
                self.add_error(place if place in self.fields else "columns", strip_place(str(error)))
        return given

    def clean_columns(self) -> dict[str, dict[str, str]]:
        """Lines as columns; the type and the meaning are checked with the whole."""
        columns: dict[str, dict[str, str]] = {}
        for line in str(self.cleaned_data["columns"]).splitlines():
            parts = line.split()
            if not parts:
                continue
            if len(parts) not in (2, 3) or parts[0] in columns:
                raise forms.ValidationError(
                    _("“%(line)s” is no column: write its name once, its type, and what it is")
                    % {"line": line}
                )
            columns[parts[0]] = dict(zip(("type", "means"), parts[1:], strict=False))
        return columns

    def _object(self, error: Any) -> None:
        """A fault of one column stands beside all of them."""
        error.field = (error.field or "").partition(".")[0] or None
        super()._object(error)


def tell_columns(description: SourceDescription) -> str:
    """The columns of a source as the form takes them."""
    return "\n".join(
        " ".join(filter(None, (name, column.type.value, column.means.value if column.means else "")))
        for name, column in description.columns.items()
    )
