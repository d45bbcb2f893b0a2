"""The only writers of sampled reviews: drawn once a month, given to a reviewer, asked about, answered, concluded."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from audits.reviews import permissions, queries, sampling
from audits.reviews.events import LookAnswered, LookAsked, LookConcluded, LooksSampled, ReviewerFound
from audits.reviews.models import LookQuestion, SampledLook, SampleDraw
from audits.reviews.states import CONCLUDED, TRANSITIONS, LookState
from charter.programme.queries import get_programme
from governance.appeals.independence import ReportLine
from governance.decisions.services import put_to_board
from governance.notices.services import notify
from governance.people.models import User
from ground import calendar, clock, records
from ground.errors import BadInput, Conflict
from ground.parsing import read_prose

_KIND = "reviews"


@transaction.atomic(durable=True)
def draw_month(*, month: date, by: User) -> SampleDraw:
    """Draw the looks of a month that is over (its first day) and give each a reviewer where there is one.

    Raises Conflict while the log was not signed after it, and where it is drawn already.
    """
    permissions.check_can_draw(by)
    beacon = queries.find_beacon(month)
    if beacon is None or calendar.today() < queries.begin_next(month):
        raise Conflict(
            _("A month is drawn once it is over and the log was signed after it."), code="not_over"
        )
    settings, frame = get_programme(), dict(queries.find_frame(month).values_list("entry", "pk"))
    seed = sampling.make_seed(month, bytes(beacon.root))
    count = sampling.count_drawn(len(frame), share=settings.sampled_share, least=settings.sampled_least)
    drawn = sampling.draw(seed, frame, count)
    made = records.insert(
        SampleDraw(
            month=month,
            seed=seed,
            log_size=beacon.size,
            log_root=bytes(beacon.root).hex(),
            population=len(frame),
            share=settings.sampled_share,
            least=settings.sampled_least,
            frame_sha256=sampling.hash_frame(list(frame)),
        )
    )
    due_on = calendar.today() + timedelta(days=settings.sampled_days)
    looks = [SampledLook(draw=made, decision_id=frame[each], due_on=due_on) for each in drawn]
    SampledLook.objects.bulk_create(looks)
    ledger.append(_tell_draw(made, drawn), by=by.actor)
    return made


def _tell_draw(made: SampleDraw, drawn: list[UUID]) -> LooksSampled:
    names = ("month", "seed", "log_size", "log_root", "population", "share", "least", "frame_sha256")
    return LooksSampled(draw=made.pk, drawn=drawn, **{name: getattr(made, name) for name in names})


@transaction.atomic(durable=True)
def find_reviewer(*, look: SampledLook, by: User) -> SampledLook:
    """Give a look to the least busy of those who may review it, at first or where its reviewer can no more.

    It waits where there is nobody outside of the line.
    """
    permissions.check_can_draw(by)
    look = _locked(look)
    line = permissions.find_line(look)
    if look.state in CONCLUDED or (look.reviewer and permissions.can_review(look.reviewer, look, line)):
        return look
    found = _first(queries.list_reviewers(), look, line)
    if found is None:
        return look
    if look.state == LookState.WAITING:
        look.state = LookState.ASSIGNED
    look.reviewer = found
    look.save(update_fields=["reviewer", "state"])
    ledger.append(ReviewerFound(**_named(look), reviewer=found.pk), by=by.actor)
    _tell(found, look, f"assigned:{found.pk}", _("A look was drawn for you to review"), by)
    return look


def _first(reviewers: Iterable[User], look: SampledLook, line: ReportLine) -> User | None:
    return next((each for each in reviewers if permissions.can_review(each, look, line)), None)


@transaction.atomic(durable=True)
def ask(*, look: SampledLook, text: str, by: User) -> LookQuestion:
    """Ask whoever looked, as it is unclear; they answer on a page of theirs and are not told who asks."""
    look = _locked(look)
    permissions.check_can_ask(by, look)
    asked = records.insert(
        LookQuestion(look=look, text=_words(text, "text", _("Say what you need to know.")))
    )
    _move(look, LookState.ASKED)
    ledger.append(LookAsked(**_named(look)), by=by.actor)
    notify(
        to=look.decision.actor,
        kind=f"{_KIND}.asked",
        subject=_("A reviewer asks about a look of yours"),
        text=_(
            "Some looks are drawn each month and reviewed. One of yours is unclear to its reviewer. Please say what it was for. "
            "Being drawn is no mark against you."
        ),
        path=f"/sampled-reviews/{look.pk}/answer",
        once=f"{_KIND}:{look.pk}:asked:{asked.pk}",
        by=by,
    )
    return asked


@transaction.atomic(durable=True)
def answer(*, look: SampledLook, text: str, by: User) -> SampledLook:
    """Say what one's look was for."""
    look = _locked(look)
    permissions.check_can_answer(by, look)
    asked = look.questions.select_for_update().get(answered_at__isnull=True)
    asked.answer, asked.answered_at = _words(text, "text", _("Say what it was for.")), clock.now()
    asked.save(update_fields=["answer", "answered_at"])
    _move(look, LookState.ANSWERED)
    ledger.append(LookAnswered(**_named(look)), by=by.actor)
    if look.reviewer is not None:
        _tell(look.reviewer, look, f"answered:{asked.pk}", _("A look that you review was explained"), by)
    return look


@transaction.atomic(durable=True)
def conclude(*, look: SampledLook, finding: LookState, because: str, by: User) -> SampledLook:
    """Say that a look was justified, or put it to the board as a misuse, with why.

    The case names nobody. Whoever looked is told of it and may speak there.
    """
    if finding not in CONCLUDED:
        raise BadInput(_("Say whether it was justified or a misuse."), field="finding")
    look = _locked(look)
    permissions.check_can_conclude(by, look, finding)
    because = read_prose(because, field="because")
    if finding == LookState.MISUSE and not because:
        raise BadInput(_("Say why you take it for a misuse."), field="because", code="required")
    case = (
        put_to_board(decision=look.decision, because=because, by=by) if finding == LookState.MISUSE else None
    )
    look.because, look.concluded_at, look.case = because, clock.now(), case
    _move(look, finding, "because", "concluded_at", "case")
    concluded = LookConcluded(
        **_named(look), finding=finding.value, because=because, case=case.pk if case else None
    )
    ledger.append(concluded, by=by.actor)
    return look


@transaction.atomic(durable=True)
def remind(*, look: SampledLook, by: User) -> bool:
    """Tell a reviewer once that the last day of a look is over."""
    permissions.check_can_draw(by)
    if look.reviewer is None:
        return False
    return _tell(look.reviewer, look, f"late:{look.reviewer_id}", _("The last day of a review is over"), by)


def _tell(to: User, look: SampledLook, what: str, subject: str, by: User) -> bool:
    given = notify(
        to=to,
        kind=f"{_KIND}.review",
        subject=subject,
        text=_(
            "Say whether it was justified; where that is unclear, ask whoever looked. You read it in pseudonyms."
        ),
        path=f"/sampled-reviews/{look.pk}",
        once=f"{_KIND}:{look.pk}:{what}",
        by=by,
    )
    return given is not None


def _move(look: SampledLook, new: LookState, *fields: str) -> None:
    TRANSITIONS.check(look.state, new)
    look.state = new
    look.save(update_fields=["state", *fields])


def _named(look: SampledLook) -> dict[str, UUID]:
    return {"look": look.pk, "receipt": look.decision.entry_id}


def _words(text: str, field: str, missing: str) -> str:
    said = read_prose(text, field=field)
    if not said:
        raise BadInput(missing, field=field, code="required")
    return said


def _locked(look: SampledLook) -> SampledLook:
    related = ("decision__actor__person", "reviewer")
    return SampledLook.objects.select_for_update(of=("self",)).select_related(*related).get(pk=look.pk)
