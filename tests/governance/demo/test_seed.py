"""From an empty database to a governed programme, in one go or in pieces."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audits.fairness.models import FairnessAudit
from audits.findings.models import AuditFinding
from audits.findings.states import FindingKind
from audits.ledger.models import Entry
from audits.packs.models import EvidencePack
from audits.packs.states import PackState
from audits.reviews.models import SampleDraw
from audits.strain.models import StrainAlert, TeamSignal
from audits.strain.states import AlertState
from charter.measures.models import PublishedValue
from charter.programme.models import Programme
from charter.programme.states import ProgrammeState
from charter.registry import catalogue
from charter.registry.models import CharterVersion
from charter.registry.states import StandingChoices
from governance.about_me.permissions import get_own_person
from governance.about_me.queries.looks import list_looks
from governance.appeals.models import Appeal
from governance.appeals.states import AppealKind, AppealState
from governance.board.models import Ballot, Case
from governance.board.states import CaseState
from governance.calibration.models import CalibrationRound, PackValues
from governance.calibration.states import ProposalKind, RoundState
from governance.decisions.models import ContextNote, DecisionRecord, Hold
from governance.decisions.states import NoteState
from governance.demo.dataset import DataSet, make_up_data_set
from governance.demo.questions import ASKED
from governance.demo.seed import TAKEN_UP, Seeding
from governance.people.models import Cohort, RoleGrant, User
from governance.saved_views import queries as views
from governance.saved_views.models import SavedView
from governance.training.models import Acknowledgement, Attestation, Course, Question
from ground import calendar
from ground.errors import Conflict
from tests.proof import whole_or_short

WHERE = (
    "Importing",
    "Inviting the first",
    "Founding",
    "Taking the course",
    "2/16",
    "Registered",
    "Living",
    "5/15",
    "Noting",
)


class Interrupted(Exception):
    """What Ctrl-C is to the demo."""


@pytest.fixture
def data(settings, tmp_path, monkeypatch) -> DataSet:
    """The made-up data, with the clock at its end and the warehouse where the seed puts it."""
    data = make_up_data_set()
    settings.WAREHOUSE_URL = f"duckdb://{tmp_path}/warehouse.duckdb"
    monkeypatch.setenv("CLOCK_OFFSET", str((data.as_of - datetime.now(UTC)).total_seconds()))
    return data


def seed(data: DataSet, folder: Path, *, until: str = "no such line") -> list[str]:
    """What a run says; it is interrupted as soon as it says a line that begins with `until`."""
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if line.strip().startswith(until):
            raise Interrupted

    Seeding(data, folder, say).run()
    return said


def counts() -> dict[str, int]:
    models = (
        User, RoleGrant, CharterVersion, Case, Ballot, Acknowledgement, Course, Attestation, Cohort, PublishedValue,
        ContextNote, DecisionRecord, Hold, SavedView, Entry,
    )  # fmt: skip
    return {model.__name__: model.objects.count() for model in models}


@pytest.mark.proof(whole=True)
def test_a_seed_cut_short_goes_on_where_it_stopped(committed_db, data, tmp_path):
    """Issue 2, item 1: starting again continues; charters become active by six recorded votes each, and only so."""
    for line in WHERE[:: whole_or_short(1, 3)]:
        with pytest.raises(Interrupted):
            seed(data, tmp_path, until=line)
    seed(data, tmp_path)
    check_house(data)
    before = counts()
    credentials = (tmp_path / "credentials.json").read_text()
    seed(data, tmp_path)
    after = counts()
    # A run that finds nothing to do still says on the log that it looked.
    assert {**after, "Entry": 0} == {**before, "Entry": 0}
    assert (tmp_path / "credentials.json").read_text() == credentials


def check_house(data: DataSet) -> None:
    programme = Programme.objects.get()
    assert programme.state == ProgrammeState.ACTIVE
    assert data.about in programme.purpose
    standings = {version.metric.slug: version for version in CharterVersion.objects.select_related("metric")}
    assert set(standings) == set(catalogue.read_starter_charters())
    stand = {slug: version.standing for slug, version in standings.items()}
    assert stand.pop("weekend-share") == StandingChoices.IN_REVIEW
    assert {slug for slug, standing in stand.items() if standing == StandingChoices.ACTIVE} == TAKEN_UP - {
        "weekend-share"
    }
    assert {standing for slug, standing in stand.items() if slug not in TAKEN_UP} == {StandingChoices.DRAFT}
    for version in standings.values():
        if version.standing == StandingChoices.ACTIVE:
            case = Case.objects.get(pk=version.case_id)
            assert case.state == CaseState.APPROVED
            assert case.ballots.values("user").distinct().count() == 6
    votes = Counter(Ballot.objects.filter(case__charter_version__isnull=False).values_list("vote", flat=True))
    assert votes["reject"] == 2, "boards are seldom of one mind"
    check_training()
    check_what_bears()
    check_appeals()
    check_fairness()
    check_access_log()
    check_calibration()
    check_strain()
    check_readers()
    assert Acknowledgement.objects.count() == User.objects.exclude(username__in=["admin", "system"]).count()
    assert Cohort.objects.filter(slug__contains="+").exists(), "small teams are merged"
    assert PublishedValue.objects.filter(starts_on=data.data_from).exists()
    newest = PublishedValue.objects.order_by("-ends_on").first()
    settled = calendar.today() - timedelta(days=Programme.objects.get().settling_days)
    assert newest.ends_on == settled.replace(day=1), "up to the last closed month"
    assert PublishedValue.objects.filter(withheld="").exists(), "what may be told is told"


def check_what_bears() -> None:
    """The pages of notes, holds and views show some, made as everybody makes them; the employee finds a look."""
    employee = User.objects.get(username="employee")
    look = list_looks(employee, get_own_person(employee)).get(use="retrospective")
    assert (look.actor.username, look.use, look.of_me) == ("manager", "retrospective", False)
    note = ContextNote.objects.get()
    assert note.state is NoteState.CONFIRMED and note.confirmed_by.username == "hr"
    hold = Hold.objects.select_related("metric", "cohort").get(on_use=False)
    assert (hold.metric.slug, hold.cohort.slug) == ("cycle-time", "team:payments")
    view = views.list_views().get()
    assert {each.metric.slug for each in views.open_view(view).metrics} == {
        "lead-time-for-changes",
        "change-failure-rate",
    }


def check_appeals() -> None:
    """Issue 12, done when: an appeal in each state, one sealed and one of nobody's."""
    named = Appeal.objects.filter(kind=AppealKind.NAMED)
    assert set(named.values_list("state", flat=True)) == set(AppealState)
    assert set(Appeal.objects.exclude(kind=AppealKind.NAMED).values_list("kind", flat=True)) == {
        AppealKind.CONFIDENTIAL,
        AppealKind.ANONYMOUS,
    }


def check_fairness() -> None:
    """Issue 17, done when: a planted bias that the audit finds, and a planted null that it does not."""
    rated = FairnessAudit.objects.filter(outcomes__decision="performance_rating")
    biased, null = rated.order_by("-outcomes__starts_on")
    assert (biased.state, null.state) == ("failed", "passed")
    flagged = [each["labels"] for each in biased.results["groups"] if each["finding"] == "flagged"]
    assert flagged[0] == ["remote"] and not any(
        each["finding"] == "flagged" for each in null.results["groups"]
    )


def check_access_log() -> None:
    """Issue 13 point 8: the demo's auditor finds allowed and refused questions, of several who asked."""
    found = DecisionRecord.objects.filter(reason__in=[each[-1] for each in ASKED])
    assert {each.verdict for each in found} >= {"permit", "deny"} and len(found) >= 10
    assert len({each.actor_id for each in found}) >= 4


def check_calibration() -> None:
    """Issue 17, done when: a whole cycle from the packs to an appeal that corrects an outcome, and a round that is open."""
    winter, spring = CalibrationRound.objects.order_by("starts_on")
    assert (winter.state, spring.state) == (RoundState.PUBLISHED, RoundState.OPEN)
    assert FairnessAudit.objects.get(outcomes=winter.outcomes_id).state == "passed"
    values = PackValues.objects.filter(item__round=winter)
    assert values.filter(permitted=True).count() == winter.items.count() - 1, "all but the manager's own"
    own = winter.items.get(person=User.objects.get(username="employee").person)
    assert own.acknowledged_at is not None
    assert [each.kind for each in own.proposals.order_by("number")][-1] == ProposalKind.CORRECTED
    assert winter.items.filter(proposals__kind=ProposalKind.CHANGED).count() == 1


def check_strain() -> None:
    """Issue 18, done when: a strained team from the alert to what was done and to recovery, and a quiet one without an alert."""
    alert = StrainAlert.objects.select_related("cohort", "owner").get()
    assert (alert.cohort.slug, alert.state) == ("team:runtime", AlertState.EASED)
    assert alert.owner is not None and alert.owner.username == "lead"
    assert alert.chosen_at is not None and alert.follow_ups.get().helped
    assert set(TeamSignal.objects.filter(cohort__slug="team:payments").values_list("finding", flat=True)) == {
        "quiet"
    }


def check_readers() -> None:
    """Issue 13: findings, drawn looks and an evidence pack are there at the first look."""
    assert list(AuditFinding.objects.values_list("kind", flat=True)) == [FindingKind.PURPOSE_HOPPING]
    months = SampleDraw.objects.order_by("month").values_list("month", "population")
    assert [(each.month, count) for each, count in months] == [(5, 12), (6, 5)]
    assert EvidencePack.objects.get().state == PackState.MADE


def check_training() -> None:
    """Everybody but the administrator attests; one by a course that another has taken the place of."""
    today = calendar.today()
    assert Course.objects.count() == 2
    assert Question.objects.filter(course__number=2).exclude(metric="").exists(), "charters ask too"
    counting = sorted(Attestation.objects.counting(today), key=lambda each: each.until)
    attested = {each.user.username: each for each in counting}
    assert set(attested) == {each.username for each in User.objects.exclude(username__in=["admin", "system"])}
    assert attested["auditor"].until < attested["auditor"].valid_until
    assert attested["manager"].until == attested["manager"].valid_until


def test_a_database_with_another_programme_is_left_alone(committed_db, data, tmp_path):
    """Issue 2, item 1: the demo never mixes its data into another installation."""
    seed_only_programme = Seeding(data, tmp_path, lambda line: None)
    from charter.programme import services as programmes
    from governance.people import services as people

    programmes.establish_programme(
        slug="ours", name="Our programme", purpose="Real.", by=people.get_system_account()
    )
    with pytest.raises(Conflict, match=r"Our programme.*already"):
        seed_only_programme.run()
    assert not (tmp_path / "warehouse.duckdb").exists()
    assert User.objects.count() == 1
