"""What is true of every request that can be made, whatever it asks: kept by `context.project` and by what gathers facts. Pure.

Each condition names where it is kept; a test holds every one to facts made at random. Fewer conditions are safer: a
statement proved with them holds only while they do.
"""

from collections.abc import Iterable

from msgspec import Struct

from charter.rules.asking import PERSON_GRAINS
from charter.rules.context import MOST_COUNTED
from charter.rules.proof.terms import both, either, number, word_of
from charter.rules.request import MOST_METRICS
from charter.rules.vocabulary import GROUP_OF, Category, ContextClass, DecisionGroup, Grain, Nature

_LAST_DAY = 3_652_059  # date.max.toordinal()
_MOST_NAMED = 50  # cohorts, and persons, that a request can name
_PROJECT = "charter.rules.context.project"
_COUNTS = (
    "cohorts", "persons", "evidence", "evidence_needed", "small_cohorts", "context_classes", "outside_pilot",
    "missing_beside", "unmet_conditions", "forbidden_uses", "other_class_beside", "persons_today", "persons_limit", "held", "unsettled", "affected",
)  # fmt: skip


class SideCondition(Struct, frozen=True):
    """One thing that always holds: what, as SMT-LIB, and the place of the code or the database that keeps it."""

    id: str
    says: str
    smt: str
    source: str


def _one_of(variable: str, vocabulary: str, words: Iterable[str]) -> str:
    return either(*(f"(= {variable} {word_of(vocabulary, word)})" for word in words))


def _if(test: str, then: str) -> str:
    return f"(=> {test} {then})"


def _between(name: str, least: int, most: int) -> str:
    return f"(and (>= {name} {number(least)}) (<= {name} {number(most)}))"


def _decisions(*groups: DecisionGroup) -> str:
    return _one_of("c.decision", "Decision", (d for d, group in GROUP_OF.items() if group in groups))


_PERSONAL = _one_of("c.grain", "Grain", sorted(PERSON_GRAINS))
_KIND_ROWS = "charter.programme.models.DecisionKind"

WORLD = (
    SideCondition(
        "counts", "Counts are not negative, and bounded, so that sums of them never overflow.",
        both(*(_between(f"c.{name}", 0, MOST_COUNTED) for name in _COUNTS)), _PROJECT,
    ),
    SideCondition(
        "metrics", "A request asks for one metric at least, and five at most.",
        _between("c.metrics", 1, MOST_METRICS), "charter.rules.request.Metrics",
    ),
    SideCondition(
        "named", "A request names at most fifty cohorts and fifty persons.",
        both(f"(<= c.cohorts {_MOST_NAMED})", f"(<= c.persons {_MOST_NAMED})"), "charter.rules.request.Names",
    ),
    SideCondition(
        "subjects", "Subjects are the cohorts and the persons.", "(= c.subjects (+ c.cohorts c.persons))", _PROJECT
    ),
    SideCondition(
        "of_persons", "Values are of persons at person and own level, and wherever persons are named.",
        f"(= c.of_persons (or {_PERSONAL} (> c.persons 0)))", "charter.rules.asking.asks_of_persons",
    ),
    SideCondition(
        "own", "Own values are asked for at person or own level, of nobody and no group beside.",
        _if("c.own", both(_PERSONAL, "(<= c.persons 1)", "(= c.cohorts 0)")), "charter.rules.asking.asks_own",
    ),
    SideCondition(
        "orders", "An order by value, or by who appealed, is an order, and there is one only.",
        both(_if("(or c.by_value c.of_appeals)", "c.ordered"), "(not (and c.by_value c.of_appeals))"), _PROJECT,
    ),
    SideCondition(
        "combines", "A quota or a curve is one value made of several.", _if("c.distributed", "c.combined"),
        "charter.rules.context.asks_for_distribution",
    ),
    SideCondition(
        "level", "Groups of a level are there where one is asked for; persons are of their level.",
        both(_if(_PERSONAL, "c.at_level"), _if(f"(and c.at_level (not {_PERSONAL}))", "(>= c.cohorts 1)")),
        "charter.rules.context.is_at_level",
    ),
    SideCondition(
        "among", "Small groups and groups outside of a pilot are among those named.",
        both("(<= c.small_cohorts c.cohorts)", "(<= c.outside_pilot c.cohorts)"),
        "governance.decisions.facts.gathering.Known.facts",
    ),
    SideCondition(
        "classes", "Whoever asks about a group asks about one kind of project at least.",
        both(
            _if("(>= c.cohorts 1)", "(>= c.context_classes 1)"),
            f"(<= c.context_classes (+ {len(ContextClass)} c.cohorts))",
        ),
        "charter.rules.asking.count_classes",
    ),
    SideCondition(
        "beside", "Metrics beside one are the others of the request.", "(< c.other_class_beside c.metrics)",
        "governance.decisions.facts.gathering.Known._beside",
    ),
    SideCondition(
        "natures", "A label adds to what a metric is by its measure.",
        both(
            _if(f"(or (= r.kind Kind.activity) (= r.category {word_of('Category', Category.ACTIVITY)}))",
                f"r.nature.{Nature.ACTIVITY}"),
            _if(f"(= r.category {word_of('Category', Category.SURVEY)})", f"r.nature.{Nature.SURVEY}"),
            _if(f"(= r.category {word_of('Category', Category.AI_ASSIST)})", f"r.nature.{Nature.AI_ASSIST}"),
        ),
        "charter.rules.context.find_natures",
    ),
    SideCondition(
        "hours", "A metric whose measure looks at hours counts hours.",
        _if(f"r.nature.{Nature.HOURS}", "r.counts_hours"), "charter.rules.context.counts_hours",
    ),
    SideCondition(
        "days", "Days are days of the calendar; 0 stands for no bound.",
        both(_between("c.from_day", 1, _LAST_DAY), _between("r.kept_from", 1, _LAST_DAY),
             _between("r.data_from", 0, _LAST_DAY)),
        _PROJECT,
    ),
    SideCondition(
        "group", "A decision is of its group, whatever a programme calls it.",
        both(
            f"(= c.consequential {_decisions(DecisionGroup.PEOPLE)})",
            f"(= c.planned {_decisions(DecisionGroup.PLANNING, DecisionGroup.ASSURANCE)})",
        ),
        f"{_KIND_ROWS}: decisionkind_is_of_its_group",
    ),
    SideCondition(
        "guarded", "A decision about a person needs evidence, a fairness audit and somebody who answers for it.",
        _if("c.consequential",
            both("(>= c.evidence_needed 1)", "c.fairness_needed", "c.accountable_needed")),
        f"{_KIND_ROWS}: decisionkind_about_people_is_guarded",
    ),
)  # fmt: skip

NO_GROUPS = frozenset(
    {Grain.SERVICE, Grain.ROTA, Grain.ROLE_COHORT}
)  # levels of which nobody registers groups


def write_world(without: frozenset[str] = frozenset()) -> list[str]:
    """The conditions as assertions, less those that a test leaves out."""
    return [f"(assert {each.smt})" for each in WORLD if each.id not in without]
