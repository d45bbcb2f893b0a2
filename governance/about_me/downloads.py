"""All that is held about a person as one archive, each part as JSON and CSV, dated and signed.

Of others it says what the pages say and no more: who looked as rules allow, and otherwise nobody's name, id or value.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.ledger import services as ledger
from audits.ledger import signing
from audits.ledger.models import Entry
from audits.strain.models import LoadObservation, PulseTaken
from charter.measures.rows import Row
from governance.about_me.archives import ArchiveFile, stream_archive
from governance.about_me.outlook import list_manager_uses, list_never
from governance.about_me.own_values import list_own_answers
from governance.about_me.queries.included import IncludedMetric, list_included
from governance.about_me.queries.looks import list_looks
from governance.about_me.queries.stored import list_stored
from governance.about_me.rows import (
    LOOK_COLUMNS,
    METRIC_COLUMNS,
    STORED_COLUMNS,
    write_look_rows,
    write_metric_rows,
    write_stored_rows,
)
from governance.decisions.models import ContextNote, DecisionRecord, Door
from governance.notices.models import Notice
from governance.people.models import (
    Circumstances,
    Identity,
    Membership,
    Person,
    ReportingLine,
    RoleGrant,
    User,
)
from governance.ui.sheets import write_lines
from ground import calendar

Rows = Iterable[Sequence[object]]


class Section(Struct, frozen=True):
    """One part of what is held: its columns, and its rows each time they are asked for."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[], Rows]


def make_archive(*, user: User, person: Person, entry: Entry, door: Door) -> Iterator[bytes]:
    """The archive in pieces, of what is held up to the entry that records it. The line is asked for own values first."""
    sections = _list_sections(user, person, entry.at, door)
    files = (file for section in sections for file in _write(section))
    return stream_archive(files, lambda digests: _sign(entry, digests), at=entry.at)


def _list_sections(user: User, person: Person, at: datetime, door: Door) -> list[Section]:
    on = calendar.today()
    included = list_included(person, on)
    own = list(_own_rows(user, included, door))
    return [
        *_of_the_person(user, person),
        Section("metrics", METRIC_COLUMNS, lambda: write_metric_rows(included)),
        Section("own-values", _VALUE_COLUMNS, lambda: own),
        Section("stored", STORED_COLUMNS, lambda: write_stored_rows(list_stored(user, person, included, on))),
        Section(
            "who-looked",
            LOOK_COLUMNS,
            lambda: write_look_rows(list_looks(user, person).filter(at__lte=at), person),
        ),
        Section("what-a-manager-could-see", _USE_COLUMNS, lambda: _uses(user, person, included, on)),
        Section(
            "what-nobody-can", ("rule", "title", "text"), lambda: map(msgspec.structs.astuple, list_never())
        ),
    ]


def _of_the_person(user: User, person: Person) -> Iterator[Section]:
    """Our own rows about them, without whom else they name."""
    of_person = (
        "external_id",
        "name",
        "location",
        "working_arrangement",
        "role_family",
        "employed_from",
        "employed_to",
    )
    yield Section("person", of_person, lambda: [[getattr(person, name) for name in of_person]])
    account = ("username", "name", "email", "kind", "created_at")
    yield Section("account", account, lambda: [[getattr(user, name) for name in account]])
    yield _table(
        "identities", Identity.objects.filter(person=person), "source", "name", "given_at", "ended_at"
    )
    yield _table(
        "memberships", Membership.objects.filter(person=person), "team__slug", "valid_from", "valid_to"
    )
    yield _table(
        "circumstances",
        Circumstances.objects.filter(person=person),
        "location",
        "working_arrangement",
        "role_family",
        "valid_from",
        "valid_to",
    )
    yield _table("reporting-lines", ReportingLine.objects.filter(person=person), "valid_from", "valid_to")
    yield _table(
        "roles",
        RoleGrant.objects.filter(user=user),
        "role",
        "team__slug",
        "value_stream__slug",
        "valid_from",
        "valid_to",
    )
    yield _table(
        "context-notes", ContextNote.objects.filter(person=person),
        "kind", "metric__slug", "starts_on", "ends_on", "says", "proposed_at", "confirmed_at", "turned_down_at",
    )  # fmt: skip
    yield _table(
        "questions-i-asked", DecisionRecord.objects.filter(actor=user),
        "at", "metrics", "grain", "cohorts", "use", "verdict", "checked_only", "entry_id",
    )  # fmt: skip
    yield _table("pulses-done-with", PulseTaken.objects.filter(person=person), "pulse__month")
    yield _table(
        "loads-i-observed", LoadObservation.objects.filter(observed_by=user), "cohort__slug", "month", "saw"
    )
    yield _table("notices", Notice.objects.filter(to=user), "kind", "given_at", "read_at")


def _table(name: str, found: Any, *columns: str) -> Section:
    ordered = found.order_by("pk").values_list(*columns)
    return Section(name, columns, lambda: ordered.iterator(chunk_size=500))


_VALUE_COLUMNS = (
    "metric", "period", "value", "unit", "low", "high", "n", "coverage", "notes", "withheld", "beside", "receipt",
)  # fmt: skip
_USE_COLUMNS = ("metric", "decision", "of", "answer", "together_with", "why_not")


def _own_rows(user: User, included: Sequence[IncludedMetric], door: Door) -> Iterator[list[object]]:
    """Own values with what stands beside them; where there are none, why."""
    for own in list_own_answers(user, included, door):
        if own.answer is None:
            yield [own.metric.slug, *[""] * 8, own.because, "", ""]
            continue
        receipt = own.answer.receipt.id
        for row in own.answer.rows:
            yield [*_value(row), "", receipt]
        for paired in own.answer.paired:
            for row in paired.rows:
                yield [*_value(row), own.metric.slug, receipt]


def _value(row: Row) -> list[object]:
    notes = "; ".join(note.label for note in row.context)
    told = (row.metric, row.period, row.value, row.unit, row.low, row.high, row.n, row.coverage)
    return [*told, notes, row.withheld_because or ""]


def _uses(user: User, person: Person, included: Sequence[IncludedMetric], on: date) -> Iterator[list[object]]:
    for use in list_manager_uses(user, person, included, on):
        of = "me alone" if use.of_person else "my team"
        yield [use.metric, use.decision, of, use.outcome, use.lacks, use.why]


def _write(section: Section) -> Iterator[ArchiveFile]:
    """A section twice: as a table for people, and as JSON for programs."""
    yield f"csv/{section.name}.csv", _write_csv(section)
    yield f"json/{section.name}.json", _write_json(section)


def _write_csv(section: Section) -> Iterator[bytes]:
    rows = (map(_flatten, row) for row in section.rows())
    return (line.encode() for line in write_lines(section.columns, map(list, rows)))


def _flatten(cell: object) -> object:
    return " ".join(map(str, cell)) if isinstance(cell, list | tuple) else cell


def _write_json(section: Section) -> Iterator[bytes]:
    before = b"[\n"
    for row in section.rows():
        plain = dict(zip(section.columns, row, strict=True))
        yield before + msgspec.json.encode(plain, enc_hook=str)
        before = b",\n"
    yield b"\n]\n" if before != b"[\n" else b"[]\n"


def _sign(entry: Entry, digests: Mapping[str, str]) -> Iterator[ArchiveFile]:
    """The receipt of the download, whose signed text holds the hash of every file; and how to check it."""
    receipt = ledger.sign(entry, {"files": dict(digests), "about": "metric-charter own data"})
    yield "signature.json", [msgspec.json.format(msgspec.json.encode(receipt))]
    key = signing.public_key(settings.LEDGER_SIGNING_KEY_FILE).hex()
    yield "verify.py", [_VERIFY.format(key=key).encode()]
    yield "READ-ME.txt", [_write_read_me(entry).encode()]


def _write_read_me(entry: Entry) -> str:
    said = {"at": entry.at.isoformat(), "entry": entry.pk}
    return (
        _(
            "What Metric Charter held about you at %(at)s.\n\n"
            "Each part stands here twice: as a table (csv) and for programs (json). Of others it says only who looked, as\n"
            "the rules allow. Texts of notices and reasons given by others are not in it.\n\n"
            "To check that nothing was changed, unpack it, install Python’s `cryptography`, and run `python3 verify.py`\n"
            "in the folder. Compare the public key in that file with the one at /.well-known/metric-charter/keys.\n"
            "That the copy was taken stands on the log as entry %(entry)s.\n"
        )
        % said
    )


_VERIFY = """\
# pip install cryptography
import hashlib, json, pathlib
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

public_key = bytes.fromhex("{key}")
receipt = json.loads(pathlib.Path("signature.json").read_text())
Ed25519PublicKey.from_public_bytes(public_key).verify(bytes.fromhex(receipt["signature"]), receipt["text"].encode())
said = json.loads(receipt["text"])
for name, digest in said["files"].items():
    assert hashlib.sha256(pathlib.Path(name).read_bytes()).hexdigest() == digest, name + " was changed"
print("Genuine:", len(said["files"]), "files of", said["at"])
"""
