"""Files of intended uses in, the same with answers, rules and changes out (issue 14, 6)."""

import csv
import hashlib
import io
import random
import time
import zipfile
from datetime import timedelta

import msgspec
import openpyxl
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from audits.ledger.models import Entry
from audits.ledger.receipts import Receipt, verify_receipt
from audits.ledger.signing import public_key
from charter.rules.request import ANYBODY
from charter.rules.vocabulary import DecisionType
from governance.decisions.facts import coverage
from governance.decisions.models import DecisionRecord, Door
from governance.decisions.services import answer, protect
from governance.people.models import Person
from governance.use_check import sheets
from governance.use_check.judging import RowAnswer, judge_rows
from governance.use_check.models import BulkCheck, BulkPart
from governance.use_check.receipts import serialize_bulk_receipt
from governance.use_check.requests import RequestMaker
from governance.use_check.rows import read_row
from governance.use_check.scans import BULK_CHECKS
from governance.use_check.screens.files import EXAMPLE
from governance.use_check.services import bulk as bulks
from governance.use_check.services import file_bulk, work_bulk
from governance.use_check.states import ANSWER_OF, BulkState, SheetFormat
from ground import calendar
from ground.errors import BadInput
from tests import factories
from tests.governance.decisions.people import DELIVERY, HEALTH

HEADER = "decision,metrics,grain,cohorts,persons,note\n"
FILE = (
    HEADER
    + "retrospective,lead-time-for-changes,team,team:payments,,=1+1\n"
    + "performance rating,commit-count,person,,payments-3,\n"
    + "retrospective,no-such-metric,team,,,\n"
    + "retrospective,lead-time-for-changes,team,team:payments,,another\n"
)


@pytest.fixture(autouse=True)
def covered(monkeypatch):
    """Nobody's coverage is thin: there is no warehouse here to read it from."""
    monkeypatch.setattr(coverage, "compute_own_rows", lambda **_: ())


@pytest.fixture
def manager(judged):
    return judged["manager"]


def send(by, text=FILE, name="autumn.csv") -> BulkCheck:
    return file_bulk(name=name, body=text.encode() if isinstance(text, str) else text, by=by)


def rows_of(bulk) -> list[dict[str, str]]:
    bulk.refresh_from_db()
    return list(csv.DictReader(io.StringIO(bytes(bulk.result).decode("utf-8-sig"))))


def test_a_file_comes_back_with_answers_rules_and_changes(manager):
    """Issue 14, 6: by the clock, in the order in which it came, problems by row, and nothing that runs."""
    filed = send(manager)
    assert BULK_CHECKS.once(by=factories.system()) == {"rows of intended uses checked": 4}
    told = rows_of(filed)
    assert [each["answer"] for each in told] == ["yes", "no", "problem", "yes"]
    assert "AR08" in told[1]["rules"].split(", ")
    assert told[2]["problem"] == "metrics: There is no metric called no-such-metric."
    assert told[0]["note"] == "'=1+1" and told[3]["note"] == "another"
    assert filed.state == BulkState.DONE
    assert BULK_CHECKS.once(by=factories.system()) == {"rows of intended uses checked": 0}


def test_its_receipt_names_both_files_and_no_row_is_a_decision(manager):
    """Issue 14, 6: one receipt for the whole file, with the hashes of what came and what left."""
    before = DecisionRecord.objects.count()
    filed = send(manager)
    work_bulk(key=filed.pk, by=factories.system())
    filed.refresh_from_db()
    told = serialize_bulk_receipt(filed)
    assert told["file"] == {
        "rows": 4,
        "source_sha256": hashlib.sha256(FILE.encode()).hexdigest(),
        "result_sha256": hashlib.sha256(bytes(filed.result)).hexdigest(),
        "checked_only": True,
    }
    receipt = msgspec.convert(told["receipt"], Receipt)
    assert verify_receipt(receipt, public_key(settings.LEDGER_SIGNING_KEY_FILE))
    assert filed.source_sha256 in receipt.text
    assert DecisionRecord.objects.count() == before
    kinds = (
        Entry.objects.filter(kind__startswith="use_check.bulk")
        .order_by("at", "id")
        .values_list("kind", flat=True)
    )
    assert sorted(kinds) == ["use_check.bulk.ended", "use_check.bulk.filed", "use_check.bulk.judged"]


def test_a_job_that_was_killed_goes_on_where_it_stopped(manager, monkeypatch):
    """Issue 14, 6: what was judged stays judged, and the end is the same."""
    monkeypatch.setattr(bulks, "A_PART", 2)
    filed, real = send(manager), bulks.judge_part
    seen: list[int] = []

    def killed(**given):
        if seen:
            raise KeyboardInterrupt
        seen.append(given["start"])
        return real(**given)

    monkeypatch.setattr(bulks, "judge_part", killed)
    with pytest.raises(KeyboardInterrupt):
        work_bulk(key=filed.pk, by=factories.system())
    assert list(BulkPart.objects.values_list("start", "rows")) == [(0, 2)]
    monkeypatch.setattr(bulks, "judge_part", real)
    assert work_bulk(key=filed.pk, by=factories.system()) == 2
    assert [each["answer"] for each in rows_of(filed)] == ["yes", "no", "problem", "yes"]


def test_a_closed_account_gets_no_answers(manager):
    """Issue 14, 6: judged as whoever sent it, so not at all once that account is closed."""
    filed = send(manager)
    factories.change(manager, is_active=False)
    work_bulk(key=filed.pk, by=factories.system())
    filed.refresh_from_db()
    assert (filed.state, filed.result, "closed" in filed.why) == (BulkState.FAILED, None, True)


def test_one_file_at_a_time(manager):
    send(manager)
    with pytest.raises(BadInput) as refused:
        send(manager)
    assert "A file of yours is being checked" in refused.value.detail


def test_a_file_says_what_the_line_says(manager, judged, hr):
    """Issue 14: the same questions get the same answers and rules through a file and through the line."""
    dice = random.Random(14)  # noqa: S311
    metrics = (DELIVERY, HEALTH, "commit-count", "lead-time-for-changes")
    places = (("team", "team:payments", ""), ("team", "team:search", ""), ("team", "", ""), ("org", "", ""), ("person", "", ""),
              ("person", "", "payments-3"), ("person", "team:payments", ""), ("value_stream", "value_stream:commerce", ""))  # fmt: skip
    decisions = ("calibration_input", "retrospective", "performance_rating", *map(str, DecisionType))
    header = ("decision", "metrics", "grain", "cohorts", "persons", "evidence", "accountable")
    rows = [
        (
            dice.choice((decisions[0], decisions[1], dice.choice(decisions))),
            " ".join(dice.sample(metrics, dice.choice((1, 2)))),
            *dice.choice(places),
            dice.choice(("", "mentoring: a; design_review: b")),
            dice.choice(("", "manager", "hr")),
        )
        for _ in range(60)
    ]
    rows.append(("retrospective", "lead-time-for-changes", "team", "team:payments", "", "", ""))
    for by in (manager, hr):
        told = judge_rows(header, rows, by=by).answers
        for row, each in zip(rows, told, strict=True):
            if each.answer == "problem":
                assert "accountable" in each.problem, each
                continue
            request = RequestMaker.of(by).make(read_row(dict(zip(header, row, strict=True))))
            verdict = answer(request=request, by=by, door=Door.API, rows=False).verdict
            assert each.answer == ANSWER_OF[verdict.outcome], (row, by)
            assert each.rules == tuple(sorted({match.id for match in verdict.rules})), (row, by)
        assert {each.answer for each in told} > ({"no"} if by is not manager else {"yes", "no"})


def test_a_protection_is_of_one_and_holds_for_nobody_else(manager):
    """AR22: in a file of many people each is told apart, as the line tells them."""
    system = factories.system()
    with transaction.atomic():
        protect(account=manager, person=Person.objects.get(external_id="payments-3"), starts_on=calendar.today(),
            ends_on=calendar.today() + timedelta(days=30), by=system)  # fmt: skip
    header = ("decision", "metrics", "grain", "persons")
    rows = [("calibration_input", DELIVERY, "person", name) for name in ("payments-2", "payments-3")]
    other, protected = judge_rows(header, rows, by=manager).answers
    assert "AR22" not in other.rules and "AR22" in protected.rules


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (HEADER.encode() + b"x\xff,a,team,,,\n", "Line 2 holds bytes that are no UTF-8"),
        ("decision,metrics\n".encode("utf-16"), "no UTF-8"),
        (b"decision,metrics,grain\na\0b,c,d\n", "null bytes"),
        (b"decision,metrics,grain,colour\na,b,c,d\n", "There is no column “colour”"),
        (b"decision,grain\na,b\n", "metrics must be among them"),
        (b"decision,metrics,grain\n", "no rows below its header"),
        (b"", "names the columns"),
        (b"decision,metrics,grain\na,b,c,d\n", "Row 2 has more cells"),
        (b'decision,metrics,grain\na,"b,c\n', "It is no CSV file"),
        ("decision,metrics,grain\na\u202e,b,c\n".encode(), "Row 2:"),
        (b"PK\x03\x04 no workbook", "no Excel file that can be read"),
        ("decision,metrics,grain\n" + "a,b,c\n" * 1_000_000, "20,000 rows and 1,000,000 bytes at most"),
        ("decision,metrics,grain\n" + "a,b,c\n" * 20_001, "20,000 rows"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(body, says):
    """Issue 14, bad input: limits are named, encodings and made-up workbooks refused."""
    with pytest.raises(BadInput) as refused:
        sheets.read_sheet(body.encode() if isinstance(body, str) else body)
    assert says in refused.value.detail and refused.value.field == "file"


def workbook(rows) -> bytes:
    book, written = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(written)
    return written.getvalue()


def repack(body: bytes, name: str, content: bytes) -> bytes:
    """A workbook with another file in the place of one of its own."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return written.getvalue()


def test_a_workbook_comes_back_as_a_workbook_in_which_nothing_runs(manager):
    header, *lines = [line.split(",") for line in FILE.strip().splitlines()]
    filed = send(manager, workbook([header, *([*line[:5], "-2+3"] for line in lines)]), name="autumn.xlsx")
    work_bulk(key=filed.pk, by=factories.system())
    filed.refresh_from_db()
    page = openpyxl.load_workbook(io.BytesIO(bytes(filed.result))).active
    told = [[cell.value for cell in row] for row in page.iter_rows()]
    assert told[0][-4:] == ["answer", "rules", "changes", "problem"]
    assert [row[6] for row in told[1:]] == ["yes", "no", "problem", "yes"]
    assert {row[5] for row in told[1:]} == {"'-2+3"}
    assert not any(cell.data_type == "f" for row in page.iter_rows() for cell in row)


def test_bombs_are_not_opened():
    """Issue 14, bad input: one that unpacks to much, and one whose XML expands entities."""
    honest = workbook([["decision", "metrics", "grain"], ["a", "b", "c"]])
    bomb = repack(honest, "xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    assert len(bomb) < sheets.LARGEST
    started = time.process_time()
    with pytest.raises(BadInput) as refused:
        sheets.read_sheet(bomb)
    assert refused.value.code == "unpacks_too_large" and time.process_time() - started < 1
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
    with pytest.raises(BadInput) as refused:
        sheets.read_sheet(repack(honest, "xl/worksheets/sheet1.xml", entity))
    assert refused.value.code in ("file_unreadable", "column_missing")


def test_what_a_workbook_says_of_its_size_is_not_believed():
    honest = workbook([["decision", "metrics", "grain"], ["a", "b", "c"]])
    with zipfile.ZipFile(io.BytesIO(honest)) as parts:
        page = parts.read("xl/worksheets/sheet1.xml")
    lying = (
        page.replace(b'r="2"', b'r="1048576"')
        .replace(b'"A2"', b'"A1048576"')
        .replace(b'"B2"', b'"B1048576"')
        .replace(b'"C2"', b'"C1048576"')
    )
    started = time.process_time()
    with pytest.raises(BadInput):
        sheets.read_sheet(repack(honest, "xl/worksheets/sheet1.xml", lying))
    assert time.process_time() - started < 2


def test_nobody_is_called_anybody(database):
    """The stand-in for any one person can be no person's name."""
    with pytest.raises(ValidationError, match="small letters"):
        Person(external_id=ANYBODY, name="X", employed_from=factories.LONG_AGO).full_clean()


def test_answers_are_kept_as_they_are_read():
    """A part that is written is read back as it was, so that a job that goes on gives the same file."""
    given = [RowAnswer("no", ("AR08",), ("x",), "")]
    assert msgspec.json.decode(msgspec.json.encode(given), type=list[RowAnswer]) == given


def test_a_file_is_sent_and_taken_back_over_the_api(client, manager, judged):
    """Issue 14, 6: the same file, the same limits and the same receipt as on the page."""
    headers = {"authorization": f"Token {factories.a_token(manager)}"}
    upload = SimpleUploadedFile("autumn.csv", FILE.encode(), content_type="text/csv")
    sent = client.post("/api/v1/use-checks/files", {"file": upload}, headers=headers)
    assert (sent.status_code, sent.json()["state"], sent.json()["judged"]) == (201, "waiting", 0), (
        sent.content
    )
    path = f"/api/v1/use-checks/files/{sent.json()['id']}"
    assert client.get(f"{path}/result", headers=headers).status_code == 404
    BULK_CHECKS.once(by=factories.system())
    assert client.get(path, headers=headers).json()["judged"] == 4
    result = client.get(f"{path}/result", headers=headers)
    assert (
        client.get(f"{path}/receipt", headers=headers).json()["file"]["result_sha256"]
        == hashlib.sha256(result.content).hexdigest()
    )
    stranger = {"authorization": f"Token {factories.a_token(judged['stranger'])}"}
    assert client.get(path, headers=stranger).status_code == 404
    large = SimpleUploadedFile("a.csv", b"decision,metrics,grain\n" + b"a,b,c\n" * 1_000_000)
    refused = client.post("/api/v1/use-checks/files", {"file": large}, headers=headers)
    assert (refused.status_code, refused.json()["field"], "20,000 rows" in refused.json()["detail"]) == (
        400,
        "file",
        True,
    )
    assert (
        client.post("/api/v1/use-checks/files", {"file": "text", "x": "1"}, headers=headers).status_code
        == 400
    )


def test_pages_show_how_far_a_file_is(browse, manager, judged):
    upload = SimpleUploadedFile("autumn.csv", FILE.encode())
    sent = browse("/use-check/files", by=manager, data={"file": upload})
    address = sent.response["Location"]
    assert browse(address, by=manager).says("0 of 4 rows are checked.", "Look again")
    BULK_CHECKS.once(by=factories.system())
    page = browse(address, by=manager)
    assert page.says(
        "4 of 4 rows are checked.", "Take the file with its answers", "One receipt for the whole file"
    )
    assert b"AR08" in browse(f"{address}/result", by=manager).response.content
    assert browse(address, by=judged["stranger"]).status == 404
    page = browse("/use-check/files", by=manager, data={"file": SimpleUploadedFile("a.csv", b"nothing\n1\n")})
    assert page.status == 400 and page.says("There is no column")


def test_the_file_to_begin_with_can_be_checked(manager):
    sheet = sheets.read_sheet(sheets.make_sheet(SheetFormat.CSV, tuple(sheets.COLUMNS), EXAMPLE))
    told = judge_rows(sheet.header, sheet.rows, by=manager).answers
    assert [each.answer for each in told] == ["no", "yes"]


@pytest.mark.proof(alone=True)
@pytest.mark.parametrize("differ", [False, True], ids=["repeating", "each of another person"])
def test_five_hundred_rows_a_second(manager, differ):
    """Issue 14, 6: at least 500 rows a second, parsing, judging, changes and writing included."""
    lines = [
        f"{decision},{metric},person,,{f'somebody-{number}' if differ else 'payments-3'},"
        for number in range(500)
        for decision in ("performance_rating", "calibration_input")
        for metric in ("commit-count", DELIVERY)
    ]
    filed = send(manager, HEADER + "\n".join(lines) + "\n")
    started = time.perf_counter()
    work_bulk(key=filed.pk, by=factories.system())
    rate = len(lines) / (time.perf_counter() - started)
    print(f"{rate:.0f} rows a second")
    assert rate > 500
