"""Sessions of browsers (SESSION_ENGINE): Django's, in a table of ours that never holds a key.

The cookie holds the key, the table its digest, and what the session holds is signed for that key alone: whoever reads the
table can neither sign in with it nor copy one session's contents into another. A session ends when it was not used for
SESSION_IDLE_MINUTES, and SESSION_HOURS after signing in whatever is done with it; one that was ended is gone at once.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.http import HttpRequest
from django.utils import timezone

from governance.people import browsers
from governance.people.models import Session
from governance.people.sign_in import address
from ground.ids import new_blind_id

# How exactly the time of last use is kept, which is how seldom it is written.
_EXACT = timedelta(minutes=1)
# What a session keeps of its own beginning.
_BEGAN = "_signed_in"


def digest_key(key: str | None) -> str:
    """What the table has in place of a session's key."""
    return sha256((key or "").encode(errors="replace")).hexdigest()


class SessionStore(db.SessionStore):
    """One session as a request knows it, by its key."""

    device = ""
    address: str | None = None

    def asked_by(self, request: HttpRequest) -> None:
        """Note from which browser it is asked for, should it begin here."""
        self.device = browsers.describe(request.headers.get("User-Agent", ""))
        self.address = address(request)

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    @property
    def key_salt(self) -> str:
        """What the contents are signed with beside SECRET_KEY: the key itself, so that they are worth nothing under another."""
        return f"metric charter session {self.session_key}"

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=digest_key(session_key)).exists()

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(session_key=digest_key(key)).delete()

    def cycle_key(self) -> None:
        """Begin anew under another key, as whoever has just given the password."""
        self.pop(_BEGAN, None)
        super().cycle_key()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        now, key = timezone.now(), self._get_or_create_session_key()  # type: ignore[attr-defined]  # Django's own
        if SESSION_KEY in data and _BEGAN not in data:
            data[_BEGAN] = self._begin(now)
        began = data.get(_BEGAN, {})
        at = datetime.fromisoformat(began["at"]) if began else None
        return Session(
            session_key=digest_key(key),
            session_data=self.encode(data),
            expire_date=_find_end(now, at),
            user_id=data.get(SESSION_KEY),
            public_id=began.get("id"),
            signed_in_at=at,
            last_used_at=now,
            device=began.get("device", ""),
            address=began.get("address"),
        )

    def _begin(self, now: datetime) -> Mapping[str, str | None]:
        return {
            "id": str(new_blind_id()),
            "at": now.isoformat(),
            "device": self.device,
            "address": self.address,
        }

    def _get_session_from_db(self) -> Session | None:
        now = timezone.now()
        found = Session.objects.filter(session_key=digest_key(self.session_key), expire_date__gt=now).first()
        if found is None:
            self._session_key = None
        elif found.last_used_at < now - _EXACT:
            _note_use(found, now)
        return found


def _find_end(now: datetime, signed_in_at: datetime | None) -> datetime:
    """Until when a session goes on that is used now."""
    idle = now + timedelta(minutes=settings.SESSION_IDLE_MINUTES)
    return min(idle, signed_in_at + timedelta(hours=settings.SESSION_HOURS)) if signed_in_at else idle


def _note_use(session: Session, now: datetime) -> None:
    """Written where it is still there: one that was ended in this moment stays ended."""
    session.last_used_at, session.expire_date = now, _find_end(now, session.signed_in_at)
    Session.objects.filter(pk=session.pk).update(
        last_used_at=session.last_used_at, expire_date=session.expire_date
    )
