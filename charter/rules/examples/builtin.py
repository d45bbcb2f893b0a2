"""The examples of the built-in rules, in the order of their ids; each rule's permitted ones first."""

from datetime import date

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
from charter.rules.examples.table import RuleExample, allowed, referred, refused
from charter.rules.facts import LookingFacts, ValueFacts
from charter.rules.vocabulary import (
    Category,
    Combine,
    DecisionType,
    Grain,
    Kind,
    Nature,
    OrderBy,
    SourceKind,
    Standing,
    TimeFilter,
    View,
)

COMMITS = {
    "metric": "commit-count",
    "name": "Commit count",
    "kind": Kind.ACTIVITY,
    "category": Category.ACTIVITY,
}
FLOW = {"metric": "cycle-time", "name": "Cycle time", "category": Category.FLOW}
STRAIN = {"metric": "incident-burden", "name": "Incident burden", "category": Category.STRAIN}
DELIVERY = {"category": Category.DELIVERY}
TWO_TEAMS = about(PAYMENTS, SEARCH)
PILOT = {"standing": Standing.PILOT, "pilot_cohorts": frozenset({"team:payments"})}

BUILTIN_EXAMPLES: tuple[RuleExample, ...] = (
    allowed("AR01", "A lead time is worked out from merged changes.", team()),
    refused(
        "AR01",
        "A “focus time” metric is worked out from what is on people's screens.",
        team(name="Focus time", sources=frozenset({SourceKind.SCREEN})),
    ),
    refused(
        "AR01",
        "A “wellness” metric is fed by presence data.",
        team(name="Wellness", sources=frozenset({SourceKind.PRESENCE, SourceKind.SURVEY})),
    ),
    refused(
        "AR01",
        "A metric is worked out from how soon people answer messages.",
        team(name="Responsiveness", nature=frozenset({Nature.REPLY_LATENCY})),
    ),
    allowed("AR02", "A team looks at its own incident burden in a retrospective.", team(**STRAIN)),
    allowed("AR02", "Somebody looks at their own incident burden.", oneself(**STRAIN)),
    refused("AR02", "A promotion is to take somebody's incident burden into account.", person(**STRAIN)),
    refused(
        "AR02",
        "A promotion is to look at a metric that calls itself an outcome and is drawn from a survey.",
        person(nature=frozenset({Nature.SURVEY})),
    ),
    allowed(
        "AR03",
        "A team asks for its share of work on weekends, to lower that.",
        team(metric="weekend-share", name="Weekend share", counts_hours=True),
    ),
    refused(
        "AR03",
        "A promotion is to look at who worked on weekends.",
        person(time_filter=TimeFilter.WEEKEND),
    ),
    allowed(
        "AR04", "A manager looks at the team's commit count to find where work gets stuck.", team(**COMMITS)
    ),
    allowed("AR04", "Somebody looks at their own commits.", oneself(**COMMITS)),
    refused("AR04", "A manager looks at one person's commits.", one_person(**COMMITS)),
    refused(
        "AR04",
        "A manager asks for people in order of their commits.",
        one_person(**COMMITS, order_by=OrderBy.VALUE),
    ),
    allowed("AR05", "Somebody looks at their own lead time.", oneself()),
    allowed("AR05", "A manager looks at two teams, by their names.", team(**TWO_TEAMS)),
    refused("AR05", "A manager asks for the ten people with the shortest lead time.", one_person(limit=10)),
    refused("AR05", "Somebody asks where they stand among their peers.", oneself(percentile=True)),
    allowed("AR06", "A team adds up its months.", team(combine=Combine.SUM)),
    refused("AR06", "A manager asks for one score for a person.", one_person(combine=Combine.SCORE)),
    refused(
        "AR06",
        "A promotion is to look at one score that is summed over changes, reviews and tickets.",
        person(nature=frozenset({Nature.COMPOSITE})),
    ),
    allowed("AR07", "A promotion rests on two metrics and a design review.", person()),
    refused(
        "AR07",
        "A promotion rests on one metric and nothing else.",
        person(metrics=("project-outcomes",), beside=(), evidence=()),
    ),
    refused(
        "AR07",
        "A promotion rests on two metrics and on a design review that nobody else has opened.",
        person(checked_evidence=0),
    ),
    allowed("AR08", "A team looks at its commits in a retrospective.", team(**COMMITS)),
    refused("AR08", "A promotion is to count commits.", person(**COMMITS)),
    refused(
        "AR08",
        "A promotion is to look at a metric that calls itself an outcome and counts commits.",
        person(nature=frozenset({Nature.ACTIVITY})),
    ),
    allowed("AR09", "A team looks at its cycle time.", team(**FLOW)),
    allowed("AR09", "Somebody looks at their own cycle time.", oneself(**FLOW)),
    refused("AR09", "A manager asks for one person's cycle time.", one_person(**FLOW)),
    allowed("AR10", "A diagnostic metric is looked at in a diagnostic view.", team()),
    refused(
        "AR10",
        "A diagnostic metric is opened in a performance view.",
        team(view=View.PERFORMANCE, trained=True, fairness_until=date(2027, 1, 1)),
    ),
    refused(
        "AR10",
        "A diagnostic metric is to inform a promotion.",
        person(view=View.DIAGNOSTIC, view_of_metric=View.DIAGNOSTIC, beside=()),
    ),
    refused(
        "AR10",
        "The use of an AI assistant is opened in a performance view.",
        team(
            nature=frozenset({Nature.AI_ASSIST}),
            view=View.PERFORMANCE,
            view_of_metric=View.PERFORMANCE,
            trained=True,
            fairness_until=date(2027, 1, 1),
        ),
    ),
    allowed(
        "AR11",
        "For staffing, a platform team and a rescue stand by name, each with its own notes.",
        team(
            **about(PAYMENTS, RESCUE),
            decision=DecisionType.STAFFING,
            listed=frozenset({(DecisionType.STAFFING, Grain.TEAM)}),
        ),
    ),
    allowed("AR11", "Two platform teams are compared.", team(**TWO_TEAMS, compare=True)),
    refused(
        "AR11", "A platform team is compared with a rescue.", team(**about(PAYMENTS, RESCUE), compare=True)
    ),
    refused(
        "AR11",
        "A platform team and a rescue are looked at side by side in a retrospective.",
        team(**about(PAYMENTS, RESCUE)),
    ),
    allowed("AR12", "A value of a team of nine people is asked for.", team()),
    refused("AR12", "A value of a team of four people is asked for.", team(**about(TINY))),
    allowed(
        "AR13",
        "A manager looks at the value of the third person today.",
        one_person(looking=LookingFacts(persons_today=3, persons_limit=10)),
    ),
    referred(
        "AR13",
        "A manager looks at the people of a team one after the other, within an hour.",
        one_person(looking=LookingFacts(persons_today=8, persons_limit=10, enumerated="team:payments")),
    ),
    referred(
        "AR13",
        "A use is refused for a rating. The same team is then asked about for a retrospective.",
        team(looking=LookingFacts(hopped_from=DecisionType.PERFORMANCE_RATING)),
    ),
    allowed("AR14", "A team asks for a retrospective, which the charter lists.", team()),
    refused(
        "AR14",
        "A manager asks for portfolio planning, which the charter does not list.",
        team(decision=DecisionType.PORTFOLIO_PLANNING),
    ),
    allowed("AR15", "A manager asks for a metric whose charter is active.", team()),
    refused(
        "AR15",
        "A manager asks for a metric whose charter is suspended.",
        team(standing=Standing.SUSPENDED, in_force=False),
    ),
    allowed(
        "AR16",
        "A team that was on call looks at its months one by one, with the note beside them.",
        team(values=ValueFacts(affected=2)),
    ),
    refused(
        "AR16",
        "A promotion looks at months with a note about leave that nobody has settled.",
        person(values=ValueFacts(unsettled=1)),
    ),
    refused(
        "AR16",
        "A promotion adds up months of which one was a migration.",
        person(values=ValueFacts(affected=1), compare=True),
    ),
    allowed("AR17", "A promotion looks at one person's own evidence.", person()),
    refused(
        "AR17",
        "A rating is to follow a curve, so that one in ten comes out low.",
        person(
            decision=DecisionType.PERFORMANCE_RATING,
            listed=frozenset({(DecisionType.PERFORMANCE_RATING, Grain.PERSON)}),
            combine=Combine.CURVE,
        ),
    ),
    allowed("AR18", "A promotion names who answers for it.", person()),
    refused("AR18", "A promotion names nobody who answers for it.", person(accountable=None)),
    refused("AR18", "A program asks what to think of somebody for a promotion.", person(human=False)),
    allowed("AR19", "A promotion looks at months in which the error budget held.", person(**DELIVERY)),
    refused(
        "AR19",
        "A promotion looks at delivery in months in which the error budget burned.",
        person(**DELIVERY, values=ValueFacts(budget_burning=True)),
    ),
    allowed(
        "AR20",
        "A team looks at its incident burden as a sign of strain.",
        team(**STRAIN, wellness_signal=True),
    ),
    refused("AR20", "A team looks at its falling lead time as a sign of strain.", team(wellness_signal=True)),
    allowed(
        "AR21",
        "A team looks at a month that is under review, which is said.",
        team(values=ValueFacts(held=1)),
    ),
    refused("AR21", "A promotion looks at a month that is under review.", person(values=ValueFacts(held=1))),
    allowed("AR22", "A promotion is decided by a manager whom the person has no dispute with.", person()),
    refused(
        "AR22",
        "A manager is to decide about somebody who has disputed that manager's use of a metric.",
        person(protected=True),
    ),
    refused(
        "AR22", "A manager asks for teams in the order of their appeals.", team(order_by=OrderBy.APPEALS)
    ),
    allowed("AR23", "A metric on trial is looked at by the team that tries it out.", team(**PILOT)),
    refused("AR23", "A metric on trial is looked at for another team.", team(**PILOT, **about(SEARCH))),
    refused(
        "AR23",
        "A promotion looks at months in which the team tried the metric out.",
        person(values=ValueFacts(piloted=True)),
    ),
    allowed("AR24", "A manager who has acknowledged the rules asks for the team's lead time.", team()),
    allowed("AR24", "Somebody looks at their own value without having acknowledged the rules.", oneself()),
    refused(
        "AR24",
        "A manager who has not acknowledged the rules as they are now asks for the team's lead time.",
        team(acknowledged=False),
    ),
    refused("AR24", "A performance view is opened without a current attestation.", person(trained=False)),
    allowed("AR25", "A promotion looks at a metric whose fairness audit is passed and in date.", person()),
    refused(
        "AR25",
        "A promotion looks at a metric whose fairness audit ran out the day before.",
        person(fairness_until=date(2026, 4, 13)),
    ),
    allowed("AR26", "A team's value is exported.", team(export=True)),
    allowed("AR26", "Somebody exports their own values.", oneself(export=True)),
    refused("AR26", "A manager exports one person's values.", one_person(export=True)),
    allowed("AR27", "A promotion looks at work that the sources cover well.", person()),
    refused(
        "AR27",
        "A promotion looks at somebody whose work the sources hardly see.",
        person(values=ValueFacts(thin=True)),
    ),
    allowed(
        "AR28", "Values are asked for from the oldest day that is kept.", team(kept_from=date(2026, 1, 1))
    ),
    refused(
        "AR28",
        "Values are asked for from the day before the oldest that is kept.",
        team(kept_from=date(2026, 1, 2)),
    ),
    allowed(
        "AR29", "Two teams stand in the order of their names.", team(**TWO_TEAMS, order_by=OrderBy.COHORT)
    ),
    allowed(
        "AR29", "A team looks at its own months, the longest lead time first.", team(order_by=OrderBy.VALUE)
    ),
    refused(
        "AR29",
        "A manager asks for teams, the longest lead time first.",
        team(**TWO_TEAMS, order_by=OrderBy.VALUE),
    ),
    refused("AR29", "A manager asks for the best of two teams.", team(**TWO_TEAMS, limit=1)),
    refused(
        "AR29",
        "A manager asks where each of two teams stands among the others.",
        team(**TWO_TEAMS, percentile=True),
    ),
)
