"""One's sessions: which there are, and ending them. What a session is stands in `session_store.py`."""

from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.people import permissions
from governance.people.events import SessionsEnded
from governance.people.models import Session, User
from governance.people.session_store import digest_key
from ground.errors import NotFound


def list_sessions(of: User) -> QuerySet[Session]:
    """The sessions of an account that go on, the last used first; without what they hold."""
    going_on = Session.objects.filter(user=of, expire_date__gt=timezone.now())
    return going_on.defer("session_data").order_by("-last_used_at", "session_key")


def is_under(session: Session, key: str | None) -> bool:
    """Whether this is the session of that key."""
    return session.session_key == digest_key(key)


def list_from(key: str | None, *, of: User) -> QuerySet[Session]:
    """The same, that of this key first (`is_here`)."""
    here = ExpressionWrapper(Q(session_key=digest_key(key)), output_field=BooleanField())
    return list_sessions(of).annotate(is_here=here).order_by("-is_here", "-last_used_at", "session_key")


@transaction.atomic(durable=True)
def end_session(*, key: UUID, by: User) -> None:
    """End one of one's own sessions; NotFound for any other, whether there is one or not."""
    if not _end(list_sessions(by).filter(public_id=key), of=by, by=by):
        raise NotFound(_("There is no such session among yours. It may have ended already."))


@transaction.atomic(durable=True)
def end_other_sessions(*, but: str | None, by: User) -> int:
    """End all of one's sessions but that of this key; gives how many."""
    return _end(list_sessions(by).exclude(session_key=digest_key(but)), of=by, by=by)


@transaction.atomic(durable=True)
def end_all_sessions(*, of: User, by: User) -> int:
    """End all sessions of an account, one's own or as an administrator; gives how many. Raises NotPermitted."""
    permissions.check_can_end_sessions(by, of=of)
    return _end(list_sessions(of), of=of, by=by)


def _end(sessions: QuerySet[Session], *, of: User, by: User) -> int:
    keys = list(sessions.values_list("pk", flat=True))
    ended, _by_model = Session.objects.filter(pk__in=keys).delete()
    if ended:
        ledger.append(SessionsEnded(user=of.pk, sessions=ended), by=by.actor)
    return ended
