"""Collecting local clones: what is new of each comes into the warehouse's file, people by pseudonym unless told otherwise."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC
from itertools import islice
from pathlib import Path
from typing import TypeVar

import duckdb
from django.utils.translation import gettext as _
from msgspec import Struct

from charter.measures.collecting import history, tables
from charter.measures.collecting.history import ChangeRead, CommitRead, TagRead
from charter.measures.collecting.pseudonyms import make_pseudonym
from ground.errors import Conflict

BATCH = 20_000
Item = TypeVar("Item")
Tell = Callable[[str, int], None]
Name = Callable[[str], str]


class Collected(Struct, frozen=True):
    """What there is of a clone, and how much of it is new since it was last read to its end."""

    clone: Path
    commits: int
    changes: int
    deployments: int
    new: bool


def collect_clone(
    clone: Path, *, into: duckdb.DuckDBPyConnection, team: str, key: bytes | None, tell: Tell
) -> Collected:
    """Bring one clone's commits, changes and tags into the tables; with `key` people by pseudonym, without it by address.

    Nothing is read where the clone stands where it stood. Each batch is kept as it comes, so that what was cut short goes on
    and nothing comes twice. Conflict where the same clone was collected for another team, or people stood otherwise.
    """
    head, named = history.find_head(clone), key is None
    id_ = history.name_clone(clone)
    before = tables.find_standing(into, id_)
    if before is not None:
        _check_is_the_same(clone, before, team, named)
    tags = history.read_tags(clone)
    if before is not None and before[0] == head:
        _add(into, "deployments", _tag_rows(tags, id_, team), tell)
        return Collected(clone, 0, 0, len(tags), new=False)
    commits = _read(clone, before[0] if before else "", tell)
    name: Name = str if key is None else lambda address: make_pseudonym(address, key)
    changes = history.find_changes(commits, head)
    _add(into, "commits", _commit_rows(commits.values(), team, name), tell)
    _add(into, "changes", _change_rows(changes, team, name), tell)
    _add(into, "deployments", _tag_rows(tags, id_, team), tell)
    tables.keep_standing(into, id_, head=head, team=team, named=named)
    return Collected(clone, len(commits), len(changes), len(tags), new=True)


def _check_is_the_same(clone: Path, before: tuple[str, str, bool], team: str, named: bool) -> None:
    _head, held, was_named = before
    if held != team:
        said = {"clone": clone, "held": held, "team": team}
        raise Conflict(_("%(clone)s was collected for the team %(held)s, not %(team)s.") % said)
    if was_named != named:
        raise Conflict(
            _("%(clone)s was collected with people otherwise: by pseudonym or by address, for good.")
            % {"clone": clone}
        )


def _read(clone: Path, since: str, tell: Tell) -> dict[str, CommitRead]:
    """What is new. Conflict where the history was rewritten: what is gone from it would stand beside what came in its place."""
    if since and not history.goes_on_from(clone, since):
        raise Conflict(
            _("The history of %(clone)s was rewritten since it was collected. Collect it into another file.")
            % {"clone": clone}
        )
    commits: dict[str, CommitRead] = {}
    for commit in history.read_commits(clone, since=since):
        commits[commit.id] = commit
        if len(commits) % BATCH == 0:
            tell("commits read", len(commits))
    return commits


def _add(into: duckdb.DuckDBPyConnection, table: str, rows: Iterable[tuple[object, ...]], tell: Tell) -> None:
    done = 0
    for batch in _batches(rows):
        tables.add(into, table, batch)
        done += len(batch)
        tell(table, done)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    left = iter(items)
    while batch := list(islice(left, BATCH)):
        yield batch


def _commit_rows(commits: Iterable[CommitRead], team: str, name: Name) -> Iterator[tuple[object, ...]]:
    """As `commits` of the catalogue; a merge is no commit of anybody's. `authored_local` is the wall clock where its author was."""
    for each in commits:
        if len(each.parents) < 2:
            local = each.authored_at.replace(tzinfo=None)
            utc = each.authored_at.astimezone(UTC), each.committed_at.astimezone(UTC)
            yield (
                each.id,
                team,
                name(each.author),
                utc[0],
                local,
                utc[1],
                each.files,
                each.additions,
                each.deletions,
                each.revert,
            )


def _change_rows(changes: Iterable[ChangeRead], team: str, name: Name) -> Iterator[tuple[object, ...]]:
    for each in changes:
        first, merged = each.first_commit_at.astimezone(UTC), each.merged_at.astimezone(UTC)
        yield (
            each.id,
            team,
            name(each.author),
            first,
            merged,
            each.commits,
            each.additions,
            each.deletions,
            each.revert,
        )


def _tag_rows(tags: Iterable[TagRead], clone: str, team: str) -> Iterator[tuple[object, ...]]:
    for each in tags:
        yield f"{clone[:12]}/{each.name}", team, "release", each.at.astimezone(UTC)
