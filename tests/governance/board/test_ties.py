"""What the database keeps of cases against whoever holds the runtime role, in plain SQL and past all our code (issue 9)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from charter import rules
from charter.registry import services as registry
from charter.registry.models import CharterVersion, RulebookVersion
from governance.board import approval, kinds, services
from governance.board.models import Ballot, Case, LevelBar
from governance.board.states import PUTS_IN_FORCE, CaseKind, SeatKind, Vote
from governance.people.models import User
from ground import calendar, clock
from ground.errors import Unavailable
from ground.ids import new_id
from tests import factories, on_the_log

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("board")]

INSERT_CASE = (
    "INSERT INTO board_case (id, kind, subject, question, state, charter_version_id, rulebook_version_id, opened_at,"
    " opened_by_id, closes_at, closed_at, closed_by_id) VALUES (%(id)s, %(kind)s, %(subject)s, %(subject)s, %(state)s,"
    " %(version)s, %(rulebook)s, %(now)s, %(by)s, %(closes)s, %(closed)s, %(closed_by)s)"
)
CLOSE = "UPDATE board_case SET state = %s, closed_at = %s, closed_by_id = opened_by_id WHERE id = %s"
CAST = "INSERT INTO board_ballot (id, case_id, seat_id, user_id, vote, reason, sealed, cast_at) VALUES (%s, %s, %s, %s, '', '', 'x', %s)"
OPEN = "UPDATE board_ballot SET vote = %s, reason = 'x', sealed = NULL WHERE id = %s"
DECIDE = (
    "INSERT INTO board_boardoutcome (id, case_id, approved, approvals, votes, minutes, decided_at, decided_by_id)"
    " SELECT %s, id, %s, %s, %s, 'x', now(), opened_by_id FROM board_case WHERE id = %s"
)
ACTIVATE = (
    "UPDATE registry_charterversion SET standing = 'active', activated_at = now(), activated_by_id = created_by_id,"
    " expires_at = now() + interval '1 year', case_id = %s WHERE id = %s"
)


@contextmanager
def committing() -> Iterator[None]:
    """A transaction that looks at all that it would look at when it commits."""
    with transaction.atomic():
        yield
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def refused(name: str) -> Iterator[None]:
    """The database refuses, by the constraint or in the words that are named."""
    with pytest.raises(DatabaseError) as caught, committing():
        yield
    assert name in f"{find_constraint(caught.value)} {caught.value}"


def find_constraint(error: DatabaseError) -> str:
    """The name of the constraint that refused."""
    cause: Any = error.__cause__
    return cause.diag.constraint_name or ""


def run(statement: str, *given: Any, **named: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, named or given or None)


def insert_case(**fields: Any) -> object:
    """The key of a case that an INSERT has made; a charter's, open, unless fields say otherwise."""
    now = clock.now()
    given: dict[str, Any] = {
        "kind": "charter",
        "subject": "",
        "state": "open",
        "version": None,
        "rulebook": None,
    }
    given |= {"closed": None, "closed_by": None, "now": now, "closes": now + timedelta(days=1)}
    key, by = new_id(), factories.system().pk
    if fields.get("state", "open") != "open":
        given |= {"closed": now, "closed_by": by}
    run(INSERT_CASE, **{**given, "id": key, "by": by, **fields})
    on_the_log.tell_of(Case.objects.get(pk=key))  # whoever can write a case can write an entry
    return key


def close(key: object, state: str = "approved") -> None:
    run(CLOSE, state, clock.now(), key)


def decide(key: object, approvals: int = 6, votes: int = 6, *, approved: bool = True) -> None:
    run(DECIDE, new_id(), approved, approvals, votes, key)


def cast(key: object, seat: SeatKind, user: User, at: Any = None) -> object:
    ballot = new_id()
    run(CAST, ballot, key, factories.a_seat(seat).pk, user.pk, at or clock.now())
    return ballot


def vote_by_sql(key: object, said: dict[SeatKind, str]) -> None:
    """Cast what seats say, close the case, and open it."""
    members = factories.a_board()
    ballots = {cast(key, seat, members[seat]): vote for seat, vote in said.items()}
    passes = set(said.values()) == {"approve"}
    close(key, "approved" if passes else "rejected")
    for ballot, vote in ballots.items():
        run(OPEN, vote, ballot)


ALL = dict.fromkeys(SeatKind, "approve")


@pytest.fixture
def version(database) -> CharterVersion:
    """A charter that was handed in and taken up, for which no case was opened."""
    return registry.begin_review(version=factories.a_submitted_charter(), by=factories.system())


class TestOutcomes:
    def test_no_case_is_born_decided(self, version):
        """Issue 9: the attack itself: an approved case, an outcome without ballots, a charter in force."""
        with refused("case_begins_open"):
            key = insert_case(version=version.pk, state="approved")
            decide(key)
            run(ACTIVATE, key, version.pk)

    def test_no_outcome_without_ballots(self, version):
        """Issue 9: nor by opening the case first."""
        with refused("boardoutcome_counts_ballots"):
            key = insert_case(version=version.pk)
            close(key)
            decide(key)
        with refused("boardoutcome_says_what_ballots_say"):
            began = clock.now() - timedelta(days=2)
            key = insert_case(version=version.pk, now=began, closes=began + timedelta(days=1))
            close(key)
            decide(key, 0, 0)

    def test_no_outcome_of_an_open_case(self, version):
        """Issue 9: a case that goes on has no outcome."""
        with refused("boardoutcome_when_closed"):
            decide(insert_case(version=version.pk))

    def test_no_case_is_closed_without_an_outcome(self, version):
        """Issue 9: what reads the state of a case alone is not misled either."""
        with refused("case_closed_by_an_outcome"):
            close(insert_case(version=version.pk))

    @pytest.mark.parametrize(
        ("said", "told", "name"),
        [
            (ALL, (5, 6, True), "boardoutcome_counts_ballots"),
            ({**ALL, SeatKind.HR: "reject"}, (6, 6, True), "boardoutcome_counts_ballots"),
            ({**ALL, SeatKind.LEGAL: "veto"}, (5, 6, True), "boardoutcome_says"),
            (dict(list(ALL.items())[:5]), (5, 5, True), "boardoutcome_when_heard"),
            ({SeatKind.HR: "approve"}, (1, 1, True), "boardoutcome_when_heard"),
            ({**dict.fromkeys(SeatKind, "reject"), SeatKind.HR: "approve"}, (1, 6, True), "boardoutcome_says"),
            (dict.fromkeys(SeatKind, "abstain"), (0, 0, True), "boardoutcome_says"),
            (ALL, (6, 6, False), "boardoutcome_says"),
        ],
    )  # fmt: skip
    def test_an_outcome_says_what_the_ballots_say(self, version, said, told, name):
        """Issue 9: it counts them, hears six seats, and heeds a veto and what the level asks for."""
        approvals, votes, approved = told
        with refused(name):
            key = insert_case(version=version.pk)
            vote_by_sql(key, said)
            decide(key, approvals, votes, approved=approved)

    def test_ballots_that_stay_sealed_count_for_nothing(self, version):
        """Issue 9: what nobody has opened is no vote."""
        members = factories.a_board()
        with refused("boardoutcome_counts_ballots"):
            key = insert_case(version=version.pk)
            for seat in SeatKind:
                cast(key, seat, members[seat])
            close(key)
            decide(key, 0, 0, approved=False)

    @pytest.mark.parametrize("others", [Vote.ABSTAIN, Vote.REJECT])
    @pytest.mark.parametrize("slug", ["deployment-frequency", "commit-count", "weekend-share"])
    @pytest.mark.parametrize("one", list(SeatKind))
    def test_the_database_counts_as_the_board_does(self, by, slug, others, one):
        """Issue 9, S108: at each level, whoever stands aside or is against: the service's outcome is the database's."""
        case = factories.an_open_case(slug)
        factories.a_decided_case(case, {one: others, SeatKind.PRODUCT: others})
        run("SET CONSTRAINTS ALL IMMEDIATE")

    def test_a_closed_case_stays_as_it_is(self, version):
        """Issue 9: none is opened again to be voted on anew."""
        case = services.open_case(kind=CaseKind.EDGE_CASE, subject="x", question="x", by=factories.system())
        factories.a_decided_case(case)
        for change in ("state = 'open', closed_at = NULL, closed_by_id = NULL", "closed_at = now()"):
            with refused("case_stays_closed"):
                run(f"UPDATE board_case SET {change} WHERE id = %s", case.pk)

    def test_the_bars_are_those_of_the_settings(self, by):
        """Issue 9: what passes a case is written by `migrate`, and whoever serves requests cannot lower it."""
        approval.check_database_agrees()
        with refused("permission denied"):
            LevelBar.objects.update(for_it=0)

    def test_a_bar_that_was_set_anew_is_told(self, by, settings):
        """Issue 9: where the database does not know yet, nothing is decided and the sentence says what to do."""
        case = factories.an_open_case()
        factories.a_board()
        settings.BOARD_APPROVAL = ["1/2", "2/3", "3/4", "1", "1"]
        factories.votes(case)
        with pytest.raises(Unavailable, match="migrate"):
            services.close_case(case=case, by=by)
        assert Case.objects.get(pk=case.pk).state == "open"


class TestBallots:
    def test_only_who_holds_the_seat_casts(self, version):
        """Issue 9: not somebody else, not the member of another seat, not one whose term is over."""
        members = factories.a_board()
        for user in (factories.an_account("stranger"), members[SeatKind.LEGAL]):
            with refused("ballot_by_who_holds_the_seat"):
                cast(insert_case(version=version.pk), SeatKind.HR, user)
        hr = members[SeatKind.HR]
        services.end_term(term=hr.terms.get(), valid_to=calendar.today(), by=hr)
        with refused("ballot_by_who_holds_the_seat"):
            cast(insert_case(version=version.pk), SeatKind.HR, members[SeatKind.HR])

    def test_nobody_casts_before_or_after(self, version):
        """Issue 9: a ballot lies within its case, and none comes when it is closed."""
        member = factories.a_board()[SeatKind.HR]
        for days in (-1, 2):
            with refused("ballot_while_its_case_is_open"):
                at = clock.now() + timedelta(days=days)
                cast(insert_case(version=version.pk), SeatKind.HR, member, at)
        case = services.open_case(kind=CaseKind.EDGE_CASE, subject="x", question="x", by=factories.system())
        factories.a_decided_case(case)
        with refused("ballot_while_its_case_is_open"):
            cast(case.pk, SeatKind.HR, member)

    def test_there_is_no_seventh_seat_and_no_other_vote(self, version):
        """Issue 9: a quorum of made-up seats is none."""
        with refused("seat_one_of_six"):
            run("INSERT INTO board_seat (id, kind) VALUES (%s, 'friends')", new_id())
        case = factories.an_open_case("cycle-time")
        factories.votes(case, {SeatKind.HR: Vote.VETO})
        assert Ballot.objects.filter(case=case, vote="veto").exists()


class TestWhatFollows:
    def passed(self, kind: CaseKind, **fields: Any) -> Case:
        case = services.open_case(
            kind=kind, subject="x", question="Is it so?", by=factories.system(), **fields
        )
        factories.a_decided_case(case)
        return case

    def test_a_charter_needs_a_case_that_puts_charters_in_force(self, version):
        """Issue 9: one that passed a question about the charter puts nothing in force."""
        case = self.passed(CaseKind.UNINTENDED_CONSEQUENCES, charter_version=version)
        with refused("active_by_a_passed_case"):
            run(ACTIVATE, case.pk, version.pk)

    def test_a_charter_in_force_stays_bound(self, by):
        """Issue 9: neither its end nor what it is bound to is lifted past the board."""
        active = factories.an_active_charter()
        change = "UPDATE registry_charterversion SET {} WHERE id = %s"
        run(change.format("""bounds = '{"grains": ["team"]}'"""), active.pk)  # closer is no harm
        for wider in ("'{}'", """'{"grains": ["team", "person"]}'"""):
            with refused("stays_bound"):
                run(change.format(f"bounds = {wider}"), active.pk)
        for standing in ("active", "suspended"):
            with refused("stays_bound"):
                later = f"standing = '{standing}', expires_at = expires_at + interval '1 day'"
                run(change.format(later), active.pk)

    def test_a_charter_moves_by_the_table(self, by):
        """Issue 9: one that was rejected or retired does not come back by the case of old."""
        active = factories.an_active_charter()
        registry.retire(version=active, by=by)
        with refused("stands_by_the_table"):
            run("UPDATE registry_charterversion SET standing = 'active' WHERE id = %s", active.pk)

    def test_a_suspended_charter_comes_back_by_the_board_alone(self, by):
        """Issue 9: the case that once passed it brings nothing back, neither before nor after the board has ratified."""
        active, seat = factories.an_active_charter(), SeatKind.SECURITY
        suspension = services.suspend(
            version=active, seat_kind=seat, reason="x", by=factories.a_board()[seat]
        )
        back = "UPDATE registry_charterversion SET standing = 'active' WHERE id = %s"
        with refused("stays_suspended"):
            run(back, active.pk)
        for column in ("lapsed_at", "ratified_at"):
            with refused("suspension_settled_by_its_case"):
                run(f"UPDATE board_suspension SET {column} = now() WHERE id = %s", suspension.pk)
        factories.a_decided_case(suspension.case, {seat: Vote.RECUSE})
        with refused("stays_suspended"):
            run(back, active.pk)
        self.passed(CaseKind.UNINTENDED_CONSEQUENCES, charter_version=active)
        with refused("stays_suspended"):
            run(back, active.pk)

    def test_what_became_of_a_suspension_stays(self, by):
        """Issue 9: one that was ratified does not lapse afterwards, and is no open one again."""
        active, seat = factories.an_active_charter(), SeatKind.SECURITY
        suspension = services.suspend(
            version=active, seat_kind=seat, reason="x", by=factories.a_board()[seat]
        )
        factories.a_decided_case(suspension.case, {seat: Vote.RECUSE})
        for change in ("ratified_at = NULL, lapsed_at = now()", "ratified_at = NULL", "ratified_at = now()"):
            with refused("ends_once"):
                run(f"UPDATE board_suspension SET {change} WHERE id = %s", suspension.pk)

    def test_what_is_to_be_tried_out_is_tried_out(self, by):
        """Issue 9: a pilot's case is not taken for one that lets everybody use the charter."""
        case = factories.an_open_case()
        member = factories.a_board()[SeatKind.HR]
        run(
            "INSERT INTO board_condition (id, case_id, kind, value, proposed_at, proposed_by_id)"
            """ VALUES (%s, %s, 'pilot_team', '{"cohort": "team:payments", "days": 42}', now(), %s)""",
            new_id(), case.pk, member.pk,
        )  # fmt: skip
        on_the_log.tell_of(case.conditions.get())
        factories.a_decided_case(case)
        with refused("tried_out_first"):
            run(ACTIVATE, case.pk, case.charter_version_id)

    def test_rules_need_a_case_about_them(self, by):
        """Issue 9: no case, one about other rules, one of another kind, and the same case twice."""
        files = rules.builtin_files()
        name = next(iter(sorted(name for name in files if name.endswith(".cedar"))))
        mine, theirs = (
            registry.propose_rulebook(files={**files, name: f"{files[name]}\n// {word}\n"}, by=by)
            for word in ("mine", "theirs")
        )
        former = RulebookVersion.objects.get(state="in_force")
        question = self.passed(CaseKind.EDGE_CASE)
        case = services.open_case(rulebook_version=theirs, by=by)
        factories.a_decided_case(case)
        change = "UPDATE registry_rulebookversion SET state = %s, case_id = %s, published_at = now(), published_by_id = created_by_id WHERE id = %s"
        for key in (None, new_id(), question.pk, case.pk):
            with refused("rulebookversion_by_a_passed_case"):
                run("UPDATE registry_rulebookversion SET state = 'replaced' WHERE state = 'in_force'")
                run(change, "in_force", key, mine.pk)
        with refused("rulebookversion_by_a_passed_case"):
            run("UPDATE registry_rulebookversion SET state = 'replaced' WHERE id = %s", theirs.pk)
            run(change, "in_force", case.pk, theirs.pk)
        with refused("stands_by_the_table"):
            run("UPDATE registry_rulebookversion SET state = 'proposed' WHERE id = %s", former.pk)

    def test_a_setting_becomes_what_its_case_said(self, by):
        """Issue 9, S7: a passed case changes what it names, to what it says, once."""
        factories.settings(minimum_group=7)
        passed = Case.objects.get(kind=CaseKind.SETTINGS)
        question = self.passed(CaseKind.EDGE_CASE)
        for key in (question.pk, new_id(), passed.pk):
            with refused("settings_by_a_passed_case"):
                run("UPDATE programme_programme SET minimum_group = 5, case_id = %s", key)
        case = services.open_case(
            kind=CaseKind.SETTINGS, subject="x", question="x", details={"minimum_group": 8}, by=by
        )
        factories.a_decided_case(case)
        with refused("settings_by_a_passed_case"):
            run("UPDATE programme_programme SET minimum_group = 7, case_id = %s", passed.pk)
            run("UPDATE programme_programme SET minimum_group = 5, case_id = %s", case.pk)
        with refused("settings_by_a_passed_case"):
            run("UPDATE programme_decisionkind SET evidence_needed = 0, case_id = %s", case.pk)

    def test_nothing_is_put_under_a_decided_case(self, by):
        """Issue 9: an approval that was given for one thing is not taken for another."""
        case = self.passed(CaseKind.EDGE_CASE)
        with refused("while_its_case_is_open"):
            run(
                "INSERT INTO board_waiver (id, case_id, rule_id, metric, decision, starts_on, ends_on, reason,"
                " requested_by_id) VALUES (%s, %s, 'AR04', 'x', '', current_date, current_date + 5, 'x', %s)",
                new_id(), case.pk, by.pk,
            )  # fmt: skip
        with refused("while_its_case_is_open"):
            run(
                "INSERT INTO board_settingschange (id, case_id, changes, former) VALUES (%s, %s, '{}', '{}')",
                new_id(), case.pk,
            )  # fmt: skip


def test_the_kinds_that_the_database_knows_are_those_of_the_table():
    """Issue 9: `states.PUTS_IN_FORCE` repeats the table of kinds, which stands above the models."""
    assert {kind for kind, row in kinds.KINDS.items() if row.puts_in_force} == set(PUTS_IN_FORCE)
