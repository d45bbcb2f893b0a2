"""Reads of training."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypedDict
from uuid import UUID

import msgspec
from django.db.models import Exists, F, Min, OuterRef, QuerySet
from django.utils.translation import gettext as _
from msgspec import Struct

from charter.registry.models import RulebookVersion
from charter.registry.states import RulebookState
from governance.people.models import AccountKind, GrantedRole, RoleGrant, User
from governance.training.data_versions import TRAINING
from governance.training.models import (
    Acknowledgement,
    Attempt,
    AttemptAnswer,
    Attestation,
    Course,
    Question,
)
from governance.training.permissions import check_can_see_attempt
from governance.training.questions import AnswerOption
from ground import statements
from ground.data_versions import cached
from ground.errors import NotFound
from ground.statements import Read

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

# Those who lead people, and so must know the rules before they look at anybody's values (S54, S59).
MANAGERS = (GrantedRole.MANAGER, GrantedRole.VALUE_STREAM_LEAD)


class TrainingStatus(Struct, frozen=True):
    """How an account stands towards the rules: acknowledged or not, and until when (last day) it attests that it knows them.

    The day is compared with that of asking, so that a lapse counts at once and needs no job (AR24, S59).
    """

    acknowledged: bool
    attested_until: date | None = None

    def attested(self, on: date) -> bool:
        """Whether what it attested counts on a day."""
        return self.attested_until is not None and self.attested_until >= on


# A later course may end what earlier ones attested; LEAST passes over a null, which ends nothing.
_UNTIL = """
    SELECT t.attested_at, course.number AS course, course.title, t.valid_until,
           LEAST(t.valid_until, (SELECT min(later.older_until) FROM training_course later
                                 WHERE later.number > course.number)) AS until
    FROM training_attestation t JOIN training_course course ON course.id = t.course_id
    WHERE t.user_id = %(user)s::uuid
"""

_TRAINED = Read(
    f"""
    SELECT EXISTS (
        SELECT FROM training_acknowledgement a
        WHERE a.user_id = %(user)s::uuid AND a.rulebook_version_id = %(rulebook)s::uuid
    ) AS acknowledged, (SELECT max(attested.until) FROM ({_UNTIL}) attested) AS attested_until
    """,
    TrainingStatus,
)


@cached(TRAINING)
def read_training_status(user: UUID, rulebook_version: UUID) -> TrainingStatus:
    """How an account stands towards a rulebook, from memory while the data version is the same."""
    status: TrainingStatus = statements.read(
        _TRAINED, parameters={"user": user, "rulebook": rulebook_version}
    )[0][0]
    return status


def has_acknowledged(user: User, rulebook_version: RulebookVersion | UUID) -> bool:
    """Whether the account has acknowledged this very version of the rules, given itself or its key (AR24)."""
    return Acknowledgement.objects.filter(user=user, rulebook_version=rulebook_version).exists()


class AcknowledgementStatus(Struct, frozen=True):
    """A version of the rules or of the contract that asks to be acknowledged, and when the account did.

    `before` is the number of the version that it acknowledged last, where that is not this one.
    """

    number: int
    published_at: datetime
    acknowledged_at: datetime | None
    before: int | None = None


class OfferedCourse(Struct, frozen=True):
    """The course to take, and the attempt at it that the account has left open."""

    number: int
    title: str
    introduction: str
    pass_percent: int
    months: int
    attempt: UUID | None


class AttestedTerm(Struct, frozen=True):
    """What an account attested, and the last day on which it counts; sooner than `valid_until` where a later course asks again."""

    attested_at: datetime
    course: int
    title: str
    valid_until: date
    until: date


@dataclass(frozen=True)
class Readiness:
    """What is asked of an account, and what it holds."""

    rules: AcknowledgementStatus | None
    contract: AcknowledgementStatus | None
    course: OfferedCourse | None
    attested: AttestedTerm | None

    def attests(self, on: date) -> bool:
        """Whether what it attested counts on a day."""
        return self.attested is not None and self.attested.until >= on


_RULES = Read(
    """
    SELECT r.number, r.published_at, a.acknowledged_at,
           (SELECT earlier.number FROM training_acknowledgement said
            JOIN registry_rulebookversion earlier ON earlier.id = said.rulebook_version_id
            WHERE said.user_id = %(user)s::uuid AND said.rulebook_version_id <> r.id
            ORDER BY earlier.number DESC LIMIT 1) AS before
    FROM registry_rulebookversion r
    LEFT JOIN training_acknowledgement a ON a.rulebook_version_id = r.id AND a.user_id = %(user)s::uuid
    WHERE r.state = 'in_force'
    """,
    AcknowledgementStatus,
)
_CONTRACT = Read(
    """
    SELECT c.number, c.published_at, a.acknowledged_at
    FROM programme_contract c
    LEFT JOIN training_contractacknowledgement a ON a.contract_id = c.id AND a.user_id = %(user)s::uuid
    ORDER BY c.number DESC LIMIT 1
    """,
    AcknowledgementStatus,
)
_COURSE = Read(
    """
    SELECT c.number, c.title, c.introduction, c.pass_percent, c.months,
           (SELECT a.id FROM training_attempt a
            WHERE a.course_id = c.id AND a.user_id = %(user)s::uuid AND a.ended_at IS NULL) AS attempt
    FROM training_course c ORDER BY c.number DESC LIMIT 1
    """,
    OfferedCourse,
)
_ATTESTED = Read(
    f"SELECT * FROM ({_UNTIL}) attested ORDER BY until DESC, attested_at DESC LIMIT 1", AttestedTerm
)


def read_readiness(user: User) -> Readiness:
    """What is asked of an account and what it holds, in one statement."""
    found = statements.read(_RULES, _CONTRACT, _COURSE, _ATTESTED, parameters={"user": user.pk})
    return Readiness(*(each[0] if each else None for each in found))


def find_newest_course() -> Course | None:
    """The course that is taken: the one published last."""
    return Course.objects.select_related("rulebook_version").defer("rulebook_version__files").first()


def find_cut(course: Course) -> date | None:
    """The last day on which what a course attests counts, where a later one asks again."""
    later = Course.objects.filter(number__gt=course.number)
    cut: date | None = later.aggregate(cut=Min("older_until"))["cut"]
    return cut


def find_attestation(user: User) -> Attestation | None:
    """What an account attested that counts the longest, with `until`, its last day; also where that is over."""
    related = ("course", "rulebook_version", "user")
    found = Attestation.objects.with_until().filter(user=user).select_related(*related)
    return found.defer("rulebook_version__files").order_by("-until", "-attested_at").first()


# Attempts: one's own, and nobody else's


@dataclass(frozen=True)
class AttemptResult:
    """How an attempt stands: how many of its questions are answered, how many rightly, how many are needed."""

    answered: int
    right: int
    of: int
    needed: int

    @property
    def passed(self) -> bool:
        return self.answered == self.of and self.right >= self.needed


@dataclass(frozen=True)
class Item:
    """One question of an attempt by its place from 1, with what was chosen."""

    place: int
    question: Question
    options: Sequence[AnswerOption]
    chosen: int | None

    @property
    def right(self) -> bool:
        return self.chosen == self.question.answer

    @property
    def choice(self) -> AnswerOption | None:
        """What was chosen."""
        return None if self.chosen is None else self.options[self.chosen]

    @property
    def solution(self) -> AnswerOption:
        """What is right."""
        return self.options[self.question.answer]


def get_attempt(key: UUID, *, by: User) -> Attempt:
    """One of the account's attempts by its id; NotFound where it has no such one, whosever it is."""
    found = Attempt.objects.select_related("course").filter(pk=key, user=by).first()
    if found is None:
        raise NotFound(_("There is no such attempt among yours."), code="attempt_not_found")
    check_can_see_attempt(by, found)
    return found


def list_items(attempt: Attempt) -> list[Item]:
    """The questions of an attempt in its order, with the answers given so far; two statements."""
    asked = {each.number: each for each in attempt.course.questions.filter(number__in=attempt.shown)}
    given = dict(attempt.answers.values_list("question_id", "chosen"))
    return [
        Item(place, asked[number], list_options(asked[number]), given.get(asked[number].pk))
        for place, number in enumerate(attempt.shown, start=1)
    ]


def list_options(question: Question) -> tuple[AnswerOption, ...]:
    """What can be chosen, typed."""
    return msgspec.convert(question.options, tuple[AnswerOption, ...])


def get_question(attempt: Attempt, place: int) -> Question:
    """The question at a place of an attempt, from 1; NotFound where it has none."""
    if not 1 <= place <= len(attempt.shown):
        raise NotFound(_("This attempt has no such question."), code="question_not_found")
    return attempt.course.questions.get(number=attempt.shown[place - 1])


def read_result(attempt: Attempt) -> AttemptResult:
    """How an attempt stands, in two statements."""
    given = AttemptAnswer.objects.filter(attempt=attempt)
    of = len(attempt.shown)
    return AttemptResult(
        answered=given.count(),
        right=given.filter(chosen=F("question__answer")).count(),
        of=of,
        needed=-(-attempt.course.pass_percent * of // 100),
    )


# Who is ready


class _Ready(TypedDict):
    knows: bool
    attests: bool


def list_managers(on: date) -> "QuerySet[WithAnnotations[User, _Ready]]":
    """The accounts that lead people on a day, by name, each with `knows` and `attests`: rules acknowledged, course current."""
    leads = RoleGrant.objects.on(on).filter(user=OuterRef("pk"), role__in=MANAGERS)
    in_force = RulebookVersion.objects.filter(state=RulebookState.IN_FORCE)
    acknowledged = Acknowledgement.objects.filter(user=OuterRef("pk"), rulebook_version__in=in_force)
    attested = Attestation.objects.counting(on).filter(user=OuterRef("pk"))
    found = User.objects.filter(Exists(leads), is_active=True, kind=AccountKind.HUMAN)
    return found.annotate(knows=Exists(acknowledged), attests=Exists(attested)).order_by("name", "pk")


def list_not_ready(on: date) -> "QuerySet[WithAnnotations[User, _Ready]]":
    """Those of `managers` who lack the one or the other."""
    return list_managers(on).exclude(knows=True, attests=True)


@dataclass(frozen=True)
class ReadinessCounts:
    """How many lead people, and how many of them are ready; none where they are too few to count."""

    managers: int | None
    ready: int | None


def count_ready(on: date, *, minimum: int) -> ReadinessCounts:
    """How many managers are ready, never of fewer than `minimum`: such a count is as good as names."""
    states = list(list_managers(on).values_list("knows", "attests"))
    if len(states) < minimum:
        return ReadinessCounts(None, None)
    return ReadinessCounts(len(states), sum(knows and attests for knows, attests in states))
