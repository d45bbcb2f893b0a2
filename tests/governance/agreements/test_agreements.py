"""Agreements are objects: written, put, passed, ended; what rests on them and what goes beyond them (S145, S158)."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from charter.registry.models import CharterVersion
from charter.rules.vocabulary import DecisionType, Grain
from governance.agreements import queries, services
from governance.agreements.agreement_text import (
    AgreementKind,
    AgreementParty,
    AgreementTerm,
    Assessment,
    Clause,
    ClauseBounds,
    Processing,
    Processor,
    SettingBound,
    Transfer,
)
from governance.agreements.findings import list_findings
from governance.agreements.models import AgreementDocument, AgreementVersion, Departure, EndNotice
from governance.agreements.states import AgreementFindingKind, AgreementStanding
from governance.board.models import Case
from governance.board.states import CaseKind, SeatKind, Vote
from governance.desk.processing_records import read_record
from governance.notices.models import Notice
from ground import calendar, clock
from ground.errors import BadInput, Conflict, DomainError, NotPermitted
from tests import factories
from tests.governance.agreements.conftest import (
    a_text,
    an_assessment,
    binding,
    day,
    passed,
    put,
    run_clock,
)


def standing(version: AgreementVersion) -> AgreementStanding:
    return queries.read_standings(calendar.today())[version.pk]


def again(version: CharterVersion) -> str:
    return CharterVersion.objects.get(pk=version.pk).standing


def citing(slug: str, *clauses: str) -> CharterVersion:
    document = factories.a_document(slug)
    return factories.an_active_charter(
        slug, document=replace(document, why=replace(document.why, clauses=clauses))
    )


def test_it_is_written_put_passed_and_replaced(house):
    """S145: parties, territory, scope, clauses and term; in force by a passed case alone, until a later version is."""
    admin = factories.an_administrator("admin")
    version = services.write_agreement(text=a_text(), by=admin)
    assert standing(version) is AgreementStanding.WRITTEN
    assert services.write_agreement(text=a_text(), by=admin) == version, "the same again is the same"
    changed = services.write_agreement(text=a_text(title="Analytics"), by=admin)
    assert (changed.pk, changed.title) == (version.pk, "Analytics")
    case = services.put_to_board(version=version, by=admin)
    assert (case.kind, standing(version)) == (CaseKind.AGREEMENT, AgreementStanding.BEFORE_BOARD)
    with pytest.raises(Conflict):
        services.change_agreement(version=version, text=a_text(), by=admin)
    factories.a_decided_case(case)
    assert standing(version) is AgreementStanding.IN_FORCE
    later = passed(a_text(title="Analytics, again"))
    assert (later.number, standing(later), standing(version)) == (
        2, AgreementStanding.IN_FORCE, AgreementStanding.REPLACED,
    )  # fmt: skip
    turned_down = put(a_text(title="Worse"))
    factories.a_decided_case(turned_down.case, dict.fromkeys(SeatKind, Vote.REJECT))
    assert (standing(turned_down), standing(later)) == (
        AgreementStanding.REJECTED,
        AgreementStanding.IN_FORCE,
    )


def test_what_was_put_stays_whoever_writes(house):
    """The database refuses to change words that came before the board."""
    version = put(a_text())
    with pytest.raises(DatabaseError, match="stays as it was put"), transaction.atomic():
        AgreementVersion.objects.filter(pk=version.pk).update(title="Another")


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        (a_text(parties=(AgreementParty("Works council", "employees"),)), "parties", "two parties"),
        (a_text(scope=" "), "scope", "what it is about"),
        (a_text(basis=""), "basis", "rests on"),
        (a_text(clauses=()), "clauses", "Write its clauses"),
        (a_text(clauses=(Clause("4", "a"), Clause("4", "b"))), "clauses", "there twice"),
        (a_text(term=AgreementTerm("2026-04-01", "2026-04-01")), "ends", "after the day"),
        (a_text(metrics=("nothing",)), "metrics", "no metric called"),
        (binding(settings=(SettingBound("no-such", 1.0),)), "clauses", "no setting"),
        (binding(settings=(SettingBound("minimum_group"),)), "clauses", "the least or the most"),
        (an_assessment(assessment=Assessment()), "risks", "Name the risks"),
    ],
)
def test_what_is_missing_is_said_before_it_is_put(house, text, field, says):
    """Nothing half said reaches the board; each field is named."""
    admin = factories.an_administrator("admin")
    version = services.write_agreement(text=text, by=admin)
    with pytest.raises(BadInput) as refused:
        services.put_to_board(version=version, by=admin)
    assert refused.value.field == field and says in refused.value.detail
    assert not Case.objects.filter(kind=CaseKind.AGREEMENT).exists()


def test_an_assessment_has_its_headings(house):
    """Issue 15, 5: risks before and after, measures with owner, views or why not, advice and outcome; each is asked for."""
    whole = an_assessment().assessment
    admin = factories.an_administrator("admin")
    for missing, says in (
        ({"views": ""}, "why they were not asked"),
        ({"officer_advice": ""}, "data protection officer"),
        ({"outcome": None}, "comes to"),
        ({"risks": (replace(whole.risks[0], measures=()),)}, "what lowers this risk"),
    ):
        version = services.write_agreement(text=an_assessment(assessment=replace(whole, **missing)), by=admin)
        with pytest.raises(BadInput, match=says):
            services.put_to_board(version=version, by=admin)
    assert standing(passed(an_assessment())) is AgreementStanding.IN_FORCE


def test_who_may_write_put_and_give_notice(house):
    """Nobody but the board, HR and administrators writes; notice is recorded by seats that speak for a party."""
    version = passed(a_text())
    for user in (house.manager, house.employee, house.auditor):
        with pytest.raises(NotPermitted):
            services.write_agreement(text=a_text(), by=user)
        with pytest.raises(NotPermitted):
            services.give_notice(version=version, ends_on=day("2026-06-01"), because="Why", by=user)
    engineering, council = (factories.a_board()[seat] for seat in (SeatKind.ENGINEERING, SeatKind.WORKER_REP))
    with pytest.raises(NotPermitted):
        services.give_notice(version=version, ends_on=day("2026-06-01"), because="Why", by=engineering)
    with pytest.raises(BadInput):
        services.give_notice(version=version, ends_on=calendar.today(), because="Why", by=council)
    services.give_notice(version=version, ends_on=day("2026-06-01"), because="We ended it.", by=council)
    with pytest.raises(Conflict):
        services.give_notice(version=version, ends_on=day("2026-05-01"), because="Why", by=council)


def a_file(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def a_zip(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return packed.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.pdf", "empty"),
        (PDF, "a.exe", "not kept"),
        (b"MZ\x90", "a.pdf", "not what its name says"),
        (b"%PDF-1.7 cut short", "a.pdf", "not what its name says"),
        (b"\x00\x01", "a.txt", "not what its name says"),
        (b"\xff\xfe", "a.txt", "not what its name says"),
        (b"PK\x03\x04 broken", "a.docx", "not what its name says"),
        (a_zip("word/document.xml", "word/vbaProject.bin"), "a.docx", "macros"),
        (a_zip("other.xml"), "a.odt", "not what its name says"),
        (a_zip("content.xml", "Basic/script-lc.xml"), "a.odt", "macros"),
        (a_zip("content.xml", "Scripts/python/run.py"), "a.odt", "macros"),
        (PDF + b" " * (10 * 1024 * 1024), "a.pdf", "too large"),
    ],
)
def test_files_that_are_not_kept(house, content, name, says):
    """Types are told by bytes; nothing that could run, and nothing too large."""
    admin = factories.an_administrator("admin")
    version = services.write_agreement(text=a_text(), by=admin)
    with pytest.raises(BadInput, match=says):
        services.add_document(version=version, file=a_file(content, name), by=admin)
    assert not AgreementDocument.objects.exists()


def test_files_are_kept_with_their_hash_until_it_is_put(house):
    admin = factories.an_administrator("admin")
    version = services.write_agreement(text=a_text(), by=admin)
    kept = services.add_document(version=version, file=a_file(PDF, "../../signed.pdf"), by=admin)
    assert (kept.name, kept.size, bytes(kept.content)) == ("signed.pdf", len(PDF), PDF) and len(
        kept.sha256
    ) == 64
    with pytest.raises(BadInput, match="there already"):
        services.add_document(version=version, file=a_file(PDF, "again.pdf"), by=admin)
    services.put_to_board(version=version, by=admin)
    with pytest.raises(Conflict):
        services.add_document(version=version, file=a_file(b"text", "a.txt"), by=admin)


def test_no_file_comes_to_what_was_put_whoever_writes(house):
    """The board decides on the files that it saw: also where somebody writes past the services."""
    admin = factories.an_administrator("admin")
    version = services.write_agreement(text=a_text(), by=admin)
    kept = services.add_document(version=version, file=a_file(PDF, "a.pdf"), by=admin)
    services.put_to_board(version=version, by=admin)
    kept.pk, kept.sha256 = None, "0" * 64
    with pytest.raises(DatabaseError, match="came before the board"), transaction.atomic():
        AgreementDocument.objects.bulk_create([kept])


def test_a_setting_that_contradicts_a_clause_is_a_finding(house):
    """S145: and one that keeps to it is none."""
    passed(binding(settings=(SettingBound("minimum_group", 8), SettingBound("settling_days", None, 31))))
    (found,) = list_findings(calendar.today())
    assert (found.kind, found.clause) == (AgreementFindingKind.SETTING, "4")
    assert found.says == "It is 5; the clause says at least 8."


def test_a_clause_that_is_not_there_is_a_finding(house):
    """A charter that cites nothing on record, or a clause that the version in force has not."""
    passed(a_text())
    citing("deployment-frequency", "works-agreement/4", "works-agreement/9", "no-such/1")
    assert sorted((each.kind, each.clause) for each in list_findings(calendar.today())) == [
        (AgreementFindingKind.CITATION, "1"), (AgreementFindingKind.CITATION, "9"),
    ]  # fmt: skip
    (resting,) = queries.list_resting("works-agreement")
    assert resting.metric.slug == "deployment-frequency"


def test_what_the_board_turned_down_is_nothing_to_cite(house):
    """An agreement that was never passed holds nothing."""
    turned_down = put(a_text())
    citing("deployment-frequency", "works-agreement/4")
    assert len(list_findings(calendar.today())) == 1
    factories.a_decided_case(turned_down.case, dict.fromkeys(SeatKind, Vote.REJECT))
    (found,) = list_findings(calendar.today())
    assert found.kind is AgreementFindingKind.CITATION and "passed no such" in found.says


def test_a_use_beyond_a_clause_opens_a_case(house):
    """S158: the agreement came after the charter, which stays in force until the board has turned the departure down."""
    passed(binding(never=(DecisionType.STAFFING,)))
    assert {(each.kind, each.departure) for each in list_findings(calendar.today())} == {
        (AgreementFindingKind.CHARTER, None)
    }
    done = run_clock()
    assert done["departures put to the board"] == 1 and done["charters suspended"] == 0
    assert run_clock()["departures put to the board"] == 0
    departure = Departure.objects.get()
    assert departure.charter_version == house.lead_time and "staffing" in departure.says
    factories.a_decided_case(departure.case, dict.fromkeys(SeatKind, Vote.REJECT))
    assert run_clock()["charters suspended"] == 1
    assert again(house.lead_time) == "suspended"
    assert Notice.objects.filter(kind="agreement.suspended").exists()
    assert run_clock()["charters put back in force"] == 0
    passed(a_text(title="Wider"))
    assert run_clock()["charters put back in force"] == 1
    assert again(house.lead_time) == "active"


def test_what_the_board_turned_down_stays_out_of_use_under_the_next_version(house):
    """S158: a later version with the same clause asks the board again; until it has agreed, nothing comes back by that."""
    passed(binding(never=(DecisionType.STAFFING,)))
    run_clock()
    factories.a_decided_case(Departure.objects.get().case, dict.fromkeys(SeatKind, Vote.REJECT))
    run_clock()
    passed(replace(binding(never=(DecisionType.STAFFING,)), title="A word changed"))
    assert run_clock()["charters put back in force"] == 0
    assert run_clock()["charters put back in force"] == 0
    assert again(house.lead_time) == "suspended"
    departure = Departure.objects.exclude(case__state="rejected").get()
    factories.a_decided_case(departure.case)
    assert run_clock()["charters put back in force"] == 1


def test_what_waits_for_the_board_waits_under_the_next_version_too(house):
    """S158: a charter that came after the agreement is not in force by a later version that it was there before."""
    never = (DecisionType.PORTFOLIO_PLANNING, DecisionType.STAFFING, DecisionType.RETROSPECTIVE)
    passed(binding(never=never))
    run_clock()
    with clock.stopped_at(clock.now() + timedelta(hours=1)):
        later = factories.an_active_charter("deployment-frequency")
        run_clock()
    with clock.stopped_at(clock.now() + timedelta(hours=2)):
        passed(replace(binding(never=never), title="A word changed"))
        for _pass in range(2):
            run_clock()
            assert again(later) == "suspended"


def test_one_whose_term_is_over_is_not_put(house):
    """Passed, it would take the place of the version in force, and bind nothing."""
    passed(a_text())
    over = a_text(term=AgreementTerm("2026-01-01", calendar.today().isoformat()))
    with pytest.raises(BadInput, match="over") as refused:
        put(over)
    assert refused.value.field == "ends"


def test_a_departure_that_the_board_agreed_to_is_no_hindrance(house):
    passed(binding(levels=(Grain.ORG, Grain.TEAM, Grain.VALUE_STREAM), values_kept="P1M"))
    run_clock()
    for departure in Departure.objects.select_related("case"):
        factories.a_decided_case(departure.case)
    found = list_findings(calendar.today())
    assert found and all(each.agreed for each in found)
    assert run_clock()["charters suspended"] == 0


def test_a_charter_after_the_agreement_waits_for_the_board(house):
    """S158: what comes after an agreement is out of use until the board has agreed to go beyond it."""
    passed(
        binding(never=(DecisionType.PORTFOLIO_PLANNING, DecisionType.STAFFING, DecisionType.RETROSPECTIVE))
    )
    run_clock()
    with clock.stopped_at(clock.now() + timedelta(hours=1)):
        later = factories.an_active_charter("deployment-frequency")
        done = run_clock()
        assert (done["departures put to the board"], again(later)) == (1, "suspended")
        factories.a_decided_case(Departure.objects.get(charter_version=later).case)
        assert run_clock()["charters put back in force"] == 1
        assert again(later) == "active"


def test_a_further_system_opens_a_case(house):
    """S158: a described source that a clause does not name; turned down, the charters that read it are out of use."""
    from charter.registry.models import Source

    others = tuple(Source.objects.exclude(slug="commits").values_list("slug", flat=True))
    passed(binding(systems=others))
    assert run_clock()["departures put to the board"] == 1
    departure = Departure.objects.get()
    assert (departure.source.slug, departure.case.kind) == ("commits", CaseKind.DEPARTURE)
    assert again(house.commit_count) == "active"
    factories.a_decided_case(departure.case, dict.fromkeys(SeatKind, Vote.REJECT))
    run_clock()
    assert (again(house.commit_count), again(house.lead_time)) == ("suspended", "active")


def test_an_agreement_of_a_place_where_nobody_works_reaches_nothing(house):
    passed(replace(binding(never=tuple(DecisionType)), territory=("Nowhere",)))
    assert run_clock()["departures put to the board"] == 0


def test_a_setting_that_rested_on_what_has_ended_comes_before_the_board(house):
    """Issue 15: a setting cannot be suspended, so the board says whether it stays; once, and not where another clause holds it."""
    version = passed(binding(settings=(SettingBound("minimum_group", at_least=5.0),)))
    services.give_notice(
        version=version,
        ends_on=calendar.today() + timedelta(days=1),
        because="Ended.",
        by=factories.a_board()[SeatKind.LEGAL],
    )
    assert run_clock()["settings put to the board"] == 0, "it is in force until then"
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        assert run_clock()["settings put to the board"] == 1
        assert run_clock()["settings put to the board"] == 0
        departure = Departure.objects.get(setting="minimum_group")
        assert departure.case.kind == CaseKind.DEPARTURE and "has ended" in departure.says
        (found,) = [
            each for each in list_findings(calendar.today()) if each.kind == AgreementFindingKind.ENDED
        ]
        assert not found.agreed and "2026-" not in found.says
        factories.a_decided_case(departure.case)
        (found,) = [
            each for each in list_findings(calendar.today()) if each.kind == AgreementFindingKind.ENDED
        ]
        assert found.agreed


def test_findings_cost_a_pinned_number_of_statements_however_many_charters_there_are(house):
    """Issue 15: what a charter says is read once a process, since versions never change."""
    passed(binding(never=(DecisionType.STAFFING,)))
    costs = []
    for slug in ("pr-age", "pr-size"):
        factories.an_active_charter(slug)
        list_findings(calendar.today())
        with CaptureQueriesContext(connection) as captured:
            list_findings(calendar.today())
        costs.append(len(captured))
    assert costs == [22, 22]


def test_a_territory_where_nobody_works_is_refused_with_the_nearest_one(house):
    """Issue 15: an agreement that misnames its territory would reach nobody."""
    person = factories.a_person("at-home")
    factories.change(person, location="Berlin")
    version = services.write_agreement(
        text=a_text(territory=("Berln",)), by=factories.an_administrator("admin")
    )
    with pytest.raises(BadInput, match="Do you mean “Berlin”") as refused:
        services.put_to_board(version=version, by=factories.an_administrator("admin"))
    assert refused.value.field == "territory"


def test_an_agreement_that_ends_suspends_after_notice(house):
    """S145: owners are told first, with at least the programme's days of notice; a new version puts it back in force."""
    charter = citing("deployment-frequency", "works-agreement/4")
    version = passed(a_text())
    assert run_clock()["ends told"] == 0
    tomorrow = calendar.today() + timedelta(days=1)
    services.give_notice(
        version=version, ends_on=tomorrow, because="Ended.", by=factories.a_board()[SeatKind.LEGAL]
    )
    assert run_clock()["ends told"] == 1
    notice = EndNotice.objects.get()
    assert notice.suspends_on == calendar.today() + timedelta(days=14)
    assert Notice.objects.filter(kind="agreement.ends", to=charter.metric.owner).exists()
    assert AgreementFindingKind.ENDED in {each.kind for each in list_findings(calendar.today())}
    with clock.stopped_at(clock.now() + timedelta(days=13)):
        assert run_clock()["charters suspended"] == 0
    with clock.stopped_at(clock.now() + timedelta(days=14)):
        assert run_clock()["charters suspended"] == 1
        assert again(charter) == "suspended"
        passed(a_text(title="It goes on"))
        assert run_clock()["charters put back in force"] == 1
        assert again(charter) == "active"


def test_notice_before_its_own_end_is_told_again_and_suspends_earlier(house):
    """S145: told of the end of its term, owners are told of an earlier one; what rests on it does not outlast it by more than the notice."""
    term = AgreementTerm("2026-04-01", (calendar.today() + timedelta(days=28)).isoformat())
    charter = citing("deployment-frequency", "works-agreement/4")
    version = passed(a_text(term=term))
    assert [run_clock()["ends told"] for _pass in range(2)] == [1, 0]
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        ends_on = calendar.today() + timedelta(days=2)
        legal = factories.a_board()[SeatKind.LEGAL]
        services.give_notice(version=version, ends_on=ends_on, because="Ended.", by=legal)
        assert [run_clock()["ends told"] for _pass in range(2)] == [1, 0]
        days = [each.suspends_on for each in EndNotice.objects.order_by("suspends_on")]
        assert days == [calendar.today() + timedelta(days=14), calendar.today() + timedelta(days=27)]
    assert Notice.objects.filter(kind="agreement.ends", to=charter.metric.owner).count() == 2
    with clock.stopped_at(clock.now() + timedelta(days=15)):
        done = run_clock()
        assert (done["ends told"], done["charters suspended"], again(charter)) == (0, 1, "suspended")


def test_records_of_processing_name_processors_transfers_security_and_recipients(house):
    """S157, Art. 30."""
    processing = Processing(
        (Processor("Cloud Ltd", "hosts the warehouse", "Ireland"),), ("Auditors Inc",),
        (Transfer("United States", "standard contractual clauses"),), ("Encryption at rest",),
    )  # fmt: skip
    before = read_record(house.lead_time).texts
    assert before["processors"] == "No agreement on record names any."
    passed(
        a_text(
            slug="basis",
            kind=AgreementKind.LEGAL_BASIS,
            processing=processing,
            metrics=("lead-time-for-changes",),
        )
    )
    texts = read_record(house.lead_time).texts
    assert texts["processors"] == "Cloud Ltd, Ireland (hosts the warehouse)"
    assert (texts["recipients"], texts["security"]) == ("Auditors Inc", "Encryption at rest")
    assert texts["transfers"] == "United States (standard contractual clauses)"
    assert "Developer analytics" in texts["basis"]
    assert read_record(house.commit_count).texts["processors"] == "No agreement on record names any."


def test_clauses_keep_what_they_bind_by_number():
    from governance.agreements.screens.fields import keep_bounds

    bound = Clause("1", "Old words.", ClauseBounds(systems=("changes",)))
    kept = keep_bounds([("1", "New words."), ("2", "More.")], [bound])
    assert kept == (Clause("1", "New words.", bound.binds), Clause("2", "More."))


def test_a_day_that_is_none_is_refused(house):
    with pytest.raises(DomainError, match="not a day"):
        services.write_agreement(
            text=a_text(term=AgreementTerm("2026-02-30")), by=factories.an_administrator("admin")
        )
