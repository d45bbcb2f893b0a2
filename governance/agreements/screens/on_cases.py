"""What cases have to do with agreements, told on their pages before the board votes."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from msgspec import Struct

from charter.registry.charter_facts import parse_document
from governance.agreements import queries
from governance.agreements.beyond import list_bounds, say_beyond, say_settings_beyond
from governance.agreements.models import AgreementVersion
from governance.agreements.queries import HeldAgreement
from governance.board.models import Case
from governance.people.models import User
from ground import calendar
from ground.promises import promised


class AgreementsOnCase(Struct, frozen=True):
    """Sentences about agreements, or the version that a case is about."""

    heading: str
    sentences: tuple[str, ...] = ()
    version: AgreementVersion | None = None
    template: str = "agreements/parts/on_case.html"


def tell_of_charter(case: Case, _user: User) -> AgreementsOnCase | None:
    """What a charter allows beyond clauses that are in force, and which systems it reads that are not agreed."""
    if case.charter_version is None:
        return None
    said = tuple(_of_charter(case))
    return AgreementsOnCase(_("Beyond what is agreed"), said) if said else None


def tell_of_settings(case: Case, _user: User) -> AgreementsOnCase | None:
    """Which clauses the settings would contradict."""
    said = tuple(
        _("Clause %(clause)s of “%(title)s”: %(key)s is %(bound)s.")
        % {"clause": clause.number, "title": held.version.title, "key": key, "bound": bound}
        for held in queries.list_held(calendar.today())
        for clause in list_bounds(held.text)
        for key, bound in say_settings_beyond(case.settings_change.changes, clause.binds)
    )
    return AgreementsOnCase(_("Beyond what is agreed"), said) if said else None


def tell_of_agreement(case: Case, _user: User) -> AgreementsOnCase | None:
    """The version that the board decides on."""
    version = getattr(case, "agreement", None)
    return AgreementsOnCase(_("The agreement"), version=version) if version else None


def tell_of_departure(case: Case, _user: User) -> AgreementsOnCase | None:
    """The agreement that something goes beyond."""
    departure = getattr(case, "departure", None)
    return AgreementsOnCase(_("The agreement"), (departure.says,), departure.version) if departure else None


def _of_charter(case: Case) -> Iterator[str]:
    version = promised(case.charter_version)
    document = version.bound.document(parse_document(version.document))
    reads = document.what.measure.sources if document.what.measure else ()
    today = calendar.today()
    for held in queries.list_reaching(queries.list_held(today), today):
        for clause in list_bounds(held.text, document.metric):
            for sentence in say_beyond(document, clause.binds):
                yield _say(held, clause.number, sentence)
            unnamed = [name for name in reads if clause.binds.systems and name not in clause.binds.systems]
            if unnamed:
                yield _say(held, clause.number, _("It reads %(systems)s.") % {"systems": ", ".join(unnamed)})


def _say(held: HeldAgreement, number: str, sentence: str) -> str:
    said = {"clause": number, "title": held.version.title, "says": sentence}
    return _("Clause %(clause)s of “%(title)s”: %(says)s") % said
