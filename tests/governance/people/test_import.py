"""Importing an organisation: every fault at once, all or nothing, and only what differs."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import astuple
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from audits.ledger.models import Entry, Outbox, Payload
from governance.people import importing, services
from governance.people.importing import writing
from governance.people.importing.checks import check
from governance.people.importing.sheets import COLUMNS, Sheet, SheetRow
from governance.people.models import Circumstances, Membership, Person, ReportingLine, Team, User, ValueStream
from ground import clock
from ground.errors import BadInput, NotPermitted
from tests import databases, factories

PROJECT = Path(__file__).resolve().parents[3]
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
        importing.run(folder, by=None)
    assert refused.value.code == "import_refused"
    return [astuple(problem) for problem in refused.value.extra["problems"]]


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
        with django_assert_num_queries(11):  # savepoint, lock, zone, six reads, ledger entry, savepoint
            report = services.import_organisation(folder=tmp_path, by=by)
        assert not report.changed_anything and report.counts["memberships.csv"].unchanged == 3
        assert before == {
            record.pk for model in (Person, Team, Membership, ReportingLine) for record in model.objects.all()
        }

    def test_from_when_somebody_worked_where_and_as_what_is_kept(self, by, tmp_path):
        """Issue 17, bad input: what changes counts from the day of its import on; before, what was said before."""
        services.import_organisation(folder=_folder(tmp_path), by=by)
        moved = (
            SOUND["people.csv"].replace("Lisbon,remote", "Porto,hybrid").replace("ben,Ben,", "ben,Benjamin,")
        )
        with clock.stopped_at(datetime(2026, 6, 1, 12, tzinfo=UTC)):
            for text in (moved.replace("Porto", "Faro"), moved, moved):  # a correction on the same day
                services.import_organisation(folder=_folder(tmp_path, people=text), by=by)
        rows = Circumstances.objects.order_by("person__external_id", "valid_from")
        assert [(one.person.external_id, one.location, one.working_arrangement, one.valid_from, one.valid_to) for one in rows] == [
            ("ana", "Lisbon", "remote", date(2020, 1, 1), date(2026, 6, 1)),
            ("ana", "Porto", "hybrid", date(2026, 6, 1), None),
            ("ben", "", "", date(2021, 1, 1), None),
            ("cy", "Oslo", "hybrid", date(2021, 1, 1), None),
        ]  # fmt: skip

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
            for file, count in services.import_organisation(
                folder=tmp_path, by=by, allow_removals=True
            ).counts.items()
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


MEMBERS = "person,team,valid_from,valid_to\n"
LINES = "person,manager,valid_from,valid_to\n"


def _company(
    path: Path, *, people: int = 20, members: int | None = None, until: str = "", ends: int = 0
) -> Path:
    """So many people of one team and under one manager; of the memberships the first ones, some of which end."""
    names = [f"p{number:03}" for number in range(people)]
    some = names[: people if members is None else members]
    return _folder(
        path,
        people=SOUND["people.csv"].splitlines()[0] + "".join(f"\n{name},{name.title()},,,,2020-01-01," for name in names),
        memberships=MEMBERS + "".join(f"{name},payments,2020-01-01,{until if place < ends else ''}\n" for place, name in enumerate(some)),
        lines=LINES + "".join(f"{name},p000,2020-01-01,\n" for name in names[1:]),
    )  # fmt: skip


def _everything() -> dict[str, list]:
    """All rows of all tables that this could write to."""
    return {
        model._meta.label: list(model.objects.order_by("pk").values())
        for model in (User, Person, Team, ValueStream, Membership, ReportingLine, Entry, Payload, Outbox)
    }


@pytest.mark.django_db
class TestAsking:
    """Issue 10, 8: an import that would end more than a tenth of memberships or lines asks first."""

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"members": 17}, "memberships.csv: 3 of 20 rows would be removed or end sooner, 3 of the 20"),
            ({"ends": 3, "until": "2025-01-01"}, "memberships.csv: 3 of 20 rows"),
            ({"members": 0}, "memberships.csv: 20 of 20 rows"),
        ],
    )
    def test_more_than_a_tenth_is_asked_about(self, by, tmp_path, changed, said):
        services.import_organisation(folder=_company(tmp_path), by=by)
        before = _everything()
        with pytest.raises(BadInput, match="--allow-removals") as refused:
            services.import_organisation(folder=_company(tmp_path, **changed), by=by)
        assert refused.value.code == "import_would_remove"
        assert said in " ".join(map(str, refused.value.extra["problems"]))
        assert _everything() == before
        services.import_organisation(folder=tmp_path, by=by, allow_removals=True)
        services.import_organisation(folder=tmp_path, by=by)  # there is nothing left to end

    @pytest.mark.parametrize("changed", [{"members": 18}, {"ends": 2, "until": "2025-01-01"}, {"people": 40}])
    def test_a_tenth_is_not(self, by, tmp_path, changed):
        services.import_organisation(folder=_company(tmp_path), by=by)
        before = _everything()
        services.import_organisation(folder=_company(tmp_path, **changed), by=by)
        assert _everything() != before

    def test_a_long_past_hides_nobody(self, by, tmp_path):
        """All who are here now are fewer than a tenth of all rows; ending them is asked about all the same."""
        history = [
            f"p00{who},payments,{year}-01-01,{year}-12-31" for who in range(5) for year in range(2000, 2018)
        ]
        now = [f"p00{who},payments,2025-01-01," for who in range(5)]
        memberships = _company(tmp_path, people=5) / "memberships.csv"
        memberships.write_text(MEMBERS + "\n".join(history + now))
        services.import_organisation(folder=tmp_path, by=by)
        memberships.write_text(MEMBERS + "\n".join(history))
        with pytest.raises(BadInput) as refused:
            services.import_organisation(folder=tmp_path, by=by)
        assert "5 of the 5 that last today" in str(refused.value.extra["problems"][0])

    def test_lines_are_asked_about_as_well(self, by, tmp_path):
        services.import_organisation(folder=_company(tmp_path), by=by)
        (tmp_path / "lines.csv").write_text(LINES)
        with pytest.raises(BadInput) as refused:
            services.import_organisation(folder=tmp_path, by=by)
        assert [problem.file for problem in refused.value.extra["problems"]] == ["lines.csv"]

    def test_a_dry_run_names_what_would_change_and_writes_nothing(self, by, tmp_path):
        services.import_organisation(folder=_company(tmp_path), by=by)
        _company(tmp_path, people=21, members=19, ends=1, until="2025-01-01")
        before, said = _everything(), StringIO()
        call_command("import_organisation", tmp_path, "--dry-run", stdout=said)
        assert _everything() == before
        lines = said.getvalue().splitlines()
        assert "people.csv: 1 added, 0 changed, 0 removed, 20 unchanged, 0 not in file" in lines
        assert "  added: p020 (P020)" in lines
        assert "  removed: p019, payments, from 2020-01-01" in lines
        assert "  changed: p000, payments, from 2020-01-01 until 2025-01-01" in lines
        assert "Nothing was written." in lines

    def test_a_dry_run_of_an_empty_database_opens_no_account(self, db, tmp_path):
        said = StringIO()
        before = _everything()
        call_command("import_organisation", _folder(tmp_path), "--dry-run", stdout=said)
        assert _everything() == before and "  added: ana (Núñez, Ana)" in said.getvalue()

    def test_a_dry_run_fails_where_the_import_would(self, by, tmp_path):
        services.import_organisation(folder=_company(tmp_path), by=by)
        _company(tmp_path, members=3)
        said = StringIO()
        with pytest.raises(CommandError, match="--allow-removals") as failed:
            call_command("import_organisation", tmp_path, "--dry-run", stdout=said, stderr=StringIO())
        assert failed.value.returncode == 1 and "  removed: p019" in said.getvalue()
        call_command("import_organisation", tmp_path, "--dry-run", "--allow-removals", stdout=StringIO())
        with pytest.raises(CommandError, match="--allow-removals"):
            call_command("import_organisation", tmp_path, stdout=StringIO(), stderr=StringIO())
        call_command("import_organisation", tmp_path, "--allow-removals", stdout=StringIO())
        assert Membership.objects.count() == 3

    def test_long_work_says_how_far_it_is(self, db, tmp_path, monkeypatch):
        monkeypatch.setattr(writing, "STEP", 8)
        said = StringIO()
        call_command("import_organisation", _company(tmp_path), stdout=said)
        lines = said.getvalue().splitlines()
        assert lines[0] == "Read 62 rows."
        assert [line for line in lines if line.startswith("people.csv: ") and " of " in line] == [
            "people.csv: 8 of 20 rows added", "people.csv: 16 of 20 rows added", "people.csv: 20 of 20 rows added",
        ]  # fmt: skip

    def test_what_stops_half_way_leaves_nothing(self, by, tmp_path, monkeypatch):
        monkeypatch.setattr(writing, "STEP", 8)
        before = _everything()

        def stop(line: str) -> None:
            if line.startswith("memberships.csv"):
                assert Person.objects.exists()  # it is half-way
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            services.import_organisation(folder=_company(tmp_path), by=by, tell=stop)
        assert _everything() == before


@pytest.mark.committed
@pytest.mark.proof(alone=True)
def test_an_import_that_is_killed_leaves_nothing(committed_db, server, tmp_path):
    """Issue 10, 8: as another connection sees it, once the process is gone half-way."""
    command = [sys.executable, "manage.py", "import_organisation", str(_company(tmp_path, people=6_000))]
    environment = {**os.environ, "DATABASE_URL": databases.runtime_url(server, committed_db)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as run:
        said = []
        for line in run.stdout:
            said.append(line)
            if " of 6000 " in line:
                run.kill()
    assert run.returncode == -signal.SIGKILL and said[0] == "Read 18002 rows.\n"
    assert not Person.objects.exists() and not ValueStream.objects.exists()
    assert not Entry.objects.filter(kind="people.organisation.imported").exists()


@pytest.mark.django_db
class TestTexts:
    """Issue 10, 6: what a text may be, as everywhere."""

    def test_names_come_in_with_their_blanks_as_blanks(self, by, tmp_path):
        names = {
            "\u5c71\u7530\u3000\u592a\u90ce": "\u5c71\u7530 \u592a\u90ce",
            "Jean\xa0Luc": "Jean Luc",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "Zoe\u0301": "Zo\xe9",
        }
        rows = "".join(f"n{place},{name},,,,2020-01-01,\n" for place, name in enumerate(names))
        services.import_organisation(folder=_folder(tmp_path, people=SOUND["people.csv"] + rows), by=by)
        found = Person.objects.filter(external_id__startswith="n").order_by("external_id")
        assert list(found.values_list("name", flat=True)) == list(names.values())

    @pytest.mark.parametrize("name", ["\u202eanA", "Ana\u200b", "\x1b[2JAna", "Ana\u2028Lima"], ids=ascii)
    def test_what_is_no_text_is_told_by_its_place(self, tmp_path, name):
        found = _problems(_folder(tmp_path, people=SOUND["people.csv"] + f"dee,{name},,,,2020-01-01,\n"))
        assert [problem[:3] for problem in found] == [("people.csv", 5, "name")]

    @pytest.mark.parametrize("slug", ["\x1b[2Jx", "x\u202ey"], ids=ascii)
    def test_no_sentence_repeats_what_a_terminal_would_run(self, tmp_path, slug):
        found = _problems(_folder(tmp_path, value_streams=SOUND["value_streams.csv"] + f"{slug},X\n"))
        assert found and all(problem[3].isprintable() for problem in found)

    @pytest.mark.parametrize("marks", [1, 2])
    def test_byte_order_marks_are_no_column(self, tmp_path, marks):
        _folder(
            tmp_path,
            **{
                file.removesuffix(".csv"): b"\xef\xbb\xbf" * marks + text.encode()
                for file, text in SOUND.items()
            },
        )
        assert not check(importing.sheets.read_folder(tmp_path))

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
    def test_another_encoding_is_said(self, tmp_path, encoding):
        found = _problems(_folder(tmp_path, value_streams=SOUND["value_streams.csv"].encode(encoding)))
        assert [problem[:1] for problem in found if problem[0] == "value_streams.csv"] == [
            ("value_streams.csv",)
        ]


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
                "one line",
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
        SheetRow(number, {"person": person, "manager": manager, "valid_from": since, "valid_to": until})
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
