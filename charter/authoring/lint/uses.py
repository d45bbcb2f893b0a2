"""Are the uses that the charter lists uses that this kind of metric can have?"""

from collections.abc import Iterable, Iterator

from charter.registry.document import Allowed, CharterDocument
from charter.registry.finding import Fault, LintSubject
from charter.rules.conditions import LASTING
from charter.rules.request import MOST_AFFIRMED
from charter.rules.vocabulary import (
    Aggregation,
    Category,
    DecisionType,
    Grain,
    Kind,
    Nature,
    Outcome,
    Role,
    SourceKind,
    UseCondition,
    View,
)

PEOPLE_DECISIONS = frozenset(
    {
        DecisionType.PROMOTION_EVIDENCE, DecisionType.PERFORMANCE_RATING, DecisionType.COMPENSATION, DecisionType.INTERNAL_MOVE,
        DecisionType.DISCIPLINE, DecisionType.TERMINATION, DecisionType.CALIBRATION_INPUT,
    }
)  # fmt: skip
NEVER_ABOUT_PEOPLE = frozenset(
    {Category.ACTIVITY, Category.FLOW, Category.STRAIN, Category.SURVEY, Category.PROHIBITED_SURVEILLANCE}
)
MAY_SIGNAL_WELLNESS = frozenset({Category.STRAIN, Category.SURVEY, Category.QUALITATIVE})
_WEIGHING = frozenset({Category.RELIABILITY, Category.QUALITY})
_OF_FAILURES = frozenset({SourceKind.INCIDENT_TRACKER, SourceKind.MONITORING})
SPEED_AND_VOLUME = frozenset({Category.DELIVERY, Category.FLOW, Category.ACTIVITY})
VOLUME = frozenset({Aggregation.COUNT, Aggregation.SUM, Aggregation.RATE})

_ACTIVITY_USE = {DecisionType.WORKFLOW_DEBUGGING: frozenset({Grain.TEAM})}
# The one way out of S63: hours that a rota plans say whether support is covered, not what anybody did (S140).
_ROTA_USE = {
    DecisionType.STAFFING: frozenset({Grain.TEAM, Grain.ROTA}),
    DecisionType.OPERATIONAL_MONITORING: frozenset({Grain.TEAM, Grain.ROTA}),
}
# From the coarsest to the finest. One's own value is as fine as a person's, but is nobody else's business.
_FINENESS = {
    grain: place
    for place, grains in enumerate(
        (
            {Grain.ORG}, {Grain.VALUE_STREAM}, {Grain.TEAM, Grain.SERVICE, Grain.ROTA, Grain.ROLE_COHORT},
            {Grain.SELF, Grain.PERSON},
        )
    )
    for grain in grains
}  # fmt: skip


def lint_about_people(draft: LintSubject) -> Iterator[Fault]:
    """Activity, flow, strain and survey metrics never decide about a person."""
    word = _word_never_about_people(draft)
    if not word:
        return
    for place, clause in _clauses(draft):
        if clause.decision in PEOPLE_DECISIONS:
            text = f"A metric of kind {word} may not inform {clause.decision.value}."
            yield Fault(place, text, "Take this decision out and name it under forbidden.")


def _word_never_about_people(draft: LintSubject) -> str:
    """What the metric is that decides about nobody, by its label or by its measure; empty where it is none of these."""
    what = draft.document.what
    if what.category in NEVER_ABOUT_PEOPLE and what.category is not None:
        return what.category.value
    if what.type is Kind.ACTIVITY or Nature.ACTIVITY in draft.nature:
        return "activity"
    return "survey" if Nature.SURVEY in draft.nature else ""


def list_possible_decisions(document: CharterDocument) -> frozenset[DecisionType]:
    """The decisions that a metric with these labels can be allowed for at all; the others are not offered in forms."""
    what = document.what
    if what.category is Category.ACTIVITY:
        return frozenset({*_ACTIVITY_USE, *_ROTA_USE})
    never = what.category in NEVER_ABOUT_PEOPLE or what.type is Kind.ACTIVITY or what.view is View.DIAGNOSTIC
    return frozenset(DecisionType) - (PEOPLE_DECISIONS if never else frozenset())


def lint_class_of_people_decisions(draft: LintSubject) -> Iterator[Fault]:
    """A diagnostic metric never enters a performance view."""
    if draft.document.what.view is not View.DIAGNOSTIC:
        return
    for place, clause in _clauses(draft):
        if clause.decision in PEOPLE_DECISIONS:
            text = f"A diagnostic metric may not inform {clause.decision.value}."
            yield Fault(place, text, "Take it out. Changing the class is a case for the board.")


def lint_activity_uses(draft: LintSubject) -> Iterator[Fault]:
    """Activity metrics help to debug a team's workflow; planned support hours say whether support is covered."""
    if not _is_activity(draft):
        return
    uses = _ROTA_USE if _reads_rotas_only(draft) else _ACTIVITY_USE
    for place, clause in _clauses(draft):
        if not set(clause.grains) <= uses.get(clause.decision, frozenset()):
            text = (
                f"An activity metric may not be used for {clause.decision.value} at {_words(clause.grains)}."
            )
            allowed = ", ".join(f"{use.value} at {_words(grains)}" for use, grains in uses.items())
            yield Fault(place, text, f"It may be used for {allowed}.")


def _is_activity(draft: LintSubject) -> bool:
    """By category or by nature; what falls on people is a strain metric, which is held to more."""
    what = draft.document.what
    counted = Nature.ACTIVITY in draft.nature
    return what.category is Category.ACTIVITY or (counted and what.category is not Category.STRAIN)


def lint_activity_type(draft: LintSubject) -> Iterator[Fault]:
    """Calling an activity metric an outcome does not make it one."""
    what = draft.document.what
    if what.category is Category.ACTIVITY and what.type is Kind.OUTCOME:
        yield Fault("what.type", "An activity metric counts doing, not a result.", "Set type to activity.")


def lint_wellness(draft: LintSubject) -> Iterator[Fault]:
    """A productivity metric says nothing about how people are."""
    what = draft.document.what
    if what.wellness_signal and what.category not in MAY_SIGNAL_WELLNESS:
        word = what.category.value if what.category else "unnamed"
        text = f"A metric of category {word} may not be tagged as a sign of wellness."
        yield Fault(
            "what.wellness_signal", text, "Take the tag out. Ask people, or look at load, not at output."
        )


def lint_counter_metric(draft: LintSubject) -> Iterator[Fault]:
    """What counts speed or volume is read beside what they may cost."""
    what, known = draft.document.what, draft.known_metrics
    volume = what.measure is not None and what.measure.aggregation in VOLUME
    if what.counter_metric is None:
        if what.category in SPEED_AND_VOLUME or volume:
            text = "A metric of speed or volume needs a counter-metric."
            yield Fault(
                "what.counter_metric", text, "Name a metric of quality or reliability to show beside it."
            )
    elif what.counter_metric == draft.document.metric:
        yield Fault(
            "what.counter_metric", "A metric cannot be its own counter-metric.", "Name another metric."
        )
    elif what.counter_metric not in known:
        text = f"There is no metric “{what.counter_metric}”."
        yield Fault("what.counter_metric", text, "Name a metric that has a charter.")
    elif _pushes(draft) and not _weighs(known[what.counter_metric], draft):
        text = f"“{what.counter_metric}” does not show what speed or volume may cost."
        yield Fault("what.counter_metric", text, "Name a metric of reliability or quality to show beside it.")


def _pushes(draft: LintSubject) -> bool:
    """Whether it counts speed or volume that somebody could push at the cost of something; load is pushed by nobody."""
    what = draft.document.what
    volume = what.measure is not None and what.measure.aggregation in VOLUME
    pushed = what.category in SPEED_AND_VOLUME or (volume and what.category is not Category.STRAIN)
    return pushed and not _weighs(draft.document, draft)


def _weighs(companion: CharterDocument | None, draft: LintSubject) -> bool:
    """Whether a metric shows reliability or quality: by its category, or as the half of the DORA metrics that shows failure."""
    if companion is None or companion.what.category in _WEIGHING:
        return True
    measure = companion.what.measure
    if measure is None or companion.what.category is not Category.DELIVERY:
        return False
    watched = {draft.kinds.get(slug) for slug in measure.sources} <= _OF_FAILURES
    fails = measure.aggregation is Aggregation.SHARE
    return fails or (watched and measure.aggregation not in VOLUME)


def lint_beside_known(draft: LintSubject) -> Iterator[Fault]:
    """What must stand beside the metric exists."""
    for place, clause in _clauses(draft):
        for slug in clause.beside:
            if slug not in draft.known_metrics:
                yield Fault(
                    f"{place}.beside", f"There is no metric “{slug}”.", "Name a metric that has a charter."
                )


def lint_grains_agree(draft: LintSubject) -> Iterator[Fault]:
    """Nothing is allowed, and nobody given access, at a grain that has no value."""
    has = set(draft.document.what.grains)
    entries = [(f"who.access[{i}]", entry.grains) for i, entry in enumerate(draft.document.who.access)]
    entries += [(place, clause.grains) for place, clause in _clauses(draft)]
    for place, grains in entries:
        if extra := set(grains) - has:
            text = f"The charter has no value at {_words(extra)}."
            yield Fault(f"{place}.grains", text, "Add the grain under what.grains or take it out here.")
        if not grains:
            yield Fault(f"{place}.grains", "No grain is named.", "Name at least one grain.")


def lint_own_value_for_oneself(draft: LintSubject) -> Iterator[Fault]:
    """One's own value is for oneself."""
    for place, entry in enumerate(draft.document.who.access):
        if entry.role is not Role.SELF and Grain.SELF in entry.grains:
            text = f"The grain “self” cannot be given to {entry.role.value}."
            yield Fault(f"who.access[{place}].grains", text, "Give it to the role self.")
        if entry.role is Role.SELF and set(entry.grains) - {Grain.SELF}:
            text = "The role self is for one's own value."
            yield Fault(
                f"who.access[{place}].grains", text, "Give other grains to team_member or another role."
            )


def lint_once_each(draft: LintSubject) -> Iterator[Fault]:
    """A decision has one clause a grain, so that its condition cannot be missed."""
    seen: set[tuple[DecisionType, Grain]] = set()
    for place, clause in _clauses(draft):
        pairs = {(clause.decision, grain) for grain in clause.grains}
        if pairs & seen:
            text = f"{clause.decision.value} is allowed twice at the same grain."
            yield Fault(place, text, "Keep one clause for each grain.")
        seen |= pairs


def lint_not_both(draft: LintSubject) -> Iterator[Fault]:
    """Nothing is allowed and forbidden at once; a form of asking may be forbidden of what is allowed otherwise."""
    for number, use in enumerate(draft.document.which_decisions.forbidden):
        if use.forms or not use.binds:
            continue
        both = {
            clause.decision
            for _, clause in _clauses(draft)
            if not use.decisions or clause.decision in use.decisions
            if not use.grains or set(clause.grains) & set(use.grains)
        }
        if both:
            text = f"{_words(both)} is both allowed and forbidden."
            fix = "Name the level or the form of asking that is forbidden."
            yield Fault(f"which_decisions.forbidden[{number}]", text, fix)


def lint_affirmed(draft: LintSubject) -> Iterator[Fault]:
    """What whoever asks affirms is a sentence that they can say is so."""
    for place, clause in _clauses(draft):
        if len(clause.affirm) > MOST_AFFIRMED:
            text = f"More than {MOST_AFFIRMED} sentences are to be affirmed."
            yield Fault(f"{place}.affirm", text, "Keep those that matter most.")
        for said in clause.affirm:
            if not _is_sentence(said):
                text = f"“{said}” is no sentence that somebody could affirm."
                fix = "Write one sentence of at most 200 characters, such as “The team itself has asked for this.”, with its full stop."
                yield Fault(f"{place}.affirm", text, fix)


def _is_sentence(said: str) -> bool:
    return (
        said == said.strip()
        and said.endswith(".")
        and 10 <= len(said) <= 200
        and said.isprintable()
        and "|" not in said
    )


def lint_met_by_somebody(draft: LintSubject) -> Iterator[Fault]:
    """A condition that no request at its level could meet allows nothing."""
    for place, clause in _clauses(draft):
        single = {Grain.SELF, Grain.PERSON} & set(clause.grains)
        if UseCondition.OWN_FIGURE in clause.conditions and set(clause.grains) != {Grain.SELF}:
            text = "Only one’s own figure can be brought by oneself."
            yield Fault(f"{place}.conditions", text, "Allow this use at the grain “self” alone.")
        of_groups = sorted(_OF_GROUPS & set(clause.conditions))
        if of_groups and single:
            text = f"{_words(of_groups)} is known of groups, and this use is also of single people."
            yield Fault(f"{place}.conditions", text, "Give the use of single people a clause of its own.")
        if UseCondition.CONSENT in clause.conditions and {Grain.ORG, Grain.VALUE_STREAM} & set(clause.grains):
            text = "Consent is given by teams, and this use is also of larger groups."
            yield Fault(f"{place}.conditions", text, "Allow it at the grain “team” alone.")


_OF_GROUPS = frozenset({UseCondition.CONSENT, *LASTING})


def lint_forbidden_binds(draft: LintSubject) -> Iterator[Fault]:
    """A forbidden use can be told from a request, or says that people keep it."""
    for number, use in enumerate(draft.document.which_decisions.forbidden):
        place = f"which_decisions.forbidden[{number}]"
        if not use.binds and not use.kept_by_people:
            text = f"Nothing tells a request for “{use.use}” from others."
            fix = "Name its decisions, levels or form of asking, or say that it is kept by people."
            yield Fault(place, text, fix)
        elif use.binds and use.kept_by_people:
            text = f"“{use.use}” is told from other requests and said to be kept by people."
            yield Fault(place, text, "Leave one of the two out.")


def lint_fine_enough(draft: LintSubject) -> Iterator[Fault]:
    """No decision is given a finer grain than the programme lets it have."""
    for place, clause in _clauses(draft):
        least = draft.minimum_grains.get(clause.decision)
        finer = {grain for grain in clause.grains if least and _FINENESS[grain] > _FINENESS[least]}
        # One's own value, brought by oneself, is not the programme's to coarsen.
        if finer := finer - {Grain.SELF}:
            text = f"{clause.decision.value} may not use {_words(finer)}: the programme's finest grain is {least}."
            yield Fault(f"{place}.grains", text, "Use a coarser grain.")


def lint_reachable(draft: LintSubject) -> Iterator[Fault]:
    """A use that no role can ask for is no use."""
    asked = {grain for entry in draft.document.who.access for grain in entry.grains}
    for place, clause in _clauses(draft):
        if clause.grains and not set(clause.grains) & asked:
            text = f"Nobody has access at {_words(clause.grains)}, so nobody can ask for {clause.decision.value}."
            yield Fault(f"{place}.grains", text, "Give a role access at this grain, or take the use out.")


def lint_examples_given(draft: LintSubject) -> Iterator[Fault]:
    """At least one correct and one incorrect use."""
    given = draft.document.examples
    for name, listed in (("correct", given.correct), ("incorrect", given.incorrect)):
        if not listed:
            text = f"The charter gives no example of {'a' if name == 'correct' else 'an'} {name} use."
            yield Fault(f"examples.{name}", text, "Add one, with the request that it comes to.")


def lint_examples_on_their_side(draft: LintSubject) -> Iterator[Fault]:
    """Correct uses are permitted; incorrect ones are not."""
    given = draft.document.examples
    for number, example in enumerate(given.correct):
        if example.verdict is not Outcome.PERMIT:
            text = "A correct use must be permitted."
            yield Fault(
                f"examples.correct[{number}].verdict", text, "Move it to incorrect, or set verdict to permit."
            )
    for number, example in enumerate(given.incorrect):
        if example.verdict is Outcome.PERMIT:
            text = "An incorrect use must not be permitted."
            yield Fault(
                f"examples.incorrect[{number}].verdict", text, "Move it to correct, or set verdict to deny."
            )


def lint_refusals_named(draft: LintSubject) -> Iterator[Fault]:
    """An example teaches more when it names the rule that refuses it."""
    for number, example in enumerate(draft.document.examples.incorrect):
        if not example.rules:
            text = "The example does not say which rule refuses it."
            yield Fault(f"examples.incorrect[{number}].rules", text, "Name at least one rule, such as AR14.")


def _clauses(draft: LintSubject) -> Iterator[tuple[str, Allowed]]:
    for number, clause in enumerate(draft.document.which_decisions.allowed):
        yield f"which_decisions.allowed[{number}]", clause


def _reads_rotas_only(draft: LintSubject) -> bool:
    measure = draft.document.what.measure
    return measure is not None and {draft.kinds.get(slug) for slug in measure.sources} == {SourceKind.ROTA}


def _words(words: Iterable[Grain | DecisionType | UseCondition]) -> str:
    return " and ".join(sorted(word.value for word in words))
