"""A request that a solver found, in plain English: who would ask what, of which metric, and what would be true. Pure."""

from collections.abc import Iterator

from charter.rules import asking, context, words
from charter.rules.facts import Facts
from charter.rules.vocabulary import Nature, Role, View

Line = tuple[str, str]


def describe_request(facts: Facts) -> tuple[Line, ...]:
    """Labels and texts, in the order in which they are read."""
    return (
        ("Asked by", _asker(facts)),
        ("For", words.spoken(facts.request.decision)),
        ("About", _about(facts)),
        ("Metric", _metric(facts)),
        ("How", words.sentence(words.listed(_manner(facts)) or "as it is")),
        ("Where this is so", words.sentence(words.listed(_circumstances(facts)) or "nothing special")),
    )


def say_request(facts: Facts) -> str:
    """The same as running text: "Somebody who is a manager there asks for … for a performance rating"."""
    asker = words.sentence(_asker(facts))
    view = f"in a {words.spoken(facts.request.view)} view"
    decision = words.a(words.spoken(facts.request.decision))
    manner, where = words.listed(_manner(facts)), words.listed(_circumstances(facts))
    asked = ", ".join(part for part in (_about(facts), manner, f"for {decision}", view) if part)
    return f"{asker} asks for {asked}: {_metric(facts)}." + (f" That is, where {where}." if where else "")


def _asker(facts: Facts) -> str:
    if asking.asks_own(facts):
        return "whoever the value is about"
    if not facts.actor.human:
        return "a machine account"
    roles = [words.spoken(role) for role in Role if role in facts.actor.roles]
    return f"somebody who is {words.listed(words.a(role) for role in roles)} there" if roles else "anybody"


def _about(facts: Facts) -> str:
    request = facts.request
    said = []
    if request.persons or not request.cohorts:
        many = max(len(request.persons), 1)
        own = asking.asks_own(facts)
        said.append("their own value" if own else f"values of {words.many(many, 'single person', 'persons')}")
    if request.cohorts:
        kind = request.cohorts[0].partition(":")[0].replace("_", " ")
        said.append(f"values of {words.many(len(request.cohorts), kind)}")
    return f"{words.listed(said)} at {words.level(request.grain)} level"


def _metric(facts: Facts) -> str:
    charter = facts.charter
    natures = [words.spoken(each) for each in Nature if each in context.find_natures(charter)]
    parts = [f"{words.a(words.spoken(charter.category))} metric of class {charter.view}"]
    parts += [f"by nature {words.listed(natures)}"] if natures else []
    parts += ["tagged as a sign of wellness"] if charter.wellness_signal else []
    parts += (
        [f"from {words.listed(sorted(words.spoken(each) for each in charter.sources))}"]
        if charter.sources
        else []
    )
    others = len(set(facts.request.metrics)) - 1
    parts += [f"with {words.many(others, 'other metric')} beside it"] if others else []
    return ", ".join(parts)


def _manner(facts: Facts) -> Iterator[str]:
    request = facts.request
    if request.order_by is not None:
        yield f"in the order of {words.spoken(request.order_by)}"
    if request.limit is not None:
        yield f"the first {request.limit} alone"
    for asked, said in (
        (request.percentile, "as a percentile"),
        (request.compare, "compared"),
        (request.export, "as an export"),
    ):
        if asked:
            yield said
    if request.combine is not None:
        yield f"made into {words.a(words.spoken(request.combine))}"
    if request.time_filter is not None:
        yield f"{words.spoken(request.time_filter)} only"


def _circumstances(facts: Facts) -> Iterator[str]:
    """What would have to be true, beyond what stands in the request."""
    use = context.project(facts, frozenset({*facts.waived}), frozenset({*facts.ruled}))
    for holds, said in (
        (facts.request.view is View.PERFORMANCE and facts.actor.trained, "the asker is trained"),
        (use.audited, "a fairness audit was passed and is in date"),
        (not use.audited and use.of_persons, "no fairness audit was passed"),
        (use.accountable, "a human is named who answers for it"),
        (use.evidence > 0, f"{words.many(use.evidence, 'piece')} of evidence was opened by somebody else"),
        (use.small_cohorts > 0, f"{words.many(use.small_cohorts, 'group')} is below the minimum"),
        (use.context_classes > 1, "they are of unlike kinds of project"),
        (use.held > 0, "a value is under review"),
        (use.protected, "somebody concerned has disputed a use of the asker’s"),
        (use.unsettled > 0, "a context note is not settled"),
        (use.affected > 0, "a context note touches the months"),
        (use.thin, "too little is known for the number to mean anything"),
        (use.piloted, "values come from a pilot"),
        (use.budget_burning, "an error budget burned"),
        (not facts.charter.in_force, "the charter is not in force"),
        (not use.acknowledged, "the asker has not acknowledged the rules"),
        (use.enumerated or use.hopped, "it is one of a series of questions"),
    ):
        if holds:
            yield said
    if facts.waived:
        yield f"the board has waived {words.listed(sorted(facts.waived))}"
    if facts.ruled:
        yield f"the board has let it pass {words.listed(sorted(facts.ruled))}"
