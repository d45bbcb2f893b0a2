"""Forms of evidence."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charter.rules.vocabulary import EvidenceKind
from governance.evidence.states import EvidenceSource
from governance.ui.forms import DayField, ServiceForm

KINDS = {
    EvidenceKind.DESIGN_REVIEW: _("Design review"),
    EvidenceKind.CROSS_TEAM_SUPPORT: _("Support of other teams"),
    EvidenceKind.MENTORING: _("Mentoring"),
    EvidenceKind.INCIDENT_LEADERSHIP: _("Leading in an incident"),
    EvidenceKind.STAKEHOLDER_FEEDBACK: _("What stakeholders say"),
    EvidenceKind.PROJECT_OUTCOME: _("What a project achieved"),
    EvidenceKind.PEER_FEEDBACK: _("What peers say"),
}


class EvidenceForm(ServiceForm):
    """One piece of evidence, so that somebody else can open it."""

    kind = forms.ChoiceField(
        label=_("What kind of evidence is it?"),
        choices=[(kind.value, label) for kind, label in KINDS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what kind of evidence it is")},
    )
    person = forms.CharField(
        label=_("Whom is it about?"),
        help_text=_("Their employee number. Leave it empty for the work of a group."),
        required=False,
        max_length=100,
    )
    happened_on = DayField(label=_("When was it?"))
    project = forms.CharField(
        label=_("In which project?"), max_length=120, error_messages={"required": _("Say in which project")}
    )
    source = forms.ChoiceField(
        label=_("Who says so?"),
        choices=EvidenceSource.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who says so")},
    )
    said_by = forms.CharField(
        label=_("Their name, or the document’s"),
        max_length=200,
        error_messages={"required": _("Give the name of who says so")},
    )
    link = forms.CharField(
        label=_("Where can somebody else open it?"),
        help_text=_("An address that begins with https://."),
        max_length=500,
        error_messages={"required": _("Give the address at which it can be opened")},
    )
    shows = forms.CharField(
        label=_("What does it show?"),
        help_text=_("Say too whether it lasted: over how much of the period it was so."),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Say what it shows")},
    )


class EvidenceCheckForm(ServiceForm):
    """What somebody found who opened a piece of evidence."""

    holds = forms.ChoiceField(
        label=_("Does it say what is claimed?"),
        choices=[("yes", _("Yes, I opened it and it does")), ("no", _("No"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it says what is claimed")},
    )
    says = forms.CharField(
        label=_("What did you find?"),
        help_text=_("Needed where it does not."),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def outcome(self) -> dict[str, Any]:
        return {"holds": self.cleaned_data["holds"] == "yes", "says": self.cleaned_data["says"]}
