"""What does it read, and may that be read at all?"""

from collections.abc import Iterator

from charter.registry.facts_columns import check_columns, reads_clock
from charter.registry.facts_sql import carries_person, check_facts_sql, looks_at_clock
from charter.registry.finding import Fault, LintSubject
from charter.rules.vocabulary import BANNED_SOURCES, Category, Grain, SourceKind
from ground.errors import BadInput


def lint_banned_sources(draft: LintSubject) -> Iterator[Fault]:
    """No keyboard, screen, sentiment or presence monitoring, whatever the label (AR01)."""
    for place, slug in _sources(draft):
        kind = draft.kinds.get(slug)
        if kind in BANNED_SOURCES:
            text = f"The source “{slug}” is {kind.value} monitoring, which is banned. No waiver is possible."
            yield Fault(place, text, "Do not measure this. Ask people, or look at outcomes of the work.")


def lint_surveillance(draft: LintSubject) -> Iterator[Fault]:
    """The category exists so that refusals can be named; nothing can be registered in it."""
    if draft.document.what.category is Category.PROHIBITED_SURVEILLANCE:
        yield Fault("what.category", "Surveillance is prohibited.", "Do not measure this.")


def lint_known_sources(draft: LintSubject) -> Iterator[Fault]:
    """Every source is described, so that its kind is known."""
    for place, slug in _sources(draft):
        if slug not in draft.sources:
            text = f"There is no source “{slug}”."
            yield Fault(place, text, "Describe the source first, with how its system knows what it knows.")


def lint_facts_query(draft: LintSubject) -> Iterator[Fault]:
    """The query is one SELECT over the declared sources, bound to what their columns are described to be."""
    measure = draft.document.what.measure
    if measure is None:
        return
    try:
        check_facts_sql(measure)
        if all(slug in draft.sources for slug in measure.sources):
            check_columns(measure, draft.sources)
    except BadInput as error:
        fix = "Give one SELECT over the declared sources with at, value, team or person, and perhaps weight."
        yield Fault(error.field or "what.measure.facts", error.detail, fix)


def lint_person_in_facts(draft: LintSubject) -> Iterator[Fault]:
    """A value of one person needs facts that say whose they are."""
    measure = draft.document.what.measure
    single = {Grain.SELF, Grain.PERSON} & set(draft.document.what.grains)
    if measure is None or not single or any(lint_facts_query(draft)):
        return
    if not carries_person(measure):
        text = "The charter gives single persons a value, but its facts carry no person."
        yield Fault("what.grains", text, "Add the column person to the query, or take the grain out.")


def lint_hours_at_work(draft: LintSubject) -> Iterator[Fault]:
    """Hours come from a plan that people know, never from watching when they are there (S140)."""
    what = draft.document.what
    if what.category is not Category.ACTIVITY or not _counts_hours(draft):
        return
    for place, slug in _sources(draft):
        if draft.kinds.get(slug, SourceKind.ROTA) is not SourceKind.ROTA:
            text = f"Hours at work may be read from a rota only; “{slug}” is none."
            yield Fault(place, text, "Read the rota's planned hours.")


def lint_clock_disclosed(draft: LintSubject) -> Iterator[Fault]:
    """A metric that looks at when people work says so, whatever it is called (AR03)."""
    what = draft.document.what
    if what.measure is None or what.counts_hours or any(lint_facts_query(draft)):
        return
    rota = SourceKind.ROTA in {draft.kinds.get(slug) for slug in what.measure.sources}
    known = set(what.measure.sources) <= set(draft.sources)
    if rota or looks_at_clock(what.measure) or (known and reads_clock(what.measure, draft.sources)):
        text = "The facts look at when people work, but the charter does not say so."
        yield Fault(
            "what.counts_hours", text, "Set counts_hours to true, or leave the hours out of the query."
        )


def _counts_hours(draft: LintSubject) -> bool:
    unit = draft.document.what.unit.lower()
    return unit.startswith("hour") or draft.document.metric.startswith("hours-")


def _sources(draft: LintSubject) -> Iterator[tuple[str, str]]:
    measure = draft.document.what.measure
    for number, slug in enumerate(measure.sources if measure else ()):
        yield f"what.measure.sources[{number}]", slug
