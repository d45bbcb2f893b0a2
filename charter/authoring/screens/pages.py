"""A heading's form as its page shows it: sections of fields, each with what lint finds of it beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from charter.authoring.lint import Finding
from charter.authoring.screens.forms.base import HeadingForm
from charter.authoring.screens.forms.rows import ExamplesForm, RowForm, RowsForm, WhichDecisionsForm
from charter.authoring.screens.forms.single import HarmsForm, HowLongForm, WhoForm, WhyForm
from charter.authoring.screens.forms.what import WhatForm
from charter.authoring.submission import CharterExampleRun
from charter.registry.headings import Heading
from governance.ui.fields import anchor, widget_kind

FORMS: dict[Heading, type[HeadingForm] | type[RowsForm]] = {
    form.heading: form
    for form in (WhatForm, WhyForm, WhoForm, HowLongForm, WhichDecisionsForm, ExamplesForm, HarmsForm)
}
Form = HeadingForm | RowsForm
MOST_OPEN = 18  # options
LONG_LINE = 300  # characters


@dataclass
class ShownField:
    """One field with its findings, and what else helps to fill it in."""

    bound: BoundField
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def wide(self) -> bool:
        """Whether it needs the whole width of a row: sentences, long lines, and what is ticked."""
        long_line = (getattr(self.bound.field, "max_length", None) or 0) >= LONG_LINE
        return long_line or widget_kind(self.bound) in ("checkboxes", "checkbox")

    @property
    def folded(self) -> bool:
        """Whether it is too long a list to stand open in every row."""
        return widget_kind(self.bound) == "checkboxes" and len(list(self.bound.subwidgets)) > MOST_OPEN

    @property
    def chosen(self) -> int:
        return len(self.bound.value() or ())


@dataclass
class ShownRow:
    """One row of a list: its fields, and of an example the verdict that it gets."""

    legend: str
    anchor: str
    fields: list[ShownField]
    findings: list[Finding] = field(default_factory=list)
    tried: CharterExampleRun | None = None

    @property
    def decided_by(self) -> str:
        """The rules that refused an example and that it does not name as such; empty where there is nothing to take over."""
        return ", ".join(list_deciding(self.tried)) if self.tried else ""


@dataclass
class FormSection:
    """Fields, or rows of fields, under one subheading."""

    title: str
    note: str
    anchor: str
    fields: list[ShownField] = field(default_factory=list)
    rows: list[ShownRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def lay_out_sections(
    form: Form,
    found: Sequence[Finding] = (),
    *,
    notes: Mapping[str, Sequence[str]] | None = None,
    tried: Mapping[str, CharterExampleRun] | None = None,
) -> tuple[list[FormSection], list[Finding]]:
    """The page of a heading, and the findings that speak of no one field.

    `notes` are sentences by field, `tried` the examples' verdicts by their place.
    """
    built = list(_rows(form, tried or {}) if isinstance(form, RowsForm) else _single(form, notes or {}))
    slots = _slots(form, built)
    general: list[Finding] = []
    for finding in found:
        if Heading.of(finding.field) is form.heading:
            place = find_nearest(finding.field, slots)
            (slots[place].findings if place else general).append(finding)
    for slot in slots.values():
        _describe(slot)
    return built, general


def list_anchors(form: Form) -> dict[str, str]:
    """The id on the heading's page of each place in the document."""
    built, _none = lay_out_sections(form)
    return {
        place: anchor(slot.bound) if isinstance(slot, ShownField) else slot.anchor
        for place, slot in _slots(form, built).items()
    }


def find_nearest(place: str, places: Mapping[str, object]) -> str:
    """The narrowest of the places that holds a finding's, else the first within it; empty where there is none."""
    holding = [each for each in places if place == each or place.startswith((f"{each}.", f"{each}["))]
    within = [each for each in places if each.startswith((f"{place}.", f"{place}["))]
    return max(holding, key=len) if holding else next(iter(within), "")


def list_deciding(tried: CharterExampleRun) -> list[str]:
    """The rules that decided an example otherwise than it says they would, where it was not permitted."""
    result = tried.result
    if result is None or result.matches or result.verdict.permits:
        return []
    return list(dict.fromkeys(match.id for match in result.verdict.rules))


def list_problems(form: Form) -> Iterator[tuple[str, str]]:
    """What was typed wrong, each with the id of its field."""
    for each in [form] if isinstance(form, HeadingForm) else form.forms:
        for bound in each:
            for error in bound.errors:
                yield str(error), anchor(bound)


def _single(form: HeadingForm, notes: Mapping[str, Sequence[str]]) -> Iterator[FormSection]:
    for number, (title, note, names) in enumerate(form.sections):
        shown = [ShownField(form[name], notes=list(notes.get(name, ()))) for name in names]
        yield FormSection(str(title), str(note), f"part-{number + 1}", shown)


def _rows(form: RowsForm, tried: Mapping[str, CharterExampleRun]) -> Iterator[FormSection]:
    for name, _form, title, note in form.lists:
        rows = [
            _row(each, number, tried.get(f"{form.heading.value}.{name}[{number}]"))
            for number, each in enumerate(form.sets[name].forms)
        ]
        yield FormSection(str(title), str(note), name, rows=rows)


def _row(form: RowForm, number: int, tried: CharterExampleRun | None) -> ShownRow:
    new = not form.initial
    legend = _("One more") if new else str(number + 1)
    shown = [ShownField(bound) for bound in form if not (new and bound.name == "DELETE")]
    return ShownRow(legend, form.prefix or "", shown, tried=tried)


def _slots(form: Form, built: Sequence[FormSection]) -> dict[str, ShownField | ShownRow | FormSection]:
    """Where on the page each place of the document is."""
    if isinstance(form, HeadingForm):
        return {form.place(shown.bound.name): shown for section in built for shown in section.fields}
    slots: dict[str, ShownField | ShownRow | FormSection] = {}
    for section in built:
        base = f"{form.heading.value}.{section.anchor}"
        slots[base] = section
        for number, row in enumerate(section.rows):
            slots[f"{base}[{number}]"] = row
            slots |= {f"{base}[{number}].{shown.bound.name}": shown for shown in row.fields}
    return slots


def _describe(slot: ShownField | ShownRow | FormSection) -> None:
    """Let the field's own element point at its hint, its error and its findings."""
    if not isinstance(slot, ShownField) or not (slot.findings or slot.notes):
        return
    bound = slot.bound
    ids = [f"{bound.auto_id}_helptext"] if bound.help_text else []
    ids += [f"{bound.auto_id}_error"] if bound.errors else []
    bound.field.widget.attrs["aria-describedby"] = " ".join([*ids, f"{bound.auto_id}_findings"])
