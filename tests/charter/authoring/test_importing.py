"""Folders beside the registry: what would change, registering all or none, and the way back to files."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from audits.ledger.models import Entry, Payload
from charter.authoring import importing, services
from charter.authoring.folder import read_folder
from charter.authoring.importing import ImportEffect, Plan
from charter.registry import catalogue
from charter.registry.charter_files import dump_charter
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion, Metric
from charter.registry.states import StandingChoices
from ground.errors import BadInput, Conflict, NotPermitted
from tests import factories, snapshots

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

SIZE, AGE = catalogue.read_starter_charters()["pr-size"], catalogue.read_starter_charters()["pr-age"]


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An empty folder, seen from the one above it."""
    monkeypatch.chdir(tmp_path)
    made = Path("charters")
    made.mkdir()
    return made


@snapshots.fixture
def programme(founded):
    factories.an_account("owner")
    return factories.a_programme()


def write(folder: Path, *documents: CharterDocument) -> None:
    for document in documents:
        (folder / f"{document.metric}.yaml").write_text(dump_charter(document), encoding="utf-8")


def planned(folder: Path) -> Plan:
    return importing.make_plan(read_folder(folder))


def apply(folder: Path, programme, by, **options) -> list[CharterVersion]:
    proposals = planned(folder).to_register
    return importing.register_all(programme=programme, proposals=proposals, by=by, **options)


def changes(plan: Plan) -> dict[str, ImportEffect]:
    return {proposal.metric: proposal.change for proposal in plan.proposals}


def longer(document: CharterDocument) -> CharterDocument:
    return replace(document, how_long=replace(document.how_long, values="P5Y"))


def test_a_plan_says_what_is_new_changed_unchanged_and_missing(folder, programme, by):
    """Issue 3, item 2: `plan` shows what would be proposed, changed field by field; it writes nothing."""
    for document in (SIZE, AGE, catalogue.read_starter_charters()["cycle-time"]):
        services.register_charter(programme=programme, document=document, owner=by, by=by)
    write(folder, SIZE, longer(AGE), catalogue.read_starter_charters()["commit-count"])
    before = CharterVersion.objects.count(), Entry.objects.count()
    plan = planned(folder)
    assert changes(plan) == {
        "commit-count": ImportEffect.NEW,
        "pr-age": ImportEffect.CHANGED,
        "pr-size": ImportEffect.UNCHANGED,
    }
    (difference,) = plan.of(ImportEffect.CHANGED)[0].differences
    assert (difference.heading, difference.before != difference.after) == ("how_long", True)
    assert plan.missing_here == ("cycle-time",)
    assert (CharterVersion.objects.count(), Entry.objects.count()) == before


def test_many_are_registered_as_one_would_be(folder, programme, by):
    """S21, DESIGN Ledger: in bulk each version is what `register_charter` makes of it, entry in the log included."""
    write(folder, SIZE)
    (bulk,) = apply(folder, programme, by)
    alone = services.register_charter(
        programme=programme, document=longer(SIZE), owner=bulk.metric.owner, by=by
    )
    same = ("category", "layer", "kind", "view", "standing", "created_by_id", "metric_id")
    assert [getattr(bulk, name) for name in same] == [getattr(alone, name) for name in same]
    assert bulk.standing == StandingChoices.DRAFT and bulk.metric.owner.username == "owner"
    kind = "registry.charter.registered"
    assert Entry.objects.filter(kind=kind).count() == 2
    keys = [set(body) for body in bodies(kind)]
    assert keys[0] == keys[1]
    assert services.register_charter(programme=programme, document=longer(SIZE), owner=by, by=by) == alone


def bodies(kind: str) -> list[dict]:
    import msgspec

    payloads = Payload.objects.filter(entry__kind=kind)
    return [msgspec.json.decode(bytes(payload.body)) for payload in payloads]


def test_a_changed_charter_is_the_next_version(folder, programme, by):
    """DESIGN Charters: a changed definition is a new version; those before stay as they are."""
    write(folder, SIZE, AGE)
    apply(folder, programme, by)
    write(folder, longer(SIZE))
    (version,) = apply(folder, programme, by)
    assert (version.metric.slug, version.number) == ("pr-size", 2)
    assert Metric.objects.count() == 2


def test_an_export_applied_again_changes_nothing(folder, programme, by):
    """Issue 3, item 2: export → apply round-trips to nothing, for the whole catalogue."""
    services.load_catalogue(programme=programme, owner=by, by=by)
    written = importing.export(Path("out"))
    assert {path.stem for path in written} == set(catalogue.read_starter_charters())
    plan = planned(Path("out"))
    assert plan.to_register == [] and plan.missing_here == ()
    assert importing.export(Path("out")) == written


def test_an_export_holds_the_newest_version(folder, programme, by):
    """Issue 3, item 2: what stands in the folder is what a changed charter would be compared with."""
    write(folder, SIZE)
    apply(folder, programme, by)
    write(folder, longer(SIZE))
    apply(folder, programme, by)
    importing.export(Path("out"))
    assert read_folder(Path("out")).documents["pr-size"] == longer(SIZE)


def test_an_export_leaves_no_stranger_beside_itself(folder, programme, by):
    """Issue 3, item 2: a folder that holds more than the registry would not round-trip."""
    services.register_charter(programme=programme, document=SIZE, owner=by, by=by)
    write(folder, AGE)
    with pytest.raises(Conflict, match=r"pr-age\.yaml would be left"):
        importing.export(folder)
    assert not (folder / "pr-size.yaml").exists()


def test_a_folder_with_a_fault_is_not_planned(folder, programme, by):
    """Issue 3, bad input: refused with file, line and key, nothing applied."""
    write(folder, SIZE)
    (folder / "zz.yaml").write_text("charter: 1\nmetric: zz\nname: Z\nwhat:\n  colour: red\n")
    with pytest.raises(BadInput, match=r"zz\.yaml, line 5, what\.colour"):
        apply(folder, programme, by)
    assert not Metric.objects.exists()


@pytest.mark.parametrize(
    ("change", "key", "says"),
    [
        (lambda document: replace(document, who=replace(document.who, owner="nobody-here")), "who.owner", "nobody-here"),
        (lambda document: replace(document, metric="zz:zz"), "metric", "slug"),
        (lambda document: replace(document, name="x" * 201), "name", "200"),
    ],
    ids=["owner without account", "slug that is no address", "long name"],
)  # fmt: skip
def test_what_a_record_cannot_take_is_named_and_nothing_is_applied(folder, programme, by, change, key, says):
    """Issue 3, bad input: file, line and key also where only the registry can tell; all or none."""
    write(folder, SIZE, change(AGE))
    with pytest.raises(BadInput, match=says) as caught:
        apply(folder, programme, by)
    error = caught.value
    line = (Path(error.extra["file"]).read_text().splitlines())[error.extra["line"] - 1]
    assert (error.field, line.strip().partition(":")[0]) == (key, key.rsplit(".", 1)[-1])
    assert not Metric.objects.exists() and not CharterVersion.objects.exists()


def test_only_metric_owners_import(folder, programme):
    """DESIGN Charters: whoever may not propose one charter may not propose many."""
    write(folder, SIZE)
    with pytest.raises(NotPermitted):
        apply(folder, programme, factories.an_account("somebody"))


def test_somebody_who_was_faster_is_a_conflict_and_nothing_is_applied(folder, programme, by):
    """DESIGN, promises are constraints: the plan was made before; the number is taken meanwhile."""
    write(folder, SIZE)
    apply(folder, programme, by)
    write(folder, longer(SIZE), AGE)
    proposals = planned(folder).to_register
    services.register_charter(programme=programme, document=replace(SIZE, name="Other"), owner=by, by=by)
    with pytest.raises(Conflict, match="Plan again"):
        importing.register_all(programme=programme, proposals=proposals, by=by)
    assert not Metric.objects.filter(slug="pr-age").exists()


def test_progress_is_told(folder, programme, by, monkeypatch):
    """Issue 3, measured: import with progress, batch by batch."""
    monkeypatch.setattr(importing, "_ROWS", 2)
    write(folder, SIZE, AGE, catalogue.read_starter_charters()["cycle-time"])
    said: list[tuple[int, int, str]] = []
    apply(folder, programme, by, progress=lambda *what: said.append(what))
    assert said == [(2, 3, "pr-age@1"), (3, 3, "pr-size@1")]


def test_the_statements_of_an_import_grow_with_batches_and_entries_alone(
    folder, programme, by, django_assert_num_queries
):
    """Issue 3, measured: in bulk no charter asks the database for itself, its entry in the log aside."""
    write(folder, SIZE, AGE, catalogue.read_starter_charters()["cycle-time"])
    proposals = planned(folder).to_register
    # A savepoint and its end; whether decisions are declared, owners, metrics, versions; an entry a charter.
    with django_assert_num_queries(2 + 4 + 3):
        importing.register_all(programme=programme, proposals=proposals, by=by)
