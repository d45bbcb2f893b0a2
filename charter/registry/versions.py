"""A charter version before it is written, and what the log is told of it: the same for one and for ten thousand."""

from typing import Any

import msgspec

from charter.registry.document import CharterDocument, hash_document
from charter.registry.events import CharterRegistered
from charter.registry.models import CharterVersion, Metric
from governance.people.models import User


def to_stored_form(document: CharterDocument) -> dict[str, Any]:
    """The document as JSON values, as it is stored and hashed."""
    stored: dict[str, Any] = msgspec.to_builtins(document)
    return stored


def build_version(*, metric: Metric, number: int, document: CharterDocument, by: User) -> CharterVersion:
    """A draft of this document, not yet written."""
    stored, what = to_stored_form(document), document.what
    return CharterVersion(
        metric=metric,
        number=number,
        document=stored,
        content_hash=hash_document(stored),
        category=what.category or "",
        layer=what.layer or "",
        kind=what.type or "",
        view=what.view or "",
        created_by=by,
    )


def describe_version(version: CharterVersion) -> dict[str, Any]:
    """What every entry of the log about a version says."""
    return {"charter_version": version.pk, "metric": version.metric.slug, "number": version.number}


def describe_registration(version: CharterVersion) -> CharterRegistered:
    """What the log keeps of a version that was registered: all of it."""
    return CharterRegistered(
        **describe_version(version), content_hash=version.content_hash, document=version.document
    )
