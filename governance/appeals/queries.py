"""Reads of appeals worth a name. Each gives what its reader may see, and tells nothing of what it leaves out."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from charter.measures.models import Revision
from charter.measures.states import OPEN as OPEN_REVISIONS
from charter.measures.states import RevisionState
from governance.about_me.queries import looks
from governance.appeals import permissions
from governance.appeals.clocks import read_settings
from governance.appeals.independence import read_above, read_line
from governance.appeals.models import (
    Appeal,
    AppealAttachment,
    AppealDraft,
    AppealMessage,
    AppealOutcome,
    Clock,
    FollowUp,
)
from governance.appeals.states import (
    OURS,
    OVER,
    REVISED,
    WITH_A_HANDLER,
    WITHOUT_HANDLER,
    AppealKind,
    AppealState,
    Voice,
)
from governance.appeals.words import (
    RECEIPT_DIGITS,
    Answers,
    AppealWords,
    FollowUpWords,
    OutcomeWords,
    Parties,
    Text,
    hash_receipt,
    tag,
    unseal,
)
from governance.decisions.models import Protection
from governance.people.merging import list_onward
from governance.people.models import AccountKind, User
from ground import calendar
from ground.errors import BadInput, NotFound
from ground.promises import promised

MOST_COUNTED = 50  # appeals of which home says how many there are
_REACH = timedelta(days=184 * 3)
_SHOWN = ("handling__user", "appellant")


def list_own(user: User) -> QuerySet[Appeal]:
    """What an account filed by name or confidentially, in the order of what is due."""
    own = Q(appellant=user) | Q(tag=tag(user.pk))
    return Appeal.objects.filter(own).select_related(*_SHOWN).prefetch_related("clocks")


def list_queue(user: User, *, over: bool = False) -> QuerySet[Appeal]:
    """The appeals that an account handles or finds handlers for. What touches its own line is not among them.

    Two statements, however many there are: whom an appeal is about stands sealed, so it is compared here.
    """
    found = Appeal.objects.filter(state__in=OVER) if over else Appeal.objects.exclude(state__in=OVER)
    if not permissions.keeps_queue(user):
        found = found.filter(handling__user=user)
    barred = _list_barred(user, found)
    return found.exclude(pk__in=barred).select_related(*_SHOWN).prefetch_related("clocks")


def list_handled(user: User) -> list[date | None]:
    """The next days of the appeals that an account handles and has to decide. What touches its own line is not among them."""
    found = Appeal.objects.filter(handling__user=user, state__in=WITH_A_HANDLER)
    return _list_next_days(user, found)


def list_without_handler(user: User) -> list[date | None]:
    """The next days of appeals that somebody outside of their lines has to find a handler for; of the first fifty at most."""
    if not permissions.keeps_queue(user):
        return []
    return _list_next_days(user, Appeal.objects.filter(state__in=WITHOUT_HANDLER))


def _list_next_days(user: User, found: QuerySet[Appeal]) -> list[date | None]:
    rows = list(found.order_by("next_due", "pk").values_list("pk", "parties", "next_due"))
    if not rows:
        return []
    line = read_line(user, since=calendar.today() - _REACH)
    told = (due for key, sealed, due in rows if not line.meets(unseal(sealed, key, "parties", Parties)))
    # Counted as far as they are told: where the first so many were taken, one that is left out would be missing in the number.
    return list(islice(told, MOST_COUNTED))


def list_seen(user: User) -> QuerySet[Appeal]:
    """What an account filed itself, handles, or finds handlers for."""
    queue = list_queue(user) | list_queue(user, over=True)
    return (list_own(user) | queue).distinct()


def _list_barred(user: User, found: QuerySet[Appeal]) -> list[UUID]:
    line = read_line(user, since=calendar.today() - _REACH)
    rows = found.order_by().values_list("pk", "parties")
    return [key for key, sealed in rows if line.meets(unseal(sealed, key, "parties", Parties))]


def get_appeal(key: UUID, *, by: User) -> Appeal:
    """One appeal that this account may see. Raises NotFound."""
    found = Appeal.objects.filter(pk=key).select_related(*_SHOWN).prefetch_related("clocks").first()
    if found is None:
        raise permissions.not_there()
    permissions.check_can_see(by, found)
    return found


def read_words(appeal: Appeal) -> AppealWords:
    """What was filed; who may read it is for the caller to check."""
    return unseal(appeal.said, appeal.pk, "words", AppealWords)


def list_messages(appeal: Appeal, *, internal: bool) -> list[tuple[AppealMessage, str]]:
    """The messages of an appeal with their texts, oldest first; with `internal` the notes among handlers too."""
    files = Prefetch("attachments", AppealAttachment.objects.defer("content"))
    found = appeal.messages.select_related("author").prefetch_related(files)
    if not internal:
        found = found.exclude(voice=Voice.INTERNAL)
    return [(each, unseal(each.said, each.pk, "message", Text).text) for each in found]


def list_attachments(appeal: Appeal) -> QuerySet[AppealAttachment]:
    """What came with the messages of an appeal, oldest first, without its bytes; who may see it is for the caller to check."""
    found = appeal.attachments.defer("content").select_related("message")
    return found.order_by("message__at", "message_id", "pk")


def get_attachment(key: UUID, *, by: User) -> AppealAttachment:
    """An attachment of an appeal that this account filed or handles. Raises NotFound."""
    found = AppealAttachment.objects.select_related("appeal").filter(pk=key).first()
    if found is None or not (
        permissions.is_appellant(by, found.appeal) or permissions.handles(by, found.appeal)
    ):
        raise permissions.not_there()
    return found


def list_outcomes(appeal: Appeal) -> list[tuple[AppealOutcome, OutcomeWords]]:
    """What was decided of an appeal, with its words."""
    found = appeal.outcomes.select_related("decided_by")
    return [(each, unseal(each.said, each.pk, "outcome", OutcomeWords)) for each in found]


def list_corrections(outcomes: Sequence[tuple[AppealOutcome, OutcomeWords]]) -> list[Revision]:
    """The revisions of what these outcomes had corrected or left out, found since or open then; oldest first."""
    revised = [outcome for outcome, _words in outcomes if outcome.act in REVISED]
    if not revised:
        return []
    metrics = {slug for outcome in revised for slug in outcome.metrics}
    since = min(outcome.decided_at for outcome in revised)
    found = Revision.objects.filter(metric__slug__in=metrics).exclude(state=RevisionState.OUTDATED)
    later = found.filter(Q(found_at__gte=since) | Q(ended_at__gte=since) | Q(state__in=OPEN_REVISIONS))
    return list(later.select_related("metric").order_by("found_at", "pk"))


def read_due(appeal: Appeal) -> dict[str, date]:
    """By when what is done, by kind of clock."""
    return {clock.kind: clock.due_on for clock in appeal.clocks.all()}


def list_missed(today: date) -> QuerySet[Clock]:
    """The clocks that ran out, were not met, and of which the board was not told."""
    found = Clock.objects.filter(kind__in=OURS, due_on__lt=today, met_at__isnull=True, missed_at__isnull=True)
    return found.exclude(appeal__state__in=OVER).select_related("appeal").order_by("due_on", "pk")


def list_final(today: date) -> QuerySet[Appeal]:
    """Decided appeals for whose second look nobody asked in time."""
    asked = Clock.objects.filter(kind="second_filing", due_on__lt=today)
    return Appeal.objects.filter(state=AppealState.DECIDED, clocks__in=asked).order_by("pk")


def list_holding(*, until: date) -> QuerySet[Appeal]:
    """Appeals that were over before a day and whose holds are not lifted."""
    before = calendar.find_midnight(until)
    return Appeal.objects.filter(state__in=OVER, holds_lifted_at__isnull=True, over_at__lt=before).order_by(
        "pk"
    )


def list_board_outside(appeal: Appeal, members: Iterable[User]) -> Sequence[User]:
    """Of these members of the board those outside of the lines of an appeal."""
    return [user for user in members if permissions.is_independent(user, appeal)]


def read_draft(user: User) -> dict[str, Any]:
    """What an account has answered so far of an appeal that it writes; nothing where it writes none."""
    found = AppealDraft.objects.filter(tag=tag(user.pk)).first()
    return dict(unseal(found.said, found.pk, "draft", Answers).given) if found is not None else {}


def foresee_due() -> dict[str, date]:
    """By when what is done of an appeal that is filed today."""
    clocks, today = read_settings(), calendar.today()
    outcome = clocks.after(today, clocks.appeal_outcome_days)
    return {
        "acknowledge": clocks.after(today, clocks.appeal_acknowledge_days),
        "independence": clocks.after(today, clocks.appeal_independence_days),
        "outcome": outcome,
        "second": clocks.after(outcome, clocks.appeal_second_filing_days),
    }


def find_contested(appeal: Appeal) -> User | None:
    """Whose use is contested, where it is somebody's; for both sides of an appeal."""
    account = permissions.read_parties(appeal).contested
    return User.objects.filter(pk=account).first() if account else None


def find_by_receipt(typed: str) -> Appeal:
    """The anonymous appeal of a receipt, however its digits are parted. Raises NotFound, after as much work as where there is one."""
    digits = "".join(each for each in typed if each.isdecimal() and each.isascii())
    found = Appeal.objects.filter(receipt_hash=hash_receipt(digits)).prefetch_related("clocks").first()
    if found is None or len(digits) != RECEIPT_DIGITS:
        raise NotFound(
            _("There is no appeal of this number. Check its digits; we cannot find it for you otherwise."),
            code="no_such_receipt",
        )
    return found


def list_follow_ups_due(today: date) -> QuerySet[FollowUp]:
    """Questions after appeals whose day has come and that were not asked."""
    return FollowUp.objects.filter(due_on__lte=today, asked_at__isnull=True).order_by("due_on", "pk")


def list_follow_ups_open(user: User) -> QuerySet[FollowUp]:
    """What an account is asked about appeals of its own."""
    own = Q(appeal__appellant=user) | Q(appeal__tag=tag(user.pk))
    waiting = FollowUp.objects.filter(own, due_on__lte=calendar.today(), answered_at__isnull=True)
    return waiting.select_related("appeal").order_by("due_on", "pk")


def get_follow_up(key: UUID, *, by: User) -> FollowUp:
    """A question that this account is asked. Raises NotFound."""
    found = list_follow_ups_open(by).filter(pk=key).first()
    if found is None:
        raise permissions.not_there()
    return found


def list_follow_up_answers(appeal: Appeal) -> list[tuple[FollowUp, FollowUpWords]]:
    """What was answered after an appeal, for its handler."""
    found = appeal.follow_ups.filter(answered_at__isnull=False)
    return [(each, unseal(bytes(promised(each.said)), each.pk, "follow-up", FollowUpWords)) for each in found]


def find_to_contest(username: str, *, by: User) -> User:
    """The account of this name, whose use `by` may contest: it is in their line, leads their team, or is told to have looked.

    Raises the same BadInput for one that is not there and one that they know nothing of, so that no name can be tried out.
    """
    found = User.objects.find(username)
    if found is None or found.kind != AccountKind.HUMAN or not _is_known_to(by, found):
        text = _("Name somebody of your reporting line, or somebody who is told to you to have looked.")
        raise BadInput(text, field="contested")
    return found


def _is_known_to(user: User, other: User) -> bool:
    since = calendar.today() - _REACH
    if other.pk == user.pk or other.person_id in read_line(user, since=since).persons:
        return True
    if user.person is None:
        return False
    own = user.person.memberships.exclude(valid_to__lte=since)
    led = Q(team__in=own.values("team")) | Q(value_stream__in=own.values("team__value_stream"))
    if other.role_grants.exclude(valid_to__lte=since).filter(led).exists():
        return True
    told = looks.list_looks(user, user.person).filter(actor=other, at__gte=calendar.find_midnight(since))
    return any(map(looks.names_asker, told[: looks.MOST_AT_A_VALUE]))


def list_line_of(contested: User) -> list[User]:
    """The contested account, or the one that it was merged into, and those of the people above it today."""
    contested = list_onward(contested)[-1]
    line = read_above(contested, on=calendar.today())
    return list(User.objects.filter(Q(pk=contested.pk) | Q(person__in=line), is_active=True).order_by("pk"))


def list_protections(appeal: Appeal) -> list[Protection]:
    """What keeps the contested line from deciding about who filed an appeal by name."""
    parties = permissions.read_parties(appeal)
    filed = calendar.find_day(appeal.filed_at)
    found = Protection.objects.filter(person=parties.appellant_person, starts_on=filed, ended_at__isnull=True)
    return list(found.order_by("pk")) if appeal.kind == AppealKind.NAMED else []
