"""What can be taken along, row by row, each with the ids of its entries in the log (S143)."""

import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from audits.ledger.packing import UnreadableRecord
from audits.packs import permissions
from audits.packs.entries import find_entries
from audits.packs.states import TakenKind
from charter.registry.models import CharterVersion, RulebookVersion
from charter.registry.queries import load_rulebook_as_written
from governance.board.models import BoardOutcome
from governance.board.permissions import can_see_opener
from governance.board.queries import list_visible_cases
from governance.decisions.models import DecisionRecord
from governance.people.models import User
from governance.ui.sheets import write_lines

Row = dict[str, Any]


def list_rows(kind: TakenKind, *, by: User) -> Iterator[Row]:
    """All that the account may take along of a kind, oldest first."""
    permissions.check_can_take_along(by)
    return _ROWS[kind](by)


def write_json(kind: TakenKind, *, by: User) -> Iterator[str]:
    """A document with one row a line."""
    yield f'{{"{kind.value}":[\n'
    for place, row in enumerate(list_rows(kind, by=by)):
        yield ("," if place else "") + json.dumps(row, ensure_ascii=False, default=str) + "\n"
    yield "]}\n"


def write_csv(kind: TakenKind, *, by: User) -> Iterator[str]:
    """A table of the same rows; what is no plain value stands as JSON in its cell."""
    header = COLUMNS[kind]
    yield from write_lines(header, ([_cell(row[name]) for name in header] for row in list_rows(kind, by=by)))


def _cell(value: object) -> object:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "; ".join(value)
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else value


COLUMNS: Mapping[TakenKind, tuple[str, ...]] = MappingProxyType(
    {
        TakenKind.RULES: (
            "rulebook", "rule", "title", "text", "why", "fix", "family", "effect", "waivable", "log_entries",
        ),
        TakenKind.RULEBOOKS: (
            "rulebook", "state", "content_hash", "created_at", "published_at", "case", "files", "log_entries",
        ),
        TakenKind.CHARTERS: (
            "metric", "version", "standing", "content_hash", "activated_at", "expires_at", "case", "bounds", "document",
            "log_entries",
        ),
        TakenKind.DECISIONS: (
            "at", "receipt", "request", "verdict", "rules", "checked_only", "rulebook_hash", "content_hash", "snapshot",
            "log_entries",
        ),
        TakenKind.CASES: (
            "case", "kind", "subject", "question", "state", "opened_at", "opened_by", "closes_at", "closed_at", "approvals",
            "votes", "log_entries",
        ),
        TakenKind.MINUTES: ("case", "decided_at", "approved", "approvals", "votes", "minutes", "log_entries"),
    }
)  # fmt: skip


def _rules(_by: User) -> Iterator[Row]:
    entries = find_entries("registry.rulebook.")
    for version in RulebookVersion.objects.order_by("number"):
        for rule in load_rulebook_as_written(version.pk).rules:
            yield {
                "rulebook": version.number,
                "rule": rule.id,
                "title": rule.title,
                "text": rule.text,
                "why": rule.why,
                "fix": rule.fix,
                "family": rule.family,
                "effect": rule.effect.value,
                "waivable": rule.waivable.value,
                "log_entries": entries[str(version.pk)],
            }


def _rulebooks(_by: User) -> Iterator[Row]:
    entries = find_entries("registry.rulebook.")
    for each in RulebookVersion.objects.order_by("number"):
        yield {
            "rulebook": each.number,
            "state": each.state,
            "content_hash": each.content_hash,
            "created_at": each.created_at.isoformat(),
            "published_at": each.published_at.isoformat() if each.published_at else None,
            "case": str(each.case_id) if each.case_id else None,
            "files": each.files,
            "log_entries": entries[str(each.pk)],
        }


def _charters(_by: User) -> Iterator[Row]:
    entries = find_entries("registry.charter.")
    found = CharterVersion.objects.filter(activated_at__isnull=False).select_related("metric")
    for each in found.order_by("metric__slug", "number").iterator(chunk_size=200):
        yield {
            "metric": each.metric.slug,
            "version": each.number,
            "standing": each.standing,
            "content_hash": each.content_hash,
            "activated_at": each.activated_at.isoformat() if each.activated_at else None,
            "expires_at": each.expires_at.isoformat() if each.expires_at else None,
            "case": str(each.case_id) if each.case_id else None,
            "bounds": each.bounds,
            "document": each.document,
            "log_entries": entries[str(each.pk)],
        }


def _decisions(by: User) -> Iterator[Row]:
    found = DecisionRecord.objects.filter(actor=by).order_by("at", "pk").defer("own_facts", "matches")
    for each in found.iterator(chunk_size=200):
        yield {
            "at": each.at.isoformat(),
            "receipt": str(each.entry_id),
            "request": _read_request(each),
            "verdict": each.verdict,
            "rules": each.rules,
            "checked_only": each.checked_only,
            "rulebook_hash": each.rulebook_hash,
            "content_hash": each.content_hash or None,
            "snapshot": each.snapshot or None,
            "log_entries": [str(each.entry_id)],
        }


def _read_request(decision: DecisionRecord) -> Any:
    """What was asked; where that is broken, why it is not told, so that all else may be taken along."""
    try:
        return decision.request
    except UnreadableRecord as error:
        return {"unreadable": error.code, "detail": error.detail}


def _cases(by: User) -> Iterator[Row]:
    entries = find_entries("board.case.")
    for each in list_visible_cases(by).order_by("number"):
        outcome = getattr(each, "outcome", None)
        yield {
            "case": each.number,
            "kind": each.kind,
            "subject": each.subject or str(each),
            "question": each.question,
            "state": each.state,
            "opened_at": each.opened_at.isoformat(),
            "opened_by": each.opened_by.username if can_see_opener(by, each) else None,
            "closes_at": each.closes_at.isoformat(),
            "closed_at": each.closed_at.isoformat() if each.closed_at else None,
            "approvals": outcome.approvals if outcome else None,
            "votes": outcome.votes if outcome else None,
            "log_entries": entries[str(each.pk)],
        }


def _minutes(by: User) -> Iterator[Row]:
    entries = find_entries("board.case.decided")
    visible = list_visible_cases(by).order_by().values("pk")
    for each in BoardOutcome.objects.filter(case__in=visible).select_related("case").order_by("case__number"):
        yield {
            "case": each.case.number,
            "decided_at": each.decided_at.isoformat(),
            "approved": each.approved,
            "approvals": each.approvals,
            "votes": each.votes,
            "minutes": each.minutes,
            "log_entries": entries[str(each.case_id)],
        }


_ROWS: Mapping[TakenKind, Callable[[User], Iterator[Row]]] = MappingProxyType(
    {
        TakenKind.RULES: _rules,
        TakenKind.RULEBOOKS: _rulebooks,
        TakenKind.CHARTERS: _charters,
        TakenKind.DECISIONS: _decisions,
        TakenKind.CASES: _cases,
        TakenKind.MINUTES: _minutes,
    }
)
