"""Cases of every kind: who may open which, what they need, and what their outcome does."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from msgspec.structs import replace

from audits.ledger.models import Entry
from charter.authoring import services as authoring
from charter.registry.models import CharterVersion
from charter.registry.states import StandingChoices
from charter.rules.vocabulary import DecisionType, View
from governance.board import permissions, queries, services
from governance.board.models import Case, Waiver
from governance.board.states import CaseKind, CaseState, SeatKind, Vote
from governance.notices.models import Notice
from governance.people.models import GrantedRole
from ground import calendar, clock
from ground.errors import BadInput, Conflict, NotPermitted
from tests import factories, on_the_log

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

IN_WORDS = {
    "subject": "May a team see it weekly?",
    "question": "The charter says months. Is a week meant too?",
}


def a_waiver(by, **changes) -> Case:
    factories.the_rules()
    today = calendar.today()
    details = {
        "rule_id": "AR26",
        "decision": "legal_request",
        "starts_on": today,
        "ends_on": today + timedelta(days=30),
        "reason": "The court asks for it.",
    }
    return services.open_case(kind=CaseKind.WAIVER, **IN_WORDS, details={**details, **changes}, by=by)


@pytest.mark.parametrize(
    ("kind", "who"),
    [
        (CaseKind.EDGE_CASE, {"employee", "member", "administrator", "system"}),
        (CaseKind.WAIVER, {"employee", "member", "administrator", "system"}),
        (CaseKind.UNINTENDED_CONSEQUENCES, {"member", "administrator", "system"}),
        (CaseKind.YEARLY_REVIEW, {"member", "administrator", "system"}),
        (CaseKind.SUSPENSION, set()),
    ],
)
def test_who_may_open_which_kind(by, kind, who):
    """S49, S100, issue 3, 3: anybody asks for a ruling or a waiver; the rest is for the board; a superuser is nobody."""
    accounts = {
        "employee": factories.an_account("employee"),
        "member": factories.a_board()[SeatKind.HR],
        "administrator": factories.an_account("administrator"),
        "system": by,
        "closed account": factories.an_account("gone"),
    }
    factories.a_role(accounts["administrator"], GrantedRole.ADMIN)
    accounts["closed account"].is_active = False
    opened = set()
    for place, (name, user) in enumerate(accounts.items()):
        try:
            if kind == CaseKind.WAIVER:  # of a decision each, as none is asked for twice
                case = a_waiver(user, decision=list(DecisionType)[place].value)
            else:
                case = services.open_case(kind=kind, **IN_WORDS, by=user)
        except (NotPermitted, BadInput):
            continue
        opened.add(name)
        with clock.stopped_at(case.closes_at):  # some kinds have one open case at a time
            services.close_case(case=case, by=by)
    assert opened == who


def test_a_question_needs_words_and_a_yearly_review_comes_once(by):
    """Issue 3, 3: what cannot be answered is not asked; the database keeps one review open at a time."""
    for words in ({}, {"subject": "Only a subject"}, {"question": "Only a question"}):
        with pytest.raises(BadInput):
            services.open_case(kind=CaseKind.EDGE_CASE, **words, by=by)
    services.open_case(kind=CaseKind.YEARLY_REVIEW, **IN_WORDS, by=by)
    with pytest.raises(BadInput, match="already"):
        services.open_case(kind=CaseKind.YEARLY_REVIEW, **IN_WORDS, by=by)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rule_id": "AR01"}, "never_waivable"),
        ({"rule_id": "AR14"}, "never_waivable"),
        ({"rule_id": "AR99"}, "invalid"),
        ({"decision": ""}, "invalid"),
        ({"decision": "gut_feeling"}, "invalid"),
        ({"metric": "no-such-metric"}, "invalid"),
        ({"reason": " "}, "invalid"),
        ({"ends_on": None}, "invalid"),
        ({"everything": True}, "invalid"),
    ],
)
def test_waivers_that_cannot_be_asked_for(by, changes, code):
    """S64, issue 3, 3: scope, end and reason are needed; rules that are never waivable are refused, nothing is kept."""
    factories.the_rules()
    with pytest.raises(BadInput) as refused:
        a_waiver(by, **changes)
    assert refused.value.code == code
    assert not Case.objects.exists()


def test_a_waiver_ends_within_a_year_in_the_database_too(by):
    """Issue 3, 3: an exception has an end."""
    today = calendar.today()
    with pytest.raises(BadInput):
        a_waiver(by, ends_on=today + timedelta(days=367))
    waiver = a_waiver(by).waiver
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.create(
            case=services.open_case(kind=CaseKind.EDGE_CASE, **IN_WORDS, by=by),
            rule_id="AR26",
            decision="legal_request",
            starts_on=today,
            ends_on=today + timedelta(days=367),
            reason="Longer.",
            requested_by=waiver.requested_by,
        )


def test_a_waiver_counts_from_approval_until_its_end(by):
    """Issue 3, 3: asked for, granted, ended early; each only as long as it is so."""
    today = calendar.today()
    case = a_waiver(factories.an_account("asker"))
    assert not queries.list_waivers_in_force(today).exists()
    factories.a_decided_case(case)
    waiver = queries.list_waivers_in_force(today).get()
    assert not queries.list_waivers_in_force(waiver.ends_on).exists()
    assert queries.list_waivers_in_force(waiver.ends_on - timedelta(days=1)).exists()
    with pytest.raises(NotPermitted):
        services.end_waiver(waiver=waiver, by=factories.an_account("asker"))
    services.end_waiver(waiver=waiver, by=factories.a_board()[SeatKind.LEGAL])
    assert not queries.list_waivers_in_force(today).exists()
    with pytest.raises(Conflict):
        services.end_waiver(waiver=waiver, by=factories.a_board()[SeatKind.LEGAL])


def test_a_rejected_waiver_is_no_waiver(by):
    """Issue 3, 3: only an approved case grants one; an approved one needs the votes of all seats."""
    factories.a_decided_case(a_waiver(by), {SeatKind.LEGAL: Vote.VETO})
    assert not queries.list_waivers_in_force(calendar.today()).exists()


@pytest.mark.parametrize("again", [{"reason": "In other words."}, {"metric": "lead-time-for-changes"}])
def test_a_waiver_is_not_asked_for_until_it_is_granted(by, again):
    """Issue 16: neither while it is before the board nor for a while after a no, in other words or for a part of it."""
    factories.a_submitted_charter("lead-time-for-changes")
    asker = factories.an_account("asker")
    case = a_waiver(asker)
    with pytest.raises(Conflict) as twice:
        a_waiver(factories.an_account("friend"), **again)
    assert twice.value.code == "waiver_asked_already"
    factories.a_decided_case(case, {SeatKind.LEGAL: Vote.VETO})
    with pytest.raises(Conflict) as soon:
        a_waiver(factories.an_account("friend"), **again)
    assert soon.value.code == "waiver_turned_down"
    with clock.stopped_at(clock.now() + timedelta(days=400)):
        assert a_waiver(asker, starts_on=calendar.today(), ends_on=calendar.today() + timedelta(days=9))


def test_the_board_may_weigh_a_waiver_again(by):
    factories.a_decided_case(a_waiver(by), {SeatKind.LEGAL: Vote.VETO})
    assert a_waiver(factories.a_board()[SeatKind.HR]).waiver
    assert a_waiver(by, decision="retrospective")  # which is another


def test_nobody_votes_on_their_own_waiver(by):
    """Design, board: who asks does not decide."""
    hr = factories.a_board()[SeatKind.HR]
    case = a_waiver(hr)
    with pytest.raises(NotPermitted) as refused:
        services.cast_ballot(case=case, seat_kind=SeatKind.HR, vote=Vote.APPROVE, by=hr)
    assert refused.value.code == "own_proposal"


def test_a_change_of_class_is_a_case_of_its_own(by):
    """S45: diagnostic to performance always is one, whatever it is opened as."""
    active = factories.an_active_charter("deployment-frequency")
    document = factories.a_document("deployment-frequency")
    changed = replace(document, what=replace(document.what, view=View.PERFORMANCE))
    fields = {"programme": active.metric.programme, "owner": active.metric.owner, "by": by}
    version = authoring.register_charter(document=changed, **fields)
    on_the_log.update(
        CharterVersion.objects.filter(pk=version.pk),
        standing=StandingChoices.SUBMITTED,
        submitted_at=clock.now(),
        submitted_by=by,
    )
    version.refresh_from_db()
    case = services.open_case(kind=CaseKind.CHARTER, charter_version=version, by=by)
    assert case.kind == CaseKind.CLASS_CHANGE
    factories.a_decided_case(case)
    assert CharterVersion.objects.get(pk=version.pk).standing == StandingChoices.ACTIVE


def test_a_rejected_charter_comes_back_only_changed_and_its_reasons_with_it(by):
    """S50: resubmission needs a change and shows the former reasons."""
    case = factories.an_open_case("pr-age")
    factories.a_decided_case(case, {SeatKind.LEGAL: Vote.VETO})
    rejected = CharterVersion.objects.get(pk=case.charter_version_id)
    (reason,) = queries.list_former_reasons(rejected.metric)
    assert (reason.case, reason.seat, reason.vote, reason.reason) == (
        case,
        SeatKind.LEGAL,
        "veto",
        "veto is right",
    )
    document = factories.a_document("pr-age")
    changed = replace(document, what=replace(document.what, assumptions=("Said anew.",)))
    fields = {"programme": rejected.metric.programme, "owner": rejected.metric.owner, "by": by}
    factories.a_submitted_charter("pr-age", document=changed)
    again = authoring.register_charter(document=document, **fields)
    with pytest.raises(Conflict) as refused:
        authoring.submit(version=again, by=by)
    assert refused.value.code == "unchanged_since_rejection"


def test_everybody_concerned_is_told_once(by):
    """Issue 3, 8: a new case to the seats, the outcome to them and to who proposed it, each once and with its page."""
    board = factories.a_board()
    owner = factories.an_account("owner")
    case = factories.an_open_case(owner=owner)
    kinds = Notice.objects.filter(path=f"/cases/{case.pk}")
    assert kinds.filter(once=f"case:{case.pk}:opened").count() == len(board)
    factories.a_decided_case(case)
    services.close_case(case=case, by=by)
    assert kinds.filter(once=f"case:{case.pk}:decided", to=owner).count() == 1
    assert kinds.filter(once=f"case:{case.pk}:decided", to__in=board.values()).count() == len(board)


def test_the_last_vote_decides(case):
    """Issue 3, Bad input: the last seat heard closes the case, without anybody's further doing."""
    factories.votes(case)
    assert Case.objects.get(pk=case.pk).state == CaseState.APPROVED


def test_refused_votes_are_in_the_ledger(by):
    """Issue 3, Bad input: after closing, twice, by a former member, by the proposer, by a superuser."""
    board = factories.a_board()
    owner, root = factories.an_account("owner"), factories.an_account("root", is_superuser=True)
    former = factories.an_account("former")
    for user, until in ((owner, None), (former, calendar.today())):
        factories.an_alternate(SeatKind.HR, user, until=until)
    case = factories.an_open_case(owner=owner)
    services.cast_ballot(case=case, seat_kind=SeatKind.LEGAL, vote=Vote.APPROVE, by=board[SeatKind.LEGAL])
    refused = Entry.objects.filter(kind="board.ballot.refused")
    tries = [
        (owner, SeatKind.HR),
        (root, SeatKind.HR),
        (former, SeatKind.HR),
        (board[SeatKind.LEGAL], SeatKind.LEGAL),
    ]
    for number, (user, seat) in enumerate(tries, start=1):
        with pytest.raises((NotPermitted, Conflict)):
            services.cast_ballot(case=case, seat_kind=seat, vote=Vote.APPROVE, by=user)
        assert refused.count() == number
    with clock.stopped_at(case.closes_at), pytest.raises(Conflict):
        services.cast_ballot(case=case, seat_kind=SeatKind.HR, vote=Vote.APPROVE, by=board[SeatKind.HR])
    assert refused.count() == len(tries) + 1


def test_who_reads_which_case(by):
    """S85, issue 3, 8: open ones those who work on them, closed ones everybody; a superuser is nobody special."""
    accounts = {name: factories.an_account(name) for name in ("owner", "auditor", "nobody")}
    accounts["superuser"] = factories.an_account("root", is_superuser=True)
    accounts["member"] = factories.a_board()[SeatKind.HR]
    factories.a_role(accounts["auditor"], GrantedRole.AUDITOR)
    case = factories.an_open_case(owner=accounts["owner"])

    def readers(case: Case) -> set[str]:
        said = {
            name
            for name, user in accounts.items()
            if queries.list_visible_cases(user).filter(pk=case.pk).exists()
        }
        for name, user in accounts.items():
            try:
                queries.get_case(case.pk, by=user)
                allowed = True
            except NotPermitted:
                allowed = False
            assert allowed == (name in said)
        return said

    assert readers(case) == {"owner", "auditor", "member"}
    factories.a_decided_case(case)
    assert readers(case) == set(accounts)


def test_the_owner_s_line_does_not_vote_on_what_decides_about_people(by, monkeypatch):
    """Issue 3, 3: conflict of interest reaches up and down the owner's line, and only for people decisions."""
    chief, lead, own, aside = (factories.a_person(each) for each in ("chief", "lead", "own", "aside"))
    factories.a_person("below", manager=own)
    from governance.people.models import Person, ReportingLine

    for person, manager in ((lead, chief), (own, lead), (aside, chief)):
        on_the_log.make(ReportingLine, person=person, manager=manager, valid_from=factories.LONG_AGO)
    owner = factories.an_account("owner", person=own)
    case = factories.an_open_case(owner=owner)
    board = factories.a_board()
    refused = {}
    for name, seat in zip(
        ("chief", "lead", "below", "aside"),
        (SeatKind.HR, SeatKind.LEGAL, SeatKind.SECURITY, SeatKind.PRODUCT),
        strict=True,
    ):
        user = board[seat]
        factories.change(user, person=Person.objects.get(external_id=name))
        for people in (False, True):
            monkeypatch.setattr(
                permissions.cases, "decides_about_people", lambda _version, people=people: people
            )
            refused[name, people] = not permissions.can_vote(user, case, factories.a_seat(seat))
    assert {name for (name, people), no in refused.items() if people and no} == {"chief", "lead", "below"}
    assert not any(no for (_name, people), no in refused.items() if not people)


@pytest.mark.parametrize(
    "slug", ["deployment-frequency", "slo-compliance", "incident-burden", "commit-count"]
)
def test_vetoes_stay_within_their_field(by, slug):
    """Design, board: HR vetoes where single people are touched; legal, security and worker_rep about every metric."""
    case = factories.an_open_case(slug)
    close = permissions.touches_single_people(case)
    assert {seat for seat in SeatKind if permissions.can_veto(seat, case)} == (
        {SeatKind.LEGAL, SeatKind.SECURITY, SeatKind.WORKER_REP} | ({SeatKind.HR} if close else set())
    )


def test_a_yearly_review_is_outside_security_s_field(by):
    """Design, board: scoped vetoes are refused outside their scope, at the vote itself."""
    case = services.open_case(kind=CaseKind.YEARLY_REVIEW, **IN_WORDS, by=by)
    user = factories.a_board()[SeatKind.SECURITY]
    with pytest.raises(NotPermitted) as refused:
        services.cast_ballot(case=case, seat_kind=SeatKind.SECURITY, vote=Vote.VETO, reason="No.", by=user)
    assert refused.value.code == "outside_veto_scope"
