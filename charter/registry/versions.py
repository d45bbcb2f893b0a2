"""A charter version before it is written, and what the log is told of it: the same for one and for ten thousand."""

from typing import Any

import msgspec

from charter.registry.document import CharterDocument, content_hash
from charter.registry.models import CharterVersion, Metric
from governance.people.models import User


def stored_form(document: CharterDocument) -> dict[str, Any]:
    """The document as JSON values, as it is stored and hashed."""
    stored: dict[str, Any] = msgspec.to_builtins(document)
    return stored


def build(*, metric: Metric, number: int, document: CharterDocument, by: User) -> CharterVersion:
    """A draft of this document, not yet written."""
    stored, what = stored_form(document), document.what
    return CharterVersion(
        metric=metric,
        number=number,
        document=stored,
        content_hash=content_hash(stored),
        category=what.category or "",
        layer=what.layer or "",
        kind=what.type or "",
        view=what.view or "",
        created_by=by,
    )


def identity(version: CharterVersion) -> dict[str, object]:
    """What every entry of the log about a version says."""
    return {"charter_version": version.pk, "metric": version.metric.slug, "number": version.number}


def registration(version: CharterVersion) -> dict[str, object]:
    """What the log keeps of a version that was registered: all of it."""
    return {**identity(version), "content_hash": version.content_hash, "document": version.document}
