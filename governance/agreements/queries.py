"""Reads of agreements: which are in force on a day, what rests on them, and what goes beyond them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import NamedTuple
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from charter.programme.models import Programme
from charter.registry.describing import IN_USE
from charter.registry.document import CharterDocument
from charter.registry.models import CharterVersion, Source
from charter.registry.queries import load_document
from charter.registry.reminders import SuspendedFor
from charter.registry.states import StandingChoices
from governance.agreements import permissions
from governance.agreements.agreement_text import AgreementText
from governance.agreements.beyond import list_bounds, say_beyond
from governance.agreements.models import AgreementDocument, AgreementVersion, Departure, EndNotice
from governance.agreements.states import AgreementStanding, DepartureAbout
from governance.board.states import CaseState
from governance.people.models import Person, User
from ground import calendar
from ground.errors import NotFound
from ground.promises import promised

# Charters that a clause reaches: before the board, in force, or out of use for a time.
REACHED = IN_USE


class HeldAgreement(NamedTuple):
    """A version that is in force, with what it says and since when it binds."""

    version: AgreementVersion
    text: AgreementText
    since: datetime


class Beyond(NamedTuple):
    """Something beyond a clause that is in force, with its case where it came before the board.

    `before` are its cases under the versions before, the newest first, as long as it came before the board under each.
    """

    held: HeldAgreement
    clause: str
    about: DepartureAbout
    source: Source | None
    charter: CharterVersion | None
    says: str
    departure: Departure | None
    before: Sequence[Departure] = ()


def list_versions() -> QuerySet[AgreementVersion]:
    """All versions, the newest of each agreement first."""
    return AgreementVersion.objects.select_related("case", "written_by", "end_given_by")


def documents_unread() -> "Prefetch[str]":
    """The documents of versions without their content, which is up to 10 MB each."""
    return Prefetch("documents", AgreementDocument.objects.defer("content").select_related("added_by"))


def get_version(key: UUID, *, by: User) -> AgreementVersion:
    """One version as the account may read it. Raises NotFound."""
    found = list_versions().filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no agreement here that you may read."), code="agreement_not_found")
    permissions.check_can_see(by, found)
    return found


def list_seen(user: User) -> QuerySet[AgreementVersion]:
    """The versions that the account may read."""
    found = list_versions()
    return found if permissions.sees_unfinished(user) else found.filter(case__closed_at__isnull=False)


def find_newest(slug: str, *, by: User) -> AgreementVersion:
    """The version of this short name that is in force, else the newest that may be read. Raises NotFound."""
    held = find_held(slug, calendar.today())
    found = held.version if held else list_seen(by).filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no agreement here that you may read."), code="agreement_not_found")
    return found


def read_standings(on: date) -> Mapping[UUID, AgreementStanding]:
    """Where each version stands on a day; one that came after this was read is being written."""
    found = {version.pk: standing for version, standing in _list_standings(on)}
    return defaultdict(lambda: AgreementStanding.WRITTEN, found)


def _list_standings(on: date) -> Iterator[tuple[AgreementVersion, AgreementStanding]]:
    """Each version with where it stands on a day, the newest of each agreement first, in one statement."""
    replaced: set[str] = set()
    for version in AgreementVersion.objects.select_related("case").order_by("slug", "-number"):
        standing = _find_standing(version, on, replaced=version.slug in replaced)
        if standing in {AgreementStanding.IN_FORCE, AgreementStanding.ENDED}:
            replaced.add(version.slug)
        yield version, standing


def _find_standing(version: AgreementVersion, on: date, *, replaced: bool) -> AgreementStanding:
    case = version.case
    if case is None:
        return AgreementStanding.WRITTEN
    if case.state != CaseState.APPROVED:
        rejected = case.state == CaseState.REJECTED
        return AgreementStanding.REJECTED if rejected else AgreementStanding.BEFORE_BOARD
    if replaced:
        return AgreementStanding.REPLACED
    if version.begins_on > on:
        return AgreementStanding.COMING
    end = find_end(version)
    return AgreementStanding.ENDED if end is not None and end <= on else AgreementStanding.IN_FORCE


def find_end(version: AgreementVersion) -> date | None:
    """The first day on which it is in force no longer, by its term or by notice; None where it has no end."""
    return min(filter(None, (version.ends_on, version.ended_on)), default=None)


def list_held(on: date) -> list[HeldAgreement]:
    """The agreements in force on a day, by their short name."""
    return [
        HeldAgreement(version, version.read(), _since(version))
        for version, standing in _list_standings(on)
        if standing is AgreementStanding.IN_FORCE
    ]


def _since(version: AgreementVersion) -> datetime:
    passed = promised(promised(version.case).closed_at)
    return max(passed, calendar.find_midnight(version.begins_on))


def find_held(slug: str, on: date) -> HeldAgreement | None:
    return next((each for each in list_held(on) if each.version.slug == slug), None)


def list_reaching(held: Sequence[HeldAgreement], on: date) -> list[HeldAgreement]:
    """Those whose territory anybody works in: a charter is cut by team and not by place, so that it reaches them all."""
    if not any(each.text.territory for each in held):
        return list(held)
    employed = Person.objects.filter(
        Q(employed_to__isnull=True) | Q(employed_to__gt=on), employed_from__lte=on
    )
    places = set(employed.values_list("location", flat=True))
    return [each for each in held if not each.text.territory or places & set(each.text.territory)]


def list_resting(slug: str) -> list[CharterVersion]:
    """The charters that cite a clause of an agreement and are before the board, in force or suspended; by metric."""
    return [
        version
        for version, document in read_charters()
        if any(_names(each, slug) for each in document.why.clauses)
    ]


def list_beyond(on: date) -> list[Beyond]:
    """Everything that goes beyond a clause in force: systems first, then charters by metric."""
    held = list_reaching(list_held(on), on)
    if not held:
        return []
    departures = {
        (each.version_id, each.clause, each.source_id or each.charter_version_id): each
        for each in Departure.objects.select_related("case", "version__case").filter(
            version__slug__in=[each.version.slug for each in held]
        )
    }
    older = _list_older(held)
    found = [*_systems_beyond(held), *_charters_beyond(held, read_charters())]
    return [_with_cases(each, departures, older[each.held.version.slug]) for each in found]


def _with_cases(
    each: Beyond, departures: Mapping[tuple[UUID, str, UUID | None], Departure], older: Sequence[UUID]
) -> Beyond:
    own, *before = (departures.get((key, each.clause, _key(each))) for key in (each.held.version.pk, *older))
    return each._replace(departure=own, before=[one for one in takewhile(bool, before) if one])


def _list_older(held: Sequence[HeldAgreement]) -> Mapping[str, list[UUID]]:
    """By short name, the versions that were passed before the one in force, the newest first."""
    numbers = {each.version.slug: each.version.number for each in held}
    passed = AgreementVersion.objects.filter(slug__in=numbers, case__state=CaseState.APPROVED)
    found: dict[str, list[UUID]] = {slug: [] for slug in numbers}
    for slug, number, key in passed.order_by("-number").values_list("slug", "number", "pk"):
        if number < numbers[slug]:
            found[slug].append(key)
    return found


def _key(each: Beyond) -> UUID:
    return each.source.pk if each.source is not None else promised(each.charter).pk


def _systems_beyond(held: Sequence[HeldAgreement]) -> Iterator[Beyond]:
    sources = list(Source.objects.all())
    for agreement in held:
        for clause in list_bounds(agreement.text):
            for source in sources if clause.binds.systems else ():
                if source.slug not in clause.binds.systems:
                    says = _("“%(name)s” is described as a source, and the clause does not name it.")
                    yield Beyond(
                        agreement,
                        clause.number,
                        DepartureAbout.SYSTEM,
                        source,
                        None,
                        says % {"name": source.name},
                        None,
                    )


def _charters_beyond(
    held: Sequence[HeldAgreement], charters: Sequence[tuple[CharterVersion, CharterDocument]]
) -> Iterator[Beyond]:
    for version, document in charters:
        for agreement in held:
            for clause in list_bounds(agreement.text, version.metric.slug):
                if said := say_beyond(document, clause.binds):
                    yield Beyond(
                        agreement, clause.number, DepartureAbout.CHARTER, None, version, " ".join(said), None
                    )


def read_charters() -> list[tuple[CharterVersion, CharterDocument]]:
    """The charters that clauses reach, as approved, by metric."""
    found = CharterVersion.objects.filter(standing__in=REACHED).select_related(
        "metric__owner", "metric__programme"
    )
    # What a version says never changes, so a process reads and parses it once.
    return [
        (each, each.bound.document(load_document(each.pk)))
        for each in found.defer("document").order_by("metric__slug", "pk")
    ]


def _names(clause: str, slug: str) -> bool:
    return clause.partition("/")[0] == slug


# What keeps a charter out of force


class Hindrances:
    """Why charters may not be in force for an agreement's sake, read once for all of them on a day."""

    def __init__(self, on: date) -> None:
        self._on = on
        self._standings = read_standings(on)
        self._slugs = {each.pk: each.slug for each in AgreementVersion.objects.only("slug")}
        self._held = {each.version.slug for each in list_held(on)}
        beyond = list_beyond(on)
        self._charters = [each for each in beyond if each.about is DepartureAbout.CHARTER]
        self._systems = [each for each in beyond if each.about is DepartureAbout.SYSTEM]
        notices = EndNotice.objects.filter(suspends_on__lte=on).select_related("version")
        self._told = {(each.charter_version_id, each.version.slug): each for each in notices}

    def find(self, version: CharterVersion, document: CharterDocument) -> str:
        """A sentence that says why this charter may not be in force; empty where nothing does."""
        return next(self._list(version, document), "")

    def _list(self, version: CharterVersion, document: CharterDocument) -> Iterator[str]:
        for slug in dict.fromkeys(each.partition("/")[0] for each in document.why.clauses):
            told = self._told.get((version.pk, slug))
            if told is not None and slug not in self._held:
                yield _("“%(title)s”, which it rests on, has ended.") % {"title": told.version.title}
        for each in self._charters:
            if each.charter == version and _is_unsettled(each, version):
                yield self._say(each)
        reads = document.what.measure.sources if document.what.measure else ()
        for each in self._systems:
            if (
                promised(each.source).slug in reads
                and each.held.text.is_about(version.metric.slug)
                and _is_unsettled(each, version)
            ):
                yield self._say(each)

    def _say(self, each: Beyond) -> str:
        said = {"clause": each.clause, "title": each.held.version.title, "says": each.says}
        return (
            _("It goes beyond clause %(clause)s of “%(title)s”, and the board has not agreed. %(says)s")
            % said
        )


def _is_unsettled(each: Beyond, version: CharterVersion) -> bool:
    """Whether the board has turned it down; or has not agreed yet, to a charter that came after the agreement.

    Until the board has decided under the version in force, what it said under the one before stands.
    """
    cases = [(each.departure, each.held.since), *((one, _since(one.version)) for one in each.before)]
    for departure, since in cases:
        state = departure.case.state if departure else CaseState.OPEN
        if state != CaseState.OPEN:
            return bool(state == CaseState.REJECTED)
        if version.activated_at is not None and version.activated_at > since:
            return True
    return False


def list_to_suspend(on: date) -> list[tuple[CharterVersion, str]]:
    """The charters in force that an agreement keeps out of force, with why."""
    return _list_hindered(on, StandingChoices.ACTIVE, hindered=True)


def list_to_put_back(on: date) -> list[tuple[CharterVersion, str]]:
    """The charters that were suspended for an agreement, which nothing keeps out of force any more."""
    found = _list_hindered(on, StandingChoices.SUSPENDED, hindered=False)
    suspended = set(
        CharterVersion.objects.filter(
            clock_suspensions__reason=SuspendedFor.AGREEMENT, clock_suspensions__ended_at__isnull=True
        ).values_list("pk", flat=True)
    )
    return [(version, why) for version, why in found if version.pk in suspended]


def _list_hindered(on: date, standing: str, *, hindered: bool) -> list[tuple[CharterVersion, str]]:
    hindrances = Hindrances(on)
    found = [
        (version, hindrances.find(version, document))
        for version, document in read_charters()
        if version.standing == standing
    ]
    return [(version, why) for version, why in found if bool(why) == hindered]


def list_ends_to_tell(on: date) -> list[tuple[AgreementVersion, CharterVersion]]:
    """Agreements that end soon or have ended, each with a charter in force that rests on it and whose owner was not told, or of a later day."""
    told: dict[tuple[UUID, UUID], date] = {}
    for *key, suspends_on in EndNotice.objects.order_by("-suspends_on").values_list(
        "version", "charter_version", "suspends_on"
    ):
        told[key[0], key[1]] = suspends_on  # the earliest
    found = []
    for version in list_ending(on):
        suspends_on = plan_suspension(version, on)
        for charter in list_resting(version.slug):
            is_told = told.get((version.pk, charter.pk), date.max) <= suspends_on
            if charter.standing == StandingChoices.ACTIVE and not is_told:
                found.append((version, charter))
    return found


def plan_suspension(version: AgreementVersion, on: date) -> date:
    """The day on which charters are suspended whose owners are told today that a version ends."""
    return max(promised(find_end(version)), on + timedelta(days=read_notice()))


def list_ending(on: date) -> list[AgreementVersion]:
    """Versions whose end has come or is within their notice, and that no later version goes on from."""
    standings = read_standings(on)
    notice = read_notice()
    versions = {each.pk: each for each in list_versions()}
    going_on = {
        versions[key].slug: versions[key].begins_on
        for key, standing in standings.items()
        if standing is AgreementStanding.COMING
    }
    found = []
    for key, standing in standings.items():
        version = versions[key]
        end = find_end(version)
        if standing not in {AgreementStanding.IN_FORCE, AgreementStanding.ENDED} or end is None:
            continue
        soon = on + timedelta(days=max(version.read().term.notice_days, notice))
        if end <= soon and not (version.slug in going_on and going_on[version.slug] <= end):
            found.append(version)
    return found


def read_notice() -> int:
    """The days of notice that the programme gives before a metric is suspended."""
    programme = Programme.objects.first()
    return programme.review_notice_days if programme else 1
