"""What a pilot's survey may tell. Pure: answers in, what can be told without pointing at anybody out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from governance.board.states import Said

QUESTIONS = ("helpful", "misleading", "healthier")


@dataclass(frozen=True)
class SurveyQuestion:
    """How often each answer was given; None for all of them where all said the same, which would tell on everybody."""

    name: str
    counts: Mapping[Said, int] | None
    mostly: Said


@dataclass(frozen=True)
class Survey:
    """What a team answered: how many people, and each question."""

    people: int
    questions: tuple[SurveyQuestion, ...]


def summarize_survey(answers: Sequence[tuple[str, str, str]], *, minimum: int) -> Survey | None:
    """The survey of answers in the order of QUESTIONS; None under `minimum` people (S130)."""
    if len(answers) < minimum:
        return None
    columns = zip(QUESTIONS, zip(*answers, strict=True), strict=True)
    return Survey(len(answers), tuple(_question(name, said) for name, said in columns))


def _question(name: str, said: Sequence[str]) -> SurveyQuestion:
    counts = {each: said.count(each.value) for each in Said}
    mostly = max(Said, key=lambda each: counts[each])
    return SurveyQuestion(name, None if counts[mostly] == len(said) else counts, mostly)
