"""How Django's form fields become GOV.UK's form elements: kinds, classes, options with hints."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

# The first that fits: subclasses stand before their parents.
KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.Select, "select"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
)
CLASSES = {
    "select": "govuk-select",
    "checkbox": "govuk-checkboxes__input",
    "textarea": "govuk-textarea",
    "file": "govuk-input",
    "input": "govuk-input",
}
WIDTHS = {"date": "govuk-input--width-10", "month": "govuk-input--width-10", "number": "govuk-input--width-5"}


@dataclass(frozen=True)
class Option:
    """One radio or checkbox of a group."""

    id: str
    input: SafeString
    label: str
    hint: str


def widget_kind(field: BoundField) -> str:
    """Return hidden, checkboxes, radios, select, checkbox, textarea, file or input."""
    if field.is_hidden:
        return "hidden"
    return next((kind for widget, kind in KINDS if isinstance(field.field.widget, widget)), "input")


def rendered(field: BoundField) -> SafeString:
    """Render a field's own element in GOV.UK's classes, keeping the classes its widget has."""
    kind, widget = widget_kind(field), field.field.widget
    base = CLASSES[kind]
    classes = [base, widget.attrs.get("class", "")]
    if kind == "input":
        classes.append(WIDTHS.get(_input_type(widget), ""))
    if field.errors and kind != "checkbox":
        classes.append(f"{base}--error")
    attrs: dict[str, str | bool] = {"class": " ".join(filter(None, classes))}
    if kind == "textarea" and widget.attrs.get("rows") == "10":
        attrs["rows"] = "4"  # ten is Django's own, nobody's choice
    return field.as_widget(attrs=attrs)


def _input_type(widget: forms.Widget) -> str:
    return str(widget.attrs.get("type") or getattr(widget, "input_type", "text"))


def options(field: BoundField) -> list[Option]:
    """List the options of radios or checkboxes; hints come from `choice_hints` of the widget, {value: text}."""
    hints = {str(value): text for value, text in getattr(field.field.widget, "choice_hints", {}).items()}
    return [_option(subwidget.data, hints) for subwidget in field.subwidgets]


def _option(data: dict[str, Any], hints: dict[str, str]) -> Option:
    hint = hints.get(str(data["value"]), "")
    identity = data["attrs"]["id"]
    return Option(identity, _option_input(data, identity, hint), data["label"], hint)


def _option_input(data: dict[str, Any], identity: str, hint: str) -> SafeString:
    group = "radios" if data["type"] == "radio" else "checkboxes"
    flags = [name for name in ("disabled", "required") if data["attrs"].get(name)]
    flags += ["checked"] if data["selected"] else []
    described = format_html(' aria-describedby="{}_hint"', identity) if hint else ""
    return format_html(
        '<input class="govuk-{}__input" type="{}" name="{}" value="{}" id="{}"{}{}>',
        group, data["type"], data["name"], data["value"] if data["value"] is not None else "", identity, described,
        "".join(f" {flag}" for flag in flags),
    )  # fmt: skip


def anchor(field: BoundField) -> str:
    """Return the id that a link in the error summary leads to: of a group its first option."""
    if widget_kind(field) in ("radios", "checkboxes"):
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id
