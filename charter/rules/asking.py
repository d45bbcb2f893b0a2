"""Whom a request asks about, as its facts tell it. Pure."""

from charter.rules.facts import Facts
from charter.rules.vocabulary import Grain

PERSON_GRAINS = frozenset({Grain.PERSON, Grain.SELF})


def asks_of_persons(facts: Facts) -> bool:
    """Whether the values asked for are those of single persons; naming persons is enough, whatever the grain."""
    return facts.request.grain in PERSON_GRAINS or bool(facts.request.persons)


def asks_own(facts: Facts) -> bool:
    """Whether the asker's own values are asked for and nobody else's."""
    request = facts.request
    alone = len(set(request.persons)) <= 1 and not request.cohorts
    return facts.actor.asks_about_self and alone and request.grain in PERSON_GRAINS


def count_classes(facts: Facts) -> int:
    """Count kinds of project among those asked about; each cohort of unknown kind counts as a kind of its own."""
    known = facts.person_classes.union(*(cohort.context_classes for cohort in facts.cohorts))
    return len(known) + sum(not cohort.context_classes for cohort in facts.cohorts)
