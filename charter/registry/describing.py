"""The only writer of sources: what a table of the warehouse is, said by whoever may, and kept from changing under charters.

While a charter that is before the board or in force reads a source, its description only grows: nothing that such a charter
was passed with comes to mean something else (docs/adr/0027).
"""

from typing import Any

import msgspec
from django.db import transaction
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.registry import locks, permissions
from charter.registry.events import SourceDescribed
from charter.registry.models import CharterVersion
from charter.registry.models.sources import Source
from charter.registry.source_descriptions import SourceDescription
from charter.registry.states import StandingChoices
from charter.rules.vocabulary import BANNED_SOURCES, SourceKind
from governance.people.models import User
from ground import clock, records
from ground.errors import BadInput, Conflict

# Where somebody has been asked to judge what it reads, or was answered from it.
IN_USE = (
    StandingChoices.SUBMITTED,
    StandingChoices.IN_REVIEW,
    StandingChoices.PILOT,
    StandingChoices.ACTIVE,
    StandingChoices.SUSPENDED,
)

_CHANGING = (
    "name", "kind", "description", "owner", "cadence", "region", "columns", "described_at", "described_by"
)  # fmt: skip


@transaction.atomic
def describe_source(*, description: SourceDescription, by: User) -> Source:
    """Say what a table is, for the first time or anew. The same again changes nothing.

    Raises BadInput for what does not go together, and for a kind that is banned (AR01, code `banned_source`); Conflict with
    `metrics` where charters that are before the board or in force read it and would come to read something else.
    """
    permissions.check_can_describe_source(by)
    locks.take_sources()
    source = Source.objects.filter(slug=description.slug).first()
    before = source.read() if source else None
    if source is not None and before == description:
        return source
    _check(description, before)
    source = source or Source(slug=description.slug)
    for name, value in msgspec.to_builtins(description).items():
        setattr(source, name, value)
    source.described_at, source.described_by = clock.now(), by
    _save(source, is_new=before is None)
    described = SourceDescribed(
        source=source.slug, described=_told(description), before=_told(before) if before else None
    )
    ledger.append(described, by=by.actor)
    return source


@transaction.atomic(durable=True)
def ban_source(*, source: Source, kind: SourceKind, by: User) -> Source:
    """Say that a source turned out to be monitoring of a banned kind: from now on its charters are refused (AR01).

    It is the one change that is always possible, since it only ever refuses; nothing takes it back.
    """
    permissions.check_can_describe_source(by)
    locks.take_sources()
    if kind not in BANNED_SOURCES:
        raise BadInput(_("This kind is not banned."), field="kind")
    source = Source.objects.select_for_update().get(pk=source.pk)
    before = source.read()
    if before.kind in BANNED_SOURCES:
        raise Conflict(_("This source is banned already."), code="banned_already")
    source.kind, source.described_at, source.described_by = kind.value, clock.now(), by
    source.save(update_fields=["kind", "described_at", "described_by"])
    described = SourceDescribed(source=source.slug, described=_told(source.read()), before=_told(before))
    ledger.append(described, by=by.actor)
    return source


def list_readers(slug: str) -> list[str]:
    """The metrics whose charters read a source and are before the board or in force, by slug."""
    reading = CharterVersion.objects.filter(
        standing__in=IN_USE, document__what__measure__sources__contains=[slug]
    )
    return sorted(set(reading.values_list("metric__slug", flat=True)))


def _check(description: SourceDescription, before: SourceDescription | None) -> None:
    if before is not None and before.kind in BANNED_SOURCES:
        raise Conflict(_("This source is banned, and stays so."), code="banned_already")
    for field, sentence in description.find_faults():
        code = "banned_source" if field == "kind" else "invalid"
        raise BadInput(sentence, field=field, code=code, rule="AR01" if field == "kind" else "")
    if before is None or description.keeps(before):
        return
    if readers := list_readers(description.slug):
        raise Conflict(
            _(
                "Charters read this source: %(metrics)s. What they were passed with stays as it is; columns may be added. "
                "Describe the table under another name, and let the next versions of the charters read that."
            )
            % {"metrics": get_text_list(readers, _("and"))},
            code="source_in_use",
            metrics=readers,
        )


def _save(source: Source, *, is_new: bool) -> None:
    if is_new:
        records.insert(source)
    else:
        records.check(source)
        source.save(update_fields=_CHANGING)


def _told(description: SourceDescription) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(description)
    return told
