"""A round from its rubric to its outcomes, who may do what in it, and what the database keeps (issue 17, 5 and 6)."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from audits.fairness.outcome_rows import unseal
from audits.fairness.states import FairnessState, HarmAnswer
from audits.ledger.models import Entry
from charter.measures.models import Withheld
from governance.calibration import packs, permissions, queries, services, sessions
from governance.calibration.models import CalibrationItem, CalibrationRound, LevelProposal
from governance.calibration.states import NoteKind, PackFlag, ProposalKind, RoundState
from governance.decisions.models import DecisionRecord
from governance.notices.models import Notice
from governance.people.models import AccountKind, Membership, Person, Team
from ground import clock
from ground.errors import BadInput, Conflict, DomainError, NotFound, NotPermitted
from tests import factories
from tests.governance.calibration.conftest import (
    FAMILY,
    LEVELS,
    OPENS,
    ask_unseen,
    audit,
    draft,
    item_of,
    list_items,
    propose,
    tell_own_values,
    the_round,
    write,
    write_checked,
)
from tests.governance.decisions.people import DELIVERY, HEALTH


def hand_in(accounts):
    return services.hand_in(calibration=the_round(), by=accounts["hr"])


# Before it begins


def test_what_will_be_used_is_announced_to_everybody_concerned_before(accounts):
    """S98: who is in it and who answers are told, with the rubric and profile that count from here on."""
    found = the_round()
    assert found.announced_at.date() < OPENS.date() == found.opens_on
    assert Notice.objects.filter(to=accounts["rated"], kind="calibration.announced").count() == 1
    assert Notice.objects.filter(to=accounts["search-lead"], kind="calibration.answers").count() == 1
    before = found.families.get().rubric
    services.write_rubric(role_family=FAMILY, levels=LEVELS, by=accounts["hr"])
    assert queries.find_rubric(FAMILY) != before and the_round().families.get().rubric == before
    assert {each.accountable.username for each in list_items()} == {"manager", "search-lead"}


@pytest.mark.parametrize(
    ("spoil", "code", "names"),
    [
        ("no family", "no_role_family", "Payments-4"),
        ("another family", "no_profile", "design"),
        ("nobody", "nobody", ""),
        ("the day has come", "too_late", ""),
    ],
)
def test_a_round_is_not_announced_without_what_it_needs(accounts, spoil, code, names):
    """S91, bad input: what is missing is told by name, and nothing was announced to anybody."""
    made = draft(accounts, name="Summer", opens_on=date(2026, 4, 20))
    with factories.imported():
        if spoil in ("no family", "another family"):
            family = "" if spoil == "no family" else "design"
            Person.objects.filter(external_id="payments-4").update(role_family=family)
        if spoil == "nobody":
            Person.objects.update(employed_to=date(2026, 4, 1))
    told = Notice.objects.count()
    with clock.stopped_at(OPENS + timedelta(days=5 if code == "too_late" else 0)), pytest.raises(Conflict) as refused:  # fmt: skip
        services.announce(calibration=made, by=accounts["hr"])
    assert refused.value.code == code and names in refused.value.detail
    assert Notice.objects.count() == told and not made.items.exists()


def test_a_round_opens_on_its_day_and_not_before(accounts):
    """S98."""
    made = services.announce(
        calibration=draft(accounts, name="Summer", opens_on=date(2026, 4, 20)), by=accounts["hr"]
    )
    with pytest.raises(Conflict) as refused:
        services.open_round(calibration=made, by=accounts["hr"])
    assert refused.value.code == "too_early" and "20 April 2026" in refused.value.detail
    with clock.stopped_at(OPENS + timedelta(days=5)):
        assert services.open_round(calibration=made, by=accounts["hr"]).state == RoundState.OPEN


# Packs


def test_values_come_through_the_line_with_their_notes_and_stay(accounts, monkeypatch):
    """S53, S88: asked as who answers, cited by the receipt; refusals are kept as such."""
    item, manager = item_of("payments-2"), accounts["manager"]
    refused = services.ask_values(item=item, by=manager)
    assert not refused.permitted
    rules = dict(packs.read_pack(item).values[0].told.rules)
    assert set(rules) == {"AR07"}, rules
    tell_own_values(monkeypatch)
    records = write_checked(item, accounts)
    given = services.ask_values(item=item, by=manager)
    told = packs.read_pack(item).values[0].told
    assert given.permitted, told.rules
    assert {row.metric for row in told.rows} == {DELIVERY, HEALTH}
    decided = DecisionRecord.objects.get(entry=given.entry_id)
    assert (decided.actor, decided.subjects, decided.use) == (manager, ["payments-2"], "calibration_input")
    ask_unseen(item, by=manager)
    proposal = services.propose(
        item=item, level=2, reasons="As in the example.", evidence=[records[0].pk], receipts=[given.entry_id], by=manager
    )  # fmt: skip
    assert proposal.receipts == [given.entry_id]
    with pytest.raises(BadInput) as cited:
        services.propose(
            item=item, level=2, reasons="So.", change="So.", evidence=[records[0].pk], receipts=[refused.entry_id], by=manager
        )  # fmt: skip
    assert cited.value.field == "receipts"


def test_a_low_value_is_not_cited_where_coverage_is_little(accounts, monkeypatch):
    """S97: listed as a coverage gap, and what the line said of it cannot be cited."""
    item, manager = item_of("payments-2"), accounts["manager"]
    tell_own_values(monkeypatch, withheld=Withheld.LOW_COVERAGE)
    write_checked(item, accounts)
    given = services.ask_values(item=item, by=manager)
    pack = packs.read_pack(item)
    assert PackFlag.COVERAGE_GAP in pack.flags
    ask_unseen(item, by=manager)
    with pytest.raises(BadInput) as refused:
        services.propose(
            item=item, level=1, reasons="Slow.", evidence=[pack.records[0].pk], receipts=[given.entry_id], by=manager
        )  # fmt: skip
    assert refused.value.field == "receipts"


def test_a_pack_holds_what_was_of_its_period_and_nothing_refuted(accounts):
    """S95: evidence of before and after is no evidence of this period."""
    from governance.evidence import services as evidence

    item, manager = item_of("payments-2"), accounts["manager"]
    kept = write(item, by=manager)
    write(item, by=manager, happened_on=date(2025, 12, 31))
    write(item, by=manager, happened_on=date(2026, 4, 1))
    wrong = write(item, by=manager)
    evidence.check_evidence(record=wrong, holds=False, says="It is of somebody else.", by=accounts["hr"])
    assert [each.pk for each in packs.read_pack(item).records] == [kept.pk]


def test_who_changed_teams_within_the_period_is_told_by_name(accounts):
    """Bad input: a person who changes team mid-period."""
    item = item_of("payments-2")
    with factories.imported():
        Membership.objects.filter(person=item.person).update(valid_to=date(2026, 2, 1))
        Membership.objects.create(
            person=item.person, team=Team.objects.get(slug="search"), valid_from=date(2026, 2, 1)
        )
    pack = packs.read_pack(item)
    assert PackFlag.MOVED in pack.flags and pack.teams == ("Payments", "Search")
    line = next(
        each for each in sessions.read_session(the_round(), by=accounts["hr"]).lines if each.item == item
    )
    assert PackFlag.MOVED in line.flags


def test_who_changed_roles_within_the_period_is_told_by_name(accounts):
    """Bad input: what counts for a level is another thing in another role."""
    item = item_of("payments-2")
    with factories.imported():
        for role, since, until in (("design", date(2025, 1, 1), date(2026, 2, 1)), (FAMILY, date(2026, 2, 1), None)):  # fmt: skip
            item.person.circumstances.create(role_family=role, valid_from=since, valid_to=until)
    assert PackFlag.CHANGED_ROLE in packs.read_pack(item).flags
    lines = sessions.read_session(the_round(), by=accounts["hr"]).lines
    assert [each.item for each in lines if PackFlag.CHANGED_ROLE in each.flags] == [item]


def test_unseen_work_is_asked_for_by_name_before_anything_is_proposed(accounts):
    """S96: neither evidence nor an answer, and nothing is proposed."""
    item, manager = item_of("payments-2"), accounts["manager"]
    record = write(item, by=manager)
    given = {
        "item": item,
        "level": 2,
        "reasons": "As in the example.",
        "evidence": [record.pk],
        "by": manager,
    }
    with pytest.raises(Conflict) as refused:
        services.propose(**given)
    assert refused.value.code == "not_asked" and "design reviews" in refused.value.detail
    assert "mentoring" not in refused.value.detail
    ask_unseen(item, but=[NoteKind.MENTORING], by=manager)
    services.write_note(item=item, kind=NoteKind.LEARNED, text="To run an incident.", by=manager)
    assert services.propose(**given).number == 1
    assert [each.text for each in packs.read_pack(item).growth] == ["To run an incident."]


# The session


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"level": 4}, "level"),
        ({"evidence": []}, "evidence"),
        ({"reasons": " "}, "reasons"),
        ({"reasons": "Only two people may be Leading."}, "reasons"),
        ({"receipts": ["00000000-0000-4000-8000-000000000000"]}, "receipts"),
        ({"evidence": ["00000000-0000-4000-8000-000000000000"]}, "evidence"),
    ],
)
def test_a_proposal_without_its_grounds_names_its_field(accounts, over, field):
    """S87, S92, AR17: metrics are never all of it, and no reason states a target."""
    item, manager = item_of("payments-2"), accounts["manager"]
    record = write(item, by=manager)
    ask_unseen(item, by=manager)
    given = {"level": 2, "reasons": "As in the example.", "evidence": [record.pk], **over}
    with pytest.raises(BadInput) as refused:
        services.propose(item=item, by=manager, **given)
    assert refused.value.field == field


def test_a_level_is_changed_only_with_a_reason_and_what_was_said_stays(proposed):
    """S89: and the challenge that led to it is answered."""
    item, manager = item_of("payments-2"), proposed["manager"]
    raised = services.challenge(item=item, text="Is it of the whole period?", by=proposed["search-lead"])
    with pytest.raises(Conflict) as refused:
        hand_in(proposed)
    assert refused.value.code == "challenges_open" and "Payments-2" in refused.value.detail
    services.answer_challenge(raised=raised, text="It is. The level changes.", by=manager)
    given = {"level": 1, "reasons": "It did not last.", "evidence": item.proposals.first().evidence}
    with pytest.raises(BadInput) as unsaid:
        propose("payments-2", **given)
    assert unsaid.value.field == "change"
    changed = propose("payments-2", **given, change="A challenge showed that it did not last.")
    assert (changed.number, changed.kind) == (2, ProposalKind.CHANGED)
    first, last = queries.list_proposals([item])[item.pk]
    assert queries.read_words(first).level != queries.read_words(last).level


def test_a_session_lists_pairs_and_whoever_answers_for_one_alone(proposed):
    """S90, bad input: a manager with one person."""
    session = sessions.read_session(the_round(), by=proposed["hr"])
    assert session.pairs and all(pair.one.level != pair.other.level for pair in session.pairs)
    services.name_answerer(item=item_of("search-8"), accountable=proposed["hr-two"], by=proposed["hr"])
    assert sessions.read_session(the_round(), by=proposed["hr"]).alone == ("Hr-Two",)
    own = factories.an_account("own", person=Person.objects.get(external_id="search-1"))
    factories.a_role(own, "hr")
    names = {each.item.person.external_id for each in sessions.read_session(the_round(), by=own).lines}
    assert "search-1" not in names and len(names) == 16


@pytest.mark.parametrize(
    ("who", "fit"),
    [
        ("manager", True), ("hr", True), ("search-lead", False), ("rated", False), ("stranger", False), ("machine", False),
        ("second-auditor", False),
    ],
)  # fmt: skip
def test_one_accountable_human_who_leads_or_answers_for_the_person(accounts, who, fit):
    """S93: never the person, a system account or somebody without a role over them."""
    machine = factories.an_account("bot", kind=AccountKind.MACHINE)
    account = machine if who == "machine" else accounts[who]
    item = item_of("payments-2")
    if fit:
        services.name_answerer(item=item, accountable=account, by=accounts["hr"])
        assert item_of("payments-2").accountable == account
    else:
        with pytest.raises(BadInput) as refused:
            services.name_answerer(item=item, accountable=account, by=accounts["hr"])
        assert refused.value.code == "accountable_unfit"


@pytest.mark.parametrize("who", ["hr", "search-lead", "rated", "stranger", "second-auditor"])
def test_only_who_answers_proposes(accounts, who):
    """S93: HR does not either, unless it is named."""
    item = item_of("payments-2")
    record = write(item, by=accounts["manager"])
    ask_unseen(item, by=accounts["manager"])
    with pytest.raises(DomainError):
        services.propose(item=item, level=2, reasons="So.", evidence=[record.pk], by=accounts[who])
    with pytest.raises(DomainError):
        services.ask_values(item=item, by=accounts[who])
    assert not LevelProposal.objects.exists()


@pytest.mark.parametrize(
    ("who", "pack", "proposals", "session"),
    [
        ("hr", True, True, True),
        ("manager", True, True, True),
        ("search-lead", False, False, True),
        ("rated", True, False, False),
        ("stranger", False, False, False),
        ("second-auditor", False, False, False),
    ],
)
def test_who_reads_what_before_it_is_published(proposed, who, pack, proposals, session):
    """Nobody reads what is proposed of themself early, and nobody outside reads anything."""
    item, user = item_of("payments-2"), proposed[who]
    assert permissions.sees_pack(user, item) is pack
    assert permissions.sees_proposals(user, item) is proposals
    assert permissions.can(permissions.check_joins, user, the_round()) is session
    with pytest.raises(NotFound):
        queries.get_outcome(item.pk, by=user)


# Audited, and told


def test_a_round_is_not_handed_in_while_anybody_lacks_a_level(accounts):
    """S87: told by name; who is set aside with a reason lacks none."""
    for item in list_items()[1:]:
        propose(item.person.external_id)
    with pytest.raises(Conflict) as refused:
        hand_in(accounts)
    assert refused.value.code == "not_proposed" and "Payments-1" in refused.value.detail
    services.set_aside(item=list_items()[0], reason="On leave for most of it.", by=accounts["hr"])
    found = hand_in(accounts)
    assert found.state == RoundState.AUDITED and found.outcomes.people == 16
    rows = unseal(found.outcomes.sealed, found.outcomes.pk)
    assert {row.rating for row in rows} == {2.0} and {row.evidence for row in rows} == {"thin"}


def test_nothing_is_published_before_a_passed_audit(proposed):
    """S94: not without one, not while one is judged, not after a flagged one; the database keeps it too."""
    hr = proposed["hr"]
    hand_in(proposed)
    for expected in ("not_audited", "audit_flagged"):
        with pytest.raises(Conflict) as refused:
            services.publish(calibration=the_round(), by=hr)
        assert refused.value.code == expected
        if expected == "not_audited":
            with pytest.raises(Conflict) as refused:
                services.reopen(calibration=the_round(), reason="Too soon.", by=hr)
            assert refused.value.code == "being_audited"
            assert audit(proposed, answer=HarmAnswer.YES).state == FairnessState.FAILED
    with pytest.raises(DatabaseError, match="after its audit was passed"), transaction.atomic():
        CalibrationRound.objects.filter(pk=the_round().pk).update(state="published", published_at=clock.now())
    services.reopen(calibration=the_round(), reason="Look at remote people again.", by=hr)
    item = item_of("payments-1")
    evidence = item.proposals.first().evidence
    propose("payments-1", 1, evidence=evidence, change="The audit led us to read it again.")
    hand_in(proposed)
    audit(proposed)
    assert services.publish(calibration=the_round(), by=hr).state == RoundState.PUBLISHED


def test_too_few_people_cannot_be_audited_and_so_not_told(accounts):
    """S94, bad input: told with their number."""
    for at, item in enumerate(list_items()):
        if at < 9:
            propose(item.person.external_id)
        else:
            services.set_aside(item=item, reason="Left.", by=accounts["hr"])
    with pytest.raises(Conflict) as refused:
        hand_in(accounts)
    assert refused.value.code == "too_few" and "9 people" in refused.value.detail


def test_outcomes_are_told_read_and_closed(published):
    """S84, S100: to each their own; closed once all have read it or had thirty days to."""
    assert Notice.objects.filter(to=published["rated"], kind="calibration.published").count() == 1
    item = queries.get_outcome(item_of("payments-2").pk, by=published["rated"])
    services.acknowledge(item=item, by=published["rated"])
    first = item_of("payments-2").acknowledged_at
    services.acknowledge(item=item, by=published["rated"])
    assert item_of("payments-2").acknowledged_at == first
    with pytest.raises(Conflict) as refused:
        services.close_round(calibration=the_round(), by=published["hr"])
    assert refused.value.code == "not_read" and "16 people" in refused.value.detail
    with clock.stopped_at(OPENS + timedelta(days=30)):
        assert services.close_round(calibration=the_round(), by=published["hr"]).state == RoundState.CLOSED
    assert queries.count_year(2026) == {
        "rounds": 1, "people": 17, "set_aside": 0, "acknowledged": 1, "changed": 0, "corrected": 0, "confirmed": 0, "challenged": 0,
    }  # fmt: skip


@pytest.mark.parametrize("who", ["manager", "rated", "stranger", "second-auditor"])
def test_only_hr_keeps_rounds(proposed, who):
    for act in (services.hand_in, services.publish, services.open_round, services.close_round):
        with pytest.raises(NotPermitted):
            act(calibration=the_round(), by=proposed[who])
    with pytest.raises(NotPermitted):
        services.drop_round(calibration=the_round(), reason="x", by=proposed[who])


def test_what_is_said_of_people_is_sealed_and_stands_on_no_log(published):
    """S53: no table tells a level, and no entry of the log a reason."""
    assert b"newcomers" not in b"".join(bytes(each.said) for each in LevelProposal.objects.all())
    told = b"".join(
        bytes(body) for body in Entry.objects.filter(kind__startswith="calibration.").values_list("payload__body", flat=True) if body
    )  # fmt: skip
    assert told and b"newcomers" not in told and b'"level"' not in told


def test_a_round_that_is_dropped_tells_nobody_anything(proposed):
    services.drop_round(calibration=the_round(), reason="The period was wrong.", by=proposed["hr"])
    assert the_round().ended_at is not None
    item = item_of("payments-1")
    given = {"level": 1, "reasons": "So.", "change": "So.", "evidence": item.proposals.first().evidence}
    with pytest.raises(Conflict) as refused:
        services.propose(item=item, by=proposed["manager"], **given)
    assert refused.value.code == "not_open"
    assert CalibrationItem.objects.filter(round=the_round()).count() == 17
