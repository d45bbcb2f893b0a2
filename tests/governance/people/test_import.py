"""Importing an organisation: every fault at once, all or nothing, and only what differs."""

import hashlib
import json
import time
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from audits.ledger.models import Entry, Payload
from governance.people import importing, services
from governance.people.importing.checks import check
from governance.people.importing.sheets import COLUMNS, Row, Sheet
from governance.people.models import Membership, Person, ReportingLine, Team, ValueStream
from ground.errors import BadInput, NotPermitted
from tests import factories

SOUND = {
    "value_streams.csv": "slug,name\ncommerce,Commerce\n",
    "teams.csv": (
        "slug,name,value_stream,context_class,valid_from,valid_to\n"
        "payments,Payments,commerce,platform,2020-01-01,\n"
        "search,Search,commerce,greenfield,2020-01-01,2027-01-01\n"
    ),
    "people.csv": (
        "external_id,name,location,working_arrangement,role_family,employed_from,employed_to\n"
        'ana,"Núñez, Ana",Lisbon,remote,engineering,2020-01-01,\n'
        "ben,Ben,,,,2021-01-01,\n"
        "cy,Cy,Oslo,hybrid,product,2021-01-01,2026-01-01\n"
    ),
    "memberships.csv": "person,team,valid_from,valid_to\nana,payments,2020-01-01,2024-01-01\nana,search,2024-01-01,\nben,payments,2021-01-01,\n",
    "lines.csv": "person,manager,valid_from,valid_to\nben,ana,2021-01-01,\ncy,ben,2021-01-01,2023-01-01\ncy,ana,2023-01-01,\n",
}


def _folder(path: Path, **changed: str | bytes | None) -> Path:
    """The sound files, some replaced (`people="..."`) or left out (None)."""
    for file, content in {**SOUND, **{f"{name}.csv": content for name, content in changed.items()}}.items():
        if content is None:
            (path / file).unlink(missing_ok=True)
        elif isinstance(content, bytes):
            (path / file).write_bytes(content)
        else:
            (path / file).write_text(content, encoding="utf-8")
    return path


def _problems(folder: Path) -> list[tuple[str, int | None, str | None, str]]:
    with pytest.raises(BadInput) as refused:
        importing.run(folder)
    assert refused.value.code == "import_refused"
    return [tuple(problem.values()) for problem in refused.value.extra["problems"]]


@pytest.mark.django_db
class TestWriting:
    def test_what_the_files_say_is_there_afterwards(self, by, tmp_path):
        """Issue 2, 4: teams, lines and memberships with their days, from CSV with documented columns."""
        report = services.import_organisation(folder=_folder(tmp_path), by=by)
        assert report.changed_anything and report.counts["people.csv"].added == 3
        ana = Person.objects.get(external_id="ana")
        assert (ana.name, ana.location, ana.working_arrangement) == ("Núñez, Ana", "Lisbon", "remote")
        assert [(one.team.slug, one.valid_to) for one in ana.memberships.order_by("valid_from")] == [
            ("payments", date(2024, 1, 1)),
            ("search", None),
        ]
        assert ReportingLine.objects.on(date(2025, 1, 1)).get(person__external_id="cy").manager == ana
        assert Team.objects.get(slug="payments").value_stream == ValueStream.objects.get(slug="commerce")

    def test_the_ledger_hears_counts_and_hashes_and_no_name(self, by, tmp_path):
        """Issue 2, 8: one entry an import."""
        services.import_organisation(folder=_folder(tmp_path), by=by)
        (entry,) = Entry.objects.filter(kind="people.organisation.imported")
        told = json.loads(bytes(Payload.objects.get(entry=entry).body))
        assert told["people.csv"] == {
            "sha256": hashlib.sha256(SOUND["people.csv"].encode()).hexdigest(),
            "added": 3,
            "changed": 0,
            "removed": 0,
            "unchanged": 0,
            "not_in_file": 0,
        }
        assert "Ana" not in json.dumps(told)

    def test_the_same_again_touches_no_row(self, by, tmp_path, django_assert_num_queries):
        """Issue 2, 1: starting again continues; unchanged rows stay as they are."""
        services.import_organisation(folder=_folder(tmp_path), by=by)
        before = {
            record.pk for model in (Person, Team, Membership, ReportingLine) for record in model.objects.all()
        }
        with django_assert_num_queries(9):  # savepoint, lock, five reads, ledger entry, savepoint
            report = services.import_organisation(folder=tmp_path, by=by)
        assert not report.changed_anything and report.counts["memberships.csv"].unchanged == 3
        assert before == {
            record.pk for model in (Person, Team, Membership, ReportingLine) for record in model.objects.all()
        }

    def test_changed_files_change_only_what_differs(self, by, tmp_path):
        """Issue 2, 4: the files are the whole truth about memberships and lines; persons not in them stay."""
        services.import_organisation(folder=_folder(tmp_path), by=by)
        kept = Membership.objects.get(person__external_id="ana", team__slug="payments").pk
        _folder(
            tmp_path,
            people=SOUND["people.csv"]
            .replace("Ben,", "Benjamin,")
            .replace("cy,Cy,Oslo,hybrid", "dee,Dee,Oslo,hybrid"),
            memberships=(
                "person,team,valid_from,valid_to\n"
                "ana,payments,2020-01-01,2025-01-01\n"
                "ana,search,2025-01-01,\n"
                "ben,payments,2021-01-01,\n"
            ),
            lines="person,manager,valid_from,valid_to\nben,ana,2021-01-01,\n",
        )
        counts = {
            file: str(count)
            for file, count in services.import_organisation(folder=tmp_path, by=by).counts.items()
        }
        assert counts["people.csv"] == "1 added, 1 changed, 0 removed, 1 unchanged, 1 not in file"
        assert counts["memberships.csv"] == "1 added, 1 changed, 1 removed, 1 unchanged, 0 not in file"
        assert counts["lines.csv"] == "0 added, 0 changed, 2 removed, 1 unchanged, 0 not in file"
        assert Membership.objects.get(pk=kept).valid_to == date(2025, 1, 1)
        assert set(Person.objects.values_list("external_id", flat=True)) == {"ana", "ben", "cy", "dee"}

    def test_one_fault_and_nothing_is_written(self, by, tmp_path):
        """Issue 2, 4: all or nothing, the ledger included."""
        entries = Entry.objects.count()
        with pytest.raises(BadInput, match=r"1 problem\. Nothing was imported"):
            services.import_organisation(
                folder=_folder(tmp_path, lines=SOUND["lines.csv"] + "ana,zoe,2030-01-01,\n"), by=by
            )
        assert not Person.objects.exists() and not ValueStream.objects.exists()
        assert Entry.objects.count() == entries

    def test_only_an_administrator_imports(self, tmp_path, by):
        """Design, ground rules: being a superuser counts for nothing."""
        with pytest.raises(NotPermitted):
            services.import_organisation(folder=_folder(tmp_path), by=factories.an_account(is_superuser=True))

    def test_the_command_says_what_it_did(self, tmp_path, db):
        """Design, interfaces: a command for all that an operator does by hand, non-zero on failure."""
        said = StringIO()
        call_command("import_organisation", _folder(tmp_path), stdout=said)
        assert "people.csv: 3 added, 0 changed, 0 removed, 0 unchanged, 0 not in file" in said.getvalue()
        faults = StringIO()
        with pytest.raises(CommandError, match="2 problems"):
            call_command(
                "import_organisation",
                _folder(tmp_path, people=SOUND["people.csv"].replace("2021-01-01", "yesterday")),
                stderr=faults,
            )
        assert "people.csv:3:employed_from: “yesterday” is not a date" in faults.getvalue()

    def test_two_thousand_people_in_a_few_seconds(self, by, tmp_path, django_assert_max_num_queries):
        """Issue 2, 4: bulk statements, whose number grows by the five hundred rows and not by the row."""
        people = [f"p{number:04},P {number},,,,2020-01-01," for number in range(2000)]
        memberships = [f"p{number:04},payments,2020-01-01," for number in range(2000)]
        lines = [f"p{number:04},p{(number - 1) // 8:04},2020-01-01," for number in range(1, 2000)]
        _folder(
            tmp_path,
            people=SOUND["people.csv"].splitlines()[0] + "\n" + "\n".join(people),
            memberships="person,team,valid_from,valid_to\n" + "\n".join(memberships),
            lines="person,manager,valid_from,valid_to\n" + "\n".join(lines),
        )
        begun = time.monotonic()
        with django_assert_max_num_queries(30):
            services.import_organisation(folder=tmp_path, by=by)
        assert time.monotonic() - begun < 10
        assert ReportingLine.objects.count() == 1999


class TestFaults:
    def test_all_faults_of_all_files_are_told_at_once(self, tmp_path):
        """Issue 2, 4: row-numbered errors, every one of them, in the order of files and rows."""
        found = _problems(
            _folder(
                tmp_path,
                teams=SOUND["teams.csv"].replace("search,Search,commerce", "Search!,,trade"),
                people=SOUND["people.csv"] + "ana,Ana,,on_the_moon,,2020-02-30,\n\nben,Ben,,,,2021-01-01,\n",
                memberships=SOUND["memberships.csv"] + "zoe,payments,2020-01-01,2020-01-01\n",
            )
        )
        assert [problem[:3] for problem in found] == [
            ("teams.csv", 3, "slug"),
            ("teams.csv", 3, "name"),
            ("people.csv", 5, "working_arrangement"),
            ("people.csv", 5, "employed_from"),
            ("people.csv", 7, "external_id"),
            ("memberships.csv", 3, "team"),
            ("memberships.csv", 5, "person"),
            ("memberships.csv", 5, "valid_to"),
        ]
        assert "stands on row 3 already" in found[4][3]

    @pytest.mark.parametrize(
        ("changed", "place", "sentence"),
        [
            ({"teams": None}, ("teams.csv", None, None), "cannot be read"),
            ({"people": b"\xff\xfe\x00"}, ("people.csv", None, None), "not UTF-8"),
            ({"people": 'external_id,"name\n'}, ("people.csv", None, None), "not comma-separated"),
            ({"lines": ""}, ("lines.csv", 1, None), "header must name"),
            ({"lines": "person,boss,valid_from,valid_to\n"}, ("lines.csv", 1, None), "header must name"),
            ({"lines": "person,person,valid_from,valid_to\n"}, ("lines.csv", 1, None), "header must name"),
            ({"lines": "person,manager,valid_from,valid_to\nben,ana\n"}, ("lines.csv", 2, None), "2 cells"),
            (
                {"lines": 'person,manager,valid_from,valid_to\n"be\nn",ana,2020-01-01,\n'},
                ("lines.csv", 2, "person"),
                "cannot be printed",
            ),
            (
                {"value_streams": SOUND["value_streams.csv"] + f"long,{'x' * 201}\n"},
                ("value_streams.csv", 3, "name"),
                "longer than 200",
            ),
        ],
    )
    def test_a_file_that_cannot_be_read_is_said_once(self, tmp_path, changed, place, sentence):
        """Issue 2, bad input: what is wrong with a file or a line, and nothing that only follows from it."""
        found = _problems(_folder(tmp_path, **changed))
        assert [problem[:3] for problem in found] == [place]
        assert sentence in found[0][3]

    @pytest.mark.parametrize(
        ("file", "rows", "place", "sentence"),
        [
            (
                "teams",
                "other,Other,trade,platform,2020-01-01,\n",
                (4, "value_stream"),
                "“trade” is not in value_streams.csv",
            ),
            (
                "teams",
                "other,Other,commerce,desert,2020-01-01,\n",
                (4, "context_class"),
                "one of: greenfield",
            ),
            ("teams", "payments,P,commerce,platform,2020-01-01,\n", (4, "slug"), "stands on row 2"),
            ("people", "Dee,Dee,,,,2020-01-01,\n", (5, "external_id"), "lower-case"),
            ("people", "dee,Dee,,,,20200101,\n", (5, "employed_from"), "not a date"),
            (
                "people",
                "dee,Dee,,,,2020-01-01,2019-01-01\n",
                (5, "employed_to"),
                "must come after employed_from",
            ),
            ("memberships", "cy,nowhere,2021-01-01,\n", (5, "team"), "“nowhere” is not in teams.csv"),
            ("memberships", "ben,search,2020-01-01,2021-01-02\n", (4, "valid_from"), "overlaps row 5"),
            ("memberships", "ben,search,2022-01-01,2022-02-01\n", (5, "valid_from"), "overlaps row 4"),
            ("memberships", "ben,payments,2021-01-01,\n", (5, "valid_from"), "overlaps row 4"),
            ("lines", "zoe,ana,2021-01-01,\n", (5, "person"), "“zoe” is not in people.csv"),
            ("lines", "ana,ana,2021-01-01,\n", (5, "manager"), "Nobody reports to themself"),
            (
                "lines",
                "ana,ben,2022-01-01,\n",
                (5, "manager"),
                "On 2022-01-01, ana reports to ben reports to ana.",
            ),
            ("lines", "cy,ben,2022-06-01,\n", (5, "valid_from"), "overlaps row 3"),
        ],
    )
    def test_a_fault_is_told_by_row_and_column(self, tmp_path, file, rows, place, sentence):
        """Issue 2, 4: file, row, column and a sentence that says what to do."""
        found = _problems(_folder(tmp_path, **{file: SOUND[f"{file}.csv"] + rows}))
        assert (f"{file}.csv", *place) in [problem[:3] for problem in found]
        assert any(sentence in problem[3] for problem in found)

    def test_a_circle_that_no_day_closes_is_none(self, tmp_path):
        """Issue 2, 4: two persons may have managed each other, one after the other."""
        _folder(
            tmp_path,
            lines="person,manager,valid_from,valid_to\nben,ana,2021-01-01,2022-01-01\nana,ben,2022-01-01,\n",
        )
        assert not check(importing.sheets.read_folder(tmp_path))

    def test_a_header_in_another_order_with_a_byte_order_mark(self, tmp_path):
        """Issue 2, 4: spreadsheets write a byte order mark, and columns go by name."""
        _folder(tmp_path, value_streams=b"\xef\xbb\xbfname,slug\r\nCommerce,commerce\r\n")
        assert not check(importing.sheets.read_folder(tmp_path))


_days = st.integers(0, 30).map(lambda number: date(2026, 1, 1) + timedelta(days=number))
_spans = st.tuples(
    st.sampled_from("abcde"), st.sampled_from("abcde"), _days, st.one_of(st.none(), _days)
).filter(lambda span: span[3] is None or span[3] > span[2])


@given(st.lists(_spans, max_size=12))
def test_lines_that_pass_are_sound_on_every_day(spans):
    """Issue 2, 4: what passes the checks has one manager a person and no circle on any day, and only that passes."""
    rows = [
        Row(number, {"person": person, "manager": manager, "valid_from": since, "valid_to": until})
        for number, (person, manager, since, until) in enumerate(spans, start=2)
    ]
    sheets = {file: Sheet(file) for file in COLUMNS}
    sheets["people.csv"] = Sheet("people.csv", keys=frozenset("abcde"))
    sheets["lines.csv"] = Sheet("lines.csv", tuple(rows))
    sound = all(_sound_on(date(2026, 1, 1) + timedelta(days=number), spans) for number in range(32))
    assert bool(check(sheets)) is not sound


def _sound_on(day: date, spans: list[tuple[str, str, date, date | None]]) -> bool:
    """By the plainest way: at most one manager each, and nobody above themself."""
    held = [
        (person, manager)
        for person, manager, since, until in spans
        if since <= day and (until is None or day < until)
    ]
    above = dict(held)
    if len(above) != len(held):
        return False
    for person in above:
        seen, at = set(), person
        while at in above and at not in seen:
            seen.add(at)
            at = above[at]
        if at in seen:
            return False
    return True
