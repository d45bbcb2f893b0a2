"""Writing a charter: a draft is begun, saved heading by heading, shared, and handed in or thrown away.

Each service appends to the ledger who did what to which draft; what a draft says is kept in the log when it is handed
in, as a charter version, and not before.
"""

import hashlib
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.ledger import services as ledger
from charter.registry import permissions, services
from charter.registry.charter_facts import read_document
from charter.registry.document import SCHEMA_VERSION, CharterDocument, Who
from charter.registry.headings import Heading
from charter.registry.models import CharterVersion, Draft, DraftEditor, Metric, Programme
from charter.registry.states import Standing
from governance.notices import services as notices
from governance.people.models import AccountKind, User
from ground import clock, records
from ground.errors import BadInput, Conflict

_CHANGED = gettext_lazy(
    "Somebody else saved this heading after you opened it. What they wrote is shown now; add yours to it."
)


def blank(*, slug: str, name: str) -> CharterDocument:
    """A charter that says nothing yet; BadInput where slug or name is none."""
    return _checked({"charter": SCHEMA_VERSION, "metric": slug, "name": name.strip()})


@transaction.atomic(durable=True)
def start_draft(
    *, programme: Programme, document: CharterDocument, by: User, based_on: CharterVersion | None = None
) -> Draft:
    """Begin to write a charter: from nothing (`blank`), from a version of the same metric, or from the catalogue.

    Raises NotPermitted where `by` may not propose charters or another owns the metric; BadInput where the metric is
    being written about already.
    """
    permissions.check_can_start_draft(by, document.metric)
    metric = Metric.objects.select_related("owner").filter(slug=document.metric).first()
    owner = metric.owner if metric else by
    document = _owned(document, owner)
    stored = msgspec.to_builtins(document)
    draft = records.insert(
        Draft(
            programme=programme,
            metric=document.metric,
            document=stored,
            based_on=based_on,
            owner=owner,
            updated_by=by,
        )
    )
    payload = {**_payload(draft), "based_on": based_on and based_on.pk}
    ledger.append(kind="registry.draft.started", payload=payload, by=by.actor)
    return draft


@transaction.atomic(durable=True)
def save_heading(
    *, draft: Draft, heading: Heading, part: msgspec.Struct, seen: str, by: User, name: str = ""
) -> Draft:
    """Write one heading as far as it goes; `name` renames the metric of a charter that is not registered yet.

    `seen` is the `digest` of the heading that was shown: Conflict where somebody has saved another since. The same
    content writes nothing.
    """
    draft = _locked(draft)
    permissions.check_can_edit_draft(by, draft)
    if digest(draft, heading) != seen:
        raise Conflict(str(_CHANGED), code="heading_changed")
    changed = {**draft.document, heading.value: msgspec.to_builtins(part)}
    if name.strip():
        changed["name"] = name.strip()
    document = msgspec.to_builtins(_checked(changed))
    if _bytes(document) == _bytes(draft.document):
        return draft
    draft.document, draft.updated_at, draft.updated_by = document, clock.now(), by
    draft.save(update_fields=["document", "updated_at", "updated_by"])
    payload = {**_payload(draft), "heading": heading.value, "digest": digest(draft, heading)}
    ledger.append(kind="registry.draft.saved", payload=payload, by=by.actor)
    return draft


@transaction.atomic(durable=True)
def add_editor(*, draft: Draft, user: User, by: User) -> DraftEditor:
    """Let an account write along. BadInput where it is no person's account in use, owns the draft or edits it already."""
    draft = _locked(draft)
    permissions.check_can_end_draft(by, draft)
    if user.kind != AccountKind.HUMAN or not user.is_active:
        raise BadInput(_("Drafts are shared with people whose account is in use."), field="user")
    if user.pk == draft.owner_id:
        raise BadInput(_("This account owns the draft, so it can write on it already."), field="user")
    share = records.insert(DraftEditor(draft=draft, user=user, added_by=by))
    ledger.append(kind="registry.draft.shared", payload={**_payload(draft), "user": user.pk}, by=by.actor)
    _tell(share)
    return share


@transaction.atomic(durable=True)
def remove_editor(*, draft: Draft, user: User, by: User) -> None:
    """Let an account no longer write along; nothing happens where it does not."""
    draft = _locked(draft)
    permissions.check_can_end_draft(by, draft)
    removed, _each = DraftEditor.objects.filter(draft=draft, user=user).delete()
    if removed:
        payload = {**_payload(draft), "user": user.pk}
        ledger.append(kind="registry.draft.unshared", payload=payload, by=by.actor)


@transaction.atomic(durable=True)
def discard_draft(*, draft: Draft, by: User) -> Draft:
    """Throw a draft away: it changes no more, and another of the metric can be begun."""
    draft = _locked(draft)
    permissions.check_can_end_draft(by, draft)
    _end(draft, by)
    ledger.append(kind="registry.draft.discarded", payload=_payload(draft), by=by.actor)
    return draft


@transaction.atomic
def hand_in(*, draft: Draft, by: User) -> CharterVersion:
    """Make a version of a draft and submit it, all or nothing; the draft ends (S1, S2, S3, S134).

    A step of `governance.board.proposals.propose`. Raises BadInput with `findings` where lint has errors or an example
    does not get its verdict, Conflict where the newest version says exactly the same.
    """
    draft = _locked(draft)
    permissions.check_can_end_draft(by, draft)
    document = read_document(draft.document)
    version = services.register_charter(
        programme=draft.programme, document=document, owner=draft.owner, by=by
    )
    if version.standing != Standing.DRAFT:
        raise Conflict(
            _(
                "Nothing has changed since the last version. Change what it was refused for, or throw the draft away."
            ),
            code="nothing_changed",
        )
    version = services.submit(version=version, by=by)
    _end(draft, by, version)
    payload = {**_payload(draft), "charter_version": version.pk}
    ledger.append(kind="registry.draft.handed_in", payload=payload, by=by.actor)
    return version


def digest(draft: Draft, heading: Heading) -> str:
    """What tells whether a heading was saved since it was shown: the hash of what it says, and of the name."""
    said = [draft.document.get(heading.value), draft.document["name"] if heading is Heading.WHAT else ""]
    return hashlib.sha256(_bytes(said)).hexdigest()[:16]


def _bytes(said: object) -> bytes:
    """The same for what says the same: lists as tuples, and keys in any order."""
    return msgspec.json.encode(said, order="deterministic")


def _owned(document: CharterDocument, owner: User) -> CharterDocument:
    """The document with the account that answers for it, whoever its file names."""
    who: Who = msgspec.structs.replace(document.who, owner=owner.username)
    return msgspec.structs.replace(document, who=who)


def _checked(stored: dict[str, Any]) -> CharterDocument:
    if not stored["name"]:
        raise BadInput(_("Give the metric a name."), field="name")
    try:
        return read_document(stored)
    except msgspec.ValidationError as error:
        raise BadInput(str(error), field="document") from error


def _locked(draft: Draft) -> Draft:
    held = Draft.objects.select_for_update(of=("self",)).select_related("programme", "owner")
    return held.get(pk=draft.pk)


def _end(draft: Draft, by: User, version: CharterVersion | None = None) -> None:
    draft.ended_at, draft.ended_by, draft.version = clock.now(), by, version
    draft.save(update_fields=["ended_at", "ended_by", "version"])


def _tell(share: DraftEditor) -> None:
    draft, said = share.draft, {"name": share.draft.document["name"], "owner": share.added_by.name}
    notices.notify(
        to=share.user,
        kind="charter.draft",
        subject=_("You can write along on the charter of %(name)s") % said,
        text=_("%(owner)s asks you to write along on the charter of %(name)s. It is saved as you go.") % said,
        path=f"/charters/{draft.pk}",
        once=f"charter.draft:{share.pk}",
        by=share.added_by,
    )


def _payload(draft: Draft) -> dict[str, object]:
    return {"draft": draft.pk, "metric": draft.metric}
