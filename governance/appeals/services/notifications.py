"""Whom an appeal is told to. A notice says that something waits, never what: neither whose it is, nor about whom.

Who filed confidentially is told nothing by notice or mail: a notice has an owner. Their own page says what is new.
"""

from datetime import date

from django.utils.translation import gettext as _

from governance.appeals import queries
from governance.appeals.models import Appeal, AppealMessage, Clock, FollowUp, Presumption
from governance.appeals.states import AppealKind
from governance.board.queries import list_holders
from governance.notices.services import notify
from governance.people.models import User
from governance.people.services import get_system_account
from ground import calendar

_KIND = "appeals"


def product() -> User:
    """The account that the product acts as."""
    return get_system_account()


def notify_filed(appeal: Appeal) -> None:
    """Tell the members of the board outside of the lines that an appeal waits to be acknowledged."""
    _tell_board(appeal, "filed", _("An appeal waits to be acknowledged"))


def notify_second(appeal: Appeal) -> None:
    """The same, where other people are asked to look again."""
    _tell_board(appeal, "second", _("An appeal waits for other people to look at it again"))


def notify_missed(appeal: Appeal, clock: Clock) -> None:
    """Tell them that a clock was missed."""
    _tell_board(appeal, f"missed:{clock.pk}", _("A day by which an appeal was to be seen to has passed"))


def notify_handler(appeal: Appeal, handler: User) -> None:
    """Tell an account that an appeal is its own to handle."""
    _tell(appeal, handler, f"assigned:{handler.pk}", _("An appeal is yours to handle"))


def notify_message(appeal: Appeal, message: AppealMessage, *, to_handler: bool) -> None:
    """Tell the other side that there is a message."""
    handling = getattr(appeal, "handling", None)
    if to_handler:
        if handling is not None:
            _tell(appeal, handling.user, f"message:{message.pk}", _("There is a new message of an appeal"))
    else:
        notify_appellant(appeal, f"message:{message.pk}", _("There is a new message of your appeal"))


def notify_worse(appeal: Appeal, follow_up: FollowUp) -> None:
    """Tell the handler and the board outside of the lines that somebody says that they were treated worse."""
    once, subject = f"worse:{follow_up.pk}", _("Somebody who appealed says that they were treated worse")
    _tell_board(appeal, once, subject)
    handling = getattr(appeal, "handling", None)
    if handling is not None:
        _tell(appeal, handling.user, once, subject)


def notify_watched(appeal: Appeal, outsider: User, week: date) -> None:
    """Tell an account once a week to look at an appeal, whether or not anything waits for it there."""
    _tell(appeal, outsider, f"watched:{week}", _("An appeal in your care wants its weekly look"))


def notify_retaliation(appeal: Appeal, presumption: Presumption) -> None:
    """Tell the board outside of the lines that a decision was found to be retaliation."""
    _tell_board(
        appeal, f"retaliation:{presumption.pk}", _("After an appeal a decision was found to be retaliation")
    )


def notify_appellant(appeal: Appeal, once: str, subject: str) -> None:
    """Tell whoever filed an appeal by name that something happened; nobody else who filed one."""
    if appeal.kind == AppealKind.NAMED and appeal.appellant is not None:
        _tell(appeal, appeal.appellant, once, subject)


def _tell_board(appeal: Appeal, once: str, subject: str) -> None:
    members = list_holders(calendar.today())
    for user in sorted(queries.list_board_outside(appeal, members), key=lambda each: each.pk):
        _tell(appeal, user, once, subject)


def _tell(appeal: Appeal, to: User, once: str, subject: str) -> None:
    notify(
        to=to,
        kind=_KIND,
        subject=subject,
        text=_("Its page says what is next, and by when."),
        path=f"/appeals/{appeal.pk}",
        once=f"appeal:{appeal.pk}:{once}",
        by=product(),
    )
