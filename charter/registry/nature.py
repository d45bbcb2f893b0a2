"""What a metric is: read off its described sources and its measure, never off its label (S40, S65). Pure.

Whatever cannot be read counts as the most restricted kind, so that a query nobody understands opens nothing.
"""

from collections.abc import Mapping

from sqlglot import exp

from charter.registry.document import Measure
from charter.registry.facts_columns import reads_clock
from charter.registry.facts_lineage import Lineage, Origin, Row, follow_columns
from charter.registry.facts_sql import parse_facts
from charter.registry.facts_times import TimeKind
from charter.registry.source_descriptions import NUMBERS, Meaning, SourceDescription
from charter.rules.vocabulary import Aggregation, Nature, SourceKind
from ground.errors import BadInput

# Sources whose events are things that people do; counting them is counting motion.
_DOING = frozenset(
    {
        SourceKind.VERSION_CONTROL,
        SourceKind.ISSUE_TRACKER,
        SourceKind.MESSAGES,
        SourceKind.ROTA,
        SourceKind.AI_ASSISTANT,
    }
)
# Sources that watch systems; where their events name a person, counting them counts what that person did.
_DOING_OF_SOMEBODY = frozenset(
    {SourceKind.DELIVERY_PIPELINE, SourceKind.INCIDENT_TRACKER, SourceKind.MONITORING}
)
_COUNTING = frozenset({Aggregation.COUNT, Aggregation.RATE, Aggregation.SUM})
_OF_SOURCE = {SourceKind.SURVEY: Nature.SURVEY, SourceKind.AI_ASSISTANT: Nature.AI_ASSIST}
_SPANS = frozenset({TimeKind.SPAN, TimeKind.ROUNDED})
_MADE_OF = ("at", "value", "weight")
UNREADABLE = frozenset({Nature.ACTIVITY, Nature.COMPOSITE})


def find_nature(measure: Measure | None, sources: Mapping[str, SourceDescription]) -> frozenset[Nature]:
    """Say what a measure makes of a metric; `sources` are the described ones by slug.

    A measure that is missing, or that does not fit its sources, counts as an activity and a composite.
    """
    if measure is None:
        return UNREADABLE
    try:
        lineage = follow_columns(measure, sources)
        told = reads_clock(measure, sources)
    except BadInput:
        return UNREADABLE
    read = {sources[slug].kind for slug in lineage.read}
    found = {_OF_SOURCE[kind] for kind in read & set(_OF_SOURCE)}
    found |= {Nature.ACTIVITY} if _counts_doing(measure, lineage, sources) else set()
    found |= {Nature.COMPOSITE} if len(_events(lineage)) > 1 else set()
    found |= {Nature.HOURS} if told or SourceKind.ROTA in read else set()
    return frozenset(found | _watching(measure, lineage, sources))


def _counts_doing(measure: Measure, lineage: Lineage, sources: Mapping[str, SourceDescription]) -> bool:
    """Whether the value is an amount of something that people did: how many, or how large."""
    done = any(_is_doing(sources[slug]) for slug in lineage.read)
    if not done or measure.aggregation is Aggregation.SHARE:
        return False
    if measure.aggregation in _COUNTING:
        return True
    return not _is_stock(measure) and any(_is_amount(row, sources) for row in lineage.rows)


def _is_doing(source: SourceDescription) -> bool:
    return source.kind in _DOING or (source.kind in _DOING_OF_SOMEBODY and bool(source.persons))


def _is_amount(row: Row, sources: Mapping[str, SourceDescription]) -> bool:
    """Whether a number is made of plain numbers of an event, or of nothing but that it happened; a time is none."""
    value = row.get("value", Origin())
    if value.time.kind in _SPANS:
        return False
    columns = [
        sources[each.source].columns[each.column] for each in value.places | value.aside if each.column
    ]
    measured = [column for column in columns if column.means is not Meaning.DURATION]
    return not columns or any(column.type in NUMBERS for column in measured)


def _is_stock(measure: Measure) -> bool:
    """Whether it counts what lies open on each day between a beginning and an end, as work in progress does."""
    return parse_facts(measure.facts).find(exp.GenerateSeries) is not None


def _events(lineage: Lineage) -> set[str]:
    """The kinds of event that a value is made of; a table that is only looked up is none."""
    made = [row[name] for row in lineage.rows for name in _MADE_OF if name in row]
    return {place.source for origin in made for place in origin.places | origin.aside}


def _watching(
    measure: Measure, lineage: Lineage, sources: Mapping[str, SourceDescription]
) -> frozenset[Nature]:
    """What watches people whatever it is for: how soon they answer, and the gaps in what they did."""
    spans = any(row["value"].time.kind in _SPANS for row in lineage.rows if "value" in row)
    if not spans:
        return frozenset()
    answering = {Nature.REPLY_LATENCY for slug in lineage.read if sources[slug].kind is SourceKind.MESSAGES}
    return frozenset(answering | ({Nature.IDLE} if _looks_between(measure, lineage, sources) else set()))


def _looks_between(measure: Measure, lineage: Lineage, sources: Mapping[str, SourceDescription]) -> bool:
    """Whether a time is taken from one event of a person to the next one of the same person."""
    persons = {name for slug in lineage.read for name in sources[slug].persons}
    steps = (each for each in parse_facts(measure.facts).find_all(exp.Window) if _is_step(each))
    parted = (part for step in steps for part in step.args.get("partition_by") or ())
    return any(column.name.lower() in persons for part in parted for column in part.find_all(exp.Column))


def _is_step(window: exp.Window) -> bool:
    return isinstance(window.this, exp.Lag | exp.Lead)
