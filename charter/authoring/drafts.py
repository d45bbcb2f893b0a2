"""Writing a charter: a draft is begun, saved heading by heading, shared, and handed in or thrown away.

Each service appends to the ledger who did what to which draft; what a draft says is kept in the log when it is handed
in, as a charter version, and not before.
"""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.ledger import services as ledger
from charter.authoring import permissions, services
from charter.authoring.events import (
    DraftDiscarded,
    DraftHandedIn,
    DraftSaved,
    DraftShared,
    DraftStarted,
    DraftUnshared,
)
from charter.authoring.models import Draft, DraftPermission
from charter.authoring.states import DraftRight
from charter.programme.models import Programme
from charter.registry import catalogue
from charter.registry.charter_facts import parse_document
from charter.registry.document import SCHEMA_VERSION, CharterDocument, Who
from charter.registry.headings import Heading
from charter.registry.models import CharterVersion, Metric
from charter.registry.states import StandingChoices
from governance.notices import services as notices
from governance.people.models import User
from governance.people.object_permissions import check_can_be_given, find_permission
from ground import clock, records
from ground.errors import BadInput, Conflict, NotFound
from ground.msgspec_errors import locate_fault

_CHANGED = gettext_lazy(
    "Somebody else saved this heading after you opened it. What they wrote is shown now; add yours to it."
)


# Reads


def list_drafts(user: User) -> QuerySet[Draft]:
    """The drafts being written that the account owns, or that are shared with it, last touched first."""
    shared = DraftPermission.objects.filter(user=user).values("content_object")
    mine = Draft.objects.filter(Q(owner=user) | Q(pk__in=shared), ended_at__isnull=True)
    return mine.select_related("owner", "updated_by")


def get_draft(key: UUID | str) -> Draft:
    """The draft at an address, with what is told of it. Raises NotFound."""
    related = ("programme", "owner", "updated_by", "based_on__metric", "version__metric")
    found = Draft.objects.select_related(*related).filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no draft at this address."), code="draft_not_found")
    return found


# Beginnings


def make_blank_charter(*, slug: str, name: str) -> CharterDocument:
    """A charter that says nothing yet; BadInput where slug or name is none."""
    return _checked({"charter": SCHEMA_VERSION, "metric": slug, "name": name.strip()})


def copy_version(slug: str) -> tuple[CharterDocument, CharterVersion]:
    """The newest version of a metric's charter, to be changed; BadInput where there is none."""
    newest = CharterVersion.objects.filter(metric__slug=slug).order_by("-number").first()
    if newest is None:
        raise BadInput(_("No metric is called “%(slug)s”.") % {"slug": slug}, field="metric")
    return parse_document(newest.document), newest


def copy_starter(slug: str) -> CharterDocument:
    """A charter of the starter catalogue; BadInput where it has none of this name."""
    found = catalogue.read_starter_charters().get(slug)
    if found is None:
        raise BadInput(_("The catalogue has no charter “%(slug)s”.") % {"slug": slug}, field="metric")
    return found


# Writes


def apply_changes(draft: Draft, heading: Heading, changes: Mapping[str, object]) -> msgspec.Struct:
    """A heading of the draft with some of its keys written anew; BadInput names the key that does not fit."""
    part = getattr(parse_document(draft.document), heading.value)
    try:
        changed: msgspec.Struct = msgspec.convert({**msgspec.to_builtins(part), **changes}, type(part))
    except msgspec.ValidationError as error:
        problem, path = locate_fault(str(error))
        raise BadInput(problem, field=".".join(filter(None, (heading.value, path)))) from error
    return changed


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
    started = DraftStarted(**_recorded(draft), based_on=based_on.pk if based_on else None)
    ledger.append(started, by=by.actor)
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
    if hash_heading(draft, heading) != seen:
        raise Conflict(str(_CHANGED), code="heading_changed")
    changed = {**draft.document, heading.value: msgspec.to_builtins(part)}
    if name.strip():
        changed["name"] = name.strip()
    checked = _checked(changed)
    _check_stays(draft, checked)
    document = msgspec.to_builtins(checked)
    if _bytes(document) == _bytes(draft.document):
        return draft
    draft.document, draft.updated_at, draft.updated_by = document, clock.now(), by
    draft.save(update_fields=["document", "updated_at", "updated_by"])
    saved = DraftSaved(**_recorded(draft), heading=heading.value, digest=hash_heading(draft, heading))
    ledger.append(saved, by=by.actor)
    return draft


@transaction.atomic(durable=True)
def share_draft(*, draft: Draft, user: User, right: DraftRight, by: User) -> DraftPermission:
    """Let an account read or write along; the right takes the place of the one that it had.

    BadInput where it is no person's account in use, owns the draft or has this right already.
    """
    draft = _locked(draft)
    permissions.check_can_end_draft(by, draft)
    check_can_be_given(user)
    if user.pk == draft.owner_id:
        raise BadInput(_("This account owns the draft, so it can write on it already."), field="user")
    given = find_permission(Draft, right.codename)
    if draft.shares.filter(user=user, permission=given).exists():
        raise BadInput(_("This account has that right already."), field="user")
    draft.shares.filter(user=user).delete()
    share = records.insert(DraftPermission(content_object=draft, user=user, permission=given, given_by=by))
    shared = DraftShared(**_recorded(draft), user=user.pk, right=right.value)
    ledger.append(shared, by=by.actor)
    _tell(share)
    return share


@transaction.atomic(durable=True)
def unshare_draft(*, draft: Draft, user: User, by: User) -> None:
    """Let an account no longer read or write along; nothing happens where it does not."""
    draft = _locked(draft)
    permissions.check_can_end_draft(by, draft)
    removed, _each = draft.shares.filter(user=user).delete()
    if removed:
        ledger.append(DraftUnshared(**_recorded(draft), user=user.pk), by=by.actor)


@transaction.atomic(durable=True)
def discard_draft(*, draft: Draft, by: User) -> Draft:
    """Throw a draft away: it changes no more, and another of the metric can be begun."""
    draft = _locked(draft)
    permissions.check_can_end_draft(by, draft)
    _end(draft, by)
    ledger.append(DraftDiscarded(**_recorded(draft)), by=by.actor)
    return draft


@transaction.atomic
def hand_in(*, draft: Draft, by: User) -> CharterVersion:
    """Make a version of a draft and submit it, all or nothing; the draft ends (S1, S2, S3, S134).

    A step of `governance.board.proposals.propose`. Raises BadInput with `findings` where lint has errors or an example
    does not get its verdict, Conflict where the newest version says exactly the same.
    """
    draft = _locked(draft)
    permissions.check_can_end_draft(by, draft)
    document = parse_document(draft.document)
    version = services.register_charter(
        programme=draft.programme, document=document, owner=draft.owner, by=by
    )
    if version.standing != StandingChoices.DRAFT:
        raise Conflict(
            _(
                "Nothing has changed since the last version. Change what it was refused for, or throw the draft away."
            ),
            code="nothing_changed",
        )
    version = services.submit(version=version, by=by)
    _end(draft, by, version)
    ledger.append(DraftHandedIn(**_recorded(draft), charter_version=version.pk), by=by.actor)
    return version


def hash_heading(draft: Draft, heading: Heading) -> str:
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
        return parse_document(stored)
    except msgspec.ValidationError as error:
        problem, path = locate_fault(str(error))
        raise BadInput(problem, field=path or "document") from error


def _check_stays(draft: Draft, document: CharterDocument) -> None:
    """Raise BadInput where saving would give the charter another owner, or a registered metric another name."""
    if document.who.owner != draft.owner.username:
        text = _("%(owner)s answers for this charter. It does not change hands by writing.")
        raise BadInput(text % {"owner": draft.owner.name}, field="who.owner")
    renamed = document.name != draft.document["name"]
    if renamed and Metric.objects.filter(slug=draft.metric).exists():
        raise BadInput(_("This metric is registered, so its name stays."), field="name")


def _locked(draft: Draft) -> Draft:
    held = Draft.objects.select_for_update(of=("self",)).select_related("programme", "owner")
    return held.get(pk=draft.pk)


def _end(draft: Draft, by: User, version: CharterVersion | None = None) -> None:
    draft.ended_at, draft.ended_by, draft.version = clock.now(), by, version
    draft.save(update_fields=["ended_at", "ended_by", "version"])


def _tell(share: DraftPermission) -> None:
    draft = share.content_object
    said = {"name": draft.document["name"], "owner": share.given_by.name}
    writes = share.right is DraftRight.WRITE
    subject = (
        _("You can write along on the charter of %(name)s")
        if writes
        else _("You can read the draft of the charter of %(name)s")
    )
    text = (
        _("%(owner)s asks you to write along on the charter of %(name)s. It is saved as you go.")
        if writes
        else _("%(owner)s lets you read along while the charter of %(name)s is being written.")
    )
    notices.notify(
        to=share.user,
        kind="charter.draft",
        subject=subject % said,
        text=text % said,
        path=f"/charters/{draft.pk}",
        once=f"charter.draft:{share.pk}",
        by=share.given_by,
    )


def _recorded(draft: Draft) -> dict[str, Any]:
    return {"draft": draft.pk, "metric": draft.metric}
