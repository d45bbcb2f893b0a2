"""Seventeen made-up people in two teams under two managers, and a calibration round of theirs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest

from audits.fairness import services as fairness
from audits.fairness.models import FairnessAudit
from audits.fairness.states import HarmAnswer, HarmHypothesis
from charter.measures.models import Withheld
from charter.measures.rows import Place, make_row, make_withheld_row
from charter.measures.values.aggregation import Estimate
from charter.measures.values.calendar import split_window
from charter.registry.models import CharterVersion
from charter.rules.vocabulary import DecisionType, EvidenceKind
from governance.calibration import queries, services
from governance.calibration.models import CalibrationItem, CalibrationRound
from governance.calibration.services import LevelSaid, RoundSaid
from governance.calibration.states import NoteKind
from governance.evidence import services as evidence
from governance.evidence.models import EvidenceRecord
from governance.evidence.services import EvidenceSaid
from governance.evidence.states import EvidenceSource
from governance.people.models import Cohort, GrantedRole, Person, Team, User
from governance.use_check.services.profiles import write_profile
from ground import clock
from tests import factories, snapshots
from tests.governance.decisions.conftest import NOON, governed, house, judged, stopped, with_judged
from tests.governance.decisions.people import DELIVERY, HEALTH
from tests.pages import browse

__all__ = ["browse", "governed", "house", "judged", "stopped", "with_judged"]

OPENS = datetime(2026, 4, 15, 12, tzinfo=UTC)
PERIOD = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 4, 1)}
FAMILY = "engineering"
LEVELS = (
    LevelSaid("Growing", "Does known work with help.", ("Shipped a form that a colleague had designed.",)),
    LevelSaid("Solid", "Does new work alone.", ("Designed and shipped the import, and ran it for a year.",)),
    LevelSaid(
        "Leading", "Makes others’ work better.", ("Her reviews changed how three teams write migrations.",)
    ),
)


@contextmanager
def on_the_day() -> Iterator[None]:
    """The day on which rounds here open."""
    with clock.stopped_at(OPENS):
        yield


@snapshots.fixture(at=NOON)
def with_round(with_judged) -> dict[str, User]:
    """Rubric, profile and the round, announced on 14 April and opened on the 15th."""
    made = dict(with_judged)
    with factories.imported():
        Person.objects.filter(memberships__team__slug__in=["payments", "search"]).update(role_family=FAMILY)
    for name, role, scope in (
        ("hr", GrantedRole.HR, {}), ("hr-two", GrantedRole.HR, {}), ("second-auditor", GrantedRole.AUDITOR, {}),
        ("search-lead", GrantedRole.MANAGER, {"team": Team.objects.get(slug="search")}),
    ):  # fmt: skip
        made[name] = factories.an_account(name)
        factories.a_role(made[name], role, **scope)
    made["rated"] = factories.an_account("rated", person=Person.objects.get(external_id="payments-2"))
    services.write_rubric(role_family=FAMILY, levels=LEVELS, by=made["hr"])
    write_profile(
        role_family=FAMILY,
        outcomes=["Software that others can change"],
        evidence_kinds=set(EvidenceKind),
        review_months=3,
        by=made["hr"],
    )
    calibration = services.announce(calibration=draft(made), by=made["hr"])
    with on_the_day():
        services.open_round(calibration=calibration, by=made["hr"])
    return made


@snapshots.fixture(at=OPENS)
def with_proposals(with_round) -> dict[str, User]:
    """The same, with a level proposed for everybody: the second and the third in turn."""
    propose_all()
    return with_round


@snapshots.fixture(at=OPENS)
def with_outcomes(with_proposals) -> dict[str, User]:
    """The same, audited and published."""
    services.hand_in(calibration=the_round(), by=with_proposals["hr"])
    audit(with_proposals)
    services.publish(calibration=the_round(), by=with_proposals["hr"])
    return with_proposals


@pytest.fixture
def proposed(with_proposals) -> Iterator[dict[str, User]]:
    with on_the_day():
        yield with_proposals


@pytest.fixture
def published(with_outcomes) -> Iterator[dict[str, User]]:
    with on_the_day():
        yield with_outcomes


@pytest.fixture
def accounts(with_round) -> Iterator[dict[str, User]]:
    """Those accounts, on the day on which the round was opened."""
    with on_the_day():
        yield with_round


def draft(accounts: dict[str, User], **changes) -> CalibrationRound:
    given = {
        "name": "Spring", "decision": DecisionType.CALIBRATION_INPUT, "cohort": Cohort.objects.get(slug="org:all"),
        "opens_on": OPENS.date(), "metrics": (DELIVERY, HEALTH), **PERIOD,
    }  # fmt: skip
    return services.draft_round(said=RoundSaid(**{**given, **changes}), by=accounts["hr"])


def the_round() -> CalibrationRound:
    return CalibrationRound.objects.get(name="Spring")


def item_of(external_id: str) -> CalibrationItem:
    return queries.get_item(
        CalibrationItem.objects.get(round=the_round(), person__external_id=external_id).pk
    )


def list_items() -> list[CalibrationItem]:
    found = CalibrationItem.objects.filter(round=the_round()).order_by("person__external_id")
    return [queries.get_item(key) for key in found.values_list("pk", flat=True)]


def write(item: CalibrationItem, kind=EvidenceKind.MENTORING, *, by: User, **changes) -> EvidenceRecord:
    """A piece of evidence of the period."""
    said = {
        "happened_on": date(2026, 2, 10), "project": "Ledger", "source": EvidenceSource.PEER, "said_by": "Ada",
        "link": f"https://docs.example.org/{kind.value}", "shows": "Two newcomers ship alone.",
    }  # fmt: skip
    return evidence.write_evidence(
        said=EvidenceSaid(kind=kind, **{**said, **changes}), person=item.person, by=by
    )


def write_checked(item: CalibrationItem, accounts: dict[str, User]) -> list[EvidenceRecord]:
    """Two kinds of evidence of the manager's that HR has opened: as much as the line asks for (AR07)."""
    kinds = (EvidenceKind.MENTORING, EvidenceKind.DESIGN_REVIEW)
    return [
        evidence.check_evidence(
            record=write(item, kind, by=accounts["manager"]), holds=True, says="", by=accounts["hr"]
        )
        for kind in kinds
    ]


def ask_unseen(item: CalibrationItem, *, but: Sequence[NoteKind] = (), by: User) -> None:
    """What nobody sees without asking is asked for, and answered."""
    for kind in (NoteKind.MENTORING, NoteKind.DESIGN_REVIEW, NoteKind.CROSS_TEAM_SUPPORT):
        if kind not in but:
            services.write_note(item=item, kind=kind, text="I asked two colleagues; there was none.", by=by)


def propose(external_id: str, level: int = 2, **changes):
    """A proposal of whoever answers for a person, with one piece of evidence of its own."""
    item = item_of(external_id)
    by = item.accountable
    if not changes.get("evidence"):
        changes["evidence"] = [write(item, by=by).pk]
    ask_unseen(item, but=[NoteKind.MENTORING], by=by)
    given = {"level": level, "reasons": "Two newcomers ship alone, which is the worked example.", "by": by}
    return services.propose(item=item, **{**given, **changes})


def propose_all(level_of=lambda at: 2 + at % 2) -> None:
    for at, item in enumerate(list_items()):
        if not item.proposals.exists():
            propose(item.person.external_id, level_of(at))


def audit(accounts: dict[str, User], *, answer: HarmAnswer = HarmAnswer.UNKNOWN) -> FairnessAudit:
    """What was handed in, audited and concluded."""
    auditor = accounts["second-auditor"]
    made = fairness.run_audit(outcomes=the_round().outcomes, by=auditor)
    for each in HarmHypothesis:
        fairness.answer_harm(audit=made, hypothesis=each, answer=answer, evidence="Nobody asked.", by=auditor)
    return fairness.conclude_audit(audit=made, by=auditor)


def tell_own_values(monkeypatch, *, withheld: Withheld | None = None) -> None:
    """What the warehouse would give of single people, as none is connected here: a value a metric, or why there is none."""

    def compute(*, version, person, window, period):
        version = CharterVersion.objects.select_related("metric").get(pk=version)
        place = Place(version.metric.slug, "", split_window(window, period)[0], "days")
        if withheld is not None:
            return (make_withheld_row(place, withheld),)
        return (make_row(place, Estimate(3.0, 2.0, 4.0), n=12, people="1", coverage=1.0),)

    monkeypatch.setattr("governance.decisions.facts.coverage.compute_own_rows", compute)
    monkeypatch.setattr("charter.measures.queries.compute_own_rows", compute)
