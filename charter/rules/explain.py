"""Why a rule matched here: one sentence or two about this request, from the facts, for the one who asked.

One small function a rule, in the table at the end. Nothing here judges anybody; it says what was asked and what is so.
"""

from collections.abc import Callable

from charter.rules import asking, context, words
from charter.rules.facts import Facts
from charter.rules.unlisted import say_unlisted
from charter.rules.vocabulary import (
    BANNED_SOURCES,
    Category,
    Combine,
    Nature,
    OrderBy,
    Standing,
    TimeFilter,
    View,
)

CLOCK = {TimeFilter.WEEKEND: "weekends", TimeFilter.EVENING: "evenings", TimeFilter.ONLINE: "time online"}

COMBINED = {
    Combine.SUM: "the sum of all periods",
    Combine.MEAN: "the mean of all periods",
    Combine.SCORE: "one score",
    Combine.QUOTA: "a quota",
    Combine.CURVE: "a curve",
    None: "one value",
}
BOARD_SAID_NO = "The board was asked about this, and said no."
STANDINGS = {
    Standing.DRAFT: "is still a draft",
    Standing.SUBMITTED: "waits for the board",
    Standing.IN_REVIEW: "is before the board",
    Standing.SUSPENDED: "is suspended",
    Standing.RETIRED: "is retired",
    Standing.REJECTED: "was rejected",
    Standing.EXPIRED: "has expired",
}


def explain_match(rule_id: str, facts: Facts) -> str:
    """Return what in this request the rule matched; a rule without words of its own gets a plain sentence."""
    said = HERE.get(rule_id, _added_rule)(facts)
    return f"{said} {BOARD_SAID_NO}" if rule_id in facts.ruled_against else said


def _added_rule(facts: Facts) -> str:
    return f"This rule applies to {_name(facts)} as you asked for it."


def _engine(facts: Facts) -> str:
    return f"The rules for {_name(facts)} could not be worked out. This is our fault, not yours."


def _monitoring(facts: Facts) -> str:
    banned = sorted(source.value for source in facts.charter.sources & BANNED_SOURCES)
    if banned:
        return f"{_subject(facts)} is drawn from {words.listed(banned)} monitoring."
    if Nature.REPLY_LATENCY in facts.charter.nature:
        return f"{_subject(facts)} is worked out from how soon people answer messages."
    if Nature.IDLE in facts.charter.nature:
        return f"{_subject(facts)} is worked out from the gaps between what one person did."
    return f"{_subject(facts)} is registered as prohibited surveillance."


def _strain(facts: Facts) -> str:
    what = "a strain metric" if facts.charter.category is Category.STRAIN else "tagged as a sign of wellness"
    if not facts.charter.wellness_signal and Nature.SURVEY in context.find_natures(facts.charter):
        what = "a survey metric"
    return f"{_subject(facts)} is {what}. You asked to see it for {_about(facts)}."


def _hours(facts: Facts) -> str:
    chosen = facts.request.time_filter
    if chosen is not None:
        return f"You asked for {CLOCK[chosen]} only, for {_about(facts)}."
    return (
        f"{_subject(facts)} counts weekend, evening or online time. You asked to see it for {_about(facts)}."
    )


def _ranking(facts: Facts) -> str:
    if facts.request.order_by is not None:
        return f"You asked for people in order of {_order(facts)}."
    return f"{_subject(facts)} is a count of activity. You asked to see it for single people."


def _list(facts: Facts) -> str:
    request = facts.request
    people = len(set(request.persons))
    asked = [
        (request.percentile, "where people stand among their peers"),
        (request.limit is not None, f"the first {request.limit} people"),
        (request.order_by is not None, f"people in order of {_order(facts)}"),
        (bool(request.cohorts), f"a value for each person in {words.cohorts(request.cohorts)}"),
        (people > 1, f"{words.number(people)} people side by side"),
    ]
    parts = [text for is_asked, text in asked if is_asked]
    return f"You asked for {words.listed(parts)}." if parts else "You asked for people without naming one."


def _score(facts: Facts) -> str:
    metrics = words.many(len(set(facts.request.metrics)), "metric")
    if facts.request.combine is None:
        return f"{_subject(facts)} is one number of more than one kind of event. You asked to see it for {_about(facts)}."
    return f"You asked for {COMBINED[facts.request.combine]} of {metrics}, for {_about(facts)}."


def _one_metric(facts: Facts) -> str:
    decision = facts.decision
    metrics, evidence = len(set(facts.request.metrics)), context.count_evidence(facts.request.evidence)
    unopened = evidence - facts.checked_evidence
    pieces = max(decision.evidence_needed, int(decision.consequential))
    needed = (
        "qualitative evidence" if pieces <= 1 else f"{words.number(pieces)} pieces of qualitative evidence"
    )
    also = "at least two metrics and " if decision.consequential else ""
    given = "none" if not evidence else words.many(evidence, "piece") + " of evidence"
    gave = f"{_purpose(facts)} needs {also}{needed}. You gave {words.many(metrics, 'metric')} and {given}."
    if unopened <= 0:
        return gave
    is_none = f"{words.number(unopened)} of it is no record" if unopened > 1 else "One piece is no record"
    concerned = {*facts.request.persons, *facts.request.about}
    whom = (
        ""
        if not concerned
        else " about the person concerned"
        if len(concerned) == 1
        else " about each person concerned"
    )
    return f"{gave} {words.sentence(is_none)}{whom} that somebody else has opened and checked."


def _activity(facts: Facts) -> str:
    return f"{_subject(facts)} is a count of activity. {_purpose(facts)} is a decision about a person."


def _flow(facts: Facts) -> str:
    return f"{_subject(facts)} is a flow metric. You asked to see it for {_about(facts)}."


def _classes(facts: Facts) -> str:
    charter, asked = facts.charter, facts.request.view
    if asked is not charter.view:
        return f"{_subject(facts)} is a {charter.view} metric. You asked for it in a {asked} view."
    others = context.find_other_class_beside(facts)
    if others:
        return f"{_subject(facts)} is a {charter.view} metric. Beside it you asked for {words.listed(others)}, which is not."
    if charter.view is View.PERFORMANCE:
        return f"{_subject(facts)} shows how people use an AI assistant, which is for diagnosis only."
    return f"{_subject(facts)} is a diagnostic metric. {_purpose(facts)} is a decision about a person."


def _unlike(facts: Facts) -> str:
    known = facts.person_classes.union(*(cohort.context_classes for cohort in facts.cohorts))
    kinds = [words.spoken(kind) for kind in sorted(known)]
    kinds += ["a kind not recorded"] if any(not cohort.context_classes for cohort in facts.cohorts) else []
    asked = "to compare" if facts.request.compare else "side by side for"
    return f"You asked {asked} projects of different kinds: {words.listed(kinds)}."


def _small(facts: Facts) -> str:
    small = context.find_small_cohorts(facts.cohorts)
    if not small:
        return f"{_subject(facts)} is never shown for a single person."
    sizes = (f"{words.cohort(one.slug)} has fewer than {one.minimum} people" for one in small)
    return words.sentence(words.listed(sizes)) + "."


def _standing(facts: Facts) -> str:
    standing = facts.charter.standing
    if standing in {Standing.ACTIVE, Standing.PILOT}:
        return f"The charter of {_name(facts)} is {standing}, and its time has not begun or is over."
    return f"The charter of {_name(facts)} {STANDINGS[standing]}, so nothing may be asked of it now."


def _series(facts: Facts) -> str:
    looking = facts.looking
    noticed = [
        (looking.persons_today > looking.persons_limit, _many_today(facts)),
        (
            bool(looking.enumerated),
            f"You are going through {words.cohort(looking.enumerated)} one by one.",
        ),
        (looking.hopped_from is not None, _hopped(facts)),
    ]
    said = [text for is_so, text in noticed if is_so]
    return " ".join(said)


def _many_today(facts: Facts) -> str:
    looking = facts.looking
    return f"This would be person number {looking.persons_today} today. The limit is {looking.persons_limit} a day."


def _hopped(facts: Facts) -> str:
    before = facts.looking.hopped_from
    if before is None:
        return ""
    looking = facts.looking
    was_for, on = words.spoken(before), f" on {words.day(looking.hopped_on)}" if looking.hopped_on else ""
    noticed = (
        f"{_name(facts)} was not allowed for {was_for}{on}. "
        f"This asks for it again, of much the same people, for {words.spoken(facts.request.decision)}."
    )
    until = f"Until {words.day(looking.hopped_until)} the" if looking.hopped_until else "The"
    go_on = (
        f"{until} board decides on such a question, and you can put it to the board. "
        f"You can ask for {was_for} again at any time, with what that refusal names."
    )
    return words.sentence(f"{noticed} {go_on}")


def _context_notes(facts: Facts) -> str:
    values = facts.values
    if facts.decision.consequential and values.unsettled:
        notes = words.many(values.unsettled, "context note")
        stands = "is" if values.unsettled == 1 else "are"
        return words.sentence(f"{notes} about these months {stands} neither confirmed nor turned down.")
    months = words.many(values.affected, "period")
    return words.sentence(
        f"{months} you asked for had something else going on, which an order or a score would hide."
    )


def _team_ranking(facts: Facts) -> str:
    request, groups = facts.request, words.cohorts(facts.request.cohorts)
    asked = [
        (request.order_by is OrderBy.VALUE, f"in order of {_order(facts)}"),
        (request.limit is not None, f"the first {request.limit} of them"),
        (request.percentile, "by where each stands among the others"),
    ]
    return f"You asked for {groups}, {words.listed(text for is_asked, text in asked if is_asked)}."


def _quota(facts: Facts) -> str:
    if context.asks_for_distribution(facts):
        return "You asked for people or values to be spread over a set shape."
    return f"You asked for a set number or share of people, for {_about(facts)}."


def _burning(facts: Facts) -> str:
    return f"An error budget burned in the months you asked for. {_subject(facts)} falls when a team slows down for that."


def _held(facts: Facts) -> str:
    what = "A value" if facts.values.held == 1 else "Values"
    return f"{what} of {_name(facts)} that you asked for {'is' if facts.values.held == 1 else 'are'} under review."


def _appeals(facts: Facts) -> str:
    if context.asks_of_appeals(facts):
        return "You asked who has appealed, or what is under review."
    return "This decision about a person has to be made by somebody else."


def _thin(facts: Facts) -> str:
    return f"{_subject(facts)} covers too little of the work that you asked about to say anything about a person."


def _accountable(facts: Facts) -> str:
    if not facts.actor.human and facts.decision.consequential:
        return f"A machine's account asked. {_purpose(facts)} is for a person to ask, who answers for it."
    if facts.request.accountable is None:
        return f"You named nobody who answers for this {words.spoken(facts.request.decision)}."
    return "Whom you named does not lead those whom this is about, nor answer for them, or is one of them."


def _wellness(facts: Facts) -> str:
    kind = words.a(f"{words.spoken(facts.charter.category)} metric")
    return f"{_subject(facts)} is {kind}, and it is tagged as a sign of wellness."


def _pilot(facts: Facts) -> str:
    if facts.values.piloted:
        return f"Values of {_name(facts)} that you asked for come from a pilot. Nobody agreed to be judged by it."
    outside = context.outside_pilot(facts)
    if outside:
        return f"{_subject(facts)} is in a pilot, and {words.cohorts(outside)} is not part of it."
    return f"{_subject(facts)} is in a pilot. You asked to see it for {_about(facts)}."


def _training(facts: Facts) -> str:
    actor = facts.actor
    lacking = [] if actor.acknowledged else ["you have not acknowledged the rules now in force"]
    if facts.request.view is View.PERFORMANCE and not actor.trained:
        lacking.append("you have no current training for performance views")
    return words.sentence(words.listed(lacking)) + "."


def _audit(facts: Facts) -> str:
    if facts.fairness_until is None:
        return f"{_subject(facts)} has not passed a fairness audit."
    return f"The fairness audit of {_name(facts)} was good until {words.day(facts.fairness_until)}."


def _export(facts: Facts) -> str:
    return "You asked to take values of single people out of this site."


def _too_old(facts: Facts) -> str:
    charter = facts.charter
    return f"You asked from {words.day(facts.request.window.start)}. Values are kept from {words.day(charter.kept_from)}."


def _name(facts: Facts) -> str:
    return words.inside(facts.charter.name)


def _subject(facts: Facts) -> str:
    """The metric's name, where a sentence begins."""
    return words.sentence(facts.charter.name)


def _purpose(facts: Facts) -> str:
    """The decision, where a sentence begins."""
    return words.sentence(words.spoken(facts.request.decision))


def _level(facts: Facts) -> str:
    return words.level(facts.request.grain)


def _about(facts: Facts) -> str:
    """Say what makes the request one about people: the decision, or whose values they are."""
    if facts.decision.consequential:
        return f"{words.spoken(facts.request.decision)}, a decision about a person"
    if asking.asks_of_persons(facts):
        return "single people"
    return words.spoken(facts.request.decision)


def _order(facts: Facts) -> str:
    asked = facts.request.order_by
    return f"{_name(facts)}, highest first" if asked is OrderBy.VALUE else f"{asked}"


HERE: dict[str, Callable[[Facts], str]] = {
    "ENGINE": _engine,
    "USE": say_unlisted,
    "AR01": _monitoring,
    "AR02": _strain,
    "AR03": _hours,
    "AR04": _ranking,
    "AR05": _list,
    "AR06": _score,
    "AR07": _one_metric,
    "AR08": _activity,
    "AR09": _flow,
    "AR10": _classes,
    "AR11": _unlike,
    "AR12": _small,
    "AR13": _series,
    "AR14": say_unlisted,
    "AR15": _standing,
    "AR16": _context_notes,
    "AR17": _quota,
    "AR18": _accountable,
    "AR19": _burning,
    "AR20": _wellness,
    "AR21": _held,
    "AR22": _appeals,
    "AR23": _pilot,
    "AR24": _training,
    "AR25": _audit,
    "AR26": _export,
    "AR27": _thin,
    "AR28": _too_old,
    "AR29": _team_ranking,
}
