"""What tests stand on, made through the services that make it in life: accounts, teams, a board, active charters.

Everything is made by the system account unless `by` says otherwise. Names are the defaults' unless given.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import count

from msgspec.structs import replace

from charter import rules
from charter.registry import catalogue, contract
from charter.registry import services as registry
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion, Contract, Programme, RulebookVersion
from charter.registry.states import RulebookState
from charter.rules.vocabulary import Grain
from governance.board import services as board
from governance.board.models import BoardOutcome, Case, Seat
from governance.board.states import CaseKind, SeatKind, Vote
from governance.people import services as people
from governance.people.models import (
    ContextClass,
    Membership,
    Person,
    ReportingLine,
    Role,
    RoleGrant,
    Team,
    User,
    ValueStream,
)
from governance.training import queries as trained
from governance.training import services as training
from governance.training.models import Attempt, Attestation, Course
from ground import clock

LONG_AGO = date(2020, 1, 1)
PASSWORD = "correct horse battery staple"

_numbers = count(1)


def system() -> User:
    """The system account."""
    return people.system_account()


def an_account(username: str = "", **fields: object) -> User:
    """A person's account; fields as `people.services.open_account` takes them."""
    username = username or f"account-{next(_numbers)}"
    found = User.objects.filter(username=username).first()
    return found or people.open_account(
        **{"username": username, "name": username.title(), "by": system(), **fields}
    )


def a_person(external_id: str = "", *, team: Team | None = None, manager: Person | None = None) -> Person:
    """Somebody employed since long ago, in a team and under a manager where given.

    In life persons come by import alone, which is the whole truth about all of them at once.
    """
    external_id = external_id or f"person-{next(_numbers)}"
    person = Person.objects.create(external_id=external_id, name=external_id.title(), employed_from=LONG_AGO)
    if team is not None:
        Membership.objects.create(person=person, team=team, valid_from=LONG_AGO)
    if manager is not None:
        ReportingLine.objects.create(person=person, manager=manager, valid_from=LONG_AGO)
    return person


def a_team(
    slug: str = "",
    *,
    people: int = 0,
    value_stream: str = "commerce",
    context_class: ContextClass = ContextClass.STABLE_PRODUCT,
    valid_from: date = LONG_AGO,
) -> Team:
    """A team of so many people, named `<slug>-1` and so on."""
    slug = slug or f"team-{next(_numbers)}"
    stream, _ = ValueStream.objects.get_or_create(slug=value_stream, defaults={"name": value_stream.title()})
    team = Team.objects.create(
        slug=slug, name=slug.title(), value_stream=stream, context_class=context_class, valid_from=valid_from
    )
    for number in range(1, people + 1):
        a_person(f"{slug}-{number}", team=team)
    return team


def a_role(user: User, role: Role, **fields: object) -> RoleGrant:
    """A role since long ago; fields as `people.services.grant_role` takes them."""
    return people.grant_role(**{"user": user, "role": role, "valid_from": LONG_AGO, "by": system(), **fields})


def a_board() -> dict[SeatKind, User]:
    """Accounts `board-engineering` and so on, each the member of its seat since long ago."""
    members = {}
    for seat in SeatKind:
        members[seat] = an_account(f"board-{seat.value.replace('_', '-')}")
        if not members[seat].terms.exists():
            board.fill_seat(seat_kind=seat, user=members[seat], valid_from=LONG_AGO, by=system())
    return members


def a_seat(kind: SeatKind) -> Seat:
    """A seat of the board, whoever sits on it."""
    return Seat.objects.get_or_create(kind=kind)[0]


def a_programme() -> Programme:
    """An approved programme with its decisions and sources."""
    found = Programme.objects.first()
    if found is not None:
        return found
    programme = registry.establish_programme(
        slug="programme", name="Programme", purpose="To help teams see their own work.", by=system()
    )
    registry.load_decisions(programme=programme, by=system())
    registry.load_sources(by=system())
    the_contract()
    return registry.approve_programme(programme=programme, by=system())


def the_contract() -> Contract:
    """The contract of the catalogue, published."""
    text = catalogue.contract()
    return contract.publish(can=text.can, cannot=text.cannot, disputes=text.disputes, by=system())


def the_course() -> Course:
    """The course about the rules in force, published as the catalogue has it."""
    the_rules()
    return training.publish_course(by=system())


def an_attempt(user: User) -> Attempt:
    """An attempt that the account has begun and not answered yet."""
    return training.begin(by=user)


def answers(attempt: Attempt, *, wrong: int = 0) -> None:
    """Answer what is left of an attempt, so many questions from the first on wrongly and the others rightly."""
    for item in trained.items(attempt):
        if item.chosen is None:
            right = item.question.answer
            chosen = (right + 1) % len(item.options) if item.place <= wrong else right
            training.answer(attempt=attempt, number=item.place, chosen=chosen, by=attempt.user)


def an_attestation(user: User) -> Attestation:
    """What an account attests that took the course and had everything right."""
    if trained.newest_course() is None:
        the_course()
    attempt = an_attempt(user)
    answers(attempt)
    return attempt.attestation


def the_rules() -> RulebookVersion:
    """The house rules, in force."""
    found = RulebookVersion.objects.filter(state=RulebookState.IN_FORCE).first()
    if found is not None:
        return found
    proposed = registry.propose_rulebook(files=rules.house_files(), by=system())
    return registry.publish_rulebook(version=proposed, by=system())


def a_document(slug: str) -> CharterDocument:
    """A charter of the starter catalogue."""

    return catalogue.charters()[slug]


def for_teams(document: CharterDocument) -> CharterDocument:
    """A charter without what it says of single people."""

    def without(parts):
        kept = [replace(each, grains=tuple(g for g in each.grains if g != Grain.PERSON)) for each in parts]
        return tuple(each for each in kept if each.grains)

    decisions = document.which_decisions
    correct = tuple(each for each in document.examples.correct if each.request.get("grain") != "person")
    return replace(
        document,
        what=without([document.what])[0],
        who=replace(document.who, access=without(document.who.access)),
        which_decisions=replace(decisions, allowed=without(decisions.allowed)),
        examples=replace(document.examples, correct=correct),
    )


def a_submitted_charter(
    slug: str = "deployment-frequency", *, owner: User | None = None, document: CharterDocument | None = None
) -> CharterVersion:
    """A charter, of the catalogue unless a document is given, handed in to the board.

    One that tells of single people has told of teams for a review period before (S39).
    """
    the_rules()
    document = document or a_document(slug)
    if Grain.PERSON in document.what.grains and not CharterVersion.objects.filter(
        metric__slug=document.metric
    ):
        with clock.stopped_at(clock.now() - timedelta(days=a_programme().review_days)):
            an_active_charter(document=for_teams(document), owner=owner)
    version = registry.register_charter(
        programme=a_programme(),
        document=document,
        owner=owner or an_account("owner"),
        by=system(),
    )
    return registry.submit(version=version, by=system())


def an_open_case(slug: str = "deployment-frequency", **fields: object) -> Case:
    """A case about a submitted charter; fields as `a_submitted_charter` takes them."""

    return board.open_case(charter_version=a_submitted_charter(slug, **fields), by=system())


def votes(case: Case, said: Mapping[SeatKind, Vote] | None = None) -> None:
    """Let the members of the board vote: for it, unless `said` has another vote for the seat."""

    members = a_board()
    for seat, vote in {**dict.fromkeys(SeatKind, Vote.APPROVE), **(said or {})}.items():
        board.cast_ballot(case=case, seat_kind=seat, vote=vote, reason=f"{vote} is right", by=members[seat])


def a_decided_case(case: Case, said: Mapping[SeatKind, Vote] | None = None) -> BoardOutcome:
    """The outcome of a case after these votes."""

    votes(case, said)
    return board.close_case(case=case, by=system())


def settings(**changes: object) -> None:
    """Settings of the programme as the board has changed them by a case; `promotion_evidence__evidence_needed` names one of a decision."""
    keyed = {name.replace("__", "."): value for name, value in changes.items()}
    case = board.open_case(
        kind=CaseKind.SETTINGS, subject="Settings", question="As tests need them.", details=keyed, by=system()
    )
    a_decided_case(case)


def an_active_charter(slug: str = "deployment-frequency", **fields: object) -> CharterVersion:
    """A charter of the catalogue, passed by the board's recorded votes; fields as `a_submitted_charter` takes them."""
    case = an_open_case(slug, **fields)
    a_decided_case(case)
    return CharterVersion.objects.select_related("metric__programme").get(pk=case.charter_version_id)
