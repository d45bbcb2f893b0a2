"""What is wrong between agreements and what is done, or will be once an agreement ends."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from charter.programme.models import Programme
from charter.programme.settings import SettingRows
from governance.agreements.beyond import list_bounds, say_settings_beyond
from governance.agreements.models import AgreementVersion, Departure
from governance.agreements.queries import (
    Beyond,
    find_end,
    list_beyond,
    list_ending,
    list_held,
    list_resting,
    read_charters,
)
from governance.agreements.states import AgreementFindingKind, DepartureAbout
from governance.board.states import CaseState
from governance.ui.templatetags.mc import day
from ground.promises import promised


class AgreementFinding(NamedTuple):
    """One thing that is wrong, or will be: where, in a sentence, with its case and whether the board agreed to it."""

    kind: AgreementFindingKind
    agreement: str
    clause: str
    about: str
    says: str
    departure: Departure | None

    @property
    def agreed(self) -> bool:
        return self.departure is not None and self.departure.case.state == CaseState.APPROVED


def list_findings(on: date) -> list[AgreementFinding]:
    """What contradicts agreements in force, what cites clauses that are not there, and what rests on what ends."""
    return [
        *(
            AgreementFinding(
                AgreementFindingKind(each.about.value),
                each.held.version.title,
                each.clause,
                _name(each),
                each.says,
                each.departure,
            )
            for each in list_beyond(on)
        ),
        *_settings_beyond(on),
        *_wrong_citations(on),
        *_on_ending(on),
    ]


def _name(each: Beyond) -> str:
    return each.source.name if each.source is not None else str(promised(each.charter))


def _settings_beyond(on: date) -> Iterator[AgreementFinding]:
    if not Programme.objects.exists():
        return
    rows = SettingRows()
    values = rows.values()
    for held in list_held(on):
        for clause in list_bounds(held.text):
            for key, bound in say_settings_beyond(values, clause.binds):
                said = {"value": rows.said(key, values[key]), "bound": bound}
                yield AgreementFinding(
                    AgreementFindingKind.SETTING, held.version.title, clause.number, rows.label(key),
                    _("It is %(value)s; the clause says %(bound)s.") % said, None,
                )  # fmt: skip


def _wrong_citations(on: date) -> Iterator[AgreementFinding]:
    texts = {each.version.slug: each.text for each in list_held(on)}
    passed = AgreementVersion.objects.filter(case__state=CaseState.APPROVED)
    known = set(passed.values_list("slug", flat=True))
    for version, document in read_charters():
        for name in document.why.clauses:
            slug, _stroke, number = name.partition("/")
            says = ""
            if slug not in known:
                says = _("It cites “%(name)s”, and the board has passed no such agreement.") % {"name": name}
            elif slug in texts and texts[slug].find_clause(number) is None:
                says = _("It cites “%(name)s”, and the version in force has no such clause.") % {"name": name}
            elif slug in texts and not texts[slug].is_about(version.metric.slug):
                says = _("It cites “%(name)s”, which is not about this metric.") % {"name": name}
            if says:
                yield AgreementFinding(AgreementFindingKind.CITATION, slug, number, str(version), says, None)


def _on_ending(on: date) -> Iterator[AgreementFinding]:
    for version in list_ending(on):
        for charter in list_resting(version.slug):
            says = _("It rests on it, and it is in force only until before %(day)s.")
            yield AgreementFinding(
                AgreementFindingKind.ENDED,
                version.title,
                "",
                str(charter),
                says % {"day": day(promised(find_end(version)))},
                None,
            )
    yield from _settings_on_ended(on)


def _settings_on_ended(on: date) -> Iterator[AgreementFinding]:
    """Settings that rested on a clause of an agreement that has ended: nothing holds them where they are any more."""
    if not Programme.objects.exists():
        return
    rows = SettingRows()
    known = set(rows.all_keys())
    put = {
        (each.version_id, each.clause, each.setting): each
        for each in Departure.objects.filter(about=DepartureAbout.SETTING).select_related("case")
    }
    for version in list_ending(on):
        for clause in list_bounds(version.read()):
            for bound in clause.binds.settings:
                if bound.key in known:
                    yield AgreementFinding(
                        AgreementFindingKind.ENDED, version.title, clause.number, rows.label(bound.key),
                        _("The clause that binds this setting ends on %(day)s.") % {"day": day(promised(find_end(version)))},
                        put.get((version.pk, clause.number, bound.key)),
                    )  # fmt: skip
