"""Every rule by example: uses that it leaves alone and uses that it refuses, each with all the rules that bite."""

from datetime import date
from typing import Any, NamedTuple

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
from charter.rules.facts import BesideFacts, CohortFacts, Facts, LookingFacts, ValueFacts
from charter.rules.request import Evidence, Window
from charter.rules.vocabulary import (
    Category,
    ContextClass,
    Decision,
    EvidenceKind,
    Grain,
    Kind,
    Outcome,
    Role,
    SourceKind,
    Standing,
    TimeFilter,
    View,
)


class Example(NamedTuple):
    """A use in words, its facts, and the ids of all rules that bite it: none where it is permitted."""

    says: str
    facts: Facts
    bites: str = ""

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(self.bites.split())

    @property
    def outcome(self) -> Outcome:
        """AR13 alone refers to the board; every other rule denies, and deny beats refer."""
        return {(): Outcome.PERMIT, ("AR13",): Outcome.REFER}.get(self.rules, Outcome.DENY)


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
    "decision": Decision.ONE_ON_ONE,
    "listed": frozenset({(Decision.ONE_ON_ONE, Grain.TEAM), (Decision.ONE_ON_ONE, Grain.SELF)}),
}
RATING = {
    "decision": Decision.PERFORMANCE_RATING,
    "listed": frozenset({(Decision.PERFORMANCE_RATING, Grain.PERSON)}),
}
PILOT = {"standing": Standing.PILOT, "pilot_cohorts": frozenset({"team:payments"})}
TWO_TEAMS = about(PAYMENTS, SEARCH)
UNLIKE = about(PAYMENTS, RESCUE)
SIX = CohortFacts("team:six", 6, 8, frozenset({ContextClass.PLATFORM}))


MIXED = CohortFacts("team:mixed", 9, 5, frozenset({ContextClass.PLATFORM, ContextClass.RESCUE}))


def of_team(**changes: Any) -> Facts:
    """A promotion that looks at a team's values, with everything in order."""
    listed = frozenset({(Decision.PROMOTION_EVIDENCE, Grain.TEAM)})
    return person(**about(PAYMENTS), **{"grain": Grain.TEAM, "persons": (), "listed": listed, **changes})


def since(start: date) -> Window:
    return Window(start=start, end=date(2026, 4, 1))


EXAMPLES: dict[str, list[Example]] = {
    "AR01": [
        Example("Drawn from version control.", team()),
        Example("Drawn from the screen.", team(sources=frozenset({SourceKind.SCREEN})), "AR01"),
        Example(
            "Presence under a wellness label.",
            team(sources=frozenset({SourceKind.PRESENCE, SourceKind.SURVEY})),
            "AR01",
        ),
        Example("Keyboard logging.", team(sources=frozenset({SourceKind.KEYBOARD})), "AR01"),
        Example(
            "Sentiment scoring, even of oneself.", oneself(sources=frozenset({SourceKind.SENTIMENT})), "AR01"
        ),
        Example("Registered as surveillance.", team(category=Category.PROHIBITED_SURVEILLANCE), "AR01"),
    ],
    "AR02": [
        Example("Strain of a team, in a retrospective.", team(**STRAIN)),
        Example("One's own strain.", oneself(**STRAIN)),
        Example("Strain for a promotion.", person(**STRAIN), "AR02 AR12"),
        Example("A wellness tag for a promotion.", person(wellness_signal=True), "AR02"),
        Example("Strain of one report.", one_person(**STRAIN), "AR02 AR12"),
        Example("Own strain as promotion evidence.", person(**STRAIN, asks_about_self=True), "AR02"),
    ],
    "AR03": [
        Example("A team's weekends, in a retrospective.", team(time_filter=TimeFilter.WEEKEND)),
        Example("Own weekends.", oneself(time_filter=TimeFilter.WEEKEND)),
        Example(
            "Own evenings, brought to a one-on-one.", oneself(**ONE_ON_ONE, time_filter=TimeFilter.EVENING)
        ),
        Example("A team's weekend share.", team(**HOURS)),
        Example("Weekends for a promotion.", person(time_filter=TimeFilter.WEEKEND), "AR03"),
        Example("Weekend share for a promotion.", person(**HOURS), "AR03"),
        Example("A team's weekends in a promotion.", of_team(time_filter=TimeFilter.WEEKEND), "AR03"),
        Example(
            "Own weekends in a promotion.",
            person(time_filter=TimeFilter.WEEKEND, asks_about_self=True),
            "AR03",
        ),
        Example("One report's time online.", one_person(time_filter=TimeFilter.ONLINE), "AR03"),
        Example(
            "The team's evenings in a one-on-one.", team(**ONE_ON_ONE, time_filter=TimeFilter.EVENING), "AR03"
        ),
    ],
    "AR04": [
        Example("Teams in order of commits.", team(**COMMITS, **TWO_TEAMS, order_by="value")),
        Example("Own commits, in order.", oneself(**COMMITS, order_by="value")),
        Example("People in order of commits.", one_person(**COMMITS, order_by="value"), "AR04 AR05"),
        Example(
            "People in order of an activity.", one_person(kind=Kind.ACTIVITY, order_by="value"), "AR04 AR05"
        ),
        Example(
            "Activity by its category.", one_person(category=Category.ACTIVITY, order_by="name"), "AR04 AR05"
        ),
        Example("People in order of an outcome.", one_person(order_by="value"), "AR05"),
    ],
    "AR05": [
        Example("One report, on their own.", one_person()),
        Example("One's own value.", oneself()),
        Example("The top three months of one's own.", oneself(limit=3)),
        Example("Top two teams.", team(**TWO_TEAMS, limit=2)),
        Example("Percentiles of teams.", team(**TWO_TEAMS, percentile=True)),
        Example("Two people.", one_person(persons=("p-001", "p-002")), "AR05"),
        Example("Each person of a team.", one_person(persons=(), **about(PAYMENTS)), "AR05"),
        Example("One person beside their team.", one_person(**about(PAYMENTS)), "AR05"),
        Example("People without a name.", one_person(persons=()), "AR05"),
        Example("Top ten people.", one_person(limit=10), "AR05"),
        Example("One person's percentile.", one_person(percentile=True), "AR05"),
        Example("One's own percentile among peers.", oneself(percentile=True), "AR05"),
        Example(
            "Persons named at team level.",
            team(persons=("p-001", "p-002"), fairness_until=date(2027, 1, 1)),
            "AR05",
        ),
    ],
    "AR06": [
        Example("One score for a team.", team(combine="sum")),
        Example("One score for a person.", one_person(combine="sum"), "AR06"),
        Example("One score for oneself.", oneself(combine="mean"), "AR06"),
        Example(
            "A team's score in a promotion.",
            person(
                combine="sum",
                **about(PAYMENTS),
                grain=Grain.TEAM,
                persons=(),
                listed=frozenset({(Decision.PROMOTION_EVIDENCE, Grain.TEAM)}),
            ),
            "AR06",
        ),
    ],
    "AR07": [
        Example("Two metrics and a design review.", person()),
        Example("One metric, no evidence, for a retrospective.", team()),
        Example("No evidence.", person(evidence=()), "AR07"),
        Example("A blank reference.", person(evidence=(Evidence(EvidenceKind.MENTORING, "  "),)), "AR07"),
        Example(
            "No evidence, whatever the programme says.",
            person(evidence=(), decided={"evidence_needed": 0}),
            "AR07",
        ),
        Example("One metric.", person(metrics=("project-outcomes",), beside=()), "AR07"),
        Example("One metric, named twice.", person(metrics=("project-outcomes", "project-outcomes")), "AR07"),
        Example("The programme wants two pieces.", person(decided={"evidence_needed": 2}), "AR07"),
        Example("The programme wants one in a retrospective.", team(decided={"evidence_needed": 1}), "AR07"),
    ],
    "AR08": [
        Example("A team's commits in a retrospective.", team(**COMMITS)),
        Example("Commits in a promotion.", person(**COMMITS), "AR08"),
        Example("An activity by its kind.", person(kind=Kind.ACTIVITY), "AR08"),
        Example("An activity by its category.", person(category=Category.ACTIVITY), "AR08"),
        Example("Own commits in a promotion.", person(**COMMITS, asks_about_self=True), "AR08"),
    ],
    "AR09": [
        Example("A team's cycle time.", team(**FLOW)),
        Example("Own cycle time.", oneself(**FLOW)),
        Example("One report's cycle time.", one_person(**FLOW), "AR09"),
        Example("Cycle time in a promotion.", person(**FLOW), "AR09"),
        Example("A team's cycle time in a promotion.", of_team(**FLOW), "AR09"),
        Example(
            "Own values asked about somebody else.",
            oneself(**FLOW, asks_about_self=False, acknowledged=True, fairness_until=date(2027, 1, 1)),
            "AR09 AR14",
        ),
    ],
    "AR10": [
        Example("A diagnostic metric in a diagnostic view.", team()),
        Example("A performance metric in a performance view.", person()),
        Example(
            "A diagnostic metric in a performance view.",
            team(view=View.PERFORMANCE, trained=True, fairness_until=date(2027, 1, 1)),
            "AR10",
        ),
        Example("A performance metric in a diagnostic view.", person(view=View.DIAGNOSTIC), "AR10"),
        Example(
            "Mixed with a performance metric.",
            team(metrics=("lead-time-for-changes", "project-outcomes"), beside=(PERFORMANCE,)),
            "AR10",
        ),
        Example(
            "A diagnostic metric in a promotion.",
            person(view=View.DIAGNOSTIC, view_of_metric=View.DIAGNOSTIC, beside=()),
            "AR10",
        ),
    ],
    "AR11": [
        Example("Like teams compared.", team(**TWO_TEAMS, compare=True)),
        Example("Unlike teams, each on its own.", team(**UNLIKE)),
        Example("One team in order of value.", team(order_by="value")),
        Example("One group of unlike teams, in order.", team(**about(MIXED), order_by="value")),
        Example("Unlike teams compared.", team(**UNLIKE, compare=True), "AR11"),
        Example("Unlike teams in order.", team(**UNLIKE, order_by="value"), "AR11"),
        Example("The first of unlike teams.", team(**UNLIKE, limit=1), "AR11"),
        Example("Percentiles of unlike teams.", team(**UNLIKE, percentile=True), "AR11"),
        Example(
            "A team of unknown kind compared.",
            team(**about(PAYMENTS, CohortFacts("team:new", 8, 5, frozenset())), compare=True),
            "AR11",
        ),
        Example(
            "Unlike people compared.",
            one_person(compare=True, person_classes=frozenset({ContextClass.RESCUE, ContextClass.PLATFORM})),
            "AR11",
        ),
    ],
    "AR12": [
        Example("Nine people.", team()),
        Example("Exactly five people.", team(**about(CohortFacts("team:five", 5, 5, frozenset())))),
        Example("Own survey answer.", oneself(category=Category.SURVEY)),
        Example("Four people.", team(**about(TINY)), "AR12"),
        Example("Four people among others.", team(**about(PAYMENTS, TINY)), "AR12"),
        Example("Six people, for strain.", team(**STRAIN, **about(SIX)), "AR12"),
        Example("One person's survey answer.", one_person(category=Category.SURVEY), "AR12"),
    ],
    "AR13": [
        Example("Ten people today.", one_person(looking=LookingFacts(persons_today=10))),
        Example(
            "One's own, whatever was asked before.",
            oneself(looking=LookingFacts(persons_today=11, enumerated="team:x")),
        ),
        Example(
            "A team, after eleven people.", team(looking=LookingFacts(persons_today=11, enumerated="team:x"))
        ),
        Example("Eleven people today.", one_person(looking=LookingFacts(persons_today=11)), "AR13"),
        Example("A higher limit.", one_person(looking=LookingFacts(persons_today=11, persons_limit=12))),
        Example(
            "The people of a team, one by one.",
            one_person(looking=LookingFacts(5, enumerated="team:x")),
            "AR13",
        ),
        Example(
            "From one decision to another.",
            team(looking=LookingFacts(hopped_from=Decision.DISCIPLINE)),
            "AR13",
        ),
        Example(
            "With the board's leave.",
            one_person(looking=LookingFacts(persons_today=11), ruled=frozenset({"AR13"})),
        ),
        Example(
            "With its leave for another rule.",
            one_person(looking=LookingFacts(persons_today=11), ruled=frozenset({"AR05"})),
            "AR13",
        ),
    ],
    "AR14": [
        Example("Listed for this role.", team()),
        Example("From the first day allowed.", team(data_from=date(2026, 1, 1))),
        Example("No first day.", team(data_from=None)),
        Example("Own value, with no role but oneself.", oneself()),
        Example(
            "Asked with its pair.",
            team(
                metrics=("lead-time-for-changes", "slo-compliance"),
                needs_beside=frozenset({(Decision.RETROSPECTIVE, Grain.TEAM, "slo-compliance")}),
            ),
        ),
        Example(
            "A pair wanted for another use.",
            team(needs_beside=frozenset({(Decision.STAFFING, Grain.TEAM, "slo-compliance")})),
        ),
        Example("A decision that is not listed.", team(decision=Decision.STAFFING), "AR14"),
        Example("A level that is not listed.", team(grain=Grain.VALUE_STREAM), "AR14"),
        Example("A role that is not listed.", team(roles=frozenset({Role.HR})), "AR14"),
        Example("No role over the team.", team(roles=frozenset()), "AR14"),
        Example("A role listed at another level.", team(roles=frozenset({Role.LEADERSHIP})), "AR14"),
        Example("Data from before approval.", team(window=since(date(2025, 5, 1))), "AR14"),
        Example(
            "Without its pair.",
            team(needs_beside=frozenset({(Decision.RETROSPECTIVE, Grain.TEAM, "slo-compliance")})),
            "AR14",
        ),
        Example(
            "Somebody else's own value.",
            oneself(
                asks_about_self=False,
                acknowledged=True,
                access=frozenset({(Role.SELF, Grain.SELF)}),
                fairness_until=date(2027, 1, 1),
            ),
            "AR14",
        ),
        Example(
            "Own value at person level, without a role.",
            one_person(asks_about_self=True, roles=frozenset()),
            "AR14",
        ),
        Example("Own value for an unlisted decision.", oneself(decision=Decision.TEAM_COACHING), "AR14"),
    ],
    "AR15": [
        Example("Active.", team(standing=Standing.ACTIVE)),
        Example("In pilot.", team(**PILOT)),
        *(
            Example(f"{standing.value}.", team(standing=standing), "AR15")
            for standing in Standing
            if standing not in {Standing.ACTIVE, Standing.PILOT}
        ),
        Example("Active by name, past its expiry.", team(in_force=False), "AR15"),
    ],
    "AR16": [
        Example("Open notes over a team's months.", team(values=ValueFacts(unsettled=2, affected=2))),
        Example("Settled notes over a promotion's months.", person(values=ValueFacts(affected=2))),
        Example(
            "Affected months of a team, in order.", team(values=ValueFacts(affected=2), order_by="value")
        ),
        Example("Open notes over a promotion's months.", person(values=ValueFacts(unsettled=1)), "AR16"),
        Example("The same, waived.", person(values=ValueFacts(unsettled=1), waived=frozenset({"AR16"}))),
        Example(
            "Affected months compared, for a promotion.",
            person(values=ValueFacts(affected=1), compare=True),
            "AR16",
        ),
        Example(
            "A team's affected months compared, for a promotion.",
            of_team(values=ValueFacts(affected=1), compare=True),
            "AR16",
        ),
        Example(
            "One's own affected months, in order.", oneself(values=ValueFacts(affected=1), order_by="value")
        ),
        *(
            Example(
                f"A person's affected months: {says}.",
                one_person(values=ValueFacts(affected=1), **asked),
                bites,
            )
            for says, asked, bites in (
                ("in order", {"order_by": "value"}, "AR05 AR16"),
                ("the first", {"limit": 1}, "AR05 AR16"),
                ("a percentile", {"percentile": True}, "AR05 AR16"),
                ("one score", {"combine": "sum"}, "AR06 AR16"),
                ("side by side", {"compare": True}, "AR16"),
            )
        ),
    ],
    "AR17": [
        Example("A promotion on its own.", person()),
        Example("The first team.", team(**TWO_TEAMS, limit=1)),
        Example("A quota, of teams.", team(combine="quota"), "AR17"),
        Example("A curve, as an order.", team(order_by="Bell-curve"), "AR17"),
        Example("The lowest ten in a promotion.", person(limit=10), "AR05 AR17"),
        Example("Percentiles in a promotion.", person(percentile=True), "AR05 AR17"),
    ],
    "AR18": [
        Example("A rating with a named human.", person(**RATING)),
        Example("Nobody needed.", team()),
        Example("A rating without a name.", person(**RATING, accountable=None), "AR18"),
        Example("A machine named.", person(**RATING, accountable_human=False), "AR18"),
        Example(
            "A rating, whatever the programme says.",
            person(**RATING, accountable=None, decided={"accountable_needed": False}),
            "AR18",
        ),
        Example("The programme wants somebody.", team(decided={"accountable_needed": True}), "AR18"),
    ],
    "AR19": [
        Example("A team's lead time while a budget burns.", team(values=ValueFacts(budget_burning=True))),
        Example("Outcomes while a budget burns.", person(values=ValueFacts(budget_burning=True))),
        Example("Delivery in a promotion, while none burns.", person(category=Category.DELIVERY)),
        *(
            Example(
                f"{category.value} in a promotion, while a budget burns.",
                person(category=category, values=ValueFacts(budget_burning=True)),
                bites,
            )
            for category, bites in (
                (Category.DELIVERY, "AR19"),
                (Category.FLOW, "AR09 AR19"),
                (Category.ACTIVITY, "AR08 AR19"),
            )
        ),
        Example(
            "The same, waived.",
            person(
                category=Category.DELIVERY, values=ValueFacts(budget_burning=True), waived=frozenset({"AR19"})
            ),
        ),
    ],
    "AR20": [
        Example("A strain metric as a wellness signal.", team(**STRAIN, wellness_signal=True)),
        Example("A delivery metric, untagged.", team()),
        *(
            Example(
                f"{category.value} as a wellness signal.",
                team(category=category, wellness_signal=True),
                "AR20",
            )
            for category in (Category.DELIVERY, Category.FLOW, Category.ACTIVITY, Category.QUALITY)
        ),
    ],
    "AR21": [
        Example("Held values of a team, in a retrospective.", team(values=ValueFacts(held=3))),
        Example("A promotion, nothing held.", person()),
        Example("Held values in a promotion.", person(values=ValueFacts(held=1)), "AR21"),
        Example(
            "A waiver of it, which there is not.",
            person(values=ValueFacts(held=1), waived=frozenset({"AR21"})),
            "AR21",
        ),
    ],
    "AR22": [
        Example("A promotion, with no dispute between them.", person()),
        Example("One's team in a retrospective, after a dispute.", team(protected=True)),
        Example("Own values in a promotion.", person(protected=True, asks_about_self=True)),
        Example("A promotion, after a dispute.", person(protected=True), "AR22"),
        Example("In the order of appeals.", team(order_by="Appealed"), "AR22"),
        Example("A score of what is held.", team(combine="under-review"), "AR22"),
    ],
    "AR23": [
        Example("The pilot's team.", team(**PILOT)),
        Example("Another team.", team(**PILOT, **about(SEARCH)), "AR23"),
        Example("The pilot's team and another.", team(**PILOT, **TWO_TEAMS), "AR23"),
        Example("A person of the pilot.", one_person(**PILOT), "AR23"),
        Example("A promotion on a pilot.", person(**PILOT), "AR23"),
        Example(
            "The pilot's team in a promotion.",
            person(
                **PILOT,
                **about(PAYMENTS),
                grain=Grain.TEAM,
                persons=(),
                listed=frozenset({(Decision.PROMOTION_EVIDENCE, Grain.TEAM)}),
            ),
            "AR23",
        ),
    ],
    "AR24": [
        Example("Acknowledged, in a diagnostic view.", team(acknowledged=True, trained=False)),
        Example("Own value, nothing acknowledged.", oneself(acknowledged=False)),
        Example(
            "Own value in a performance view.",
            oneself(view=View.PERFORMANCE, view_of_metric=View.PERFORMANCE, fairness_until=date(2027, 1, 1)),
        ),
        Example("Not acknowledged.", team(acknowledged=False), "AR24"),
        Example("A performance view without training.", person(trained=False), "AR24"),
        Example("Neither.", person(trained=False, acknowledged=False), "AR24"),
        Example(
            "Somebody else's own value, not acknowledged.",
            oneself(asks_about_self=False, fairness_until=date(2027, 1, 1)),
            "AR14 AR24",
        ),
        Example(
            "Own value at person level, not acknowledged.",
            one_person(asks_about_self=True, acknowledged=False),
            "AR24",
        ),
    ],
    "AR25": [
        Example("A team, without an audit.", team(fairness_until=None)),
        Example("A person, on the audit's last day.", one_person(fairness_until=date(2026, 4, 14))),
        Example("Own value, without an audit.", oneself(fairness_until=None)),
        Example("A person, without an audit.", one_person(fairness_until=None), "AR25"),
        Example("A person, the day after.", one_person(fairness_until=date(2026, 4, 13)), "AR25"),
        Example("A promotion, without an audit.", person(fairness_until=None), "AR25"),
        Example(
            "Whatever the programme says.",
            person(fairness_until=None, decided={"fairness_needed": False}),
            "AR25",
        ),
        Example(
            "A diagnostic metric of one's own in a promotion, whatever the programme says.",
            person(
                fairness_until=None,
                asks_about_self=True,
                view=View.DIAGNOSTIC,
                view_of_metric=View.DIAGNOSTIC,
                beside=(),
                decided={"fairness_needed": False},
            ),
            "AR10 AR25",
        ),
        Example("The programme wants an audit.", team(decided={"fairness_needed": True}), "AR25"),
        Example(
            "Own value in a performance view, unaudited.",
            oneself(view=View.PERFORMANCE, view_of_metric=View.PERFORMANCE),
            "AR25",
        ),
        Example(
            "A promotion on own values, unaudited.",
            person(fairness_until=None, asks_about_self=True, decided={"fairness_needed": False}),
            "AR25",
        ),
    ],
    "AR26": [
        Example("Export of a team's value.", team(export=True)),
        Example("Export of one's own.", oneself(export=True)),
        Example("Export under a waiver.", one_person(export=True, waived=frozenset({"AR26"}))),
        Example("Export of a person's value.", one_person(export=True), "AR26"),
        Example("A waiver of another rule.", one_person(export=True, waived=frozenset({"AR05"})), "AR26"),
    ],
    "AR27": [
        Example("Thin data of a team, in a retrospective.", team(values=ValueFacts(thin=True))),
        Example("A promotion on data that covers enough.", person()),
        Example("Thin data in a promotion.", person(values=ValueFacts(thin=True)), "AR27"),
        Example("The same, waived.", person(values=ValueFacts(thin=True), waived=frozenset({"AR27"}))),
    ],
    "AR28": [
        Example("From the oldest day kept.", team(kept_from=date(2026, 1, 1))),
        Example("From a day before.", team(kept_from=date(2026, 1, 2)), "AR28"),
    ],
}
