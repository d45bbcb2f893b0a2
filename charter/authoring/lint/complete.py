"""Is everything said that a charter must say?"""

from collections.abc import Iterator

from charter.registry.charter_facts import parse_duration
from charter.registry.document import HowLong, What, Who, Why
from charter.registry.finding import Fault, LintSubject
from charter.registry.invasiveness import estimate_days
from charter.rules import words
from charter.rules.vocabulary import Category, Grain

LONGEST_DEFINITION = 600  # characters
SHORT_DAYS = 14  # that facts about single people are kept without a warning

_QUESTIONS = (
    (
        "what",
        What(),
        "The charter does not say what is measured.",
        "Answer “what is measured?” in plain words.",
    ),
    ("why", Why(), "The charter does not say why it is measured.", "Answer “why is it measured?”."),
    ("who", Who(), "The charter does not say who may see it.", "Answer “who may see it?”."),
    (
        "how_long",
        HowLong(),
        "The charter does not say how long data is kept.",
        "Answer “how long is it kept?”.",
    ),
)

# (heading, field as in the file, attribute, what is missing, how to mend it)
_FIELDS = (
    ("what", "definition", "definition", "a plain definition", "Say what it measures as you would to a new colleague."),
    ("what", "affects_me", "affects_me", "how it affects me", "Tell the people measured what it means for them."),
    ("what", "unit", "unit", "a unit", "Name what one is: hour, change, share."),
    ("what", "layer", "layer", "a layer", "Choose system, workflow or qualitative."),
    ("what", "category", "category", "a category", "Choose the category that its sources and unit make it."),
    ("what", "type", "type", "a type", "Choose outcome for a result, activity for mere doing."),
    ("what", "class", "view", "a class", "Choose diagnostic unless people may be judged by it."),
    ("what", "grains", "grains", "a grain", "Say whose value it is: team, value_stream, org."),
    ("what", "measure", "measure", "a measure", "Give sources, facts and aggregation."),
    ("what", "collection", "collection", "a collection frequency", "Say when it is collected and worked out."),
    ("what", "normalisation", "normalisation", "a normalisation method", "Say how it is made comparable, or that it is not."),
    ("what", "schema_reference", "schema_reference", "a schema reference", "Name the tables and columns that it reads."),
    ("what", "assumptions", "assumptions", "assumptions", "List what must be true for the value to mean what it says."),
    ("why", "purpose", "purpose", "a purpose", "Say what it is for, before anybody asks for a value."),
    ("why", "serves", "serves", "the decision it serves", "Name the decision that it is mainly for."),
    ("why", "minimisation", "minimisation", "a minimisation answer", "Say why nothing coarser would do."),
    ("why", "data_from", "data_from", "a first day of data", "Name the first day whose data may be used."),
    ("who", "access", "access", "roles that may ask", "List each role with the grains it may ask for."),
    ("who", "owner", "owner", "an owner", "Name the account that answers for this metric."),
    ("who", "contact", "contact", "a contact", "Say whom an employee can ask."),
    ("who", "next_level", "next_level", "a next level", "Say who decides when the contact does not help."),
    ("how_long", "facts", "facts", "how long facts are kept", "Give a length of time, such as 13 months."),
    ("how_long", "facts_because", "facts_because", "why facts are kept that long", "Give the reason for the time."),
    ("how_long", "values", "values", "how long values are kept", "Give a length of time, such as 3 years."),
    ("how_long", "values_because", "values_because", "why values are kept that long", "Give the reason for the time."),
    ("harms", "disabled_workers", "disabled_workers", "how it could harm disabled workers", "Answer for them."),
    ("harms", "caregivers", "caregivers", "how it could harm caregivers", "Answer for them."),
    ("harms", "nonstandard_schedules", "nonstandard_schedules",
     "how it could harm people with nonstandard schedules", "Answer for them."),
    ("harms", "invasiveness", "invasiveness", "a level of invasiveness", "Choose 0 (none) to 4 (about one person)."),
)  # fmt: skip

_ADVISED = (
    ("provenance", "where its data comes from", "Name the systems, and what happens to data on the way."),
    ("error_bounds", "how wrong it can be", "Say what is missing or uncertain, and by about how much."),
)


def lint_questions(draft: LintSubject) -> Iterator[Fault]:
    """Each heading answers its question."""
    for heading, empty, text, fix in _QUESTIONS:
        if getattr(draft.document, heading) == empty:
            yield Fault(heading, text, fix)


def lint_required_fields(draft: LintSubject) -> Iterator[Fault]:
    """Under a heading that was begun, every required field is there."""
    unanswered = {fault.field for fault in lint_questions(draft)}
    for heading, name, attribute, missing, fix in _FIELDS:
        if heading not in unanswered and _is_empty(getattr(getattr(draft.document, heading), attribute)):
            yield Fault(f"{heading}.{name}", f"The charter does not give {missing}.", fix)


def lint_definition_length(draft: LintSubject) -> Iterator[Fault]:
    """The plain definition stays short enough to be read."""
    size = len(draft.document.what.definition)
    if size > LONGEST_DEFINITION:
        text = f"The definition has {size} characters; {LONGEST_DEFINITION} is the most."
        yield Fault(
            "what.definition", text, "Keep what a reader needs first. Details belong to the other fields."
        )


def lint_exclusions(draft: LintSubject) -> Iterator[Fault]:
    """What is left out is listed; that nothing is has a reason."""
    rule = draft.document.what.exclusions
    if not rule.left_out and not rule.none_because.strip():
        text = "The charter neither lists what is left out nor says why nothing is."
        yield Fault("what.exclusions", text, "List what is left out, or say why nothing is.")
    if rule.left_out and rule.none_because.strip():
        text = "The charter lists exclusions and says that there are none."
        yield Fault("what.exclusions", text, "Keep one of the two: what is left out, or why nothing is.")


def lint_retention_lasts(draft: LintSubject) -> Iterator[Fault]:
    """A retention of nothing at all is no retention."""
    for name, duration in (
        ("facts", draft.document.how_long.facts),
        ("values", draft.document.how_long.values),
    ):
        if duration and not parse_duration(duration):
            yield Fault(f"how_long.{name}", f"{duration} keeps nothing.", "Give at least one day.")


def lint_some_decision(draft: LintSubject) -> Iterator[Fault]:
    """A metric that may inform nothing need not be collected."""
    if not draft.document.which_decisions.allowed:
        text = "The charter allows no decision."
        yield Fault(
            "which_decisions.allowed", text, "List the decisions that it may inform, or do not measure it."
        )


def lint_some_prohibition(draft: LintSubject) -> Iterator[Fault]:
    """Uses that people fear are named, so that nobody need guess."""
    if not draft.document.which_decisions.forbidden:
        text = "The charter names no forbidden use."
        yield Fault(
            "which_decisions.forbidden", text, "Name the uses that people will fear, with the reason."
        )


def lint_person_grain(draft: LintSubject) -> Iterator[Fault]:
    """Values of single persons, seen by others, need a legal basis and an impact assessment."""
    if Grain.PERSON not in draft.document.what.grains:
        return
    for name, missing in (("legal_basis", "a legal basis"), ("impact_assessment", "an impact assessment")):
        if _is_empty(getattr(draft.document.why, name)):
            text = f"The charter shows single persons to others but gives no {missing.split(' ', 1)[1]}."
            yield Fault(f"why.{name}", text, f"Add {missing}, or take the grain “person” out.")


def lint_person_retention(draft: LintSubject) -> Iterator[Fault]:
    """Facts behind values of single persons go soon."""
    kept = draft.document.how_long.facts
    if Grain.PERSON in draft.document.what.grains and kept and estimate_days(kept) > SHORT_DAYS:
        text = f"Facts are kept for more than {SHORT_DAYS} days although the charter shows single persons to others."
        yield Fault(
            "how_long.facts",
            text,
            f"Keep them for {SHORT_DAYS} days, or say to the board why that is too short. "
            "A month of everything about everybody was held excessive by regulators.",
        )


def lint_intrusive_retention(draft: LintSubject) -> Iterator[Fault]:
    """The more a metric intrudes, the sooner its facts and values go."""
    level, kept = draft.document.harms.invasiveness, draft.document.how_long
    if level is None:
        return
    most = draft.levels[level]
    for name, thing, duration, longest in (
        ("facts", "Facts", kept.facts, most.facts),
        ("values", "Published values", kept.values, most.values),
    ):
        if duration and estimate_days(duration) > estimate_days(longest):
            limit = words.duration(longest)
            text = f"{thing} are kept for {words.duration(duration)}; at invasiveness {level}, {limit} is the most."
            yield Fault(f"how_long.{name}", text, f"Keep them for {limit} or less.")


def lint_assessment(draft: LintSubject) -> Iterator[Fault]:
    """What intrudes much is weighed by an impact assessment first."""
    level = draft.document.harms.invasiveness
    if level is not None and draft.levels[level].assessed and _is_empty(draft.document.why.impact_assessment):
        text = f"Invasiveness {level} needs an impact assessment, and the charter links none."
        yield Fault("why.impact_assessment", text, "Link the assessment.")


def lint_advised_fields(draft: LintSubject) -> Iterator[Fault]:
    """Provenance and known error are given; readers are warned where they are not."""
    for name, missing, fix in _ADVISED:
        if _is_empty(getattr(draft.document.what, name)):
            yield Fault(f"what.{name}", f"The charter does not say {missing}. Readers will be told so.", fix)


def lint_gaming_risks(draft: LintSubject) -> Iterator[Fault]:
    """Every number can be bent by those it is about."""
    if not draft.document.what.gaming_risks:
        text = "The charter names no way in which the number could be bent."
        yield Fault("what.gaming_risks", text, "Say how it could rise or fall with nothing getting better.")


def lint_works_agreement(draft: LintSubject) -> Iterator[Fault]:
    """Where a works council exists, its agreement is named."""
    if draft.document.what.category is Category.STRAIN and _is_empty(draft.document.why.works_agreement):
        text = "The charter names no works agreement."
        yield Fault("why.works_agreement", text, "Name it where your organisation has one.")


def _is_empty(value: object) -> bool:
    return value is None or value == () or (isinstance(value, str) and not value.strip())
