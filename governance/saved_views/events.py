"""What the log keeps of saved views: what they list, their class, and what is expected beside them."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class _OfView(Event):
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    names_row = "view"

    view: str


class ViewMade(_OfView):
    kind = "views.view.made"
    sentence = _("The %(view_class)s view “%(view)s” was made. It lists: %(metrics)s.")

    view_class: str
    metrics: Sequence[str]
    case: UUID | None


class ViewMetricProposed(_OfView):
    kind = "views.view.metric.proposed"
    sentence = _("The board was asked to put %(metric)s on the list of the view “%(view)s”.")

    metric: str
    case: UUID


class ViewMetricDropped(_OfView):
    kind = "views.view.metric.dropped"
    sentence = _("%(metric)s was taken off the list of the view “%(view)s”.")

    metric: str


class ViewClassProposed(_OfView):
    kind = "views.view.class.proposed"
    sentence = _("The board was asked to make “%(view)s” a %(view_class)s view.")

    view_class: str
    case: UUID


class ViewExpectationWritten(_OfView):
    kind = "views.view.expectation.written"
    sentence = _("It was written what is expected of %(role_family)s beside the view “%(view)s”: %(text)s")

    role_family: str
    text: str


class ViewRetired(_OfView):
    kind = "views.view.retired"
    sentence = _("The view “%(view)s” was retired.")
