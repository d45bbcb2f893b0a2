"""Files of intended uses: taken in, judged part by part so that a job goes on where it stopped, and given back whole.

Each part is one entry of the log with the hash of its answers, and the end is one with the hashes of both files, whose receipt
is the file's. No values are read, and no row is a decision of its own.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.people.models import User
from governance.use_check import permissions, queries
from governance.use_check.events import BulkEnded, BulkFiled, BulkPartJudged
from governance.use_check.judging import RowAnswer, judge_rows
from governance.use_check.models import BulkCheck, BulkPart
from governance.use_check.sheets import ADDED, make_sheet, read_sheet
from governance.use_check.states import BulkState, SheetFormat
from ground import clock, records, scans
from ground.errors import DomainError, Unavailable

A_PART = 1_000  # rows
_LINES = msgspec.json.Decoder(tuple[tuple[str, ...], ...])
_ANSWERS = msgspec.json.Decoder(list[RowAnswer])


@transaction.atomic(durable=True)
def file_bulk(*, name: str, body: bytes, by: User) -> BulkCheck:
    """Take a file of intended uses in, to be checked by the clock. One at a time for each account.

    Raises BadInput, with a sentence, for a file that is too large or cannot be read.
    """
    permissions.check_can_check(by)
    sheet = read_sheet(body)
    digest = hashlib.sha256(body).hexdigest()
    bulk = records.insert(
        BulkCheck(
            filed_by=by,
            name=name.strip()[:200] or _("Intended uses"),
            format=sheet.format,
            rows=len(sheet.rows),
            lines=msgspec.json.encode((sheet.header, *sheet.rows)),
            source_sha256=digest,
        )
    )
    ledger.append(BulkFiled(bulk=bulk.pk, rows=bulk.rows, sha256=digest), by=by.actor)
    return bulk


def work_bulk(*, key: UUID, by: User) -> int:
    """Check what is left of a file, part by part, and end it; gives how many rows it judged. What was judged stays judged."""
    bulk = BulkCheck.objects.select_related("filed_by").get(pk=key)
    header, *rows = _LINES.decode(bytes(bulk.lines))
    start = first = queries.count_judged(bulk)["rows"]
    try:
        permissions.check_can_check(bulk.filed_by)
        while start < len(rows):
            start += judge_part(
                bulk=bulk, header=header, rows=rows[start : start + A_PART], start=start, by=by
            )
            scans.alive()
    except Unavailable:
        raise  # the next pass goes on
    except DomainError as refused:
        end_bulk(bulk=bulk, why=refused.detail, by=by)
        return start - first
    end_bulk(bulk=bulk, header=header, rows=rows, by=by)
    return start - first


def judge_part(
    *, bulk: BulkCheck, header: Sequence[str], rows: Sequence[Sequence[str]], start: int, by: User
) -> int:
    """Judge some rows as the account that sent them, and keep their answers; gives how many."""
    judged = judge_rows(header, rows, by=bulk.filed_by)
    body = msgspec.json.encode(judged.answers)
    with transaction.atomic(durable=True):
        records.insert(BulkPart(bulk=bulk, start=start, rows=len(rows), answers=body))
        event = BulkPartJudged(
            bulk=bulk.pk,
            start=start,
            rows=len(rows),
            answers=count_answers(judged.answers),
            rulebook_hash=judged.rulebook_hash,
            sha256=hashlib.sha256(body).hexdigest(),
        )
        ledger.append(event, by=by.actor)
    return len(rows)


@transaction.atomic(durable=True)
def end_bulk(
    *,
    bulk: BulkCheck,
    by: User,
    header: Sequence[str] = (),
    rows: Sequence[Sequence[str]] = (),
    why: str = "",
) -> BulkCheck:
    """End a file: with the file that goes back, its hash in the log; or with `why` it was stopped."""
    bulk = BulkCheck.objects.select_for_update(of=("self",)).get(pk=bulk.pk)
    answers = [] if why else read_answers(bulk)
    result = None if why else _write_result(bulk, header, rows, answers)
    bulk.state = BulkState.FAILED if why else BulkState.DONE
    bulk.result, bulk.why, bulk.ended_at = result, why, clock.now()
    bulk.result_sha256 = hashlib.sha256(result).hexdigest() if result is not None else ""
    ended = BulkEnded(
        bulk=bulk.pk,
        done=not why,
        rows=bulk.rows,
        answers=count_answers(answers),
        source_sha256=bulk.source_sha256,
        sha256=bulk.result_sha256,
        why=why,
    )
    bulk.entry = ledger.append(ended, by=by.actor)
    bulk.save(update_fields=["state", "result", "why", "ended_at", "result_sha256", "entry"])
    return bulk


def read_answers(bulk: BulkCheck) -> list[RowAnswer]:
    """The answers of all rows that are judged, in order."""
    return [answer for part in bulk.parts.all() for answer in _ANSWERS.decode(bytes(part.answers))]


def count_answers(answers: Sequence[RowAnswer]) -> dict[str, int]:
    """How many rows got each answer."""
    return dict(sorted(Counter(each.answer for each in answers).items()))


def _write_result(
    bulk: BulkCheck, header: Sequence[str], rows: Sequence[Sequence[str]], answers: Sequence[RowAnswer]
) -> bytes:
    lines = (
        (*row, each.answer, ", ".join(each.rules), " | ".join(each.changes), each.problem)
        for row, each in zip(rows, answers, strict=True)
    )
    return make_sheet(SheetFormat(bulk.format), (*header, *ADDED), lines)
