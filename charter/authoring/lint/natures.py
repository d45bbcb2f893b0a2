"""Is it what its label says? What a metric is follows from its described sources and its measure."""

import re
from collections.abc import Iterator

from charter.registry.finding import Fault, LintSubject
from charter.rules import words
from charter.rules.vocabulary import GROUP_OF, Category, DecisionGroup, Grain, Kind, Nature, View

# Categories that claim a result; counting what people did is none, whatever it is called.
_OF_RESULTS = frozenset({Category.DELIVERY, Category.RELIABILITY, Category.QUALITY, Category.OUTCOME})
_OF_ANSWERS = frozenset({Category.SURVEY, Category.STRAIN})
_PEOPLE_WORDS = (
    "burn-?out|stress|exhaustion|wellness|well-?being|mood|morale|happiness|engagement|loyalty|commitment|"
    "productivity|performance|talent|attrition|flight"
)
_SCORES = "scores?|index|indices|ratings?|ranks?|rankings?|risks?|points"
_SCORE = re.compile(rf"\b({_PEOPLE_WORDS})[\s_-]+({_SCORES})\b", re.IGNORECASE)
_WATCHING = re.compile(
    r"\b(idle(ness)?|inactivity|presence|keystrokes?|mouse|screen ?time|online[\s_-]+status|active[\s_-]+status|"
    r"(reply|answer)[\s_-]+(time|latency|speed)|(time|latency|speed)[\s_-]+(to|of)[\s_-]+(reply|answer)(ing)?)\b",
    re.IGNORECASE,
)


def lint_label_agrees(draft: LintSubject) -> Iterator[Fault]:
    """Type and category say what the measure makes of the metric; a stricter label is always in order."""
    yield from _lint_activity_label(draft)
    what = draft.document.what
    if Nature.SURVEY in draft.nature and what.category not in _OF_ANSWERS | {None}:
        text = f"It is drawn from a survey, but its category is {words.spoken(what.category or '')}."
        yield Fault("what.category", text, "Set the category to survey, or to strain.")
    if Nature.AI_ASSIST in draft.nature and what.category not in {Category.AI_ASSIST, None}:
        text = (
            f"It shows how people use an assistant, but its category is {words.spoken(what.category or '')}."
        )
        yield Fault("what.category", text, "Set the category to ai_assist.")


def _lint_activity_label(draft: LintSubject) -> Iterator[Fault]:
    what = draft.document.what
    if Nature.ACTIVITY not in draft.nature or what.measure is None or what.category is Category.STRAIN:
        return
    counted = "It counts what people do: commits, lines, tickets, messages or hours."
    if what.type is Kind.OUTCOME:
        yield Fault("what.type", f"{counted} The type says outcome.", "Set type to activity.")
    if what.category in _OF_RESULTS:
        text = f"{counted} The category says {words.spoken(what.category)}."
        yield Fault("what.category", text, "Set the category to activity, or measure a result instead.")


def lint_composite(draft: LintSubject) -> Iterator[Fault]:
    """One number of more than one kind of event is never about a person."""
    document = draft.document
    if Nature.COMPOSITE not in draft.nature or document.what.measure is None:
        return
    made = "Its value is made of more than one kind of event, which makes one score of them."
    fix = "Make a metric of each, and ask for them side by side."
    if {Grain.SELF, Grain.PERSON} & set(document.what.grains):
        yield Fault("what.grains", f"{made} No single person may have one.", fix)
    for number, clause in enumerate(document.which_decisions.allowed):
        if GROUP_OF[clause.decision] is DecisionGroup.PEOPLE:
            text = f"{made} It may not inform {words.spoken(clause.decision)}."
            yield Fault(f"which_decisions.allowed[{number}]", text, fix)


def lint_watching(draft: LintSubject) -> Iterator[Fault]:
    """Nobody is measured by how soon they answer, or by the gaps between what they did."""
    fix = "Do not measure this. Ask people, or look at how long work waits."
    if Nature.REPLY_LATENCY in draft.nature:
        yield Fault("what.measure.facts", "It measures how soon people answer messages.", fix)
    if Nature.IDLE in draft.nature:
        yield Fault("what.measure.facts", "It measures the gaps between what one person did.", fix)


def lint_refused_words(draft: LintSubject) -> Iterator[Fault]:
    """No score of how people are, and nothing called after watching them, also where the measure would do."""
    document = draft.document
    for field, text in (
        ("name", document.name), ("metric", document.metric.replace("-", " ")), ("what.unit", document.what.unit),
    ):  # fmt: skip
        if found := _SCORE.search(text):
            problem = (
                f"“{found[0]}” makes a score of how people are. Signals of strain are clues, not a diagnosis."
            )
            yield Fault(field, problem, "Name what is counted, such as incidents at night.")
        elif found := _WATCHING.search(text):
            problem = f"“{found[0]}” is a measure of watching people, not of work."
            yield Fault(field, problem, "Do not measure this. Ask people, or look at outcomes of the work.")


def lint_assistant(draft: LintSubject) -> Iterator[Fault]:
    """How people use an assistant is for diagnosis, once it is said whether it builds their skill or replaces it."""
    what = draft.document.what
    if what.category is not Category.AI_ASSIST and Nature.AI_ASSIST not in draft.nature:
        return
    if what.view is View.PERFORMANCE:
        text = "A metric of how people use an assistant may not be of class performance."
        yield Fault("what.class", text, "Set the class to diagnostic.")
    if not what.capability.strip():
        text = "The charter does not say whether the assistant builds people's skill or replaces it."
        yield Fault(
            "what.capability", text, "Say whether the team could still do and check this work without it."
        )
