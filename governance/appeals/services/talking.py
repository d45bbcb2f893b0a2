"""Messages between whoever filed an appeal and whoever handles it, and notes among handlers."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.appeals import permissions
from governance.appeals.attachments import MOST, CleanAttachment, clean_attachment
from governance.appeals.events import AppealMessageWritten
from governance.appeals.models import Appeal, AppealAttachment, AppealMessage
from governance.appeals.services import notifications
from governance.appeals.services.filing_text import read_text
from governance.appeals.services.moving import actor_of_appellant, lock
from governance.appeals.states import Voice
from governance.appeals.words import Text, seal, seal_file
from governance.people.models import User
from ground import records
from ground.errors import BadInput


@transaction.atomic(durable=True)
def write_message(
    *, appeal: Appeal, text: str, by: User, attachment: UploadedFile | None = None
) -> AppealMessage:
    """Write to the other side, as whoever filed the appeal or handles it, perhaps with a picture or a text.

    Raises BadInput naming `attachment`, with the reason, for a file that cannot be kept, and where there are too many.
    """
    appeal = lock(appeal)
    permissions.check_can_write(by, appeal)
    clean = _clean(appeal, attachment)
    if permissions.is_appellant(by, appeal):
        message = keep(appeal, Voice.APPELLANT, text, author=None, actor=actor_of_appellant(appeal, by))
    else:
        message = keep(appeal, Voice.HANDLER, text, author=by, actor=by.actor)
    if clean is not None:
        kept = AppealAttachment(appeal=appeal, message=message, kind=clean.kind)
        kept.content = seal_file(clean.content, kept.pk)
        records.insert(kept)
    return message


def _clean(appeal: Appeal, attachment: UploadedFile | None) -> CleanAttachment | None:
    if attachment is None:
        return None
    if appeal.attachments.count() >= MOST:
        raise BadInput(
            _("There are twenty attachments already, which is as many as an appeal has."), field="attachment"
        )
    return clean_attachment(attachment.read(), length=attachment.size or 0)


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
