"""A charter's examples are requests that can be tried: each must get the verdict that it says. Pure.

What is tried is the use itself, so all else is in order: the charter is in force, the actor holds the role, has
acknowledged the rules and is trained, the fairness audit is passed, the cohort has nine people, what the charter has its
asker affirm is so unless the example says `affirms`, and what has to last or be agreed to does and is.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType

import msgspec
from dateutil.relativedelta import relativedelta
from msgspec import Struct

from charter import rules
from charter.programme import starter
from charter.registry.charter_facts import build_beside_facts, build_charter_facts
from charter.registry.document import CharterDocument, Example
from charter.registry.finding import Finding, Severity
from charter.registry.source_descriptions import SourceDescription
from charter.rules.conditions import LASTING
from charter.rules.context import count_evidence
from charter.rules.facts import ActorFacts, CohortFacts, DecisionFacts, Facts
from charter.rules.request import Request
from charter.rules.vocabulary import ContextClass, DecisionType, Grain, Role, Standing
from ground import clock
from ground.errors import BadInput

RULE = "CH43"

_PLACE = re.compile(r"examples\.(?P<side>correct|incorrect)\[(?P<number>\d+)\]")
_WINDOWS = {"last_month": 1, "last_quarter": 3}  # months of the words that a window may be given as
_PERSONS = {"any": "person-1", "another": "person-2"}
_PEOPLE, _MINIMUM = 9, 8
_CLASS = frozenset({ContextClass.STABLE_PRODUCT})
_NONE: Mapping[str, CharterDocument] = MappingProxyType({})
_UNIMPORTANT = 1  # a version number, where no version is stored


class CharterExampleResult(Struct, frozen=True):
    """What the rules say of an example, and whether that is what it says itself."""

    verdict: rules.Verdict
    matches: bool


def run_example(
    example: Example,
    document: CharterDocument,
    rulebook: rules.Rulebook,
    sources: Mapping[str, SourceDescription],
    *,
    at: datetime | None = None,
    others: Mapping[str, CharterDocument] = _NONE,
    decisions: Mapping[DecisionType, DecisionFacts] | None = None,
) -> CharterExampleResult:
    """Try one example of a charter.

    `others` are the charters of metrics that it may ask for beside its own; `at` (aware) is the moment of asking, now
    by default; `decisions` is what the programme lays down, the starter catalogue by default. Raises BadInput where
    the example is no request.
    """
    moment = _moment(document, at or clock.now())
    request = _request(example, document, moment.date())
    documents = _documents(request, {**others, document.metric: document})
    if "affirms" not in example.request:
        request = msgspec.structs.replace(request, affirms=_list_affirmed(request, documents))
    laid_down = decisions or {decision.slug: decision.facts for decision in starter.read_starter_decisions()}
    facts = [
        _facts(each, documents, example.asked_by, request, laid_down[request.decision], sources, moment)
        for each in documents
    ]
    verdict = rules.decide(facts, rulebook)
    named = {match.id for match in verdict.rules}
    return CharterExampleResult(verdict, verdict.outcome is example.verdict and named >= set(example.rules))


def find_mismatches(
    document: CharterDocument,
    rulebook: rules.Rulebook,
    sources: Mapping[str, SourceDescription],
    *,
    others: Mapping[str, CharterDocument] = _NONE,
    decisions: Mapping[DecisionType, DecisionFacts] | None = None,
) -> list[Finding]:
    """The examples of a charter that do not get the verdict they say, as errors of lint."""
    found: list[Finding] = []
    for side, examples in (
        ("correct", document.examples.correct),
        ("incorrect", document.examples.incorrect),
    ):
        for number, example in enumerate(examples):
            field = f"examples.{side}[{number}]"
            try:
                result = run_example(example, document, rulebook, sources, others=others, decisions=decisions)
            except BadInput as error:
                fix = "Write the request as it would be asked."
                found.append(Finding(Severity.ERROR, RULE, f"{field}.request", error.detail, fix))
            else:
                found += [] if result.matches else [_mismatch(field, example, result)]
    return found


def find_example(document: CharterDocument, field: str) -> Example | None:
    """The example that a finding speaks of, by its place: `examples.correct[0].request`."""
    found = _PLACE.match(field)
    return getattr(document.examples, found["side"])[int(found["number"])] if found else None


def list_metrics_asked(document: CharterDocument) -> frozenset[str]:
    """The metrics that a charter's examples ask for, its own among them."""
    given = (*document.examples.correct, *document.examples.incorrect)
    named = [example.request.get("metrics") for example in given]
    lists = [names for names in named if isinstance(names, list | tuple)]
    return frozenset({document.metric, *(str(name) for names in lists for name in names)})


def _mismatch(field: str, example: Example, result: CharterExampleResult) -> Finding:
    said = _outcome(example.verdict.value, example.rules)
    got = _outcome(result.verdict.outcome.value, sorted({match.id for match in result.verdict.rules}))
    return Finding(
        Severity.ERROR,
        RULE,
        field,
        f"The example says {said}, but the rules say {got}.",
        "Mend the example, or the uses that the charter lists.",
    )


def _outcome(outcome: str, named: Sequence[str]) -> str:
    return f"{outcome} by {', '.join(named)}" if named else outcome


def _moment(document: CharterDocument, at: datetime) -> datetime:
    """The moment of asking, or the first at which the charter has two quarters of data, if that is later."""
    data_from = document.why.data_from
    if data_from is None:
        return at
    try:
        first = datetime.combine(data_from + relativedelta(months=6), at.timetz())
    except (ValueError, OverflowError):  # in the last half-year that a date can be in
        return at
    return max(at, first)


def _request(example: Example, document: CharterDocument, today: date) -> Request:
    """The request, with the words of examples filled in; without `metrics` it asks for the charter's own."""
    parts: dict[str, object] = {"metrics": [document.metric], **example.request}
    window, persons = parts.get("window"), parts.get("persons")
    if isinstance(window, str) and window in _WINDOWS:
        parts["window"] = _window(_WINDOWS[window], today)
    if isinstance(persons, list | tuple):
        parts["persons"] = [_PERSONS.get(name, name) for name in persons]
    try:
        request = msgspec.convert(parts, Request)
    except msgspec.ValidationError as error:
        raise BadInput(f"The example is no request: {error}.", field="request") from error
    if document.metric not in request.metrics:
        raise BadInput("The example does not ask for the charter's own metric.", field="request.metrics")
    return request


def _window(months: int, today: date) -> dict[str, str]:
    """The last closed month or quarter before `today`, as half-open days."""
    end = date(today.year, (today.month - 1) // months * months + 1, 1)
    return {"from": (end - relativedelta(months=months)).isoformat(), "to": end.isoformat()}


def _documents(request: Request, known: Mapping[str, CharterDocument]) -> tuple[CharterDocument, ...]:
    if unknown := [slug for slug in request.metrics if slug not in known]:
        raise BadInput(f"The example asks for {unknown[0]}, which has no charter.", field="request.metrics")
    return tuple(known[slug] for slug in request.metrics)


def _list_affirmed(request: Request, documents: Sequence[CharterDocument]) -> tuple[str, ...]:
    clauses = (use for each in documents for use in each.which_decisions.allowed)
    asked = (use for use in clauses if use.decision is request.decision and request.grain in use.grains)
    return tuple(dict.fromkeys(said for use in asked for said in use.affirm))


def _facts(
    document: CharterDocument,
    documents: tuple[CharterDocument, ...],
    asked_by: Role,
    request: Request,
    decision: DecisionFacts,
    sources: Mapping[str, SourceDescription],
    at: datetime,
) -> Facts:
    own = asked_by is Role.SELF
    return Facts(
        request=request,
        at=at,
        actor=ActorFacts(
            human=True, roles=frozenset({asked_by}), asks_about_self=own, acknowledged=True, trained=True
        ),
        charter=build_charter_facts(
            document,
            version=_UNIMPORTANT,
            standing=Standing.ACTIVE,
            in_force=True,
            sources=sources,
            today=at.date(),
            grain_is_person=request.grain in (Grain.SELF, Grain.PERSON),
        ),
        decision=decision,
        cohorts=tuple(CohortFacts(slug, _PEOPLE, _MINIMUM, _CLASS) for slug in request.cohorts),
        person_classes=_CLASS if request.persons else frozenset(),
        beside=tuple(build_beside_facts(other) for other in documents if other is not document),
        fairness_until=at.date() + timedelta(days=1),
        waived=frozenset(),
        accountable_human=request.accountable is not None,
        checked_evidence=count_evidence(request.evidence),
        lasting=frozenset(LASTING.values()),
        consented=True,
    )
