"""Pilots: from the condition to the roll-out, who may do what, and what the survey tells."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from audits.ledger import services as ledger
from audits.ledger.models import Entry, Payload
from charter.registry.models import CharterVersion
from charter.registry.states import StandingChoices
from governance.board import consents, queries, scans, services, survey
from governance.board.models import Pilot, SurveyAnswer
from governance.board.states import ConditionKind, PilotState, Said, SeatKind, Vote
from governance.people import cohorts
from governance.people.models import Person, User
from ground import calendar, clock
from ground.errors import BadInput, Conflict, DomainError, NotPermitted
from tests import factories, on_the_log, snapshots

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

COHORT = "team:payments"
EXIT = {"definitions": "Clear.", "interpretation": "Careful.", "concerns": "None left."}


@snapshots.fixture
def team(founded) -> list[User]:
    """Nine people of payments with accounts, and another team."""
    by = factories.system()
    factories.a_team("payments", people=9)
    factories.a_team("search", people=9)
    cohorts.register_tree(on=calendar.today(), minimum=5, by=by)
    return [
        factories.an_account(f"payments-{n}", person=Person.objects.get(external_id=f"payments-{n}"))
        for n in range(1, 10)
    ]


@snapshots.fixture
def version(team) -> CharterVersion:
    """A charter that the board let payments try out for 42 days."""
    case = factories.an_open_case()
    engineering = factories.a_board()[SeatKind.ENGINEERING]
    value = {"cohort": COHORT, "days": 42}
    services.propose_condition(case=case, kind=ConditionKind.PILOT_TEAM, value=value, by=engineering)
    factories.a_decided_case(case)
    return CharterVersion.objects.get(pk=case.charter_version_id)


def start(version, team, **changes) -> Pilot:
    """Start it, once the team has agreed."""
    fields = {"cohort": COHORT, "starts_on": calendar.today(), "days": 42}
    if consents.find_consent(version, COHORT) is None:
        factories.a_consent(version, COHORT)
    return services.start_pilot(version=version, **{**fields, "by": version.metric.owner, **changes})


def test_a_pilot_is_no_approval_for_all(version):
    """S16: passed with a pilot as its condition, a charter is on trial and nothing more."""
    assert version.standing == StandingChoices.PILOT and version.expires_at is None


def test_a_pilot_runs_out_and_is_voted_on_again(version, team, by):
    """S127, S128, S129, issue 3, Done when: it ends by itself; exit and survey come before the roll-out vote."""
    pilot = start(version, team)
    assert pilot.ends_on - pilot.starts_on == timedelta(days=42)
    with pytest.raises(Conflict) as early:
        services.open_case(charter_version=CharterVersion.objects.get(pk=version.pk), by=by)
    assert early.value.code == "pilot_first"
    after = CharterVersion.objects.get(pk=version.pk).expires_at
    with clock.stopped_at(after - timedelta(seconds=1)):
        assert scans.BOARD_CLOCK.once(by=by)["pilots ended"] == 0
    with clock.stopped_at(after + timedelta(days=7)):
        assert scans.BOARD_CLOCK.once(by=by)["pilots ended"] == 1
        assert scans.BOARD_CLOCK.once(by=by)["pilots ended"] == 0
        pilot = queries.get_pilot(pilot.pk)
        assert pilot.state == PilotState.ENDED and pilot.ended_by == by
        services.write_exit(pilot=pilot, **EXIT, by=version.metric.owner)
        rollout = services.open_case(charter_version=CharterVersion.objects.get(pk=version.pk), by=by)
        factories.a_decided_case(rollout)
        now = CharterVersion.objects.get(pk=version.pk)
        assert now.standing == StandingChoices.ACTIVE and now.case_id == rollout.pk


def test_a_failed_roll_out_rejects(version, team, by):
    """S50, S131: the board sees what was learnt and may say no."""
    services.end_pilot(pilot=start(version, team), reason="Enough.", by=team[3])
    services.write_exit(pilot=queries.list_pilots().get(), **EXIT, by=version.metric.owner)
    rollout = services.open_case(charter_version=CharterVersion.objects.get(pk=version.pk), by=by)
    factories.a_decided_case(rollout, {SeatKind.WORKER_REP: Vote.VETO})
    assert CharterVersion.objects.get(pk=version.pk).standing == StandingChoices.REJECTED


@pytest.mark.parametrize("days", [0, 41, 57, 365])
def test_a_pilot_lasts_six_to_eight_weeks(version, team, days):
    """S128: refused by the service; the database holds it too."""
    with pytest.raises(BadInput):
        start(version, team, days=days)
    today = calendar.today()
    fields = {
        "charter_version": version,
        "case_id": version.case_id,
        "cohort": COHORT,
        "consent": factories.a_consent(version, COHORT),
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Pilot.objects.create(
            **fields, starts_on=today, ends_on=today + timedelta(days=days or 1), started_by=team[0]
        )


def test_what_a_pilot_needs(version, team):
    """S127: the team that the board named, a day that is not over, one at a time."""
    for changes in (
        {"cohort": "team:search"},
        {"starts_on": calendar.today() - timedelta(days=1)},
    ):
        with pytest.raises(BadInput):
            start(version, team, **changes)
    start(version, team)
    with pytest.raises(DomainError):
        start(version, team)
    with pytest.raises(Conflict):
        start(factories.an_active_charter("pr-age"), team)


def test_who_starts_ends_and_concludes_a_pilot(version, team, by):
    """Issue 3, 4, truth table: rows are accounts, columns what they try, each in the state in which it is possible."""
    root = factories.an_account("root", is_superuser=True)
    accounts = {
        "board": factories.a_board()[SeatKind.LEGAL],
        "owner": version.metric.owner,
        "team": team[4],
        "superuser": root,
        "nobody": factories.an_account("nobody"),
    }

    def may(attempt) -> set[str]:
        allowed = set()
        for name, user in accounts.items():
            try:
                with transaction.atomic():
                    attempt(user)
                    raise _Undone
            except _Undone:
                allowed.add(name)
            except NotPermitted:
                pass
        return allowed

    from governance.board import permissions

    assert may(lambda user: permissions.check_can_start_pilot(user, version)) == {"board", "owner"}
    pilot = start(version, team)
    assert may(lambda user: permissions.check_can_end_pilot(user, pilot)) == {"board", "owner", "team"}
    assert may(lambda user: permissions.check_can_answer_survey(user, pilot)) == {"team"}
    with pytest.raises(Conflict):
        services.write_exit(pilot=pilot, **EXIT, by=version.metric.owner)
    services.end_pilot(pilot=pilot, by=team[4])
    pilot = queries.get_pilot(pilot.pk)
    assert may(lambda user: permissions.check_can_write_exit(user, pilot)) == {"board", "owner"}
    with pytest.raises(Conflict):
        services.end_pilot(pilot=pilot, by=team[4])


class _Undone(Exception):
    """Ends an attempt that was allowed."""


def test_an_exit_has_three_sections(version, team):
    """S129: none of them blank."""
    pilot = start(version, team)
    services.end_pilot(pilot=pilot, by=team[0])
    for section in EXIT:
        with pytest.raises(BadInput):
            services.write_exit(pilot=pilot, **{**EXIT, section: "  "}, by=version.metric.owner)


def answer(pilot, user, helpful=Said.YES, misleading=Said.NO, healthier=Said.NOT_SURE):
    services.answer_survey(pilot=pilot, helpful=helpful, misleading=misleading, healthier=healthier, by=user)


def test_a_survey_is_told_once_it_is_over_and_from_eight_people_on(version, team):
    """S130, S131: nothing while answers come (each would be told by the difference), nothing under the smallest group."""
    pilot = start(version, team)
    for user in team[:7]:
        answer(pilot, user)
    assert queries.read_pilot_survey(pilot) is None
    services.end_pilot(pilot=pilot, by=team[0])
    answer(pilot, team[7], helpful=Said.NO)
    assert queries.read_pilot_survey(queries.get_pilot(pilot.pk)) is None
    services.write_exit(pilot=pilot, **EXIT, by=version.metric.owner)
    told = queries.read_pilot_survey(queries.get_pilot(pilot.pk))
    helpful, misleading, healthier = told.questions
    assert told.people == 8 and helpful.counts == {Said.YES: 7, Said.NO: 1, Said.NOT_SURE: 0}
    # All said the same: a count would tell of everybody what they said.
    assert (misleading.counts, misleading.mostly) == (None, Said.NO)
    assert (healthier.counts, healthier.mostly) == (None, Said.NOT_SURE)
    with pytest.raises(Conflict):
        answer(queries.get_pilot(pilot.pk), team[8])


def test_under_the_smallest_group_nothing_is_told():
    """S130: the minimum is a bound, to the person."""
    answers = [("yes", "no", "no")] * 7
    assert survey.summarize_survey(answers, minimum=8) is None
    assert survey.summarize_survey([*answers, ("no", "yes", "no")], minimum=8) is not None


def test_each_of_the_team_answers_once_and_nobody_can_tell_who(version, team):
    """S130: neither rows nor the ledger name who answered."""
    pilot = start(version, team)
    answer(pilot, team[0])
    with pytest.raises(BadInput, match="already"):
        answer(pilot, team[0], helpful=Said.NO)
    stored = SurveyAnswer.objects.get()
    assert stored.voice not in {str(team[0].pk), str(team[0].person_id)}
    entry = Entry.objects.get(kind="board.survey.answered")
    body = ledger.read_payload(Payload.objects.get(entry=entry)).decode()
    assert str(team[0].pk) not in body and entry.payload.actor == ""


def test_the_database_lets_no_charter_be_tried_out_without_a_passed_case(by):
    """S16: not by a bare UPDATE either."""
    case = factories.an_open_case("pr-age")
    with pytest.raises(IntegrityError), transaction.atomic():
        on_the_log.update(
            CharterVersion.objects.filter(pk=case.charter_version_id),
            standing=StandingChoices.PILOT,
            case_id=case.pk,
        )


def test_nothing_is_tried_out_beside_a_charter_in_force(team, by):
    """S127: what is in force answers for everybody, so the pilot would be nobody's."""
    from msgspec.structs import replace

    factories.an_active_charter("pr-age")
    document = factories.a_document("pr-age")
    changed = replace(document, what=replace(document.what, assumptions=("Said anew.",)))
    case = factories.an_open_case("pr-age", document=changed)
    with pytest.raises(Conflict) as refused:
        services.propose_condition(
            case=case,
            kind=ConditionKind.PILOT_TEAM,
            value={"cohort": COHORT, "days": 42},
            by=factories.a_board()[SeatKind.HR],
        )
    assert refused.value.code == "charter_in_force"
