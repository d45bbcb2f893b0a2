"""What needs whoever operates the installation, each with its remedy. Said in words without counts: a number more could tell
that somebody has just appealed confidentially."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.conf import settings
from msgspec import Struct

from audits.ledger import store
from governance.desk import installation_state, operating
from governance.sql_door import probe
from ground import heartbeats, scans

# Below this share, or so many bytes, disk is short; a certificate is exchanged before it has so long left.
LEAST_FREE_SHARE, LEAST_FREE_BYTES = 0.1, 2 * 2**30
CERTIFICATE_NOTICE = timedelta(days=14)
# A state of the log is signed within seconds of an entry, unless its witnesses are asked in vain.
SIGNED_WITHIN = timedelta(minutes=10)


class Trouble(Struct, frozen=True):
    """A part, what is the matter with it, and what to do."""

    part: str
    sentence: str
    remedy: str


Look = Callable[[], Iterator[Trouble]]
_MORE: list[Look] = []


def list_troubles() -> list[Trouble]:
    """All of it, what stops most first; nothing where all is well."""
    looks = (_clock, _log, _disk, _sql_door, _certificates, _mail, _sources, *_MORE)
    return [each for look in looks for each in look()]


def look_also(look: Look) -> None:
    """Let an app that stands above tell of troubles as well; said again, it counts once."""
    if look not in _MORE:
        _MORE.append(look)


def _clock() -> Iterator[Trouble]:
    still = {each.scan for each in heartbeats.standing_still()}
    if heartbeats.BEAT in still:
        sentence = "The beat gives no sign of life, so nothing happens by itself."
        yield Trouble("clock", sentence, "Start the beat again, and look whether its broker is there.")
    elif scans.TICK.name in still:
        sentence = "The beat sends, and no worker does it."
        yield Trouble(
            "clock", sentence, "Start the worker again; where all its children are busy, give it more."
        )
    elif still:
        sentence = f"Jobs have missed their turn: {', '.join(sorted(still))}."
        yield Trouble("clock", sentence, "Read the worker’s log; where one hangs, start the worker again.")
    if failing := sorted(each.name for each in installation_state.list_jobs() if each.failed):
        sentence = f"The last pass could not do all: {', '.join(failing)}."
        yield Trouble(
            "clock", sentence, "It is tried again by itself. The worker’s log says what failed, and why."
        )


def _log() -> Iterator[Trouble]:
    if store.is_late():
        sentence = "Entries of the log wait for their places longer than receipts promise."
        yield Trouble(
            "log", sentence, "Start the sequencer (“manage.py ledger sequence”), or read what it says."
        )
        return
    lag = operating.read_log_lag()
    if lag.unsigned and (lag.signed_before is None or lag.signed_before > SIGNED_WITHIN.total_seconds()):
        sentence = "The newest states of the log are not signed and published."
        yield Trouble(
            "log", sentence, "Look whether its witnesses can be reached: /readyz names who is away."
        )


def _disk() -> Iterator[Trouble]:
    disk = operating.read_disk()
    if disk.free < max(LEAST_FREE_BYTES, LEAST_FREE_SHARE * disk.total):
        sentence = f"Little room is left at {settings.VAR_DIR}."
        yield Trouble(
            "disk", sentence, "Make room: what cannot be written is refused, and nothing is half done."
        )


def _sql_door() -> Iterator[Trouble]:
    place = settings.OPERATING.sql_door
    if place.port and not probe.is_open(place.reached_at, place.port):
        sentence = f"The SQL door does not answer at {place.reached_at}:{place.port}, so dashboards show nothing new."
        yield Trouble(
            "SQL door", sentence, "Start it again (“manage.py sql_door”), or read what its log says."
        )


def _certificates() -> Iterator[Trouble]:
    for each in operating.list_certificates():
        if each.ends_at is None:
            remedy = (
                "See CERTIFICATE_FILES, and let the product read the file (a certificate, never its key)."
            )
            yield Trouble("certificates", f"{each.name} cannot be read as a certificate.", remedy)
        elif each.seconds_left < CERTIFICATE_NOTICE.total_seconds():
            sentence = f"{each.name} ends on {each.ends_at:%-d %B %Y}."
            yield Trouble(
                "certificates", sentence, "Exchange it, and let the proxy read it (nginx -s reload)."
            )


def _mail() -> Iterator[Trouble]:
    mail = installation_state.judge_mail()
    if mail.stuck or mail.passwords_stuck:
        remedy = "“manage.py doctor” says whether the mail server takes connections; what waits is mailed by itself then."
        yield Trouble("mail", "Mail has waited for more than an hour.", remedy)


def _sources() -> Iterator[Trouble]:
    for each in installation_state.list_sources():
        if not each.connected:
            yield Trouble(
                "sources", f"{each.slug} is not there.", "See WAREHOUSE_URL, then look at the sources again."
            )
        elif each.stale:
            yield Trouble(
                "sources", f"{each.slug} is stale.", "Ask whoever loads it; values say that they are old."
            )
