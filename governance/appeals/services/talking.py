"""Messages between whoever filed an appeal and whoever handles it, and notes among handlers."""

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.appeals import permissions
from governance.appeals.events import AppealMessageWritten
from governance.appeals.models import Appeal, AppealMessage
from governance.appeals.services import notifications
from governance.appeals.services.filing_text import read_text
from governance.appeals.services.moving import actor_of_appellant, lock
from governance.appeals.states import Voice
from governance.appeals.words import Text, seal
from governance.people.models import User
from ground import records


@transaction.atomic(durable=True)
def write_message(*, appeal: Appeal, text: str, by: User) -> AppealMessage:
    """Write to the other side, as whoever filed the appeal or handles it."""
    appeal = lock(appeal)
    permissions.check_can_write(by, appeal)
    if permissions.is_appellant(by, appeal):
        return keep(appeal, Voice.APPELLANT, text, author=None, actor=actor_of_appellant(appeal, by))
    return keep(appeal, Voice.HANDLER, text, author=by, actor=by.actor)


@transaction.atomic(durable=True)
def write_note(*, appeal: Appeal, text: str, by: User) -> AppealMessage:
    """Write a note that handlers alone read, of this instance and the next."""
    appeal = lock(appeal)
    permissions.check_handles(by, appeal)
    return keep(appeal, Voice.INTERNAL, text, author=by, actor=by.actor)


def keep(appeal: Appeal, voice: Voice, text: str, *, author: User | None, actor: str) -> AppealMessage:
    """Keep a message in the caller's transaction, and tell the other side that there is one."""
    message = AppealMessage(appeal=appeal, voice=voice, author=author)
    said = read_text(text, "text", _("Write your message."))
    message.said = seal(Text(said), message.pk, "message")
    records.insert(message)
    event = AppealMessageWritten(
        appeal=appeal.pk, appeal_kind=appeal.kind, message=message.pk, voice=voice.value
    )
    ledger.append(event, by=actor)
    if voice != Voice.INTERNAL:
        notifications.notify_message(appeal, message, to_handler=voice == Voice.APPELLANT)
    return message
