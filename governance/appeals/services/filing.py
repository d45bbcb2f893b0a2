"""Filing: what is contested is looked up, its hold placed and its clocks started in one transaction."""

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.ledger import services as ledger
from charter.rules.vocabulary import ContextKind
from governance.appeals import permissions
from governance.appeals.clocks import ClockSettings, read_settings
from governance.appeals.events import AppealFiled
from governance.appeals.models import Appeal
from governance.appeals.services import holding, notifications, presuming, subjects
from governance.appeals.services.drafts import discard_draft
from governance.appeals.services.filing_text import read_text
from governance.appeals.services.moving import actor_of_appellant, start_clocks
from governance.appeals.states import AppealKind, ClockKind, HoldChoice
from governance.appeals.words import AppealAbout, AppealWords, ContextSaid, Parties, seal, tag
from governance.decisions import services as decisions
from governance.decisions.models import ContextNote, Hold
from governance.people.models import AccountKind, User
from ground import calendar, clock, records
from ground.daily import check_daily
from ground.errors import BadInput
from ground.promises import promised

MOST_CONTEXT = 10


class Filing(Struct, frozen=True):
    """What somebody files. `contested` is the account whose use it is about; of a receipt whoever asked, unless said."""

    kind: AppealKind
    about: AppealAbout
    statement: str
    wanted: str
    context: Sequence[ContextSaid] = ()
    hold: HoldChoice = HoldChoice.NONE
    contested: User | None = None
    ask_later: bool = True


class Filed(Struct, frozen=True):
    """An appeal as it was filed: by when what is done, and what is held."""

    appeal: Appeal
    due: dict[ClockKind, date]
    holds: tuple[Hold, ...]


@transaction.atomic(durable=True)
def file_appeal(*, filing: Filing, by: User) -> Filed:
    """File an appeal by name or confidentially.

    Raises NotPermitted for who is no person; BadInput, naming the field, for what is not there, is too old, or cannot be
    held; TooMuch where the account has filed as many as it may in a day.
    """
    permissions.check_can_file(by)
    check_daily(
        Appeal.objects.filter(appellant=by) | Appeal.objects.filter(tag=tag(by.pk)),
        "filed_at",
        account=by.pk,
        most=settings.APPEALS_A_DAY,
    )
    filed = store(_cleaned(filing), appellant=by)
    if filing.kind == AppealKind.NAMED:
        _attach_context(filing, filed, by)
    discard_draft(by=by)
    return filed


def store(filing: Filing, *, appellant: User | None, receipt_hash: str = "") -> Filed:
    """Write a cleaned filing with its hold and clocks; nobody's where no account files it."""
    clocks = read_settings()
    found = subjects.find(filing.about, asker=appellant, since=clocks.window_begins(calendar.today()))
    contested = filing.contested or found.contested
    _check_contested(contested, appellant)
    product = notifications.product()
    holds = holding.place(found.values, filing.hold, by=product)
    parties = Parties(
        appellant=appellant.pk if appellant else None,
        appellant_person=appellant.person_id if appellant else None,
        contested=contested.pk if contested else None,
        contested_person=contested.person_id if contested else None,
        teams=found.teams,
        holds=tuple(hold.pk for hold in holds),
    )
    appeal = _insert(filing, found.about, parties, appellant, receipt_hash)
    due = _plan(clocks)
    held = tuple(holds)
    by = promised(appellant) if filing.kind == AppealKind.NAMED else product
    event = AppealFiled(
        appeal=appeal.pk,
        appeal_kind=appeal.kind,
        about=appeal.about_kind,
        held=len(held),
        due={kind.value: day for kind, day in due.items()},
    )
    ledger.append(event, by=actor_of_appellant(appeal, by))
    start_clocks(appeal, due.items())
    presuming.protect(appeal, contested)
    notifications.notify_filed(appeal)
    return Filed(appeal, due, held)


def _cleaned(filing: Filing) -> Filing:
    """The filing with its texts as they are kept. Raises BadInput naming the field."""
    if filing.kind == AppealKind.ANONYMOUS:
        text = _("An anonymous appeal is filed without signing in, so that nothing ties it to your account.")
        raise BadInput(text, field="kind", code="sign_out_first")
    return clean(filing)


def clean(filing: Filing) -> Filing:
    """The same, of any kind."""
    return Filing(
        kind=AppealKind(filing.kind),
        about=filing.about,
        statement=read_text(filing.statement, "statement", _("Say what is wrong.")),
        wanted=read_text(filing.wanted, "wanted", _("Say what you would like to happen.")),
        context=_clean_context(filing.context),
        hold=HoldChoice(filing.hold),
        contested=_check_account(filing.contested),
        ask_later=filing.ask_later,
    )


def _clean_context(given: Sequence[ContextSaid]) -> tuple[ContextSaid, ...]:
    if len(given) > MOST_CONTEXT:
        raise BadInput(_("Name at most ten times that matter."), field="context")
    for each in given:
        if each.kind not in set(ContextKind):
            raise BadInput(_("There is no context of this kind."), field="context")
        if each.ends_on <= each.starts_on:
            raise BadInput(_("A time must end after it begins."), field="context")
    said = [read_text(each.says, "context", _("Say what was going on.")) for each in given]
    return tuple(
        ContextSaid(each.kind, each.starts_on, each.ends_on, text)
        for each, text in zip(given, said, strict=True)
    )


def _check_account(contested: User | None) -> User | None:
    if contested is not None and contested.kind != AccountKind.HUMAN:
        raise BadInput(_("Name the person whose use you contest, not a program."), field="contested")
    return contested


def _check_contested(contested: User | None, appellant: User | None) -> None:
    if contested is not None and appellant is not None and contested.pk == appellant.pk:
        raise BadInput(_("You contest somebody else’s use, not your own."), field="contested")


def _insert(
    filing: Filing, about: AppealAbout, parties: Parties, appellant: User | None, receipt_hash: str
) -> Appeal:
    appeal = Appeal(
        kind=filing.kind,
        about_kind=about.kind,
        appellant=appellant if filing.kind == AppealKind.NAMED else None,
        tag=tag(promised(appellant).pk) if filing.kind == AppealKind.CONFIDENTIAL else "",
        receipt_hash=receipt_hash,
        filed_at=clock.now(),
        ask_later=filing.ask_later,
    )
    words = AppealWords(about, filing.statement, filing.wanted, tuple(filing.context), filing.hold)
    appeal.parties, appeal.said = seal(parties, appeal.pk, "parties"), seal(words, appeal.pk, "words")
    clocks = read_settings()
    appeal.next_due = clocks.after(calendar.today(), clocks.appeal_acknowledge_days)
    return records.insert(appeal)


def _plan(clocks: ClockSettings) -> dict[ClockKind, date]:
    """By when what is done, from today on."""
    days = {
        ClockKind.ACKNOWLEDGE: clocks.appeal_acknowledge_days,
        ClockKind.INDEPENDENCE: clocks.appeal_independence_days,
        ClockKind.OUTCOME: clocks.appeal_outcome_days,
    }
    return {kind: clocks.after(calendar.today(), number) for kind, number in days.items()}


def _attach_context(filing: Filing, filed: Filed, by: User) -> None:
    """Put what an appeal by name says of a time beside the values too, where whoever may confirms it (S80, S81).

    Of a confidential one that would tell who filed it: its handler alone reads it.
    """
    metric = filed.holds[0].metric if filed.holds else None
    for each in filing.context:
        if _is_noted(each, by):
            continue
        decisions.attach_note(
            kind=ContextKind(each.kind),
            starts_on=each.starts_on,
            ends_on=each.ends_on,
            says=each.says,
            person=promised(by.person),
            metric=metric,
            by=by,
        )


def _is_noted(said: ContextSaid, by: User) -> bool:
    """Whether a note says so of that time already: it need not be said twice."""
    found = ContextNote.objects.filter(kind=said.kind, person=by.person, turned_down_at__isnull=True)
    return found.filter(starts_on__lt=said.ends_on, ends_on__gt=said.starts_on).exists()
