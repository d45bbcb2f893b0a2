"""What tests stand on, made through the services that make it in life: accounts, teams, a board, active charters.

Everything is made by the system account unless `by` says otherwise. Names are the defaults' unless given.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import msgspec
from django.db import connection, transaction
from django.db.models import Model
from msgspec.structs import replace
from psycopg import sql

from audits.ledger import services as ledger
from charter import rules
from charter.authoring import services as authoring
from charter.programme import contract
from charter.programme import services as programmes
from charter.programme import starter as starter
from charter.programme.models import Contract, Programme
from charter.programme.queries import known_zones
from charter.registry import catalogue
from charter.registry import services as registry
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion, RulebookVersion
from charter.registry.source_descriptions import SourceDescription
from charter.registry.states import RulebookState
from charter.rules.vocabulary import Grain, SourceKind
from governance.board import ballots, consents
from governance.board import services as board
from governance.board.events import BallotCast
from governance.board.models import (
    Ballot,
    BoardOutcome,
    Case,
    ConsentAnswer,
    Invitation,
    Seat,
    TeamConsent,
    Term,
)
from governance.board.programme import begin_programme
from governance.board.states import NOTICE_DAYS, CaseKind, SeatKind, Vote
from governance.desk import merging
from governance.people import services as people
from governance.people import tokens
from governance.people.events import OrganisationImported
from governance.people.models import (
    AccountKind,
    ContextClassChoices,
    GrantedRole,
    Membership,
    Person,
    ReportingLine,
    RoleGrant,
    Team,
    User,
    ValueStream,
)
from governance.people.scopes import Scope
from governance.training import queries as trained
from governance.training import services as training
from governance.training.models import Attempt, Attestation, Course
from ground import calendar, clock, records
from tests import on_the_log

LONG_AGO = date(2020, 1, 1)
BEGINNING = datetime(2020, 1, 1, 12, tzinfo=UTC)
PASSWORD = "correct horse battery staple"

_numbers = count(1)


def _new_name(of: str, taken: Iterable[str]) -> str:
    """A name that nobody has, not even in a snapshot that another process made."""
    names = set(taken)
    return next(name for number in _numbers if (name := f"{of}-{number}") not in names)


def system() -> User:
    """The system account."""
    return people.get_system_account()


def an_account(username: str = "", **fields: object) -> User:
    """A person's account; fields as `people.services.open_account` takes them."""
    username = username or _new_name("account", User.objects.values_list("username", flat=True))
    found = User.objects.filter(username=username).first()
    if not found and fields.get("kind") == AccountKind.MACHINE:
        fields.setdefault("owner", an_account("keeper"))
    return found or people.open_account(
        **{"username": username, "name": username.title(), "by": system(), **fields}
    )


def a_token(user: User, scope: Scope = Scope.BOARD) -> str:
    """A token of an account, made by itself; a machine's by its owner, and confirmed."""
    by = user.owner or user
    token, secret = tokens.make_token(user=user, name="test", scope=scope, days=1, by=by)
    if token.waits:
        tokens.confirm_token(token=token, by=an_administrator())
    return secret


def an_administrator(username: str = "second") -> User:
    """An account with the administrator's role."""
    user = an_account(username)
    if not user.role_grants.filter(role=GrantedRole.ADMIN).exists():
        people.grant_role(user=user, role=GrantedRole.ADMIN, valid_from=LONG_AGO, by=system())
    return user


# Evidence that somebody else has opened, as questions of tests name it; `the_evidence` writes it down.
DESIGN_REVIEW = "evidence:01960000-0000-7000-8000-000000000001"
MENTORING = "evidence:01960000-0000-7000-8000-000000000002"
_KINDS = ("design_review", "mentoring")
_OF_GROUPS = {("design_review", ""): DESIGN_REVIEW, ("mentoring", ""): MENTORING}
# Of two colleagues each, as a record of one says nothing of another.
EVIDENCE_OF_PERSONS = {
    (kind, f"payments-{number}"): f"evidence:01960000-0000-7000-8000-0000000000{number}{place}"
    for number in (2, 3)
    for place, kind in enumerate(_KINDS)
}


def the_evidence() -> None:
    """A design review and a mentoring of a group's work, and of two people of payments, all checked by HR."""
    by = an_account("evidence-hr")
    a_role(by, GrantedRole.HR)
    for (kind, person), ref in (_OF_GROUPS | EVIDENCE_OF_PERSONS).items():
        _a_checked_record(kind, person, ref, by)


def evidence_of(person: str) -> list[dict[str, str]]:
    """A design review and a mentoring of one more person, checked by HR, as a question names them (AR07)."""
    by = User.objects.get(username="evidence-hr")
    refs = {kind: f"evidence:{uuid4()}" for kind in _KINDS}
    for kind, ref in refs.items():
        _a_checked_record(kind, person, ref, by)
    return [{"kind": kind, "ref": ref} for kind, ref in refs.items()]


def _a_checked_record(kind: str, person: str, ref: str, by: User) -> None:
    from governance.evidence import services as evidence
    from governance.evidence.models import EvidenceRecord

    record = on_the_log.make(
        EvidenceRecord,
        id=UUID(ref.partition(":")[2]),
        kind=kind,
        person=Person.objects.get(external_id=person) if person else None,
        happened_on=calendar.today(),
        project="Ledger",
        source="peer",
        said_by="Ada",
        link=f"https://docs.example.org/{kind}/12",
        shows="The design held.",
        written_by=system(),
    )
    evidence.check_evidence(record=record, holds=True, says="", by=by)


@transaction.atomic
def change(record: Model, **fields: object) -> None:
    """Change a row as the owner of the tables does, and tell the log: what no service writes, and so nobody else may."""
    row, settings = type(record)._meta, []
    for name, value in fields.items():
        setattr(record, name, value)
        field: Any = row.get_field(name)  # a column of the row's own
        stored = field.get_db_prep_save(getattr(record, field.attname), connection)
        settings.append(sql.SQL("{} = {}").format(sql.Identifier(field.column), sql.Literal(stored)))
    statement = sql.SQL("UPDATE {} SET {} WHERE id = {}").format(
        sql.Identifier(row.db_table), sql.SQL(", ").join(settings), sql.Literal(record.pk)
    )
    as_owner(statement.as_string())
    if on_the_log.find_tie(type(record), "update"):
        on_the_log.tell_of(record, word="update")


def move_programme(zone: str) -> None:
    """Let the programme, in force or not, count its days in another time zone from now on, which its trigger refuses everybody."""
    table = "ALTER TABLE programme_programme {} TRIGGER pgtrigger_programme_programme_stays_in_its_zone"
    _settle_constraints()
    as_owner(table.format("DISABLE"))
    change(Programme.objects.get(), time_zone=zone)
    _settle_constraints()
    as_owner(table.format("ENABLE"))
    known_zones.clear()


def _settle_constraints() -> None:
    """Check now what is due when the transaction ends, so that nothing waits on a table that is altered."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def as_owner(statement: str) -> None:
    """Run a statement as the owner of the tables, in the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tests.as_owner(%s)", [statement])


def a_person(external_id: str = "", *, team: Team | None = None, manager: Person | None = None) -> Person:
    """Somebody employed since long ago, in a team and under a manager where given.

    In life persons come by import alone, which is the whole truth about all of them at once.
    """
    external_id = external_id or _new_name("person", Person.objects.values_list("external_id", flat=True))
    with imported():
        person = Person.objects.create(
            external_id=external_id, name=external_id.title(), employed_from=LONG_AGO
        )
        if team is not None:
            Membership.objects.create(person=person, team=team, valid_from=LONG_AGO)
        if manager is not None:
            ReportingLine.objects.create(person=person, manager=manager, valid_from=LONG_AGO)
    return person


@contextmanager
def imported() -> Iterator[None]:
    """A transaction in which rows of the organisation are written as an import would."""
    with transaction.atomic():
        yield
        nothing: dict[str, object] = {}
        event = OrganisationImported(nothing, nothing, nothing, nothing, nothing)
        ledger.append(event, by=system().actor)


def a_team(
    slug: str = "",
    *,
    people: int = 0,
    value_stream: str = "commerce",
    context_class: ContextClassChoices = ContextClassChoices.STABLE_PRODUCT,
    valid_from: date = LONG_AGO,
) -> Team:
    """A team of so many people, named `<slug>-1` and so on."""
    slug = slug or _new_name("team", Team.objects.values_list("slug", flat=True))
    with imported():
        stream, _ = ValueStream.objects.get_or_create(
            slug=value_stream, defaults={"name": value_stream.title()}
        )
        team = Team.objects.create(
            slug=slug,
            name=slug.title(),
            value_stream=stream,
            context_class=context_class,
            valid_from=valid_from,
        )
    for number in range(1, people + 1):
        a_person(f"{slug}-{number}", team=team)
    return team


def a_role(user: User, role: GrantedRole, **fields: object) -> RoleGrant:
    """A role since long ago; fields as `people.services.grant_role` takes them."""
    return people.grant_role(**{"user": user, "role": role, "valid_from": LONG_AGO, "by": system(), **fields})


def a_board() -> dict[str, User]:
    """Accounts `board-engineering` and so on, each the member of its seat since long ago."""
    members: dict[str, User] = {}
    for seat in SeatKind:
        members[seat] = an_account(f"board-{seat.value.replace('_', '-')}")
        if not members[seat].terms.exists():
            a_term(seat, members[seat])
    return members


def a_term(seat: SeatKind, user: User, *, until: date | None = None) -> Term:
    """A member's term since long ago, written past the trigger that asks for a founding, or for notice and the board's consent."""
    with clock.stopped_at(BEGINNING):
        term = Term(seat=a_seat(seat), user=user, valid_from=LONG_AGO, valid_to=until, announced_by=system())
        term.confirmed_at = clock.now()
    with past_trigger("board_term", "announced_before"):
        term.save(force_insert=True)
        on_the_log.tell_of(term)
    return term


def a_merge(account: User, into: User) -> None:
    """Two accounts merged, proposed by one administrator and confirmed by another."""
    first, second = an_administrator("merges"), an_administrator("confirms")
    waits = merging.propose_merge(account=account, into=into, because="One person.", by=first)
    merging.confirm_merge(proposal=waits, by=second)


@contextmanager
def past_trigger(table: str, name: str) -> Iterator[None]:
    """Write what services make in several steps, in one, and tell of it: the trigger is off meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        as_owner(f"ALTER TABLE {table} DISABLE TRIGGER pgtrigger_{table}_{name}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        as_owner(f"ALTER TABLE {table} ENABLE TRIGGER pgtrigger_{table}_{name}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def an_alternate(seat: SeatKind, user: User, *, since: date | None = None, until: date | None = None) -> Term:
    """An alternate's term, whom the member of the seat named long ago; it begins then unless `since` says when."""
    member = a_board()[seat]
    a_programme()
    with clock.stopped_at(BEGINNING):
        begins = since or LONG_AGO + timedelta(days=NOTICE_DAYS)
        return board.fill_seat(
            seat_kind=seat, user=user, valid_from=begins, valid_to=until, alternate=True, by=member
        )


def a_seat(kind: SeatKind) -> Seat:
    """A seat of the board, whoever sits on it."""
    with transaction.atomic():
        seat, made = Seat.objects.get_or_create(kind=kind)
        if made:
            on_the_log.tell_of(seat)
    return seat


def a_programme() -> Programme:
    """An approved programme with its decisions and sources, without the board that founds one in life (`a_founding`)."""
    found = Programme.objects.first()
    if found is not None:
        return found
    programme = programmes.establish_programme(
        slug="programme", name="Programme", purpose="To help teams see their own work.", by=system()
    )
    # Months close the moment they end, except where a test is about their settling.
    change(programme, settling_days=0)
    programmes.load_decisions(programme=programme, by=system())
    registry.load_sources(by=system())
    the_contract()
    with past_trigger("programme_programme", "founded_by_its_board"):
        return programmes.approve_programme(programme=programme, by=system())


def the_contract() -> Contract:
    """The contract of the catalogue, published."""
    text = starter.read_starter_contract()
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
    for item in trained.list_items(attempt):
        if item.chosen is None:
            right = item.question.answer
            chosen = (right + 1) % len(item.options) if item.place <= wrong else right
            training.answer(attempt=attempt, number=item.place, chosen=chosen, by=attempt.user)


def an_attestation(user: User) -> Attestation:
    """What an account attests that took the course and had everything right."""
    if trained.find_newest_course() is None:
        the_course()
    attempt = an_attempt(user)
    answers(attempt)
    return attempt.attestation


def the_rules() -> RulebookVersion:
    """The built-in rules, in force."""
    found = RulebookVersion.objects.filter(state=RulebookState.IN_FORCE).first()
    if found is not None:
        return found
    proposed = registry.propose_rulebook(files=rules.builtin_files(), by=system())
    return registry.publish_rulebook(version=proposed, by=system())


def a_description(slug: str, kind: SourceKind = SourceKind.ISSUE_TRACKER, **fields: Any) -> SourceDescription:
    """A source of events with a team and a value; `columns` as `{name: "TYPE meaning"}` where others are wanted."""
    columns = fields.pop(
        "columns",
        {"id": "TEXT event_key", "at": "TIMESTAMPTZ time", "team": "TEXT team", "value": "DOUBLE duration"},
    )
    told = {name: dict(zip(("type", "means"), said.split(), strict=False)) for name, said in columns.items()}
    given = {
        "name": slug.title(),
        "description": "Rows.",
        "owner": "Data",
        "cadence": "P1D",
        "region": "EU",
        **fields,
    }
    return msgspec.convert({"slug": slug, "kind": kind, "columns": told, **given}, SourceDescription)


def a_document(slug: str) -> CharterDocument:
    """A charter of the starter catalogue."""

    return catalogue.read_starter_charters()[slug]


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
    version = authoring.register_charter(
        programme=a_programme(),
        document=document,
        owner=owner or an_account("owner"),
        by=system(),
    )
    return authoring.submit(version=version, by=system())


def an_open_case(slug: str = "deployment-frequency", **fields: object) -> Case:
    """A case about a submitted charter; fields as `a_submitted_charter` takes them."""

    return board.open_case(charter_version=a_submitted_charter(slug, **fields), by=system())


def votes(case: Case, said: Mapping[SeatKind, Vote] | None = None) -> None:
    """Let the members of the board vote: for it, unless `said` has another vote for the seat.

    Where all are for it, five of the six are written as the service writes them without what it asks first, since most
    tests want no more than a charter in force.
    """
    members = a_board()
    if not said:
        *first, last = SeatKind
        _write_approvals(case, {seat: members[seat] for seat in first})
        board.cast_ballot(
            case=case, seat_kind=last, vote=Vote.APPROVE, reason="approve is right", by=members[last]
        )
        return
    for seat, vote in {**dict.fromkeys(SeatKind, Vote.APPROVE), **said}.items():
        board.cast_ballot(case=case, seat_kind=seat, vote=vote, reason=f"{vote} is right", by=members[seat])


def _write_approvals(case: Case, members: Mapping[SeatKind, User]) -> None:
    seats = {seat.kind: seat for seat in Seat.objects.filter(kind__in=members)}
    for kind, member in members.items():
        with transaction.atomic():
            ballot = Ballot(case=case, seat=seats[kind], user=member)
            said = ballots.check_words(Vote.APPROVE, "approve is right")
            ballot.sealed = ballots.seal_words(ballot, said)
            records.insert(ballot)
            event = BallotCast(case=case.pk, seat=kind, user=member.pk, vote=said.vote, reason=said.reason)
            ledger.append(event, by=member.actor)


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


def a_consent(version: CharterVersion, cohort: str = "team:payments") -> TeamConsent:
    """A team's consent to a charter, which all of its members have given; once."""
    held = TeamConsent.objects.filter(
        charter_version=version, cohort=cohort, withdrawn_at__isnull=True
    ).first()
    return held or _an_agreed_consent(version, cohort)


def _an_agreed_consent(version: CharterVersion, cohort: str) -> TeamConsent:
    today = calendar.today()
    consent = on_the_log.make(
        TeamConsent,
        charter_version=version,
        cohort=cohort,
        asked_by=system(),
        answer_by=today + timedelta(days=14),
        given_at=clock.now(),
    )
    for person in consents.list_members(cohort, today):
        voice = consents.make_voice(consent, person)
        on_the_log.make(ConsentAnswer, consent=consent, voice=voice, agrees=True)
    return consent


def a_beginning(founder: User | None = None) -> Programme:
    """A programme that was begun, with what its founding asks for but a board."""
    programme = begin_programme(
        slug="programme",
        name="Programme",
        purpose="To help teams see their own work.",
        by=founder or an_administrator("founder"),
    )
    the_contract()
    the_course()
    return programme


def an_invitation(seat: SeatKind, user: User, *, accepted: bool = True) -> Invitation:
    """An invitation by the founder of the programme; accepted by whoever is invited."""
    founder = Programme.objects.select_related("established_by").get().established_by
    invitation = board.invite_member(seat_kind=seat, user=user, by=founder)
    return board.accept_invitation(invitation=invitation, by=user) if accepted else invitation


def a_board_to_be() -> dict[SeatKind, User]:
    """Accounts `first-engineering` and so on, who have accepted the seats of the first board."""
    members = {seat: an_account(f"first-{seat.value.replace('_', '-')}") for seat in SeatKind}
    for seat, user in members.items():
        an_invitation(seat, user)
    return members
