"""Forms of agreements: what it says part by part, what a clause binds, a document, notice."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _
from msgspec.structs import replace

from charter.authoring.screens.forms import fields as charter_fields
from charter.rules.vocabulary import DecisionType, Grain
from governance.agreements.agreement_text import (
    AgreementKind,
    AgreementParty,
    AgreementTerm,
    AgreementText,
    AssessedRisk,
    Assessment,
    AssessmentOutcome,
    ClauseBounds,
    Level,
    Processing,
    Processor,
    RiskMeasure,
    SettingBound,
    Transfer,
)
from governance.agreements.files import ACCEPTED
from governance.agreements.models import KIND_WORDS
from governance.agreements.screens.fields import ClausesField, LineRows, keep_bounds
from governance.ui.forms import DayField, ServiceForm, choice_field
from ground.errors import BadInput
from ground.msgspec_errors import locate_fault

OUTCOMES = {
    AssessmentOutcome.GO_AHEAD: _("Go ahead"),
    AssessmentOutcome.WITH_MEASURES: _("Go ahead, with the measures named"),
    AssessmentOutcome.ASK_AUTHORITY: _("Ask the supervisory authority first"),
    AssessmentOutcome.DO_NOT: _("Do not do it"),
}
LEVELS = {Level.LOW: _("low"), Level.MEDIUM: _("medium"), Level.HIGH: _("high")}


class AgreementTextForm(ServiceForm):
    """A part of an agreement's text; `read` gives the whole text with this part as typed."""

    prose: ClassVar[frozenset[str]] = frozenset()

    def read(self, before: AgreementText) -> AgreementText:
        """Raise BadInput where what was typed cannot be that."""
        try:
            return msgspec.convert(self._made(before).stored(), AgreementText)
        except msgspec.ValidationError as error:
            sentence, place = locate_fault(str(error))
            raise BadInput(sentence, field=place.partition(".")[0].partition("[")[0] or None) from error

    def _made(self, before: AgreementText) -> AgreementText:
        raise NotImplementedError


class HeadForm(AgreementTextForm):
    """Who agrees with whom, where, about what, from when until when, and the clauses."""

    title = forms.CharField(
        label=_("Title"), max_length=200, error_messages={"required": _("Give it a title")}
    )
    parties = LineRows(_("name"), _("for whom it speaks"), label=_("Parties"), help_text=_("One a line: Works council Berlin | employees in Berlin"))  # fmt: skip
    territory = charter_fields.Lines(
        label=_("Where it holds"),
        help_text=_("Locations as the organisation’s files write them, one a line. Empty: everywhere."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    scope = charter_fields.prose(_("What it is about, and what not"), rows=4)
    metrics = charter_fields.Slugs(
        label=_("Metrics that it is about"),
        help_text=_("Short names, parted by commas. Empty: all of them."),
        required=False,
    )
    begins = DayField(label=_("First day"))
    ends = DayField(
        label=_("Day after its last day"), required=False, help_text=_("Empty: it has no end of its own.")
    )
    notice_days = forms.IntegerField(
        label=_("Days of notice"), min_value=1, max_value=731, help_text=_("How long before its end those who rest on it are told.")
    )  # fmt: skip
    basis = charter_fields.prose(
        _("What it rests on itself"), _("The law or the agreement, such as § 87 (1) no. 6 BetrVG.")
    )
    clauses = ClausesField(
        label=_("Clauses"),
        help_text=_(
            "A blank line between two; each begins with its number: 4.2 No values of single persons are shown."
        ),
    )

    @staticmethod
    def begin(text: AgreementText) -> dict[str, Any]:
        return {
            "title": text.title, "parties": [(each.name, each.speaks_for) for each in text.parties],
            "territory": text.territory, "scope": text.scope, "metrics": text.metrics, "begins": text.term.begins,
            "ends": text.term.ends, "notice_days": text.term.notice_days, "basis": text.basis, "clauses": text.clauses,
        }  # fmt: skip

    def _made(self, before: AgreementText) -> AgreementText:
        said = self.cleaned_data
        ends: date | None = said["ends"]
        return replace(
            before,
            title=said["title"],
            parties=tuple(AgreementParty(*row) for row in said["parties"]),
            territory=said["territory"],
            scope=said["scope"],
            metrics=said["metrics"],
            term=AgreementTerm(
                said["begins"].isoformat(), ends.isoformat() if ends else None, said["notice_days"]
            ),
            basis=said["basis"],
            clauses=keep_bounds(said["clauses"], before.clauses),
        )


class NewForm(HeadForm):
    """A new agreement: also what kind it is, and its short name, which stay."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[(kind.value, word) for kind, word in KIND_WORDS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is")},
    )
    slug = forms.SlugField(
        label=_("Short name"),
        help_text=_("Charters cite its clauses by it: works-agreement/4.2. It stays."),
        max_length=100,
        error_messages={"required": _("Give it a short name")},
    )
    field_order = ["kind", "slug", "title"]

    def make(self) -> AgreementText:
        said = self.cleaned_data
        begun = AgreementText(
            said["slug"],
            AgreementKind(said["kind"]),
            said["title"],
            AgreementTerm(said["begins"].isoformat()),
        )
        return self.read(begun)


class ProcessingForm(AgreementTextForm):
    """What the records of processing say beside the charters (Art. 30 GDPR)."""

    processors = LineRows(_("name"), _("what they do"), _("country"), label=_("Processors"), help_text=_("Whoever processes data for you, one a line: Cloud Ltd | hosts the warehouse | Ireland"))  # fmt: skip
    recipients = charter_fields.Lines(label=_("Recipients outside"), help_text=_("One a line. Whom data are disclosed to beside those whom charters name."), required=False, widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip
    transfers = LineRows(_("where to"), _("what protects them there"), label=_("Transfers to third countries"), help_text=_("One a line: United States | standard contractual clauses of 4 June 2021"))  # fmt: skip
    security = charter_fields.Lines(label=_("Security measures"), help_text=_("One a line."), required=False, widget=forms.Textarea(attrs={"rows": 5}))  # fmt: skip

    @staticmethod
    def begin(text: AgreementText) -> dict[str, Any]:
        said = text.processing
        return {
            "processors": [(each.name, each.does, each.country) for each in said.processors],
            "recipients": said.recipients,
            "transfers": [(each.to, each.safeguard) for each in said.transfers],
            "security": said.security,
        }

    def _made(self, before: AgreementText) -> AgreementText:
        said = self.cleaned_data
        processing = Processing(
            tuple(Processor(*row) for row in said["processors"]),
            said["recipients"],
            tuple(Transfer(*row) for row in said["transfers"]),
            said["security"],
        )
        return replace(before, processing=processing)


class AssessmentForm(AgreementTextForm):
    """What an impact assessment says (Art. 35 GDPR)."""

    risks = LineRows(
        _("what could happen"), _("before"), _("after"), _("what lowers it"), _("who does it"),
        label=_("Risks to people"),
        help_text=_("One measure a line: Managers rank people | high | low | no values of single persons | IT. Before and after are low, medium or high; a dash where nothing lowers it. A risk with two measures stands on two lines."),
        rows=8,
    )  # fmt: skip
    views = charter_fields.prose(_("What those concerned think of it"), _("Or who speaks for them."), rows=4)
    not_asked_because = charter_fields.prose(_("Why they were not asked"), _("Where they were not."), rows=2)
    officer_advice = charter_fields.prose(_("What the data protection officer advises"), rows=4)
    outcome = charter_fields.choose(
        _("What it comes to"), [(each.value, word) for each, word in OUTCOMES.items()]
    )

    @staticmethod
    def begin(text: AgreementText) -> dict[str, Any]:
        said = text.assessment
        return {
            "risks": list(_risk_rows(said.risks)), "views": said.views, "not_asked_because": said.not_asked_because,
            "officer_advice": said.officer_advice, "outcome": said.outcome.value if said.outcome else "",
        }  # fmt: skip

    def clean_risks(self) -> tuple[AssessedRisk, ...]:
        found: dict[tuple[str, Level, Level], list[RiskMeasure]] = {}
        for what, before, after, does, owner in self.cleaned_data["risks"]:
            measures = found.setdefault((what, _level(before), _level(after)), [])
            if does != "-":
                measures.append(RiskMeasure(does, owner))
        return tuple(
            AssessedRisk(what, before, after, tuple(measures))
            for (what, before, after), measures in found.items()
        )

    def _made(self, before: AgreementText) -> AgreementText:
        said = self.cleaned_data
        outcome = AssessmentOutcome(said["outcome"]) if said["outcome"] else None
        found = Assessment(
            said["risks"], said["views"], said["not_asked_because"], said["officer_advice"], outcome
        )
        return replace(before, assessment=found)


def _risk_rows(risks: Iterable[AssessedRisk]) -> Iterable[tuple[str, ...]]:
    for risk in risks:
        grave = (risk.what, str(LEVELS[risk.before]), str(LEVELS[risk.after]))
        yield from [(*grave, each.does, each.owner) for each in risk.measures] or [(*grave, "-", "-")]


def _level(word: str) -> Level:
    for level, label in LEVELS.items():
        if word.lower() in {level.value, str(label).lower()}:
            return level
    raise forms.ValidationError(_("“%(word)s”: a risk is low, medium or high") % {"word": word})


class ClauseForm(AgreementTextForm):
    """What one clause binds, so that it can be held to charters, settings and sources."""

    systems = charter_fields.choose_many(
        _("Only these systems are read"), (), _("Nothing ticked: the clause leaves it open.")
    )
    levels = charter_fields.choose_many(_("Values exist only by"), charter_fields.grains())
    decisions = charter_fields.choose_many(_("May be used only for"), charter_fields.decisions())
    never = charter_fields.choose_many(_("Is never used for"), charter_fields.decisions())
    facts_kept = charter_fields.Length(
        label=_("Facts are kept at most"), help_text=_("Such as 31 days."), required=False
    )
    values_kept = charter_fields.Length(
        label=_("Values are kept at most"), help_text=_("Such as 13 months."), required=False
    )
    settings = LineRows(
        _("setting"), _("least"), _("most"), label=_("What settings may be"),
        help_text=_("One a line, by the setting’s key, with a dash where there is no least or no most: minimum_group | 8 | -"),
    )  # fmt: skip

    def __init__(self, data: Any, *, number: str, systems: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self._number = number
        choice_field(self, "systems").choices = list(systems.items())

    @staticmethod
    def begin(binds: ClauseBounds) -> dict[str, Any]:
        return {
            "systems": binds.systems, "levels": [each.value for each in binds.levels],
            "decisions": [each.value for each in binds.decisions], "never": [each.value for each in binds.never],
            "facts_kept": binds.facts_kept, "values_kept": binds.values_kept,
            "settings": [(each.key, _limit(each.at_least), _limit(each.at_most)) for each in binds.settings],
        }  # fmt: skip

    def clean_settings(self) -> tuple[SettingBound, ...]:
        return tuple(
            SettingBound(key, _number(least), _number(most))
            for key, least, most in self.cleaned_data["settings"]
        )

    def _made(self, before: AgreementText) -> AgreementText:
        said = self.cleaned_data
        binds = ClauseBounds(
            tuple(said["systems"]), tuple(map(Grain, said["levels"])), tuple(map(DecisionType, said["decisions"])),
            tuple(map(DecisionType, said["never"])), said["facts_kept"], said["values_kept"], said["settings"],
        )  # fmt: skip
        return replace(
            before,
            clauses=tuple(
                replace(clause, binds=binds) if clause.number == self._number else clause
                for clause in before.clauses
            ),
        )


def _limit(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"


def _number(text: str) -> float | None:
    if text in {"-", "–"}:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < 1e9:
        raise forms.ValidationError(
            _("“%(text)s” is no number; write a dash where there is no limit") % {"text": text}
        )
    return value


class DocumentForm(ServiceForm):
    document = forms.FileField(
        label=_("File"),
        help_text=_("A PDF, an ODT or DOCX without macros, or plain text; 10 MB at most."),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages={"required": _("Choose a file")},
    )


class NoticeForm(ServiceForm):
    ends_on = DayField(label=_("First day on which it is in force no longer"))
    because = forms.CharField(
        label=_("Who gave notice, and why?"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say who gave notice, and why")},
    )


PARTS: Mapping[str, type[HeadForm] | type[ProcessingForm] | type[AssessmentForm]] = {
    "text": HeadForm,
    "processing": ProcessingForm,
    "assessment": AssessmentForm,
}
