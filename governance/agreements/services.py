"""The only writers of agreements: written, put to the board, given notice of, and what goes beyond them."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.programme.settings import SettingRows
from charter.registry import clock_suspensions, locks
from charter.registry.models import CharterVersion, Metric
from charter.registry.reminders import SuspendedFor
from charter.registry.states import StandingChoices
from governance.agreements import permissions, queries
from governance.agreements.agreement_text import AgreementText, find_faults
from governance.agreements.events import (
    AgreementChanged,
    AgreementEnds,
    AgreementPut,
    AgreementWritten,
    DepartureFound,
    DocumentAdded,
    EndNoticed,
)
from governance.agreements.files import LARGEST, MOST, clean_file
from governance.agreements.models import KIND_WORDS, AgreementDocument, AgreementVersion, Departure, EndNotice
from governance.agreements.queries import Beyond
from governance.agreements.states import AgreementStanding, DepartureAbout
from governance.board.councils import explain_unknown_places
from governance.board.models import Case
from governance.board.services import open_case
from governance.board.states import CaseKind
from governance.notices.services import notify
from governance.people.models import User
from ground import calendar, clock, records, texts
from ground.errors import BadInput, Conflict
from ground.parsing import parse_day, read_prose


@transaction.atomic(durable=True)
def write_agreement(*, text: AgreementText, by: User) -> AgreementVersion:
    """Write an agreement, or its next version, down; it binds once the board has passed it.

    The same text as the newest version gives that version. Where one is being written already, that one becomes this text.
    Raises NotPermitted; BadInput naming the field, also for a kind that differs from what earlier versions are.
    """
    permissions.check_can_write(by)
    locks_of = (
        AgreementVersion.objects.select_for_update(of=("self",)).filter(slug=text.slug).order_by("-number")
    )
    versions = list(locks_of)
    _check(text)
    newest = versions[0] if versions else None
    if newest is not None and newest.content_hash == text.content_hash():
        return newest
    if newest is not None and newest.kind != text.kind.value:
        said = {"kind": KIND_WORDS[newest.read().kind]}
        raise BadInput(_("This short name is that of another agreement: %(kind)s.") % said, field="slug")
    if newest is not None and newest.case_id is None:
        return _change(newest, text, by)
    version = records.insert(
        AgreementVersion(
            slug=text.slug, number=newest.number + 1 if newest else 1, written_by=by, **_columns(text)
        )
    )
    ledger.append(
        AgreementWritten(**_told(version), number=version.number, content_hash=version.content_hash),
        by=by.actor,
    )
    return version


@transaction.atomic(durable=True)
def change_agreement(*, version: AgreementVersion, text: AgreementText, by: User) -> AgreementVersion:
    """Change a version that has not come before the board. Raises NotPermitted, Conflict, BadInput."""
    version = lock_version(version)
    permissions.check_can_change(by, version)
    if (text.slug, text.kind.value) != (version.slug, version.kind):
        raise BadInput(_("Short name and kind stay as they are. Write another agreement."), field="slug")
    _check(text)
    return _change(version, text, by)


@transaction.atomic(durable=True)
def begin_next(*, version: AgreementVersion, by: User) -> AgreementVersion:
    """Begin the next version of an agreement with the words of this one; its files are its own.

    Raises NotPermitted; Conflict where one is being written already.
    """
    permissions.check_can_write(by)
    versions = AgreementVersion.objects.select_for_update(of=("self",)).filter(slug=version.slug)
    newest = versions.order_by("-number")[0]
    if newest.case_id is None:
        raise Conflict(
            _("A version of this agreement is being written already. Change that one."),
            code="agreement_being_written",
        )
    made = records.insert(
        AgreementVersion(
            slug=version.slug, number=newest.number + 1, written_by=by, **_columns(version.read())
        )
    )
    ledger.append(
        AgreementWritten(**_told(made), number=made.number, content_hash=made.content_hash), by=by.actor
    )
    return made


@transaction.atomic(durable=True)
def add_document(*, version: AgreementVersion, file: UploadedFile, by: User) -> AgreementDocument:
    """Add a file to a version before it comes before the board. BadInput names `document`."""
    version = lock_version(version)
    permissions.check_can_change(by, version)
    if version.documents.count() >= MOST:
        raise BadInput(
            _("There are twenty documents already, which is as many as a version has."), field="document"
        )
    length = file.size or 0
    clean = clean_file(file.read() if length <= LARGEST else b"", name=file.name or "", length=length)
    if version.documents.filter(sha256=clean.sha256).exists():
        raise BadInput(_("This document is there already."), field="document")
    document = records.insert(
        AgreementDocument(
            version=version, name=clean.name, media_type=clean.media_type, size=len(clean.content),
            sha256=clean.sha256, content=clean.content, added_by=by,
        )
    )  # fmt: skip
    added = DocumentAdded(
        version=version.pk, agreement=version.slug, document=document.pk, name=document.name, size=document.size,
        sha256=document.sha256,
    )  # fmt: skip
    ledger.append(added, by=by.actor)
    return document


@transaction.atomic(durable=True)
def put_to_board(*, version: AgreementVersion, by: User) -> Case:
    """Put a version to the board; passed, it is in force on its days.

    Raises NotPermitted, Conflict; BadInput with every other sentence in `findings` where something is missing.
    """
    version = lock_version(version)
    permissions.check_can_put(by, version)
    text = version.read()
    _check_whole(text)
    said = {"kind": KIND_WORDS[text.kind], "title": text.title, "number": version.number}
    case = open_case(
        kind=CaseKind.AGREEMENT,
        subject=(_("%(kind)s: %(title)s, version %(number)s") % said)[:200],
        question=_("Does it bind the programme from %(day)s on? %(scope)s")
        % {"day": text.term.begins, "scope": text.scope},
        places=text.territory or None,
        by=by,
    )
    version.case = case
    version.save(update_fields=["case"])
    put = AgreementPut(
        **_told(version), number=version.number, content_hash=version.content_hash, case=case.pk
    )
    ledger.append(put, by=by.actor)
    return case


@transaction.atomic(durable=True)
def give_notice(*, version: AgreementVersion, ends_on: date, because: str, by: User) -> AgreementVersion:
    """Record that a party gave notice: in force until before `ends_on`. Nobody takes it back; a new version goes on from it.

    Raises NotPermitted; Conflict where it is not in force; BadInput for a day that is not to come.
    """
    permissions.check_can_give_notice(by)
    version = lock_version(version)
    standing = queries.read_standings(calendar.today())[version.pk]
    if standing is not AgreementStanding.IN_FORCE or version.ended_on is not None:
        raise Conflict(
            _("Notice is given of an agreement that is in force, and once."), code="agreement_not_in_force"
        )
    if ends_on <= calendar.today():
        raise BadInput(
            _("Give a day that is to come: until before it, the agreement is in force."), field="ends_on"
        )
    if version.ends_on is not None and ends_on >= version.ends_on:
        raise BadInput(_("By its own term it ends no later than that."), field="ends_on")
    because = read_prose(because, field="because")
    if not because:
        raise BadInput(_("Say who gave notice, and why."), field="because", code="required")
    version.ended_on, version.end_because = ends_on, because
    version.end_given_at, version.end_given_by = clock.now(), by
    version.save(update_fields=["ended_on", "end_because", "end_given_at", "end_given_by"])
    ledger.append(AgreementEnds(**_told(version), ends_on=ends_on, because=because), by=by.actor)
    return version


# What the clock does


@transaction.atomic(durable=True)
def open_departure(*, beyond: Beyond, by: User) -> Departure | None:
    """Put something that goes beyond a clause to the board, once for each version of the agreement; None where it was put."""
    version = lock_version(beyond.held.version)
    one = {"source": beyond.source, "charter_version": beyond.charter}
    if Departure.objects.filter(version=version, clause=beyond.clause, **one).exists():
        return None
    clause = beyond.held.text.find_clause(beyond.clause)
    name = beyond.source.name if beyond.source else str(beyond.charter)
    said = {"name": name, "clause": beyond.clause, "title": version.title}
    case = open_case(
        kind=CaseKind.DEPARTURE,
        charter_version=beyond.charter,
        subject=(_("%(name)s, beyond clause %(clause)s of “%(title)s”") % said)[:200],
        question=_("%(says)s The clause says: %(text)s May it go beyond? Turned down, it is out of use.")
        % {"says": beyond.says, "text": clause.text if clause else ""},
        places=beyond.held.text.territory or None,
        by=by,
    )
    departure = records.insert(
        Departure(
            version=version, clause=beyond.clause, about=beyond.about, says=beyond.says, case=case, **one
        )
    )
    found = DepartureFound(
        version=version.pk, agreement=version.slug, departure=departure.pk, clause=beyond.clause,
        about=DepartureAbout(beyond.about).value, says=beyond.says, case=case.pk,
    )  # fmt: skip
    ledger.append(found, by=by.actor)
    return departure


@transaction.atomic(durable=True)
def tell_end(*, version: AgreementVersion, charter: CharterVersion, by: User) -> EndNotice | None:
    """Tell the owner of a charter that what it rests on ends, and when it is suspended; None where they were told."""
    version = lock_version(version)
    end, today = queries.find_end(version), calendar.today()
    if end is None:
        return None
    suspends_on = queries.plan_suspension(version, today)
    told = EndNotice.objects.filter(version=version, charter_version=charter)
    if told.filter(suspends_on__lte=suspends_on).exists():
        return None
    notice = records.insert(
        EndNotice(version=version, charter_version=charter, given_on=today, suspends_on=suspends_on)
    )
    noticed = EndNoticed(
        version=version.pk, agreement=version.slug, notice=notice.pk, metric=charter.metric.slug,
        suspends_on=suspends_on,
    )  # fmt: skip
    ledger.append(noticed, by=by.actor)
    _tell_owner(
        charter,
        kind="agreement.ends",
        subject=_("An agreement that %(metric)s rests on ends") % {"metric": charter.metric.name},
        text=_(
            "“%(title)s” is in force until before %(end)s. The metric is suspended on %(day)s, unless the agreement goes on or the "
            "charter rests on another."
        )
        % {"title": version.title, "end": end, "day": suspends_on},
        once=f"agreement:{version.pk}:{charter.pk}:{suspends_on}",
        by=by,
    )
    return notice


@transaction.atomic(durable=True)
def suspend_charter(*, charter: CharterVersion, because: str, by: User) -> bool:
    """Take a charter out of use that an agreement keeps out of force; whether it was in force until now."""
    held = _hold(charter, StandingChoices.ACTIVE)
    if held is None:
        return False
    suspension = clock_suspensions.suspend(held, SuspendedFor.AGREEMENT, by=by, because=because)
    _tell_owner(
        held,
        kind="agreement.suspended",
        subject=_("%(metric)s is suspended for an agreement") % {"metric": held.metric.name},
        text=because,
        once=f"agreement-suspension:{suspension.pk}",
        by=by,
    )
    return True


@transaction.atomic(durable=True)
def put_charter_back(*, charter: CharterVersion, by: User) -> bool:
    """Put a charter back in force that nothing keeps out of it any more; whether it was suspended until now."""
    held = _hold(charter, StandingChoices.SUSPENDED)
    if held is None:
        return False
    suspension = clock_suspensions.put_back(held, by=by)
    _tell_owner(
        held,
        kind="agreement.put_back",
        subject=_("%(metric)s is back in force") % {"metric": held.metric.name},
        text=_("The agreement that kept it out of use does so no more."),
        once=f"agreement-put-back:{suspension.pk}",
        by=by,
    )
    return True


def _hold(charter: CharterVersion, standing: str) -> CharterVersion | None:
    locks.take_metric(charter.metric.slug)
    found = CharterVersion.objects.select_for_update(of=("self",)).filter(pk=charter.pk, standing=standing)
    return found.select_related("metric__owner", "metric__programme").first()


def _tell_owner(charter: CharterVersion, *, kind: str, subject: str, text: str, once: str, by: User) -> None:
    path = f"/metrics/{charter.metric.slug}?version={charter.number}"
    notify(to=charter.metric.owner, kind=kind, subject=subject, text=text, path=path, once=once, by=by)


# Parts


def lock_version(version: AgreementVersion) -> AgreementVersion:
    return AgreementVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)


def _change(version: AgreementVersion, text: AgreementText, by: User) -> AgreementVersion:
    if version.content_hash == text.content_hash():
        return version
    columns = _columns(text)
    for name, value in columns.items():
        setattr(version, name, value)
    records.check(version)
    version.save(update_fields=["title", "text", "content_hash", "begins_on", "ends_on"])
    changed = AgreementChanged(**_told(version), number=version.number, content_hash=version.content_hash)
    ledger.append(changed, by=by.actor)
    return version


def _columns(text: AgreementText) -> dict[str, Any]:
    return {
        "kind": text.kind.value,
        "title": text.title,
        "text": text.stored(),
        "content_hash": text.content_hash(),
        "begins_on": parse_day(text.term.begins),
        "ends_on": parse_day(text.term.ends) if text.term.ends else None,
    }


def _told(version: AgreementVersion) -> dict[str, Any]:
    return {"version": version.pk, "agreement": version.slug, "title": version.title}


def _check(text: AgreementText) -> None:
    """What a text may not say even while it is being written."""
    if fault := texts.find_fault(text.stored()):
        raise BadInput(fault[1], field=fault[0])
    for name in ("begins", "ends"):
        day = getattr(text.term, name)
        try:
            _day = parse_day(day) if day else None
        except ValueError:
            raise BadInput(
                _("“%(text)s” is not a day. Write it as 2026-01-31.") % {"text": day}, field=name
            ) from None


def _check_whole(text: AgreementText) -> None:
    """Everything that is missing, and what names something that is not there."""
    faults = [(fault.field, fault.sentence) for fault in find_faults(text)] + _find_unknown(text)
    if text.term.ends and parse_day(text.term.ends) <= calendar.today():
        # Passed, it would take the place of the version in force, and bind nothing.
        faults.append(("ends", _("Its term is over. Give a day that is to come, or none.")))
    if faults:
        (field, sentence), *others = faults
        raise BadInput(
            sentence, field=field, code="agreement_not_whole", findings=[each for _field, each in others]
        )


def _find_unknown(text: AgreementText) -> list[tuple[str, str]]:
    metrics = set(Metric.objects.filter(slug__in=text.metrics).values_list("slug", flat=True))
    found = [
        ("metrics", _("There is no metric called “%(slug)s”.") % {"slug": slug})
        for slug in text.metrics
        if slug not in metrics
    ]
    found += [("territory", sentence) for sentence in explain_unknown_places(text.territory)]
    bounds = [(clause.number, bound.key) for clause in text.clauses for bound in clause.binds.settings]
    known = set(SettingRows().all_keys()) if bounds else set()
    return found + [
        ("clauses", _("Clause %(number)s: there is no setting “%(key)s”.") % {"number": number, "key": key})
        for number, key in bounds
        if key not in known
    ]
