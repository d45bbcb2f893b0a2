"""From an empty, migrated database to a programme that is governed, through the services that everybody else uses.

Every step looks at what is there and does what is missing, so that a start cut short goes on where it stopped.
"""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

from audits.findings.scans import MISUSE_FINDINGS
from audits.ledger import sequencing
from audits.packs import services as packs
from audits.packs.models import EvidencePack
from audits.packs.scans import EVIDENCE_PACKS
from audits.reviews.scans import SAMPLED_REVIEWS
from charter.authoring import services as authoring
from charter.measures import services as measures
from charter.measures import sources
from charter.programme import contract, starter
from charter.programme.models import Programme
from charter.registry.models import CharterVersion, RulebookVersion
from charter.registry.states import RulebookState, StandingChoices
from governance.board import permissions
from governance.board import programme as beginnings
from governance.board import services as board
from governance.board.models import Case, Invitation
from governance.board.states import CaseKind, CaseState, SeatKind, Vote
from governance.demo import appeals, fairness, looks, past, questions, strain, value_context
from governance.demo.amending import amend_for
from governance.demo.dataset import DataSet
from governance.demo.organisation import write_import_files
from governance.demo.signins import Credentials, SignIn, list_sign_ins
from governance.people import cohorts, tokens
from governance.people import services as people
from governance.people.models import Person, Team, User
from governance.people.scopes import LONGEST, Scope
from governance.training import queries as trained
from governance.training import services as training
from governance.training.models import Course
from ground import calendar, clock
from ground.errors import Conflict

Say = Callable[[str], None]

# The demo's board has taken these up; the rest of the catalogue waits as drafts, as it would in a real first year.
TAKEN_UP = frozenset(
    {
        "change-failure-rate", "commit-count", "cycle-time", "deployment-frequency", "error-budget", "incident-burden",
        "incident-follow-through", "lasting-changes", "lead-time-for-changes", "lines-changed", "pr-age", "pr-size",
        "slo-compliance", "time-to-restore-service", "weekend-share", "work-in-progress",
    }
)  # fmt: skip
# Left where a board finds its work: one that waits for its votes.
IN_REVIEW = frozenset({"weekend-share"})
# Boards are seldom of one mind; minutes keep the dissent.
DISSENT = {
    (
        "commit-count",
        SeatKind.WORKER_REP,
    ): "Counting commits invites counting people. I trust the rules, not the number.",
    ("lines-changed", SeatKind.ENGINEERING): "Lines say too little to be worth the risk of misreading.",
}
NOT_ACKNOWLEDGED = frozenset({"admin"})
# Holds what the first course attests, which the second one ends after its notice.
TRAINED_BEFORE = frozenset({"auditor"})
# How many days before the demo's present its programme was founded.
FOUNDED = 75
# Whoever begins the programme and invites its board is not on it.
FOUNDER = "admin"
# What the demo calls the tokens that it makes.
DEMOS_OWN = "demo"


def _days_ago(days: int) -> AbstractContextManager[None]:
    return clock.moved(timedelta(days=-days))


class Seeding:
    """One run of the seed; `run()` may be called again at any time."""

    def __init__(self, data: DataSet, folder: Path, say: Say) -> None:
        self._data = data
        self._folder = folder
        self._say = say
        self._credentials = Credentials(folder / "credentials.json")
        self._sign_ins = list_sign_ins(data)
        self._accounts: dict[str, User] = {}

    def run(self) -> None:
        self._check_is_ours()
        self._system = people.get_system_account()
        self._fill_warehouse()
        with _days_ago(FOUNDED):
            self._found()
        self._live()
        self._train()
        self._register_cohorts()
        self._publish()
        self._show_what_bears()
        self._ask_questions()
        self._ask_for_a_pack()
        self._give_tokens()
        self._catch_up()

    def _found(self) -> None:
        """From the first account to charters in force, with all that a first question needs but values."""
        self._import_organisation()
        self._open_accounts()
        self._grant_roles()
        self._programme = self._begin_programme()
        self._rulebook = RulebookVersion.objects.get(state=RulebookState.IN_FORCE)
        self._publish_first_course()
        self._publish_contract()
        self._invite_board()
        self._found_programme()
        self._acknowledge_rules()
        self._take_first_course()
        self._pass_charters(self._load_charters())
        self._register_cohorts()

    def _live(self) -> None:
        """What has happened since the founding, day by day, so that what takes weeks can be looked at."""
        self._say("Living through the weeks since then ...")
        for days, step in past.list_steps(self._data, self._accounts, self._publish, self._vote):
            with _days_ago(days):
                step()

    # The data

    def _check_is_ours(self) -> None:
        """Refuse a database that holds another programme, or a demo of other data."""
        other = Programme.objects.exclude(slug=self._slug).first()
        if other is not None:
            raise Conflict(
                f"This database holds the programme “{other.name}” already. Give the demo an empty database, or run "
                "`make clean` to remove the one that comes with the project."
            )

    def _fill_warehouse(self) -> None:
        self._say("Filling the warehouse:")
        path = self._folder / "warehouse.duckdb"
        self._data.write_warehouse(path, lambda table, rows: self._say(f"  {table}: {rows:,} rows"))

    def _import_organisation(self) -> None:
        folder = self._folder / "organisation"
        write_import_files(self._data.organisation, folder)
        organisation = self._data.organisation
        self._say(f"Importing {len(organisation.people):,} people in {len(organisation.teams)} teams ...")
        people.import_organisation(folder=folder, by=self._system)

    # Accounts

    def _open_accounts(self) -> None:
        self._say(f"Opening {len(self._sign_ins)} accounts ...")
        for sign_in in self._sign_ins:
            password = self._credentials.password(sign_in.username)
            user = User.objects.filter(username=sign_in.username).first()
            if user is None:
                user = self._open_account(sign_in, password)
            elif not user.check_password(password):
                people.change_password(user=user, password=password, by=self._system)
            self._accounts[sign_in.username] = user

    def _open_account(self, sign_in: SignIn, password: str) -> User:
        person = Person.objects.get(external_id=sign_in.person) if sign_in.person else None
        return people.open_account(
            username=sign_in.username,
            name=sign_in.name,
            email=f"{sign_in.username}@demo.example",  # mailed to files only
            password=password,
            person=person,
            is_staff=sign_in.superuser,
            is_superuser=sign_in.superuser,
            by=self._system,
        )

    def _grant_roles(self) -> None:
        for sign_in in self._sign_ins:
            user = self._accounts[sign_in.username]
            if sign_in.role is None or user.role_grants.filter(role=sign_in.role).exists():
                continue
            team = Team.objects.get(slug=sign_in.team) if sign_in.team else None
            people.grant_role(
                user=user, role=sign_in.role, team=team, valid_from=calendar.today(), by=self._system
            )

    def _give_tokens(self) -> None:
        """Make the tokens that the file lacks; one whose making was cut short is replaced."""
        for username, user in self._accounts.items():
            token = self._credentials.token(username)
            if token and tokens.is_valid(token, of=user):
                continue
            for old in tokens.list_tokens(user).filter(user=user, name=DEMOS_OWN):
                tokens.revoke_token(token=old, by=user)
            _kept, token = tokens.make_token(
                user=user, name=DEMOS_OWN, scope=Scope.BOARD, days=LONGEST.days, by=user
            )
            self._credentials.keep(username, "token", token)

    # Programme, board and rules

    @property
    def _slug(self) -> str:
        """The programme's slug, which names its data, so that other data is never mixed in."""
        return f"demo-{hashlib.sha256(self._data.content_hash.encode()).hexdigest()[:8]}"

    def _begin_programme(self) -> Programme:
        programme = Programme.objects.filter(slug=self._slug).first()
        if programme is not None:
            beginnings.furnish_programme(programme=programme, by=self._system)
            return programme
        return beginnings.begin_programme(
            slug=self._slug,
            name="Demo",
            purpose=f"To try Metric Charter out. {self._data.about}",
            by=self._accounts[FOUNDER],
        )

    def _publish_contract(self) -> None:
        text = starter.read_starter_contract()
        contract.publish(can=text.can, cannot=text.cannot, disputes=text.disputes, by=self._accounts["hr"])

    def _invite_board(self) -> None:
        """The founder invites, and each accepts, as in life; what is answered already stays as it is."""
        if permissions.find_draft() is None or permissions.is_before_the_board():
            return
        self._say("Inviting the first board ...")
        for sign_in in self._sign_ins:
            if sign_in.seat is None:
                continue
            user = self._accounts[sign_in.username]
            invitation = Invitation.objects.filter(user=user, ended_at__isnull=True).first()
            invitation = invitation or board.invite_member(
                seat_kind=sign_in.seat, user=user, by=self._accounts[FOUNDER]
            )
            if invitation.accepted_at is None:
                board.accept_invitation(invitation=invitation, by=user)

    def _found_programme(self) -> None:
        """The founding case, voted by those who accepted: they sit and the programme is in force."""
        if permissions.find_draft() is None:
            return
        self._say("Founding the programme ...")
        case = Case.objects.filter(kind=CaseKind.FOUNDING, state=CaseState.OPEN).first()
        case = case or board.found_programme(by=self._accounts[FOUNDER])
        self._vote(case, "founding")
        self._programme.refresh_from_db()

    def _acknowledge_rules(self) -> None:
        for username, user in self._accounts.items():
            if username not in NOT_ACKNOWLEDGED:
                training.acknowledge(rulebook_version=self._rulebook, by=user)

    # Training

    def _publish_first_course(self) -> None:
        """The course that a programme needs to begin: about the rules alone, as no charter is in force yet."""
        if not Course.objects.exists():
            training.publish_course(by=self._accounts["hr"])

    def _take_first_course(self) -> None:
        self._say("Taking the course about the rules ...")
        first = Course.objects.get(number=1)
        for username, user in self._accounts.items():
            if username not in NOT_ACKNOWLEDGED:
                self._attest(user, first)

    def _train(self) -> None:
        """A second course, with what charters say, asks again; most take it, and one has taken the first alone."""
        again = Course.objects.filter(number=2).first() or training.publish_course(
            asks_again=True, by=self._accounts["hr"]
        )
        self._say("Taking it again, with what charters say ...")
        for username, user in self._accounts.items():
            if username not in NOT_ACKNOWLEDGED | TRAINED_BEFORE:
                self._attest(user, again)

    def _attest(self, user: User, course: Course) -> None:
        """Take a course and have everything right; an attempt cut short goes on."""
        if user.attestations.filter(course=course).exists():
            return
        attempt = training.begin(by=user)
        for item in trained.list_items(attempt):
            if item.chosen is None:
                training.answer(attempt=attempt, number=item.place, chosen=item.question.answer, by=user)

    # Charters

    def _load_charters(self) -> list[CharterVersion]:
        owner = self._accounts["owner"]
        amend = amend_for(self._data)
        return authoring.load_catalogue(programme=self._programme, owner=owner, amend=amend, by=owner)

    def _pass_charters(self, versions: list[CharterVersion]) -> None:
        put = [version for version in versions if version.metric.slug in TAKEN_UP]
        self._say(f"Passing charters through the board ({len(put)} of {len(versions)}):")
        for number, version in enumerate(put, start=1):
            self._pass(version)
            version.refresh_from_db()
            self._say(
                f"  {number}/{len(put)} {version.metric.slug}: {version.get_standing_display().lower()}"
            )

    def _pass(self, version: CharterVersion) -> None:
        owner, slug = self._accounts["owner"], version.metric.slug
        if version.standing == StandingChoices.DRAFT:
            version = authoring.submit(version=version, by=owner)
        if version.standing == StandingChoices.SUBMITTED:
            board.open_case(charter_version=version, by=owner)
        case = Case.objects.filter(charter_version=version, state=CaseState.OPEN).first()
        if case is not None and slug not in IN_REVIEW:
            self._vote(case, slug)

    def _vote(self, case: Case, matter: str) -> None:
        """Six recorded votes, those already cast left as they are, and the outcome."""
        heard = set(case.ballots.values_list("seat__kind", flat=True))
        for sign_in in self._sign_ins:
            if sign_in.seat is None or sign_in.seat in heard:
                continue
            reason = DISSENT.get((matter, sign_in.seat), "")
            vote = Vote.REJECT if reason else Vote.APPROVE
            by = self._accounts[sign_in.username]
            board.cast_ballot(case=case, seat_kind=sign_in.seat, vote=vote, reason=reason, by=by)
        board.close_case(case=case, by=self._accounts["board-legal"])

    # Values

    def _register_cohorts(self) -> None:
        report = cohorts.register_tree(
            on=calendar.today(), minimum=self._programme.minimum_group, by=self._system
        )
        self._say(f"Registered {len(report.cohorts)} cohorts.")
        for note in report.notes:
            self._say(f"  {note}")

    def _publish(self) -> None:
        self._say("Publishing values:")
        run = measures.publish(by=self._system, progress=self._tell_progress)
        self._say(f"  {run.values_written:,} values written")
        seen = sources.survey_sources(by=self._system)
        self._say(f"  {sum(survey.unmatched.count() for survey in seen):,} names in the sources mean nobody")

    def _show_what_bears(self) -> None:
        self._say("Noting what bears on values, and keeping a view ...")
        value_context.show(self._data, self._accounts)
        looks.show(self._data, self._accounts["manager"])
        self._say("Filing appeals ...")
        appeals.show(self._data, self._accounts, self._say)
        self._say("Auditing made-up ratings for fairness ...")
        fairness.show(self._data, self._accounts, fairness.list_halves(self._data)[1])
        self._say("Holding the load of teams against limits, to recovery ...")
        strain.recover(self._data, self._accounts, system=self._system)

    def _ask_questions(self) -> None:
        self._say("Asking some questions, for the access log to show ...")
        questions.ask(self._data, self._accounts, questions.ASKED)

    def _ask_for_a_pack(self) -> None:
        """The quarter's evidence pack, which the clock makes once the demo runs."""
        if not EvidencePack.objects.exists():
            since, until = past.find_last_quarter(self._data)
            packs.ask_for_pack(since=since, until=until, by=self._accounts["auditor"])

    def _catch_up(self) -> None:
        """Sign the log and let run what the clock runs by itself each hour, so that nobody waits for it at the first look."""
        self._say("Signing the log ...")
        sequencing.run(once=True, say=lambda _line: None)
        for scan in (SAMPLED_REVIEWS, MISUSE_FINDINGS, EVIDENCE_PACKS):
            scan.once(by=self._system)

    def _tell_progress(self, what: str, done: int, of: int) -> None:
        self._say(f"  {done}/{of} {what}")
