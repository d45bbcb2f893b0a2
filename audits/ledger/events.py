"""The events of the log: each kind of entry is one class, registered by being declared.

Every app declares its own in its `events.py`, which is loaded when Django starts; a kind that is declared twice, or
without its visibility, retention or sentence, stops the start.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, dataclass_transform
from uuid import UUID

import msgspec
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import UNSET, Struct, UnsetType

from audits.ledger.states import Visibility


class Retention(models.TextChoices):
    """Why an entry's payload is kept, which says for how long. The leaf stays in the tree in any case."""

    GOVERNANCE = (
        "governance",
        gettext_lazy("Rules, charters, cases and roles: kept for as long as the programme"),
    )
    USE = (
        "use",
        gettext_lazy("What was asked of whom, and answered: kept while it can be audited or disputed"),
    )
    PERSONAL = ("personal", gettext_lazy("About one person: kept until its purpose is done"))
    OPERATIONAL = ("operational", gettext_lazy("How the work went: kept until nobody will ask"))


@dataclass_transform(
    frozen_default=True, field_specifiers=(msgspec.field,)
)  # so that a subclass need not say again that it is frozen
class Event(Struct, frozen=True):
    """What an entry is about. The fields are its payload, under the keys that the log has; UNSET ones are left out.

    A subclass without a `kind` of its own only shares fields. Words of an enum are fields of type `str`, so that an old
    entry can be read after a word is gone.
    """

    kind: ClassVar[str]
    visibility: ClassVar[Visibility]
    retention: ClassVar[Retention]
    # What a person reads, with keys of the payload as `%(key)s`; who did it stands beside it.
    sentence: ClassVar[str | Promise]
    # The field that makes an entry restricted where it names somebody.
    private_with: ClassVar[str] = ""
    # Whether what it says is packed, so that the database cannot look into it: for what is written by the thousand.
    packed: ClassVar[bool] = False
    # The field that names the row it is about, where it is about one: the database holds the row to it (`ties`).
    names_row: ClassVar[str] = ""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "kind" in cls.__dict__:
            _register(cls)

    @property
    def seen_as(self) -> Visibility:
        """Who may read this entry."""
        named = self.private_with and getattr(self, self.private_with) is not None
        return Visibility.RESTRICTED if named else self.visibility

    @property
    def row(self) -> str:
        """What it calls the row that it is about, blank where it is about none."""
        return str(getattr(self, self.names_row)) if self.names_row else ""

    def payload(self) -> dict[str, object]:
        """What is stored, by key."""
        pairs = zip(self.__struct_encode_fields__, msgspec.structs.astuple(self), strict=True)
        return {key: value for key, value in pairs if value is not UNSET}


_KINDS: dict[str, type[Event]] = {}


def registered() -> Mapping[str, type[Event]]:
    """Every event by its kind, in the order of kinds."""
    return MappingProxyType(dict(sorted(_KINDS.items())))


def tell(kind: str, body: bytes) -> str:
    """The sentence of a stored entry from its JSON payload; an entry that this version does not know is told as such."""
    event = _KINDS.get(kind)
    if event is None:
        return _("An event of a kind that this version does not know: %(kind)s.") % {"kind": kind}
    return str(event.sentence) % _Words(msgspec.json.decode(body))


class _Words(dict[str, Any]):
    """A payload as sentences say it. What an older entry lacks reads as missing."""

    def __getitem__(self, key: str) -> str:
        return _said(self.get(key, UNSET))


def _said(value: object) -> str:
    if value is UNSET:
        return _("(not recorded)")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(f"{key} ({_said(each)})" for key, each in value.items()) or _("none")
    if isinstance(value, list):
        return ", ".join(map(_said, value)) or _("none")
    return _("none") if value in (None, "") else str(value)


def _register(event: type[Event]) -> None:
    lacks = [name for name in ("visibility", "retention", "sentence") if not hasattr(event, name)]
    if lacks:
        raise TypeError(f"The event {event.kind} does not state its {' and '.join(lacks)}.")
    if event.kind in _KINDS:
        raise TypeError(f"The kind {event.kind} is declared twice, the second time by {event.__qualname__}.")
    _KINDS[event.kind] = event


class SigningKeyMade(Event):
    """A key that begins to sign; `instead_of` is blank for the first, and otherwise one that was lost."""

    kind = "ledger.key.made"
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    sentence = gettext_lazy("The key %(key_id)s signs receipts from now on, in the place of: %(instead_of)s.")

    key_id: str
    public_key: str
    instead_of: str
    # The lost key in full, and that the new one takes its place, which it has signed (`signing.format_rotation`).
    instead_of_key: str | UnsetType = UNSET
    signed_by_new: str | UnsetType = UNSET


class SigningKeyRotated(Event):
    """One key took another's place, and both signed that (`signing.format_rotation`)."""

    kind = "ledger.key.rotated"
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    sentence = gettext_lazy(
        "The key %(key_id)s signs receipts from now on; %(old_key_id)s, which did before, says so too."
    )

    old_key_id: str
    old_public_key: str
    key_id: str
    public_key: str
    signed_by_old: str
    signed_by_new: str


class PayloadErased(Event):
    """What another entry said was destroyed for good, with the key that its leaf was made with. The leaf stays in the tree.

    `charter-verify` looks for this kind where it finds an entry of which nothing is left but its leaf.
    """

    kind = "ledger.payload.erased"
    visibility = Visibility.OPEN
    retention = Retention.GOVERNANCE
    sentence = gettext_lazy(
        "What entry %(entry)s (%(entry_kind)s) said was erased. Why: %(basis)s, %(reference)s."
    )
    names_row = "entry"

    entry: UUID
    entry_kind: str
    basis: str
    reference: str  # a number of somebody's files, which names nobody


class LogCopied(Event):
    """The whole log was copied into a folder, for whoever verifies it; `payloads` with what entries say."""

    kind = "ledger.copied"
    visibility = Visibility.OPEN
    retention = Retention.USE
    sentence = gettext_lazy("The log was copied up to entry %(size)s. With what entries say: %(payloads)s.")

    size: int
    payloads: bool
