"""Whom a decision is about where it looks at the values of their group: who answers, what counts as evidence, who is protected."""

from datetime import date

import pytest

from charter.rules.vocabulary import EvidenceKind
from governance.about_me.letters import write_letter
from governance.decisions import naming
from governance.decisions.models import DecisionRecord
from governance.decisions.services import protect
from governance.evidence import services as evidence
from governance.evidence.models import EvidenceRecord
from governance.evidence.queries import make_reference
from governance.evidence.services import EvidenceSaid
from governance.evidence.states import EvidenceSource
from governance.people import pseudonyms
from governance.people.models import Person, Team, User
from ground.errors import BadInput
from tests import factories
from tests.governance.decisions.test_answer import ask
from tests.governance.decisions.test_holds import CALIBRATION, PERSONAL_EVIDENCE, RETROSPECTIVE

ABOUT = {**CALIBRATION, "about": ["payments-2"], "evidence": PERSONAL_EVIDENCE}


@pytest.fixture
def in_the_team(judged) -> dict[str, User]:
    """The manager is of the team that they lead, as managers often are."""
    boss = factories.a_person("boss", team=Team.objects.get(slug="payments"))
    factories.change(judged["manager"], person=boss)
    return judged


def rules_of(given) -> set[str]:
    return {match.id for match in given.verdict.rules} if not given.verdict.permits else set()


def test_who_leads_somebody_answers_for_them_though_of_the_same_team(in_the_team):
    """AR18: one decides about a colleague whom one leads; about the whole team one would decide about oneself.

    Nothing is on record of the others (AR07).
    """
    manager = in_the_team["manager"]
    assert rules_of(ask(manager, CALIBRATION)) == {"AR18"}
    assert ask(manager, ABOUT).verdict.permits
    assert rules_of(ask(manager, {**ABOUT, "about": ["boss"]})) == {"AR07", "AR18"}
    assert rules_of(ask(manager, {**ABOUT, "about": ["payments-2", "boss"]})) == {"AR07", "AR18"}
    for other in ("search-1", "no-such-person"):  # led by another; nobody's id tells anything
        assert rules_of(ask(manager, {**ABOUT, "about": [other]})) == {"AR07", "AR18"}
    asked = {**ABOUT, "accountable": "evidence-hr"}  # who answers for anybody
    assert ask(manager, asked).verdict.permits
    for other in ("search-1", "no-such-person"):  # whom these values are not of
        assert rules_of(ask(manager, {**asked, "about": [other]})) == {"AR07", "AR18"}


def test_evidence_about_them_counts_and_that_of_others_does_not(judged):
    """AR07: a design review of one person is no evidence for another."""
    manager, found = judged["manager"], []
    for number, kind in enumerate((EvidenceKind.MENTORING, EvidenceKind.DESIGN_REVIEW)):
        record = _write(Person.objects.get(external_id="payments-2"), kind, number, by=manager)
        found.append({"kind": kind.value, "ref": make_reference(record).ref})
    assert ask(manager, ABOUT, evidence=found).verdict.permits
    assert rules_of(ask(manager, {**ABOUT, "about": ["payments-3"]}, evidence=found)) == {"AR07"}
    assert rules_of(ask(manager, CALIBRATION, evidence=found)) == {"AR07"}


def test_each_of_those_concerned_has_evidence_of_their_own(judged):
    """AR07: one colleague's records carry no other along, nor does what any two leads wrote down of some group's work."""
    manager, found = judged["manager"], []
    for number, kind in enumerate((EvidenceKind.MENTORING, EvidenceKind.DESIGN_REVIEW)):
        record = _write(Person.objects.get(external_id="payments-2"), kind, number, by=manager)
        found.append({"kind": kind.value, "ref": make_reference(record).ref})
    both = {**ABOUT, "about": ["payments-2", "payments-3"]}
    assert rules_of(ask(manager, both, evidence=found)) == {"AR07"}
    assert rules_of(ask(manager, ABOUT, evidence=CALIBRATION["evidence"])) == {"AR07"}
    assert ask(manager, CALIBRATION).verdict.permits  # about nobody by name


def _write(person: Person, kind: EvidenceKind, number: int, *, by: User) -> EvidenceRecord:
    said = EvidenceSaid(
        kind=kind, happened_on=date(2026, 2, 10), project="Ledger", source=EvidenceSource.PEER, said_by="Ada",
        link=f"https://docs.example.org/{number}", shows="Two newcomers ship alone.",
    )  # fmt: skip
    record = evidence.write_evidence(said=said, person=person, by=by)
    return evidence.check_evidence(
        record=record, holds=True, says="", by=User.objects.get(username="evidence-hr")
    )


def test_who_is_protected_is_whom_it_is_about(judged):
    """AR22: a decision about somebody who disputed is refused; one about a colleague of theirs tells nothing of that."""
    manager = judged["manager"]
    protection = {"starts_on": date(2026, 4, 1), "ends_on": date(2026, 5, 1), "by": factories.system()}
    protect(person=Person.objects.get(external_id="payments-2"), account=manager, **protection)
    assert rules_of(ask(manager, ABOUT)) == {"AR22"}
    assert ask(manager, {**ABOUT, "about": ["payments-3"]}).verdict.permits
    assert rules_of(ask(manager, {**ABOUT, "about": ["payments-3", "payments-2"]})) == {"AR22"}


@pytest.mark.parametrize(
    "asked",
    [
        {**RETROSPECTIVE, "about": ["payments-2"]},
        {**CALIBRATION, "grain": "person", "cohorts": [], "persons": ["payments-2"], "about": ["payments-2"]},
        {**CALIBRATION, "about": ["payments-2", "payments-2"]},
        {**CALIBRATION, "about": ["any'body"]},
    ],
)
def test_where_it_cannot_be_said_it_is_refused_by_name(judged, asked):
    """A field is carried out or it is 400."""
    with pytest.raises(BadInput) as refused:
        ask(judged["manager"], asked)
    assert refused.value.field == "about"


def test_only_they_and_the_asker_read_whom_it_is_about(judged):
    """S82: a colleague in the group learns that the group was looked at; an auditor reads a pseudonym."""
    ask(judged["manager"], ABOUT)
    decision = DecisionRecord.objects.latest("at")
    told = {}
    for name in ("payments-2", "payments-3"):
        person = Person.objects.get(external_id=name)
        user = factories.an_account(f"of-{name}", person=person)
        letter = write_letter(decision.entry_id, user, person)
        told[name] = " ".join(str(said.text) for part in letter.parts for said in part.sentences)
    assert "The decision is about you." in told["payments-2"]
    assert "about you" not in told["payments-3"] and "payments-2" not in told["payments-3"]
    hidden = naming.put_in_words(decision, {}, pseudonyms.KnownNames())
    assert hidden.about == naming.call_person("payments-2") and "payments-2" not in hidden.line
