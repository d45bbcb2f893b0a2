"""What the log keeps of people who read about themselves."""

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class OwnDataDownloaded(Event):
    """What was in it stands in no entry: only that it was taken, and by `by`."""

    kind = "about_me.downloaded"
    visibility = Visibility.RESTRICTED
    retention = Retention.PERSONAL
    sentence = _("Somebody took a copy of what is held about them.")
