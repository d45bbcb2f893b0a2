"""The only writers of evidence packs: asked for, made by the clock part by part, downloaded."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from audits.packs import parts, permissions
from audits.packs.archive import MadeArchive, make_archive
from audits.packs.events import PackAsked, PackFailed, PackMade, PackTaken
from audits.packs.models import EvidencePack, PackFile
from audits.packs.parts import Days
from audits.packs.states import PACK_TRANSITIONS, PackState
from governance.notices.services import notify
from governance.people.models import User
from ground import calendar, clock, records, scans
from ground.daily import check_daily
from ground.errors import BadInput, DomainError

LONGEST_DAYS = 366 * 3


@transaction.atomic(durable=True)
def ask_for_pack(*, since: date, until: date, by: User) -> EvidencePack:
    """Ask for a pack of days that are over, from `since` to before `until`. Raises BadInput for others."""
    permissions.check_can_read_packs(by)
    if until > calendar.today():
        raise BadInput(_("A pack is of days that are over."), field="until")
    if not 0 < (until - since).days <= LONGEST_DAYS:
        raise BadInput(_("The last day comes after the first, three years later at most."), field="until")
    check_daily(
        EvidencePack.objects.filter(asked_by=by), "asked_at", account=by.pk, most=settings.QUESTIONS_A_DAY
    )
    pack = records.insert(EvidencePack(since=since, until=until, asked_by=by, parts=len(parts.PARTS)))
    ledger.append(PackAsked(pack=pack.pk, since=since, until=until), by=by.actor)
    return pack


def make_pack(*, pack: EvidencePack, by: User) -> EvidencePack:
    """Make a pack that was asked for: each part in turn, and how far it is, then the archive and its entry.

    What one part objects to ends it with that sentence. A second worker finds it made.
    """
    permissions.check_can_make(by)
    days = Days(pack.since, pack.until)
    made: dict[str, Any] = {}
    try:
        for done, (name, make) in enumerate(parts.PARTS.items(), 1):
            made[name] = make(days)
            _note_progress(pack, done)
            scans.alive()
        return _keep(pack, make_archive(made, days, at=clock.now()), by)
    except DomainError as obstacle:
        return _fail(pack, obstacle.detail, by)


@transaction.atomic(durable=True)
def _note_progress(pack: EvidencePack, done: int) -> None:
    EvidencePack.objects.filter(pk=pack.pk, state=PackState.ASKED).update(done=done)


@transaction.atomic(durable=True)
def _keep(pack: EvidencePack, archive: MadeArchive, by: User) -> EvidencePack:
    pack = EvidencePack.objects.select_for_update().get(pk=pack.pk)
    PACK_TRANSITIONS.check(pack.state, PackState.MADE)
    pack.state, pack.made_at, pack.size = PackState.MADE, clock.now(), len(archive.body)
    pack.sha256, pack.manifest_sha256 = archive.sha256, archive.manifest_sha256
    pack.save(update_fields=["state", "made_at", "size", "sha256", "manifest_sha256"])
    PackFile.objects.create(pack=pack, body=archive.body)
    made = PackMade(
        pack=pack.pk,
        since=pack.since,
        until=pack.until,
        sha256=pack.sha256,
        manifest_sha256=pack.manifest_sha256,
    )
    ledger.append(made, by=by.actor)
    _tell(pack, _("Your evidence pack is made"), by)
    return pack


@transaction.atomic(durable=True)
def _fail(pack: EvidencePack, because: str, by: User) -> EvidencePack:
    pack = EvidencePack.objects.select_for_update().get(pk=pack.pk)
    PACK_TRANSITIONS.check(pack.state, PackState.FAILED)
    pack.state, pack.failed_because = PackState.FAILED, because
    pack.save(update_fields=["state", "failed_because"])
    ledger.append(PackFailed(pack=pack.pk, because=because), by=by.actor)
    _tell(pack, _("Your evidence pack could not be made"), by)
    return pack


def _tell(pack: EvidencePack, subject: str, by: User) -> None:
    notify(
        to=pack.asked_by,
        kind="packs.pack",
        subject=subject,
        text=_("It is on the page of evidence packs, for auditors and the board."),
        path=f"/packs/{pack.pk}",
        once=f"packs:{pack.pk}:{pack.state}",
        by=by,
    )


@transaction.atomic(durable=True)
def take_pack(*, pack: EvidencePack, by: User) -> bytes:
    """The archive of a pack, on the log before it leaves."""
    permissions.check_can_take(by, pack)
    ledger.append(PackTaken(pack=pack.pk), by=by.actor)
    return bytes(PackFile.objects.get(pack=pack).body)
