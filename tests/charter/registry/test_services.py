"""What moves a charter, a programme and a rulebook, and what stands in the way."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import uuid4

import msgspec
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from audits.ledger.models import Entry
from charter import rules
from charter.authoring import services as authoring
from charter.programme import services as programmes
from charter.programme.models import Programme
from charter.programme.states import ProgrammeState
from charter.registry import catalogue, services
from charter.registry.charter_facts import parse_document
from charter.registry.document import What
from charter.registry.models import CharterVersion, ClearanceKind, RulebookVersion
from charter.registry.states import RulebookState, StandingChoices
from charter.rules.vocabulary import Outcome
from governance.board import services as board
from governance.people.models import GrantedRole
from ground import clock
from ground.errors import BadInput, Conflict, NotPermitted
from tests import factories, snapshots

pytestmark = pytest.mark.django_db


@dataclass
class House:
    programme: Programme
    owner: object


@snapshots.fixture
def house(founded) -> House:
    factories.the_rules()
    return House(factories.a_programme(), factories.an_account("owner"))


def register(house, by, document=None):
    document = document or factories.a_document("deployment-frequency")
    return authoring.register_charter(programme=house.programme, document=document, owner=house.owner, by=by)


def kinds_of_entries() -> list[str]:
    return list(Entry.objects.order_by("at").values_list("kind", flat=True))


def test_a_database_holds_one_programme(house, by):
    """One tenant a database (DESIGN, ground rules)."""
    with pytest.raises(Conflict, match="a programme already"):
        programmes.establish_programme(slug="second", name="Second", purpose="To be one too many.", by=by)


def test_a_programme_needs_a_time_zone_that_exists(by):
    """Periods follow the programme's zone (issue 2, clause 3): one that nobody knows is refused by name."""
    with pytest.raises(BadInput) as caught:
        programmes.establish_programme(
            slug="p", name="P", purpose="To help.", time_zone="Mars/Olympus", by=by
        )
    assert caught.value.field == "time_zone"


def test_a_programme_without_decisions_takes_no_metric_and_no_approval(by):
    """S5: a program needs at least one declared decision before any metric can be attached to it."""
    programme = programmes.establish_programme(slug="p", name="P", purpose="To help.", by=by)
    owner = factories.an_account("owner")
    document = factories.a_document("deployment-frequency")
    with pytest.raises(Conflict) as caught:
        authoring.register_charter(programme=programme, document=document, owner=owner, by=by)
    assert caught.value.code == "programme_without_decision"
    with pytest.raises(Conflict):
        programmes.approve_programme(programme=programme, by=by)


def test_no_metric_leaves_draft_before_its_programme_is_approved(by):
    """S1: no metric can leave `draft` unless it belongs to a program whose charter is approved."""
    factories.the_rules()
    programme = programmes.establish_programme(slug="p", name="P", purpose="To help.", by=by)
    programmes.load_decisions(programme=programme, by=by)
    services.load_sources(by=by)
    house = House(programme, factories.an_account("owner"))
    version = register(house, by)
    with pytest.raises(Conflict) as caught:
        authoring.submit(version=version, by=by)
    assert caught.value.code == "programme_not_approved"
    factories.the_contract()
    with factories.past_trigger("programme_programme", "founded_by_its_board"):
        programmes.approve_programme(programme=programme, by=by)
    assert authoring.submit(version=version, by=by).standing == StandingChoices.SUBMITTED


def test_approval_says_when_and_by_whom_and_happens_once(house, by):
    """S1: the program charter is approved by somebody, at a time, once."""
    assert house.programme.state == ProgrammeState.ACTIVE
    assert house.programme.approved_by == by and house.programme.approved_at
    with pytest.raises(Conflict):
        programmes.approve_programme(programme=house.programme, by=by)


def test_a_fresh_install_has_all_decisions_and_keeps_what_was_changed(house, by):
    """S6, S7: the default catalogue is there; loading it again does not undo what the board changed."""
    slugs = set(house.programme.decision_kinds.values_list("slug", flat=True))
    assert len(slugs) == 22
    assert {"release_readiness", "team_coaching", "promotion_evidence", "staffing", "incident_response",
            "portfolio_planning"} <= slugs  # fmt: skip
    factories.settings(staffing__evidence_needed=3)
    assert programmes.load_decisions(programme=house.programme, by=by) == []
    assert house.programme.decision_kinds.get(slug="staffing").evidence_needed == 3


def test_registering_the_same_content_twice_gives_the_same_version(house, by):
    """DESIGN Charters: a changed definition is a new version, and only a changed one."""
    first = register(house, by)
    assert (first.number, first.standing, first.created_by) == (1, StandingChoices.DRAFT, by)
    before = Entry.objects.count()
    assert register(house, by) == first
    assert Entry.objects.count() == before
    document = parse_document(first.document)
    second = register(house, by, msgspec.structs.replace(document, name="Deployments a week"))
    assert (second.number, second.metric) == (2, first.metric)
    assert second.content_hash != first.content_hash


def test_a_version_repeats_its_document_for_lists(house, by):
    """S31, S40, S41: layer, type and class of a version are those of its document."""
    version = register(house, by)
    assert (version.category, version.layer, version.kind, version.view) == (
        "delivery", "system", "outcome", "diagnostic",
    )  # fmt: skip
    assert parse_document(version.document) == factories.a_document("deployment-frequency")


def test_the_catalogue_loads_as_drafts_all_of_them(house, by):
    """Issue 2, clause 2: at least 14 starter charters as YAML that load as drafts; twice is once."""
    versions = authoring.load_catalogue(programme=house.programme, owner=house.owner, by=by)
    assert len(versions) >= 14
    assert {version.standing for version in versions} == {StandingChoices.DRAFT}
    assert authoring.load_catalogue(programme=house.programme, owner=house.owner, by=by) == versions


def test_loading_the_catalogue_can_amend_each_charter(house, by):
    """Issue 2, clause 1: the demo says what it changes in charters, such as retention of team values P5Y."""

    def longer(document):
        how_long = msgspec.structs.replace(document.how_long, values="P5Y")
        return msgspec.structs.replace(document, how_long=how_long)

    versions = authoring.load_catalogue(programme=house.programme, owner=house.owner, by=by, amend=longer)
    assert {version.document["how_long"]["values"] for version in versions} == {"P5Y"}


def test_every_starter_charter_can_be_handed_in(house, by):
    """S134, issue 2: lint finds no error and every example gets its verdict under the built-in rules."""
    for version in authoring.load_catalogue(programme=house.programme, owner=house.owner, by=by):
        handed_in = authoring.submit(version=version, by=by)
        assert (handed_in.standing, handed_in.submitted_by) == (StandingChoices.SUBMITTED, by)
        assert handed_in.submitted_at is not None


def test_an_empty_question_blocks_submission_and_is_named(house, by):
    """S2: submitting with an empty what, why or who fails validation and names the missing question."""
    document = msgspec.structs.replace(factories.a_document("deployment-frequency"), what=What())
    with pytest.raises(BadInput) as caught:
        authoring.submit(version=register(house, by, document), by=by)
    assert caught.value.code == "charter_has_errors"
    assert "what is measured" in caught.value.detail
    assert {finding.field for finding in caught.value.extra["findings"]} >= {"what"}
    assert CharterVersion.objects.get().standing == StandingChoices.DRAFT


def test_an_example_with_another_verdict_blocks_submission(house, by):
    """DESIGN Charters: examples run against the engine at submission, and a mismatch blocks."""
    document = factories.a_document("deployment-frequency")
    (example,) = document.examples.incorrect
    wrong = msgspec.structs.replace(example, rules=("AR23",))
    examples = msgspec.structs.replace(document.examples, incorrect=(wrong,))
    version = register(house, by, msgspec.structs.replace(document, examples=examples))
    with pytest.raises(BadInput) as caught:
        authoring.submit(version=version, by=by)
    assert caught.value.field == "examples.incorrect[0]"
    assert caught.value.extra["findings"][0].rule == "CH43"


def test_a_decision_finer_than_the_programme_allows_blocks_submission(house, by):
    """S7: each decision category carries its own minimum grain."""
    factories.settings(retrospective__minimum_grain="value_stream")
    with pytest.raises(BadInput) as caught:
        authoring.submit(version=register(house, by), by=by)
    assert [finding.rule for finding in caught.value.extra["findings"] if finding.level == "error"] == [
        "CH31"
    ]


def test_a_submitted_version_is_not_submitted_again(house, by):
    """DESIGN Charters: no way but those of the table."""
    version = authoring.submit(version=register(house, by), by=by)
    with pytest.raises(Conflict) as caught:
        authoring.submit(version=version, by=by)
    assert caught.value.code == "no_such_transition"


def test_a_stale_copy_cannot_move_a_version_twice(house, by):
    """DESIGN Charters: what counts is where the version stands now, not where the caller last saw it."""
    stale = register(house, by)
    authoring.submit(version=stale, by=by)
    assert stale.standing == StandingChoices.DRAFT
    with pytest.raises(Conflict):
        authoring.submit(version=stale, by=by)


def test_activating_retires_the_earlier_version_and_sets_its_dates(by):
    """DESIGN Charters: expires after 12 months, reviewed within 92 days, the old is void when the new is active (S9)."""
    with clock.stopped_at(datetime(2026, 1, 31, 9, tzinfo=UTC)):
        first = factories.an_active_charter("deployment-frequency")
        assert first.expires_at == datetime(2027, 1, 31, 9, tzinfo=UTC)
        assert first.review_due_on == date(2026, 5, 3)
        assert (first.activated_at, first.case_id is not None) == (clock.now(), True)
        document = factories.a_document("deployment-frequency")
        changed = msgspec.structs.replace(document, name="Deployments a week")
        second = factories.an_active_charter(document=changed)
    first.refresh_from_db()
    assert (first.standing, first.ended_at) == (StandingChoices.RETIRED, second.activated_at)
    assert second.standing == StandingChoices.ACTIVE


def test_no_charter_becomes_active_without_a_passed_case(house, by):
    """Issue 2, clause 5: no charter becomes active except by a passed case; the database refuses any other."""
    version = authoring.submit(version=register(house, by), by=by)
    services.begin_review(version=version, by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        services.activate(version=version, case_id=uuid4(), by=by)


def test_a_rejected_version_has_ended_and_its_content_needs_a_change(house, by):
    """S50: rejected metrics stay rejected; re-submission needs a change."""
    version = authoring.submit(version=register(house, by), by=by)
    services.begin_review(version=version, by=by)
    rejected = services.reject(version=version, by=by)
    assert (rejected.standing, rejected.ended_by) == (StandingChoices.REJECTED, by)
    again = register(house, by)
    assert again == rejected
    with pytest.raises(Conflict):
        authoring.submit(version=again, by=by)


def test_an_active_charter_can_be_suspended_and_retired(by):
    """DESIGN Charters: active → suspended → retired."""
    version = factories.an_active_charter("deployment-frequency")
    assert services.suspend(version=version, by=by).standing == StandingChoices.SUSPENDED
    assert services.retire(version=version, by=by).standing == StandingChoices.RETIRED
    with pytest.raises(Conflict):
        services.suspend(version=version, by=by)


def an_auditor():
    auditor = factories.an_account("fair")
    factories.a_role(auditor, GrantedRole.AUDITOR)
    return auditor


def test_only_an_auditor_without_a_stake_signs_a_clearance_off(house, by):
    """Issue 16, S22: not an account without roles, not the system, not the owner though they audit."""
    version = register(house, by)
    owner = version.metric.owner
    cleared = {
        "version": version, "kind": ClearanceKind.FAIRNESS_AUDIT, "passed": True,
        "valid_until": date(2027, 1, 1), "reference": "FA-1",
    }  # fmt: skip
    for who in (factories.an_account("nobody"), factories.system(), owner):
        with pytest.raises(NotPermitted):
            services.grant_clearance(**cleared, by=who)
    factories.a_role(owner, GrantedRole.AUDITOR)
    with pytest.raises(NotPermitted) as refused:
        services.grant_clearance(**cleared, by=owner)
    assert refused.value.code == "has_a_stake"
    assert services.grant_clearance(**cleared, by=an_auditor()).passed


def test_who_wrote_a_charter_does_not_sign_its_audit_off(house, by):
    """Issue 16, attack: the metric has another owner by now, and its author is the auditor."""
    version, author = register(house, by), an_auditor()
    factories.change(version, created_by=author)
    with pytest.raises(NotPermitted) as refused:
        services.grant_clearance(
            version=version, kind=ClearanceKind.FAIRNESS_AUDIT, passed=True, valid_until=date(2027, 1, 1),
            reference="FA-1", by=author,
        )  # fmt: skip
    assert refused.value.code == "has_a_stake"


def test_every_move_stands_in_the_log(house, by):
    """S143 and DESIGN Style: every service that writes appends to the ledger."""
    version = register(house, by)
    authoring.submit(version=version, by=by)
    services.begin_review(version=version, by=by)
    services.reject(version=version, by=by)
    services.grant_clearance(
        version=version, kind=ClearanceKind.FAIRNESS_AUDIT, passed=True, valid_until=date(2027, 1, 1),
        reference="FA-1", by=an_auditor(),
    )  # fmt: skip
    assert {
        "registry.programme.established", "registry.programme.approved", "registry.decisions.declared",
        "registry.sources.described", "registry.rulebook.proposed", "registry.rulebook.published",
        "registry.charter.registered", "registry.charter.submitted", "registry.charter.in_review",
        "registry.charter.rejected", "registry.clearance.granted",
    } <= set(kinds_of_entries())  # fmt: skip


def test_what_is_refused_leaves_no_trace(house, by):
    """DESIGN Style: the ledger says what happened, and a refusal did not."""
    version = register(house, by)
    before = Entry.objects.count()
    with pytest.raises(Conflict):
        services.reject(version=version, by=by)
    assert Entry.objects.count() == before


def test_rules_that_do_not_compile_are_not_even_proposed(by):
    """Issue 2, clause 6: a rulebook compiles or is refused with every finding."""
    files = {**rules.builtin_files(), "bad.cedar": "forbid (principal"}
    with pytest.raises(BadInput) as caught:
        services.propose_rulebook(files=files, by=by)
    assert caught.value.extra["findings"]
    assert not RulebookVersion.objects.exists()


def test_proposing_the_same_rules_gives_the_same_version(house, by):
    """DESIGN Rules: rulebooks are versioned and content-hashed."""
    first = services.propose_rulebook(files=rules.builtin_files(), by=by)
    assert (first.number, first.state) == (1, RulebookState.IN_FORCE)
    second = services.propose_rulebook(files=stricter_rules(), by=by)
    assert (second.number, second.state) == (2, RulebookState.PROPOSED)


def test_rules_in_force_are_replaced_by_a_case_only(house, by):
    """DESIGN Rules: rulebooks are approved as board cases; one is in force at a time."""
    second = services.propose_rulebook(files=stricter_rules(), by=by)
    with pytest.raises(Conflict) as caught:
        services.publish_rulebook(version=second, by=by)
    assert caught.value.code == "needs_a_case"
    factories.a_board()
    factories.a_decided_case(board.open_case(rulebook_version=second, by=by))
    states = dict(RulebookVersion.objects.values_list("number", "state"))
    assert states == {1: RulebookState.REPLACED, 2: RulebookState.IN_FORCE}


def test_a_charter_cannot_be_changed_or_deleted_by_the_running_site(house, by):
    """Issue 2, clause 2: versions are immutable to the runtime role."""
    version = register(house, by)
    for statement in (
        "UPDATE registry_charterversion SET document = '{}'",
        "UPDATE registry_charterversion SET number = 7",
        "UPDATE registry_charterversion SET content_hash = 'x'",
        "DELETE FROM registry_charterversion",
        "TRUNCATE registry_charterversion CASCADE",
        "UPDATE registry_rulebookversion SET files = '{}'",
        "DELETE FROM registry_clearance",
    ):
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    version.refresh_from_db()
    assert parse_document(version.document).metric == "deployment-frequency"


def test_a_metric_has_one_active_version(by):
    """Issue 2, clause 2: one active version a metric, kept by the database."""
    active = factories.an_active_charter("deployment-frequency")
    twin = CharterVersion(
        metric=active.metric, number=9, document=active.document, content_hash="x", created_by=by,
        standing=StandingChoices.ACTIVE, activated_at=clock.now(), activated_by=by, expires_at=clock.now(),
        case_id=active.case_id,
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_an_unapproved_programme_cannot_be_made_active_behind_our_back(by):
    """S1: the database holds the pair of when and by whom."""
    programme = programmes.establish_programme(slug="p", name="P", purpose="To help.", by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.filter(pk=programme.pk).update(state=ProgrammeState.ACTIVE)


def test_groups_cannot_be_made_smaller_than_three(house):
    """AR12: the smallest group has a floor that no setting passes."""
    with pytest.raises(BadInput, match="fewer than 3"):
        factories.settings(minimum_group=2)


def stricter_rules(use: str = 'Decision::"compensation"') -> dict[str, str]:
    """The built-in rules and one of an organisation's own."""
    words = 'title("T") @text("T.") @why("W.") @fix("F.") @family("own") @effect("deny") @waivable("never")'
    rule = f'@id("ORG1") @{words}\nforbid (principal, action == Action::"use", resource)\nwhen {{ context.decision == {use} }};'
    return {**rules.builtin_files(), "own.cedar": rule}


def test_the_helper_of_this_file_makes_rules_that_compile():
    """Guards the tests above: the rule of the organisation's own matches what it names."""
    book = rules.compile_rulebook(stricter_rules())
    assert book.by_id["ORG1"].effect is Outcome.DENY
    assert catalogue.read_starter_charters()
