"""The only writers of the access log's own log: what was read, taken out and looked for, and searches that are kept."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audits.access_log import exporting, ocsf, permissions, queries
from audits.access_log.events import (
    DecisionRead,
    LogExported,
    LogSearched,
    LogStreamed,
    PersonSought,
    SearchDeleted,
    SearchRenamed,
    SearchSaved,
)
from audits.access_log.models import Export, FileFormat, LogReading, SavedSearch
from audits.access_log.searching import Search
from audits.access_log.telling import Teller
from audits.ledger import services as ledger
from governance.decisions.models import DecisionRecord
from governance.people import pseudonyms
from governance.people.models import Person, User
from ground import records
from ground.errors import BadInput
from ground.parsing import read_prose
from ground.promises import promised


@transaction.atomic(durable=True)
def note_search(*, search: Search, count: Callable[[], int], by: User) -> None:
    """Write that the account reads what a search finds; the same again within ten minutes is the same reading.

    Whoever turns pages reads one list, and another filter makes another search. `count` says how many decisions it finds.
    """
    permissions.check_can_read(by)
    if queries.was_read_lately(search.mark, by=by):
        return
    reading = records.insert(LogReading(by=by, of=search.mark))
    ledger.append(LogSearched(reading=reading.pk, filters=search.filters, found=count()), by=by.actor)


@transaction.atomic(durable=True)
def note_decision(*, decision: DecisionRecord, by: User) -> None:
    """Write that the account reads one decision; again within ten minutes is the same reading."""
    permissions.check_can_read(by)
    mark = decision.pk.hex
    if queries.was_read_lately(mark, by=by):
        return
    reading = records.insert(LogReading(by=by, of=mark))
    read = DecisionRead(reading=reading.pk, decision=decision.pk, receipt=decision.entry_id)
    ledger.append(read, by=by.actor)


@transaction.atomic(durable=True)
def stream(*, after: int, most: int, by: User) -> list[dict[str, Any]]:
    """Decisions behind a place of the log as OCSF events, in its order; that they left is on the log, unless there were none."""
    permissions.check_can_read(by)
    found = queries.list_behind(after, most)
    if found:
        ledger.append(LogStreamed(after=after, until=found[-1][0], count=len(found)), by=by.actor)
    return list(ocsf.write_events(found))


@transaction.atomic(durable=True)
def export(*, search: Search, file_format: FileFormat, by: User) -> tuple[exporting.Written, Export]:
    """Write all that a search finds as a file, and its hash, its length and its filters into the log, before a byte leaves."""
    permissions.check_can_read(by)
    reasons = permissions.reads_reasons(by)
    found = queries.narrow(queries.list_decisions(), search, reasons=reasons)
    written = exporting.write(
        found.iterator(chunk_size=exporting.A_CHUNK), Teller(reasons=reasons), file_format
    )
    said: dict[str, Any] = {
        "format": file_format.value,
        "filters": search.filters,
        "rows": written.rows,
        "sha256": written.sha256,
    }
    entry = ledger.append(LogExported(**said), by=by.actor)
    made = records.insert(Export(by=by, entry=entry, **said))
    return written, made


@transaction.atomic(durable=True)
def seek_person(*, name: str, reason: str, by: User) -> str:
    """What somebody of this name, user name or employee number is called in the access log.

    Raises NotPermitted, whether or not there is such a person; BadInput without a reason, and where nobody or several are found.
    """
    permissions.check_can_seek(by)
    name, reason = name.strip(), read_prose(reason, field="reason")
    if not reason:
        raise BadInput(_("Say why you need to know."), field="reason", code="required")
    person, account = _find_one(name)
    code = (
        pseudonyms.code_of_person(person.external_id)
        if person
        else pseudonyms.code_of_account(promised(account))
    )
    sought = PersonSought(
        person=person.external_id if person else None,
        account=account.pk if account else None,
        code=code,
        reason=reason,
    )
    ledger.append(sought, by=by.actor)
    return code


def _find_one(name: str) -> tuple[Person | None, User | None]:
    """The one who is called so: a person, or an account that is nobody's."""
    named = Q(external_id__iexact=name) | Q(name__iexact=name) | Q(account__username__iexact=name)
    persons = list(Person.objects.filter(named).distinct()[:2])
    mine = Q(username__iexact=name) | Q(name__iexact=name)
    accounts = list(User.objects.filter(mine, person__isnull=True)[:2])
    if len(persons) + len(accounts) > 1:
        raise BadInput(
            _("Several people are called so. Give the employee number or the user name."),
            field="name",
            code="several",
        )
    if not persons and not accounts:
        raise BadInput(_("There is nobody of this name."), field="name", code="does_not_exist")
    return (persons[0], None) if persons else (None, accounts[0])


@transaction.atomic(durable=True)
def save_search(*, name: str, search: Search, by: User) -> SavedSearch:
    """Keep a search under a name of one's own."""
    permissions.check_can_read(by)
    saved = records.insert(SavedSearch(owner=by, name=name.strip(), filters=search.filters))
    ledger.append(SearchSaved(search=saved.pk, name=saved.name, filters=saved.filters), by=by.actor)
    return saved


@transaction.atomic(durable=True)
def rename_search(*, saved: SavedSearch, name: str, by: User) -> SavedSearch:
    """Call a search of one's own something else."""
    permissions.check_can_read(by)
    permissions.check_owns(by, saved)
    saved.name = name.strip()
    records.check(saved)
    saved.save(update_fields=["name"])
    ledger.append(SearchRenamed(search=saved.pk, name=saved.name), by=by.actor)
    return saved


@transaction.atomic(durable=True)
def delete_search(*, saved: SavedSearch, by: User) -> None:
    """Keep a search of one's own no longer."""
    permissions.check_can_read(by)
    permissions.check_owns(by, saved)
    ledger.append(SearchDeleted(search=saved.pk, name=saved.name), by=by.actor)
    saved.delete()
