"""Trade-offs between releases and reliability, and recognition of teams."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from audits.strain import permissions
from audits.strain.events import TeamRecognised, TradeOffAgreed, TradeOffWritten
from audits.strain.limits import TRADE_DAYS
from audits.strain.models import TeamRecognition, TradeOff
from audits.strain.states import PathItem, TradeChoice, TradeSide
from governance.people.models import Cohort, User
from ground import calendar, clock, records
from ground.errors import BadInput, Conflict
from ground.parsing import read_prose


@transaction.atomic(durable=True)
def write_trade_off(
    *, cohort: Cohort, side: TradeSide, choice: TradeChoice, because: str, ends_on: date, by: User
) -> TradeOff:
    """Write down what product and engineering choose while a budget burns; it counts once the other side agreed (S153)."""
    permissions.check_trades(by, cohort)
    because = read_prose(because, field="because")
    if not because:
        raise BadInput(_("Say what you weighed."), field="because", code="required")
    today = calendar.today()
    if not today <= ends_on <= today + timedelta(days=TRADE_DAYS):
        raise BadInput(
            _("It ends today or later, and within %(days)d days.") % {"days": TRADE_DAYS}, field="ends_on"
        )
    trade = records.insert(
        TradeOff(
            cohort=cohort,
            side=side.value,
            choice=choice.value,
            because=because,
            starts_on=today,
            ends_on=ends_on,
            written_by=by,
        )
    )
    said = TradeOffWritten(trade_off=trade.pk, cohort=cohort.slug, choice=choice.value, ends_on=ends_on)
    ledger.append(said, by=by.actor)
    return trade


@transaction.atomic(durable=True)
def agree_to_trade_off(*, trade: TradeOff, by: User) -> TradeOff:
    """Agree for the other side. Raises NotPermitted, Conflict where it is agreed already or over."""
    permissions.check_agrees(by, trade)
    trade = TradeOff.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=trade.pk)
    if trade.agreed_at is not None:
        raise Conflict(_("This was agreed already."), code="agreed")
    if trade.ends_on < calendar.today():
        raise Conflict(_("This is over. Write a new one."), code="over")
    trade.agreed_at, trade.agreed_by = clock.now(), by
    trade.save(update_fields=["agreed_at", "agreed_by"])
    ledger.append(TradeOffAgreed(trade_off=trade.pk), by=by.actor)
    return trade


@transaction.atomic(durable=True)
def recognise_team(
    *, cohort: Cohort, items: Sequence[PathItem], words: str, agreed: bool, by: User
) -> TeamRecognition:
    """Publish what a team is recognised for, as it wished (S121). Raises NotPermitted, BadInput where the team did not agree."""
    permissions.check_recognises(by, cohort)
    if not items:
        raise BadInput(_("Choose what the team is recognised for."), field="items", code="required")
    words = read_prose(words, field="words")
    if not words:
        raise BadInput(_("Say it in a sentence that the team likes."), field="words", code="required")
    if not agreed:
        raise BadInput(_("Ask the team first: it may not want to be named."), field="agreed")
    found = records.insert(
        TeamRecognition(
            cohort=cohort, items=sorted({each.value for each in items}), words=words, published_by=by
        )
    )
    ledger.append(TeamRecognised(recognition=found.pk, cohort=cohort.slug, items=found.items), by=by.actor)
    return found
