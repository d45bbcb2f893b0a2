"""What is stored about a person: in which source, table and column, and until when. Of nobody else anything is told."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from msgspec import Struct

from charter.measures.models import Exclusion
from charter.registry.charter_facts import parse_duration
from charter.registry.documents import read_sources
from charter.registry.source_descriptions import SourceDescription
from charter.rules import words
from governance.about_me.models import Inclusion, LeaverAddress, LeaverCode
from governance.about_me.queries.included import IncludedMetric
from governance.about_me.queries.looks import list_looks
from governance.calibration.models import CalibrationItem, LevelProposal, PackNote, PackValues
from governance.calibration.states import TOLD
from governance.decisions.models import ContextNote, DecisionRecord, Hold, Protection
from governance.directory.models import (
    Binding,
    BreakGlass,
    DirectoryClosing,
    DirectoryEntry,
    FollowedRole,
    GroupEntry,
)
from governance.notices.models import Notice
from governance.people.models import (
    Circumstances,
    Identity,
    Membership,
    Person,
    ReportingLine,
    RoleGrant,
    Session,
    Token,
    User,
)
from governance.training.models import Acknowledgement, Attempt, Attestation, ContractAcknowledgement

HERE = "metric-charter"  # what our own database is called among the sources


class StoredItem(Struct, frozen=True):
    """One thing that is stored: what it is, where, until when, and how many rows of it there are where that is known."""

    what: str
    source: str
    table: str
    columns: tuple[str, ...]
    until: str
    rows: int | None = None

    @property
    def place(self) -> str:
        """Table and columns as one text."""
        return f"{self.table}: {', '.join(self.columns)}" if self.columns else self.table


def list_stored(user: User, person: Person, included: Sequence[IncludedMetric], on: date) -> list[StoredItem]:
    """In the sources that metrics read, in the values made of them, and in our own tables."""
    return [
        *_in_sources(included, on),
        *_in_values(included),
        *_of_person(person),
        *_of_account(user, person),
    ]


def _in_sources(included: Sequence[IncludedMetric], on: date) -> Iterator[StoredItem]:
    """Each table whose rows name the person, for as long as the charters that read it ask for."""
    sources = read_sources()
    readers: dict[str, list[IncludedMetric]] = defaultdict(list)
    for metric in included:
        for slug in metric.sources if metric.names_person else ():
            if slug in sources and sources[slug].persons:
                readers[slug].append(metric)
    for slug in sorted(readers):
        yield _in_source(sources[slug], readers[slug], on)


def _in_source(source: SourceDescription, metrics: Sequence[IncludedMetric], on: date) -> StoredItem:
    names = words.listed(words.inside(metric.name) for metric in metrics)
    longest = min(metrics, key=lambda metric: _oldest_day(metric.facts_kept, on))
    said = {"duration": words.duration(longest.facts_kept), "metric": words.inside(longest.name)}
    return StoredItem(
        what=_("Rows that name you, read for %(metrics)s. %(about)s")
        % {"metrics": names, "about": source.description},
        source=_("%(name)s (kept by %(owner)s, %(region)s)")
        % {"name": source.name, "owner": source.owner or _("nobody named"), "region": source.region or "–"},
        table=source.slug,
        columns=(*source.persons, *source.times),
        until=_("Each row for %(duration)s, as the charter of %(metric)s says") % said,
    )


def _oldest_day(duration: str, on: date) -> date:
    """The first day of so long a time; longer than there have been years is from the beginning."""
    try:
        return on - parse_duration(duration)
    except (ValueError, OverflowError):
        return date.min


def _in_values(included: Sequence[IncludedMetric]) -> Iterator[StoredItem]:
    for metric in included:
        if metric.names_person:
            kept = (
                words.duration(metric.values_kept)
                if metric.values_kept
                else _("no time that the charter names")
            )
            yield StoredItem(
                what=_("%(metric)s of %(groups)s: your work is in these values together with others’.")
                % {"metric": metric.name, "groups": metric.whose},
                source=HERE,
                table="measures_publishedvalue",
                columns=("value", "low", "high", "n", "people", "coverage"),
                until=_("Each value for %(duration)s") % {"duration": kept},
            )
    if any(metric.names_person for metric in included):
        yield StoredItem(
            what=_(
                "Keyed hashes of the months of your team, which show whether late rows changed them. They name nobody."
            ),
            source=HERE,
            table="measures_attribution",
            columns=("teams",),
            until=_("As long as the values"),
        )


def _of_person(person: Person) -> Iterator[StoredItem]:
    of_all = (
        "external_id", "name", "location", "working_arrangement", "role_family", "employed_from", "employed_to",
    )  # fmt: skip
    yield _here(_("Who you are, as the organisation’s files say"), "people_person", of_all, 1)
    counted: list[tuple[str, QuerySet[Any], tuple[str, ...]]] = [
        (_("What sources call you"), Identity.objects.filter(person=person), ("source", "name")),
        (_("Which team you are on"), Membership.objects.filter(person=person), ("team", "valid_from", "valid_to")),
        (_("Where, how and as what you worked, and from when"), Circumstances.objects.filter(person=person), ("location", "working_arrangement", "role_family", "valid_from", "valid_to")),
        (_("That you report to somebody"), ReportingLine.objects.filter(person=person), ("manager", "valid_from", "valid_to")),
        (_("That others report to you"), ReportingLine.objects.filter(manager=person), ("person", "valid_from", "valid_to")),
        (_("Notes of what else was going on for you"), ContextNote.objects.filter(person=person), ("kind", "says", "starts_on", "ends_on")),
        (_("What you did that is left out of values"), Exclusion.objects.filter(person=person), ("metric", "starts_on", "ends_on")),
        (_("Values of yours under review"), Hold.objects.filter(person=person), ("metric", "starts_on", "ends_on")),
        (_("Calibration rounds that you are in, with who answers for you"), CalibrationItem.objects.filter(person=person), ("round", "accountable", "set_aside", "acknowledged_at")),
        (_("What was written into your evidence packs, sealed"), PackNote.objects.filter(item__person=person), ("kind", "said", "at")),
        (_("Values that were asked for your evidence packs, sealed"), PackValues.objects.filter(item__person=person), ("entry", "told", "at")),
        (_("Levels that were proposed for you, sealed"), _list_proposals(person), ("evidence", "receipts", "said", "at")),
        (_("That you are protected after a dispute by name"), Protection.objects.filter(person=person), ("starts_on", "ends_on")),
    ]  # fmt: skip
    yield from _counted(counted)


def _list_proposals(person: Person) -> QuerySet[LevelProposal]:
    """Those that were told: how often a session changed its mind is no earlier to be read off a number."""
    return LevelProposal.objects.filter(item__person=person, item__round__state__in=TOLD)


def _of_account(user: User, person: Person) -> Iterator[StoredItem]:
    yield _here(_("Your account"), "people_user", ("username", "name", "email", "kind", "created_at"), 1)
    counted: list[tuple[str, QuerySet[Any], tuple[str, ...]]] = [
        (_("Roles that you hold or held"), RoleGrant.objects.filter(user=user), ("role", "team", "value_stream", "valid_from", "valid_to")),
        (_("Browsers in which you are signed in"), Session.objects.filter(user=user), ("device", "address", "signed_in_at", "last_used_at")),
        (_("Tokens of yours"), Token.objects.filter(user=user), ("name", "scope", "expires_at")),
        (_("How you sign in by your organisation, and what it calls you there"), Binding.objects.filter(user=user), ("provider", "subject", "bound_at")),
        (_("What your organisation’s directory says of you"), DirectoryEntry.objects.filter(account=user), ("key", "external_id", "said", "active")),
        (_("Groups of the directory that you are in"), GroupEntry.objects.filter(entry__account=user), ("group", "entry")),
        (_("Roles that came of these groups"), FollowedRole.objects.filter(grant__user=user), ("grant", "mapping", "source")),
        (_("That the directory closed your account"), DirectoryClosing.objects.filter(account=user), ("at",)),
        (_("That your account is kept for when your organisation’s sign-in is down"), BreakGlass.objects.filter(user=user), ("kept_at", "kept_by")),
        (_("Rules that you acknowledged"), Acknowledgement.objects.filter(user=user), ("rulebook_version", "acknowledged_at")),
        (_("Contracts that you acknowledged"), ContractAcknowledgement.objects.filter(user=user), ("contract", "acknowledged_at")),
        (_("Courses that you took"), Attempt.objects.filter(user=user), ("course", "began_at", "ended_at")),
        (_("What you attested by a course"), Attestation.objects.filter(user=user), ("course", "attested_at", "valid_until")),
        (_("What you were told is measured about you"), Inclusion.objects.filter(user=user), ("versions", "text", "told_at", "acknowledged_at")),
        (_("A code for after you have left, as a hash"), LeaverCode.objects.filter(user=user), ("hashed", "made_at", "revoked_at")),
        (_("A private address for after you have left, sealed"), LeaverAddress.objects.filter(user=user), ("address", "given_at", "confirmed_at", "opened_at", "dropped_at")),
        (_("Notices given to you"), Notice.objects.filter(to=user), ("subject", "text", "given_at", "read_at")),
        (_("Questions that you asked"), DecisionRecord.objects.filter(actor=user), ("request", "verdict", "at")),
        (_("Looks at you by name"), _list_told_of(user, person), ("subjects", "request", "at")),
    ]  # fmt: skip
    yield from _counted(counted)


def _list_told_of(user: User, person: Person) -> QuerySet[DecisionRecord]:
    """As many as are told: one that waits for its notice is not given away by a number."""
    return list_looks(user, person).filter(of_me=True)


def _counted(found: Sequence[tuple[str, QuerySet[Any], tuple[str, ...]]]) -> Iterator[StoredItem]:
    for what, rows, columns in found:
        number = rows.order_by().count()
        if number:
            yield _here(what, rows.model._meta.db_table, columns, number)


def _here(what: str, table: str, columns: tuple[str, ...], rows: int) -> StoredItem:
    return StoredItem(what, HERE, table, columns, _UNTIL.get(table, _forever)(), rows)


def _forever() -> str:
    return _("No end is set: it is kept until somebody deletes it by hand")


def _with_log() -> str:
    return _("While it can be audited or disputed; no day is set")


def _as_decisions() -> str:
    return _("As long as decisions are, after the round is over")


def _with_directory() -> str:
    return _("Until your organisation’s directory takes it away")


_UNTIL: Mapping[str, Any] = {
    "directory_directoryentry": _with_directory,
    "directory_groupentry": _with_directory,
    "directory_binding": lambda: _("Until an administrator ends it"),
    "directory_breakglass": lambda: _("Until an administrator ends it"),
    "directory_directoryclosing": lambda: _("For two days"),
    "people_session": lambda: _("Until you sign out, or the session ends"),
    "people_token": lambda: _("Until you take it back; it works for 90 days at most"),
    "decisions_decisionrecord": _with_log,
    "decisions_hold": _with_log,
    "calibration_calibrationitem": _as_decisions,
    "calibration_packnote": _as_decisions,
    "calibration_packvalues": _as_decisions,
    "calibration_levelproposal": _as_decisions,
}
