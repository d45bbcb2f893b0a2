"""A programme with one account of each role, and one object of each kind that pages are about."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from msgspec import Struct

from audits.access_log import services as access_log
from audits.access_log.models import FileFormat
from audits.access_log.searching import Search
from audits.fairness import services as fairness
from audits.fairness.models import OutcomeSet, VarianceTask
from audits.fairness.outcome_rows import OutcomeRow
from audits.findings.models import AuditFinding
from audits.findings.states import FindingKind
from audits.packs import services as packs
from audits.retention import services as retention
from audits.reviews import services as reviews_of_looks
from audits.reviews.models import SampledLook, SampleDraw
from audits.reviews.states import LookState
from audits.strain import services as strain
from audits.strain.models import StrainAlert
from audits.strain.states import TradeChoice, TradeSide
from charter.authoring import drafts
from charter.measures.models import Revision, Snapshot
from charter.programme.models import Programme
from charter.registry import reviews
from charter.registry import services as registry
from charter.registry.models import CharterVersion, Metric
from charter.rules.vocabulary import ContextKind, DecisionType, EvidenceKind, Grain, Outcome
from governance.about_me.models import Inclusion
from governance.about_me.scans import INCLUSIONS
from governance.agreements import services as agreements
from governance.appeals import services as appeals
from governance.appeals.models import Appeal, FollowUp, Presumption
from governance.appeals.screens.appeals import ACTS
from governance.appeals.states import AppealKind
from governance.appeals.words import AppealAbout, WatchedDecision, seal
from governance.board import services as board
from governance.board.models import Invitation
from governance.board.states import ConditionKind, SeatKind
from governance.calibration import services as calibration
from governance.calibration.states import NoteKind
from governance.decisions import services as decisions
from governance.decisions.models import ContextNote, DecisionRecord, Door, Hold
from governance.decisions.states import HoldCause
from governance.desk import merging
from governance.evidence import services as evidence
from governance.evidence.states import EvidenceSource
from governance.people import addresses, identities, tokens
from governance.people.models import AccountKind, Cohort, GrantedRole, Person, Team, User, ValueStream
from governance.people.scopes import Scope
from governance.saved_views import services as views
from governance.saved_views.models import ViewClass
from governance.use_check import services as use_checks
from governance.use_check.asked import UseAsked
from ground import calendar, clock
from tests import factories, on_the_log
from tests.governance.agreements.conftest import a_text, an_assessment, passed
from tests.governance.decisions.conftest import House
from tests.governance.decisions.test_answer import ask

JANUARY = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 2, 1)}
NO_ACCOUNT = "no account"

# The objects that a page is asked about: each in words, and as the arguments of its address.
Objects = Sequence[tuple[str, Sequence[object]]]


class World(Struct):
    """Accounts by what they are called in the table, and the objects of each page by its name."""

    accounts: dict[str, User]
    objects: dict[str, Objects]


def furnish(house: House) -> World:
    """Make it all, through the services that make it in life."""
    accounts = _open_accounts(house)
    return World(
        accounts,
        {
            **_of_charters(house, accounts),
            **_of_the_board(accounts),
            **_of_seats(accounts),
            **_of_use(house, accounts),
            **_of_tokens(accounts),
            **_each(
                (
                    "account",
                    "account-link",
                    "account-merge",
                    "account-sessions-end",
                    "account-email",
                    "account-close",
                    "account-reopen",
                    "account-second-step-remove",
                    "role-give",
                ),
                [("of an employee", [house.employee.pk])],
            ),
            "role-end": [("of the manager", [accounts["manager"].role_grants.order_by("pk")[0].pk])],
            **_each(("team", "team-csv"), [("the manager’s", ["payments"])]),
            **_of_addresses(accounts),
            **_of_merges(accounts),
            **_of_sources(),
            **_of_agreements(),
            **_of_appeals(house),
            **_of_oneself(),
            **_of_use_checks(house, accounts),
            **_of_audits(house, accounts),
        },
    )


def _of_audits(house: House, accounts: dict[str, User]) -> dict[str, Objects]:
    """A look that was drawn and asked about, a finding, a legal hold, a pack, and what can be taken along."""
    auditor, now = accounts["auditor"], clock.now()
    decision = DecisionRecord.objects.filter(actor=house.manager).order_by("at").first()
    nothing = {"seed": "0" * 64, "log_root": "0" * 64, "frame_sha256": "0" * 64, "log_size": 1}
    draw = on_the_log.make(SampleDraw, month=date(2026, 3, 1), population=1, share=5, least=5, **nothing)
    due_on = calendar.today() + timedelta(days=14)
    look = on_the_log.make(
        SampledLook, draw=draw, decision=decision, reviewer=auditor, state=LookState.ASSIGNED, due_on=due_on
    )
    reviews_of_looks.ask(look=look, text="What was it for?", by=auditor)
    found = on_the_log.make(
        AuditFinding,
        kind=FindingKind.CONTEXT_MISMATCH,
        account=house.manager,
        since=now,
        until=now,
        evidence={"receipts": [str(decision.entry_id)], "numbers": {"times": 3}},
    )
    hold = retention.place_legal_hold(reason="A dispute", ends_on=date(2099, 1, 1), by=accounts["HR"])
    pack = packs.ask_for_pack(since=date(2026, 3, 1), until=date(2026, 4, 1), by=auditor)
    return {
        "sample-draw": [("of a month", [draw.pk])],
        **_each(("sampled-review", "sampled-review-answer"), [("of the manager's look", [look.pk])]),
        "finding": [("about the manager", [found.pk])],
        "legal-hold-end": [("of HR", [hold.pk])],
        **_each(("pack", "pack-take"), [("not made yet", [pack.pk])]),
        "take-along-rows": [("rules", ["rules", "json"])],
    }


def _of_oneself() -> dict[str, Objects]:
    """What the employee was told, and a metric that opens its figures to those whose they are."""
    INCLUSIONS.once(by=factories.system())
    told = Inclusion.objects.get(user__username="employee")
    return {
        "about-me-told-acknowledge": [("of the employee", [told.pk])],
        "about-me-left-look": [("of a manager's question", [DecisionRecord.objects.latest("at").entry_id])],
        "about-me-values": [("in force", ["lead-time-for-changes"])],
    }


def _of_use_checks(house: House, accounts: dict[str, User]) -> dict[str, Objects]:
    """A check and a file of HR's, and evidence about the employee that the manager wrote."""
    asked = UseAsked(DecisionType.RETROSPECTIVE, (house.lead_time.metric.slug,), Grain.TEAM)
    checked, _given = use_checks.check_use(asked=asked, by=accounts["HR"], door=Door.SCREEN)
    sent = use_checks.file_bulk(
        name="autumn.csv", body=b"decision,metrics,grain\nstaffing,x,team\n", by=accounts["HR"]
    )
    said = evidence.EvidenceSaid(
        kind=EvidenceKind.MENTORING, happened_on=date(2026, 3, 2), project="Ledger", source=EvidenceSource.PEER, said_by="Ada",
        link="https://docs.example.org/m/1", shows="Two newcomers ship alone.",
    )  # fmt: skip
    record = evidence.write_evidence(said=said, person=house.employee.person, by=accounts["manager"])
    files = ("use-check-file", "use-check-result", "use-check-receipt")
    return {
        "use-check-question": [("the first", ["decision"])],
        "use-check-decision": [("a decision", ["performance_rating"])],
        "use-check-answer": [("HR's", [checked.decided.id])],
        **_each(files, [("HR's, being checked", [sent.pk])]),
        **_each(("evidence-record", "evidence-withdraw"), [("about the employee, a manager's", [record.pk])]),
    }


def _open_accounts(house: House) -> dict[str, User]:
    """One account of each role; whoever sits on the board has its role too, as in life."""
    search, stream = Team.objects.get(slug="search"), ValueStream.objects.get()
    accounts = {
        "employee": house.employee,
        "manager": house.manager,
        "another manager": _account("other-manager", GrantedRole.MANAGER, team=search),
        "value stream lead": _account("lead", GrantedRole.VALUE_STREAM_LEAD, value_stream=stream),
        "leadership": _account("leadership", GrantedRole.LEADERSHIP),
        "metric owner": _account("owner", GrantedRole.METRIC_OWNER),
        "another metric owner": _account("other-owner", GrantedRole.METRIC_OWNER),
    }
    for seat, member in factories.a_board().items():
        factories.a_role(member, GrantedRole.BOARD_MEMBER)
        accounts[f"seat: {SeatKind(seat).label}"] = member
    return accounts | {
        "board role, no seat": _account("no-seat", GrantedRole.BOARD_MEMBER),
        "HR": _account("hr", GrantedRole.HR),
        "auditor": house.auditor,
        "administrator": _account("admin", GrantedRole.ADMIN),
        "superuser": factories.an_account("root", is_superuser=True, is_staff=True),
        "machine": factories.an_account("machine", kind=AccountKind.MACHINE),
    }


def _of_appeals(house: House) -> dict[str, Objects]:
    """An appeal of the employee's by name, and one of theirs that nobody may know of."""
    made = []
    for kind in (AppealKind.NAMED, AppealKind.CONFIDENTIAL):
        filing = appeals.Filing(
            kind=kind, about=AppealAbout(), statement="It counts twice.", wanted="Count it once."
        )
        filed = appeals.file_appeal(filing=filing, by=house.employee)
        made.append((f"{kind.value}, of the employee", [filed.appeal.pk]))
    named = Appeal.objects.get(pk=made[0][1][0])
    asked = on_the_log.make(FollowUp, appeal=named, days=30, due_on=calendar.today())
    acts = (f"appeal-{name}" for name in ACTS)
    return {
        **_each(
            ("appeal", "appeal-letter", "appeal-withdraw", "appeal-identity", "appeal-questions", *acts), made
        ),
        "appeal-attachment": [("named, of the employee", [_attach(named)])],
        "appeal-asked": [("of a member of the board", [ask_about(named)])],
        "appeal-question": [("the first", ["about"])],
        "appeal-follow-up": [("of the employee", [asked.pk])],
    }


def _attach(appeal: Appeal) -> UUID:
    """What came with a message of the employee's."""
    file = SimpleUploadedFile("said.txt", b"It counts twice.")
    employee = User.objects.get(username="employee")
    message = appeals.write_message(appeal=appeal, text="Look.", by=employee, attachment=file)
    return UUID(str(message.attachments.get().pk))


def ask_about(appeal: Appeal) -> UUID:
    """A decision about whoever filed an appeal, of which a member of the board is asked whether it is retaliation."""
    member = User.objects.get(username="board-legal")
    decision = DecisionRecord.objects.filter(verdict="permit").first()
    assert decision is not None
    found = Presumption(appeal=appeal, mark="0" * 64, found_on=calendar.today(), asked=member)
    sealed = seal(WatchedDecision(decision.pk), found.pk, "presumption")
    made = on_the_log.make(
        Presumption,
        pk=found.pk,
        appeal=appeal,
        mark=found.mark,
        found_on=found.found_on,
        asked=member,
        decision=sealed,
    )
    return made.pk


def _account(name: str, role: GrantedRole, **over: object) -> User:
    account = factories.an_account(name)
    factories.a_role(account, role, **over)
    return account


def _of_charters(house: House, accounts: dict[str, User]) -> dict[str, Objects]:
    """A draft, charters in each standing that a page asks for, and a review."""
    draft = drafts.start_draft(
        programme=factories.a_programme(),
        document=drafts.make_blank_charter(slug="wait-for-review", name="Wait for review"),
        by=accounts["metric owner"],
    )
    handed_in = factories.a_submitted_charter("review-latency")
    suspended = factories.an_active_charter("deployment-frequency")
    registry.suspend(version=suspended, by=factories.system())
    review = reviews.start_review(programme=Programme.objects.get(), by=accounts["board role, no seat"])
    in_force, of_draft = house.lead_time.metric.slug, [("a metric owner's", [draft.pk])]
    return {
        **_each(("charter-draft", "charter-discard", "charter-check"), of_draft),
        "charter-heading": [("a metric owner's", [draft.pk, "what"])],
        "metric": [("in force", [in_force]), ("handed in", [handed_in.metric.slug])],
        "versions": _versions(house.lead_time, handed_in),
        **_each(("metric-suspend", "metric-withheld", "hold-place", "record"), [("in force", [in_force])]),
        "metric-bring-back": [("suspended", [suspended.metric.slug])],
        "pilot-start": [("on trial", [_on_trial(accounts)])],
        "consent-ask": [("in force", [in_force])],
        "review": [("going on", [review.pk])],
        "revision": [("somebody's metric", [a_revision(house.lead_time.metric)])],
    }


def a_revision(metric: Metric) -> UUID:
    """A revision without values, of rows that came late."""
    snapshot = on_the_log.make(Snapshot, content_hash="sha256:0", url="duckdb:///facts", tables={})
    return on_the_log.make(Revision, metric=metric, content_hash="0" * 64, people=5, snapshot=snapshot).pk


def _versions(in_force: CharterVersion, handed_in: CharterVersion) -> Objects:
    return [
        (words, [version.metric.slug, version.number, version.number])
        for words, version in (("in force", in_force), ("handed in", handed_in))
    ]


def _on_trial(accounts: dict[str, User]) -> str:
    """A metric that the board let payments try out."""
    case = factories.an_open_case("cycle-time")
    board.propose_condition(
        case=case,
        kind=ConditionKind.PILOT_TEAM,
        value={"cohort": "team:payments", "days": 42},
        by=accounts["seat: Legal"],
    )
    factories.a_decided_case(case)
    return case.charter_version.metric.slug


def _of_the_board(accounts: dict[str, User]) -> dict[str, Objects]:
    """An open case of a metric owner's, a closed one, and a pilot with the employee's team."""
    case = factories.an_open_case("pr-size", owner=accounts["metric owner"])
    tried = CharterVersion.objects.get(metric__slug="cycle-time")
    consent = factories.a_consent(tried)
    pilot = board.start_pilot(
        version=tried,
        cohort="team:payments",
        starts_on=calendar.today(),
        days=42,
        by=accounts["metric owner"],
    )
    of_open = ("open, of a metric owner's charter", [case.pk])
    return {
        "case": [of_open, ("closed", [tried.case_id])],
        "case-ballot-change": [of_open],
        "case-condition": [of_open],
        "case-handler": [of_open],
        "case-replay": [of_open],
        "consent": [("given", [consent.pk])],
        "pilot": [("running", [pilot.pk])],
        "settings-change": [("a part", ["groups"])],
        "rule": [("a rule", ["AR04"])],
    }


def _of_seats(accounts: dict[str, User]) -> dict[str, Objects]:
    """A member's term, somebody proposed to follow on another whose term ends, and an invitation of a founding that is over."""
    product, ends = accounts["seat: Product"], calendar.today() + timedelta(days=30)
    board.end_term(term=product.terms.get(), valid_to=ends, by=product)
    to_be = board.fill_seat(
        seat_kind=SeatKind.PRODUCT, user=accounts["employee"], valid_from=ends, by=accounts["administrator"]
    )
    sits = ("of the seat Legal", [accounts["seat: Legal"].terms.get().pk])
    proposed = ("the employee’s, to be confirmed", [to_be.pk])
    with factories.past_trigger("board_invitation", "invited_before_the_founding"):
        past = Invitation.objects.create(
            seat=factories.a_seat(SeatKind.LEGAL),
            user=accounts["seat: Legal"],
            invited_by=accounts["administrator"],
        )
        on_the_log.tell_of(past)
    return {
        "board-term": [sits, proposed],
        **_each(("board-term-confirm", "board-term-decline"), [proposed]),
        "board-term-end": [sits],
        **_each(
            ("board-alternate", "board-member", "board-seat-case", "board-invite"), [("Legal", ["legal"])]
        ),
        **_each(
            ("board-invitation", "board-invitation-accept", "board-invitation-end"),
            [("to Legal, of a founding that is over", [past.pk])],
        ),
    }


def _of_use(house: House, accounts: dict[str, User]) -> dict[str, Objects]:
    """Questions, notes, values under review, a view and an attempt, each of somebody's."""
    permitted, referred = _questions(house)
    notes = _notes(accounts)
    of_decisions = [("a manager's", permitted), ("a manager's, before the board", referred)]
    return {
        **_each(("receipt", "about-me-look"), [(words, [each.entry_id]) for words, each in of_decisions]),
        "contest": [(words, [each.pk]) for words, each in of_decisions],
        "refer": [("a manager's", [referred.pk])],
        "access-log-decision": [("a manager's", [permitted.pk])],
        **_of_the_access_log(accounts["auditor"]),
        **_of_fairness(accounts),
        **_of_strain(accounts),
        **_of_calibration(house, accounts),
        "note": [(words, [note.pk]) for words, note in notes.items()],
        "note-propose": [("naming no team", [])],
        **_each(("team-context", "team-context-csv"), [("a team", ["payments"])]),
        "hold-release": [("placed by a metric owner", [_hold(house, accounts).pk])],
        **_of_a_view(house),
        **_of_training(accounts["employee"]),
    }


def _of_the_access_log(auditor: User) -> dict[str, Objects]:
    """What the auditor took out of it, and keeps."""
    _, export = access_log.export(search=Search(), file_format=FileFormat.CSV, by=auditor)
    saved = access_log.save_search(name="Rankings", search=Search(rule="AR04"), by=auditor)
    return {
        "access-log-receipt": [("the auditor's", [export.entry_id])],
        "access-log-search": [("the auditor's", [saved.pk])],
    }


def _of_fairness(accounts: dict[str, User]) -> dict[str, Objects]:
    """Outcomes that wait, an audit that is being judged, and a task that one gave HR."""
    people = list(
        Person.objects.filter(memberships__team__slug__in=["payments", "search"]).order_by("external_id")
    )

    def hand_in(month: int) -> OutcomeSet:
        rows = [
            OutcomeRow(each.external_id, rating=3 + at % 2 / 10 - (at % 3 == 0), manager=people[-1 - at % 3].external_id)
            for at, each in enumerate(people[:-3])
        ]  # fmt: skip
        return fairness.hand_in_outcomes(
            decision=DecisionType.PERFORMANCE_RATING, starts_on=date(2026, month, 1), ends_on=date(2026, month + 1, 1),
            metrics=["lead-time-for-changes"], rows=rows, favourable_from=3, by=accounts["HR"],
        )  # fmt: skip

    waiting, audited = hand_in(1), hand_in(2)
    audit = fairness.run_audit(outcomes=audited, by=accounts["auditor"])
    task = VarianceTask.objects.filter(audit=audit)[0]  # one of the three rates lower than the others
    of_audit = [("being judged", [audit.pk])]
    return {
        **_each(("fairness-outcomes", "fairness-run"), [("waiting", [waiting.pk])]),
        **_each(("fairness-audit", "fairness-conclude"), of_audit),
        "fairness-harm": [("being judged", [audit.pk, "remote"])],
        "fairness-task": [("open", [task.pk])],
    }


def _of_strain(accounts: dict[str, User]) -> dict[str, Objects]:
    """The manager's team, an alert of it that the manager owns, and a trade-off that the manager wrote."""
    payments, today = Cohort.objects.get(slug="team:payments"), calendar.today()
    alert = on_the_log.make(
        StrainAlert, cohort=payments, signals=["on_call"], clues=["observation", "signal"], since=today - timedelta(days=91),
        ends_on=today - timedelta(days=7), owner=accounts["manager"], choose_by=today + timedelta(days=14),
    )  # fmt: skip
    trade = strain.write_trade_off(
        cohort=payments, side=TradeSide.ENGINEERING, choice=TradeChoice.FEWER_RELEASES, because="Users wait.", ends_on=today,
        by=accounts["manager"],
    )  # fmt: skip
    of_team = [("of the manager", [payments.pk])]
    of_alert = [("of the manager", [alert.pk])]
    return {
        **_each(("strain-team", "strain-observe", "strain-recognise", "strain-trade-off"), of_team),
        **_each(("strain-alert", "strain-follow-up"), of_alert),
        **_each(("strain-playbook", "strain-switch"), [("a signal", ["on_call"])]),
        "strain-agree": [("written by the manager", [trade.pk])],
    }


def _of_calibration(house: House, accounts: dict[str, User]) -> dict[str, Objects]:
    """A round that is open, in which a level of the employee's is proposed by the manager and challenged by HR."""
    hr, manager = accounts["HR"], accounts["manager"]
    with factories.imported():
        Person.objects.filter(memberships__team__slug__in=["payments", "search"]).update(
            role_family="engineering"
        )
    calibration.write_rubric(
        role_family="engineering",
        levels=[
            calibration.LevelSaid(name, "What it means.", ("An example.",))
            for name in ("One", "Two", "Three")
        ],
        by=hr,
    )
    use_checks.write_profile(
        role_family="engineering", outcomes=["Software that lasts"], evidence_kinds=set(EvidenceKind), review_months=3, by=hr
    )  # fmt: skip
    said = calibration.RoundSaid(
        name="Spring", decision=DecisionType.CALIBRATION_INPUT, cohort=Cohort.objects.get(slug="org:all"),
        starts_on=date(2026, 1, 1), ends_on=date(2026, 4, 1), opens_on=calendar.today() + timedelta(days=1),
        metrics=("lead-time-for-changes",),
    )  # fmt: skip
    held = calibration.announce(calibration=calibration.draft_round(said=said, by=hr), by=hr)
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        calibration.open_round(calibration=held, by=hr)
    item = held.items.select_related("round", "person").get(person=house.employee.person)
    for kind in (NoteKind.MENTORING, NoteKind.CROSS_TEAM_SUPPORT):
        calibration.write_note(item=item, kind=kind, text="I asked; there was none.", by=manager)
    found = evidence.EvidenceSaid(
        kind=EvidenceKind.DESIGN_REVIEW, happened_on=date(2026, 3, 3), project="Ledger", source=EvidenceSource.PEER,
        said_by="Ada", link="https://docs.example.org/d/1", shows="A simpler schema.",
    )  # fmt: skip
    records = [evidence.write_evidence(said=found, person=house.employee.person, by=manager).pk]
    calibration.propose(item=item, level=2, reasons="As in the example.", evidence=records, by=manager)
    raised = calibration.challenge(item=item, text="Is it of the whole period?", by=hr)
    of_item = [("of the employee, open", [item.pk])]
    names = ("pack", "values", "propose", "challenge", "answerer", "set-aside")
    return {
        **_each([f"calibration-{name}" for name in names], of_item),
        **_each(("calibration-round", "calibration-announcement"), [("open", [held.pk])]),
        "calibration-reasoned": [("open", [held.pk, "drop"])],
        "calibration-note": [("of the employee, open", [item.pk, "learned"])],
        "calibration-answer": [("raised by HR", [raised.pk])],
        "calibration-outcome": [("of the employee, not told yet", [item.pk])],
    }


def _questions(house: House) -> tuple[DecisionRecord, DecisionRecord]:
    """A permitted question of the manager's; and one that the rules leave to the board, which it is put to."""
    ask(house.manager)
    ask(
        house.manager, decision="performance_rating"
    )  # refused, so that the same values are left to the board next
    ask(house.manager, decision="staffing")
    permitted, referred = (
        DecisionRecord.objects.get(verdict=each) for each in (Outcome.PERMIT, Outcome.REFER)
    )
    decisions.refer_to_board(decision=referred, by=house.manager, said="")
    return permitted, referred


def _notes(accounts: dict[str, User]) -> dict[str, ContextNote]:
    given = {"says": "To the new build farm.", "by": accounts["employee"], **JANUARY}
    return {
        "of a team": decisions.propose_note(
            kind=ContextKind.MIGRATION, team=Team.objects.get(slug="payments"), **given
        ),
        "of the employee": decisions.propose_note(
            kind=ContextKind.MENTORING, person=accounts["employee"].person, **given
        ),
    }


def _hold(house: House, accounts: dict[str, User]) -> Hold:
    return decisions.place_hold(
        metric=Metric.objects.get(pk=house.lead_time.metric_id),
        cause=HoldCause.DATA_QUALITY,
        reason="Counted twice.",
        by=accounts["metric owner"],
        **JANUARY,
    )


def _of_a_view(house: House) -> dict[str, Objects]:
    metric = house.lead_time.metric
    view = views.make_view(
        slug="team-flow",
        name="Team flow",
        purpose="To find where work gets stuck.",
        view_class=ViewClass.DIAGNOSTIC,
        decision=DecisionType.RETROSPECTIVE,
        grain=Grain.TEAM,
        metrics=[metric],
        cohorts=["team:payments"],
        by=house.manager,
    )
    own = [("a manager's", [view.slug])]
    names = ("view", "view-metric", "view-class", "view-expectation", "view-retire")
    return {**_each(names, own), "view-metric-drop": [("a manager's", [view.slug, metric.slug])]}


def _of_training(taker: User) -> dict[str, Objects]:
    factories.the_course()
    attempt = factories.an_attempt(taker)
    own = [("the employee's", [attempt.pk])]
    return {
        "training-attempt": own,
        "training-result": own,
        "training-question": [("the employee's", [attempt.pk, 1])],
    }


def _of_tokens(accounts: dict[str, User]) -> dict[str, Objects]:
    """A token of the employee's, and one of a machine that the manager answers for, which waits."""
    given = {"name": "nightly", "scope": Scope.READ, "days": 7}
    own, _secret = tokens.make_token(user=accounts["employee"], by=accounts["employee"], **given)
    bot = factories.an_account("nightly-bot", kind=AccountKind.MACHINE, owner=accounts["manager"])
    machines, _secret = tokens.make_token(user=bot, by=accounts["manager"], **given)
    of_machine = ("of a machine that the manager answers for", [machines.pk])
    return {
        "token-revoke": [("the employee's", [own.pk]), of_machine],
        "token-confirm": [of_machine],
    }


def _of_addresses(accounts: dict[str, User]) -> dict[str, Objects]:
    """An address that waits for a second administrator."""
    waits = addresses.propose(
        of=accounts["manager"], email="new@example.org", by=factories.an_administrator("first-admin")
    )
    return _each(("address-confirm", "address-drop"), [("of the manager’s account", [waits.pk])])


def _of_merges(accounts: dict[str, User]) -> dict[str, Objects]:
    """A merge that waits for a second administrator."""
    waits = merging.propose_merge(
        account=factories.an_account("manager-again"),
        into=accounts["manager"],
        because="They told me.",
        by=factories.an_administrator("first-admin"),
    )
    return _each(("merge-confirm", "merge-drop"), [("into the manager’s account", [waits.pk])])


def _of_sources() -> dict[str, Objects]:
    """A source, and a name of a bot and of a team that is not ours."""
    by = factories.an_administrator()
    bot = identities.give_identity(source="", name="renovate", person=None, by=by)
    agency = identities.give_alias(source="", name="Agency", team=None, by=by)
    return {
        **_each(("source", "source-change"), [("of the catalogue", ["changes"])]),
        "identity-end": [("a bot's", [bot.pk])],
        "alias-end": [("none of ours", [agency.pk])],
    }


def _of_agreements() -> dict[str, Objects]:
    """An assessment that is being written, with a file, and a works agreement that is in force."""
    by = factories.an_administrator()
    written = agreements.write_agreement(text=an_assessment(clauses=a_text().clauses), by=by)
    file = agreements.add_document(version=written, file=SimpleUploadedFile("a.txt", b"Weak spots"), by=by)
    held = passed(a_text())
    being_written, in_force = "an assessment being written", "a works agreement in force"
    steps = ("agreement-document-add", "agreement-put")
    return {
        "agreement": [(being_written, [written.pk]), (in_force, [held.pk])],
        **_each(steps, [(being_written, [written.pk])]),
        "agreement-change": [(being_written, [written.pk, "text"])],
        "agreement-bind": [(being_written, [written.pk, "4"])],
        **_each(("agreement-next", "agreement-end"), [(in_force, [held.pk])]),
        "agreement-clause": [("of the works agreement", ["works-agreement", "4"])],
        "agreement-document": [("of the assessment", [file.pk])],
    }


def _each(names: Sequence[str], objects: Objects) -> dict[str, Objects]:
    """The same objects for each of these pages."""
    return dict.fromkeys(names, objects)
