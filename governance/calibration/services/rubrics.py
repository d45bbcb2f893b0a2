"""The only writer of rubrics."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.ledger import services as ledger
from governance.calibration import permissions
from governance.calibration.events import RubricWritten
from governance.calibration.models import LEVELS, Rubric
from governance.calibration.services.texts import read_text
from governance.people.models import User
from ground import records
from ground.errors import BadInput


class LevelSaid(Struct, frozen=True):
    """One level of a rubric: its name, what it means, and worked examples of it."""

    name: str
    means: str
    examples: tuple[str, ...]


@transaction.atomic(durable=True)
def write_rubric(*, role_family: str, levels: Sequence[LevelSaid], by: User) -> Rubric:
    """Write what three levels mean for a role family from now on, each with a worked example (S91).

    Rounds that were announced keep the rubric that they were announced with. Raises NotPermitted; BadInput naming the level, or the
    words in which a text states how many people may come out where (AR17).
    """
    permissions.check_keeps_rounds(by)
    if not role_family.strip():
        raise BadInput(_("Name the role family."), field="role_family", code="required")
    if len(levels) != len(LEVELS):
        raise BadInput(_("A rubric has three levels, the lowest first."), field="levels")
    said = [_read_level(level, number) for number, level in zip(LEVELS, levels, strict=True)]
    if len({level.name.casefold() for level in said}) < len(said):
        raise BadInput(_("Give each level another name."), field="levels")
    rubric = records.insert(
        Rubric(
            role_family=role_family.strip(),
            names=[level.name for level in said],
            meanings=[level.means for level in said],
            examples=[list(level.examples) for level in said],
            written_by=by,
        )
    )
    written = RubricWritten(rubric=rubric.pk, role_family=rubric.role_family, names=rubric.names)
    ledger.append(written, by=by.actor)
    return rubric


def _read_level(level: LevelSaid, number: int) -> LevelSaid:
    told = {"number": number}
    name = read_text(level.name, f"name_{number}", _("Name level %(number)s.") % told)
    means = read_text(level.means, f"means_{number}", _("Say what level %(number)s means.") % told)
    texts = [read_text(each, f"examples_{number}") for each in level.examples]
    if not any(texts):
        text = _("Give at least one worked example of level %(number)s.") % told
        raise BadInput(text, field=f"examples_{number}", code="required")
    return LevelSaid(name, means, tuple(each for each in texts if each))
