"""What a charter binds its uses to, and the uses that it names as forbidden, held against one request. Pure.

A condition is checked from facts, or affirmed by whoever asks; there is no third kind.
"""

from collections.abc import Callable, Iterable, Mapping

from charter.rules.asking import asks_of_persons, asks_own, count_classes
from charter.rules.facts import Facts, ForbiddenUse
from charter.rules.request import Request
from charter.rules.vocabulary import ContextKind, OrderBy, RequestForm, UseCondition

# The kind of note that has to last where a use is allowed only meanwhile.
LASTING = {
    UseCondition.DURING_INCIDENT: ContextKind.PRODUCTION_INCIDENT,
    UseCondition.DURING_FREEZE: ContextKind.FREEZE,
    UseCondition.DURING_MIGRATION: ContextKind.MIGRATION,
}
# As a page says each of them of a use.
CONDITIONS: Mapping[UseCondition, str] = {
    UseCondition.NOT_ONLY_EVIDENCE: "Never the only evidence: with a record that somebody else has opened.",
    UseCondition.ACCOUNTABLE: "With a named person who answers for it.",
    UseCondition.OWN_FIGURE: "Only one’s own figure, brought by oneself.",
    UseCondition.CONSENT: "Only where two thirds of the team have agreed to it.",
    UseCondition.DURING_INCIDENT: "Only while a confirmed incident lasts.",
    UseCondition.DURING_FREEZE: "Only while a confirmed freeze lasts.",
    UseCondition.DURING_MIGRATION: "Only while a confirmed migration lasts.",
}
# As whoever asked is told of one that is not met.
LACKING: Mapping[UseCondition, str] = {
    UseCondition.NOT_ONLY_EVIDENCE: "evidence beside it that somebody else has opened",
    UseCondition.ACCOUNTABLE: "a named person who leads or answers for those concerned",
    UseCondition.OWN_FIGURE: "that it is your own figure",
    UseCondition.CONSENT: "that two thirds of the team have agreed to it",
    UseCondition.DURING_INCIDENT: "an incident that is confirmed and lasts today",
    UseCondition.DURING_FREEZE: "a freeze that is confirmed and lasts today",
    UseCondition.DURING_MIGRATION: "a migration that is confirmed and lasts today",
}


def list_lacking(facts: Facts) -> tuple[UseCondition | str, ...]:
    """The conditions of the use asked for that are not met, then the sentences that were not affirmed, in a set order."""
    unmet = [each for each in list_bound(facts) if not _is_met(each, facts)]
    return (*unmet, *find_unaffirmed(facts))


def list_bound(facts: Facts) -> tuple[UseCondition, ...]:
    """The conditions of the use asked for that are checked from facts, met or not, in the order of the vocabulary."""
    use = (facts.request.decision, facts.request.grain)
    bound = {each for decision, grain, each in facts.charter.conditions if (decision, grain) == use}
    return tuple(each for each in UseCondition if each in bound)


def list_affirmations(facts: Facts) -> tuple[str, ...]:
    """The sentences that whoever asks for this use affirms, in the order of the alphabet."""
    use = (facts.request.decision, facts.request.grain)
    return tuple(sorted(said for *bound, said in facts.charter.affirmations if tuple(bound) == use))


def find_unaffirmed(facts: Facts) -> tuple[str, ...]:
    """Those of them that the request does not affirm."""
    return tuple(said for said in list_affirmations(facts) if said not in facts.request.affirms)


def find_forbidden(facts: Facts) -> tuple[ForbiddenUse, ...]:
    """The forbidden uses of the charter that the request would be one of."""
    asked = find_forms(facts) if facts.charter.forbidden else frozenset()
    return tuple(each for each in facts.charter.forbidden if _is_one_of(each, facts.request, asked))


def find_forms(facts: Facts) -> frozenset[RequestForm]:
    """The forms that a request has."""
    return frozenset(form for form, has in _FORMS.items() if has(facts.request, facts))


def describe_forms(forms: Iterable[RequestForm]) -> list[str]:
    """What each form is called, in the order of the vocabulary."""
    chosen = frozenset(forms)
    return [FORMS[form] for form in RequestForm if form in chosen]


FORMS: Mapping[RequestForm, str] = {
    RequestForm.SEVERAL: "several groups or persons together",
    RequestForm.UNLIKE: "a comparison of unlike groups",
    RequestForm.RANKING: "a ranking",
    RequestForm.COMPARE: "a comparison",
    RequestForm.COMBINE: "values made into one",
    RequestForm.CLOCK: "a part of the clock",
    RequestForm.SINGLE_PERSON: "a single person other than oneself",
    RequestForm.EXPORT: "an export",
}
_FORMS: Mapping[RequestForm, Callable[[Request, Facts], bool]] = {
    RequestForm.SEVERAL: lambda asked, _facts: _is_several(asked),
    RequestForm.UNLIKE: lambda asked, facts: (
        (asked.compare or _is_ranking(asked)) and count_classes(facts) > 1
    ),
    RequestForm.RANKING: lambda asked, _facts: _is_ranking(asked),
    RequestForm.COMPARE: lambda asked, _facts: asked.compare,
    RequestForm.COMBINE: lambda asked, _facts: asked.combine is not None,
    RequestForm.CLOCK: lambda asked, _facts: asked.time_filter is not None,
    RequestForm.SINGLE_PERSON: lambda _asked, facts: asks_of_persons(facts) and not asks_own(facts),
    RequestForm.EXPORT: lambda asked, _facts: asked.export,
}


def _is_several(asked: Request) -> bool:
    return len(set(asked.cohorts)) + len(set(asked.persons)) > 1


def _is_ranking(asked: Request) -> bool:
    ranked = asked.order_by is OrderBy.VALUE or asked.limit is not None or asked.percentile
    return _is_several(asked) and ranked


def _is_met(condition: UseCondition, facts: Facts) -> bool:
    match condition:
        case UseCondition.NOT_ONLY_EVIDENCE:
            return facts.checked_evidence > 0
        case UseCondition.ACCOUNTABLE:
            return facts.request.accountable is not None and facts.accountable_human
        case UseCondition.OWN_FIGURE:
            return asks_own(facts)
        case UseCondition.CONSENT:
            return facts.consented
    return LASTING[condition] in facts.lasting


def _is_one_of(forbidden: ForbiddenUse, request: Request, asked: frozenset[RequestForm]) -> bool:
    """All that it names has to fit; of several forms, one is enough."""
    return (
        (not forbidden.decisions or request.decision in forbidden.decisions)
        and (not forbidden.grains or request.grain in forbidden.grains)
        and (not forbidden.forms or bool(forbidden.forms & asked))
    )
