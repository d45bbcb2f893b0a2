"""What the log keeps of assistants beside their questions, which are on it as all questions are."""

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class UsesListed(Event):
    kind = "assistants.uses.listed"
    visibility = Visibility.RESTRICTED
    retention = Retention.USE
    sentence = _("An assistant listed what its person may use: %(found)s metrics. No value was read.")

    found: int
