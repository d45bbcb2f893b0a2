"""The registry of events: every kind once, with who reads it, how long it is kept, and a sentence; old logs stay readable."""

import ast
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils.translation import gettext_lazy as _
from msgspec import NODEFAULT, field, inspect
from msgspec.structs import fields

from audits.ledger import events, reference, services
from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility
from governance.decisions.events import NoteConfirmed
from governance.notices.events import NoticeRead
from governance.people.events import AccountOpened

EVENTS = events.registered()
SAMPLES = {
    inspect.UUIDType: UUID("a" * 32),
    inspect.DateType: date(2026, 1, 1),
    inspect.DateTimeType: datetime(2026, 1, 1, 12, tzinfo=UTC),
    inspect.IntType: 5,
    inspect.BoolType: True,
    inspect.StrType: "word",
}


def sample(kind: inspect.Type) -> Any:
    """Something that a field of this type may be: the first of a union, one of a collection."""
    match kind:
        case inspect.UnionType():
            return sample(next(each for each in kind.types if not isinstance(each, inspect.NoneType)))
        case inspect.CollectionType():
            return [sample(kind.item_type)]
        case inspect.DictType():
            return {"a key": sample(kind.value_type)}
        case inspect.StructType():
            return {each.encode_name: sample(each.type) for each in kind.fields if each.required}
        case inspect.EnumType():
            return next(iter(kind.cls)).value
        case inspect.AnyType():
            return "anything"
    return SAMPLES[type(kind)]


def payload_of(event: type[Event], *, whole: bool) -> dict[str, Any]:
    """A payload as the log has it, with every key or with those alone that are always there."""
    return {
        each.encode_name: sample(inspect.type_info(each.type))
        for each in fields(event)
        if whole or each.default is NODEFAULT
    }


@pytest.fixture
def own_registry(monkeypatch):
    """What a test declares is forgotten after it."""
    monkeypatch.setattr(events, "_KINDS", dict(EVENTS))


class TestEveryKind:
    """Each test looks at all kinds and names those that fail: a test a kind was a tenth of all tests, and of no more use."""

    def test_states_who_reads_it_and_how_long_it_is_kept(self):
        """S108, S143: what governs, what was used, what is a person's and what is only work are kept apart."""
        assert not [kind for kind, event in EVENTS.items() if not isinstance(event.visibility, Visibility)]
        assert not [kind for kind, event in EVENTS.items() if not isinstance(event.retention, Retention)]

    @pytest.mark.parametrize("whole", [True, False])
    def test_has_a_sentence_that_its_payload_fills(self, whole):
        """S143, S150: whoever reads the log reads sentences, whatever an entry leaves out."""
        bodies = {
            kind: json.dumps({"by": "user:1", **payload_of(event, whole=whole)}, default=str)
            for kind, event in EVENTS.items()
        }
        said = {kind: events.tell(kind, body.encode()) for kind, body in bodies.items()}
        assert not {kind: text for kind, text in said.items() if "%(" in text or "not recorded" in text}

    def test_is_written_and_read_as_the_same(self):
        """The registry: what the log holds is what the class declares, key by key."""
        faults = {}
        for kind, event in EVENTS.items():
            payload = json.loads(json.dumps(payload_of(event, whole=True), default=str))
            written = msgspec.json.encode(msgspec.convert(payload, event, strict=False).payload())
            if differing := json.loads(written).keys() ^ payload.keys():
                faults[kind] = differing
        assert not faults

    def test_speaks_in_sentences_of_its_own_keys_alone(self):
        """A sentence that named a field of no payload would say so to every reader."""
        faults = {}
        for kind, event in EVENTS.items():
            required = {each.encode_name for each in fields(event) if each.default is NODEFAULT}
            if strange := set(re.findall(r"%\((\w+)\)s", str(event.sentence))) - required:
                faults[kind] = strange
        assert not faults


def test_governance_and_what_is_a_persons_are_kept_apart():
    """S143: every rule, charter, decision and minutes entry is stored; S108, S59: training and attempts are a person's."""
    kept = {kind: event.retention for kind, event in EVENTS.items()}
    for kind in ("registry.charter.registered", "registry.rulebook.published", "board.case.decided"):
        assert kept[kind] is Retention.GOVERNANCE
    assert kept["decisions.answered"] is kept["decisions.checked"] is Retention.USE
    assert {kept[kind] for kind in kept if kind.startswith("training.att")} == {Retention.PERSONAL}


def test_ballots_attempts_surveys_and_appeals_alone_are_sealed():
    """DESIGN, Ledger: sealed payloads are encrypted and not searchable by actor."""
    sealed = {kind for kind, event in EVENTS.items() if event.visibility is Visibility.SEALED}
    of_appeals = {kind for kind in EVENTS if kind.startswith("appeals.")}
    assert of_appeals <= sealed
    assert sealed - of_appeals == {
        "board.ballot.cast", "board.ballot.changed", "board.consent.answered", "board.survey.answered", "training.attempt.begun", "training.attempt.answered",
        "training.attempt.ended",
    }  # fmt: skip


def test_a_kind_is_declared_once(own_registry):
    """Issue 8, 3: one registry; a second declaration stops the start."""
    with pytest.raises(TypeError, match="declared twice"):

        class Again(Event):
            kind = "people.account.opened"
            visibility = Visibility.OPEN
            retention = Retention.PERSONAL
            sentence = _("Once more.")

    assert events.registered()["people.account.opened"] is AccountOpened


@pytest.mark.parametrize("lacking", ["visibility", "retention", "sentence"])
def test_a_kind_states_everything(own_registry, lacking):
    """Issue 8, 3: each with visibility, retention class and sentence."""
    said = {"visibility": Visibility.OPEN, "retention": Retention.USE, "sentence": _("It was.")}
    said = {name: value for name, value in said.items() if name != lacking}
    with pytest.raises(TypeError, match=lacking):
        meta: Any = type(Event)
        meta("Lacking", (Event,), {"kind": "made.up", **said})
    assert "made.up" not in events.registered()


def test_an_event_that_is_not_known_any_more_is_told_as_such():
    """Issue 8, 3: an old log is read by a version that has dropped a kind."""
    assert "no.such.kind" in events.tell("no.such.kind", b'{"by": "user:1"}')


def test_an_older_entry_without_a_key_is_told_all_the_same():
    """Entries are never written again, so a key that came later is missing in those before."""
    assert events.tell("registry.charter.retired", b'{"by":"user:1","metric":"pr-size"}') == (
        "Version (not recorded) of the charter of pr-size was retired."
    )


def test_values_are_said_as_people_read_them(own_registry):
    """A sentence holds no brackets, quotes or words of Python."""

    class Said(Event):
        kind = "made.up"
        visibility = Visibility.OPEN
        retention = Retention.USE
        sentence = _("%(a)s; %(b)s; %(c)s; %(d)s; %(e)s")

        a: list[str]
        b: dict[str, int]
        c: bool
        d: str | None
        e: list[str]

    body = msgspec.json.encode(Said(a=["x", "y"], b={"x": 1, "y": 2}, c=True, d=None, e=[]).payload())
    assert events.tell("made.up", body) == "x, y; x (1), y (2); yes; none; none"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("event", "body"),
    [
        (NoticeRead(notice=UUID("a" * 32)), {"notice": str(UUID("a" * 32))}),
        (NoticeRead(notices=[]), {"notices": []}),
        (
            AccountOpened(user=UUID("b" * 32), username="ana", account_kind="human", person=None),
            {"kind": "human", "person": None, "user": str(UUID("b" * 32)), "username": "ana"},
        ),
    ],
)
def test_the_body_is_sorted_and_holds_what_is_set(event, body):
    """Leaves bind these bytes: keys in order, the actor among them, and nothing where there is nothing to say."""
    entry = services.append(event, by="user:1")
    assert (
        bytes(entry.payload.body)
        == json.dumps(dict(sorted({"by": "user:1", **body}.items())), separators=(",", ":")).encode()
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("person", "seen"), [(None, Visibility.OPEN), ("ana", Visibility.RESTRICTED)], ids=["team", "person"]
)
def test_what_names_a_person_is_restricted(person, seen):
    """A note about a team stands beside its values; one about a person is for those who may see it."""
    about = {"note": UUID("a" * 32), "team": None, "person": person, "metric": None}
    noted = NoteConfirmed(**about, starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 2))
    assert services.append(noted, by="user:1").visibility == seen


def test_every_event_is_used():
    """An event that nothing appends would be a promise of the reference that the log never keeps."""
    declared = {event.__name__ for event in EVENTS.values()}
    sources = [
        path
        for app in ("audits", "charter", "governance")
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py")
        if path.name != "events.py"
    ]
    named = {
        node.id
        for path in sources
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name)
    }
    assert declared <= named


def test_the_committed_page_is_the_one_that_is_made():
    """Issue 8, 3: the reference of events cannot fall behind."""
    call_command("ledger", "events", "--check")


def test_a_page_that_fell_behind_is_found(own_registry):
    """Issue 8, 3: one more event, and the check fails until the page is made again."""

    class More(Event):
        kind = "made.up"
        visibility = Visibility.OPEN
        retention = Retention.USE
        sentence = _("It was %(from)s.")

        begins: date = field(name="from")

    assert "It was *from*." in reference.events_page()
    with pytest.raises(CommandError, match="out of date"):
        call_command("ledger", "events", "--check")
