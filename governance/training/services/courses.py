"""Publishing a course: its questions are made here, from examples that the engine runs at that moment."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import msgspec
import rfc8785
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.authoring import submission
from charter.registry import queries as registry
from charter.registry.charter_facts import parse_document
from charter.registry.document import CharterDocument, Example
from charter.registry.models import CharterVersion, RulebookVersion
from charter.registry.states import RulebookState, StandingChoices
from charter.rules import Verdict, words
from charter.rules.vocabulary import DecisionType, Grain
from governance.people.models import User
from governance.training import permissions, questions
from governance.training.events import CoursePublished
from governance.training.models import Course, Question
from governance.training.questions import EngineFailed, Scenario, StoredQuestion
from governance.training.starter import read_starter_course
from ground import calendar, clock, ids, records
from ground.errors import BadInput, Conflict

# From how many charters questions are made: enough to meet those one uses, and few enough to run in a moment.
CHARTERS = 12
LONGEST_NOTICE = 365


@transaction.atomic(durable=True)
def publish_course(
    *,
    by: User,
    title: str = "",
    introduction: str = "",
    pass_percent: int | None = None,
    months: int | None = None,
    asks_again: bool = False,
    notice_days: int | None = None,
) -> Course:
    """Publish the next version of the course, made for the rules in force (S54, S59, AR24).

    The starter catalogue gives the words where none are given, settings the numbers. With `asks_again` what earlier
    courses attested counts for `notice_days` more. What is published already is given back. Raises NotPermitted unless
    `by` is HR's, on the board or an administrator; Conflict where no rules are in force; BadInput naming the field.
    """
    permissions.check_can_publish_course(by)
    rulebook = _rules_in_force()
    course_id = ids.new_id()
    asked = _questions(course_id, rulebook)
    starter = read_starter_course()
    course = Course(
        id=course_id,
        rulebook_version=rulebook,
        title=title.strip() or starter.title,
        introduction=introduction.strip() or starter.introduction,
        pass_percent=settings.TRAINING_PASS_PERCENT if pass_percent is None else pass_percent,
        months=settings.TRAINING_MONTHS if months is None else months,
        older_until=_older_until(asks_again, notice_days),
        published_at=clock.now(),
        published_by=by,
    )
    course.content_hash = _content_hash(course, asked, asks_again)
    newest = Course.objects.first()  # the rulebook is held, so nobody else publishes meanwhile
    if newest is not None and newest.content_hash == course.content_hash:
        return newest
    course.number = newest.number + 1 if newest else 1
    records.insert(course)
    Question.objects.bulk_create(_rows(course, asked))
    ledger.append(_published(course, len(asked)), by=by.actor)
    return course


def _rules_in_force() -> RulebookVersion:
    """The rules in force, held until the course is written, so that none takes their place meanwhile."""
    held = RulebookVersion.objects.select_for_update().filter(state=RulebookState.IN_FORCE)
    found = held.first()
    if found is None:
        raise Conflict(
            _("No rules are in force yet, and a course is about the rules. Put them in force first."),
            code="no_rules_in_force",
        )
    return found


def _questions(course_id: UUID, version: RulebookVersion) -> list[StoredQuestion]:
    """Every example of a rule, then some of charters in force; drawn by the course's own id."""
    rulebook = registry.load_rulebook(version.pk)
    scenarios = [*questions.list_scenarios(rulebook), *_of_charters(course_id)]
    try:
        return questions.make_questions(scenarios, rulebook, seed=course_id)
    except EngineFailed as failure:
        raise Conflict(
            _("The rules could not be worked out for an example, so there is no course: %(example)s")
            % {"example": failure},
            code="example_failed",
        ) from failure


def _of_charters(seed: UUID) -> Iterator[Scenario]:
    """One correct and one incorrect example of each of some charters in force, tried under the rules in force."""
    chance = Random(str(seed))
    keys = CharterVersion.objects.filter(standing=StandingChoices.ACTIVE).order_by("metric__slug")
    chosen = list(keys.values_list("pk", flat=True))
    chosen = chance.sample(chosen, min(CHARTERS, len(chosen)))
    versions = CharterVersion.objects.select_related("metric__programme").filter(pk__in=chosen)
    for version in versions.order_by("metric__slug"):
        document = parse_document(version.document)
        tried = submission.try_examples(document, version.metric.programme)
        for side in ("correct", "incorrect"):
            found = [
                (each.example, each.result.verdict)
                for place, each in tried.items()
                if f".{side}[" in place and each.result
            ]
            if found:
                yield _scenario(document, *chance.choice(found))


def _scenario(document: CharterDocument, example: Example, verdict: Verdict) -> Scenario:
    """A charter's example with what is asked, and for what: what somebody says is only why."""
    request = example.request
    grain = str(request["grain"])
    said = {
        "who": words.sentence(words.a(words.spoken(example.asked_by))),
        "metric": words.inside(document.name),
        "level": _("their own") if grain == Grain.SELF else words.level(Grain(grain)),
        "decision": words.spoken(DecisionType(str(request["decision"]))),
        "says": example.says,
    }
    text = _("%(who)s asks for %(metric)s at %(level)s level, for %(decision)s: “%(says)s”") % said
    return Scenario(text, verdict, metric=document.metric)


def _older_until(asks_again: bool, notice_days: int | None) -> date | None:
    if not asks_again:
        return None
    days = settings.TRAINING_NOTICE_DAYS if notice_days is None else notice_days
    if not 0 <= days <= LONGEST_NOTICE:
        raise BadInput(_("Give a notice of 0 to 365 days."), field="notice_days")
    return calendar.today() + timedelta(days=days)


def _content_hash(course: Course, asked: Sequence[StoredQuestion], asks_again: bool) -> str:
    """Of what a course says, asks and lasts for; the order of options, which is drawn, makes no other course."""
    said = [(each.scenario.says, each.scenario.verdict.outcome.value, list(each.rules)) for each in asked]
    content: dict[str, Any] = {
        "rulebook": course.rulebook_version.content_hash,
        "words": [course.title, course.introduction],
        "numbers": [course.pass_percent, course.months],
        "asks_again": asks_again,
        "questions": sorted(said),
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def _rows(course: Course, asked: Sequence[StoredQuestion]) -> Iterator[Question]:
    for number, each in enumerate(asked, start=1):
        yield Question(
            course=course,
            number=number,
            family=each.family,
            rule=each.scenario.rule,
            metric=each.scenario.metric,
            says=each.scenario.says,
            outcome=each.scenario.verdict.outcome.value,
            rules=list(each.rules),
            options=msgspec.to_builtins(each.options),
            answer=each.answer,
        )


def _published(course: Course, asked: int) -> CoursePublished:
    names = (
        "number",
        "title",
        "content_hash",
        "pass_percent",
        "months",
        "older_until",
        "rulebook_version_id",
    )
    told = {name: getattr(course, name) for name in names}
    return CoursePublished(course=course.pk, questions=asked, **told)
