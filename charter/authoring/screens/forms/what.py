"""What is measured: the longest heading."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charter.authoring.screens.forms import fields
from charter.authoring.screens.forms.base import LINES, HeadingForm
from charter.registry.document import CharterDocument, Exclusions, Measure, What
from charter.registry.headings import LABELS, Heading
from charter.registry.models.sources import Source
from charter.rules.vocabulary import (
    BANNED_SOURCES,
    Aggregation,
    Category,
    ContextKind,
    Grain,
    Kind,
    Layer,
    SourceKind,
    View,
)
from governance.ui.forms import choice_field


class WhatForm(HeadingForm):
    heading = Heading.WHAT
    sections = (
        (
            _("In plain words"),
            _("Everybody measured reads this."),
            ("title", "definition", "affects_me", "unit"),
        ),
        (
            _("What kind it is"),
            "",
            ("category", "layer", "type", "view", "grains", "wellness_signal", "counts_hours", "capability"),
        ),
        (
            _("How it is worked out"),
            _("One SELECT over the sources, one row an event, and what makes one value of them."),
            ("sources", "facts", "aggregation", "collection", "normalisation", "left_out", "none_because"),
        ),
        (
            _("How far it can be trusted"),
            "",
            (
                "provenance",
                "schema_reference",
                "error_bounds",
                "assumptions",
                "gaming_risks",
                "counter_metric",
                "always_noted",
            ),
        ),
    )
    places = {
        "title": "name",
        "view": "what.class",
        "sources": "what.measure.sources",
        "facts": "what.measure.facts",
        "aggregation": "what.measure.aggregation",
        "left_out": "what.exclusions.left_out",
        "none_because": "what.exclusions.none_because",
    }  # fmt: skip

    title = fields.text(LABELS["name"])
    definition = fields.prose(
        LABELS["what.definition"],
        _("Say what it measures as you would to a new colleague. 600 characters at most."),
        4,
    )
    affects_me = fields.prose(LABELS["what.affects_me"], _("Write to them: “you”."))
    unit = fields.text(LABELS["what.unit"], _("What one is: hour, change, share."))
    category = fields.choose(LABELS["what.category"], fields.vocabulary(Category))
    layer = fields.choose(LABELS["what.layer"], fields.vocabulary(Layer))
    type = fields.pick(
        LABELS["what.type"],
        fields.vocabulary(Kind),
        {
            "outcome": _("A result that somebody wants"),
            "activity": _("Mere doing: commits, lines, tickets, messages, hours"),
        },
    )
    view = fields.pick(
        LABELS["what.class"],
        fields.vocabulary(View),
        {
            "diagnostic": _("To find problems in how work flows"),
            "performance": _("To judge how well somebody did"),
        },
        _("The two never mix."),
    )
    grains = fields.choose_many(LABELS["what.grains"], fields.grains())
    wellness_signal = forms.BooleanField(label=LABELS["what.wellness_signal"], required=False)
    counts_hours = forms.BooleanField(
        label=LABELS["what.counts_hours"],
        required=False,
        help_text=_("The hour, the day of the week, or the time spent at work."),
    )
    capability = fields.prose(
        LABELS["what.capability"],
        _(
            "Only where it shows how people use an assistant. Could the team still do and check this work without it?"
        ),
        2,
    )
    sources = fields.choose_many(
        LABELS["what.measure.sources"], (), _("Monitoring of people is banned, whatever its label (AR01).")
    )
    facts = fields.prose(
        LABELS["what.measure.facts"],
        _("DuckDB SQL. Columns: at, team or person, value, perhaps weight."),
        widget=forms.Textarea(attrs={"rows": "9", "class": "mc-mono", "spellcheck": "false"}),
        strip=False,
    )
    aggregation = fields.choose(LABELS["what.measure.aggregation"], fields.vocabulary(Aggregation))
    collection = fields.prose(LABELS["what.collection"], rows=2)
    normalisation = fields.prose(
        LABELS["what.normalisation"],
        _("How teams of different size or kind can be set side by side, or that they cannot."),
        2,
    )
    left_out = fields.Lines(
        label=LABELS["what.exclusions.left_out"], help_text=LINES, required=False, widget=forms.Textarea
    )
    none_because = fields.prose(
        LABELS["what.exclusions.none_because"], _("Only where nothing is left out."), 2
    )
    provenance = fields.prose(
        LABELS["what.provenance"], _("The systems, and what happens to data on the way.")
    )
    schema_reference = fields.prose(LABELS["what.schema_reference"], rows=2)
    error_bounds = fields.prose(
        LABELS["what.error_bounds"], _("What is missing or uncertain, and by about how much.")
    )
    assumptions = fields.Lines(
        label=LABELS["what.assumptions"], help_text=LINES, required=False, widget=forms.Textarea
    )
    gaming_risks = fields.Lines(
        label=LABELS["what.gaming_risks"],
        help_text=_("How could it rise or fall with nothing getting better? One a line."),
        required=False,
        widget=forms.Textarea,
    )
    counter_metric = fields.Slugs(
        label=LABELS["what.counter_metric"],
        help_text=_("The metric shown beside this one, so that neither is pushed at the other’s cost. Begin to type and choose."),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"list": "metric-names"}),
    )  # fmt: skip
    always_noted = fields.choose_many(
        LABELS["what.always_noted"],
        fields.vocabulary(ContextKind),
        _("No value is shown without saying whether something of this kind was going on."),
    )

    def __init__(self, data: Any, *, document: CharterDocument, registered: bool = False) -> None:
        super().__init__(data, document=document)
        choice_field(self, "sources").choices = _sources(document)
        self.fields["sources"].widget.choice_hints = dict(_source_hints())
        self.fields["title"].disabled = registered
        if registered:
            self.fields["title"].help_text = _("This metric is registered, so its name stays.")

    def _initial(self, document: CharterDocument) -> dict[str, Any]:
        what = document.what
        measure = what.measure or Measure((), "", Aggregation.MEDIAN)
        initial = super()._initial(document) | {
            "title": document.name,
            "sources": measure.sources,
            "facts": measure.facts,
            "aggregation": measure.aggregation if what.measure else "",
            "left_out": what.exclusions.left_out,
            "none_because": what.exclusions.none_because,
            "counter_metric": what.counter_metric or "",
        }
        return initial

    def clean_title(self) -> str:
        if not self.cleaned_data["title"].strip():
            raise forms.ValidationError(_("Give the metric a name"))
        return str(self.cleaned_data["title"])

    def clean_counter_metric(self) -> str | None:
        named = self.cleaned_data["counter_metric"]
        if len(named) > 1:
            raise forms.ValidationError(_("Name one counter-metric"))
        return named[0] if named else None

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        if not given.get("aggregation") and (given.get("sources") or given.get("facts", "").strip()):
            self.add_error("aggregation", _("Choose how the facts become one value"))
        return given

    @property
    def part(self) -> What:
        given = self.cleaned_data
        plain = ("definition", "affects_me", "unit", "collection", "normalisation", "error_bounds", "provenance",
                 "schema_reference", "assumptions", "gaming_risks", "counter_metric", "wellness_signal", "counts_hours", "capability")  # fmt: skip
        measure = (
            Measure(tuple(given["sources"]), given["facts"], Aggregation(given["aggregation"]))
            if given["aggregation"]
            else None
        )
        return What(
            **{name: given[name] for name in plain},
            layer=self._words("layer", Layer),
            category=self._words("category", Category),
            type=self._words("type", Kind),
            view=self._words("view", View),
            grains=tuple(map(Grain, given["grains"])),
            always_noted=tuple(map(ContextKind, given["always_noted"])),
            measure=measure,
            exclusions=Exclusions(given["left_out"], given["none_because"]),
        )

    @property
    def name(self) -> str:
        return str(self.cleaned_data["title"])


def _sources(document: CharterDocument) -> list[tuple[str, str]]:
    """The described sources; those that the charter names though nobody has described them stand last."""
    known = [(source.slug, source.name) for source in Source.objects.all()]
    named = document.what.measure.sources if document.what.measure else ()
    described = {slug for slug, _name in known}
    return known + [(slug, f"{slug}: {_('not described')}") for slug in named if slug not in described]


def _source_hints() -> dict[str, str]:
    """What each source is; of those that watch people, that they are banned."""
    return {
        source.slug: str(_("Banned: %(kind)s monitoring (AR01).") % {"kind": source.kind})
        if SourceKind(source.kind) in BANNED_SOURCES
        else f"{source.slug}: {source.description}"
        for source in Source.objects.all()
    }
