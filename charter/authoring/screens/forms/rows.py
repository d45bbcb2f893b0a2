"""The headings that are lists of rows: which decisions, and examples. An empty row stands last, for one more."""

from collections.abc import Iterator
from typing import Any, ClassVar, cast

import msgspec
from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from charter.authoring.lint.uses import list_possible_decisions
from charter.authoring.screens.forms import fields
from charter.registry.document import Allowed, CharterDocument, Example, Examples, Forbidden, WhichDecisions
from charter.registry.headings import Heading
from charter.registry.screens.charter_page import ROLES
from charter.rules.conditions import CONDITIONS, FORMS
from charter.rules.vocabulary import DecisionType, Grain, Outcome, Period, RequestForm, Role, UseCondition
from governance.ui.forms import Text, choice_field
from ground.errors import BadInput
from ground.strict_yaml import parse_yaml

MOST_ROWS = 40
# The words of an example's window (charter.registry.examples).
WINDOWS = {"last_month": _("The last closed month"), "last_quarter": _("The last closed quarter")}
_GUIDED = ("decision", "grain", "window", "period")
_KEY_TO_CHOOSE = {"decision": _("Choose a decision"), "use": _("Say which use"), "says": _("Say it in words")}


class RowForm(forms.Form):
    """One row; `key` is the field that a row cannot do without."""

    key: ClassVar[str]

    def __init__(self, *args: Any, document: CharterDocument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fit(document)
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = _("%(label)s: choose from the list") % {
                "label": field.label
            }

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        if self.key not in self.errors and self.has_changed() and not given.get(self.key):
            self.add_error(self.key, _KEY_TO_CHOOSE[self.key])
        return given

    def fit(self, document: CharterDocument) -> None:
        """Offer what fits this charter."""

    @property
    def row(self) -> msgspec.Struct:
        """The row as the document writes it, once the form is valid."""
        raise NotImplementedError


class AllowedForm(RowForm):
    key = "decision"

    decision = fields.choose(_("Decision"), fields.decisions())
    grains = fields.choose_many(_("At which levels"), fields.grains())
    conditions = fields.choose_many(_("Only under these conditions"), CONDITIONS.items())
    affirm = fields.prose(
        _("What whoever asks has to affirm"),
        _("A sentence a line, for what no record tells: “The team itself has asked for this.”"),
        2,
    )
    beside = fields.Slugs(
        label=_("Only asked together with"),
        help_text=_("Begin to type and choose. Several are parted by commas. The rules see to it."),
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"list": "metric-names"}),
    )

    def fit(self, document: CharterDocument) -> None:
        """Levels that have a value, decisions that such a metric can inform; and what the row names already."""
        named = (self.initial or {}).get("decision")
        possible = {*list_possible_decisions(document), *([DecisionType(named)] if named else [])}
        choice_field(self, "decision").choices = [("", _("Not chosen yet")), *fields.decisions(possible)]
        fitting = {*(document.what.grains or Grain), *(self.initial or {}).get("grains", ())}
        choice_field(self, "grains").choices = fields.grains(grain for grain in Grain if grain in fitting)

    @property
    def row(self) -> Allowed:
        given = self.cleaned_data
        grains = tuple(map(Grain, given["grains"]))
        return Allowed(
            DecisionType(given["decision"]),
            grains,
            tuple(map(UseCondition, given["conditions"])),
            tuple(line for each in given["affirm"].splitlines() if (line := each.strip())),
            given["beside"],
        )


class ForbiddenForm(RowForm):
    key = "use"
    field_order = ("use", "because", "decisions", "grains", "forms", "kept_by_people")

    kept_by_people = forms.BooleanField(
        label=_("No request shows it, so people keep it"),
        help_text=_("Such as blaming somebody in a meeting. Tick it where none of the above fits."),
        required=False,
    )
    use = fields.text(_("Use"), _("As people fear it: “Ranking teams or people”."))
    because = fields.prose(_("Why not"), rows=2)
    decisions = fields.choose_many(_("Decisions that it names"), fields.decisions())
    grains = fields.choose_many(_("At which levels"), fields.grains())
    forms = fields.choose_many(_("Asked in which form"), FORMS.items())

    @property
    def row(self) -> Forbidden:
        given = self.cleaned_data
        return Forbidden(
            given["use"],
            given["because"],
            tuple(map(DecisionType, given["decisions"])),
            tuple(map(Grain, given["grains"])),
            tuple(map(RequestForm, given["forms"])),
            given["kept_by_people"],
        )


class ExampleForm(RowForm):
    """A use in words and the request it comes to; what the guided fields do not say stands in `more`, as in files."""

    key = "says"

    says = fields.prose(_("In words"), _("As somebody would say it."), 2)
    asked_by = forms.ChoiceField(
        label=_("Who asks"), choices=[(role.value, str(ROLES[role])) for role in Role], initial="manager"
    )
    decision = fields.choose(_("For which decision"), fields.decisions())
    grain = forms.ChoiceField(label=_("At which level"), choices=fields.grains(), initial="team")
    window = fields.choose(_("Of which time"), WINDOWS.items(), none=_("As written below"))
    period = forms.ChoiceField(label=_("How often"), choices=fields.vocabulary(Period), initial="month")
    more = fields.prose(
        _("Anything else that is asked"),
        _(
            "One a line, as a request has it: order_by: value, limit: 10, persons: [any, another], beside another metric."
        ),
        2,
    )
    verdict = fields.choose(_("What it must get"), fields.vocabulary(Outcome))
    rules = fields.RuleIds(
        label=_("By which rules"),
        required=False,
        max_length=200,
        help_text=_("Such as AR04, AR14. Try the example, and take over those that decided."),
        widget=forms.TextInput(attrs={"list": "rule-ids"}),
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        if self.has_changed() and not self.errors:
            for name, problem in (
                ("decision", _("Choose a decision")),
                ("verdict", _("Choose what it must get")),
            ):
                if not given[name]:
                    self.add_error(name, problem)
        return given

    def clean_more(self) -> dict[str, object]:
        """The other parts of the request, in the notation of charter files."""
        typed = self.cleaned_data["more"].strip()
        if not typed:
            return {}
        try:
            return parse_yaml(typed, dict[str, object], name=str(_("Anything else")))
        except BadInput as error:
            raise forms.ValidationError(error.detail) from error

    @property
    def row(self) -> Example:
        given = self.cleaned_data
        guided = {name: given[name] for name in _GUIDED if given[name]}
        request = {**guided, **given["more"]}
        if not {"cohorts", "persons"} & request.keys():
            request |= _anybody(Grain(given["grain"]))
        return Example(
            says=given["says"],
            request=request,
            verdict=Outcome(given["verdict"]),
            asked_by=Role(given["asked_by"]),
            rules=given["rules"],
        )


def initial_of(row: Any) -> dict[str, Any]:
    """A row of the document as its form shows it."""
    values = {name: getattr(row, name) for name in row.__struct_fields__}
    if isinstance(row, Allowed):
        values["affirm"] = "\n".join(row.affirm)
    if not isinstance(row, Example):
        return values
    request = values.pop("request")
    window = request.get("window")
    guided = {name: request[name] for name in _GUIDED if isinstance(request.get(name), str)}
    if window not in WINDOWS:
        guided.pop("window", None)
    rest = {name: value for name, value in request.items() if name not in guided}
    return {**values, "window": "", **guided, "more": _written(rest)}


class RowFormSet(BaseFormSet):  # type: ignore[type-arg]  # it takes none while it runs
    """The rows of one list; those ticked to be taken out, and the empty last one, are no part of it."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Take this one out")

    @property
    def kept(self) -> tuple[msgspec.Struct, ...]:
        gone = {form.prefix for form in self.deleted_forms}
        rows = [form for form in self.forms if form.prefix not in gone]
        return tuple(form.row for form in rows if form.has_changed() or form.initial)


def _make_formset(form: type[RowForm]) -> type[RowFormSet]:
    made = formset_factory(
        form, formset=RowFormSet, extra=1, can_delete=True, max_num=MOST_ROWS, absolute_max=MOST_ROWS
    )
    return cast("type[RowFormSet]", made)


class RowsForm:
    """A heading of two lists; it looks like a form to the page."""

    heading: ClassVar[Heading]
    lists: ClassVar[tuple[tuple[str, type[RowForm], Text, Text], ...]]  # name, form, title, note
    whole: ClassVar[type[msgspec.Struct]]
    name = ""

    def __init__(self, data: Any, *, document: CharterDocument) -> None:
        part = getattr(document, self.heading.value)
        self.sets = {
            name: _make_formset(form)(
                data,
                prefix=name,
                initial=[initial_of(row) for row in getattr(part, name)],
                form_kwargs={"document": document},
            )
            for name, form, _title, _note in self.lists
        }

    def is_valid(self) -> bool:
        # Both are looked at, so that all errors are shown at once.
        return False not in [each.is_valid() for each in self.sets.values()]

    @property
    def errors(self) -> list[str]:
        return [str(error) for form in self.forms for errors in form.errors.values() for error in errors]

    @property
    def forms(self) -> Iterator[RowForm]:
        return (form for each in self.sets.values() for form in each.forms)

    @property
    def part(self) -> msgspec.Struct:
        return self.whole(**{name: each.kept for name, each in self.sets.items()})


class WhichDecisionsForm(RowsForm):
    heading = Heading.WHICH_DECISIONS
    whole = WhichDecisions
    lists = (
        ("allowed", AllowedForm, _("Allowed"), _("What is not listed here is refused.")),
        (
            "forbidden",
            ForbiddenForm,
            _("Not allowed"),
            _("Name the uses that people fear, so that nobody need guess."),
        ),
    )


class ExamplesForm(RowsForm):
    heading = Heading.EXAMPLES
    whole = Examples
    lists = (
        ("correct", ExampleForm, _("Right use"), _("At least one. It must be permitted.")),
        (
            "incorrect",
            ExampleForm,
            _("Wrong use"),
            _("At least one. It must be refused, by the rules you name."),
        ),
    )


def _anybody(grain: Grain) -> dict[str, object]:
    """Some group, or some person, of a level."""
    if grain in (Grain.SELF, Grain.PERSON):
        return {"persons": ["any"]}
    return {"cohorts": [f"{grain.value}:any"]}


def _written(rest: dict[str, object]) -> str:
    """Parts of a request, one a line; JSON's lists and objects are the notation of charter files, too."""
    return "\n".join(f"{name}: {msgspec.json.encode(value).decode()}" for name, value in rest.items())
