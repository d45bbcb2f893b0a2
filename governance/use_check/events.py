"""What the log keeps of evidence profiles and of files of intended uses. A single check is an entry of the line's own."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits.ledger.events import Event, Retention
from audits.ledger.states import Visibility


class ProfileWritten(Event):
    kind = "use_check.profile.written"
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    sentence = _(
        "It was written which outcomes and kinds of evidence count for %(role_family)s. Kinds: %(evidence_kinds)s."
    )
    names_row = "profile"

    profile: UUID
    role_family: str
    outcomes: Sequence[str]
    evidence_kinds: Sequence[str]
    review_months: int


class _OfBulk(Event):
    visibility = Visibility.RESTRICTED
    retention = Retention.USE
    names_row = "bulk"

    bulk: UUID


class BulkFiled(_OfBulk):
    """`sha256` is of the file as it came."""

    kind = "use_check.bulk.filed"
    sentence = _("A file of intended uses was sent to be checked. Rows: %(rows)s.")

    rows: int
    sha256: str


class BulkPartJudged(_OfBulk):
    """`sha256` is of the answers of these rows, as canonical JSON."""

    kind = "use_check.bulk.judged"
    sentence = _(
        "Rows of a file of intended uses were checked: %(rows)s, from row %(start)s on. No values were read."
    )

    start: int
    rows: int
    answers: Mapping[str, int]
    rulebook_hash: str
    sha256: str


class BulkEnded(_OfBulk):
    """`sha256` is of the file as it leaves; blank where it was stopped, with `why`."""

    kind = "use_check.bulk.ended"
    sentence = _("A file of intended uses was checked to its end: %(done)s. Answers: %(answers)s. %(why)s")

    done: bool
    rows: int
    answers: Mapping[str, int]
    source_sha256: str
    sha256: str
    why: str
