"""Charters from files and back: what a folder would change, registering many at once, and writing them out again.

Nothing here hands anything to the board: what is registered are drafts.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.ledger import services as ledger
from charter.authoring.folder import SOURCES, Folder, charter_paths, source_paths
from charter.authoring.permissions import check_can_register
from charter.programme import queries
from charter.programme.models import Programme
from charter.registry import describing, versions
from charter.registry.charter_facts import parse_document
from charter.registry.charter_files import CharterFile, dump_charter
from charter.registry.diff import Difference, find_differences
from charter.registry.document import hash_document
from charter.registry.documents import read_sources
from charter.registry.models import CharterVersion, Metric
from charter.registry.source_files import SourceFile, dump_source
from governance.people.models import User
from ground.errors import BadInput, Conflict, DomainError, NotPermitted

Progress = Callable[[int, int, str], None]  # how many are done, of how many, and what the last was

_ROWS = 500  # rows a statement
# The key in a file of what a record says.
_KEYS = {"slug": "metric", "name": "name"}


class ImportEffect(StrEnum):
    """What applying a file would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Proposal(Struct, frozen=True):
    """One file beside the registry: the newest version there, where there is one, and what differs from it."""

    file: CharterFile
    change: ImportEffect
    newest: CharterVersion | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def metric(self) -> str:
        return self.file.document.metric


class Plan(Struct, frozen=True):
    """What applying a folder would propose, in order of metrics; `missing_here` are metrics that no file speaks of."""

    proposals: tuple[Proposal, ...]
    missing_here: tuple[str, ...]
    sources: tuple[tuple[SourceFile, ImportEffect], ...] = ()

    def of(self, *changes: ImportEffect) -> list[Proposal]:
        return [proposal for proposal in self.proposals if proposal.change in changes]

    @property
    def to_register(self) -> list[Proposal]:
        """Those that differ from the registry."""
        return self.of(ImportEffect.NEW, ImportEffect.CHANGED)


def make_plan(folder: Folder) -> Plan:
    """Compare a folder with the newest version of each metric. Raises BadInput where a file has a fault."""
    folder.check_is_whole()
    newest = find_newest_versions(folder.documents)
    ordered = sorted(folder.charters, key=lambda file: file.document.metric)
    proposals = tuple(_proposal(file, newest.get(file.document.metric)) for file in ordered)
    others = Metric.objects.exclude(slug__in=list(folder.documents)).order_by("slug")
    return Plan(proposals, tuple(others.values_list("slug", flat=True)), tuple(_plan_sources(folder)))


def _plan_sources(folder: Folder) -> Iterator[tuple[SourceFile, ImportEffect]]:
    held = read_sources()
    for file in sorted(folder.sources, key=lambda file: file.description.slug):
        before = held.get(file.description.slug)
        changed = ImportEffect.UNCHANGED if before == file.description else ImportEffect.CHANGED
        yield file, ImportEffect.NEW if before is None else changed


@transaction.atomic(durable=True)
def describe_all(*, plan: Plan, by: User) -> int:
    """Describe the sources that a plan says differ, all or none; how many. BadInput and Conflict name the file and key."""
    differing = [file for file, effect in plan.sources if effect is not ImportEffect.UNCHANGED]
    for file in differing:
        try:
            describing.describe_source(description=file.description, by=by)
        except DomainError as error:
            raise _of_file(error, file) from error
    return len(differing)


def _of_file(error: DomainError, file: SourceFile) -> DomainError:
    """The same error, with where it stands."""
    if isinstance(error, NotPermitted):
        return error
    field = error.field or ""
    line = file.line_of(field)
    text = f"{file.name}, line {line}, {field or file.description.slug}: {error.detail}"
    return type(error)(text, field=field or None, code=error.code, file=file.name, line=line)


def find_newest_versions(slugs: Collection[str]) -> dict[str, CharterVersion]:
    """The newest version of each of these metrics that has one."""
    found = CharterVersion.objects.filter(metric__slug__in=list(slugs)).select_related("metric")
    newest = found.order_by("metric_id", "-number").distinct("metric_id")
    return {version.metric.slug: version for version in newest}


@transaction.atomic
def register_all(
    *, programme: Programme, proposals: Sequence[Proposal], by: User, progress: Progress | None = None
) -> list[CharterVersion]:
    """Register what a plan says differs, as drafts: all or none, in few statements.

    The owner of a new metric is the account that its charter names under `who.owner`. Raises NotPermitted where `by`
    may not propose charters, BadInput (with file, line and key) where a file cannot be taken, Conflict where somebody
    registered one of them since the plan was made.
    """
    check_can_register(by)
    queries.check_has_decision(programme)
    metrics = _metrics(programme, proposals, by)
    # No metric's lock is taken, of which there may be too many: a draft changes no answer, and between two who
    # register the same number the constraints decide.
    try:
        new = [metrics[proposal.metric] for proposal in proposals if proposal.newest is None]
        Metric.objects.bulk_create(new, batch_size=_ROWS)
        return list(_written(proposals, metrics, by, progress))
    except IntegrityError as error:
        text = _("Somebody registered one of these charters at that moment. Plan again before you retry.")
        raise Conflict(text) from error


def export(folder: Path) -> list[Path]:
    """Write the newest version of every metric to `folder`, each to a file named after it; applying them changes nothing.

    Raises Conflict where the folder holds charters that would be left standing beside these.
    """
    found = CharterVersion.objects.select_related("metric").order_by("metric_id", "-number")
    newest = {
        folder / f"{version.metric.slug}.yaml": version
        for version in found.distinct("metric_id").iterator(chunk_size=_ROWS)
    }
    _check_nothing_else_is_there(charter_paths(folder) if folder.is_dir() else [], newest)
    folder.mkdir(parents=True, exist_ok=True)
    for path, version in newest.items():
        path.write_text(dump_charter(parse_document(version.document)), encoding="utf-8")
    return sorted(newest)


def export_sources(folder: Path) -> list[Path]:
    """Write every source to `sources` below `folder`, each to a file named after it; as `export` otherwise."""
    held = {folder / SOURCES / f"{slug}.yaml": source for slug, source in read_sources().items()}
    _check_nothing_else_is_there(source_paths(folder) if folder.is_dir() else [], held)
    (folder / SOURCES).mkdir(parents=True, exist_ok=True)
    for path, source in held.items():
        path.write_text(dump_source(source), encoding="utf-8")
    return sorted(held)


def make_refusal(file: CharterFile, field: str, text: str) -> BadInput:
    """The error of a key in a file."""
    line = file.line_of(field)
    return BadInput(f"{file.name}, line {line}, {field}: {text}", field=field, file=file.name, line=line)


def _proposal(file: CharterFile, newest: CharterVersion | None) -> Proposal:
    if newest is None:
        return Proposal(file, ImportEffect.NEW)
    if newest.content_hash == hash_document(versions.to_stored_form(file.document)):
        return Proposal(file, ImportEffect.UNCHANGED, newest)
    found = find_differences(parse_document(newest.document), file.document)
    return Proposal(file, ImportEffect.CHANGED, newest, tuple(found))


def _metrics(programme: Programme, proposals: Sequence[Proposal], by: User) -> dict[str, Metric]:
    """The metric of each proposal: the one that is there, or a new one, not yet written."""
    named = {proposal.file.document.who.owner for proposal in proposals if proposal.newest is None}
    owners = {user.username: user for user in User.objects.filter(username__in=named, is_active=True)}
    return {
        proposal.metric: proposal.newest.metric
        if proposal.newest
        else _new_metric(programme, proposal.file, owners, by)
        for proposal in proposals
    }


def _new_metric(programme: Programme, file: CharterFile, owners: Mapping[str, User], by: User) -> Metric:
    document = file.document
    owner = owners.get(document.who.owner)
    if owner is None:
        text = _("There is no account “%(name)s”. Name the one that will own this metric.")
        raise make_refusal(file, "who.owner", text % {"name": document.who.owner})
    metric = Metric(programme=programme, slug=document.metric, name=document.name, owner=owner, created_by=by)
    _check_fields(metric, file)
    return metric


def _check_fields(record: models.Model, file: CharterFile) -> None:
    """What the record's own fields forbid, without asking the database, which its constraints do for all at once."""
    related = {field.name for field in record._meta.fields if field.is_relation}
    try:
        record.clean_fields(exclude=related)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise make_refusal(file, _KEYS.get(field, ""), " ".join(messages)) from error


def _written(
    proposals: Sequence[Proposal], metrics: Mapping[str, Metric], by: User, progress: Progress | None
) -> Iterator[CharterVersion]:
    """Write the versions and their entries in the log, so many rows at a time."""
    for start in range(0, len(proposals), _ROWS):
        drafts = [_draft(proposal, metrics, by) for proposal in proposals[start : start + _ROWS]]
        CharterVersion.objects.bulk_create(drafts)
        for draft in drafts:
            ledger.append(versions.describe_registration(draft), by=by.actor)
        if progress:
            progress(start + len(drafts), len(proposals), str(drafts[-1]))
        yield from drafts


def _draft(proposal: Proposal, metrics: Mapping[str, Metric], by: User) -> CharterVersion:
    number = proposal.newest.number + 1 if proposal.newest else 1
    document = proposal.file.document
    return versions.build_version(metric=metrics[proposal.metric], number=number, document=document, by=by)


def _check_nothing_else_is_there(held: Collection[Path], written: Collection[Path]) -> None:
    others = sorted(set(held) - set(written))
    if others:
        text = _("%(file)s would be left standing beside the export. Remove it, or export to another folder.")
        raise Conflict(text % {"file": others[0]})
