"""Every rule by example: uses that it leaves alone and uses that it refuses, each with all the rules that match."""

from datetime import date
from typing import Any, NamedTuple

from msgspec.structs import replace

from charter.rules.examples.base import (
    PAYMENTS,
    RESCUE,
    SEARCH,
    TINY,
    about,
    one_person,
    oneself,
    person,
    team,
)
from charter.rules.facts import BesideFacts, CohortFacts, Facts, ForbiddenUse, LookingFacts, ValueFacts
from charter.rules.request import Evidence, Window
from charter.rules.vocabulary import (
    Category,
    Combine,
    ContextClass,
    DecisionType,
    EvidenceKind,
    Grain,
    Kind,
    Nature,
    OrderBy,
    Outcome,
    RequestForm,
    Role,
    SourceKind,
    Standing,
    TimeFilter,
    UseCondition,
    View,
)


class SpecExample(NamedTuple):
    """A use in words, its facts, and the ids of all rules that match it: none where it is permitted."""

    says: str
    facts: Facts
    matches: str = ""

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(self.matches.split())

    @property
    def outcome(self) -> Outcome:
        """AR13 alone refers to the board; every other rule denies, and deny beats refer."""
        return {(): Outcome.PERMIT, ("AR13",): Outcome.REFER}.get(self.rules, Outcome.DENY)


_USE = (DecisionType.RETROSPECTIVE, Grain.TEAM)
COMMITS = {
    "metric": "commit-count",
    "name": "Commit count",
    "kind": Kind.ACTIVITY,
    "category": Category.ACTIVITY,
}
FLOW = {"metric": "cycle-time", "name": "Cycle time", "category": Category.FLOW}
STRAIN = {"metric": "incident-burden", "name": "Incident burden", "category": Category.STRAIN}
HOURS = {"metric": "weekend-share", "name": "Weekend share", "counts_hours": True}
PERFORMANCE = BesideFacts("project-outcomes", Category.OUTCOME, Kind.OUTCOME, View.PERFORMANCE)
ONE_ON_ONE = {
    "decision": DecisionType.ONE_ON_ONE,
    "listed": frozenset({(DecisionType.ONE_ON_ONE, Grain.TEAM), (DecisionType.ONE_ON_ONE, Grain.SELF)}),
}
RATING = {
    "decision": DecisionType.PERFORMANCE_RATING,
    "listed": frozenset({(DecisionType.PERFORMANCE_RATING, Grain.PERSON)}),
}
PLANNED = {
    "decision": DecisionType.STAFFING,
    "listed": frozenset({(DecisionType.STAFFING, Grain.TEAM), (DecisionType.GAMING_AUDIT, Grain.TEAM)}),
}
AUDITED = {"decision": DecisionType.GAMING_AUDIT}
ROTA = frozenset({(DecisionType.RETROSPECTIVE, Grain.ROTA), (DecisionType.RETROSPECTIVE, Grain.SERVICE)})
PILOT = {"standing": Standing.PILOT, "pilot_cohorts": frozenset({"team:payments"})}
ACTIVITY = frozenset({Nature.ACTIVITY})
SURVEY = frozenset({Nature.SURVEY})
COMPOSITE = frozenset({Nature.COMPOSITE})
ASSISTED = frozenset({Nature.AI_ASSIST})
TWO_TEAMS = about(PAYMENTS, SEARCH)
UNLIKE = about(PAYMENTS, RESCUE)
SIX = CohortFacts("team:six", 6, 8, frozenset({ContextClass.PLATFORM}))


MIXED = CohortFacts("team:mixed", 9, 5, frozenset({ContextClass.PLATFORM, ContextClass.RESCUE}))


def of_team(**changes: Any) -> Facts:
    """A promotion that looks at a team's values, with everything in order."""
    listed = frozenset({(DecisionType.PROMOTION_EVIDENCE, Grain.TEAM)})
    return person(**about(PAYMENTS), **{"grain": Grain.TEAM, "persons": (), "listed": listed, **changes})


def since(start: date) -> Window:
    return Window(start=start, end=date(2026, 4, 1))


EXAMPLES: dict[str, list[SpecExample]] = {
    "AR01": [
        SpecExample("Drawn from version control.", team()),
        SpecExample("Drawn from the screen.", team(sources=frozenset({SourceKind.SCREEN})), "AR01"),
        SpecExample(
            "Presence under a wellness label.",
            team(sources=frozenset({SourceKind.PRESENCE, SourceKind.SURVEY})),
            "AR01",
        ),
        SpecExample("Keyboard logging.", team(sources=frozenset({SourceKind.KEYBOARD})), "AR01"),
        SpecExample(
            "Sentiment scoring, even of oneself.", oneself(sources=frozenset({SourceKind.SENTIMENT})), "AR01"
        ),
        SpecExample("How soon people answer.", team(nature=frozenset({Nature.REPLY_LATENCY})), "AR01"),
        SpecExample("Gaps in one's own work.", oneself(nature=frozenset({Nature.IDLE})), "AR01"),
        SpecExample("Registered as surveillance.", team(category=Category.PROHIBITED_SURVEILLANCE), "AR01"),
    ],
    "AR02": [
        SpecExample("Strain of a team, in a retrospective.", team(**STRAIN)),
        SpecExample("One's own strain.", oneself(**STRAIN)),
        SpecExample("Strain for a promotion.", person(**STRAIN), "AR02 AR12"),
        SpecExample("A team's survey.", team(category=Category.SURVEY)),
        SpecExample("A survey called an outcome, for a promotion.", person(nature=SURVEY), "AR02 AR12"),
        SpecExample(
            "A survey by its category, for a promotion.", person(category=Category.SURVEY), "AR02 AR12"
        ),
        SpecExample("A team's survey in a promotion.", of_team(nature=SURVEY), "AR02"),
        SpecExample("A wellness tag for a promotion.", person(wellness_signal=True), "AR02"),
        SpecExample("Strain of one report.", one_person(**STRAIN), "AR02 AR12"),
        SpecExample("Own strain as promotion evidence.", person(**STRAIN, asks_about_self=True), "AR02"),
    ],
    "AR03": [
        SpecExample("A team's weekends, in a retrospective.", team(time_filter=TimeFilter.WEEKEND)),
        SpecExample("Own weekends.", oneself(time_filter=TimeFilter.WEEKEND)),
        SpecExample(
            "Own evenings, brought to a one-on-one.", oneself(**ONE_ON_ONE, time_filter=TimeFilter.EVENING)
        ),
        SpecExample("A team's weekend share.", team(**HOURS)),
        SpecExample(
            "Hours in a measure that hides them, for a promotion.",
            person(nature=frozenset({Nature.HOURS})),
            "AR03",
        ),
        SpecExample("Weekends for a promotion.", person(time_filter=TimeFilter.WEEKEND), "AR03"),
        SpecExample("Weekend share for a promotion.", person(**HOURS), "AR03"),
        SpecExample("A team's weekends in a promotion.", of_team(time_filter=TimeFilter.WEEKEND), "AR03"),
        SpecExample(
            "Own weekends in a promotion.",
            person(time_filter=TimeFilter.WEEKEND, asks_about_self=True),
            "AR03",
        ),
        SpecExample("One report's time online.", one_person(time_filter=TimeFilter.ONLINE), "AR03"),
        SpecExample(
            "The team's evenings in a one-on-one.", team(**ONE_ON_ONE, time_filter=TimeFilter.EVENING), "AR03"
        ),
    ],
    "AR04": [
        SpecExample("Own commits.", oneself(**COMMITS)),
        SpecExample("One report's commits.", one_person(**COMMITS), "AR04"),
        SpecExample("Activity by its measure alone.", one_person(nature=ACTIVITY), "AR04"),
        SpecExample("Activity by its type alone.", one_person(kind=Kind.ACTIVITY), "AR04"),
        SpecExample(
            "Teams in order of commits.", team(**COMMITS, **TWO_TEAMS, order_by=OrderBy.VALUE), "AR29"
        ),
        SpecExample("Own commits, in order.", oneself(**COMMITS, order_by=OrderBy.VALUE)),
        SpecExample(
            "People in order of commits.", one_person(**COMMITS, order_by=OrderBy.VALUE), "AR04 AR05"
        ),
        SpecExample(
            "People in order of an activity.",
            one_person(kind=Kind.ACTIVITY, order_by=OrderBy.VALUE),
            "AR04 AR05",
        ),
        SpecExample(
            "Activity by its category.",
            one_person(category=Category.ACTIVITY, order_by=OrderBy.PERIOD),
            "AR04 AR05",
        ),
        SpecExample("People in order of an outcome.", one_person(order_by=OrderBy.VALUE), "AR05"),
    ],
    "AR05": [
        SpecExample("One report, on their own.", one_person()),
        SpecExample("One's own value.", oneself()),
        SpecExample("The top three months of one's own.", oneself(limit=3)),
        SpecExample("Top two teams.", team(**TWO_TEAMS, limit=2), "AR29"),
        SpecExample("Percentiles of teams.", team(**TWO_TEAMS, percentile=True), "AR29"),
        SpecExample("Two people.", one_person(persons=("p-001", "p-002")), "AR05"),
        SpecExample("Each person of a team.", one_person(persons=(), **about(PAYMENTS)), "AR05"),
        SpecExample("One person beside their team.", one_person(**about(PAYMENTS)), "AR05"),
        SpecExample("People without a name.", one_person(persons=()), "AR05"),
        SpecExample("Top ten people.", one_person(limit=10), "AR05"),
        SpecExample("One person's percentile.", one_person(percentile=True), "AR05"),
        SpecExample("One's own percentile among peers.", oneself(percentile=True), "AR05"),
        SpecExample(
            "Persons named at team level.",
            team(persons=("p-001", "p-002"), fairness_until=date(2027, 1, 1)),
            "AR05",
        ),
    ],
    "AR06": [
        SpecExample("A team's months added up.", team(combine=Combine.SUM)),
        SpecExample("One score for a person.", one_person(combine=Combine.SCORE), "AR06"),
        SpecExample("A team's composite.", team(nature=COMPOSITE)),
        SpecExample("A person's composite, uncombined.", one_person(nature=COMPOSITE), "AR06"),
        SpecExample("One's own composite.", oneself(nature=COMPOSITE), "AR06"),
        SpecExample("A team's composite in a promotion.", of_team(nature=COMPOSITE), "AR06"),
        SpecExample("The mean of one's own months.", oneself(combine=Combine.MEAN), "AR06"),
        SpecExample(
            "A team's score in a promotion.",
            person(
                combine=Combine.SUM,
                **about(PAYMENTS),
                grain=Grain.TEAM,
                persons=(),
                listed=frozenset({(DecisionType.PROMOTION_EVIDENCE, Grain.TEAM)}),
            ),
            "AR06",
        ),
    ],
    "AR07": [
        SpecExample("Two metrics and a design review.", person()),
        SpecExample("One metric, no evidence, for a retrospective.", team()),
        SpecExample("Evidence that nobody else has opened.", person(checked_evidence=0), "AR07"),
        SpecExample("No evidence.", person(evidence=()), "AR07"),
        SpecExample("A blank reference.", person(evidence=(Evidence(EvidenceKind.MENTORING, "  "),)), "AR07"),
        SpecExample("One metric.", person(metrics=("project-outcomes",), beside=()), "AR07"),
        SpecExample(
            "One metric, named twice.", person(metrics=("project-outcomes", "project-outcomes")), "AR07"
        ),
        SpecExample("The programme wants two pieces.", person(decided={"evidence_needed": 2}), "AR07"),
        SpecExample(
            "The programme wants one in a retrospective.", team(decided={"evidence_needed": 1}), "AR07"
        ),
    ],
    "AR08": [
        SpecExample("A team's commits in a retrospective.", team(**COMMITS)),
        SpecExample("Commits in a promotion.", person(**COMMITS), "AR04 AR08"),
        SpecExample("An activity by its kind.", person(kind=Kind.ACTIVITY), "AR04 AR08"),
        SpecExample("An activity by its category.", person(category=Category.ACTIVITY), "AR04 AR08"),
        SpecExample("An activity by its measure.", person(nature=ACTIVITY), "AR04 AR08"),
        SpecExample("A team's commits in a promotion.", of_team(**COMMITS), "AR08"),
        SpecExample("Own commits in a promotion.", person(**COMMITS, asks_about_self=True), "AR08"),
    ],
    "AR09": [
        SpecExample("A team's cycle time.", team(**FLOW)),
        SpecExample("Own cycle time.", oneself(**FLOW)),
        SpecExample("One report's cycle time.", one_person(**FLOW), "AR09"),
        SpecExample("Cycle time in a promotion.", person(**FLOW), "AR09"),
        SpecExample("A team's cycle time in a promotion.", of_team(**FLOW), "AR09"),
        SpecExample(
            "Own values asked about somebody else.",
            oneself(**FLOW, asks_about_self=False, acknowledged=True, fairness_until=date(2027, 1, 1)),
            "AR09 AR14",
        ),
    ],
    "AR10": [
        SpecExample("A diagnostic metric in a diagnostic view.", team()),
        SpecExample("A performance metric in a performance view.", person()),
        SpecExample(
            "A diagnostic metric in a performance view.",
            team(view=View.PERFORMANCE, trained=True, fairness_until=date(2027, 1, 1)),
            "AR10",
        ),
        SpecExample("A performance metric in a diagnostic view.", person(view=View.DIAGNOSTIC), "AR10"),
        SpecExample(
            "Mixed with a performance metric.",
            team(metrics=("lead-time-for-changes", "project-outcomes"), beside=(PERFORMANCE,)),
            "AR10",
        ),
        SpecExample("A team's use of an assistant.", team(nature=ASSISTED)),
        SpecExample(
            "The use of an assistant in a performance view.",
            oneself(
                nature=ASSISTED,
                view=View.PERFORMANCE,
                view_of_metric=View.PERFORMANCE,
                fairness_until=date(2027, 1, 1),
            ),
            "AR10",
        ),
        SpecExample(
            "The use of an assistant in a promotion, by its category.",
            person(category=Category.AI_ASSIST),
            "AR10",
        ),
        SpecExample(
            "A diagnostic metric in a promotion.",
            person(view=View.DIAGNOSTIC, view_of_metric=View.DIAGNOSTIC, beside=()),
            "AR10",
        ),
    ],
    "AR11": [
        SpecExample("Like teams compared.", team(**TWO_TEAMS, compare=True)),
        SpecExample("Unlike teams, side by side.", team(**UNLIKE), "AR11"),
        SpecExample("Unlike teams by their names, for staffing.", team(**PLANNED, **UNLIKE)),
        SpecExample(
            "Unlike teams in the order of their names, for staffing.",
            team(**PLANNED, **UNLIKE, order_by=OrderBy.COHORT),
        ),
        SpecExample("Unlike teams for an audit.", team(**{**PLANNED, **AUDITED}, **UNLIKE)),
        SpecExample("Unlike teams compared, for staffing.", team(**PLANNED, **UNLIKE, compare=True), "AR11"),
        SpecExample(
            "Unlike teams in order of value, for staffing.",
            team(**PLANNED, **UNLIKE, order_by=OrderBy.VALUE),
            "AR11 AR29",
        ),
        SpecExample(
            "The first of unlike teams, for staffing.", team(**PLANNED, **UNLIKE, limit=1), "AR11 AR29"
        ),
        SpecExample(
            "A group of two kinds and its percentile, for staffing.",
            team(**PLANNED, **about(MIXED), percentile=True),
            "AR11",
        ),
        SpecExample("One team in order of value.", team(order_by=OrderBy.VALUE)),
        SpecExample("One group of unlike teams, in order.", team(**about(MIXED), order_by=OrderBy.VALUE)),
        SpecExample("Unlike teams compared.", team(**UNLIKE, compare=True), "AR11"),
        SpecExample("Unlike teams in order.", team(**UNLIKE, order_by=OrderBy.VALUE), "AR11 AR29"),
        SpecExample("The first of unlike teams.", team(**UNLIKE, limit=1), "AR11 AR29"),
        SpecExample("Percentiles of unlike teams.", team(**UNLIKE, percentile=True), "AR11 AR29"),
        SpecExample(
            "A team of unknown kind compared.",
            team(**about(PAYMENTS, CohortFacts("team:new", 8, 5, frozenset())), compare=True),
            "AR11",
        ),
        SpecExample(
            "Unlike people compared.",
            one_person(compare=True, person_classes=frozenset({ContextClass.RESCUE, ContextClass.PLATFORM})),
            "AR11",
        ),
    ],
    "AR12": [
        SpecExample("Nine people.", team()),
        SpecExample("Exactly five people.", team(**about(CohortFacts("team:five", 5, 5, frozenset())))),
        SpecExample("Own survey answer.", oneself(category=Category.SURVEY)),
        SpecExample("Four people.", team(**about(TINY)), "AR12"),
        SpecExample("Four people among others.", team(**about(PAYMENTS, TINY)), "AR12"),
        SpecExample("Six people, for strain.", team(**STRAIN, **about(SIX)), "AR12"),
        SpecExample("One person's survey answer.", one_person(category=Category.SURVEY), "AR02 AR12"),
        SpecExample("One person's answer, whatever its label.", one_person(nature=SURVEY), "AR02 AR12"),
    ],
    "AR13": [
        SpecExample("Ten people today.", one_person(looking=LookingFacts(persons_today=10))),
        SpecExample("Eleven people today.", one_person(looking=LookingFacts(persons_today=11)), "AR13"),
        SpecExample("A higher limit.", one_person(looking=LookingFacts(persons_today=11, persons_limit=12))),
        SpecExample(
            "The people of a team, one by one.",
            one_person(looking=LookingFacts(5, enumerated="team:x")),
            "AR13",
        ),
        SpecExample(
            "From one decision to another.",
            team(looking=LookingFacts(hopped_from=DecisionType.DISCIPLINE)),
            "AR13",
        ),
        SpecExample(
            "With the board's leave.",
            one_person(looking=LookingFacts(persons_today=11), ruled=frozenset({"AR13"})),
        ),
        SpecExample(
            "With its leave for another rule.",
            one_person(looking=LookingFacts(persons_today=11), ruled=frozenset({"AR05"})),
            "AR13",
        ),
    ],
    "AR14": [
        SpecExample("Listed for this role.", team()),
        SpecExample("From the first day allowed.", team(data_from=date(2026, 1, 1))),
        SpecExample("No first day.", team(data_from=None)),
        SpecExample("Own value, with no role but oneself.", oneself()),
        SpecExample(
            "Asked with its pair.",
            team(
                metrics=("lead-time-for-changes", "slo-compliance"),
                needs_beside=frozenset({(DecisionType.RETROSPECTIVE, Grain.TEAM, "slo-compliance")}),
            ),
        ),
        SpecExample(
            "A pair wanted for another use.",
            team(needs_beside=frozenset({(DecisionType.STAFFING, Grain.TEAM, "slo-compliance")})),
        ),
        SpecExample(
            "A condition that is met.",
            replace(team(conditions=frozenset({(*_USE, UseCondition.CONSENT)})), consented=True),
        ),
        SpecExample(
            "A condition that is not met.",
            team(conditions=frozenset({(*_USE, UseCondition.CONSENT)})),
            "AR14",
        ),
        SpecExample(
            "A sentence that was not affirmed.",
            team(affirmations=frozenset({(*_USE, "The team asked.")})),
            "AR14",
        ),
        SpecExample(
            "A form that the charter forbids.",
            team(
                forbidden=(ForbiddenUse("Export", forms=frozenset({RequestForm.COMBINE})),),
                combine=Combine.MEAN,
            ),
            "AR14",
        ),
        SpecExample(
            "Another form than it forbids.",
            team(forbidden=(ForbiddenUse("Export", forms=frozenset({RequestForm.EXPORT})),)),
        ),
        SpecExample("A decision that is not listed.", team(decision=DecisionType.STAFFING), "AR14"),
        SpecExample(
            "A level that the group is not of.",
            team(grain=Grain.ROTA, listed=ROTA, access=frozenset({(Role.MANAGER, Grain.ROTA)})),
            "AR14",
        ),
        SpecExample(
            "A level that the group is not of, without a group.",
            team(
                grain=Grain.SERVICE,
                listed=ROTA,
                access=frozenset({(Role.MANAGER, Grain.SERVICE)}),
                cohorts=(),
                cohort_facts=(),
            ),
            "AR14",
        ),
        SpecExample("A level that is not listed.", team(grain=Grain.VALUE_STREAM), "AR14"),
        SpecExample("A role that is not listed.", team(roles=frozenset({Role.HR})), "AR14"),
        SpecExample("No role over the team.", team(roles=frozenset()), "AR14"),
        SpecExample("A role listed at another level.", team(roles=frozenset({Role.LEADERSHIP})), "AR14"),
        SpecExample("Data from before approval.", team(window=since(date(2025, 5, 1))), "AR14"),
        SpecExample(
            "Without its pair.",
            team(needs_beside=frozenset({(DecisionType.RETROSPECTIVE, Grain.TEAM, "slo-compliance")})),
            "AR14",
        ),
        SpecExample(
            "Somebody else's own value.",
            oneself(
                asks_about_self=False,
                acknowledged=True,
                access=frozenset({(Role.SELF, Grain.SELF)}),
                fairness_until=date(2027, 1, 1),
            ),
            "AR14",
        ),
        SpecExample(
            "Own value at person level, without a role.",
            one_person(asks_about_self=True, roles=frozenset()),
            "AR14",
        ),
        SpecExample(
            "Own value for an unlisted decision.", oneself(decision=DecisionType.TEAM_COACHING), "AR14"
        ),
    ],
    "AR15": [
        SpecExample("Active.", team(standing=Standing.ACTIVE)),
        SpecExample("In pilot.", team(**PILOT)),
        *(
            SpecExample(f"{standing.value}.", team(standing=standing, in_force=False), "AR15")
            for standing in Standing
            if standing not in {Standing.ACTIVE, Standing.PILOT}
        ),
        SpecExample("Active by name, past its expiry.", team(in_force=False), "AR15"),
    ],
    "AR16": [
        SpecExample("Open notes over a team's months.", team(values=ValueFacts(unsettled=2, affected=2))),
        SpecExample("Settled notes over a promotion's months.", person(values=ValueFacts(affected=2))),
        SpecExample(
            "Affected months of a team, in order.",
            team(values=ValueFacts(affected=2), order_by=OrderBy.VALUE),
        ),
        SpecExample("Open notes over a promotion's months.", person(values=ValueFacts(unsettled=1)), "AR16"),
        SpecExample("The same, waived.", person(values=ValueFacts(unsettled=1), waived=frozenset({"AR16"}))),
        SpecExample(
            "Affected months compared, for a promotion.",
            person(values=ValueFacts(affected=1), compare=True),
            "AR16",
        ),
        SpecExample(
            "A team's affected months compared, for a promotion.",
            of_team(values=ValueFacts(affected=1), compare=True),
            "AR16",
        ),
        SpecExample(
            "One's own affected months, in order.",
            oneself(values=ValueFacts(affected=1), order_by=OrderBy.VALUE),
        ),
        *(
            SpecExample(
                f"A person's affected months: {says}.",
                one_person(values=ValueFacts(affected=1), **asked),
                matches,
            )
            for says, asked, matches in (
                ("in order", {"order_by": OrderBy.VALUE}, "AR05 AR16"),
                ("the first", {"limit": 1}, "AR05 AR16"),
                ("a percentile", {"percentile": True}, "AR05 AR16"),
                ("one score", {"combine": Combine.SCORE}, "AR06 AR16"),
                ("side by side", {"compare": True}, "AR16"),
            )
        ),
    ],
    "AR17": [
        SpecExample("A promotion on its own.", person()),
        SpecExample("The first team.", team(**TWO_TEAMS, limit=1), "AR29"),
        SpecExample("A quota, of teams.", team(combine=Combine.QUOTA), "AR17"),
        SpecExample("A curve, of teams.", team(combine=Combine.CURVE), "AR17"),
        SpecExample("The lowest ten in a promotion.", person(limit=10), "AR05 AR17"),
        SpecExample("Percentiles in a promotion.", person(percentile=True), "AR05 AR17"),
    ],
    "AR18": [
        SpecExample("A rating with a named human.", person(**RATING)),
        SpecExample("Nobody needed.", team()),
        SpecExample("A rating without a name.", person(**RATING, accountable=None), "AR18"),
        SpecExample("A machine named.", person(**RATING, accountable_human=False), "AR18"),
        SpecExample("A rating that a machine asks for.", person(**RATING, human=False), "AR18"),
        SpecExample("A team's value that a machine asks for.", team(human=False)),
        SpecExample("The programme wants somebody.", team(decided={"accountable_needed": True}), "AR18"),
    ],
    "AR19": [
        SpecExample("Outcomes while a budget burns.", person(values=ValueFacts(budget_burning=True))),
        SpecExample("Delivery in a promotion, while none burns.", person(category=Category.DELIVERY)),
        *(
            SpecExample(
                f"{category.value} in a promotion, while a budget burns.",
                person(category=category, values=ValueFacts(budget_burning=True)),
                matches,
            )
            for category, matches in (
                (Category.DELIVERY, "AR19"),
                (Category.FLOW, "AR09 AR19"),
                (Category.ACTIVITY, "AR04 AR08 AR19"),
            )
        ),
        SpecExample(
            "The same, waived.",
            person(
                category=Category.DELIVERY, values=ValueFacts(budget_burning=True), waived=frozenset({"AR19"})
            ),
        ),
    ],
    "AR20": [
        SpecExample("A strain metric as a wellness signal.", team(**STRAIN, wellness_signal=True)),
        SpecExample("A delivery metric, untagged.", team()),
        *(
            SpecExample(
                f"{category.value} as a wellness signal.",
                team(category=category, wellness_signal=True),
                "AR20",
            )
            for category in (Category.DELIVERY, Category.FLOW, Category.ACTIVITY, Category.QUALITY)
        ),
    ],
    "AR21": [
        SpecExample("Held values of a team, in a retrospective.", team(values=ValueFacts(held=3))),
        SpecExample("A promotion, nothing held.", person()),
        SpecExample("Held values in a promotion.", person(values=ValueFacts(held=1)), "AR21"),
        SpecExample(
            "A waiver of it, which there is not.",
            person(values=ValueFacts(held=1), waived=frozenset({"AR21"})),
            "AR21",
        ),
    ],
    "AR22": [
        SpecExample("A promotion, with no dispute between them.", person()),
        SpecExample("One's team in a retrospective, after a dispute.", team(protected=True)),
        SpecExample("Own values in a promotion.", person(protected=True, asks_about_self=True)),
        SpecExample("A promotion, after a dispute.", person(protected=True), "AR22"),
        SpecExample("In the order of appeals.", team(order_by=OrderBy.APPEALS), "AR22"),
    ],
    "AR23": [
        SpecExample("Months of a pilot in a promotion.", person(values=ValueFacts(piloted=True)), "AR23"),
        SpecExample("The pilot's team.", team(**PILOT)),
        SpecExample("Another team.", team(**PILOT, **about(SEARCH)), "AR23"),
        SpecExample("The pilot's team and another.", team(**PILOT, **TWO_TEAMS), "AR23"),
        SpecExample("A person of the pilot.", one_person(**PILOT), "AR23"),
        SpecExample("A promotion on a pilot.", person(**PILOT), "AR23"),
        SpecExample(
            "The pilot's team in a promotion.",
            person(
                **PILOT,
                **about(PAYMENTS),
                grain=Grain.TEAM,
                persons=(),
                listed=frozenset({(DecisionType.PROMOTION_EVIDENCE, Grain.TEAM)}),
            ),
            "AR23",
        ),
    ],
    "AR24": [
        SpecExample("Acknowledged, in a diagnostic view.", team(acknowledged=True, trained=False)),
        SpecExample("Own value, nothing acknowledged.", oneself(acknowledged=False)),
        SpecExample(
            "Own value in a performance view.",
            oneself(view=View.PERFORMANCE, view_of_metric=View.PERFORMANCE, fairness_until=date(2027, 1, 1)),
        ),
        SpecExample("Not acknowledged.", team(acknowledged=False), "AR24"),
        SpecExample("A performance view without training.", person(trained=False), "AR24"),
        SpecExample("Neither.", person(trained=False, acknowledged=False), "AR24"),
        SpecExample(
            "Somebody else's own value, not acknowledged.",
            oneself(asks_about_self=False, fairness_until=date(2027, 1, 1)),
            "AR14 AR24",
        ),
        SpecExample(
            "Own value at person level, not acknowledged.",
            one_person(asks_about_self=True, acknowledged=False),
            "AR24",
        ),
    ],
    "AR25": [
        SpecExample("A team, without an audit.", team(fairness_until=None)),
        SpecExample("A person, on the audit's last day.", one_person(fairness_until=date(2026, 4, 14))),
        SpecExample("Own value, without an audit.", oneself(fairness_until=None)),
        SpecExample("A person, without an audit.", one_person(fairness_until=None), "AR25"),
        SpecExample("A person, the day after.", one_person(fairness_until=date(2026, 4, 13)), "AR25"),
        SpecExample("A promotion, without an audit.", person(fairness_until=None), "AR25"),
        SpecExample(
            "Whatever the programme says.",
            person(fairness_until=None, decided={"fairness_needed": False}),
            "AR25",
        ),
        SpecExample(
            "A diagnostic metric of one's own in a promotion, unaudited.",
            person(
                fairness_until=None,
                asks_about_self=True,
                view=View.DIAGNOSTIC,
                view_of_metric=View.DIAGNOSTIC,
                beside=(),
            ),
            "AR10 AR25",
        ),
        SpecExample("The programme wants an audit.", team(decided={"fairness_needed": True}), "AR25"),
        SpecExample(
            "Own value in a performance view, unaudited.",
            oneself(view=View.PERFORMANCE, view_of_metric=View.PERFORMANCE),
            "AR25",
        ),
        SpecExample(
            "A promotion on own values, unaudited.",
            person(fairness_until=None, asks_about_self=True, decided={"fairness_needed": False}),
            "AR25",
        ),
    ],
    "AR26": [
        SpecExample("Export of a team's value.", team(export=True)),
        SpecExample("Export of one's own.", oneself(export=True)),
        SpecExample("Export under a waiver.", one_person(export=True, waived=frozenset({"AR26"}))),
        SpecExample("Export of a person's value.", one_person(export=True), "AR26"),
        SpecExample("A waiver of another rule.", one_person(export=True, waived=frozenset({"AR05"})), "AR26"),
    ],
    "AR27": [
        SpecExample("A promotion on data that covers enough.", person()),
        SpecExample("Thin data in a promotion.", person(values=ValueFacts(thin=True)), "AR27"),
        SpecExample("The same, waived.", person(values=ValueFacts(thin=True), waived=frozenset({"AR27"}))),
    ],
    "AR28": [
        SpecExample("From the oldest day kept.", team(kept_from=date(2026, 1, 1))),
        SpecExample("From a day before.", team(kept_from=date(2026, 1, 2)), "AR28"),
    ],
    "AR29": [
        SpecExample("Two teams by their names.", team(**TWO_TEAMS)),
        SpecExample("Two teams, asked for by their names.", team(**TWO_TEAMS, order_by=OrderBy.COHORT)),
        SpecExample("Two teams, by month.", team(**TWO_TEAMS, order_by=OrderBy.PERIOD)),
        SpecExample("One team, its highest months first.", team(order_by=OrderBy.VALUE, limit=3)),
        SpecExample("One's own highest months.", oneself(order_by=OrderBy.VALUE, limit=3)),
        SpecExample("Two teams in order of value.", team(**TWO_TEAMS, order_by=OrderBy.VALUE), "AR29"),
        SpecExample("The first of two teams.", team(**TWO_TEAMS, limit=1), "AR29"),
        SpecExample("Two teams by where they stand.", team(**TWO_TEAMS, percentile=True), "AR29"),
        SpecExample("The same, waived.", team(**TWO_TEAMS, percentile=True, waived=frozenset({"AR29"}))),
        SpecExample(
            "Two people in order.", one_person(persons=("p-001", "p-002"), order_by=OrderBy.VALUE), "AR05"
        ),
    ],
}
