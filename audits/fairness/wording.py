"""Findings, groups and metrics in words, for pages and the API alike."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.fairness.comparing import GroupFinding
from audits.fairness.models import AuditedMetric
from audits.fairness.states import AuditedAttribute, TenureBand
from charter.rules import words
from governance.people.models import ContextClassChoices, WorkingArrangement

FINDINGS = {
    GroupFinding.FLAGGED.value: gettext_lazy("Flagged"),
    GroupFinding.WATCHED.value: gettext_lazy("On the watch list"),
    GroupFinding.NOT_RULED_OUT.value: gettext_lazy("Cannot rule out a difference"),
}
_LABELS: Mapping[str, Mapping[str, Any]] = {
    AuditedAttribute.TEAM_TYPE: dict(ContextClassChoices.choices),
    AuditedAttribute.TENURE: dict(TenureBand.choices),
    AuditedAttribute.ARRANGEMENT: dict(WorkingArrangement.choices),
}


def name_group(group: Mapping[str, Any]) -> str:
    """`Remote, Berlin`."""
    return ", ".join(
        str(_LABELS.get(attribute, {}).get(label, label))
        for attribute, label in zip(group["of"], group["labels"], strict=True)
    )


def name_attributes(group: Mapping[str, Any]) -> str:
    """`Working arrangement and location`."""
    named = [str(AuditedAttribute(each).label) for each in group["of"]]
    return words.sentence(" and ".join(named).lower())


def find_in_words(results: Mapping[str, Any]) -> str:
    """What an audit found of all groups together."""
    groups = results["groups"]
    flagged = [
        name_group(each)
        for each in groups
        if each["finding"] == GroupFinding.FLAGGED.value and len(each["of"]) == 1
    ]
    others = sum(each["finding"] == GroupFinding.FLAGGED.value for each in groups) - len(flagged)
    if flagged:
        return _("Flagged: %(names)s") % {"names": "; ".join(flagged)}
    if others:
        return _("Flagged: groups by two attributes together")
    if results["unnamed"][GroupFinding.FLAGGED.value]:
        return _("Flagged: a group that is not named, since that would tell how its people came out")
    return _("No group is flagged. That does not rule out a difference")


def say_context(audited: AuditedMetric) -> str:
    """How much of a metric goes with context, in a sentence."""
    if audited.context is None:
        return _("Not known: too few people had a value, or all had the same. It is not cleared.")
    said = {"share": f"{audited.context['share']:.0%}", "low": f"{max(0.0, audited.context['low']):.0%}"}
    if audited.exceeds:
        return _("%(share)s, at least %(low)s: the board is asked to revise or retire it") % said
    return _("%(share)s, at least %(low)s") % said
