"""What each setting reaches: what rules are told that hangs on it, or why a change of it changes no answer, or none that can be replayed."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

Text = str | Promise


class SettingReach(Struct, frozen=True):
    """What rules are told that hangs on a setting; `aside` says what of it, or why nothing, is worked out for recorded questions."""

    facts: tuple[str, ...] = ()  # of `charter.rules.facts`, by their places
    replayed: bool = False
    says: Text = ""
    aside: Text = ""


_LEAST = _("What is shown of a value that is published from then on. No rule is told of it.")
_REVIEWS = _(
    "When a charter is reviewed. Whether it would have been in time depends on people, and is on no record."
)
_APPEALS = _(
    "How long an appeal may take. When one would have ended, and what it held until then, depends on people, and is on no record."
)
_KEPT = _("When something is erased. No rule is told of it.")
_AUDITS = _("Which looks are reviewed afterwards. No rule is told of it.")
_SERIES = _("Which questions about single people are a series.")
_ROUND = _("Which questions go round a refused use.")
_AS_THEY_CAME = _("What was asked before counts as it came out then.")
_BUDGET = _("Whether an error budget of the teams asked about burned, in decisions about people.")
_NEED = _("What decisions of this kind need.")

REACH: Mapping[str, SettingReach] = MappingProxyType(
    {
        "minimum_group": SettingReach(("cohorts.minimum",), True, _("Which groups are too small to be told of.")),
        "minimum_group_strain": SettingReach(
            ("cohorts.minimum",), True, _("Which groups are too small for strain and surveys.")
        ),
        "coverage_threshold": SettingReach(
            ("values.thin",), True, _("Whether values cover enough of the work to decide about people by."),
            _(
                "A value that was withheld has no coverage on record, so that it stays withheld; and single people’s own values are "
                "worked out from data that are not kept as they were then, so that what was found of them stays."
            ),
        ),
        "least_events": SettingReach(aside=_LEAST),
        "largest_share": SettingReach(aside=_LEAST),
        "least_events_unnamed": SettingReach(aside=_LEAST),
        "settling_days": SettingReach(aside=_("From when a month is published. No rule is told of it.")),
        "looks_a_day": SettingReach(
            ("looking.persons_limit",), True, _("From how many people in a day a look goes to the board."), _AS_THEY_CAME
        ),
        "enumeration_share": SettingReach(("looking.enumerated",), True, _SERIES, _AS_THEY_CAME),
        "enumeration_people": SettingReach(("looking.enumerated",), True, _SERIES, _AS_THEY_CAME),
        "enumeration_minutes": SettingReach(("looking.enumerated",), True, _SERIES, _AS_THEY_CAME),
        "hop_share": SettingReach(("looking.hopped_from",), True, _ROUND, _AS_THEY_CAME),
        "hop_days": SettingReach(("looking.hopped_from",), True, _ROUND, _AS_THEY_CAME),
        "ruling_days": SettingReach(
            ("ruled", "ruled_against"), True, _("How long the board’s answer to a question stands for questions like it."),
            _("Rulings count from when they were made."),
        ),
        "notice_delay_days": SettingReach(aside=_("When somebody is told of a look. No rule is told of it.")),
        "charter_months": SettingReach(
            aside=_("How long charters hold that are passed from then on. Those in force keep the end that they have.")
        ),
        "review_days": SettingReach(("charter.in_force",), aside=_REVIEWS),
        "review_notice_days": SettingReach(("charter.in_force",), aside=_REVIEWS),
        "untied_days": SettingReach(
            ("charter.in_force",),
            aside=_(
                "When a charter that serves no decision is suspended. Whether its owner would have justified it in time is on no record."
            ),
        ),
        "expiry_reminder_days": SettingReach(aside=_("When owners are reminded. No rule is told of it.")),
        "readable_by_visitors": SettingReach(aside=_("What can be read without an account. No question is answered without one.")),
        **{
            key: SettingReach(("values.held",), aside=_APPEALS)
            for key in (
                "holiday_calendar", "appeal_acknowledge_days", "appeal_independence_days", "appeal_outcome_days",
                "appeal_extension_days", "appeal_urgent_days", "appeal_urgent_within_days", "appeal_second_filing_days",
                "appeal_second_outcome_days", "appeal_window_months",
            )
        },
        "sampled_share": SettingReach(aside=_AUDITS),
        "sampled_least": SettingReach(aside=_AUDITS),
        "sampled_days": SettingReach(aside=_AUDITS),
        "decisions_kept_months": SettingReach(aside=_KEPT),
        "leavers_kept_months": SettingReach(aside=_KEPT),
        "strain_kept_months": SettingReach(aside=_KEPT),
        "error_budget_metric": SettingReach(("values.budget_burning",), True, _BUDGET),
        "error_budget_limit": SettingReach(("values.budget_burning",), True, _BUDGET),
    }
)  # fmt: skip
OF_DECISIONS: Mapping[str, SettingReach] = MappingProxyType(
    {
        "minimum_grain": SettingReach(
            aside=_(
                "What charters may list that are handed in from then on. Those in force keep what they list."
            )
        ),
        "evidence_needed": SettingReach(("decision.evidence_needed",), True, _NEED),
        "fairness_needed": SettingReach(("decision.fairness_needed",), True, _NEED),
        "accountable_needed": SettingReach(("decision.accountable_needed",), True, _NEED),
    }
)


def find_reach(key: str) -> SettingReach:
    """What a setting reaches, by its key: `minimum_group`, `promotion_evidence.evidence_needed`."""
    _decision, dot, name = key.partition(".")
    return OF_DECISIONS[name] if dot else REACH[key]


def say_reach(key: str) -> str:
    """The same in sentences."""
    reach = find_reach(key)
    if not reach.replayed:
        return str(reach.aside)
    worked_out = _("It is worked out where the case is tried on the questions of the last 90 days.")
    return " ".join(str(each) for each in (reach.says, worked_out, reach.aside) if each)
